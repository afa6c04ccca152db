import Crypto
import CryptoExtras
public import Foundation
public import Rulebook
import Store

/// An authority's secret keys. They lie in a file outside the store that its owner alone can read.
///
/// Keys are renewed by a line with later days. The newest key in force seals, signs and answers; older ones open what was
/// sent while they were in force. A line that is taken out makes what was sealed to it unreadable for good.
public struct AlertKeyRing: Sendable {
  public let authority: AuthorityCode
  let sealing: [DatedKey<Curve25519.KeyAgreement.PrivateKey>]
  let signing: [DatedKey<Curve25519.Signing.PrivateKey>]
  let matching: [DatedKey<MatchKey>]

  /// Reads a file: a key a line, `use first last key`, with `-` for no last day.
  ///
  /// - Throws: ``AlertKeyFault``.
  public init(_ authority: AuthorityCode, path: String) throws(AlertKeyFault) {
    try self.init(authority, text: try KeyFile.text(path, isSecret: true))
  }

  /// Reads a file's text.
  ///
  /// - Throws: ``AlertKeyFault``.
  public init(_ authority: AuthorityCode, text: String) throws(AlertKeyFault) {
    var sealing: [DatedKey<Curve25519.KeyAgreement.PrivateKey>] = []
    var signing: [DatedKey<Curve25519.Signing.PrivateKey>] = []
    var matching: [DatedKey<MatchKey>] = []
    for line in try KeyFile.lines(text, behind: 0) {
      do {
        switch line.use {
        case .sealing:
          let key = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: line.key)
          sealing.append(DatedKey(key, named: key.publicKey.rawRepresentation, line.term))
        case .signing:
          let key = try Curve25519.Signing.PrivateKey(rawRepresentation: line.key)
          signing.append(DatedKey(key, named: key.publicKey.rawRepresentation, line.term))
        case .matching:
          let key = try MatchKey(line.key)
          matching.append(DatedKey(key, named: key.publicBytes, line.term))
        }
      } catch { throw .malformed(line: line.number) }
    }
    for (use, count) in [(AlertKeyUse.sealing, sealing.count), (.signing, signing.count), (.matching, matching.count)] {
      guard count > 0 else { throw .missing(use) }
      guard count <= KeyFile.mostKeys else { throw .tooMany }
    }
    self.authority = authority
    (self.sealing, self.signing, self.matching) = (sealing, signing, matching)
  }

  /// Lines with a new key of each use, to be added to the file.
  public static func newLines(first: Day, last: Day?) -> String {
    let keys: [(AlertKeyUse, Data)] = [
      (.sealing, Curve25519.KeyAgreement.PrivateKey().rawRepresentation),
      (.signing, Curve25519.Signing.PrivateKey().rawRepresentation), (.matching, MatchKey.newBytes()),
    ]
    return keys.map { "\($0.0.rawValue) \(first.iso) \(last?.iso ?? "-") \($0.1.hex)\n" }.joined()
  }

  /// Makes a file with a new key of each use, for its owner alone, unless there is one.
  ///
  /// - Throws: ``AlertKeyFault/unreadable(path:)`` when it cannot be made.
  public static func make(path: String, first: Day) throws(AlertKeyFault) {
    guard !FileManager.default.fileExists(atPath: path) else { return }
    try KeyFile.write(newLines(first: first, last: nil), path: path)
  }

  /// Adds new keys for sealing and signing to a file. The keys so far are used until the overlap is over, and are kept
  /// to read what was sent until then. The key for blind questions stays: children are kept under it.
  ///
  /// - Parameter overlap: for how many days both are in force, so that every authority has the new directory.
  /// - Throws: ``AlertKeyFault``.
  public static func renew(path: String, first: Day, overlap: Int) throws(AlertKeyFault) {
    let text = try KeyFile.text(path, isSecret: true)
    let last = first.adding(days: overlap).iso
    let old = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line -> String in
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.count == 4, words[0] != AlertKeyUse.matching.rawValue, words[2] == "-" else { return String(line) }
      return "\(words[0]) \(words[1]) \(last) \(words[3])"
    }
    let new = newLines(first: first, last: nil).split(separator: "\n")
      .filter { !$0.hasPrefix(AlertKeyUse.matching.rawValue) }
    try KeyFile.write((old.filter { !$0.isEmpty } + new.map(String.init)).joined(separator: "\n") + "\n", path: path)
  }

  /// What a child of this authority is kept under on a day, to be compared with blind questions.
  ///
  /// - Throws: ``AlertError/malformed``, ``AlertError/noKey(_:)``.
  public func kept(_ identity: ChildIdentity, on day: Day) throws(AlertError) -> [Data] {
    try matching.newest(.matching, on: day).key.kept(identity)
  }

  /// The public halves as lines for the directory.
  public var publicLines: String {
    func line(_ use: AlertKeyUse, _ term: KeyTerm, _ key: Data) -> String {
      "\(authority) \(use.rawValue) \(term.first.iso) \(term.last?.iso ?? "-") \(key.hex)\n"
    }
    return sealing.map { line(.sealing, $0.term, $0.key.publicKey.rawRepresentation) }.joined()
      + signing.map { line(.signing, $0.term, $0.key.publicKey.rawRepresentation) }.joined()
      + matching.map { line(.matching, $0.term, $0.key.publicBytes) }.joined()
  }
}
