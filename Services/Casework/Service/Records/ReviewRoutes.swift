import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  static let reviewed = AuditAction("case.reviewed")
}

/// Reviews: the program fills the figures in, as counts; the officer says what was found. The figures are frozen with the
/// review, and counted anew when a mark of theirs is corrected.
struct ReviewRoutes: Sendable {
  let desk: CaseDesk<AttendanceCases>
  let figures: CaseFigures
  let transactions: Transactions

  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .ownRecords)
  private static let bodyBytes = 64 << 10

  struct Form: Codable, Sendable {
    let outcome: AttendanceCase.ReviewOutcome
    /// The child's own words.
    let childView: String
    let adultViews: [Referral.Voice.View]
    /// What changes in the plan.
    let changes: String
    let reason: String
    /// Whether the family took part in the plan.
    let engaged: Bool?
  }

  struct Reviewed: Codable, Sendable {
    let id, review: String
    let record: ReviewRecord
    /// Until when the next one is due.
    let next: Day?
    /// Whether a manager has to decide on escalation.
    let needsManager: Bool
  }

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/cases/{id}/reviews", Self.officers,
      "Review a case, with the figures since the last review and the start",
      path: [RecordRoutes.id], upTo: Self.bodyBytes, problems: [404, 409], review)
  }

  private func review(_ call: Call, _ form: Form) async throws -> Remembered<Reviewed> {
    let (id, caller) = (try call.text("id"), call.caller)
    guard let role = AttendanceCase.Role(rawValue: caller.role.rawValue) else { throw Problem.forbidden }
    return try await transactions.write(call.edit) { unit in
      var stored = try Cases<AttendanceCase>.open(id, for: caller, in: unit.db)
      let record = try record(form, of: stored, unit)
      let number = try RecordBook.add(record, to: stored.number, in: unit)
      if let school = stored.school {
        for (kind, first) in [(WindowKind.sinceReview, record.lastFirst), (.sinceReferral, record.startFirst)] {
          try figures.freeze(
            kind, of: stored.number, for: number, stored.pupil, at: school, first: first, last: record.on, in: unit)
        }
      }
      let intent = Intent<AttendanceCase>(
        .act(.review), stating: .init([.review: .text(form.outcome.rawValue)]), reason: form.reason,
        evidence: ["r\(number)"])
      try desk.move(&stored, .attempt(intent), by: .person(caller.subject, role), in: unit)
      try SupportBook.publish(of: stored.pupil, in: unit)
      try unit.audit(.reviewed, of: stored.pupil, ["case": stored.id, "review": number])
      let reviews = try RecordBook.all(ReviewRecord.self, of: stored.number, in: unit.db).map(\.record)
      return Reviewed(
        id: stored.id, review: "r\(number)", record: record, next: stored.file.clocks[.review]?.due,
        needsManager: ReviewRecord.needsManager(reviews))
    }
  }

  /// The review with its figures: from the day after the last review, and from the day of the referral.
  private func record(
    _ form: Form, of stored: StoredCase<AttendanceCase>, _ unit: UnitOfWork
  ) throws -> ReviewRecord {
    let start = stored.file.openedOn ?? unit.today
    let before = try RecordBook.all(ReviewRecord.self, of: stored.number, in: unit.db).last?.record.on
    let planned = try CaseHistory.lastDay(of: .plan, in: stored.number, unit.db)
    let first = before?.adding(days: 1) ?? planned ?? start
    let calendar = try stored.school.flatMap { try Roll.calendar(ofSchool: $0, in: unit.db) }
    func attended(since first: Day) throws -> Attended {
      let days = calendar?.schoolDays.filter { first <= $0 && $0 <= unit.today } ?? []
      guard let school = stored.school else { return Attended([], codes: .england) }
      return try figures.attended(stored.pupil, at: school, on: days, in: unit.db)
    }
    let steps = try Plans.open(of: stored.number, in: unit.db)
    return ReviewRecord(
      on: unit.today, outcome: form.outcome, childView: form.childView, adultViews: form.adultViews,
      changes: form.changes, sinceLast: (first, try attended(since: first)),
      sinceStart: (start, try attended(since: start)), stepsDone: steps.done, stepsOpen: steps.open.count,
      engaged: form.engaged)
  }
}
