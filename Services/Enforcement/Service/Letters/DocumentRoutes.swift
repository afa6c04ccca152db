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
  fileprivate static let documentRead = AuditAction("document.read")
  fileprivate static let documentsListed = AuditAction("documents.listed")
  fileprivate static let documentServed = AuditAction("document.served")
  fileprivate static let documentReceipt = AuditAction("document.receipt")
}

/// Every document that was issued: what there is of a child, each as it was issued, how it was served and what came back.
struct DocumentRoutes: Sendable {
  let desk: NoticeDesk
  let transactions: Transactions

  private static let pageSize = 100
  private static let officers = Policy.roles(.attendanceOfficer, .legalOfficer, .cmeOfficer, reach: .ownRecords)
  private static let readers = Policy.roles(
    .attendanceOfficer, .legalOfficer, .manager, .cmeOfficer, .finance, reach: .ownRecords)
  private static let document = About.Parameter("document", .string(), "The document's number.")

  func add(to router: ServiceRouter) {
    router.read(
      "/pupils/{id}/documents", Self.readers, "The documents about a child, in the order of their issue",
      query: [.after], list)
    router.download(
      "/documents/{document}", Self.readers, "A document as it was issued", path: [Self.document],
      query: [DocumentForm.query.about], mediaTypes: DocumentForm.mediaTypes, problems: [409], page)
    router.write(
      .post, "/documents/{document}/service", Self.officers, "Put on record how a document was served",
      path: [Self.document], problems: [404, 409]
    ) { (call: Call, form: NoticeForms.Served) in
      try await change(call, .documentServed) { number, unit in
        let service = DocumentService(
          method: form.method, day: form.on, by: form.by, address: form.address, addressReason: form.addressReason,
          proof: form.proof)
        _ = try desk.notices.documents.recordService(service, of: number, in: unit)
      }
    }
    router.write(
      .post, "/documents/{document}/receipts", Self.officers,
      "Put on record that a document came on a day, or came back", path: [Self.document], problems: [404, 409]
    ) { (call: Call, form: NoticeForms.Receipt) in
      try await change(call, .documentReceipt) { number, unit in
        try desk.notices.documents.recordReceipt(
          DocumentReceipt(kind: form.kind, day: form.on, evidence: form.evidence), of: number, in: unit)
      }
    }
  }

  struct Line: Listed {
    static let list = "documents"

    let number, kind: String
    let issued: Day
    /// Opaque: the parent, or what else the addressee is.
    let recipient: String
    /// The case; absent where there is none.
    let matter: String?
    /// The day on which it counts as served, and the rule.
    let served: Day?
    let servedBy: String?
    let withdrawn: Bool
  }

  private func list(_ call: Call) async throws -> Page<Line> {
    let (id, after) = (try call.pupil(), try call.after)
    return try await transactions.write(by: call.caller) { unit in
      let pupil = try Roll.current(id, in: unit.db)
      try Sight.require(of: pupil, unit)
      try unit.audit(.documentsListed, of: pupil)
      let cursor = PageCursor(after)
      let numbers = try IssuedNumbers.page(
        about: Roll.identifiers(of: pupil, in: unit.db), of: Self.readable(unit.caller.role), after: cursor,
        limit: Self.pageSize, in: unit.db)
      let documents = desk.notices.documents
      return try Page(
        numbers, of: Self.pageSize, endsAt: { PageCursor(group: $0.year, $0.running).position }
      ) { place in
        let document = try documents.document(place.number, in: unit.db)
        let served = try documents.served(place.number, in: unit.db)
        return Line(
          number: document.number.text, kind: document.kind, issued: document.issuedOn,
          recipient: document.recipient, matter: document.filing.matter, served: served?.day,
          servedBy: served?.rule, withdrawn: document.isWithdrawn)
      }
    }
  }

  private func page(_ call: Call) async throws -> Download {
    let number = try call.path("document", "Document") { DocumentNumber($0) }
    let form = try call[DocumentForm.query]
    return try await transactions.write(by: call.caller) { unit in
      let document = try find(number, unit)
      try unit.audit(.documentRead, of: Self.audited(document), ["document": number])
      return try desk.notices.documents.file(number, as: form, in: unit.db)
    }
  }

  struct Changed: Codable, Sendable {
    let document: String
    /// The day on which it counts as served; absent while it does not.
    let served: Day?
  }

  private func change(
    _ call: Call, _ action: AuditAction, _ body: @escaping @Sendable (DocumentNumber, UnitOfWork) throws -> Void
  ) async throws -> Remembered<Changed> {
    let number = try call.path("document", "Document") { DocumentNumber($0) }
    return try await transactions.write(call.edit) { unit in
      let document = try find(number, unit)
      try body(number, unit)
      try unit.audit(action, of: Self.audited(document), ["document": number])
      try desk.served(number, in: unit)
      return Changed(document: number.text, served: try desk.notices.documents.served(number, in: unit.db)?.day)
    }
  }

  private static func audited(_ document: IssuedDocument) -> AuditedRecord {
    .record(document.filing.about?.text ?? document.number.text)
  }

  /// - Throws: ``Letters/DocumentError`` unknown for a document that the caller may not read.
  private func find(_ number: DocumentNumber, _ unit: UnitOfWork) throws -> IssuedDocument {
    let document = try desk.notices.documents.document(number, in: unit.db)
    guard Self.readable(unit.caller.role)?.contains(document.kind) ?? true else { throw DocumentError.unknown }
    if let pupil = document.filing.about {
      try Sight.require(of: Roll.current(pupil, in: unit.db), unit)
    } else if unit.caller.confinedTo != nil {
      throw DocumentError.unknown
    }
    return document
  }

  /// The kinds that a role may read; `nil` for all. Finance officers read what is about money, officers of missing
  /// children what leads to an attendance order.
  private static func readable(_ role: Role) -> Set<String>? {
    switch role {
    case .finance: money
    case .cmeOfficer: attendanceOrder
    default: nil
    }
  }

  private static let money: Set = [
    EnforcementLetters.PaymentReceipt.id, EnforcementLetters.MoneyHeld.id, EnforcementLetters.MoneyReturned.id,
    EnforcementLetters.PaymentCertificate.id,
  ]
  private static let attendanceOrder: Set = [
    EnforcementLetters.NoticeToSatisfy.id, EnforcementLetters.NoticeOfIntention.id,
    EnforcementLetters.SchoolConsultation.id, EnforcementLetters.AttendanceOrder.id,
    EnforcementLetters.AttendanceOrderReminder.id, EnforcementLetters.AttendanceOrderDecision.id,
  ]
}

extension NoticeDesk {
  /// What follows when it is on record how a document was served: the days of a notice move.
  func served(_ number: DocumentNumber, in unit: UnitOfWork) throws {
    guard let notice = try Notices.find(number, in: unit.db) ?? Notices.improved(by: number, in: unit.db) else {
      return
    }
    try factsChanged(of: notice.pupil, in: unit)
    try follow(notice, in: unit)
  }
}

extension Notices {
  /// The notice before which a notice to improve was issued.
  static func improved(by document: DocumentNumber, in db: Database) throws -> StoredNotice? {
    try find("n.number = (SELECT notice FROM improvement WHERE document = ?)", [document.text], in: db).first
  }
}

/// The documents of a child in pages.
enum IssuedNumbers {
  static func page(
    about pupils: [PupilID], of kinds: Set<String>?, after cursor: PageCursor, limit: Int, in db: Database
  ) throws -> [(number: DocumentNumber, year: Int64, running: Int64)] {
    let marks = pupils.map { _ in "?" }.joined(separator: ",")
    let own = kinds.map { "AND kind IN (\($0.map { _ in "?" }.joined(separator: ",")))" } ?? ""
    return try Row.fetchAll(
      db,
      sql: """
        SELECT number, school_year, running FROM documents
        WHERE about IN (\(marks)) \(own) AND (school_year, running) > (?, ?) ORDER BY school_year, running LIMIT ?
        """,
      arguments: StatementArguments(pupils.map(\.text)) + StatementArguments((kinds ?? []).sorted()) + [
        cursor.group, cursor.number, limit,
      ]
    ).compactMap { row in
      DocumentNumber(row["number"] as String).map { ($0, row["school_year"], row["running"]) }
    }
  }
}
