import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  fileprivate static let chargeRead = AuditAction("prosecution.charge.read")
  fileprivate static let circumstancesSet = AuditAction("prosecution.circumstances.set")
}

/// What people do with prosecutions beside their acts, which are ``CaseRoutes``.
struct ProsecutionRoutes: Sendable {
  static let base = "/prosecutions"

  let desk: ProsecutionDesk
  let transactions: Transactions

  /// The largest body, bytes, and the most sessions of a charge.
  private static let bodyBytes = 64 << 10
  private static let mostSessions = 400

  private static let officers = Policy.roles(.attendanceOfficer, .legalOfficer, reach: .ownRecords)
  private static let readers = Policy.roles(.attendanceOfficer, .legalOfficer, .manager, reach: .ownRecords)
  private static let id = About.Parameter("id", .string(pattern: "^c[1-9][0-9]*$"), "The prosecution's case.")

  func add(to router: ServiceRouter) {
    CaseRoutes(
      desk: desk.cases, transactions: transactions, readers: [.attendanceOfficer, .legalOfficer, .manager],
      at: Self.base
    ).add(to: router)
    router.write(
      .post, Self.base, Self.officers, "Refer one parent for prosecution about one child", status: 201,
      upTo: Self.bodyBytes, problems: [404, 409], location: { "\(Self.base)/\($0.id)" }, refer)
    router.read(
      "\(Self.base)/{id}/charge", Self.readers,
      "What is charged, what was taken out and why, and what stands in the way",
      path: [Self.id], charge)
    router.write(
      .post, "\(Self.base)/{id}/circumstances", Self.officers, "Say what of child and parent stands in the way",
      path: [Self.id], upTo: Self.bodyBytes, problems: [404, 409], setCircumstances)
    router.write(
      .post, "\(Self.base)/{id}/charge", Self.officers, "Take out of the charge what may not be in it now",
      path: [Self.id], problems: [404, 409], look)
  }

  private func refer(_ call: Call, _ form: ProsecutionForms.Referral) async throws -> Remembered<
    ProsecutionAnswers.Done
  > {
    try call.caller.requireActing(forSchool: form.school.text)
    let circumstances = try Set(named: form.circumstances)
    let places = try Self.places(form)
    let actor = try Self.actor(call.caller)
    let stating = Facts<Prosecution.Fact>([
      .route: .text(form.route), .support: .text(form.support), .parentVerified: .flag(form.parentVerified),
    ])
    let intent = Intent<Prosecution>(
      .act(.refer), stating: stating, reason: form.reason, evidence: form.evidence ?? [])
    return try await transactions.write(call.edit) { unit in
      let pupil = try Roll.current(form.pupil, in: unit.db)
      let sessions = try counted(places, of: pupil, at: form.school, unit)
      return try done(
        desk.refer(
          .init(
            person: form.person, pupil: pupil, school: form.school, breach: form.breach, sessions: sessions,
            circumstances: circumstances), intent, by: actor, in: unit), unit)
    }
  }

  /// The sessions as the register counts them.
  private func counted(
    _ places: Set<RegisterSession>, of pupil: PupilID, at school: URN, _ unit: UnitOfWork
  ) throws -> [ProposalGrounds.CountedSession] {
    let judge = desk.prosecutions.notices.judge
    let counted = try judge.find(pupil: pupil, at: judge.school(school, in: unit.db), asOf: unit.today, in: unit.db)
    let found = counted.sessions.filter { places.contains(RegisterSession($0.date, $0.session)) }
    guard found.count == places.count else {
      throw Problem.invalid([.init("/sessions", "must all be unauthorised absences that the register counts")])
    }
    return found
  }

  private func charge(_ call: Call) async throws -> ProsecutionAnswers.Charge {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let stored = try find(id, unit)
      try unit.audit(.chargeRead, of: stored.pupil, ["case": stored.id])
      let matter = try matter(of: stored, unit)
      let (charge, conflicts) = (try matter.charge(unit), try matter.conflicts(unit))
      let first = matter.prosecution.breach ?? matter.charged.first?.date
      return ProsecutionAnswers.Charge(
        id: stored.id, person: matter.person, breach: matter.prosecution.breach,
        sessions: matter.sessions.map {
          .init(
            date: $0.place.date, session: $0.place.session, code: $0.code,
            bar: ($0.bar ?? charge.barred[$0.place])?.rawValue)
        }, enough: matter.prosecution.breach != nil || charge.isEnough, lastDayToLay: first.map(Limitation.lastDay),
        laid: matter.prosecution.laid, conflict: conflicts.answer.rawValue,
        conflicts: conflicts.reasons.map { .init(answer: $0.answer.rawValue, reason: $0.reason) },
        circumstances: matter.prosecution.circumstances.names)
    }
  }

  private func setCircumstances(
    _ call: Call, _ form: CircumstancesForm
  ) async throws -> Remembered<ProsecutionAnswers.Done> {
    let (id, circumstances) = (try call.text("id"), try Set(named: form.circumstances))
    return try await transactions.write(call.edit) { unit in
      let stored = try find(id, unit)
      let prosecution = try matter(of: stored, unit).prosecution
      try StoredProsecutions.set(circumstances, of: prosecution.number, in: unit.db)
      try unit.audit(.circumstancesSet, of: stored.pupil, ["case": stored.id, "circumstances": circumstances.count])
      try desk.factsChanged(of: stored.pupil, in: unit)
      return try done(find(id, unit), unit)
    }
  }

  private func look(_ call: Call) async throws -> Remembered<ProsecutionAnswers.Done> {
    let id = try call.text("id")
    return try await transactions.write(call.edit) { unit in
      var stored = try find(id, unit)
      try desk.reduce(&stored, in: unit)
      return try done(stored, unit)
    }
  }

  private func done(_ stored: StoredCase<Prosecution>, _ unit: UnitOfWork) throws -> ProsecutionAnswers.Done {
    .init(
      id: stored.id, state: stored.file.state?.rawValue ?? "", charged: try matter(of: stored, unit).charged.count)
  }

  private func matter(of stored: StoredCase<Prosecution>, _ unit: UnitOfWork) throws -> ProsecutionMatter {
    guard let prosecution = try StoredProsecutions.find(subject: stored.subject, in: unit.db) else {
      throw Problem.notFound("Prosecution")
    }
    return try desk.prosecutions.matter(prosecution, in: unit)
  }

  private func find(_ id: String, _ unit: UnitOfWork) throws -> StoredCase<Prosecution> {
    try Cases<Prosecution>.find(id, called: "Prosecution", for: unit.caller, in: unit.db)
  }

  private static func places(_ form: ProsecutionForms.Referral) throws(Problem) -> Set<RegisterSession> {
    let places = Set((form.sessions ?? []).map { RegisterSession($0.date, $0.session) })
    var faults = Faults()
    faults.require(places.isEmpty != (form.breach == nil), "/sessions", "must be given, or a breach in their place")
    faults.require(places.count <= mostSessions, "/sessions", "must be at most \(mostSessions)")
    faults.require((form.evidence ?? []).count <= 50, "/evidence", "must be at most 50")
    faults.require(form.reason.count <= 4_000, "/reason", "must have at most 4000 characters")
    try faults.refuse()
    return places
  }

  private static func actor(_ caller: Caller) throws(Problem) -> Actor<Prosecution.Role> {
    guard let role = Prosecution.Role(rawValue: caller.role.rawValue) else { throw .forbidden }
    return .person(caller.subject, role)
  }
}
