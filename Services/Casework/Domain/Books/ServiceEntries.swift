public import Contracts
public import Rulebook

/// Advice or training that was given.
public struct AdviceGiven: BookEntry {
  /// What it was.
  public enum Kind: String, Codable, Hashable, Sendable, CaseIterable { case advice, training, policy, governors }

  public static let book = Book.advice
  /// The school; `nil` where it was for several or for none.
  public let urn: URN?
  public let on: Day
  public let kind: Kind
  public let topic: String
  public let people: Int
  public let minutes: Int

  public var school: URN? { urn }
  public var faults: Faults {
    var faults = Faults.of(words: [(topic, "/topic")])
    faults.count(people, "/people", 1...10_000)
    faults.count(minutes, "/minutes", 1...1_440)
    return faults
  }
}

/// An organisation that helps families.
public struct SupportOrganisation: BookEntry {
  public static let book = Book.organisation
  public let title: String
  public let offers: String
  /// Where it works.
  public let areas: [String]
  public let fromAge: Int
  public let toAge: Int
  /// How a family or an officer asks for it.
  public let referral: String
  public let checked: Day

  public var on: Day { checked }
  public var faults: Faults {
    var faults = Faults.of(
      words: [(title, "/title"), (offers, "/offers"), (referral, "/referral")], lists: [(areas, "/areas")])
    faults.count(fromAge, "/fromAge", 0...25)
    faults.require(fromAge > 25 || (fromAge...25).contains(toAge), "/toAge", "must be from the first age to 25")
    return faults
  }
}

/// That what the directory says of an organisation was checked.
public struct OrganisationCheck: BookEntry {
  public static let book = Book.organisationCheck
  /// The organisation's number.
  public let organisation: Int64
  public let on: Day
  /// Whether it still works as the directory says.
  public let stands: Bool

  public var about: Int64? { organisation }
  public var faults: Faults { Faults() }
}

/// A list of children that several services work through together, by a declared criterion.
public struct CoordinatedList: BookEntry {
  /// By what children are put in order.
  public enum Criterion: String, Codable, Hashable, Sendable, CaseIterable {
    /// The lowest attendance at referral first.
    case lowestAttendance = "lowest-attendance"
    /// The longest open first.
    case longestOpen = "longest-open"
    /// The most re-referrals first, then the lowest attendance.
    case mostReferrals = "most-referrals"
  }

  public static let book = Book.coordinatedList
  public let title: String
  public let criterion: Criterion
  public let size: Int
  public let from: Day
  public let to: Day
  /// What it is for, and who works through it.
  public let purpose: String

  public var on: Day { from }
  public var faults: Faults {
    var faults = Faults.of(words: [(title, "/title"), (purpose, "/purpose")], days: (from, to))
    faults.count(size, "/size", 1...500)
    return faults
  }
}

/// How the service takes referrals in from a day on.
public struct IntakeRule: BookEntry {
  /// How.
  public enum State: String, Codable, Hashable, Sendable, CaseIterable {
    case open, paused
    case waitingList = "waiting-list"
  }

  public static let book = Book.intakeRule
  public let from: Day
  public let state: State
  /// Who is taken first, and who waits.
  public let criteria: String
  public let reason: String

  public var on: Day { from }
  public var faults: Faults { .of(words: [(criteria, "/criteria"), (reason, "/reason")]) }
}

/// A need that the service could not meet when it came: so that demand can be counted.
public struct UnmetDemand: BookEntry {
  /// What was said.
  public enum Answer: String, Codable, Hashable, Sendable, CaseIterable { case waiting, paused, refused }

  public static let book = Book.unmetDemand
  public let child: PupilID
  public let urn: URN
  /// The referral, for example `r12`.
  public let referral: String?
  public let on: Day
  public let answer: Answer
  public let reason: String

  public var pupil: PupilID? { child }
  public var school: URN? { urn }
  public var faults: Faults {
    var faults = Faults.of(words: [(reason, "/reason")])
    faults.require(
      referral.map { $0.wholeMatch(of: /r[1-9][0-9]{0,17}/) != nil } ?? true, "/referral", "must be like r12")
    return faults
  }
}

/// What came of a need that waited.
public struct DemandOutcome: BookEntry {
  /// What came of it.
  public enum Outcome: String, Codable, Hashable, Sendable, CaseIterable {
    case withdrawn, elsewhere
    case takenOn = "taken-on"
  }

  public static let book = Book.demandOutcome
  /// The demand's number.
  public let demand: Int64
  public let on: Day
  public let outcome: Outcome

  public var about: Int64? { demand }
  public var faults: Faults { Faults() }
}
