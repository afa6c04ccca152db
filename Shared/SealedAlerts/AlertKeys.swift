import Crypto
import CryptoExtras
public import Foundation
public import Rulebook
import Store

#if canImport(Glibc)
  import Glibc
#endif

/// What a key of an authority is for.
public enum AlertKeyUse: String, Hashable, Sendable, Codable, CaseIterable {
  /// Alerts are sealed to it: X25519, for HPKE (RFC 9180).
  case sealing
  /// Alerts are signed with it: Ed25519 (RFC 8032).
  case signing
  /// Blind questions are answered with it: P-384, for a verifiable oblivious function (RFC 9497).
  case matching
}

/// The days on which a key is used.
public struct KeyTerm: Hashable, Sendable {
  public let first: Day
  /// `nil` while it has no end.
  public let last: Day?

  public init(first: Day, last: Day?) {
    self.first = first
    self.last = last
  }

  func contains(_ day: Day) -> Bool { first <= day && last.map { day <= $0 } ?? true }
}

/// A key, its name and its days.
public struct DatedKey<Key: Sendable>: Sendable {
  /// The first eight bytes of the SHA-256 of the public key: the same for both halves of a pair.
  public let id: Data
  public let term: KeyTerm
  public let key: Key

  init(_ key: Key, named publicKey: Data, _ term: KeyTerm) {
    id = Data(SHA256.hash(data: publicKey).prefix(KeyFile.nameBytes))
    self.term = term
    self.key = key
  }
}

/// Why a file of keys cannot be used. Texts never hold a key.
public enum AlertKeyFault: Error, Hashable, Sendable {
  case unreadable(path: String)
  /// Others than its owner can read a file of secret keys.
  case open(path: String)
  /// A line is not a key of the known form.
  case malformed(line: Int)
  /// More lines, or more keys of one authority for one use, than there may be.
  case tooMany
  /// No key of a use.
  case missing(AlertKeyUse)
  /// The directory is not signed by the national root, or was changed since.
  case unsigned
  /// An older directory than one that was used before.
  case superseded
  /// The same line twice.
  case repeated
}

/// The files that keys are kept in: a key a line, words with spaces between; lines that begin with `#` are passed over.
enum KeyFile {
  static let nameBytes = 8
  /// The most lines of a file, and the most keys of one authority for one use.
  static let mostLines = 10_000
  static let mostKeys = 16

  /// A line's use, days and key, behind so many words.
  struct Line {
    let number: Int
    let words: [Substring]
    let use: AlertKeyUse
    let term: KeyTerm
    let key: Data

    init?(_ number: Int, _ words: [Substring], behind count: Int) {
      let rest = words.dropFirst(count)
      guard rest.count == 4, let use = AlertKeyUse(rawValue: String(rest[count])),
        let first = Day(iso: rest[count + 1]),
        let key = Data(digits: rest[count + 3])
      else { return nil }
      let last = rest[count + 2] == "-" ? nil : Day(iso: rest[count + 2])
      guard rest[count + 2] == "-" || last.map({ first <= $0 }) == true else { return nil }
      self.number = number
      self.words = words
      self.use = use
      self.term = KeyTerm(first: first, last: last)
      self.key = key
    }
  }

  /// - Parameter count: how many words stand before the use.
  static func lines(_ text: String, behind count: Int) throws(AlertKeyFault) -> [Line] {
    var lines: [Line] = []
    let all = text.split(maxSplits: mostLines, omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard all.count <= mostLines else { throw .tooMany }
    for (index, line) in all.enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.isEmpty || words[0].hasPrefix("#") { continue }
      guard let read = Line(index + 1, words, behind: count) else { throw .malformed(line: index + 1) }
      lines.append(read)
    }
    return lines
  }

  static func write(_ text: String, path: String) throws(AlertKeyFault) {
    let temporary = path + ".new"
    try? FileManager.default.removeItem(atPath: temporary)
    let isMade = FileManager.default.createFile(
      atPath: temporary, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    guard isMade, rename(temporary, path) == 0 else { throw .unreadable(path: path) }
  }

  /// The first half of the SHA-256 of a public key, in eight groups of four digits to be read aloud.
  static func readAloud(_ key: Data) -> String {
    let digits = Array(Data(SHA256.hash(data: key)).prefix(16).hex)
    return stride(from: 0, to: digits.count, by: 4).map { String(digits[$0..<($0 + 4)]) }.joined(separator: " ")
  }

  static func text(_ path: String, isSecret: Bool) throws(AlertKeyFault) -> String {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw .unreadable(path: path) }
    guard !isSecret || FileMode.read(path).map({ $0 & 0o077 == 0 }) == true else { throw .open(path: path) }
    return text
  }
}

extension Data {
  /// Reads lower-case hexadecimal digits; `nil` when they are none or an odd number of them.
  init?(digits text: Substring) {
    let values = text.utf8.compactMap { byte -> UInt8? in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
      default: nil
      }
    }
    guard values.count == text.utf8.count, !values.isEmpty, values.count.isMultiple(of: 2) else { return nil }
    self.init(stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] })
  }
}
