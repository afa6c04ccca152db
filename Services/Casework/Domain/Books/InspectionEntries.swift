import Contracts
public import Rulebook

/// A register inspection visit as it is planned (Working together to improve school attendance: register inspections).
public struct InspectionVisit: BookEntry {
  public static let book = Book.inspection
  public let urn: URN
  public let on: Day
  /// Who makes it, by an opaque identifier.
  public let officer: String

  public var school: URN? { urn }
  public var faults: Faults {
    var faults = Faults()
    faults.require(1...100 ~= officer.utf8.count, "/officer", "must have 1 to 100 bytes")
    return faults
  }
}

/// What was found at a register inspection visit, or that it was not made.
public struct InspectionFindings: BookEntry {
  /// One thing that was looked at.
  public struct Check: Codable, Hashable, Sendable {
    /// As ``Rulebook/RegisterInspection`` names it.
    public let name: String
    public let outcome: RegisterInspection.Outcome
    /// What was seen; blank where there is nothing to say.
    public let note: String
  }

  public static let book = Book.inspectionReport
  /// The visit's number.
  public let inspection: Int64
  /// The day of the visit, or on which it was called off.
  public let on: Day
  public let wasMade: Bool
  /// Those in force on the day; one that is left out was not seen.
  public let checks: [Check]
  /// What was agreed with the school, or why the visit was not made.
  public let summary: String

  public var about: Int64? { inspection }
  public var faults: Faults {
    var faults = Faults.of(words: [(summary, "/summary")])
    faults.require(
      wasMade ? 1...50 ~= checks.count : checks.isEmpty, "/checks",
      wasMade ? "must have 1 to 50 checks" : "must be empty where no visit was made")
    let names = RegisterInspection.checks(on: on).map(\.value.name)
    var seen: Set<String> = []
    for (place, check) in checks.prefix(50).enumerated() {
      faults.require(
        names.contains(check.name), "/checks/\(place)/name", "must be a check in force on the day of the visit")
      faults.require(seen.insert(check.name).inserted, "/checks/\(place)/name", "must not be given twice")
      faults.words(check.note, "/checks/\(place)/note", mayBeBlank: check.outcome != .notMet)
    }
    return faults
  }
}

/// Something that a school is to do after a register inspection visit.
public struct InspectionAction: BookEntry {
  public static let book = Book.inspectionAction
  /// The number of what was found.
  public let report: Int64
  public let action: String
  /// By role.
  public let owner: String
  public let due: Day

  public var on: Day { due }
  public var about: Int64? { report }
  public var faults: Faults { .of(words: [(action, "/action"), (owner, "/owner")]) }
}

/// That an action after a register inspection visit was done.
public struct InspectionActionDone: BookEntry {
  public static let book = Book.inspectionActionDone
  /// The action's number.
  public let action: Int64
  public let on: Day
  /// How it was seen.
  public let evidence: String

  public var about: Int64? { action }
  public var faults: Faults { .of(words: [(evidence, "/evidence")]) }
}
