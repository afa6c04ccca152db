import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import Letters
import Messaging
import RollCopy
import Rulebook

/// What enforcement adds to the flow of penalty notices: what the register, the ledger, the calendar and the money say of
/// one, and what it publishes.
struct PenaltyNotices: CaseProgram {
  typealias Kind = PenaltyNoticeCase

  let judge: JudgeThreshold
  let documents: Documents

  func facts(of stored: StoredCase<PenaltyNoticeCase>, in unit: UnitOfWork) throws -> Facts<PenaltyNoticeCase.Fact> {
    guard let notice = try Notices.find(subject: stored.subject, in: unit.db) else { return Facts() }
    let decision = stored.file.decisions.last { $0.act == .issue }
    return try facts(of: notice, in: unit).over(conflictFacts(of: notice, decision, in: unit))
  }

  func calendar(of stored: StoredCase<PenaltyNoticeCase>, in unit: UnitOfWork) throws -> SchoolCalendar? {
    try stored.school.flatMap { try Roll.calendar(ofSchool: $0, in: unit.db) }
  }

  func happened(
    _ entry: Entry<PenaltyNoticeCase>, in stored: StoredCase<PenaltyNoticeCase>, _ unit: UnitOfWork
  ) throws {
    guard case .acted(let act) = entry.what, let notice = try Notices.find(subject: stored.subject, in: unit.db) else {
      return
    }
    try publish(act, notice, id: stored.id, in: unit)
    try CaseHolds.follow(entry, in: stored, "notice", .penaltyNotice, unit)
  }

  private func publish(_ act: PenaltyNoticeCase.Act, _ notice: StoredNotice, id: String, in unit: UnitOfWork) throws {
    let (pupil, school) = (notice.pupil, notice.school)
    let person = try Roll.current(notice.person, in: unit.db)
    let concerns = try Roll.concerns(of: pupil, on: unit.today, in: unit.db)
    func told<Fact: EventFact>(_: Fact.Type) throws {
      try unit.publish(
        PenaltyNoticeEvent<Fact>(
          notice: id, pupil: pupil, school: school, person: person, on: unit.today, concerns: concerns),
        subject: pupil.text)
    }
    switch act {
    case .improve:
      guard let last = try improvementEnds(notice, in: unit.db) else { return }
      try unit.publish(
        NoticeToImproveIssued(
          notice: id, pupil: pupil, school: school, person: person, on: unit.today, lastDay: last, concerns: concerns),
        subject: pupil.text)
    case .issue:
      guard let issue = notice.issue, let period = try period(of: notice, in: unit.db) else { return }
      try unit.publish(
        PenaltyNoticeIssued(
          notice: id, pupil: pupil, school: school, person: person, on: issue.on, level: issue.level,
          sessions: Notices.sessions(of: notice.number, in: unit.db).count, lastDayToPay: period.lastDayFull,
          concerns: concerns),
        subject: pupil.text)
    case .payReduced, .payFull: try told(NoticePaid.self)
    case .expire: try told(NoticeUnpaid.self)
    case .withdraw, .discontinue: try told(NoticeWithdrawn.self)
    case .reopen: try told(NoticeReopened.self)
    case .consider, .answer, .allow, .closeImproved, .failToImprove, .decline, .query, .settle, .prosecute, .convict,
      .acquit:
      break
    }
  }

  // MARK: Days and money

  /// The days of an issued notice, by the receipt that is proved, else by its service on record, else by what it names.
  func period(of notice: StoredNotice, in db: Database) throws -> NoticePeriod? {
    guard let issue = notice.issue, let terms = PenaltyNoticeTerms.national.inForce(on: issue.on)?.value else {
      return nil
    }
    let served = try documents.served(issue.document, in: db)?.day
    return NoticePeriod(received: served ?? issue.namedReceipt, level: issue.level, terms: terms)
  }

  /// The last day of the newest notice to improve; `nil` while there is none, or the calendar does not reach so far.
  func improvementEnds(_ notice: StoredNotice, in db: Database) throws -> Day? {
    try improvement(of: notice, in: db)?.lastDay
  }

  /// The time of the newest notice to improve; `nil` while there is none.
  func improvement(of notice: StoredNotice, in db: Database) throws -> NoticeToImprove? {
    guard let sent = try Notices.improvement(of: notice.number, in: db),
      let calendar = try Roll.calendar(ofSchool: notice.school, in: db)
    else { return nil }
    let received = try documents.served(sent.document, in: db)?.day ?? sent.received
    return NoticeToImprove(
      received: received, weeks: sent.weeks, calendar: calendar, rule: NoticeToImprove.Rule.national.value(on: received)
    )
  }

  /// What of a notice its money rests on; `nil` before it is issued.
  func payable(_ notice: StoredNotice, in db: Database) throws -> PayableNotice? {
    guard let issue = notice.issue else { return nil }
    return PayableNotice(
      number: issue.document, school: notice.school, issued: issue.on, period: try period(of: notice, in: db),
      withdrawnOn: notice.withdrawnOn)
  }

  /// How the money of an issued notice stands on a day, a withdrawal left aside.
  func account(of notice: StoredNotice, on day: Day, in db: Database) throws -> NoticeAccount.Standing? {
    try money(of: notice, withdrawnOn: nil, in: db)?.standing(on: day)
  }

  /// What would be sent back if the notice were withdrawn on a day.
  func refund(of notice: StoredNotice, on day: Day, in db: Database) throws -> Money {
    try money(of: notice, withdrawnOn: day, in: db)?.standing(on: day).refund ?? .zero
  }

  private func money(of notice: StoredNotice, withdrawnOn: Day?, in db: Database) throws -> NoticeAccount? {
    guard let issue = notice.issue, let period = try period(of: notice, in: db) else { return nil }
    return NoticeMoney(of: issue.document, try Payments.histories(of: issue.document, in: db))
      .account(period, withdrawnOn: withdrawnOn)
  }
}
