import Crypto
import CryptoExtras
import Foundation
public import Rulebook
import Store

/// The public keys of every authority, with their days. The operator keeps the file; what it says is trusted.
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

  /// Reads a file: a key a line, `authority use first last key`, with `-` for no last day.
  ///
  /// - Throws: ``AlertKeyFault``.
  public init(path: String) throws(AlertKeyFault) { try self.init(text: try KeyFile.text(path, isSecret: false)) }

  /// Reads a file's text.
  ///
  /// - Throws: ``AlertKeyFault``.
  public init(text: String) throws(AlertKeyFault) {
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
    self.keys = keys
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
