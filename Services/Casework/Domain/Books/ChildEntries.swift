public import Contracts
public import Rulebook

/// A group of children for whom particular rules hold (Working together; DPA 2018 Sch 1 para 18): seen by few, and each
/// reading with its purpose.
public enum ParticularGroup: String, Codable, Hashable, Sendable, CaseIterable {
  case socialWorker = "social-worker"
  case lookedAfter = "looked-after"
  case previouslyLookedAfter = "previously-looked-after"
  case youthJustice = "youth-justice"
  case specialNeeds = "special-needs"
  case emotionalAvoidance = "emotional-avoidance"
  case youngCarer = "young-carer"
  case travelling
  case serviceFamily = "service-family"
  case refugee
  case pregnantOrParenting = "pregnant-or-parenting"
  case yearEleven = "year-11"

  /// What is done otherwise for the group, and from when.
  public static let rules: Dated<[ParticularGroup: [String]]> = [
    InForce(
      [
        .socialWorker: [
          "Inform the social worker at referral and at every escalation.",
          "Consult the social worker before enforcement.",
        ],
        .lookedAfter: ["Copy the virtual school.", "Consult the social worker before enforcement."],
        .previouslyLookedAfter: ["Copy the virtual school."],
        .youthJustice: ["Inform the youth justice worker of unexplained absence."],
        .specialNeeds: ["Consult the special needs team before a notice.", "Record reasonable adjustments."],
        .emotionalAvoidance: [
          "Health needs come first: no notice while an assessment is pending.",
          "Agree a reintegration plan with graded hours and review days.", "Consider section 19 at fifteen days.",
        ],
        .youngCarer: ["Adapt letters.", "Show this to the working team only."],
        .travelling: ["Adapt letters.", "Show this to the working team only."],
        .serviceFamily: ["Show this to the working team only."],
        .refugee: ["Offer an interpreter.", "Show this to the working team only."],
        .pregnantOrParenting: ["Leave around the birth is agreed, and is no ground for enforcement."],
        .yearEleven: ["Link the participation team from January."],
      ], source: "CW-20; Working together to improve school attendance, particular groups")
  ]
}

/// That a child belongs to a particular group, beside what registers publishes.
public struct Characteristic: BookEntry {
  public static let book = Book.characteristic
  public let child: PupilID
  public let urn: URN
  public let group: ParticularGroup
  public let from: Day
  /// Who said so, by role.
  public let source: String

  public var on: Day { from }
  public var pupil: PupilID? { child }
  public var school: URN? { urn }
  public var faults: Faults { .of(words: [(source, "/source")]) }
}

/// That a child belongs to a particular group no longer.
public struct CharacteristicEnd: BookEntry {
  public static let book = Book.characteristicEnd
  /// The characteristic's number.
  public let characteristic: Int64
  public let on: Day

  public var about: Int64? { characteristic }
  public var faults: Faults { Faults() }
}

/// A child of ours who is taught where the authority has no register: in care elsewhere, under an EHC plan, in an independent
/// school or in alternative provision.
public struct Placement: BookEntry {
  /// Why the child is there.
  public enum Reason: String, Codable, Hashable, Sendable, CaseIterable {
    case care, independent
    case ehcPlan = "ehc-plan"
    case alternative = "alternative-provision"
  }

  public static let book = Book.placement
  public let child: PupilID
  /// The school that is responsible for the child here.
  public let urn: URN
  public let reason: Reason
  /// The provider's own code; never an address.
  public let provider: String
  /// The authority in whose area it is, three digits.
  public let authority: String
  public let from: Day

  public var on: Day { from }
  public var pupil: PupilID? { child }
  public var school: URN? { urn }
  public var faults: Faults {
    var faults = Faults()
    faults.require(
      provider.wholeMatch(of: /[A-Za-z0-9-]{1,40}/) != nil, "/provider", "must be 1 to 40 letters, digits and -")
    faults.require(authority.wholeMatch(of: /[0-9]{3}/) != nil, "/authority", "must be three digits")
    return faults
  }
}

/// The marks of a placed child for a day, as the provider has them.
public struct PlacementMarks: BookEntry {
  public static let book = Book.placementMarks
  /// The placement's number.
  public let placement: Int64
  public let on: Day
  /// Absent where there was no session.
  public let morning: AttendanceCode?
  public let afternoon: AttendanceCode?

  public init(placement: Int64, on day: Day, morning: AttendanceCode?, afternoon: AttendanceCode?) {
    self.placement = placement
    on = day
    (self.morning, self.afternoon) = (morning, afternoon)
  }

  public var about: Int64? { placement }
  public var faults: Faults {
    var faults = Faults()
    faults.require(morning != nil || afternoon != nil, "", "must have a mark of the morning or the afternoon")
    let known = CodeBook.england.scheme(on: on)
    for (code, pointer) in [(morning, "/morning"), (afternoon, "/afternoon")] {
      faults.require(code.map { known.rule(for: $0) != nil } ?? true, pointer, "must be a code in force on the day")
    }
    return faults
  }
}

/// That a placement ended.
public struct PlacementEnd: BookEntry {
  public static let book = Book.placementEnd
  /// The placement's number.
  public let placement: Int64
  public let on: Day

  public var about: Int64? { placement }
  public var faults: Faults { Faults() }
}

/// An agreement under which practitioners of another agency see some cases and add notes (UK GDPR Art 6; Children Act 2004
/// s10).
public struct SharingAgreement: BookEntry {
  public static let book = Book.sharingAgreement
  /// As families' consents name it.
  public let agency: String
  /// Its practitioners, by opaque identifiers.
  public let practitioners: [String]
  public let purpose: String
  public let basis: String
  public let from: Day
  public let to: Day
  /// When it is looked at again.
  public let review: Day
  /// How much practitioners see; the least when absent.
  public let level: SharingLevel?

  public var on: Day { from }
  public var faults: Faults {
    var faults = Faults.of(
      words: [(agency, "/agency"), (purpose, "/purpose"), (basis, "/basis")],
      lists: [(practitioners, "/practitioners")], days: (from, to))
    faults.require(from...max(from, to) ~= review, "/review", "must be while the agreement lasts")
    return faults
  }
}

/// How much of a case practitioners of another agency see (CW-27).
public enum SharingLevel: String, Codable, Hashable, Sendable, CaseIterable, Comparable {
  /// That there is a case, and who to ask: L1 of the disclosure table.
  case identity
  /// And how the child attends: L2.
  case attendance
  /// And where the case is, what is to be done and until when: L3.
  case actions

  public static func < (a: SharingLevel, b: SharingLevel) -> Bool {
    allCases.firstIndex(of: a) ?? 0 < allCases.firstIndex(of: b) ?? 0
  }
}

/// That an agreement ended before its time.
public struct SharingEnd: BookEntry {
  public static let book = Book.sharingEnd
  /// The agreement's number.
  public let agreement: Int64
  public let on: Day
  public let reason: String

  public var about: Int64? { agreement }
  public var faults: Faults { .of(words: [(reason, "/reason")]) }
}

/// What a practitioner of another agency adds about a child.
public struct PartnerNote: BookEntry {
  public static let book = Book.partnerNote
  public let child: PupilID
  public let urn: URN
  /// The case, by number.
  public let caseNumber: Int64
  /// The agreement, by number.
  public let agreement: Int64
  public let on: Day
  public let note: String
  /// Who will read it, as it was shown to the writer.
  public let readers: [String]

  public init(
    child: PupilID, urn: URN, caseNumber: Int64, agreement: Int64, on day: Day, note: String, readers: [String]
  ) {
    (self.child, self.urn, self.caseNumber, self.agreement) = (child, urn, caseNumber, agreement)
    on = day
    (self.note, self.readers) = (note, readers)
  }

  public var pupil: PupilID? { child }
  public var school: URN? { urn }
  public var faults: Faults { .of(words: [(note, "/note")]) }
}
