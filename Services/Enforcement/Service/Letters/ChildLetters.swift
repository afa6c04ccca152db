import Contracts
import EnforcementDomain
import HTTPTypes
import Letters
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

/// Letters before there is a case: the warning of absence without leave, and the enquiry to another authority.
struct ChildLetters: Sendable {
  let desk: NoticeDesk
  let transactions: Transactions
  let printing: PrintLoop

  struct Warning: Codable, Sendable {
    let to: [LetterForms.Addressee]
    let writer: LetterWriter
    let child, school: String
    let first, last: Day
    /// Whether leave was asked for, and refused.
    let wasAsked: Bool
  }

  struct Enquiry: Codable, Sendable {
    let to: [LetterForms.Addressee]
    let writer: LetterWriter
    /// The school in the other's area on whose roll the child was.
    let parent, child, school: String
  }

  private static let officers = Policy.roles(.attendanceOfficer, .legalOfficer, reach: .ownRecords)

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/pupils/{id}/absence-warnings", Self.officers,
      "Warn a child's parents what absence without leave costs, each in a letter of their own", status: 201,
      problems: [404], warn)
    router.write(
      .post, "/enquiries/{number}/letter", Self.officers, "Issue the letter of an enquiry to another authority",
      path: [.init("number", .integer(minimum: 1), "The enquiry's number.")], status: 201, problems: [404, 409], ask)
  }

  private func warn(_ call: Call, _ form: Warning) async throws -> Remembered<LettersIssued> {
    let id = try call.pupil()
    try Addressees.check(form.to)
    let answer = try await transactions.write(call.edit) { unit in
      let pupil = try Roll.current(id, in: unit.db)
      try Sight.require(of: pupil, unit)
      let documents = try form.to.enumerated().map { index, addressee in
        let person = try Addressees.person(
          addressee, index, about: pupil, against: nil, among: [.parent], in: unit.db)
        return try Addressees.issue(
          addressee.recipient(person), DocumentFiling(about: pupil), by: desk.notices.documents, in: unit
        ) {
          try EnforcementLetters.AbsenceWarning(
            writer: form.writer, child: form.child, school: form.school,
            away: DayRange(first: form.first, last: form.last), wasAsked: form.wasAsked,
            terms: PenaltyNoticeTerms.national.value(on: unit.today))
        }
      }
      return LettersIssued(id: pupil.text, documents: documents.map(\.text))
    }
    printing.look()
    return answer
  }

  private func ask(_ call: Call, _ form: Enquiry) async throws -> Remembered<LettersIssued> {
    let number = try call.number("Enquiry")
    try Addressees.check(form.to)
    guard form.to.count == 1, form.to[0].reader == .authority else {
      throw Problem.invalid([.init("/to", "must be the authority that is asked")])
    }
    let answer = try await transactions.write(call.edit) { unit in
      guard let enquiry = try Enquiries.find(number, in: unit.db) else { throw Problem.notFound("Enquiry") }
      let pupil = try Roll.current(enquiry.pupil, in: unit.db)
      try Sight.require(of: pupil, unit)
      guard enquiry.answered == nil, let born = try Roll.pupil(pupil, in: unit.db)?.dateOfBirth else {
        throw Problem.conflict("enquiry-answered", "This enquiry has been answered, or the child is not known yet")
      }
      let terms = PenaltyNoticeTerms.national.value(on: enquiry.asked)
      let first = enquiry.asked.adding(months: -12 * terms.lookbackYears).adding(days: 1)
      let document = try Addressees.issue(
        form.to[0].recipient(nil), DocumentFiling(about: pupil, basis: "enquiry-\(number)"),
        by: desk.notices.documents, in: unit
      ) {
        try EnforcementLetters.EarlierNoticesEnquiry(
          writer: form.writer, parent: form.parent, child: form.child, birth: born, school: form.school,
          purpose: enquiry.purpose, period: DayRange(first: first, last: enquiry.asked), answerBy: enquiry.due)
      }
      return LettersIssued(id: "enquiry-\(number)", documents: [document.text])
    }
    printing.look()
    return answer
  }
}

/// Who may see what is of a child and of no school.
enum Sight {
  /// Who is bound to some schools sees it for a child of theirs.
  ///
  /// - Throws: `Problem` not found for any other child.
  static func require(of pupil: PupilID, _ unit: UnitOfWork) throws {
    let schools = try Roll.registrations(of: pupil, in: unit.db).map(\.school.text)
    guard unit.caller.confinedTo.map({ !$0.isDisjoint(with: schools) }) ?? !schools.isEmpty else {
      throw Problem.notFound("Child")
    }
  }
}
