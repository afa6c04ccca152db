public import Contracts
import Foundation
public import Rulebook

/// A receiver's standing right to be told: of what, about which schools, how much, why, until when and where.
public struct Subscription: Hashable, Sendable {
  /// Opaque: `sub_` and random letters.
  public let id: String
  /// The receiver's organisation, for the people who administer subscriptions.
  public let name: String
  /// What the receiver is.
  public let recipientKind: RecipientKind
  /// What it is told of.
  public let eventTypes: [EventType]
  /// About which schools.
  public let scope: Scope
  /// How much it is told at most.
  public let level: DisclosureLevel
  /// Why the law allows it.
  public let lawfulBasis: LawfulBasis
  /// The agreement under which it is told.
  public let agreement: Agreement
  /// Where it listens.
  public let address: ReceiverAddress
  /// How its messages are signed.
  public let algorithm: SigningAlgorithm
  /// Whether messages go out.
  public var status: Status

  public init(
    id: String, name: String, recipientKind: RecipientKind, eventTypes: [EventType], scope: Scope,
    level: DisclosureLevel, lawfulBasis: LawfulBasis, agreement: Agreement, address: ReceiverAddress,
    algorithm: SigningAlgorithm, status: Status = .active
  ) {
    self.id = id
    self.name = name
    self.recipientKind = recipientKind
    self.eventTypes = eventTypes
    self.scope = scope
    self.level = level
    self.lawfulBasis = lawfulBasis
    self.agreement = agreement
    self.address = address
    self.algorithm = algorithm
    self.status = status
  }

  /// The schools whose children a receiver is told of.
  public enum Scope: Hashable, Sendable {
    case all
    case schools(Set<URN>)

    /// Whether a school is within it; what is about no school is within that of all alone.
    public func contains(_ school: URN?) -> Bool {
      switch self {
      case .all: true
      case .schools(let schools): school.map(schools.contains) ?? false
      }
    }
  }

  /// Whether messages go out.
  public enum Status: Hashable, Sendable {
    case active
    /// Messages wait until a person resumes the subscription.
    case suspended(ReceiverDisabled.Reason)
    /// For good; kept because its disclosures stay on record.
    case deleted
  }

  /// Whether the subscription asks for a type and school.
  public func matches(_ type: EventType, school: URN?) -> Bool {
    eventTypes.contains(type) && scope.contains(school)
  }
}

/// How messages are signed (Standard Webhooks 1.0.0, "Signature scheme").
public enum SigningAlgorithm: String, Codable, Sendable, CaseIterable {
  /// HMAC-SHA256 with a shared secret, `v1`.
  case hmac
  /// Ed25519, `v1a`: the receiver has a public key only.
  case ed25519
}

/// An information sharing agreement: without one in force nothing is sent.
public struct Agreement: Hashable, Sendable, Codable {
  /// What the authority calls it.
  public let reference: String
  /// The last day on which it holds.
  public let expiresOn: Day

  public init(reference: String, expiresOn: Day) {
    self.reference = reference
    self.expiresOn = expiresOn
  }

  /// From how many days before the end a person is warned.
  public static let warningDays = 60

  /// Whether it holds on a day, its last included.
  public func isInForce(on day: Day) -> Bool { day <= expiresOn }

  /// How many days are left once the end is near; `nil` before that and after the end.
  public func daysLeftToWarn(on day: Day) -> Int? {
    let left = expiresOn - day
    return (0...Self.warningDays).contains(left) ? left : nil
  }

  /// The moment from which the agreement no longer holds: the end of its last day in England.
  public var end: Timestamp {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "Europe/London") ?? .gmt
    let next = expiresOn.adding(days: 1)
    let parts = DateComponents(year: next.year, month: next.month, day: next.day)
    return Timestamp(calendar.date(from: parts) ?? .distantPast)
  }
}
