import CaseworkDomain
import Contracts
import HTTPTypes
import Letters
import Messaging
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  static let schoolLetterIssued = AuditAction("school.letter.issued")
}

/// The letters to schools: action plan, register inspection, statement of services. Each recipient has a document.
struct SchoolLetterRoutes: Sendable {
  let transactions: Transactions
  let documents: Documents
  let printing: PrintLoop

  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .ownSchool)
  private static let bodyBytes = 32 << 10

  struct ActionPlan: Codable, Sendable {
    /// The numbers of the actions, of this school.
    let actions: [Int64]
    let schoolName: String
    let writer: LetterWriter
    let recipients: [Recipient]
  }

  struct Inspection: Codable, Sendable {
    let on: Day
    let checks, findings: [String]
    let actions: [InspectionLetter.Task]
    let schoolName: String
    let writer: LetterWriter
    let recipients: [Recipient]
  }

  struct StatementForm: Codable, Sendable {
    /// The agreement's number, of this school.
    let agreement: Int64
    let schoolName: String
    let writer: LetterWriter
    let recipients: [Recipient]
  }

  struct Issued: Codable, Sendable {
    /// The numbers of the documents, in the order of the recipients.
    let documents: [String]
  }

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/schools/{urn}/letters/action-plan", Self.officers, "Send a school its action plan",
      upTo: Self.bodyBytes, problems: [404]
    ) { (call: Call, form: ActionPlan) in
      let school = try call.school
      return try await issue(call, to: form.recipients) { unit in
        let actions = try form.actions.prefix(100).map { number in
          guard let kept = try BookStore.find(number, SchoolAction.self, in: unit.db), kept.school == school else {
            throw Problem.notFound("Entry")
          }
          return kept.entry
        }
        return ActionPlanLetter(school: form.schoolName, actions: actions, writer: form.writer)
      }
    }
    router.write(
      .post, "/schools/{urn}/letters/register-inspection", Self.officers,
      "Send a school what an inspection of its registers found", upTo: Self.bodyBytes
    ) { (call: Call, form: Inspection) in
      _ = try call.school
      return try await issue(call, to: form.recipients) { unit in
        guard form.on <= unit.today else { throw Problem.invalid([.init("/on", "must not be after today")]) }
        return InspectionLetter(
          school: form.schoolName, day: form.on, checks: form.checks, findings: form.findings, actions: form.actions,
          writer: form.writer)
      }
    }
    router.write(
      .post, "/schools/{urn}/letters/traded-statement", Self.officers, "Send a school its statement of services",
      upTo: Self.bodyBytes, problems: [404]
    ) { (call: Call, form: StatementForm) in
      let school = try call.school
      return try await issue(call, to: form.recipients) { unit in
        guard let kept = try BookStore.find(form.agreement, TradedAgreement.self, in: unit.db), kept.school == school
        else { throw Problem.notFound("Entry") }
        return StatementLetter(
          school: form.schoolName, agreement: kept.entry, statement: try Traded.statement(of: kept, in: unit.db),
          writer: form.writer)
      }
    }
  }

  private func issue<Kind: Letter>(
    _ call: Call, to recipients: [Recipient],
    _ make: @Sendable @escaping (UnitOfWork) throws -> Kind
  ) async throws -> Remembered<Issued> {
    let school = try call.school
    try Recipient.check(recipients)
    let answer = try await transactions.write(call.edit) { [documents] unit in
      let letter = try make(unit)
      return Issued(
        documents: try recipients.map { person in
          let document = try documents.issue(
            letter, to: person,
            filed: DocumentFiling(matter: "school-\(school.text)"), in: unit)
          try unit.audit(.schoolLetterIssued, of: school, ["document": document.number])
          return document.number.text
        })
    }
    printing.look()
    return answer
  }
}
