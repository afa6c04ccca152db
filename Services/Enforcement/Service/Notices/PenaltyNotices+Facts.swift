import CaseFlow
import Contracts
import EnforcementDomain
import GRDB
import Messaging
import RollCopy
import Rulebook

extension PenaltyNotices {
  /// Everything that the guards of a notice rest on. Of an issued notice it is judged as of the day of its issue, so that
  /// time alone puts no decision in question; what the register says is always what it says now.
  func facts(of notice: StoredNotice, in unit: UnitOfWork) throws -> Facts<PenaltyNoticeCase.Fact> {
    let db = unit.db
    let day = notice.issue?.on ?? unit.today
    let register = try register(of: notice, in: unit)
    let ledger = try ledger(of: notice, register.standing, on: day, in: db)
    let person = try Roll.current(notice.person, in: db)
    var facts = Facts<PenaltyNoticeCase.Fact>([
      .sessions: .text(register.standing.map(\.words).joined(separator: ", ")),
      .lost: .number(register.listed.count - register.standing.count),
      .threshold: .flag(register.meets(without: Set(ledger.used), asOf: day)),
      .fresh: .number(register.fresh(on: day)),
      .limit: .flag(ledger.blocks.contains(.limit)), .used: .flag(ledger.blocks.contains(.sessionUsed)),
      .level: .number(ledger.level ?? 0), .inScope: .flag(register.isInScope), .person: .text(person.text),
      .parent: .flag(try isParent(person, of: notice, in: db)),
      .prosecution: .flag(try isProsecuted(notice, by: person, in: db)),
      .document: .flag(notice.issue != nil), .withdrawal: .flag(notice.withdrawal != nil),
    ])
    if let last = register.listed.last?.date, let first = register.listed.first?.date {
      facts[.lastDayToLay] = .day(Limitation.lastDay(for: last))
      facts[.warnOn] = .day(Limitation.warningDay(for: first))
    }
    facts[.improvementEnds] = try improvementEnds(notice, in: db).map(FactValue.day)
    facts[.lastDayToPay] = try period(of: notice, in: db).map { .day($0.lastDayFull) }
    if let account = try account(of: notice, on: notice.withdrawnOn ?? unit.today, in: db) {
      facts[.account] = .text(account.state.rawValue)
      facts[.held] = .number(account.unallocated.pence)
    }
    if let payable = try payable(notice, in: db) {
      facts[.unresolved] = .number(try PaymentGuard.unresolved(payable, on: unit.today, in: db).count)
    }
    return facts
  }

  /// What the register says of the sessions that a notice lists.
  struct Register {
    let listed: [ProposalGrounds.CountedSession]
    /// Those that the register counts now, under the code that each has now.
    let standing: [ProposalGrounds.CountedSession]
    let isInScope: Bool
    let school: JudgeThreshold.School
    let codes: CodeBook

    /// Whether those that no live notice has meet the threshold.
    func meets(without used: Set<RegisterSession>, asOf day: Day) -> Bool {
      let unused = standing.filter { !used.contains(RegisterSession($0.date, $0.session)) }
      return school.threshold?.judge(unused, dateOfBirth: nil, asOf: day).met != nil
    }

    /// How many have a reason that is not yet established and may still be (PN-4).
    func fresh(on day: Day) -> Int {
      standing.count { session in
        codes.scheme(on: session.date).traits(session.code).contains(.reasonNotEstablished)
          && school.calendar.flatMap { ReturnClocks.amendReasonBy(session: session.date, calendar: $0) }
            .map { day <= $0 } ?? true
      }
    }
  }

  func register(of notice: StoredNotice, in unit: UnitOfWork) throws -> Register {
    let school = try judge.school(notice.school, in: unit.db)
    let listed = try Notices.sessions(of: notice.number, in: unit.db)
    let counted = try judge.find(pupil: notice.pupil, at: school, asOf: unit.today, in: unit.db).sessions
    let places = Set(listed.map { RegisterSession($0.date, $0.session) })
    return Register(
      listed: listed, standing: counted.filter { places.contains(RegisterSession($0.date, $0.session)) },
      isInScope: school.kind.map { $0 != .independent } ?? false, school: school, codes: judge.codes)
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
  func entries(
    to person: PersonID, about pupil: PupilID, in db: Database, besides number: Int64? = nil
  ) throws -> [NoticeLedger.Entry] {
    let own = try Notices.all(about: pupil, in: db).compactMap { other -> NoticeLedger.Entry? in
      guard other.number != number, let issue = other.issue, let standing = other.state?.standing,
        try Roll.current(other.person, in: db) == person
      else { return nil }
      return NoticeLedger.Entry(
        id: issue.document.text, issued: issue.on, standing: standing,
        sessions: Set(try Notices.sessions(of: other.number, in: db).map { RegisterSession($0.date, $0.session) }))
    }
    return own + (try Enquiries.notices(to: person, about: pupil, in: db))
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

extension ProposalGrounds.CountedSession {
  /// For example `2026-09-08 am U`.
  fileprivate var words: String { "\(date.iso) \(session.rawValue) \(code)" }
}

extension RolledParent {
  /// Whether the person is a parent in the sense of the Education Act 1996 s576: a natural parent, whoever has
  /// parental responsibility, or whoever the child lives with.
  var isParent: Bool {
    hasParentalResponsibility || livesWith || relationship == .mother || relationship == .father
  }
}
