import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import HTTPTypes
import Letters
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  static let letterIssued = AuditAction("case.letter.issued")
  static let letterRead = AuditAction("case.letter.read")
}

/// A form from which letters of one kind are made. Names and addresses come with the request and go into the documents
/// alone; the rest comes from the case.
protocol LetterForm: Codable, Sendable {
  associatedtype Kind: CaseKind
  associatedtype Written: Letter
  var recipients: [Recipient] { get }

  /// The letter to each of the recipients.
  ///
  /// - Throws: `Problem` conflict when the case is not in a state for it; `LetterError`.
  func letter(of stored: StoredCase<Kind>, _ unit: UnitOfWork) throws -> Written
}

/// The letters of cme: one document for each person, filled from the case.
struct LetterRoutes: Sendable {
  let transactions: Transactions
  let documents: Documents
  let printing: PrintLoop

  /// Every kind of letter.
  static let kinds: [any Letter.Type] = [
    EnquiryOpenedLetter.self, JointEnquiriesCertificate.self, InformationRequest.self, AlertReceiptLetter.self,
    PlaceOffer.self, HomeEducationLetter.self, SearchClosedLetter.self,
  ]

  private static let bodyBytes = 32 << 10

  struct Issued: Codable, Sendable {
    let id: String
    /// The numbers of the documents, in the order of the recipients.
    let documents: [String]
  }

  func add(to router: ServiceRouter) {
    on(router, "/cases/{id}", "enquiry-opened", "Tell a school which enquiries are opened", EnquiryOpenedForm.self)
    on(router, "/cases/{id}", "joint-enquiries", "Certify joint enquiries to a school", CertificateForm.self)
    on(router, "/cases/{id}", "information-request", "Ask an agency about a child", InformationForm.self)
    on(router, "/cases/{id}", "place-offer", "Offer a school place", PlaceForm.self)
    on(router, "/cases/{id}", "search-closed", "Tell those who were told that a search has ended", ClosedForm.self)
    on(
      router, "/home-education/{id}", "home-education", "Write to parents who educate at home",
      HomeEducationForm.self)
    on(
      router, "/alerts/{id}", "receipt", "Tell an authority what was found of its alert", ReceiptForm.self,
      reach: .wholeAuthority)
    page(router, "/cases/{id}", MissingChild.self)
    page(router, "/home-education/{id}", HomeEducation.self)
    page(router, "/alerts/{id}", ReceivedAlert.self, reach: .wholeAuthority)
  }

  private func on<Form: LetterForm>(
    _ router: ServiceRouter, _ path: String, _ name: String, _ summary: String, _: Form.Type,
    reach: Reach = .ownRecords
  ) {
    router.write(
      .post, "\(path)/letters/\(name)", .roles(.cmeOfficer, .manager, reach: reach), summary, path: [SearchRoutes.id],
      upTo: Self.bodyBytes, problems: [404, 409]
    ) { (call: Call, form: Form) in
      let id = try call.text("id")
      try Recipient.check(form.recipients)
      let answer = try await transactions.write(call.edit) { unit in
        let stored = try Cases<Form.Kind>.find(id, for: unit.caller, in: unit.db)
        if let child = stored.child { try Roll.refuseUnsafe(form.recipients.map(\.id), about: child, in: unit.db) }
        let letter = try form.letter(of: stored, unit)
        return Issued(id: stored.id, documents: try form.recipients.map { try issue(letter, to: $0, stored, unit) })
      }
      printing.look()
      return answer
    }
  }

  private func issue<Kind: CaseKind>(
    _ letter: some Letter, to person: Recipient, _ stored: StoredCase<Kind>, _ unit: UnitOfWork
  ) throws -> String {
    let document = try documents.issue(
      letter, to: person, filed: DocumentFiling(about: stored.child, matter: stored.id), in: unit)
    try unit.audit(.letterIssued, of: stored.audited, ["case": stored.id, "document": document.number])
    return document.number.text
  }

  private func page<Kind: CaseKind>(
    _ router: ServiceRouter, _ path: String, _: Kind.Type, reach: Reach = .ownRecords
  ) {
    router.download(
      "\(path)/letters/{document}", .roles(.cmeOfficer, .manager, reach: reach),
      "A document of a case, as it was issued",
      path: [SearchRoutes.id, .init("document", .string(), "The document's number.")],
      query: [DocumentForm.query.about], mediaTypes: DocumentForm.mediaTypes, problems: [409]
    ) { call in
      let id = try call.text("id")
      let form = try call[DocumentForm.query]
      let number = try call.path("document", "Document") { DocumentNumber($0) }
      return try await transactions.write(by: call.caller) { unit in
        let stored = try Cases<Kind>.find(id, for: unit.caller, in: unit.db)
        let file = try documents.file(number, ofMatter: stored.id, as: form, in: unit.db)
        try unit.audit(.letterRead, of: stored.audited, ["case": stored.id, "document": number])
        return file
      }
    }
  }
}
