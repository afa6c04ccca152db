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
    /// For one authority, without content: send again what follows the alert that is named. It stands outside the order
    /// of alerts, so that two authorities that both miss something can ask each other.
    case again = 3
    /// For one authority, without content: what follows the alert that is named cannot be read, for it is too old or
    /// sealed to a key that is gone. It stands outside the order as well.
    case unread = 4
  }

  public let alertClass: Class
  public let sender: AuthorityCode
  /// `nil` when it is for every authority.
  public let recipient: AuthorityCode?
  public let sent: Timestamp
  /// The alert that it follows between the two.
  public let after: ChannelEnd
  let signingKey: Data
  /// The name of the key that it is sealed to; zeros where nothing is sealed.
  public let sealingKey: Data

  /// Its number between the two, from 1.
  public var sequence: Int64 { after.sequence + 1 }

  /// The length in bytes, and the version that this program writes and reads.
  public static let bytes = 72
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

  public static let digestBytes = 32

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

  /// What an alert is to a receiver that has got this far.
  public enum Reception: Hashable, Sendable {
    /// The next one.
    case next
    /// Read before.
    case known
    /// Others before it are missing: the sender is asked for them.
    case gap
    /// It follows another alert than the one that was read, although its number does: the sender's history branched.
    case branched
  }

  /// What an alert is that follows another.
  ///
  /// - Parameter other: the alert that it follows, as it says itself.
  public func reception(after other: ChannelEnd) -> Reception {
    guard other.sequence >= sequence else { return .known }
    guard other.sequence == sequence else { return .gap }
    return other.digest == digest ? .next : .branched
  }
}
