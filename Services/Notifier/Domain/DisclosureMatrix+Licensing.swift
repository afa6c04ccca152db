public import Contracts
import Rulebook
import Schemas

// What licensing publishes: who may know of it, and what they are told.

extension DisclosureMatrix {
  static let licensing: [Row] = [
    // The school is told that there is something about a child's work and asks; employers and parents have letters.
    Row(
      source: "disclosure table, N16",
      events: [WorkPermitGranted.self, WorkPermitRefused.self, WorkPermitRevoked.self], bases: [.educationDuty],
      cells: [
        school(.identity),
        Cell(recipient: .virtualSchool, column: "VS", highest: .identity, condition: .lookedAfter),
      ]),
    // The school has the days, by which it records leave. The authority of the place has a letter (NT-11).
    Row(
      source: "disclosure table, N17", events: [PerformanceLicenceGranted.self, PerformanceLicenceRevoked.self],
      bases: [.educationDuty],
      cells: [
        school(.attendance),
        Cell(recipient: .virtualSchool, column: "VS", highest: .identity, condition: .lookedAfter),
        Cell(recipient: .otherAuthority, column: "LA", highest: .attendance, condition: .placeThere),
      ]),
    // No child in it and no reason: the designated officer for allegations asks licensing for the rest.
    Row(
      source: "disclosure table, N18", events: [ChaperoneSuspended.self], bases: [.safeguarding],
      cells: [
        socialCare(.restricted, nil),
        Cell(recipient: .otherAuthority, column: "LA", highest: .attendance, condition: .placeThere),
      ]),
    Row(
      source: "the product's own: no row in the disclosure table", events: [LeaveDiffers.self, LeaveAgrees.self],
      bases: [.educationDuty], cells: [school(.attendance)]),
  ]
}

/// Each grant is told anew: an amended permit has other days.
extension WorkPermitGranted: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(type: Self.type, pupil: pupil, school: school, concerns: concerns, facts: [.on: .string(from.iso)])
  }
}

/// That a permit was revoked takes nothing back: it was in force.
extension PermitEnded: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(type: Self.type, pupil: pupil, school: school, concerns: concerns, facts: [.on: .string(on.iso)])
  }
}

extension PerformanceLicenceGranted: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, matter: "licensing/licence/\(licence)", concerns: concerns,
      facts: [.licence: .string(licence), .dates: .array(dates.map { .string($0.iso) })])
  }
}

/// The days that are not over are licensed no more: those who record leave by them are told so.
extension PerformanceLicenceRevoked: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, course: .withdraws, matter: "licensing/licence/\(licence)",
      concerns: concerns, facts: [.licence: .string(licence), .on: .string(on.iso)])
  }
}

extension ChaperoneSuspended: Reportable {
  public var report: Report {
    Report(type: Self.type, pupil: nil, school: nil, facts: [.approval: .string(approval), .on: .string(on.iso)])
  }
}

extension LeaveDiffers: Reportable {
  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, matter: leaveMatter(pupil, date, session),
      facts: [
        .date: .string(date.iso), .session: .string(session.rawValue), .difference: .string(difference.rawValue),
      ])
  }
}

extension LeaveAgrees: Reportable {
  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, course: .withdraws, matter: leaveMatter(pupil, date, session),
      facts: [.date: .string(date.iso), .session: .string(session.rawValue)])
  }
}

private func leaveMatter(_ pupil: PupilID, _ date: Day, _ session: Session) -> String {
  "licensing/leave/\(pupil.text)/\(date.iso)/\(session.rawValue)"
}
