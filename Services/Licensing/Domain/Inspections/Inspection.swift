public import CaseFlow
import Rulebook

/// A visit to a workplace, a production or a body: from the plan to the findings in writing and what follows (`licensing.md`
/// 11).
public enum Inspection: CaseKind {
  /// Where it is.
  public enum State: String, FlowName {
    case planned, visited, told, closed, cancelled
  }

  /// What can be done.
  public enum Act: String, FlowName {
    case plan, cancel, visit, tell, close
  }

  /// What is due by when.
  public enum Clock: String, FlowName {
    case visit, findings
    case followUp = "follow-up"
  }

  /// What its decisions rest on.
  public enum Fact: String, FlowName {
    /// The day of the visit as it is planned.
    case at
    /// Whether the record of the visit is there.
    case recorded
    /// Whether the findings were issued in writing.
    case told
    case outcome
    /// The day of a referral to safeguarding, or `none`.
    case referred
    /// By when what was found must be put right, or `none`.
    case followUp = "follow-up"
  }

  /// Who acts; the raw values are roles of callers.
  public enum Role: String, FlowName {
    case licensingOfficer = "licensing-officer"
    case manager
  }

  public static let name = "inspection"

  static let safeguarding = "safeguarding-referral"
  static let outcomes: Set = [
    "no-action", "advice", "written-warning", "conditions-changed", "suspended", "revoked", "prosecution-considered",
    safeguarding,
  ]

  private static let officers: Set = [Role.licensingOfficer, .manager]
  private static let referral = Flow<Inspection>.Guard(
    "referral", "A referral to safeguarding must be made on the day of the visit’s outcome.",
    reads: [.outcome, .referred],
    onDay: [
      .init({ $0.text(.outcome) != safeguarding || $0.day(.referred) == $1 }, source: "LIC-17")
    ])

  /// How it goes.
  public static let flow = Flow<Inspection>(
    title: "Inspection", allocation: .init(by: [.manager]),
    reviewWithin: [InForce(.workingDays(5), source: "LIC-22")],
    states: [
      .init(.planned, "Planned", isOpen: true), .init(.visited, "Visited", isOpen: true),
      .init(.told, "Findings sent", isOpen: true), .init(.closed, "Closed", isOpen: false),
      .init(.cancelled, "Not held", isOpen: false),
    ],
    clocks: [
      .init(.visit, in: [.planned], "Make the visit", [InForce(.days(28), source: "LIC-17")], endsOn: .at),
      .init(.findings, in: [.visited], "Send the findings in writing", [InForce(.workingDays(5), source: "LIC-17")]),
      .init(
        .followUp, in: [.told], "See whether it was put right, and close", [InForce(.days(28), source: "LIC-17")],
        endsOn: .followUp),
    ],
    acts: [
      .init(.plan, "Plan a visit", opening: .planned, by: officers, asks: [.at], owner: .actor),
      .init(.cancel, "Note that the visit is not made", from: [.planned], to: .cancelled, by: officers),
      .init(
        .visit, "State the outcome of the visit", from: [.planned], to: .visited, by: officers,
        guards: [
          .yes(.recorded, "recorded", "The record of the visit must be there.", source: "LIC-17"),
          .oneOf(outcomes, .outcome, "outcome-known", "The outcome must be one of", source: "LIC-17"), referral,
        ], asks: [.outcome, .referred, .followUp], isDecision: true),
      .init(
        .tell, "Note that the findings were sent", from: [.visited], to: .told, by: officers,
        guards: [.yes(.told, "told", "The findings must be issued as a letter first.", source: "LIC-17")]),
      .init(.close, "Close the inspection", from: [.told], to: .closed, by: officers, ends: [.visit]),
    ])
}

/// What an officer looks at, in this order (`licensing.md` 11).
public enum InspectionCheck: String, Hashable, Sendable, Codable, CaseIterable {
  case responsiblePerson = "responsible-person"
  case licences
  case children
  case chaperones
  case times
  case breaks
  case changingRooms = "changing-rooms"
  case firstAid = "first-aid"
  case education
  case nightWork = "night-work"
  case earnings

  /// As the form and the letter name it.
  public var words: String {
    switch self {
    case .responsiblePerson: "who is responsible, and that they are who they say"
    case .licences: "licences and permits on the spot, and their conditions"
    case .children: "each child against the list"
    case .chaperones: "chaperones’ cards against the register, and how many children they have"
    case .times: "times against the record of the day"
    case .breaks: "breaks"
    case .changingRooms: "changing rooms apart by age and sex"
    case .firstAid: "first aid, fire, food and water"
    case .education: "records of education"
    case .nightWork: "permission for night work"
    case .earnings: "the condition about earnings"
    }
  }
}

/// What was found at a visit.
public struct InspectionRecord: Hashable, Sendable, Codable {
  /// One check.
  public struct Check: Hashable, Sendable, Codable {
    public let check: InspectionCheck
    /// Absent where it does not apply.
    public let isMet: Bool?
  }

  /// Something that breaks a rule.
  public struct Finding: Hashable, Sendable, Codable {
    /// The id of a rule of work or performances.
    public let rule: String
    /// The case of the child’s permit or licence; absent where it is about no one child.
    public let of: String?
    public let time: ClockTime?
    public let words: String
  }

  public static let (mostFindings, mostCharacters) = (100, 2_000)

  /// All checks, in their order.
  public let checks: [Check]
  public let childrenSeen: Int
  public let findings: [Finding]
  /// The justice's order by which the place was entered; absent where it was not needed.
  public let order: String?

  /// The rules that findings can name.
  public static let rules = Set(WorkRule.allCases.map(\.rawValue) + PerformanceRule.allCases.map(\.rawValue))

  /// Why it cannot be entered: a field and what is wrong.
  public var faults: [(field: String, text: String)] {
    var faults: [(String, String)] = []
    if checks.map(\.check) != InspectionCheck.allCases {
      faults.append(("/checks", "must be all checks in their order"))
    }
    if !(0...5_000 ~= childrenSeen) { faults.append(("/childrenSeen", "must be 0 to 5000")) }
    if findings.count > Self.mostFindings {
      faults.append(("/findings", "must be at most \(Self.mostFindings)"))
    }
    for (index, finding) in findings.prefix(Self.mostFindings).enumerated() {
      if !Self.rules.contains(finding.rule) { faults.append(("/findings/\(index)/rule", "must be the id of a rule")) }
      if !(1...Self.mostCharacters ~= finding.words.count) {
        faults.append(("/findings/\(index)/words", "must have 1 to \(Self.mostCharacters) characters"))
      }
    }
    if (order?.count ?? 0) > 200 { faults.append(("/order", "must have at most 200 characters")) }
    return faults
  }
}
