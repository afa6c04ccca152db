public import Rulebook
import SchoolFiles

/// How a check of a visit came out.
public typealias CheckOutcome = RegisterInspection.Outcome

/// What an officer found at a visit and agreed with the school.
public struct InspectionReport: Hashable, Sendable {
  public struct Check: Hashable, Sendable {
    public let name: String
    public let outcome: CheckOutcome
    public let note: String
  }

  public struct Action: Hashable, Sendable {
    public let action: String
    /// Who sees to it, for example `head teacher`.
    public let owner: String
    public let dueOn: Day
  }

  public let visitedOn: Day
  /// Every check in force on the day of the visit, in the order of the list.
  public let checks: [Check]
  public let actions: [Action]
}

/// A report as it was sent.
public struct InspectionSubmission: Codable, Sendable {
  public struct Check: Codable, Sendable {
    let name: String
    let outcome: CheckOutcome
    let note: String?
  }

  public struct Action: Codable, Sendable {
    let action: String
    let owner: String
    let dueOn: Day
  }

  let visitedOn: Day
  let checks: [Check]
  let actions: [Action]?

  private static let mostActions = 50
  private static let mostChecks = 50
  private static let textBytes = 500
  private static let noteBytes = 2_000
  private static let ownerBytes = 100
  /// How far back a visit can lie, and how far ahead an action can be due, days.
  private static let mostDays = 400

  /// The report, when everything is right. A check that is not told was not seen.
  ///
  /// - Parameter today: no visit was made later.
  /// - Throws: `Faults` with everything that is not.
  public func checked(today: Day) throws(Faults) -> InspectionReport {
    var faults = Faults()
    faults.require(
      visitedOn <= today && today - visitedOn <= Self.mostDays, "/visitedOn",
      "must be today or within \(Self.mostDays) days before")
    let checks = checkedChecks(&faults)
    let actions = checkedActions(&faults)
    guard faults.all.isEmpty else { throw faults }
    return InspectionReport(visitedOn: visitedOn, checks: checks, actions: actions)
  }

  private func checkedChecks(_ faults: inout Faults) -> [InspectionReport.Check] {
    guard !checks.isEmpty, checks.count <= Self.mostChecks else {
      faults.note("/checks", "must have 1 to \(Self.mostChecks) checks")
      return []
    }
    let names = RegisterInspection.checks(on: visitedOn).map(\.value.name)
    var told: [String: InspectionReport.Check] = [:]
    for (place, check) in checks.enumerated() {
      guard names.contains(check.name) else {
        faults.note("/checks/\(place)/name", "is no check in force on the day of the visit")
        continue
      }
      faults.require(told[check.name] == nil, "/checks/\(place)/name", "is given twice")
      let note = (check.note ?? "").isEmpty ? "" : text(check.note, Self.noteBytes, "/checks/\(place)/note", &faults)
      told[check.name] = .init(name: check.name, outcome: check.outcome, note: note)
    }
    return names.map { told[$0] ?? .init(name: $0, outcome: .notSeen, note: "") }
  }

  private func checkedActions(_ faults: inout Faults) -> [InspectionReport.Action] {
    let actions = actions ?? []
    guard actions.count <= Self.mostActions else {
      faults.note("/actions", "must have at most \(Self.mostActions) actions")
      return []
    }
    return actions.enumerated().map { place, action in
      faults.require(
        action.dueOn >= visitedOn && action.dueOn - visitedOn <= Self.mostDays, "/actions/\(place)/dueOn",
        "must be the day of the visit or within \(Self.mostDays) days after")
      return .init(
        action: text(action.action, Self.textBytes, "/actions/\(place)/action", &faults),
        owner: text(action.owner, Self.ownerBytes, "/actions/\(place)/owner", &faults), dueOn: action.dueOn)
    }
  }

  private func text(
    _ text: String?, _ bytes: Int, _ pointer: String, _ faults: inout Faults
  ) -> String {
    if let checked = PlainText.checked(text ?? "", upTo: bytes, lines: true) { return checked }
    faults.note(pointer, "must have 1 to \(bytes) bytes and no control character")
    return ""
  }
}
