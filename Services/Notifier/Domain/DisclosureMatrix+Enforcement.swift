public import Contracts
import Rulebook
import Schemas

// What enforcement publishes: who may know of it, and what they are told.

extension DisclosureMatrix {
  static let enforcement: [Row] = [
    // A proposal comes before a notice, so nobody is told more than N06 (notice issued) allows. Early help is not in N06; it is told as in N02, because support must be considered before a notice.
    Row(
      source: "disclosure table, N06",
      events: [PenaltyNoticeProposed.self, PenaltyNoticeProposalRevised.self, PenaltyNoticeProposalLapsed.self],
      bases: [.educationDuty, .criminalOffence],
      cells: [
        school(.attendance), socialCare(.identity, .openCase), virtualSchool(.attendance),
        Cell(
          recipient: .earlyHelp, column: "EH", highest: .attendance, condition: nil,
          source: "disclosure table, N02 EH", bases: [.educationDuty]),
      ]),
    // A withdrawal goes to those who were told of the issue, at the level at which they were (NT-6): N07 has it at level 1,
    // which would leave what they were told standing.
    Row(
      source: "disclosure table, N06",
      events: [NoticeToImproveIssued.self, PenaltyNoticeIssued.self, PenaltyNoticeWithdrawn.self],
      bases: [.educationDuty, .criminalOffence],
      cells: [school(.attendance), socialCare(.identity, .openCase), virtualSchool(.attendance)]),
    Row(
      source: "disclosure table, N07",
      events: [PenaltyNoticePaid.self, PenaltyNoticeUnpaid.self, PenaltyNoticeReopened.self],
      bases: [.educationDuty], cells: [school(.identity)]),
    // The result is not told with it: those who may know ask for it.
    Row(
      source: "disclosure table, N08", events: [ProsecutionLaid.self, ProsecutionDecided.self],
      bases: [.educationDuty, .criminalOffence],
      cells: [
        school(.attendance), socialCare(.attendance, nil), youthJustice(.attendance), virtualSchool(.attendance),
      ]),
    Row(
      source: "disclosure table, N09",
      events: [SupervisionOrderApplied.self, SupervisionOrderMade.self, SupervisionOrderEnded.self],
      bases: [.educationDuty, .safeguarding],
      cells: [
        school(.reasons), socialCare(.reasons, nil), health(.identity, nil), youthJustice(.attendance),
        virtualSchool(.reasons), earlyHelp(.reasons),
      ]),
    // Another authority is told of children who moved there only, which no event says yet (NT-7).
    Row(
      source: "disclosure table, N10",
      events: [AttendanceNoticeServed.self, AttendanceOrderServed.self, AttendanceOrderEnded.self],
      bases: [.educationDuty],
      cells: [
        school(.reasons), socialCare(.attendance, nil), health(.identity, nil), virtualSchool(.attendance),
        earlyHelp(.attendance),
        otherAuthority(.reasons),
      ]),
  ]
}

extension ProposalEvent: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school,
      course: Self.type == PenaltyNoticeProposed.type ? .begins : .changes, matter: matter(proposal),
      concerns: concerns, facts: facts(proposal, grounds))
  }
}

extension PenaltyNoticeProposalLapsed: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, course: .withdraws, matter: matter(proposal), concerns: concerns,
      facts: [.proposal: .string(proposal), .mostSessions: .integer(mostSessions)])
  }
}

extension NoticeToImproveIssued: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, matter: "enforcement/improvement/\(notice)", concerns: concerns,
      facts: [.notice: .string(notice), .on: .string(on.iso)])
  }
}

extension PenaltyNoticeIssued: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, matter: "enforcement/notice/\(notice)", concerns: concerns,
      facts: [.notice: .string(notice), .on: .string(on.iso)])
  }
}

/// A withdrawal takes back that a notice was issued; a payment, or that none came, is what became of it: schools may know of
/// it no more than that there is something to ask for (N07).
extension PenaltyNoticeEvent: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school,
      course: Self.type == PenaltyNoticeWithdrawn.type ? .withdraws : .follows, matter: "enforcement/notice/\(notice)",
      concerns: concerns, facts: [.notice: .string(notice), .on: .string(on.iso)])
  }
}

/// Neither the offence nor the result is told: whoever may know asks enforcement.
extension ProsecutionEvent: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, course: Self.type == ProsecutionLaid.type ? .begins : .follows,
      matter: "enforcement/prosecution/\(prosecution)", concerns: concerns,
      facts: [.prosecution: .string(prosecution), .on: .string(on.iso)])
  }
}

/// That an order ended takes nothing back: it was in force.
extension OrderEvent: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    let begins = [SupervisionOrderApplied.type, AttendanceNoticeServed.type].contains(Self.type)
    return Report(
      type: Self.type, pupil: pupil, school: school, course: begins ? .begins : .follows,
      matter: "enforcement/order/\(order)", concerns: concerns,
      facts: [.order: .string(order), .on: .string(on.iso)])
  }
}

private func matter(_ proposal: String) -> String { "enforcement/\(proposal)" }

private func facts(_ proposal: String, _ grounds: ProposalGrounds) -> [DisclosedField: JSONValue] {
  [
    .proposal: .string(proposal),
    .metOn: .string(grounds.metOn.iso),
    .windowFirstWeek: .string(grounds.windowFirstWeek.iso),
    .windowLastWeek: .string(grounds.windowLastWeek.iso),
    .sessions: .array(
      grounds.sessions.map {
        ["date": .string($0.date.iso), "session": .string($0.session.rawValue), "code": .string($0.code.text)]
      }),
    .unresolved: .integer(grounds.unresolved),
    .rule: ruleValue(grounds.rule.id, grounds.rule.source, grounds.rule.inForceFrom),
  ]
}
