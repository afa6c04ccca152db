import Crypto
import CryptoExtras
public import Foundation
public import Rulebook
import Store

/// The public keys of every authority, with their days, as the national root signed them (``DirectoryRoot``).
///
/// A key is revoked by a new directory without its line; a directory's number keeps an older one from coming back.
public struct KeyDirectory: Sendable {
  /// The keys of one authority.
  struct Keys: Sendable {
    var sealing: [DatedKey<Curve25519.KeyAgreement.PublicKey>] = []
    var signing: [DatedKey<Curve25519.Signing.PublicKey>] = []
    /// Compressed points.
    var matching: [DatedKey<Data>] = []

    var most: Int { max(sealing.count, signing.count, matching.count) }
  }

  private let keys: [AuthorityCode: Keys]

  /// The authorities that have a key.
  public var authorities: [AuthorityCode] { keys.keys.sorted() }

  /// From 1; each that the root signs has the next.
  public let number: Int
  /// The day on which it was signed.
  public let signed: Day

  /// Reads a file that the root signed.
  ///
  /// - Parameter roots: the public keys of the root, two while it changes.
  /// - Throws: ``AlertKeyFault``.
  public init(path: String, roots: [Data]) throws(AlertKeyFault) {
    try self.init(text: try KeyFile.text(path, isSecret: false), roots: roots)
  }

  /// Reads a file's text.
  ///
  /// - Throws: ``AlertKeyFault``.
  public init(text: String, roots: [Data]) throws(AlertKeyFault) {
    let (head, lines) = try DirectoryRoot.proven(text, by: roots)
    (number, signed) = (head.number, head.signed)
    keys = try Self.keys(lines)
  }

  /// Reads lines of keys, `authority use first last key`, with `-` for no last day.
  private static func keys(_ text: String) throws(AlertKeyFault) -> [AuthorityCode: Keys] {
    var keys: [AuthorityCode: Keys] = [:]
    for line in try KeyFile.lines(text, behind: 1) {
      do {
        let authority = try AuthorityCode(line.words[0])
        switch line.use {
        case .sealing:
          let key = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: line.key)
          keys[authority, default: Keys()].sealing.append(DatedKey(key, named: line.key, line.term))
        case .signing:
          let key = try Curve25519.Signing.PublicKey(rawRepresentation: line.key)
          keys[authority, default: Keys()].signing.append(DatedKey(key, named: line.key, line.term))
        case .matching:
          _ = try P384._VOPRF.PublicKey(compressedRepresentation: line.key)
          keys[authority, default: Keys()].matching.append(DatedKey(line.key, named: line.key, line.term))
        }
      } catch { throw .malformed(line: line.number) }
    }
    guard keys.values.allSatisfy({ $0.most <= KeyFile.mostKeys }) else { throw .tooMany }
    return keys
  }

  /// What is read aloud to compare keys by telephone: each line with its authority, use, days and fingerprint.
  public static func fingerprints(_ lines: String) throws(AlertKeyFault) -> [String] {
    _ = try keys(lines)
    return try KeyFile.lines(lines, behind: 1).map { line in
      "\(line.words[0]) \(line.use.rawValue) \(line.words[2]) \(line.words[3])  \(KeyFile.readAloud(line.key))"
    }
  }

  /// The name of the key to which an alert for an authority is sealed on a day.
  ///
  /// - Throws: ``AlertError/noKey(_:)``.
  public func sealingKey(of authority: AuthorityCode, on day: Day) throws(AlertError) -> Data {
    try keys(of: authority).sealing.newest(.sealing, on: day).id
  }

  func keys(of authority: AuthorityCode) -> Keys { keys[authority] ?? Keys() }
}

extension Sequence {
  /// The newest key in force on a day.
  ///
  /// - Throws: ``AlertError/noKey(_:)``.
  func newest<Key>(_ use: AlertKeyUse, on day: Day) throws(AlertError) -> Element where Element == DatedKey<Key> {
    guard let key = filter({ $0.term.contains(day) }).max(by: { $0.term.first < $1.term.first }) else {
      throw .noKey(use)
    }
    return key
  }

  /// The key of a name, which must have been in force on a day.
  ///
  /// - Throws: ``AlertError/unknownKey(_:)``, ``AlertError/keyNotInForce(_:)``.
  func named<Key>(_ id: Data, _ use: AlertKeyUse, on day: Day) throws(AlertError) -> Key
  where Element == DatedKey<Key> {
    guard let key = first(where: { $0.id == id }) else { throw .unknownKey(use) }
    guard key.term.contains(day) else { throw .keyNotInForce(use) }
    return key.key
  }
}
