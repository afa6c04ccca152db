import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Foundation
import HTTPTypes
import Letters
import Messaging
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
    struct Figures: Codable, Sendable {
      let first, last: Day
      let possible, missed, unauthorised: Int
    }

    let reason, child, school: String
    let writer: LetterWriter
    let figures: Figures
    /// The day by which the officer will be in touch if nobody answers.
    let answerBy: Day
    let recipients: [Recipient]
  }

  struct Issued: Codable, Sendable {
    let id, state: String
    /// The numbers of the documents, in the order of the recipients.
    let documents: [String]
  }

  /// The largest body, bytes.
  private static let bodyBytes = 32 << 10

  func add(to router: ServiceRouter) {
    let id = About.Parameter("id", .string(pattern: "^c[1-9][0-9]*$"), "The case's identifier.")
    router.write(
      .post, "/cases/{id}/letters/first-contact", .roles(.attendanceOfficer, reach: .ownRecords),
      "Write to the family for the first time: a document for each person, and the contact on record", path: [id],
      upTo: Self.bodyBytes, problems: [404, 409], issue)
    router.download(
      "/cases/{id}/letters/{document}", .roles(.attendanceOfficer, .manager, reach: .ownRecords),
      "A document of a case, as it was issued", path: [id, .init("document", .string(), "The document's number.")],
      query: [DocumentForm.query.about], mediaTypes: DocumentForm.mediaTypes, problems: [409], page)
  }

  private func issue(_ call: Call, _ form: Form) async throws -> Remembered<Issued> {
    let (id, caller) = (try call.text("id"), call.caller)
    let answer = try await transactions.write(call.edit) { unit in
      var stored = try find(id, for: caller, unit)
      try LetterForms.check(form.recipients, about: stored.pupil, in: unit)
      let numbers = try form.recipients.map { try write(form, to: $0, stored, unit) }
      let contact = Intent<AttendanceCase>(
        .act(.contact), stating: .init([.contact: .text("letter")]), reason: form.reason, evidence: numbers)
      try desk.move(
        &stored, .attempt(contact), by: .person(caller.subject, .attendanceOfficer), in: unit)
      return Issued(id: stored.id, state: stored.file.state?.rawValue ?? "", documents: numbers)
    }
    printing.look()
    return answer
  }

  private func write(
    _ form: Form, to person: Recipient, _ stored: StoredCase<AttendanceCase>, _ unit: UnitOfWork
  ) throws -> String {
    let figures = try AttendanceFigures(
      first: form.figures.first, last: form.figures.last, possible: form.figures.possible,
      missed: form.figures.missed, unauthorised: form.figures.unauthorised)
    let letter = FirstContactLetter(
      child: form.child, school: form.school,
      writer: form.writer, figures: figures,
      answerBy: form.answerBy)
    let document = try documents.issue(
      letter, to: person,
      filed: DocumentFiling(about: stored.pupil, matter: stored.id), in: unit)
    try unit.audit(.letterIssued, of: stored.pupil, ["case": stored.id, "document": document.number])
    return document.number.text
  }

  private func page(_ call: Call) async throws -> Download {
    let (id, caller) = (try call.text("id"), call.caller)
    let form = try call[DocumentForm.query]
    let number = try call.path("document", "Document") { DocumentNumber($0) }
    return try await transactions.write(by: caller) { unit in
      let stored = try find(id, for: caller, unit)
      let file = try documents.file(number, ofMatter: stored.id, as: form, in: unit.db)
      try unit.audit(.letterRead, of: stored.pupil, ["case": stored.id, "document": number])
      return file
    }
  }

  private func find(_ id: String, for caller: Caller, _ unit: UnitOfWork) throws -> StoredCase<AttendanceCase> {
    try Cases<AttendanceCase>.find(id, for: caller, in: unit.db)
  }
}
