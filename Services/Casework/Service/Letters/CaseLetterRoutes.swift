import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import HTTPTypes
import Letters
import Messaging
import Rulebook
import Schemas
import ServiceKit

/// What a letter is made from beside its form: the case's own records, so that no figure or decision is typed again.
struct LetterMaterial {
  let stored: StoredCase<AttendanceCase>
  let unit: UnitOfWork

  /// A record of the case by its number.
  ///
  /// - Throws: `Problem` not found.
  func record<Record: CaseRecord>(_ number: Int64, _ type: Record.Type) throws -> Record {
    guard let kept = try RecordBook.all(type, of: stored.number, in: unit.db).first(where: { $0.number == number })
    else {
      throw Problem.notFound("Record")
    }
    return kept.record
  }

  func figures(_ kind: WindowKind) throws -> LetterFigures? {
    try CaseFigures.latest(kind, of: stored.number, in: unit.db).map {
      LetterFigures(first: $0.first, last: $0.last, possible: $0.attended.possible, present: $0.attended.present)
    }
  }
}

/// The letters of a case beside the first contact: meetings, contract, review, closing. Each person has a document of their
/// own.
struct CaseLetterRoutes: Sendable {
  let transactions: Transactions
  let documents: Documents
  let printing: PrintLoop

  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .ownRecords)
  private static let bodyBytes = 32 << 10

  struct Issued: Codable, Sendable {
    let id: String
    /// The numbers of the documents, in the order of the recipients.
    let documents: [String]
  }

  func add(to router: ServiceRouter) {
    on(router, "meeting-invitation", "Invite people to a meeting of the case", InvitationForm.self)
    on(router, "meeting-notes", "Send what a meeting decided", NotesForm.self)
    on(router, "contract", "Send a contract to its parent", ContractForm.self)
    on(router, "review", "Send what a review showed and decided", ReviewForm.self)
    on(router, "referral", "Send the referral of a case as a document", ReferralDocumentForm.self)
    on(router, "plan", "Send the assessment and the plan", PlanForm.self)
    on(router, "closing", "Inform a family and its school that the case is closed", ClosingForm.self)
  }

  private func on<Form: LetterForm>(_ router: ServiceRouter, _ name: String, _ summary: String, _: Form.Type) {
    router.write(
      .post, "/cases/{id}/letters/\(name)", Self.officers, summary, path: [RecordRoutes.id], upTo: Self.bodyBytes,
      problems: [404, 409]
    ) { (call: Call, form: Form) in
      let id = try call.text("id")
      let answer = try await transactions.write(call.edit) { unit in
        let stored = try Cases<AttendanceCase>.find(id, for: unit.caller, in: unit.db)
        try LetterForms.check(form.recipients, about: stored.pupil, in: unit)
        let material = LetterMaterial(stored: stored, unit: unit)
        return Issued(id: stored.id, documents: try form.recipients.map { try issue(form, to: $0, material) })
      }
      printing.look()
      return answer
    }
  }

  private func issue<Form: LetterForm>(
    _ form: Form, to person: Recipient, _ material: LetterMaterial
  ) throws -> String {
    let (stored, unit) = (material.stored, material.unit)
    let document = try documents.issue(
      try form.letter(to: person, material),
      to: person,
      filed: DocumentFiling(about: stored.pupil, matter: stored.id), in: unit)
    try unit.audit(.letterIssued, of: stored.pupil, ["case": stored.id, "document": document.number])
    return document.number.text
  }
}
