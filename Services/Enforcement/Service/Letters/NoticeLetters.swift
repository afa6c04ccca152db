import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import Letters
import Messaging
import Rulebook
import ServiceKit

/// Letters to the parent of a penalty notice beside those that acts make: how a notice to improve ended, an answer to
/// representations, a reminder.
struct NoticeLetters: CaseLetters {
  typealias Kind = PenaltyNoticeCase

  /// How the time of a notice to improve ended.
  struct Outcome: Codable, Sendable {
    let child, school: String
    /// In its time.
    let figures: LetterForms.Counts
    /// How many sessions could be missed without leave.
    let mostUnauthorised: Int
    let next: [String]
  }

  /// What a parent asked, and what was decided.
  struct Representations: Codable, Sendable {
    let child: String
    let received: Day
    let ground: String
    /// Whether the notice is withdrawn; the notice of withdrawal is a document of its own.
    let withdrawn: Bool
    let reasons: [String]
  }

  struct Reminder: Codable, Sendable { let child: String }

  let to: [LetterForms.Addressee]
  let writer: LetterWriter
  let outcome: Outcome?
  let representations: Representations?
  let reminder: Reminder?

  static func against(_ stored: StoredCase<PenaltyNoticeCase>, in db: Database) throws -> PersonID? {
    try Notices.find(subject: stored.subject, in: db)?.person
  }

  func choices(_ matter: LetterMatter<PenaltyNoticeCase>) -> [LetterChoice] {
    [
      outcome.map { form in LetterChoice(readers: [.parent]) { _ in try letter(form, matter) } },
      representations.map { form in LetterChoice(readers: [.parent]) { _ in try letter(form, matter) } },
      reminder.map { form in LetterChoice(readers: [.parent]) { _ in try letter(form, matter) } },
    ].compactMap { $0 }
  }

  private func letter(_ form: Outcome, _ matter: LetterMatter<PenaltyNoticeCase>) throws -> any Letter {
    let time = try matter.desk.notices.improvement(of: notice(matter), in: matter.unit.db)
    let first = try matter.require(time?.firstDay, "the time of a notice to improve")
    let last = try matter.require(time?.lastDay, "the time of a notice to improve")
    return try EnforcementLetters.ImprovementOutcome(
      writer: writer, child: form.child, school: form.school,
      figures: form.figures.figures(first, min(last, matter.unit.today)), mostUnauthorised: form.mostUnauthorised,
      isMet: form.figures.unauthorised <= form.mostUnauthorised, next: form.next)
  }

  private func letter(_ form: Representations, _ matter: LetterMatter<PenaltyNoticeCase>) throws -> any Letter {
    let notice = try notice(matter)
    let (issue, due, _) = try account(matter)
    guard form.withdrawn || notice.withdrawal == nil else {
      throw LetterError.contradictory("The notice is withdrawn.", source: "DOC-12")
    }
    let isPaid = notice.state?.standing == .paid
    return try EnforcementLetters.RepresentationsReply(
      writer: writer, child: form.child, notice: issue.document, received: form.received, ground: form.ground,
      decision: form.withdrawn
        ? .withdrawn : isPaid ? .settled : .stands(due: due.map { .init(sum: $0.sum, by: $0.by) }),
      reasons: form.reasons)
  }

  private func letter(_ form: Reminder, _ matter: LetterMatter<PenaltyNoticeCase>) throws -> any Letter {
    let (issue, due, later) = try account(matter)
    return try EnforcementLetters.PaymentReminder(
      writer: writer, child: form.child, notice: issue.document, issued: issue.on,
      due: matter.require(due, "a sum that can still be paid"), later: later)
  }

  private func notice(_ matter: LetterMatter<PenaltyNoticeCase>) throws -> StoredNotice {
    try matter.require(Notices.find(subject: matter.stored.subject, in: matter.unit.db), "a notice")
  }

  /// The issue, what discharges the notice today and until when, and what does afterwards.
  private func account(
    _ matter: LetterMatter<PenaltyNoticeCase>
  ) throws -> (issue: StoredNotice.Issue, due: (sum: Money, by: Day)?, later: (sum: Money, by: Day)?) {
    let (notice, day, notices) = (try notice(matter), matter.unit.today, matter.desk.notices)
    let issue = try matter.require(notice.issue, "an issued notice")
    guard notice.withdrawal == nil, let period = try notices.period(of: notice, in: matter.unit.db),
      let account = try notices.account(of: notice, on: day, in: matter.unit.db)
    else { return (issue, nil, nil) }
    return (issue, period.stillDue(account, on: day), period.laterDue(account, on: day))
  }
}

extension NoticePeriod {
  /// What discharges a notice on a day, with the last day on which it does; `nil` when nothing is due or does any more.
  func stillDue(_ account: NoticeAccount.Standing, on day: Day) -> (sum: Money, by: Day)? {
    account.due.map { ($0, lastDayReduced.map { day <= $0 } == true ? lastDayReduced ?? lastDayFull : lastDayFull) }
  }

  /// What does after the reduced sum's last day.
  func laterDue(_ account: NoticeAccount.Standing, on day: Day) -> (sum: Money, by: Day)? {
    guard let reduced = sums.reduced, let last = lastDayReduced, day <= last, let due = account.due else { return nil }
    return (due + sums.full - reduced, lastDayFull)
  }
}
