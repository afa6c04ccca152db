import Contracts
public import Rulebook

/// Services that a school buys beside what every school gets. Casework never depends on one.
public struct TradedAgreement: BookEntry {
  public static let book = Book.tradedAgreement
  public let urn: URN
  public let package: String
  public let from: Day
  public let to: Day
  public let hours: Int
  public let pence: Int
  /// Whom to ask at the school, by role.
  public let contact: String

  public var on: Day { from }
  public var school: URN? { urn }
  public var faults: Faults {
    var faults = Faults.of(words: [(package, "/package"), (contact, "/contact")], days: (from, to))
    faults.count(hours, "/hours", 1...10_000)
    faults.count(pence, "/pence", 0...100_000_000)
    return faults
  }
}

/// Something that was done under an agreement.
public struct TradedDelivery: BookEntry {
  /// What was done.
  public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    case casework = "extra-casework"
    case registerAudit = "register-audit"
    case training, policy, panel
    case dropIn = "parent-drop-in"
    // Free to every school, and never sold.
    case advice
    case targetingMeeting = "targeting-meeting"
    case multiAgency = "multi-agency-help"
    case legal = "legal-intervention"

    /// Whether it is a core function of the authority, free to every school whatever its kind (Working together: the
    /// authority's core functions).
    public var isCore: Bool {
      switch self {
      case .advice, .targetingMeeting, .multiAgency, .legal: true
      case .casework, .registerAudit, .training, .policy, .panel, .dropIn: false
      }
    }
  }

  public static let book = Book.tradedDelivery
  /// The agreement's number.
  public let agreement: Int64
  public let on: Day
  public let kind: Kind
  public let minutes: Int
  /// The officer's opaque identifier.
  public let officer: String
  public let what: String
  /// Whether the school agreed to more than it bought.
  public let schoolAgreed: Bool

  public var about: Int64? { agreement }
  public var faults: Faults {
    var faults = Faults.of(words: [(what, "/what"), (officer, "/officer")])
    faults.require(!kind.isCore, "/kind", "must not be a core function, which is free to every school")
    faults.count(minutes, "/minutes", 1...1_440)
    return faults
  }
}

/// An agreement ended before its time. It closes no case.
public struct AgreementEnd: BookEntry {
  public static let book = Book.agreementEnd
  /// The agreement's number.
  public let agreement: Int64
  public let on: Day
  public let reason: String

  public var about: Int64? { agreement }
  public var faults: Faults { .of(words: [(reason, "/reason")]) }
}

/// What a school bought, used and has left.
public struct TradedStatement: Hashable, Sendable {
  public let boughtMinutes: Int
  public let usedMinutes: Int

  public init(_ agreement: TradedAgreement, _ deliveries: [TradedDelivery]) {
    boughtMinutes = agreement.hours * 60
    usedMinutes = deliveries.reduce(0) { $0 + $1.minutes }
  }

  /// Below 0 where the school agreed to more.
  public var leftMinutes: Int { boughtMinutes - usedMinutes }
}
