import CaseFlow
import CaseKit
import Contracts
import Foundation
import HTTPTypes
import Letters
import LicensingDomain
import Messaging
import Rulebook
import Schemas
import ServiceKit

/// The letters that a kind of case has.
protocol LetterProgram: ProvenProgram {
  /// The letter, filled from the case as it stands.
  ///
  /// - Throws: `Problem` conflict when the case is not in a state for it; ``Letters/LetterError``.
  func letter(_ form: LetterForm, of stored: StoredCase<Kind>, _ unit: UnitOfWork) throws -> any Letter

  /// What goes out with the letter by itself, and to whom.
  ///
  /// - Throws: `Problem` conflict when somebody who must be told cannot be.
  func companions(
    _ form: LetterForm, of stored: StoredCase<Kind>, _ unit: UnitOfWork
  ) throws -> [(letter: any Letter, to: Recipient)]
}

extension LetterProgram {
  func companions(
    _ form: LetterForm, of stored: StoredCase<Kind>, _ unit: UnitOfWork
  ) throws -> [(letter: any Letter, to: Recipient)] { [] }
}

/// What an officer writes with. Names and addresses of the child and of parents come with the request and go into the
/// documents alone.
struct LetterForm: Codable, Sendable {
  enum Name: String, Codable, Sendable, CaseIterable {
    case permit, hours, licence, decision, review, missing, exemption, card, suspension, approval, findings
    case schoolView = "school-view"
    case recordSheet = "record-sheet"
  }

  let letter: Name
  /// The child's name, where the letter names a child.
  let child: String?
  /// The day by which an answer is asked for.
  let answerBy: Day?
  /// The places of an approval, where the letter is one.
  let places: [String]?
  /// What a licence asks beside the Regulations.
  var conditions: [String]?
  /// The ids of rules that a decision names beside those that the check finds.
  var rules: [String]?
  let recipients: [Recipient]
}

/// What letters are issued with.
struct LetterIssue: Sendable {
  let documents: Documents
  let printing: PrintLoop
  /// Where holders check documents; `nil` where nothing is published.
  let verify: String?
}

/// Issuing letters: one document for each person, filled from the case.
struct LetterRoutes<Program: LetterProgram>: Sendable {
  typealias Kind = Program.Kind

  let program: Program
  let path: String
  let transactions: Transactions
  let issue: LetterIssue

  struct Issued: Codable, Sendable {
    let id: String
    /// The numbers of the documents, in the order of the recipients; then those that went out with them.
    let documents: [String]
  }

  private var policy: Policy { .roles(.licensingOfficer, .manager, reach: .ownRecords) }

  func add(to router: ServiceRouter) {
    let id = About.Parameter("id", .string(pattern: "^c[1-9][0-9]*$"), "The case's identifier.")
    router.write(
      .post, "\(path)/{id}/letters", policy, "Issue a letter: a document for each person", path: [id], upTo: 32 << 10,
      problems: [404, 409], write)
    router.download(
      "\(path)/{id}/letters/{document}", policy, "A document of a case, as it was issued",
      path: [id, .init("document", .string(), "The document's number.")],
      query: [DocumentForm.query.about], mediaTypes: DocumentForm.mediaTypes, problems: [409], page)
  }

  private func write(_ call: Call, _ form: LetterForm) async throws -> Remembered<Issued> {
    let id = try call.text("id")
    try Recipient.check(form.recipients)
    // Drawn before the transaction; those of letters that nobody shows to others are not used.
    var marks: [CheckMark] = []
    for _ in form.recipients { marks.append(await CheckMark.make(at: issue.verify)) }
    let answer = try await transactions.write(call.edit) { [marks] unit in
      let stored = try Cases<Kind>.find(id, for: unit.caller, in: unit.db)
      let letter = try program.letter(form, of: stored, unit)
      let companions = try program.companions(form, of: stored, unit)
      let numbers = try zip(form.recipients, marks).map { try write(letter, to: $0, $1, stored, unit) }
      return Issued(
        id: stored.id, documents: numbers + (try companions.map { try write($0.letter, to: $0.to, nil, stored, unit) }))
    }
    issue.printing.look()
    return answer
  }

  private func write(
    _ letter: any Letter, to recipient: Recipient, _ mark: CheckMark?, _ stored: StoredCase<Kind>, _ unit: UnitOfWork
  ) throws -> String {
    let proof = (letter as? any ProvenLetter)?.proof
    let document = try issue.documents.issue(
      letter, to: recipient,
      filed: DocumentFiling(about: stored.child, matter: stored.id, check: proof == nil ? nil : mark), in: unit)
    if let proof, let mark {
      guard let decision = Program.standing(stored.file) else { throw LetterForm.notNow }
      try ProofBook.add(mark, proof, of: document.number.text, in: stored.number, by: decision, unit)
    }
    try unit.audit(.letterIssued, of: stored.audited, ["case": stored.id, "document": document.number])
    return document.number.text
  }

  private func page(_ call: Call) async throws -> Download {
    let id = try call.text("id")
    let form = try call[DocumentForm.query]
    let number = try call.path("document", "Document") { DocumentNumber($0) }
    return try await transactions.write(by: call.caller) { unit in
      let stored = try Cases<Kind>.find(id, for: unit.caller, in: unit.db)
      let file = try issue.documents.file(number, ofMatter: stored.id, as: form, in: unit.db)
      try unit.audit(.letterRead, of: stored.audited, ["case": stored.id, "document": number])
      return file
    }
  }
}
