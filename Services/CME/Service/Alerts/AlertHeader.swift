public import Contracts
import Crypto
public import Foundation
public import Rulebook

/// What everybody can see of an alert on the shared topic: that there is one of a class, from whom, to whom and when.
/// Of which child, at which step and how much it says, nobody can see: all of a class have one length.
public struct AlertHeader: Hashable, Sendable {
  /// What kind of alert it is.
  public enum Class: UInt8, Sendable, CaseIterable {
    /// Sealed to one authority: the alert, its answers and everything between the two.
    case sealed = 1
    /// Blinded, for every authority: does anybody know this child?
    case blind = 2
  }

  public let alertClass: Class
  public let sender: AuthorityCode
  /// `nil` when it is for every authority.
  public let recipient: AuthorityCode?
  public let sent: Timestamp
  /// The alert that it follows between the two.
  public let after: ChannelEnd
  let signingKey: Data
  /// Empty when it is for every authority.
  let sealingKey: Data

  /// Its number between the two, from 1.
  public var sequence: Int64 { after.sequence + 1 }

  /// The length in bytes, and the version that this program writes and reads.
  static let bytes = 72
  static let version: UInt8 = 1
  /// From 1970 to 2199, in milliseconds: what an alert says before it is proven must not be beyond the calendar.
  private static let moments: Range<Int64> = 0..<7_258_118_400_000
  private static let everybody = Data("000".utf8)

  init(
    _ alertClass: Class, from sender: AuthorityCode, to recipient: AuthorityCode?, at sent: Timestamp,
    after: ChannelEnd, signingKey: Data, sealingKey: Data
  ) {
    self.alertClass = alertClass
    self.sender = sender
    self.recipient = recipient
    self.sent = sent
    self.after = after
    self.signingKey = signingKey
    self.sealingKey = sealingKey
  }

  /// As it travels.
  var encoded: Data {
    var data = Data([Self.version, alertClass.rawValue])
    data += Data(sender.text.utf8) + (recipient.map { Data($0.text.utf8) } ?? Self.everybody)
    data += Self.bigEndian(sent.millis) + Self.bigEndian(after.sequence) + after.digest
    data += signingKey + (recipient == nil ? Data(count: KeyFile.nameBytes) : sealingKey)
    return data
  }

  /// Reads the beginning of an alert. Nothing of it is proven yet.
  ///
  /// - Throws: ``AlertError/malformed``, ``AlertError/unknownVersion``.
  public init(of envelope: Data) throws(AlertError) {
    var rest = envelope[...]
    func take(_ count: Int) throws(AlertError) -> Data {
      guard rest.count >= count else { throw .malformed }
      defer { rest = rest.dropFirst(count) }
      return Data(rest.prefix(count))
    }
    guard try take(1)[0] == Self.version else { throw .unknownVersion }
    guard let alertClass = Class(rawValue: try take(1)[0]), envelope.count == alertClass.envelopeBytes else {
      throw .malformed
    }
    let (sender, recipient) = (try take(3), try take(3))
    let isForAll = recipient == Self.everybody
    guard isForAll == (alertClass == .blind), let from = Self.authority(sender) else { throw .malformed }
    let to = isForAll ? nil : Self.authority(recipient)
    guard isForAll || to != nil else { throw .malformed }
    let (sent, sequence) = (Self.number(try take(8)), Self.number(try take(8)))
    guard Self.moments.contains(sent), sequence >= 0, sequence < .max else { throw .malformed }
    self.init(
      alertClass, from: from, to: to, at: Timestamp(millis: sent),
      after: ChannelEnd(sequence: sequence, digest: try take(ChannelEnd.digestBytes)),
      signingKey: try take(KeyFile.nameBytes), sealingKey: try take(KeyFile.nameBytes))
    guard encoded == Data(envelope.prefix(Self.bytes)) else { throw .malformed }
  }

  private static func authority(_ bytes: Data) -> AuthorityCode? {
    try? AuthorityCode(String(decoding: bytes, as: UTF8.self))
  }

  private static func bigEndian(_ value: Int64) -> Data {
    Data((0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) })
  }

  private static func number(_ bytes: Data) -> Int64 { bytes.reduce(0) { $0 << 8 | Int64($1) } }
}

/// How far the alerts from one authority to another, or to all, have got: the number of the last and its digest. Each
/// alert names the one before it, so that none can be left out, repeated or exchanged unseen.
public struct ChannelEnd: Hashable, Sendable {
  public let sequence: Int64
  public let digest: Data

  static let digestBytes = 32

  /// Before the first.
  public static let beginning = ChannelEnd(sequence: 0, digest: Data(count: digestBytes))

  public init(sequence: Int64, digest: Data) {
    self.sequence = sequence
    self.digest = digest
  }

  /// After an alert.
  public init(after envelope: Data, sequence: Int64) {
    self.init(sequence: sequence, digest: Data(SHA256.hash(data: envelope)))
  }

  /// - Throws: ``AlertError/replayed``, ``AlertError/outOfOrder(expected:)``, ``AlertError/branched``.
  func check(_ header: AlertHeader) throws(AlertError) {
    guard header.sequence > sequence else { throw .replayed }
    guard header.sequence == sequence + 1 else { throw .outOfOrder(expected: sequence + 1) }
    guard header.after.digest == digest else { throw .branched }
  }
}
