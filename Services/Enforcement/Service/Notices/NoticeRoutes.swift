import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import HTTPTypes
import Letters
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  fileprivate static let noticeDocumentRead = AuditAction("notice.document.read")
  fileprivate static let noticeServed = AuditAction("notice.served")
  fileprivate static let noticeReceipt = AuditAction("notice.receipt")
}

/// What officers do about penalty notices beside the acts of the flow: begin, issue, improve, serve, withdraw; and the
/// ledger.
struct NoticeRoutes: Sendable {
  let desk: NoticeDesk
  let transactions: Transactions
  let printing: PrintLoop

  /// The largest body, bytes; the most sessions of a request.
  private static let bodyBytes = 64 << 10
  private static let mostSessions = 400

  private static let officers = Policy.roles(.attendanceOfficer, .legalOfficer, reach: .ownRecords)
  private static let readers = Policy.roles(.attendanceOfficer, .legalOfficer, .manager, reach: .ownRecords)
  private static let id = About.Parameter("id", .string(pattern: "^c[1-9][0-9]*$"), "The notice's identifier.")
  static let person = QueryParameter<PersonID>(
    "person", .string(pattern: PersonID.pattern), "The parent.", { PersonID($0) })

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/notices", Self.officers, "Consider a penalty notice to one parent", status: 201, upTo: Self.bodyBytes,
      problems: [404, 409], location: { (answer: NoticeAnswers.Done) in "/notices/\(answer.id)" }, open)
    acting(router, "issue", Self.officers, "Issue the penalty notice: its document, its level, its act") {
      try desk.issue(&$0, $1, by: $2, in: $3)
    }
    acting(router, "notice-to-improve", Self.officers, "Issue a notice to improve") {
      try desk.improve(&$0, $1, by: $2, in: $3)
    }
    acting(
      router, "withdrawal", .roles(.legalOfficer, .manager, reach: .ownRecords),
      "Withdraw an issued notice in writing"
    ) { try desk.withdraw(&$0, $1, by: $2, in: $3) }
    acting(router, "service", Self.officers, "Put on record how a notice was served") {
      (stored, form: NoticeForms.Served, _, unit) in
      try serve(stored, form, unit)
    }
    acting(router, "receipts", Self.officers, "Put on record that a notice came on a day, or came back") {
      (stored, form: NoticeForms.Receipt, _, unit) in
      try receive(stored, form, unit)
    }
    router.read(
      "/notices/{id}/conflicts", Self.readers, "What stands in the way of a notice, and by which rule",
      path: [Self.id], conflicts)
    router.read(
      "/notices/{id}/sessions", Self.readers,
      "The sessions of a notice as the register has them now, other notices that have them, and those inside its notice to improve",
      path: [Self.id], sessions)
    router.write(
      .post, "/notices/{id}/circumstances", Self.officers, "Say what of child and parent stands in the way",
      path: [Self.id], problems: [404], setCircumstances)
    router.download(
      "/notices/{id}/documents/{document}", Self.readers, "A document of a notice, as it was issued",
      path: [Self.id, .init("document", .string(), "The document's number.")],
      query: [DocumentForm.query.about], mediaTypes: DocumentForm.mediaTypes, problems: [409], page)
    router.read(
      "/pupils/{id}/ledger", Self.readers, "A parent's notices about a child, and what another would be",
      query: [Self.person.about, Self.asAt.about], ledger)
    router.read(
      "/enquiries", .roles(.attendanceOfficer, .legalOfficer, .manager, reach: .wholeAuthority),
      "Enquiries that no other authority has answered, and by when an answer was due", query: [.after], enquiries)
    router.write(
      .post, "/enquiries", Self.officers, "Ask another authority about earlier notices", status: 201,
      problems: [404], ask)
    router.write(
      .post, "/enquiries/{number}/answer", Self.officers, "Put another authority's answer on record",
      path: [.init("number", .integer(minimum: 1), "The enquiry's number.")], problems: [404, 409], answer)
  }

  /// A route that acts on a notice with a form and may make a document.
  private func acting<Form: Codable & Sendable>(
    _ router: ServiceRouter, _ path: String, _ policy: Policy, _ summary: String,
    _ act:
      @escaping @Sendable (
        inout StoredCase<PenaltyNoticeCase>, Form, Actor<PenaltyNoticeCase.Role>, UnitOfWork
      ) throws -> DocumentNumber?
  ) {
    router.write(
      .post, "/notices/{id}/\(path)", policy, summary, path: [Self.id], upTo: Self.bodyBytes, problems: [404, 409]
    ) { [self] (call: Call, form: Form) in
      let (id, caller) = (try call.text("id"), call.caller)
      let actor = try Self.actor(caller)
      let answer = try await transactions.write(call.edit) { unit in
        var stored = try find(id, for: caller, unit)
        let document = try act(&stored, form, actor, unit)
        return NoticeAnswers.Done(
          id: stored.id, state: stored.file.state?.rawValue ?? "", document: document?.text)
      }
      printing.look()
      return answer
    }
  }

  private static func actor(_ caller: Caller) throws(Problem) -> Actor<PenaltyNoticeCase.Role> {
    guard let role = PenaltyNoticeCase.Role(rawValue: caller.role.rawValue) else { throw .forbidden }
    return .person(caller.subject, role)
  }

  func find(_ id: String, for caller: Caller, _ unit: UnitOfWork) throws -> StoredCase<PenaltyNoticeCase> {
    try Cases<PenaltyNoticeCase>.find(id, called: "Notice", for: caller, in: unit.db)
  }

  // MARK: Beginning

  private func open(_ call: Call, _ form: NoticeForms.Opening) async throws -> Remembered<NoticeAnswers.Done> {
    let actor = try Self.actor(call.caller)
    return try await transactions.write(call.edit) { unit in
      let basis = try basis(of: form, unit)
      let stored = try desk.consider(
        basis, to: form.person,
        .init(.act(.consider), stating: Self.facts(form.considerations), reason: form.reason), by: actor, in: unit)
      return NoticeAnswers.Done(id: stored.id, state: stored.file.state?.rawValue ?? "", document: nil)
    }
  }

  private static func facts(_ given: [String: String]) throws(Problem) -> Facts<PenaltyNoticeCase.Fact> {
    var facts = Facts<PenaltyNoticeCase.Fact>()
    var faults = Faults()
    for (name, value) in given.sorted(by: { $0.key < $1.key }) {
      guard let fact = PenaltyNoticeCase.Fact(rawValue: name), value.count <= 1_000 else {
        faults.require(false, "/considerations", "must be those of the flow, each of at most 1,000 characters")
        continue
      }
      facts[fact] = .text(value)
    }
    try faults.refuse()
    return facts
  }

  private func basis(of form: NoticeForms.Opening, _ unit: UnitOfWork) throws -> NoticeBasis {
    let circumstances = try Set(named: form.circumstances ?? [])
    if let id = form.proposal {
      guard let proposal = try Proposals.find(id, in: unit.db),
        unit.caller.mayActFor(school: proposal.school.text)
      else { throw Problem.notFound("Proposal") }
      return NoticeBasis(
        pupil: proposal.pupil, school: proposal.school, proposal: id, sessions: proposal.proposal.grounds.sessions,
        circumstances: circumstances)
    }
    guard let pupil = form.pupil, let school = form.school, let sessions = form.sessions, !sessions.isEmpty else {
      throw Problem.invalid([.init("", "must name a proposal, or a child, a school and sessions")])
    }
    guard sessions.count <= Self.mostSessions else {
      throw Problem.invalid([.init("/sessions", "must be at most \(Self.mostSessions)")])
    }
    guard unit.caller.mayActFor(school: school.text) else { throw Problem.notFound("School") }
    let current = try Roll.current(pupil, in: unit.db)
    let judge = desk.notices.judge
    let counted = try judge.find(
      pupil: current, at: judge.school(school, in: unit.db), asOf: unit.today, in: unit.db
    ).sessions
    let places = Set(sessions.map { RegisterSession($0.date, $0.session) })
    let found = counted.filter { places.contains(RegisterSession($0.date, $0.session)) }
    guard found.count == places.count else {
      throw Problem.invalid([.init("/sessions", "must all be unauthorised absences that the register counts")])
    }
    return NoticeBasis(pupil: current, school: school, proposal: nil, sessions: found, circumstances: circumstances)
  }

  // MARK: Service

  private func serve(
    _ stored: StoredCase<PenaltyNoticeCase>, _ form: NoticeForms.Served, _ unit: UnitOfWork
  ) throws -> DocumentNumber? {
    try onNotice(stored, unit) { notice, document in
      let service = DocumentService(
        method: form.method, day: form.on, by: form.by, address: form.address, addressReason: form.addressReason,
        proof: form.proof)
      _ = try desk.notices.documents.recordService(service, of: document, in: unit)
      try unit.audit(.noticeServed, of: stored.pupil, ["case": stored.id, "document": document])
    }
  }

  private func receive(
    _ stored: StoredCase<PenaltyNoticeCase>, _ form: NoticeForms.Receipt, _ unit: UnitOfWork
  ) throws -> DocumentNumber? {
    try onNotice(stored, unit) { notice, document in
      try desk.notices.documents.recordReceipt(
        DocumentReceipt(kind: form.kind, day: form.on, evidence: form.evidence), of: document, in: unit)
      try unit.audit(.noticeReceipt, of: stored.pupil, ["case": stored.id, "document": document])
    }
  }

  /// Does something with the document that runs now: the notice, or before it the notice to improve; its days follow.
  private func onNotice(
    _ stored: StoredCase<PenaltyNoticeCase>, _ unit: UnitOfWork,
    _ body: (StoredNotice, DocumentNumber) throws -> Void
  ) throws -> DocumentNumber? {
    guard let notice = try Notices.find(subject: stored.subject, in: unit.db),
      let document = try notice.issue?.document
        ?? Notices.improvement(of: notice.number, in: unit.db)?.document
    else { throw Problem.conflict("nothing-issued", "No document of this notice has been issued") }
    try body(notice, document)
    try desk.served(document, in: unit)
    return document
  }

  private func page(_ call: Call) async throws -> Download {
    let (id, caller) = (try call.text("id"), call.caller)
    let form = try call[DocumentForm.query]
    let number = try call.path("document", "Document") { DocumentNumber($0) }
    return try await transactions.write(by: caller) { unit in
      let stored = try find(id, for: caller, unit)
      let file = try desk.notices.documents.file(number, ofMatter: stored.id, as: form, in: unit.db)
      try unit.audit(.noticeDocumentRead, of: stored.pupil, ["case": stored.id, "document": number])
      return file
    }
  }
}
