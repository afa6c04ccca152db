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
  static let referralsListed = AuditAction("referrals.listed")
  static let referralRead = AuditAction("referral.read")
  static let referralSaved = AuditAction("referral.saved")
  static let referralSent = AuditAction("referral.sent")
  static let referralReturned = AuditAction("referral.returned")
  static let evidenceRead = AuditAction("referral.evidence.read")
  static let mattersRead = AuditAction("referral.matters.read")
}

/// Referrals: filled in from the register, saved, sent, and returned once. What is missing is said at once.
struct ReferralRoutes: Sendable {
  let desk: CaseDesk<AttendanceCases>
  let figures: CaseFigures
  let transactions: Transactions

  private static let senders = Policy.roles(.school, .attendanceOfficer, .manager, reach: .ownRecords)
  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .ownRecords)
  private static let id = About.Parameter("id", .string(pattern: "^r[1-9][0-9]*$"), "The referral's identifier.")
  private static let school = QueryParameter<URN>("school", "The school that refers the child, or where the child is.")
  private static let state = QueryParameter<ReferralState>("state", "Only referrals in one state.").optional
  private static let bodyBytes = 256 << 10
  private static let pageSize = 100

  func add(to router: ServiceRouter) {
    router.read(
      "/children/{id}/referral-evidence", Self.senders,
      "What the register says of a child: twelve school weeks with their pattern, to fill a referral in with",
      path: [.init("id", .pupil, "The child's opaque identifier.")], query: [Self.school.about], evidence)
    router.read(
      "/referrals", Self.senders, "Referrals, in the order of entry", query: [Self.state.about, .after], list)
    router.read("/referrals/{id}", Self.senders, "A referral, and what is missing", path: [Self.id], one)
    router.read(
      "/referrals/{id}/matters", Self.officers, "What is open about the child elsewhere, for triage", path: [Self.id],
      matters)
    router.write(
      .post, "/referrals", Self.senders, "Enter a referral", status: 201, upTo: Self.bodyBytes, problems: [404],
      location: { (answer: Answer) in "/referrals/\(answer.id)" }, enter)
    router.write(
      .put, "/referrals/{id}", Self.senders, "Change a referral that is not sent", path: [Self.id], ifMatch: true,
      upTo: Self.bodyBytes, problems: [404, 409], change)
    router.write(
      .post, "/referrals/{id}/send", Self.senders, "Send a referral, with what is missing named", path: [Self.id],
      problems: [404, 409], send)
    router.write(
      .post, "/referrals/{id}/return", Self.officers, "Return a referral to whoever sent it, once", path: [Self.id],
      problems: [404, 409], giveBack)
  }

  struct Entered: Codable, Sendable {
    let pupil: PupilID
    let school: URN
    let form: Referral
  }

  struct Returned: Codable, Sendable {
    let reason: String
  }

  struct Answer: PartlyGuarded, Codable, Sendable {
    /// What a change goes by: not the gaps, which the register's marks move too.
    struct Guarded: Encodable {
      let id: String
      let state: ReferralState
      let form: Referral
    }

    let id: String
    let pupil: PupilID
    let school: URN
    let state: ReferralState
    /// Who deals with it, as a proposal to triage.
    let destination: ReferralRoute.Destination
    /// What is missing now; what was missing when it was sent, once it is.
    let missing: [ReferralGap]
    let `case`: String?
    /// Whether a case of the child was open already: the referral is linked to it.
    let duplicate: Bool
    let sentOn: Day?
    let returnReason: String?
    let form: Referral

    init(_ stored: Referrals.Stored, missing: [ReferralGap]) {
      (id, pupil, school, state, form) = (stored.id, stored.pupil, stored.school, stored.state, stored.form)
      destination = stored.form.route.destination
      self.missing = missing
      self.case = stored.caseNumber.map { "c\($0)" }
      duplicate = stored.isDuplicate
      sentOn = stored.sentOn
      returnReason = stored.returnReason.isEmpty ? nil : stored.returnReason
    }

    var guarded: any Encodable { Guarded(id: id, state: state, form: form) }
  }

  struct Line: Listed {
    static let list = "referrals"

    let id: String
    let pupil: PupilID
    let school: URN
    let route: ReferralRoute
    let state: ReferralState
    let sentOn: Day?
    let `case`: String?
  }

  // MARK: Reading

  private func evidence(_ call: Call) async throws -> ReferralEvidence {
    let (pupil, school) = (try call.pupil(), try call[Self.school])
    return try await transactions.write(by: call.caller) { [figures] unit in
      let child = try Self.child(pupil, at: school, for: unit)
      try unit.audit(.evidenceRead, of: child)
      return try ReferralEvidence(of: child, at: school, on: unit.today, figures: figures, in: unit.db)
    }
  }

  private func list(_ call: Call) async throws -> Page<Line> {
    let (state, after) = (try call[Self.state], try call.after)
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.referralsListed, of: .all)
      let rows = try Referrals.page(state, for: unit, after: after, limit: Self.pageSize)
      return Page(rows, of: Self.pageSize, endsAt: \.number) { row in
        Line(
          id: row.id, pupil: row.pupil, school: row.school, route: row.form.route, state: row.state,
          sentOn: row.sentOn, case: row.caseNumber.map { "c\($0)" })
      }
    }
  }

  private func one(_ call: Call) async throws -> Answer {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let stored = try Referrals.find(id, for: unit.caller, in: unit.db)
      try unit.audit(.referralRead, of: stored.pupil, ["referral": stored.id])
      return try answer(stored, unit)
    }
  }

  private func answer(_ stored: Referrals.Stored, _ unit: UnitOfWork) throws -> Answer {
    Answer(stored, missing: stored.state == .received ? stored.gaps : try gaps(stored, unit))
  }

  private func gaps(_ stored: Referrals.Stored, _ unit: UnitOfWork) throws -> [ReferralGap] {
    let evidence = try ReferralEvidence(
      of: stored.pupil, at: stored.school, on: unit.today, figures: figures, in: unit.db)
    return stored.form.gaps(figures: evidence.figures, on: unit.today)
  }

  // MARK: Writing

  /// A child whom the caller may refer: one on a roll of the school for a school, one that is known for an officer.
  private static func child(_ id: PupilID, at school: URN, for unit: UnitOfWork) throws -> PupilID {
    let pupil = try Roll.current(id, in: unit.db)
    guard unit.caller.maySee(school),
      try Roll.registrations(of: pupil, at: school, in: unit.db).contains(where: { $0.stands(on: unit.today) })
    else { throw Problem.notFound("Pupil") }
    return pupil
  }

  private func enter(_ call: Call, _ entered: Entered) async throws -> Remembered<Answer> {
    try entered.form.faults.refuse()
    return try await transactions.write(call.edit) { unit in
      let pupil = try Self.child(entered.pupil, at: entered.school, for: unit)
      var stored = try Referrals.insert(
        entered.form, about: pupil, at: entered.school, .draft, by: unit.caller, in: unit.db)
      let missing = try gaps(stored, unit)
      stored.state = try stored.state.saved(isComplete: missing.isEmpty)
      try Referrals.save(stored, in: unit.db)
      try unit.audit(.referralSaved, of: pupil, ["referral": stored.id])
      return Answer(stored, missing: missing)
    }
  }

  private func change(_ call: Call, _ form: Referral) async throws -> Remembered<Answer> {
    let (id, caller) = (try call.text("id"), call.caller)
    try form.faults.refuse()
    let current = { @Sendable (db: Database) -> (any Encodable)? in
      Answer(try Referrals.find(id, for: caller, in: db), missing: [])
    }
    return try await transactions.write(call.edit, of: current) { unit in
      var stored = try Referrals.find(id, for: unit.caller, in: unit.db)
      stored.form = form
      let missing = try gaps(stored, unit)
      stored.state = try stored.state.saved(isComplete: missing.isEmpty)
      try Referrals.save(stored, in: unit.db)
      try unit.audit(.referralSaved, of: stored.pupil, ["referral": stored.id])
      return Answer(stored, missing: missing)
    }
  }

  private func send(_ call: Call) async throws -> Remembered<Answer> {
    let id = try call.text("id")
    return try await transactions.write(call.edit) { unit in
      var stored = try Referrals.find(id, for: unit.caller, in: unit.db)
      stored.state = try stored.state.sent(canBeSent: stored.form.canBeSent(on: unit.today))
      stored.gaps = try gaps(stored, unit)
      stored.sentOn = unit.today
      try open(&stored, unit)
      try Referrals.save(stored, in: unit.db)
      // What the school did stands in the support record of a case that was open.
      if stored.isDuplicate { try SupportBook.publish(of: stored.pupil, in: unit) }
      try unit.audit(.referralSent, of: stored.pupil, ["referral": stored.id])
      return Answer(stored, missing: stored.gaps)
    }
  }

  /// Opens a case for triage, or links the referral to the child's open one.
  private func open(_ stored: inout Referrals.Stored, _ unit: UnitOfWork) throws {
    if let there = try Cases<AttendanceCase>.open(about: stored.pupil.text, in: unit.db) {
      stored.isDuplicate = stored.caseNumber != there.number
      stored.caseNumber = there.number
      try Chronology.note(
        "referral linked to the open case: \(stored.form.route.rawValue)", stored.id, of: stored.pupil,
        at: stored.school,
        on: unit.today, recorded: unit.at, in: unit.db)
      return
    }
    let opened = try desk.open(
      .init(.act(.refer), reason: "", evidence: [stored.id]), about: stored.pupil.text, stored.pupil,
      at: stored.school, by: .program, in: unit)
    stored.caseNumber = opened.number
  }

  private func giveBack(_ call: Call, _ form: Returned) async throws -> Remembered<Answer> {
    let id = try call.text("id")
    guard 1...4_000 ~= form.reason.count, !form.reason.allSatisfy(\.isWhitespace) else {
      throw Problem.invalid([.init("/reason", "must have 1 to 4000 characters")])
    }
    return try await transactions.write(call.edit) { unit in
      var stored = try Referrals.find(id, for: unit.caller, in: unit.db)
      stored.state = try stored.state.returned(before: stored.wasReturned)
      stored.wasReturned = true
      stored.returnReason = form.reason
      try Referrals.save(stored, in: unit.db)
      try unit.audit(.referralReturned, of: stored.pupil, ["referral": stored.id])
      return try answer(stored, unit)
    }
  }
}
