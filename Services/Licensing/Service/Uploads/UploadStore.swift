import Contracts
import Crypto
import Foundation
import GRDB
import HTTPTypes
import Messaging
import NIOCore
import ServiceKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Files that people send: each in a file of its own under its digest, outside the store, which has only what it is and
/// whose. What a file is, its bytes say; nothing is ever run, drawn or taken apart here.
struct UploadStore: Sendable {
  /// What may be kept.
  enum Kind: String, Codable, Sendable, CaseIterable {
    case jpeg = "image/jpeg"
    case png = "image/png"
    case pdf = "application/pdf"

    /// What a photograph may be.
    static let photographs: Set<Kind> = [.jpeg, .png]

    /// How a file of it ends.
    var ending: String {
      switch self {
      case .jpeg: "jpg"
      case .png: "png"
      case .pdf: "pdf"
      }
    }

    /// By the first bytes; `nil` for anything else.
    init?(sniffing bytes: [UInt8]) {
      if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
        self = .jpeg
      } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
        self = .png
      } else if bytes.starts(with: Array("%PDF-1.".utf8)) || bytes.starts(with: Array("%PDF-2.".utf8)) {
        self = .pdf
      } else {
        return nil
      }
    }
  }

  /// The most bytes of a file, and the most files of a case.
  static let mostBytes = 4 << 20
  static let mostFiles = 50

  let folder: String

  /// - Throws: what the file system throws.
  init(folder: String) throws {
    self.folder = folder
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  /// What was sent, known by its bytes.
  ///
  /// - Throws: `Problem` 415 when the bytes are none of what is taken, whatever they are called.
  static func check(
    _ sent: Upload, among kinds: Set<Kind>, called title: String
  ) throws(Problem) -> (bytes: [UInt8], kind: Kind) {
    try sent.require(upTo: mostBytes)
    let bytes = Array(sent.bytes.readableBytesView)
    return (bytes, try kind(of: bytes, among: kinds, called: title))
  }

  /// What bytes are, by themselves.
  ///
  /// - Throws: `Problem` 415 when they are none of what is taken.
  static func kind(of bytes: [UInt8], among kinds: Set<Kind>, called title: String) throws(Problem) -> Kind {
    guard let kind = Kind(sniffing: bytes), kinds.contains(kind) else {
      throw Problem(
        "unsupported-media-type", title, .unsupportedMediaType,
        detail: "The file’s own bytes say what it is, not its name or type.")
    }
    return kind
  }

  /// Removes files that nothing names any more, after the commit that forgot them.
  func remove(_ digests: [String]) {
    for digest in digests { try? FileManager.default.removeItem(atPath: "\(folder)/\(digest)") }
  }

  /// Writes the bytes, whole or not at all; the same bytes are kept once.
  ///
  /// - Returns: their digest.
  func keep(_ bytes: [UInt8]) throws -> String {
    let digest = SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let path = "\(folder)/\(digest)"
    guard !FileManager.default.fileExists(atPath: path) else { return digest }
    let part = "\(path).\(UUID().uuidString)"
    let created = FileManager.default.createFile(
      atPath: part, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
    guard created, rename(part, path) == 0 else {
      try? FileManager.default.removeItem(atPath: part)
      throw Problem("no-room", "The file cannot be kept now", .serviceUnavailable, retryAfterSeconds: 60)
    }
    return digest
  }

  /// - Throws: `Problem` not found when the file is gone or is not what was kept.
  func read(_ digest: String) throws -> [UInt8] {
    guard digest.utf8.count == 64, digest.utf8.allSatisfy({ 48...57 ~= $0 || 97...102 ~= $0 }),
      let bytes = FileManager.default.contents(atPath: "\(folder)/\(digest)"),
      SHA256.hash(data: bytes).map({ ($0 < 16 ? "0" : "") + String($0, radix: 16) }).joined() == digest
    else { throw Problem.notFound("Photograph") }
    return Array(bytes)
  }

  /// Notes whose file it is.
  func file(_ digest: String, _ kind: Kind, under caseNumber: Int64, in unit: UnitOfWork) throws -> Int64 {
    let count =
      try Int.fetchOne(
        unit.db, sql: "SELECT count(*) FROM upload WHERE case_number = ?", arguments: [caseNumber]) ?? 0
    guard count < Self.mostFiles else {
      throw Problem.conflict("too-many-photographs", "The case has \(Self.mostFiles) photographs already")
    }
    try unit.db.cachedStatement(
      sql: "INSERT INTO upload (case_number, digest, media_type, at_millis, by) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [caseNumber, digest, kind.rawValue, unit.at.millis, unit.caller.subject])
    return unit.db.lastInsertedRowID
  }

  /// A file of a case: that of a number, or the latest.
  func find(_ number: Int64?, of caseNumber: Int64, in db: Database) throws -> (digest: String, kind: Kind)? {
    try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT digest, media_type FROM upload WHERE case_number = ?1 AND (?2 IS NULL OR number = ?2)
          ORDER BY number DESC LIMIT 1
          """), arguments: [caseNumber, number]
    ).flatMap { row in Kind(rawValue: row["media_type"]).map { (row["digest"], $0) } }
  }
}
