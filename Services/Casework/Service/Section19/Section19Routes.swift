import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Foundation
import GRDB
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store

extension AuditAction {
  static let section19Noticed = AuditAction("section-19.noticed")
  static let section19Read = AuditAction("section-19.page.read")
}

/// Noting a child without suitable education, and the one page that says who considered and decided what, and when.
struct Section19Routes: Sendable {
  let desk: CaseDesk<Section19Cases>
  let transactions: Transactions

  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .ownRecords)

  struct Noticed: Codable, Sendable {
    let pupil: PupilID
    let school: URN
    let ground: String
    let since: Day
    let reason: String
  }

  struct Made: Codable, Sendable {
    let id, state: String
  }

  struct Paper: Codable, Sendable {
    struct Step: Codable, Sendable {
      let on: Day
      let act, reason: String
      /// Who did it, by an opaque identifier; absent for the program.
      let by: String?
      /// What was stated, each as `name: value`.
      let stated: [String]
    }

    /// What was arranged from a day on.
    struct Arrangement: Codable, Sendable {
      let from: Day?
      let provision: String?
      let hours: Int?
      /// Why fewer hours than full time, where they are fewer.
      let partTime: String?
    }

    struct View: Codable, Sendable {
      let on: Day
      let child, parents: String
    }

    let id, state: String
    let pupil: PupilID
    let ground: String?
    /// The first day without suitable education.
    let since: Day?
    /// The day on which the authority noticed.
    let noticedOn: Day?
    /// The day by which education is to be arranged; absent without a calendar that reaches so far.
    let dueBy: Day?
    /// School days without education: from the first to what was arranged, or the end, or today; absent without a calendar.
    let schoolDaysWaited: Int?
    /// Of them those after the day by which it is to be arranged.
    let schoolDaysLate: Int?
    let consideredOn, decidedOn: Day?
    /// What was looked at, each time.
    let evidence: [String]
    let views: [View]
    let arrangements: [Arrangement]
    let provision: String?
    let hours: Int?
    let reviews: Int
    let reviewsOn: [Day]
    /// Until when the next review is due; absent where none is.
    let nextReview: Day?
    /// When the parents were told what was decided and how to complain; absent where nobody has recorded it.
    let informedOn: Day?
    /// What the Ombudsman would ask for and the record does not have.
    let lacking: [String]
    /// The law that it goes by.
    let law: [String]
    let steps: [Step]
  }

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/section-19", Self.officers, "Note a child without suitable education", status: 201,
      problems: [404, 409], location: { (made: Made) in "/section-19/\(made.id)" }, notice)
    router.read(
      "/section-19/{id}/page", Self.officers,
      "All that was considered and decided about a child without suitable education, as one page",
      path: [RecordRoutes.id], page)
  }

  private func notice(_ call: Call, _ form: Noticed) async throws -> Remembered<Made> {
    guard let role = Section19.Role(rawValue: call.caller.role.rawValue) else { throw Problem.forbidden }
    return try await transactions.write(call.edit) { unit in
      let pupil = try Roll.current(form.pupil, in: unit.db)
      guard unit.caller.maySee(form.school),
        try !Roll.registrations(of: pupil, at: form.school, in: unit.db).isEmpty
      else { throw Problem.notFound("Pupil") }
      guard form.since <= unit.today else { throw Problem.invalid([.init("/since", "must not be after today")]) }
      let stored = try desk.open(
        .init(
          .act(.notice), stating: .init([.ground: .text(form.ground), .since: .day(form.since)]), reason: form.reason),
        about: pupil.text, pupil, at: form.school, by: .person(unit.caller.subject, role), in: unit)
      try unit.audit(.section19Noticed, of: pupil, ["case": stored.id])
      return Made(id: stored.id, state: stored.file.state?.rawValue ?? "")
    }
  }

  private func page(_ call: Call) async throws -> Paper {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let stored = try Cases<Section19>.find(id, for: unit.caller, in: unit.db)
      try unit.audit(.section19Read, of: stored.pupil, ["case": id])
      return try Section19Paper.paper(of: stored, on: unit.today, in: unit.db)
    }
  }

}

extension FactValue {
  /// As a person reads it.
  var words: String {
    switch self {
    case .flag(let flag): flag ? "yes" : "no"
    case .number(let number): "\(number)"
    case .text(let text): text
    }
  }
}
