public import Contracts
import Rulebook
import Schemas

// What cme publishes: who may know of it, and what they are told.

extension DisclosureMatrix {
  static let cme: [Row] = [
    // Another authority is told by a sealed alert, which is no webhook; the family only where that is safe, by letter.
    Row(
      source: "disclosure table, N11", events: [SearchOpened.self, WhereaboutsUnknown.self],
      bases: [.educationDuty, .safeguarding],
      cells: [
        school(.reasons), socialCare(.reasons, nil), health(.identity, nil), youthJustice(.attendance),
        virtualSchool(.reasons), earlyHelp(.attendance), otherAuthority(.reasons),
      ]),
    // The police are told where there is a risk, which this event alone says (NT-8).
    Row(
      source: "disclosure table, N11 and N19", events: [RiskFound.self], bases: [.safeguarding],
      cells: [
        school(.reasons), socialCare(.reasons, nil), health(.identity, nil), youthJustice(.attendance),
        police(.attendance), virtualSchool(.reasons),
      ]),
    Row(
      source: "disclosure table, N12", events: [SearchClosed.self], bases: [.educationDuty, .safeguarding],
      cells: [
        school(.attendance), socialCare(.attendance, nil), health(.identity, nil),
        Cell(recipient: .youthJustice, column: "YOT", highest: .identity, condition: .youthJusticeWorker),
        police(.identity), virtualSchool(.attendance), earlyHelp(.attendance), otherAuthority(.attendance),
      ]),
    Row(
      source: "disclosure table, N20", events: [HomeEducationStarted.self, HomeEducationUnsuitable.self],
      bases: [.educationDuty],
      cells: [
        school(.identity), socialCare(.attendance, .openCase), health(.identity, nil), virtualSchool(.reasons),
        otherAuthority(.reasons),
      ]),
  ]
}

/// A search is about one matter until it is closed: what is told of its end goes to those who were told of it, at no
/// more than they were told.
extension SearchOpened: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, matter: "cme/search/\(self.case)", concerns: concerns,
      facts: [.search: .string(self.case), .on: .string(openedOn.iso), .trigger: .string(trigger)])
  }
}

extension ChildFact: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    let isOfSearch = Self.type == WhereaboutsUnknown.type || Self.type == RiskFound.type
    var facts: [DisclosedField: JSONValue] = [.on: .string(on.iso)]
    if isOfSearch { facts[.search] = .string(self.case) }
    return Report(
      type: Self.type, pupil: pupil, school: school,
      matter: "cme/\(isOfSearch ? "search" : "home-education")/\(self.case)", concerns: concerns, facts: facts)
  }
}

/// How it ended goes to those who are told reasons, which no row allows: the least is that it is over, and whether the
/// child was found.
extension SearchClosed: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    var facts: [DisclosedField: JSONValue] = [.search: .string(self.case), .on: .string(closedOn.iso)]
    facts[.located] = located.map { .bool($0) }
    return Report(
      type: Self.type, pupil: pupil, school: school, course: .withdraws, matter: "cme/search/\(self.case)",
      concerns: concerns, facts: facts)
  }
}
