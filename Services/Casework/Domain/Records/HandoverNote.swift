public import Rulebook

/// What an officer who gives a case away leaves for the next: where it stands, what comes next, and what must not be done.
public struct HandoverNote: CaseRecord {
  public static let kind = RecordKind.handover
  public let on: Day
  /// The officer who takes it, by an opaque identifier.
  public let to: String
  /// Where the work with the family stands.
  public let summary: String
  public let next: [ActionPoint]
  /// Whether, and how, the family can be contacted safely.
  public let contact: String

  public var faults: Faults {
    var faults = Faults()
    faults.require(1...100 ~= to.utf8.count, "/to", "must have 1 to 100 bytes")
    faults.words(summary, "/summary")
    faults.words(contact, "/contact")
    faults.require(next.count <= Faults.mostRows, "/next", "must have at most 50 rows")
    for (place, step) in next.prefix(Faults.mostRows).enumerated() { step.check(&faults, at: "/next/\(place)") }
    return faults
  }
}
