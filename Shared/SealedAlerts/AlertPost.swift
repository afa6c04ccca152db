public import Contracts
import Crypto
public import Foundation
public import Rulebook

/// Seals and signs alerts for other authorities, and opens theirs.
///
/// An alert is sealed to the receiving authority's key by HPKE (RFC 9180: X25519, HKDF-SHA256, ChaCha20-Poly1305), padded
/// to one length, with all that is visible as additional data; then the whole is signed by the sender (Ed25519). So
/// nobody but the receiver reads it, and nobody can change it, send it on as their own, or send it in another's name.
public struct AlertPost: Sendable {
  public let keys: AlertKeyRing
  public let directory: KeyDirectory

  /// The one topic that all authorities share.
  public static let topic = "national.cme"

  static let suite = HPKE.Ciphersuite.Curve25519_SHA256_ChachaPoly
  private static let purpose = Data("uk.everyschoolday national.cme alert v1".utf8)
  private static let signedAs = Data("uk.everyschoolday national.cme signature v1".utf8)
  /// How long after it was sent an alert is read, in days: as long as the topic keeps it.
  static let readWithin = 30
  /// By how much a sender's clock may be ahead, in milliseconds.
  static let clockAheadMillis: Int64 = 300_000

  public init(keys: AlertKeyRing, directory: KeyDirectory) {
    self.keys = keys
    self.directory = directory
  }

  // MARK: Out

  /// Seals a message to an authority.
  ///
  /// - Parameter end: how far what was sent to the authority has got.
  /// - Throws: ``AlertError/noKey(_:)``, ``AlertError/beyondLimits``.
  public func seal(
    _ message: AlertMessage, to recipient: AuthorityCode, after end: ChannelEnd, at moment: Timestamp
  ) throws(AlertError) -> Data {
    let day = CivilTime.day(at: moment.date)
    let key = try directory.keys(of: recipient).sealing.newest(.sealing, on: day)
    let signing = try keys.signing.newest(.signing, on: day)
    let header = AlertHeader(
      .sealed, from: keys.authority, to: recipient, at: moment, after: end, signingKey: signing.id, sealingKey: key.id)
    let content = try Padding.pad(try message.encoded())
    do {
      var sender = try HPKE.Sender(recipientKey: key.key, ciphersuite: Self.suite, info: Self.purpose)
      let sealed = try sender.seal(content, authenticating: header.encoded)
      return try sign(header.encoded + sender.encapsulatedKey + sealed, with: signing.key)
    } catch { throw .beyondLimits }
  }

  /// Signs a blind question to all.
  ///
  /// - Parameter end: how far what was sent to all has got.
  /// - Throws: ``AlertError/noKey(_:)``.
  public func ask(_ question: BlindQuestion, after end: ChannelEnd, at moment: Timestamp) throws(AlertError) -> Data {
    try bare(.blind, to: nil, after: end, content: question.encoded, at: moment)
  }

  /// Asks an authority to send again what follows the last of its alerts that was read here.
  ///
  /// - Throws: ``AlertError/noKey(_:)``.
  public func askAgain(
    _ other: AuthorityCode, after end: ChannelEnd, at moment: Timestamp
  ) throws(AlertError) -> Data {
    try bare(.again, to: other, after: end, content: Data(), at: moment)
  }

  /// Tells an authority that one of its alerts was proven and cannot be read.
  ///
  /// - Throws: ``AlertError/noKey(_:)``.
  public func returnUnread(_ header: AlertHeader, at moment: Timestamp) throws(AlertError) -> Data {
    try bare(.unread, to: header.sender, after: header.after, content: Data(), at: moment)
  }

  /// Signs what is not sealed.
  private func bare(
    _ alertClass: AlertHeader.Class, to recipient: AuthorityCode?, after end: ChannelEnd, content: Data,
    at moment: Timestamp
  ) throws(AlertError) -> Data {
    let signing = try keys.signing.newest(.signing, on: CivilTime.day(at: moment.date))
    let header = AlertHeader(
      alertClass, from: keys.authority, to: recipient, at: moment, after: end, signingKey: signing.id,
      sealingKey: Data(count: KeyFile.nameBytes))
    do { return try sign(header.encoded + content, with: signing.key) } catch { throw .malformed }
  }

  private func sign(_ body: Data, with key: Curve25519.Signing.PrivateKey) throws -> Data {
    body + (try key.signature(for: Self.signedAs + body))
  }

  // MARK: In

  /// What an alert says, once it is proven.
  public enum Content: Hashable, Sendable {
    case message(AlertMessage)
    case question(BlindQuestion.Asked)
  }

  /// Whether an alert is for this authority to read.
  public func isForUs(_ header: AlertHeader) -> Bool {
    header.recipient.map { $0 == keys.authority } ?? (header.sender != keys.authority)
  }

  /// Proves that an alert is the sender's, for this authority and not of the future. Whether it is the next of its sender
  /// is for whoever keeps how far these have got.
  ///
  /// - Parameter moment: now.
  /// - Throws: ``AlertError``.
  public func prove(_ envelope: Data, at moment: Timestamp) throws(AlertError) -> AlertHeader {
    let header = try AlertHeader(of: envelope)
    guard isForUs(header) else { throw .notForUs }
    let key = try directory.keys(of: header.sender).signing.named(
      header.signingKey, .signing, on: CivilTime.day(at: header.sent.date))
    let body = Data(envelope.dropLast(AlertHeader.Class.signatureBytes))
    let signature = Data(envelope.suffix(AlertHeader.Class.signatureBytes))
    guard key.isValidSignature(signature, for: Self.signedAs + body) else { throw .forged }
    guard header.sent.millis <= moment.millis + Self.clockAheadMillis else { throw .early }
    return header
  }

  /// Refuses what was sent too long ago to be read: a thief of a retired key could have dated it back.
  ///
  /// - Throws: ``AlertError/late``.
  public func checkAge(_ header: AlertHeader, at moment: Timestamp) throws(AlertError) {
    let last = CivilTime.day(at: header.sent.date).adding(days: Self.readWithin)
    guard CivilTime.day(at: moment.date) <= last else { throw .late }
  }

  /// What a proven alert says.
  ///
  /// - Throws: ``AlertError/undecipherable``, ``AlertError/malformed``, ``AlertError/beyondLimits`` and those of keys.
  public func content(of envelope: Data, _ header: AlertHeader) throws(AlertError) -> Content {
    let body = Data(envelope.dropFirst(AlertHeader.bytes).dropLast(AlertHeader.Class.signatureBytes))
    switch header.alertClass {
    case .blind: return .question(try BlindQuestion.Asked(body))
    case .again, .unread: throw .malformed
    case .sealed: return .message(try unseal(body, header, on: CivilTime.day(at: header.sent.date)))
    }
  }

  /// Answers a blind question by this authority's secret, without learning whom it is about.
  ///
  /// - Throws: ``AlertError/malformed`` for what is no question, ``AlertError/noKey(_:)``.
  public func evaluate(_ question: BlindQuestion.Asked, on day: Day) throws(AlertError) -> [Data] {
    try keys.matching.newest(.matching, on: day).key.evaluate(question)
  }

  private func unseal(_ body: Data, _ header: AlertHeader, on day: Day) throws(AlertError) -> AlertMessage {
    let key = try keys.sealing.named(header.sealingKey, .sealing, on: day)
    let encapsulated = Data(body.prefix(AlertHeader.Class.encapsulatedBytes))
    let sealed = Data(body.dropFirst(AlertHeader.Class.encapsulatedBytes))
    let content: Data
    do {
      var recipient = try HPKE.Recipient(
        privateKey: key, ciphersuite: Self.suite, info: Self.purpose, encapsulatedKey: encapsulated)
      content = try recipient.open(sealed, authenticating: header.encoded)
    } catch { throw .undecipherable }
    return try AlertMessage(encoded: try Padding.strip(content))
  }
}

extension AlertHeader.Class {
  static let encapsulatedBytes = 32
  static let signatureBytes = 64
  private static let tagBytes = 16

  /// The one length that every alert of the class has.
  public var envelopeBytes: Int {
    switch self {
    case .sealed: AlertHeader.bytes + Self.encapsulatedBytes + Padding.bytes + Self.tagBytes + Self.signatureBytes
    case .blind: AlertHeader.bytes + BlindQuestion.bytes + Self.signatureBytes
    case .again, .unread: AlertHeader.bytes + Self.signatureBytes
    }
  }
}

/// One length for everything that is sealed: its own length, the content, zeros.
enum Padding {
  static let bytes = 16_384
  private static let lengthBytes = 4

  /// - Throws: ``AlertError/beyondLimits``.
  static func pad(_ content: Data) throws(AlertError) -> Data {
    guard content.count <= bytes - lengthBytes else { throw .beyondLimits }
    var padded = Data((0..<lengthBytes).map { UInt8(truncatingIfNeeded: content.count >> (24 - 8 * $0)) }) + content
    padded += Data(count: bytes - padded.count)
    return padded
  }

  /// - Throws: ``AlertError/malformed``.
  static func strip(_ padded: Data) throws(AlertError) -> Data {
    guard padded.count == bytes else { throw .malformed }
    let length = padded.prefix(lengthBytes).reduce(0) { $0 << 8 | Int($1) }
    let rest = padded.dropFirst(lengthBytes)
    guard length <= rest.count, rest.dropFirst(length).allSatisfy({ $0 == 0 }) else { throw .malformed }
    return Data(rest.prefix(length))
  }
}
