import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import Letters
import Messaging
import NIOCore
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  static let letterIssued = AuditAction("case.letter.issued")
  static let letterRead = AuditAction("case.letter.read")
}

/// The first contact by letter: one document for each person, and the act, in one transaction.
struct FirstContactRoutes: Sendable {
  let desk: CaseDesk<AttendanceCases>
  let transactions: Transactions
  let documents: Documents
  let printing: PrintLoop

  /// What an officer writes with. Names and addresses come with the request and go into the documents alone.
  struct Form: Codable, Sendable {
    struct Person: Codable, Sendable {
      /// The contact's identifier in registers, opaque.
      let id: String
      let name: String
      let address: [String]
    }

    struct Writer: Codable, Sendable {
      let name, role, contact: String
    }

    struct Figures: Codable, Sendable {
      let first, last: Day
      let possible, missed, unauthorised: Int
    }

    let reason, child, school: String
    let writer: Writer
    let figures: Figures
    /// The day by which the officer will be in touch if nobody answers.
    let answerBy: Day
    let recipients: [Person]
  }

  struct Issued: Codable, Sendable {
    let id, state: String
    /// The numbers of the documents, in the order of the recipients.
    let documents: [String]
  }

  /// The most recipients of one contact, and the largest body, bytes.
  private static let mostRecipients = 10
  private static let bodyBytes = 32 << 10

  func add(to router: ServiceRouter) {
    let id = About.Parameter("id", .string(pattern: "^c[1-9][0-9]*$"), "The case's identifier.")
    router.on(
      .post, "/cases/{id}/letters/first-contact", .roles(.attendanceOfficer, reach: .ownRecords),
      About(
        "Write to the family for the first time: a document for each person, and the contact on record", path: [id],
        body: Form.self, answer: Issued.self, takesIdempotencyKey: true, problems: [404, 409]),
      bodyLimitBytes: Self.bodyBytes
    ) { [self] request, context in try await issue(request, context) }
    router.on(
      .get, "/cases/{id}/letters/{document}", .roles(.attendanceOfficer, .manager, reach: .ownRecords),
      About(
        "A document of a case, as it was issued",
        path: [id, .init("document", .string(), "The document's number.")], downloads: ["text/html"])
    ) { [self] _, context in try await page(context) }
  }

  private func issue(_ request: Request, _ context: ServiceRequestContext) async throws -> Response {
    let (id, caller) = (try context.parameter("id"), try context.caller)
    let body = Data(try await request.bytes(upTo: Self.bodyBytes).readableBytesView)
    let form = try decodeJSON(Form.self, from: body)
    guard (1...Self.mostRecipients).contains(form.recipients.count) else {
      throw Problem.invalid([.init("/recipients", "must name 1 to \(Self.mostRecipients) people")])
    }
    let key = try IdempotencyKey(request, caller: caller, body: body)
    let answer = try await transactions.write(by: caller, once: key) { unit in
      var stored = try find(id, for: caller, unit)
      let numbers = try form.recipients.map { try write(form, to: $0, stored, unit) }
      let contact = Intent<AttendanceCase>(
        .act(.contact), stating: .init([.contact: .text("letter")]), reason: form.reason, evidence: numbers)
      try desk.move(
        &stored, .attempt(contact), by: .person(caller.subject, .attendanceOfficer), in: unit)
      return Issued(id: stored.id, state: stored.file.state?.rawValue ?? "", documents: numbers)
    }
    printing.look()
    return .remembered(answer)
  }

  private func write(
    _ form: Form, to person: Form.Person, _ stored: StoredCase<AttendanceCase>, _ unit: UnitOfWork
  ) throws -> String {
    do {
      let figures = try FirstContactLetter.Figures(
        first: form.figures.first, last: form.figures.last, possible: form.figures.possible,
        missed: form.figures.missed, unauthorised: form.figures.unauthorised)
      let letter = FirstContactLetter(
        child: form.child, school: form.school,
        writer: .init(name: form.writer.name, role: form.writer.role, contact: form.writer.contact), figures: figures,
        answerBy: form.answerBy)
      let document = try documents.issue(
        letter, to: Recipient(id: person.id, name: person.name, address: person.address),
        filed: DocumentFiling(about: stored.pupil, matter: stored.id), on: unit.today, by: unit.caller.subject,
        at: unit.at, in: unit.db)
      try unit.audit(.letterIssued, of: stored.pupil, ["case": stored.id, "document": document.number])
      return document.number.text
    } catch let error as LetterError { throw Problem.invalid([.init("", "\(error)")]) }
  }

  private func page(_ context: ServiceRequestContext) async throws -> Response {
    let (id, caller) = (try context.parameter("id"), try context.caller)
    guard let number = DocumentNumber(try context.parameter("document")) else { throw Problem.notFound("Document") }
    let html = try await transactions.write(by: caller) { unit in
      let stored = try find(id, for: caller, unit)
      do {
        guard try documents.document(number, in: unit.db).filing.matter == stored.id else {
          throw Problem.notFound("Document")
        }
        try unit.audit(.letterRead, of: stored.pupil, ["case": stored.id, "document": number])
        return try documents.contents(number, in: unit.db).html
      } catch DocumentError.unknown, DocumentError.disposed { throw Problem.notFound("Document") }
    }
    return .bytes(Array(html), contentType: "text/html; charset=utf-8")
  }

  private func find(_ id: String, for caller: Caller, _ unit: UnitOfWork) throws -> StoredCase<AttendanceCase> {
    guard let stored = try Cases<AttendanceCase>.find(id, in: unit.db), caller.maySee(stored.school) else {
      throw Problem.notFound("Case")
    }
    return stored
  }
}
