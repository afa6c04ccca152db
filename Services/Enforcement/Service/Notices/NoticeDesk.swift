import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import HTTPTypes
import Letters
import Messaging
import RollCopy
import Rulebook
import ServiceKit

/// Where penalty notices are considered, issued and withdrawn, each act in one transaction with its document.
struct NoticeDesk: Sendable {
  let cases: CaseDesk<PenaltyNotices>
  let notices: PenaltyNotices
  let code: Dated<CodeOfConduct>
  /// What rests on the notices and follows every change of them.
  let prosecutions: ProsecutionDesk
  let orders: OrderDesks

  private var documents: Documents { notices.documents }

  init(judge: JudgeThreshold, documents: Documents, code: Dated<CodeOfConduct>, timetable: Timetable) {
    notices = PenaltyNotices(judge: judge, documents: documents)
    cases = CaseDesk(notices, timetable: timetable)
    self.code = code
    orders = OrderDesks(ProsecutionDesk(notices, timetable: timetable), timetable: timetable)
    prosecutions = ProsecutionDesk(notices, timetable: timetable) { [supervision = orders.supervision] in
      try supervision.direct($0, in: $1)
    }
  }

  // MARK: What comes from outside

  /// The register's, the roll's or a person's facts about a child changed: every decision that rests on them goes back to
  /// an officer, in the transaction of the event.
  func factsChanged(of pupil: PupilID, in unit: UnitOfWork) throws {
    guard try AnyCase.exists(about: pupil, in: unit.db) else { return }
    try cases.factsChanged(of: pupil, in: unit)
    try prosecutions.factsChanged(of: pupil, in: unit)
    try orders.factsChanged(of: pupil, in: unit)
  }

  /// A person was merged with another, or parted: whatever rests on either is looked at again.
  func personChanged(_ persons: [PersonID], in unit: UnitOfWork) throws {
    let pupils = try persons.reduce(into: Set()) { $0.formUnion(try Notices.pupils(ofPerson: $1, in: unit.db)) }
    for pupil in pupils.sorted() { try factsChanged(of: pupil, in: unit) }
  }

  /// Does what follows from a notice's days and money, until nothing does.
  func follow(_ notice: StoredNotice, in unit: UnitOfWork) throws {
    try reviewMoney(of: notice, in: unit)
    guard notice.withdrawnOn == nil, let number = notice.caseNumber else { return }
    for _ in PenaltyNoticeCase.State.allCases {
      guard var stored = try Cases<PenaltyNoticeCase>.find("c\(number)", in: unit.db),
        let account = try notices.account(of: notice, on: unit.today, in: unit.db),
        let act = stored.file.state?.follows(account)
      else { return }
      try cases.move(&stored, .act(act, reason: ""), by: .program, in: unit)
    }
  }

  /// Runs a row of the timetable.
  ///
  /// - Returns: whether it is a notice's, or of what rests on notices.
  func fire(_ name: String, in unit: UnitOfWork) throws -> Bool {
    guard try cases.fire(name, in: unit) else {
      return try prosecutions.fire(name, in: unit) || orders.fire(name, in: unit)
    }
    let number = name.split(separator: " ").dropFirst().first ?? ""
    if let stored = try Cases<PenaltyNoticeCase>.find("c\(number)", in: unit.db),
      let notice = try Notices.find(subject: stored.subject, in: unit.db)
    {
      try follow(notice, in: unit)
    }
    return true
  }

  // MARK: What officers do

  /// Begins to consider a notice to one parent.
  ///
  /// - Throws: `Problem` conflict where one to the parent on this proposal is open or was issued; ``CaseFlow/Refusal``.
  func consider(
    _ basis: NoticeBasis, to person: PersonID, _ intent: Intent<PenaltyNoticeCase>,
    by actor: Actor<PenaltyNoticeCase.Role>, in unit: UnitOfWork
  ) throws -> StoredCase<PenaltyNoticeCase> {
    let current = try Roll.current(person, in: unit.db)
    let isThere = try Notices.all(about: basis.pupil, in: unit.db).contains { other in
      guard basis.proposal != nil, other.proposal == basis.proposal else { return false }
      let isSpent = [.notIssued, .improved, .withdrawn].contains(other.state)
      return try !isSpent && Roll.current(other.person, in: unit.db) == current
    }
    guard !isThere else {
      throw Problem.conflict("notice-open", "A notice to this parent on this proposal is open or was issued")
    }
    let notice = try Notices.insert(
      to: current, about: basis.pupil, at: basis.school, proposal: basis.proposal, basis.circumstances, basis.sessions,
      in: unit.db)
    let stored = try cases.open(
      intent, about: notice.subject, basis.pupil, at: basis.school, by: actor, in: unit)
    try Notices.setCase(stored.number, of: notice.number, in: unit.db)
    return stored
  }

  /// Issues a notice: the level by the ledger of this moment, the document, the act, and what it takes from the proposal.
  ///
  /// - Throws: ``CaseFlow/Refusal``, `LetterError`, `Problem` forbidden for who may not issue by the local code.
  func issue(
    _ stored: inout StoredCase<PenaltyNoticeCase>, _ form: NoticeForms.Issue,
    by actor: Actor<PenaltyNoticeCase.Role>, in unit: UnitOfWork
  ) throws -> DocumentNumber? {
    guard let notice = try Notices.find(subject: stored.subject, in: unit.db) else { throw Problem.notFound("Notice") }
    guard code.value(on: unit.today).issuers.contains(unit.caller.role) else { throw Problem.forbidden }
    let document = notice.issue == nil ? try make(form, for: notice, of: stored, in: unit) : nil
    let stating: [PenaltyNoticeCase.Fact: FactValue] = [
      .identity: .text(form.identityVerified), .address: .text(form.addressVerified),
      .enquiries: .text(form.enquiries),
    ]
    // Without a level no document is made; the guards say why.
    try cases.move(
      &stored,
      .attempt(
        .init(
          .act(.issue), stating: .init(stating), reason: form.reason,
          evidence: (form.evidence ?? []) + (document.map { [$0.text] } ?? []))), by: actor, in: unit)
    let school = try notices.judge.school(notice.school, in: unit.db)
    try notices.judge.noticeIssued(
      on: notice.proposal, about: notice.pupil, at: school, cause: stored.id, in: unit)
    return document
  }

  private func make(
    _ form: NoticeForms.Issue, for notice: StoredNotice, of stored: StoredCase<PenaltyNoticeCase>, in unit: UnitOfWork
  ) throws -> DocumentNumber? {
    let register = try notices.register(of: notice, in: unit)
    let ledger = try notices.ledger(of: notice, register.standing, on: unit.today, in: unit.db)
    guard let level = ledger.level, let terms = PenaltyNoticeTerms.national.inForce(on: unit.today)?.value else {
      return nil
    }
    guard form.service.on >= unit.today,
      let received = ServiceRules.penaltyNotice.served(form.service.method, on: form.service.on)?.day
    else { throw Problem.invalid([.init("/service", "must be a way to serve a penalty notice, from today on")]) }
    guard let period = NoticePeriod(received: received, level: level, terms: terms) else { return nil }
    let code = code.value(on: unit.today)
    let letter = try PenaltyNotice(
      child: .init(
        name: form.child.name, address: form.child.address, school: form.child.school,
        provision: form.child.provision),
      officer: .init(name: form.officer.name, particulars: form.officer.particulars),
      absences: register.standing.map { notices.absence($0) },
      payment: .init(
        received: received, amountPence: period.sums.full.pence, lastDay: period.lastDayFull,
        reduced: period.sums.reduced.flatMap { sum in
          period.lastDayReduced.map { .init(amountPence: sum.pence, lastDay: $0) }
        }, methods: code.paymentMethods), representations: code.representations)
    let document = try documents.issue(
      letter, to: form.recipient.recipient(notice.person),
      filed: DocumentFiling(about: notice.pupil, matter: stored.id, basis: notice.proposal), in: unit)
    try Notices.setIssue(
      .init(document: document.number, on: unit.today, level: level, namedReceipt: received), of: notice.number,
      in: unit.db)
    return document.number
  }

  /// Issues a notice to improve.
  ///
  /// - Throws: ``CaseFlow/Refusal``, `LetterError`, `Problem`.
  func improve(
    _ stored: inout StoredCase<PenaltyNoticeCase>, _ form: NoticeForms.Improvement,
    by actor: Actor<PenaltyNoticeCase.Role>, in unit: UnitOfWork
  ) throws -> DocumentNumber {
    guard let notice = try Notices.find(subject: stored.subject, in: unit.db) else { throw Problem.notFound("Notice") }
    let weeks = code.value(on: unit.today).improvementWeeks
    guard weeks.contains(form.weeks) else {
      throw Problem.invalid([.init("/weeks", "must be \(weeks.lowerBound) to \(weeks.upperBound)")])
    }
    guard form.service.on >= unit.today,
      let received = ServiceRules.ordinary.served(form.service.method, on: form.service.on)?.day
    else { throw Problem.invalid([.init("/service/on", "must not be before today")]) }
    guard let calendar = try Roll.calendar(ofSchool: notice.school, in: unit.db),
      let period = NoticeToImprove(
        received: received, weeks: form.weeks, calendar: calendar,
        rule: NoticeToImprove.Rule.national.value(on: received)), let first = period.firstDay,
      let last = period.lastDay
    else {
      throw Problem.conflict(
        "calendar-too-short", "The school's calendar does not reach to the end of the notice's time")
    }
    let register = try notices.register(of: notice, in: unit)
    let letter = try EnforcementLetters.NoticeToImprove(
      writer: form.writer, child: form.child.name, school: form.child.school, figures: form.figures.value(),
      absences: register.standing.map { notices.absence($0) }, support: form.support, offer: form.offer,
      howToAccept: form.howToAccept, period: DayRange(first: first, last: last),
      mostUnauthorised: form.mostUnauthorised)
    let document = try documents.issue(
      letter, to: form.recipient.recipient(notice.person),
      filed: DocumentFiling(about: notice.pupil, matter: stored.id, basis: notice.proposal), in: unit)
    try Notices.addImprovement(
      document.number, of: notice.number, weeks: form.weeks, received: received, in: unit.db)
    try cases.move(
      &stored, .attempt(.init(.act(.improve), reason: form.reason, evidence: [document.number.text])), by: actor,
      in: unit)
    return document.number
  }

  /// Withdraws an issued notice in writing. What is held for it is to be sent back (SI 2007/1867 regs 8, 9; EN-6).
  ///
  /// - Throws: ``CaseFlow/Refusal``, `LetterError`, `Problem`.
  func withdraw(
    _ stored: inout StoredCase<PenaltyNoticeCase>, _ form: NoticeForms.Withdrawal,
    by actor: Actor<PenaltyNoticeCase.Role>, in unit: UnitOfWork
  ) throws -> DocumentNumber {
    guard let notice = try Notices.find(subject: stored.subject, in: unit.db), let issue = notice.issue,
      notice.withdrawal == nil
    else { throw Problem.conflict("not-from-here", "Only an issued notice can be withdrawn, and once") }
    let held = try notices.refund(of: notice, on: unit.today, in: unit.db)
    guard held == .zero || form.repayment?.isEmpty == false else {
      throw Problem.invalid([.init("/repayment", "must say how the money that is held is sent back")])
    }
    let letter = try EnforcementLetters.Withdrawal(
      writer: form.writer, child: form.child, notice: issue.document, issued: issue.on, ground: form.ground,
      withdrawn: unit.today, repaid: form.repayment.flatMap { held > .zero ? (held, $0) : nil })
    let document = try documents.issue(
      letter, to: form.recipient.recipient(notice.person),
      filed: DocumentFiling(about: notice.pupil, matter: stored.id, basis: issue.document.text), in: unit)
    try Notices.setWithdrawal(document.number, on: unit.today, of: notice.number, in: unit.db)
    try cases.move(
      &stored,
      .attempt(
        .init(
          .act(.withdraw), stating: .init([.ground: .text(form.ground.rawValue)]), reason: form.reason,
          evidence: [document.number.text])), by: actor, in: unit)
    try documents.withdraw(issue.document, ground: form.ground.rawValue, in: unit)
    try prosecutions.factsChanged(of: notice.pupil, in: unit)
    try moneyChanged(on: issue.document, in: unit)
    return document.number
  }
}

/// What a notice is considered for.
struct NoticeBasis: Sendable {
  let pupil: PupilID
  let school: URN
  /// `nil` for a request of a school, and below the threshold.
  let proposal: String?
  let sessions: [ProposalGrounds.CountedSession]
  /// What is known of child and parent that stands in the way.
  var circumstances: Set<Conflicts.Circumstance> = []
}

extension PenaltyNotices {
  /// A session as a document says it.
  func absence(_ session: ProposalGrounds.CountedSession) -> PenaltyNotice.Absence {
    PenaltyNotice.Absence(
      day: session.date, session: session.session,
      meaning: judge.codes.scheme(on: session.date).rule(for: session.code)?.meaning ?? session.code.description)
  }
}
