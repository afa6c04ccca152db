import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import HTTPTypes
import Messaging
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  static let recordAdded = AuditAction("case.record.added")
  static let recordsRead = AuditAction("case.records.read")
}

/// What officers put on record in a case: visits, meetings, consent, assessments, plans and what was done of them.
struct RecordRoutes: Sendable {
  let desk: CaseDesk<AttendanceCases>
  let transactions: Transactions

  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .ownRecords)
  static let id = About.Parameter("id", .string(pattern: "^c[1-9][0-9]*$"), "The case's identifier.")
  /// The largest body, bytes.
  private static let bodyBytes = 128 << 10

  struct Added: Codable, Sendable {
    let id: String
    let number: Int64
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/cases/{id}/records", Self.officers, "Visits, meetings, consent, assessments, plans and reviews of a case",
      path: [Self.id], all)
    on(router, "visits", "Plan a home visit", PlannedVisit.self)
    on(router, "visit-outcomes", "Record what came of a visit", VisitOutcome.self)
    on(router, "meetings", "Call a meeting", Meeting.self)
    on(router, "minutes", "Record what a meeting decided", Minutes.self)
    on(router, "consents", "Record an answer about help of an agency", AgencyConsent.self)
    on(router, "assessments", "Record an assessment, or its completion", Assessment.self)
    on(router, "plans", "Record a plan with the family; it takes the place of the one before", FamilyPlan.self)
    on(router, "contacts", "Write a contact with the family into the log", ContactEntry.self)
    on(router, "handovers", "Leave a note for the officer who takes the case", HandoverNote.self)
    on(router, "plan-steps", "Record that a step of a plan is done", StepDone.self)
  }

  private func on<Record: CaseRecord>(
    _ router: ServiceRouter, _ path: String, _ summary: String, _: Record.Type
  ) {
    router.write(
      .post, "/cases/{id}/\(path)", Self.officers, summary, path: [Self.id], upTo: Self.bodyBytes, problems: [404, 409]
    ) { (call: Call, record: Record) in
      let (id, caller) = (try call.text("id"), call.caller)
      return try await transactions.write(call.edit) { unit in
        let stored = try Cases<AttendanceCase>.open(id, for: caller, in: unit.db)
        let number = try RecordBook.add(record, to: stored.number, in: unit)
        try unit.audit(.recordAdded, of: stored.pupil, ["case": stored.id, "record": number])
        try desk.factsChanged(of: stored.pupil, in: unit)
        try SupportBook.publish(of: stored.pupil, in: unit)
        return Added(id: stored.id, number: number)
      }
    }
  }

  /// One record as it is read: the field of its kind is there.
  struct Line: Codable, Sendable {
    let number: Int64
    let kind: RecordKind
    let at: Timestamp
    let by: String
    var visit: PlannedVisit?
    var visitOutcome: VisitOutcome?
    var meeting: Meeting?
    var minutes: Minutes?
    var consent: AgencyConsent?
    var assessment: Assessment?
    var plan: FamilyPlan?
    var stepDone: StepDone?
    var review: ReviewRecord?
    var handover: HandoverNote?
    var contact: ContactEntry?

    init<Record: CaseRecord>(_ kept: RecordBook.Kept<Record>, _ field: WritableKeyPath<Line, Record?>) {
      (number, kind, at, by) = (kept.number, Record.kind, kept.at, kept.by)
      self[keyPath: field] = kept.record
    }
  }

  struct All: Codable, Sendable {
    let id: String
    let pupil: PupilID
    let records: [Line]
    /// The agencies that the family agreed to be helped by.
    let agencies: [String]
    /// What of the plan is still to be done.
    let steps: [ActionPoint]
    /// Until when the team around the family meets next; absent while it has not met.
    let nextTeamMeeting: Day?
    /// Whether reviews without improvement bring the case before a manager.
    let needsManager: Bool
  }

  private func all(_ call: Call) async throws -> All {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let stored = try Cases<AttendanceCase>.find(id, for: unit.caller, in: unit.db)
      try unit.audit(.recordsRead, of: stored.pupil, ["case": stored.id])
      let of = stored.number
      func kept<Record: CaseRecord>(_ type: Record.Type) throws -> [RecordBook.Kept<Record>] {
        try RecordBook.all(type, of: of, in: unit.db)
      }
      func lines<Record: CaseRecord>(_ field: WritableKeyPath<Line, Record?>) throws -> [Line] {
        try kept(Record.self).map { Line($0, field) }
      }
      let lines =
        try lines(\.visit) + lines(\.visitOutcome) + lines(\.meeting) + lines(\.minutes) + lines(\.consent)
        + lines(\.assessment) + lines(\.plan) + lines(\.stepDone) + lines(\.review) + lines(\.handover)
        + lines(\.contact)
      let teams = Set(try kept(Meeting.self).filter { $0.record.type == .team }.map(\.number))
      let held = try kept(Minutes.self).map(\.record).filter { teams.contains($0.meeting) && $0.wasHeld }.map(\.on)
      return All(
        id: stored.id, pupil: try stored.pupil, records: lines.sorted { $0.number < $1.number },
        agencies: AgencyConsent.agencies(try kept(AgencyConsent.self).map(\.record)),
        steps: try Plans.open(of: of, in: unit.db).open, nextTeamMeeting: TeamMeetings.nextBy(after: held),
        needsManager: ReviewRecord.needsManager(try kept(ReviewRecord.self).map(\.record)))
    }
  }
}

/// The plan that stands in a case.
enum Plans {
  /// The latest plan of a case with its number; `nil` while there is none.
  static func latest(of number: Int64, in db: Database) throws -> (number: Int64, plan: FamilyPlan)? {
    try RecordBook.all(FamilyPlan.self, of: number, in: db).last.map { ($0.number, $0.record) }
  }

  /// How many steps of the plan are done, and those that are not.
  static func open(of number: Int64, in db: Database) throws -> (done: Int, open: [ActionPoint]) {
    guard let latest = try latest(of: number, in: db) else { return (0, []) }
    let done = try RecordBook.all(StepDone.self, of: number, in: db).map(\.record).filter { $0.plan == latest.number }
    let open = latest.plan.open(done: done)
    return (latest.plan.needs.reduce(0) { $0 + $1.steps.count } - open.count, open)
  }
}

extension Cases where Kind == AttendanceCase {
  /// An open case that a caller may see.
  ///
  /// - Throws: `Problem` not found; conflict for a closed one, which nobody writes in any more.
  static func open(_ id: String, for caller: Caller, in db: Database) throws -> StoredCase<AttendanceCase> {
    let stored = try find(id, for: caller, in: db)
    guard AttendanceCase.flow.isOpen(stored.file.state) else {
      throw Problem.conflict("case-closed", "This case is closed")
    }
    return stored
  }
}
