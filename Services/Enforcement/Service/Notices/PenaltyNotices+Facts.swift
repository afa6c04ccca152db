import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import Messaging
import RollCopy
import Rulebook

extension PenaltyNotices {
  /// Everything that the guards of a notice rest on (``NoticeMatter``).
  func facts(of notice: StoredNotice, in unit: UnitOfWork) throws -> Facts<PenaltyNoticeCase.Fact> {
    let db = unit.db
    let day = notice.issue?.on ?? unit.today
    let register = try register(of: notice, in: unit)
    let ledger = try ledger(of: notice, register.standing, on: day, in: db)
    let person = try Roll.current(notice.person, in: db)
    var matter = NoticeMatter(
      on: day, register, ledger, person: person, isParent: try isParent(person, of: notice, in: db),
      isProsecuted: try isProsecuted(notice, by: person, in: db), isMade: notice.issue != nil,
      isWithdrawalMade: notice.withdrawal != nil)
    matter.improvementEnds = try improvementEnds(notice, in: db)
    matter.lastDayToPay = try period(of: notice, in: db)?.lastDayFull
    matter.account = try account(of: notice, on: notice.withdrawnOn ?? unit.today, in: db)
    matter.unresolved = try payable(notice, in: db).map {
      try PaymentGuard.unresolved($0, on: unit.today, in: db).count
    }
    return matter.facts
  }

  /// What the register says of the sessions that a notice lists.
  func register(of notice: StoredNotice, in unit: UnitOfWork) throws -> ListedSessions {
    let school = try judge.school(notice.school, in: unit.db)
    return ListedSessions(
      listed: try Notices.sessions(of: notice.number, in: unit.db),
      counted: try judge.find(pupil: notice.pupil, at: school, asOf: unit.today, in: unit.db).sessions,
      isInScope: school.kind.map { $0 != .independent } ?? false, calendar: school.calendar,
      threshold: school.threshold, codes: judge.codes)
  }

  /// Whether another notice may be given for sessions, by every notice to the parent about the child: the authority's
  /// own, whatever school they came from, and those that other authorities told of (enforcement ledger).
  func ledger(
    of notice: StoredNotice, _ sessions: [ProposalGrounds.CountedSession], on day: Day, in db: Database
  ) throws -> NoticeLedger.Judgement {
    NoticeLedger(try entries(besides: notice, in: db)).judge(
      Set(sessions.map { RegisterSession($0.date, $0.session) }), on: day,
      terms: PenaltyNoticeTerms.national.value(on: day), threshold: ThresholdRule.national.value(on: day))
  }

  private func entries(besides notice: StoredNotice, in db: Database) throws -> [NoticeLedger.Entry] {
    try entries(to: Roll.current(notice.person, in: db), about: notice.pupil, in: db, besides: notice.number)
  }

  /// The ledger of a parent and a child.
  ///
  /// - Parameter moment: a past one: what was on record then; `nil` for now.
  func entries(
    to person: PersonID, about pupil: PupilID, asAt moment: Timestamp? = nil, in db: Database,
    besides number: Int64? = nil
  ) throws -> [NoticeLedger.Entry] {
    let own = try Notices.all(about: pupil, in: db).compactMap { other -> NoticeLedger.Entry? in
      guard other.number != number, let issue = other.issue,
        let standing = try state(of: other, asAt: moment, in: db)?.standing,
        try Roll.current(other.person, in: db) == person
      else { return nil }
      return NoticeLedger.Entry(
        id: issue.document.text, issued: issue.on, standing: standing,
        sessions: Set(try Notices.sessions(of: other.number, in: db).map { RegisterSession($0.date, $0.session) }))
    }
    let told = moment.map { CivilTime.day(at: $0.date) }
    return own + (try Enquiries.notices(to: person, about: pupil, toldBy: told, in: db))
  }

  /// - Returns: `nil` where there was no case at the moment.
  private func state(
    of notice: StoredNotice, asAt moment: Timestamp?, in db: Database
  ) throws -> PenaltyNoticeCase.State? {
    guard let moment else { return notice.state }
    return try Cases<PenaltyNoticeCase>.find(notice.id, in: db).flatMap {
      try Cases<PenaltyNoticeCase>.file(of: $0, asAt: moment, in: db).state
    }
  }

  /// Before the issue the person must be a contact now; after it, it is enough to have been one.
  private func isParent(_ person: PersonID, of notice: StoredNotice, in db: Database) throws -> Bool {
    try Roll.parents(of: notice.pupil, in: db).contains {
      $0.id == person && (!$0.hasEnded || notice.issue != nil) && $0.isParent
    }
  }

  /// Whether a prosecution of the parent for one of the sessions is open or past.
  private func isProsecuted(_ notice: StoredNotice, by person: PersonID, in db: Database) throws -> Bool {
    let own = Set(try Notices.sessions(of: notice.number, in: db).map { RegisterSession($0.date, $0.session) })
    // A notice that was issued is what is prosecuted itself.
    let laid = try StoredProsecutions.laid(against: person, about: notice.pupil, in: db)
    if notice.issue == nil, !laid.isDisjoint(with: own) { return true }
    return try entries(besides: notice, in: db).contains { entry in
      [.prosecutionPending, .convicted, .acquitted].contains(entry.standing) && !entry.sessions.isDisjoint(with: own)
    }
  }
}

extension RolledParent {
  /// Whether the person is a parent in the sense of the Education Act 1996 s576: a natural parent, whoever has
  /// parental responsibility, or whoever the child lives with.
  var isParent: Bool {
    hasParentalResponsibility || livesWith || relationship == .mother || relationship == .father
  }
}
