import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

/// Noting that a child is educated at home, and the register of children not in school while the law has it.
struct HomeEducationRoutes: Sendable {
  let desk: CaseDesk<HomeEducations>
  /// The day of commencement of the register of children not in school here; `nil` while it is switched off.
  let registerFrom: Day?
  let transactions: Transactions

  struct Noted: Codable, Sendable {
    let pupil: PupilID
    /// written, oral or found.
    let notice: String
    /// The first day of education at home.
    let from: Day
    let reason: String
  }

  /// The children who are to be in the register of children not in school (Education Act 1996 s436B).
  struct Register: WholeList, Sendable {
    struct Line: Codable, Sendable {
      let pupil: PupilID
      let ground: String
    }

    let on: Day
    /// Whether the law is in force in this authority; nobody is listed before.
    let inForce: Bool
    let children: [Line]
    var list: (name: String, rows: [Line]) { ("children", children) }
  }

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/home-education", SearchRoutes.officers, "Record that a child is educated at home",
      upTo: SearchRoutes.bodyBytes, problems: [404, 409], note)
    router.read(
      "/not-in-school", .roles(.cmeOfficer, .manager, reach: .wholeAuthority),
      "The children who are to be in the register of children not in school; none until the law is in force here",
      register)
  }

  private func note(_ call: Call, _ form: Noted) async throws -> Remembered<SearchRoutes.Opened> {
    try SearchRoutes.check(form.reason, [])
    guard let role = HomeEducation.Role(rawValue: call.caller.role.rawValue) else { throw Problem.forbidden }
    return try await transactions.write(call.edit) { unit in
      let (pupil, school) = try SearchRoutes.child(form.pupil, unit)
      let stored = try desk.open(
        .init(
          .act(.notify), stating: .init([.notice: .text(form.notice), .from: .day(form.from)]), reason: form.reason),
        about: pupil.text, pupil, at: school, by: .person(unit.caller.subject, role), in: unit)
      return .init(id: stored.id, state: stored.file.state?.rawValue ?? "")
    }
  }

  private func register(_ call: Call) async throws -> Register {
    try await transactions.write(by: call.caller) { unit in
      try unit.audit(.notInSchoolRead, of: .all)
      guard let law = ChildrenNotInSchool.law(from: registerFrom, on: unit.today) else {
        return Register(on: unit.today, inForce: false, children: [])
      }
      let children = try HomeEducationFigures.children(in: unit.db).compactMap { pupil -> Register.Line? in
        guard let born = try Roll.pupil(pupil, in: unit.db)?.dateOfBirth else { return nil }
        return law.ground(
          dateOfBirth: born, livesHere: true,
          isRegistered: try Searches.isOnRoll(pupil, on: unit.today, in: unit.db), isAbsentByAgreement: false,
          on: unit.today
        ).map { .init(pupil: pupil, ground: $0.rawValue) }
      }
      return Register(on: unit.today, inForce: true, children: children)
    }
  }
}

extension AuditAction {
  static let notInSchoolRead = AuditAction("not-in-school.read")
}
