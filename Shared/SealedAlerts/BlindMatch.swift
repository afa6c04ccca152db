import CryptoExtras
public import Foundation
public import Rulebook
import Search
import Store

/// How a child is known in a blind question: by names and date of birth, written exactly or as they sound, and by the
/// pupil number.
///
/// Names are folded (accents, case, hyphens), of the given names only the first counts, and it does not matter which is
/// called the family name. A match is a lead: a person looks before anything is told.
public struct ChildIdentity: Hashable, Sendable {
  private let given, family: String
  private let born: Day
  private let number: UPN?

  public init(givenName: String, familyName: String, dateOfBirth: Day, upn: UPN?) {
    given = NameFolding.words(givenName).first ?? ""
    family = NameFolding.words(familyName).joined()
    born = dateOfBirth
    number = upn
  }

  /// What a child is kept under.
  var kept: [Data] { [exact(born), sound, upn].compactMap { $0 } }

  /// What a question asks for: what a child is kept under, and the date of birth with day and month exchanged; `nil` for
  /// what is not known.
  var asked: [Data?] { [exact(born), sound, exchanged.map(exact), upn] }

  private func exact(_ day: Day) -> Data {
    Data("name|\([given, family].sorted().joined(separator: "|"))|\(day.iso)".utf8)
  }

  /// The initial of the given name and the consonants of the family name, none twice in a row: Smyth is Smith.
  private var sound: Data {
    let consonants = family.dropFirst().filter { !"aeiouyhw".contains($0) }
    let letters = consonants.reduce(into: String(family.prefix(1))) { if $0.last != $1 { $0.append($1) } }
    return Data("sound|\(given.prefix(1))|\(letters)|\(born.iso)".utf8)
  }

  private var upn: Data? { number.map { Data("upn|\($0.text)".utf8) } }

  private var exchanged: Day? {
    let parts = born.iso.split(separator: "-")
    guard parts.count == 3, parts[1] != parts[2] else { return nil }
    return Day(iso: "\(parts[0])-\(parts[2])-\(parts[1])")
  }
}

/// A question to every authority: does anybody know this child? By an oblivious function (RFC 9497, P-384): what is
/// published is the child's identifier times a random number and tells nobody anything. The authority that is asked
/// multiplies it by its secret and proves that it did; the asker takes the random number out and sends what remains,
/// sealed, which only the asked authority can compare with the children that it knows. So the asker learns a yes or no,
/// and an authority that does not know the child learns nothing about whom the question was.
public struct BlindQuestion {
  /// How many elements a question has, whatever is known of the child.
  public static let count = 4
  private static let elementBytes = 49
  private static let idBytes = 16
  static let bytes = idBytes + count * elementBytes

  /// A question as others see it.
  public struct Asked: Hashable, Sendable {
    /// The alert's identifier in the messages that follow.
    public let id: AlertID
    let elements: [Data]

    /// - Throws: ``AlertError/malformed``.
    init(_ data: Data) throws(AlertError) {
      guard data.count == BlindQuestion.bytes, let id = AlertID(data.prefix(idBytes).hex) else { throw .malformed }
      self.id = id
      elements = (0..<count).map {
        Data(data.dropFirst(idBytes + $0 * elementBytes).prefix(elementBytes))
      }
    }
  }

  public let id: AlertID
  private let inputs: [P384._VOPRF.BlindedInput]

  /// Blinds an identity. The random numbers are in memory alone: after a restart the question is asked anew.
  ///
  /// - Throws: ``AlertError/malformed`` when it cannot be blinded.
  public init(_ identity: ChildIdentity, id: AlertID = AlertID()) throws(AlertError) {
    self.id = id
    // What is not known is an element that stands for nothing, so that nobody sees what is.
    let identifiers = identity.asked.map { $0 ?? Data((0..<32).map { _ in UInt8.random(in: 0 ... .max) }) }
    do {
      // The key has no part in the blinding.
      let any = P384._VOPRF.PrivateKey().publicKey
      inputs = try identifiers.map { try any.blind($0) }
    } catch { throw .malformed }
  }

  /// As it travels.
  var encoded: Data {
    inputs.reduce(Data(digits: id.text[...]) ?? Data()) { $0 + $1.blindedElement.oprfRepresentation }
  }

  /// Takes the random numbers out of an authority's answer.
  ///
  /// - Parameters:
  ///   - evaluated: the elements of its answer, in order.
  ///   - directory: where its key is.
  ///   - day: the day of the answer.
  /// - Throws: ``AlertError/unproven`` unless the answer was made with the key that the directory has;
  ///   ``AlertError/noKey(_:)``.
  public func compared(
    _ evaluated: [Data], from authority: AuthorityCode, _ directory: KeyDirectory, on day: Day
  ) throws(AlertError) -> [Data] {
    let bytes = try directory.keys(of: authority).matching.newest(.matching, on: day).key
    guard evaluated.count == inputs.count else { throw .malformed }
    do {
      let key = try P384._VOPRF.PublicKey(compressedRepresentation: bytes)
      return try zip(inputs, evaluated).map { input, answer in
        try key.finalize(input, using: P384._VOPRF.BlindEvaluation(rawRepresentation: answer))
      }
    } catch { throw .unproven }
  }
}

/// An authority's secret for blind questions.
public struct MatchKey: Sendable {
  private let bytes: Data
  let publicBytes: Data

  init(_ bytes: Data) throws {
    let key = try P384._VOPRF.PrivateKey(rawRepresentation: bytes)
    self.bytes = bytes
    publicBytes = key.publicKey.compressedRepresentation
  }

  static func newBytes() -> Data { P384._VOPRF.PrivateKey().rawRepresentation }

  /// Answers a question without learning whom it is about.
  ///
  /// - Throws: ``AlertError/malformed`` for what is no element.
  public func evaluate(_ question: BlindQuestion.Asked) throws(AlertError) -> [Data] {
    do {
      let key = try P384._VOPRF.PrivateKey(rawRepresentation: bytes)
      return try question.elements.map {
        try key.evaluate(P384._VOPRF.BlindedElement(oprfRepresentation: $0)).rawRepresentation
      }
    } catch { throw .malformed }
  }

  /// What a child of this authority is kept under, to be compared: without the secret it says nothing about the child.
  ///
  /// - Throws: ``AlertError/malformed`` when it cannot be made.
  public func kept(_ identity: ChildIdentity) throws(AlertError) -> [Data] {
    try output(of: identity.kept)
  }

  /// The function's values of texts (RFC 9497, Evaluate).
  func output(of inputs: [Data]) throws(AlertError) -> [Data] {
    do {
      let key = try P384._VOPRF.PrivateKey(rawRepresentation: bytes)
      return try inputs.map { try key.evaluate($0) }
    } catch { throw .malformed }
  }
}
