import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import Letters
import Messaging
import RollCopy
import Rulebook
import ServiceKit

/// Documents of a school attendance order and of the steps to it. Days of service follow from how each is served; the law
/// adds the days for an answer.
struct AttendanceOrderLetters: CaseLetters {
  typealias Kind = AttendanceOrderCase

  struct Satisfy: Codable, Sendable {
    let child: String
    let reasons, evidence: [String]
    let service: NoticeForms.Serving
    /// The last day for an answer, where it is later than the law's.
    let lastDay: Day?
  }

  struct Intention: Codable, Sendable {
    let child, school: String
    let alternatives: [String]
    let service: NoticeForms.Serving
    /// The last day for a choice, where it is later than the law's.
    let lastDay: Day?
  }

  struct Consultation: Codable, Sendable {
    let child, yearGroup, school: String
    let service: NoticeForms.Serving
  }

  struct Order: Codable, Sendable {
    let parent, child, school: String
    let schoolAddress: [String]
    let registerBy: Day
  }

  struct Reminder: Codable, Sendable {
    let child, school: String
    let lastDay: Day
  }

  struct Decision: Codable, Sendable {
    let parent, child: String
    /// `amended`, `revoked` or `not-revoked`.
    let decision: String
    /// The school that the order now names, where it is amended.
    let school: String?
    let grounds: [String]
    let from: Day
    /// Where to write to the Secretary of State.
    let secretaryOfState: String
  }

  let to: [LetterForms.Addressee]
  let writer: LetterWriter
  let satisfy: Satisfy?
  let intention: Intention?
  let consultation: Consultation?
  let order: Order?
  let reminder: Reminder?
  let decision: Decision?

  static func against(_ stored: StoredCase<AttendanceOrderCase>, in db: Database) throws -> PersonID? { nil }

  func choices(_ matter: LetterMatter<AttendanceOrderCase>) -> [LetterChoice] {
    [
      satisfy.map { form in LetterChoice(readers: [.parent]) { _ in try letter(form, matter) } },
      intention.map { form in LetterChoice(readers: [.parent]) { _ in try letter(form, matter) } },
      consultation.map { form in LetterChoice(readers: [.school, .authority]) { _ in try letter(form, matter) } },
      order.map { form in LetterChoice(readers: [.parent, .school]) { try letter(form, $0.reader, matter) } },
      reminder.map { form in LetterChoice(readers: [.parent]) { try letter(form, $0, matter) } },
      decision.map { form in LetterChoice(readers: [.parent, .school]) { try letter(form, $0, matter) } },
    ].compactMap { $0 }
  }

  private func letter(_ form: Satisfy, _ matter: LetterMatter<AttendanceOrderCase>) throws -> any Letter {
    let served = try Self.served(form.service, matter.unit.today)
    return try EnforcementLetters.NoticeToSatisfy(
      writer: writer, child: form.child, reasons: form.reasons, evidence: form.evidence, served: served,
      lastDay: Self.last(served, \.toSatisfy, form.lastDay))
  }

  private func letter(_ form: Intention, _ matter: LetterMatter<AttendanceOrderCase>) throws -> any Letter {
    let served = try Self.served(form.service, matter.unit.today)
    return try EnforcementLetters.NoticeOfIntention(
      writer: writer, child: form.child, school: form.school, alternatives: form.alternatives, served: served,
      lastDay: Self.last(served, \.toChoose, form.lastDay))
  }

  private func letter(_ form: Consultation, _ matter: LetterMatter<AttendanceOrderCase>) throws -> any Letter {
    let served = try Self.served(form.service, matter.unit.today)
    return try EnforcementLetters.SchoolConsultation(
      writer: writer, child: form.child, birth: matter.birth(), yearGroup: form.yearGroup, school: form.school,
      served: served, lastDay: Self.last(served, \.toSeekDirection, nil))
  }

  private func letter(
    _ form: Order, _ reader: LetterForms.Addressee.Reader, _ matter: LetterMatter<AttendanceOrderCase>
  ) throws -> any Letter {
    let stated = matter.file.stated
    let isFromPlan = stated.flag(.planNamesSchool) == true
    return try EnforcementLetters.AttendanceOrder(
      writer: writer, isCopy: reader == .school, parent: form.parent, child: form.child, birth: matter.birth(),
      school: form.school, schoolAddress: form.schoolAddress,
      notices: (
        matter.require(stated.day(.noticeServedOn), "the service of a notice to satisfy"),
        isFromPlan
          ? nil : matter.require(stated.day(.nominationServedOn), "the service of a notice of intention")
      ), registerBy: form.registerBy, fine: .init(for: .attendanceOrder, on: matter.unit.today))
  }

  private func letter(
    _ form: Reminder, _ addressee: LetterForms.Addressee, _ matter: LetterMatter<AttendanceOrderCase>
  ) throws -> any Letter {
    let order = try ordered(addressee, matter)
    return try EnforcementLetters.AttendanceOrderReminder(
      writer: writer, child: form.child, school: form.school, order: order.number, ordered: order.issuedOn,
      registerBy: matter.require(matter.file.stated.day(.registerBy), "the day to register by"), lastDay: form.lastDay,
      fine: .init(for: .attendanceOrder, on: matter.unit.today))
  }

  private func letter(
    _ form: Decision, _ addressee: LetterForms.Addressee, _ matter: LetterMatter<AttendanceOrderCase>
  ) throws -> any Letter {
    let order = try ordered(addressee, matter)
    let decision: EnforcementLetters.AttendanceOrderDecision.Decision
    switch (form.decision, form.school) {
    case ("amended", let school?): decision = .amended(school: school)
    case ("revoked", nil): decision = .revoked
    case ("not-revoked", nil): decision = .notRevoked
    default:
      throw Problem.invalid([
        .init("/decision/decision", "must be amended with a school, or revoked or not-revoked without one")
      ])
    }
    return try EnforcementLetters.AttendanceOrderDecision(
      writer: writer, parent: form.parent, child: form.child, order: order.number, ordered: order.issuedOn,
      decision: decision, grounds: form.grounds, from: form.from, secretaryOfState: form.secretaryOfState)
  }

  /// The order as it was issued to a reader; to anybody where that reader has none.
  private func ordered(
    _ addressee: LetterForms.Addressee, _ matter: LetterMatter<AttendanceOrderCase>
  ) throws -> IssuedDocument {
    let reader = try addressee.person.map { try Roll.current($0, in: matter.unit.db).text } ?? addressee.reader.rawValue
    let kind = EnforcementLetters.AttendanceOrder.self
    return try matter.require(
      matter.latest(kind, to: reader) ?? matter.latest(kind), "the order as a document")
  }

  /// The day on which a document counts as served (Education Act 1996 s572).
  private static func served(_ service: NoticeForms.Serving, _ today: Day) throws -> Day {
    guard service.on >= today, let served = ServiceRules.educationAct.served(service.method, on: service.on) else {
      throw Problem.invalid([.init("", "must be served in a way that the Act knows, from today on")])
    }
    return served.day
  }

  private static func last(_ served: Day, _ days: (SchoolAttendanceOrder.Rule) -> Int, _ later: Day?) -> Day {
    later ?? served.adding(days: days(SchoolAttendanceOrder.Rule.inForce.value(on: served)) - 1)
  }
}
