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
  fileprivate static let ledgerRead = AuditAction("ledger.read")
  fileprivate static let authorityAsked = AuditAction("ledger.authority.asked")
  fileprivate static let authorityAnswered = AuditAction("ledger.authority.answered")
}

/// What officers do about penalty notices beside the acts of the flow: begin, issue, improve, serve, withdraw; and the
/// ledger.
struct NoticeRoutes: Sendable {
  let desk: NoticeDesk
  let transactions: Transactions
  let printing: PrintLoop

  /// The largest body, bytes; the most sessions of a request, and the most notices of an answer.
  private static let bodyBytes = 64 << 10
  private static let mostSessions = 400
  private static let mostNotices = 20

  private static let officers = Policy.roles(.attendanceOfficer, .legalOfficer, reach: .ownRecords)
  private static let readers = Policy.roles(.attendanceOfficer, .legalOfficer, .manager, reach: .ownRecords)
  private static let id = About.Parameter("id", .string(pattern: "^c[1-9][0-9]*$"), "The notice's identifier.")
  private static let person = QueryParameter<PersonID>(
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
    router.download(
      "/notices/{id}/documents/{document}", Self.readers, "A document of a notice, as it was issued",
      path: [Self.id, .init("document", .string(), "The document's number.")], mediaTypes: ["text/html"], page)
    router.read(
      "/pupils/{id}/ledger", Self.readers, "A parent's notices about a child, and what another would be",
      query: [Self.person.about], ledger)
    router.write(
      .post, "/enquiries", Self.officers, "Ask another authority about earlier notices", status: 201,
      problems: [404], ask)
    router.write(
      .post, "/enquiries/{number}/answer", Self.officers, "Put another authority's answer on record",
      path: [.init("number", .integer(minimum: 1), "The enquiry's number.")], problems: [404], answer)
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
        do {
          let document = try act(&stored, form, actor, unit)
          return NoticeAnswers.Done(
            id: stored.id, state: stored.file.state?.rawValue ?? "", document: document?.text)
        } catch let error as LetterError { throw Problem.invalid([.init("", "\(error)")]) }
      }
      printing.look()
      return answer
    }
  }

  private static func actor(_ caller: Caller) throws(Problem) -> Actor<PenaltyNoticeCase.Role> {
    guard let role = PenaltyNoticeCase.Role(rawValue: caller.role.rawValue) else { throw .forbidden }
    return .person(caller.subject, role)
  }

  private func find(
    _ id: String, for caller: Caller, _ unit: UnitOfWork
  ) throws -> StoredCase<PenaltyNoticeCase> {
    guard let stored = try Cases<PenaltyNoticeCase>.find(id, in: unit.db), caller.maySee(stored.school) else {
      throw Problem.notFound("Notice")
    }
    return stored
  }

  // MARK: Beginning

  private func open(_ call: Call, _ form: NoticeForms.Opening) async throws -> Remembered<NoticeAnswers.Done> {
    let actor = try Self.actor(call.caller)
    return try await transactions.write(call.edit) { unit in
      let basis = try basis(of: form, unit)
      guard unit.caller.mayActFor(school: basis.school.text) else { throw Problem.notFound("Proposal") }
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
    if let id = form.proposal {
      guard let proposal = try Proposals.find(id, in: unit.db) else { throw Problem.notFound("Proposal") }
      return NoticeBasis(
        pupil: proposal.pupil, school: proposal.school, proposal: id, sessions: proposal.proposal.grounds.sessions)
    }
    guard let pupil = form.pupil, let school = form.school, let sessions = form.sessions, !sessions.isEmpty else {
      throw Problem.invalid([.init("", "must name a proposal, or a child, a school and sessions")])
    }
    guard sessions.count <= Self.mostSessions else {
      throw Problem.invalid([.init("/sessions", "must be at most \(Self.mostSessions)")])
    }
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
    return NoticeBasis(pupil: current, school: school, proposal: nil, sessions: found)
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
    do { try body(notice, document) } catch let error as DocumentError { throw Problem(error) }
    try desk.factsChanged(of: notice.pupil, in: unit)
    try desk.follow(notice, in: unit)
    return document
  }

  private func page(_ call: Call) async throws -> Download {
    let (id, caller) = (try call.text("id"), call.caller)
    let number = try call.path("document", "Document") { DocumentNumber($0) }
    let html = try await transactions.write(by: caller) { unit in
      let stored = try find(id, for: caller, unit)
      let documents = desk.notices.documents
      do {
        guard try documents.document(number, in: unit.db).filing.matter == stored.id else {
          throw Problem.notFound("Document")
        }
        try unit.audit(.noticeDocumentRead, of: stored.pupil, ["case": stored.id, "document": number])
        return try documents.contents(number, in: unit.db).html
      } catch DocumentError.unknown, DocumentError.disposed { throw Problem.notFound("Document") }
    }
    return Download(Array(html), contentType: "text/html; charset=utf-8")
  }

  // MARK: The ledger

  private func ledger(_ call: Call) async throws -> NoticeAnswers.Ledger {
    let (pupil, person) = (try call.pupil(), try call[Self.person])
    return try await transactions.write(by: call.caller) { unit in
      let (pupil, person) = (try Roll.current(pupil, in: unit.db), try Roll.current(person, in: unit.db))
      // The ledger is of all schools: who is bound to some sees it for a child of theirs.
      let schools = try Roll.registrations(of: pupil, in: unit.db).map(\.school.text)
      guard unit.caller.confinedTo.map({ !$0.isDisjoint(with: schools) }) ?? !schools.isEmpty else {
        throw Problem.notFound("Child")
      }
      try unit.audit(.ledgerRead, of: pupil)
      let entries = try desk.notices.entries(to: person, about: pupil, in: unit.db)
      let next = NoticeLedger(entries).judge(
        [], on: unit.today, isBelowThresholdExplained: true, terms: PenaltyNoticeTerms.national.value(on: unit.today),
        threshold: ThresholdRule.national.value(on: unit.today))
      return NoticeAnswers.Ledger(
        pupil: pupil, person: person, lookbackFirstDay: next.lookbackFirstDay,
        notices: entries.sorted { ($0.issued, $0.id) < ($1.issued, $1.id) }.map { entry in
          .init(
            number: entry.id, issued: entry.issued, standing: entry.standing,
            sessions: entry.sessions.sorted().map { .init(date: $0.date, session: $0.session) },
            counts: next.counted.contains(entry.id))
        }, nextLevel: next.level, fullPence: next.sums?.full.pence, reducedPence: next.sums?.reduced?.pence,
        enquiries: try Enquiries.all(about: pupil, in: unit.db).filter {
          try Roll.current($0.person, in: unit.db) == person
        }.map {
          .init(number: $0.number, authority: $0.authority.text, asked: $0.asked, due: $0.due, answered: $0.answered)
        })
    }
  }

  private func ask(_ call: Call, _ form: NoticeForms.Enquiry) async throws -> Remembered<NoticeAnswers.Asked> {
    var faults = Faults()
    let authority = try? AuthorityCode(form.authority)
    faults.require(authority != nil, "/authority", "must be three digits")
    faults.require((1...1_000).contains(form.purpose.count), "/purpose", "must have 1 to 1,000 characters")
    try faults.refuse()
    guard let authority else { throw Problem.notFound("Authority") }
    return try await transactions.write(call.edit) { unit in
      let (pupil, person) = (try Roll.current(form.pupil, in: unit.db), try Roll.current(form.person, in: unit.db))
      guard try Roll.isKnown(pupil, in: unit.db) else { throw Problem.notFound("Child") }
      let number = try Enquiries.ask(
        authority, about: pupil, person, purpose: form.purpose, on: unit.today, in: unit.db)
      try unit.audit(.authorityAsked, of: pupil, ["enquiry": number, "authority": authority])
      return NoticeAnswers.Asked(
        number: number, authority: authority.text, asked: unit.today,
        due: WorkingDays.add(Enquiries.reply.value(on: unit.today), to: unit.today), answered: nil)
    }
  }

  private struct Answered: Codable, Sendable { let notices: Int }

  private func answer(_ call: Call, _ form: NoticeForms.Answer) async throws -> Remembered<Answered> {
    let number = try call.number("Enquiry")
    guard form.notices.count <= Self.mostNotices else {
      throw Problem.invalid([.init("/notices", "must be at most \(Self.mostNotices)")])
    }
    return try await transactions.write(call.edit) { unit in
      let told = form.notices.map { (issued: $0.issued, standing: $0.standing) }
      guard try Enquiries.answer(number, with: told, on: unit.today, in: unit.db) else {
        throw Problem.notFound("Enquiry")
      }
      guard let enquiry = try Enquiries.find(number, in: unit.db) else { throw Problem.notFound("Enquiry") }
      try unit.audit(.authorityAnswered, of: enquiry.pupil, ["enquiry": number, "notices": told.count])
      try desk.factsChanged(of: enquiry.pupil, in: unit)
      return Answered(notices: told.count)
    }
  }
}
