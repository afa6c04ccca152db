import Contracts
import EnforcementDomain
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  fileprivate static let ledgerRead = AuditAction("ledger.read")
  fileprivate static let enquiriesListed = AuditAction("ledger.enquiries.listed")
  fileprivate static let authorityAsked = AuditAction("ledger.authority.asked")
  fileprivate static let authorityAnswered = AuditAction("ledger.authority.answered")
}

/// A parent's notices about a child, whichever school they came from, and what other authorities told.
extension NoticeRoutes {
  static let asAt = QueryParameter<Timestamp>(
    "asAt", "A past moment: what was on record then. Answers of other authorities are known by their day."
  ).optional
  /// The most notices of an answer.
  private static let mostNotices = 20
  private static let pageSize = 100

  func ledger(_ call: Call) async throws -> NoticeAnswers.Ledger {
    let (pupil, person) = (try call.pupil(), try call[Self.person])
    let moment = try call[Self.asAt]
    return try await transactions.write(by: call.caller) { unit in
      let (pupil, person) = (try Roll.current(pupil, in: unit.db), try Roll.current(person, in: unit.db))
      try Sight.require(of: pupil, unit)
      try unit.audit(.ledgerRead, of: pupil)
      let day = moment.map { min(CivilTime.day(at: $0.date), unit.today) } ?? unit.today
      let entries = try desk.notices.entries(to: person, about: pupil, asAt: moment, in: unit.db)
      let next = NoticeLedger(entries).judge(
        [], on: day, isBelowThresholdExplained: true, terms: PenaltyNoticeTerms.national.value(on: day),
        threshold: ThresholdRule.national.value(on: day))
      return NoticeAnswers.Ledger(
        pupil: pupil, person: person, lookbackFirstDay: next.lookbackFirstDay,
        notices: entries.sorted { ($0.issued, $0.id) < ($1.issued, $1.id) }.map { entry in
          .init(
            number: entry.id, issued: entry.issued, standing: entry.standing,
            sessions: entry.sessions.sorted().map { .init(date: $0.date, session: $0.session) },
            counts: next.counted.contains(entry.id))
        }, nextLevel: next.level, fullPence: next.sums?.full.pence, reducedPence: next.sums?.reduced?.pence,
        enquiries: try Enquiries.all(about: pupil, in: unit.db).filter {
          try $0.asked <= day && Roll.current($0.person, in: unit.db) == person
        }.map {
          .init(
            number: $0.number, authority: $0.authority.text, asked: $0.asked, due: $0.due,
            answered: $0.answered.flatMap { $0 <= day ? $0 : nil })
        })
    }
  }

  func ask(_ call: Call, _ form: NoticeForms.Enquiry) async throws -> Remembered<NoticeAnswers.Asked> {
    var faults = Faults()
    let authority = try? AuthorityCode(form.authority)
    faults.require(authority != nil, "/authority", "must be three digits")
    faults.require((1...1_000).contains(form.purpose.count), "/purpose", "must have 1 to 1,000 characters")
    try faults.refuse()
    guard let authority else { throw Problem.notFound("Authority") }
    return try await transactions.write(call.edit) { unit in
      let (pupil, person) = (try Roll.current(form.pupil, in: unit.db), try Roll.current(form.person, in: unit.db))
      try Sight.require(of: pupil, unit)
      let number = try Enquiries.ask(
        authority, about: pupil, person, purpose: form.purpose, on: unit.today, in: unit.db)
      try unit.audit(.authorityAsked, of: pupil, ["enquiry": number, "authority": authority])
      return NoticeAnswers.Asked(
        number: number, authority: authority.text, asked: unit.today,
        due: WorkingDays.add(Enquiries.reply.value(on: unit.today), to: unit.today), answered: nil)
    }
  }

  struct WaitingEnquiry: Listed {
    static let list = "enquiries"

    let number: Int64
    let pupil: PupilID
    let person: PersonID
    let authority: String
    let asked, due: Day
    /// Whether the officer decides without an answer now (EN-7).
    let overdue: Bool
  }

  func enquiries(_ call: Call) async throws -> Page<WaitingEnquiry> {
    let after = try call.after
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.enquiriesListed, of: .all)
      let rows = try Enquiries.waiting(after: after, limit: Self.pageSize, in: unit.db)
      return Page(rows, of: Self.pageSize, endsAt: \.number) {
        WaitingEnquiry(
          number: $0.number, pupil: $0.pupil, person: $0.person, authority: $0.authority.text, asked: $0.asked,
          due: $0.due, overdue: $0.due < unit.today)
      }
    }
  }

  struct Answered: Codable, Sendable { let notices: Int }

  func answer(_ call: Call, _ form: NoticeForms.Answer) async throws -> Remembered<Answered> {
    let number = try call.number("Enquiry")
    guard form.notices.count <= Self.mostNotices else {
      throw Problem.invalid([.init("/notices", "must be at most \(Self.mostNotices)")])
    }
    return try await transactions.write(call.edit) { unit in
      let told = form.notices.map { (issued: $0.issued, standing: $0.standing) }
      guard let enquiry = try Enquiries.find(number, in: unit.db) else { throw Problem.notFound("Enquiry") }
      try Sight.require(of: enquiry.pupil, unit)
      guard try Enquiries.answer(number, with: told, on: unit.today, in: unit.db) else {
        throw Problem.conflict("enquiry-answered", "This enquiry has been answered")
      }
      try unit.audit(.authorityAnswered, of: enquiry.pupil, ["enquiry": number, "notices": told.count])
      try desk.factsChanged(of: enquiry.pupil, in: unit)
      return Answered(notices: told.count)
    }
  }
}
