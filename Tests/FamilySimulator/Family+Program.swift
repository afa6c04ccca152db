import CaseFlow
import Contracts
import EnforcementDomain
import Rulebook

/// What the program does with the family's facts, as its desks do, without a store.
extension Family {
  // MARK: Judging

  /// What the register counts of a child at a school now.
  func counted(_ place: Place) -> [ProposalGrounds.CountedSession] {
    let told = (marks[place] ?? [:]).map { session, mark in
      CountedRegister.Told(
        registration: mark.registration, session: .init(date: session.date, session: session.session, code: mark.code))
    }
    let times = registrations.filter { $0.value.place == place }.mapValues(\.time)
    return CountedRegister(told, times: times, isRollTold: true).counting(in: Schools.calendars[place.school])
      .filter { Schools.thresholds[place.school].counts($0, dateOfBirth: Schools.born, asOf: day) }
      .sorted { ($0.date, $0.session) < ($1.date, $1.session) }
  }

  /// The register, the roll or an identity changed: proposals and decisions are judged again.
  mutating func factsChanged(of child: Int) throws {
    for school in Schools.calendars.indices { judge(Place(child: child, school: school)) }
    for index in notices.indices where notices[index].place.child == child { try reconsider(notice: index) }
    for index in trials.indices where trials[index].place.child == child { try reconsider(trial: index) }
  }

  mutating func judge(_ place: Place) {
    let noticed = notices.filter { $0.place.child == place.child && $0.issue != nil }
      .reduce(into: Set<RegisterSession>()) { $0.formUnion($1.sessions) }
    let register = counted(place).filter { !noticed.contains(RegisterSession($0.date, $0.session)) }
    let judgement = Schools.thresholds[place.school].judge(register, dateOfBirth: Schools.born, asOf: day)
    let latest =
      proposals.lastIndex { $0.place == place && $0.proposal.state == .open }
      ?? proposals.lastIndex { $0.place == place }
    switch Proposal.change(latest.map { proposals[$0].proposal }, judgement) {
    case nil: break
    case .proposed(let grounds):
      proposals.append(
        Stored(id: proposals.count + 1, place: place, proposal: Proposal(state: .open, grounds: grounds)))
      did("propose")
    case .revised(let grounds):
      guard let latest else { return }
      proposals[latest].proposal = Proposal(state: .open, grounds: grounds)
      for index in notices.indices where notices[index].proposal == proposals[latest].id && notices[index].issue == nil
      {
        notices[index].listed = grounds.sessions
      }
      did("revise")
    case .lapsed:
      guard let latest else { return }
      proposals[latest].proposal = Proposal(state: .lapsed, grounds: proposals[latest].proposal.grounds)
      did("lapse")
    }
  }

  // MARK: Notices

  /// The ledger of a person and a child.
  func entries(_ person: Int, _ child: Int, besides id: Int? = nil) -> [NoticeLedger.Entry] {
    notices.compactMap { notice in
      guard notice.id != id, notice.place.child == child, current(notice.person) == current(person),
        let issue = notice.issue, let standing = notice.file.state?.standing
      else { return nil }
      return .init(id: "n\(notice.id)", issued: issue.on, standing: standing, sessions: notice.sessions)
    }
  }

  private func remembered(_ notice: Notice, on day: Day) -> [NoticeLedger.Entry] {
    let entries = entries(notice.person, notice.place.child, besides: notice.id)
    switch mistake {
    case .forgetsSessions:
      return entries.map { .init(id: $0.id, issued: $0.issued, standing: $0.standing, sessions: []) }
    case .shortLook: return entries.filter { day.adding(months: -1) < $0.issued }
    default: return entries
    }
  }

  func period(_ notice: Notice) -> NoticePeriod? {
    notice.issue.flatMap {
      NoticePeriod(
        received: $0.received, level: $0.level, terms: PenaltyNoticeTerms.national.value(on: $0.on))
    }
  }

  /// How much about money has to be settled before proceedings.
  func unresolved(_ notice: Notice, laid: Bool = false) -> Int {
    guard mistake != .ignoresMoney, let issue = notice.issue, let period = period(notice) else { return 0 }
    let money = notice.money
    let isPaid = money.account(period, withdrawnOn: notice.withdrawnOn).standing(on: day).dischargedOn != nil
    let isUnmatched = !laid && unmatched.contains { issue.on <= $0.on }
    return (!isPaid && .zero < money.held ? 1 : 0) + (isUnmatched ? 1 : 0)
  }

  func facts(_ notice: Notice) -> Facts<PenaltyNoticeCase.Fact> {
    let on = notice.issue?.on ?? day
    let register = ListedSessions(
      listed: notice.listed, counted: counted(notice.place), isInScope: true,
      calendar: Schools.calendars[notice.place.school], threshold: Schools.thresholds[notice.place.school],
      codes: .england)
    let ledger = NoticeLedger(remembered(notice, on: on)).judge(
      Set(register.standing.map { RegisterSession($0.date, $0.session) }), on: on,
      terms: PenaltyNoticeTerms.national.value(on: on), threshold: ThresholdRule.national.value(on: on))
    var matter = NoticeMatter(
      on: on, register, ledger, person: Schools.persons[current(notice.person)], isParent: true,
      isProsecuted: isProsecuted(notice), isMade: notice.issue != nil, isWithdrawalMade: notice.withdrawnOn != nil)
    if let period = period(notice) {
      matter.lastDayToPay = period.lastDayFull
      matter.account = notice.money.account(period).standing(on: notice.withdrawnOn ?? day)
      matter.unresolved = unresolved(notice)
    }
    var facts = matter.facts
    // No other matter stands in the way of a notice in these lives.
    for name in ["conflict", "excluded-by"].compactMap({ PenaltyNoticeCase.Fact(rawValue: $0) }) {
      facts[name] = .text("")
    }
    return facts
  }

  private func isProsecuted(_ notice: Notice) -> Bool {
    let tried = trials.contains {
      $0.laid != nil && isOf($0, notice.person, notice.place.child) && !$0.charged.isDisjoint(with: notice.sessions)
    }
    if notice.issue == nil, tried { return true }
    return entries(notice.person, notice.place.child, besides: notice.id).contains {
      [.prosecutionPending, .convicted, .acquitted].contains($0.standing)
        && !$0.sessions.isDisjoint(with: notice.sessions)
    }
  }

  mutating func move(_ index: Int, _ move: Move<PenaltyNoticeCase>, by actor: Actor<PenaltyNoticeCase.Role>) throws {
    let notice = notices[index]
    notices[index].file.apply(
      try PenaltyNoticeCase.flow.step(
        notice.file, move, facts: facts(notice), by: actor, on: day, calendar: Schools.calendars[notice.place.school]))
  }

  private mutating func reconsider(notice index: Int) throws {
    let notice = notices[index]
    guard PenaltyNoticeCase.flow.restsOnFacts(notice.file) else { return }
    if mistake == .forgetsClosed, !PenaltyNoticeCase.flow.isOpen(notice.file.state) { return }
    let entry = try PenaltyNoticeCase.flow.reconsider(
      notice.file, facts: facts(notice), on: day, calendar: Schools.calendars[notice.place.school])
    if let entry { notices[index].file.apply(entry) }
  }

  /// Does what follows from a notice's days and money.
  mutating func follow(_ index: Int) throws {
    for _ in PenaltyNoticeCase.State.allCases {
      guard notices[index].withdrawnOn == nil, let period = period(notices[index]),
        let act = notices[index].file.state?.follows(notices[index].money.account(period).standing(on: day))
      else { return }
      try move(index, .act(act, reason: ""), by: .program)
      did(act.rawValue)
    }
  }

  // MARK: Prosecutions

  func isOf(_ trial: Trial, _ person: Int, _ child: Int) -> Bool {
    trial.place.child == child && current(trial.person) == current(person)
  }

  /// The issued notices for a charged session.
  func touching(_ trial: Trial) -> [Int] {
    notices.indices.filter {
      notices[$0].issue != nil && notices[$0].place.child == trial.place.child
        && current(notices[$0].person) == current(trial.person) && !notices[$0].sessions.isDisjoint(with: trial.charged)
    }
  }

  func charge(_ trial: Trial, at index: Int) -> Charge {
    let others = trials.indices.filter {
      $0 != index && trials[$0].laid != nil && isOf(trials[$0], trial.person, trial.place.child)
    }
    let tried = others.reduce(into: Set<RegisterSession>()) { $0.formUnion(trials[$1].charged) }
    let day = mistake == .ignoresLimitation ? trial.charged.min()?.date ?? day : trial.laid ?? day
    return Charge(trial.charged, notices: entries(trial.person, trial.place.child), tried: tried, on: day)
  }

  func register(_ trial: Trial) -> String {
    let codes = Dictionary(
      counted(trial.place).map { (RegisterSession($0.date, $0.session), $0.code) }
    ) { first, _ in first }
    return trial.charged.sorted().map {
      "\($0.date.iso) \($0.session.rawValue) \(codes[$0]?.description ?? "-")"
    }.joined(separator: ", ")
  }

  func facts(_ trial: Trial, at index: Int) -> Facts<Prosecution.Fact> {
    let days = trial.charged.sorted().map(\.date)
    let touching = touching(trial).map { notices[$0] }
    var matters: Set<Conflicts.Matter> = []
    for notice in touching {
      if notice.file.state?.standing == .paid { matters.insert(.paidNotice) }
      if notice.file.state?.standing == .open, let period = period(notice),
        trial.laid ?? day < period.firstDayOfProceedings
      {
        matters.insert(.openNotice)
      }
    }
    let conflict = Conflicts.judge(.prosecutionSameSessions, beside: matters, [], on: trial.laid ?? day).answer
    let isOnRoll = days.allSatisfy { registration(of: trial.place, on: $0) != nil }
    var facts = Facts<Prosecution.Fact>([
      .barred: .number(charge(trial, at: index).barred.count), .liable: .flag(isOnRoll),
      .moneyHeld: .flag(touching.contains { unresolved($0, laid: trial.laid != nil) > 0 }),
      .conflict: .text(conflict.rawValue), .packSigned: .flag(trial.signed == register(trial)),
      .register: .text(register(trial)), .sessions: .number(days.count),
    ])
    let first = mistake == .ignoresLimitation ? days.last : days.first
    facts[.chargedFrom] = first.map(FactValue.day)
    facts[.chargedTo] = days.last.map(FactValue.day)
    facts[.proceedingsFrom] = touching.compactMap { period($0)?.firstDayOfProceedings }.max().map(FactValue.day)
    return facts
  }

  mutating func move(trial index: Int, _ move: Move<Prosecution>, by actor: Actor<Prosecution.Role>) throws {
    let trial = trials[index]
    let entry = try Prosecution.flow.step(
      trial.file, move, facts: facts(trial, at: index), by: actor, on: day,
      calendar: Schools.calendars[trial.place.school])
    trials[index].file.apply(entry)
    if let decision = entry.decision { trials[index].known[decision.number] = known(trial.charged, trial.place) }
  }

  private mutating func reconsider(trial index: Int) throws {
    try reduce(index)
    let trial = trials[index]
    guard Prosecution.flow.restsOnFacts(trial.file) else { return }
    let entry = try Prosecution.flow.reconsider(
      trial.file, facts: facts(trial, at: index), on: day, calendar: Schools.calendars[trial.place.school])
    if let entry { trials[index].file.apply(entry) }
  }

  /// Takes out of a charge what may not be in it.
  mutating func reduce(_ index: Int) throws {
    guard let state = trials[index].file.state, [.referred, .finalWarning, .legalReview].contains(state) else { return }
    let barred = charge(trials[index], at: index).barred
    guard !barred.isEmpty else { return }
    trials[index].charged.subtract(barred.keys)
    try move(trial: index, .act(.reduce, reason: ""), by: .program)
    did("reduce")
  }
}
