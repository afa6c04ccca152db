import Contracts
import EnforcementDomain
import GRDB
import Messaging
import RollCopy
import Rulebook

/// Judges a pupil's register at a school anew, and proposes, revises or lets a proposal lapse, in the transaction of
/// the event that gave cause.
struct JudgeThreshold: Sendable {
  let codes: CodeBook
  /// The codes that count on some day, by whatever table of codes.
  let countingCodes: Set<String>
  private let thresholds: CalendarMemo<(calendar: SchoolCalendar, threshold: PenaltyNoticeThreshold)>

  init(codes: CodeBook) {
    self.codes = codes
    countingCodes = Set(codes.tables.flatMap { $0.value.codes(.penaltyNotice).map(\.text) })
    thresholds = CalendarMemo { ($0, PenaltyNoticeThreshold(calendar: $0, codes: codes)) }
  }

  /// What is known of a pupil at a school, and what follows from it.
  struct Finding: Sendable {
    let judgement: PenaltyNoticeThreshold.Judgement?
    /// The sessions that count in the register, in order.
    var sessions: [ProposalGrounds.CountedSession] = []
    /// Why there is no judgement yet.
    let waitingFor: [String]
  }

  /// What the judgement of any pupil of a school needs; read once an event.
  struct School: Sendable {
    let urn: URN
    let kind: SchoolKind?
    /// `nil` while none is known.
    let calendar: SchoolCalendar?
    let threshold: PenaltyNoticeThreshold?
  }

  func school(_ urn: URN, in db: Database) throws -> School {
    let known = try thresholds.find(ofSchool: urn, in: db)
    return School(
      urn: urn, kind: try Roll.school(urn, in: db)?.kind, calendar: known?.calendar, threshold: known?.threshold)
  }

  /// Judges without changing anything.
  ///
  /// - Parameters:
  ///   - day: later sessions are left out.
  ///   - noticed: sessions that are left out because a notice was issued for them.
  func find(
    pupil: PupilID, at school: School, asOf day: Day, without noticed: Set<RegisterSession> = [], in db: Database
  ) throws -> Finding {
    let child = try Roll.pupil(pupil, in: db)
    guard let threshold = school.threshold, let calendar = school.calendar, let dateOfBirth = child?.dateOfBirth,
      let taught = child?.taught
    else {
      let waiting = [
        school.threshold == nil ? "the school's calendar" : nil, child == nil ? "the pupil's enrolment" : nil,
      ]
      return Finding(judgement: nil, waitingFor: waiting.compactMap { $0 })
    }
    let sessions = try register(of: pupil, taught, at: school.urn, in: db).counting(in: calendar).filter {
      threshold.counts($0, dateOfBirth: dateOfBirth, asOf: day)
        && !noticed.contains(RegisterSession($0.date, $0.session))
    }.sorted { ($0.date, $0.session) < ($1.date, $1.session) }
    return Finding(
      judgement: threshold.judge(sessions, dateOfBirth: dateOfBirth, asOf: day), sessions: sessions, waitingFor: [])
  }

  /// How many sessions the window that ends now at a school holds together with those of the child's other schools: advice
  /// (PN-3). `nil` before the first school week.
  func combined(
    _ judgement: PenaltyNoticeThreshold.Judgement, of pupil: PupilID, besides school: URN, in unit: UnitOfWork
  ) throws -> Int? {
    guard let first = judgement.currentFirstWeek else { return nil }
    let others = try CountedSessions.schools(ofPupil: pupil, in: unit.db).subtracting([school])
    return try others.reduce(judgement.currentSessions) { sum, other in
      let found = try find(pupil: pupil, at: self.school(other, in: unit.db), asOf: unit.today, in: unit.db)
      return sum + found.sessions.count { first <= $0.date }
    }
  }

  private func register(
    of pupil: PupilID, _ taught: TaughtGroup, at school: URN, in db: Database
  ) throws -> CountedRegister {
    let history = try Roll.history(of: pupil, at: school, in: db).filter { $0.number != nil }
    let times = history.filter { !$0.isWithdrawn }.compactMap { registration in
      registration.number.flatMap { number in
        registration.first.map { (number, TimeOnRoll(first: $0, last: registration.last, taught: taught)) }
      }
    }
    return CountedRegister(
      try CountedSessions.all(pupil: pupil, school: school, in: db), times: Dictionary(uniqueKeysWithValues: times),
      isRollTold: !history.isEmpty)
  }

  /// Judges and writes down what changed. Schools outside the scheme are never proposed for, nor sessions for which a
  /// notice was issued. Most children have too few sessions, or had enough long before: they are passed over.
  ///
  /// - Parameter earliest: the earliest session that may be other than before; `nil` for anything else.
  func run(
    _ pupils: [PupilID], at school: School, since earliest: Day? = nil, cause: String, in unit: UnitOfWork
  ) throws {
    for pupil in try concerned(pupils, at: school, since: earliest, in: unit.db) {
      try judge(pupil, at: school, cause: cause, in: unit)
    }
  }

  /// Judges those whose marks a batch of events changed, each once at its end, and forgets who they are.
  ///
  /// - Returns: all of them, in order.
  func runUnjudged(in unit: UnitOfWork) throws -> [PupilID] {
    let marked = try Unjudged.take(in: unit.db)
    for (urn, children) in marked {
      let causes = Dictionary(children.map { ($0.pupil, $0) }, uniquingKeysWith: { first, _ in first })
      let school = try self.school(urn, in: unit.db)
      let concerned = try self.concerned(
        children.map(\.pupil), at: school, since: children.map(\.since).min(), in: unit.db)
      for pupil in concerned {
        guard let child = causes[pupil] else { continue }
        try judge(pupil, at: school, cause: child.cause, in: unit.tracing(child.traceparent))
      }
    }
    return Set(marked.flatMap { $0.children.map(\.pupil) }).sorted()
  }

  private func concerned(
    _ pupils: [PupilID], at school: School, since earliest: Day?, in db: Database
  ) throws -> [PupilID] {
    guard school.kind != .independent, let threshold = school.threshold else { return [] }
    return try Proposals.concerned(
      pupils, at: school.urn, since: earliest, first: earliest.map(threshold.firstDay(ofWindowsWith:)),
      fewest: threshold.fewestSessions, in: db)
  }

  private func judge(_ pupil: PupilID, at school: School, cause: String, in unit: UnitOfWork) throws {
    let noticed = try Notices.noticed(about: pupil, in: unit.db)
    guard
      let judgement = try find(pupil: pupil, at: school, asOf: unit.today, without: noticed, in: unit.db).judgement
    else { return }
    let latest = try Proposals.latest(pupil: pupil, school: school.urn, in: unit.db)
    guard let fact = Proposal.change(latest?.proposal, judgement) else { return }
    try record(fact, latest, pupil: pupil, school: school.urn, cause: cause, in: unit)
  }

  /// A notice was issued: the proposal that it rests on has done its work and lapses, and the sessions that no notice has
  /// are judged anew.
  func noticeIssued(
    on proposal: String?, about pupil: PupilID, at school: School, cause: String, in unit: UnitOfWork
  ) throws {
    if let stored = try proposal.flatMap({ try Proposals.find($0, in: unit.db) }), stored.proposal.state == .open {
      let noticed = try Notices.noticed(about: pupil, in: unit.db)
      let left = try find(pupil: pupil, at: school, asOf: unit.today, without: noticed, in: unit.db).judgement
      try record(
        .lapsed(mostSessions: left?.most ?? 0), stored, pupil: pupil, school: school.urn, cause: cause, in: unit)
    }
    try run([pupil], at: school, cause: cause, in: unit)
  }

  /// Two children are about to be one. At a school where each has an open proposal, that of the identifier that goes
  /// lapses: what both hold is judged as one.
  func settle(_ merged: PupilID, before kept: PupilID, cause: String, in unit: UnitOfWork) throws {
    let open = Set(try Proposals.open(pupil: kept, in: unit.db).map(\.school))
    for stored in try Proposals.open(pupil: merged, in: unit.db) where open.contains(stored.school) {
      let fact = Proposal.Fact.lapsed(mostSessions: stored.proposal.grounds.sessions.count)
      try record(fact, stored, pupil: kept, school: stored.school, cause: cause, in: unit)
    }
  }

  private func record(
    _ fact: Proposal.Fact, _ latest: Proposals.Stored?, pupil: PupilID, school: URN, cause: String,
    in unit: UnitOfWork
  ) throws {
    let id = try apply(fact, latest, pupil: pupil, school: school, in: unit.db)
    try Proposals.addJudgement(id, fact, cause: cause, at: unit.at, in: unit.db)
    try publish(fact, id: id, pupil: pupil, school: school, in: unit)
  }

  private func apply(
    _ fact: Proposal.Fact, _ latest: Proposals.Stored?, pupil: PupilID, school: URN, in db: Database
  ) throws -> String {
    switch (fact, latest) {
    case (.proposed(let grounds), _):
      return try Proposals.insert(pupil: pupil, school: school, grounds: grounds, in: db)
    case (.revised(let grounds), let latest?):
      try Proposals.update(latest.id, state: .open, grounds: grounds, in: db)
      for notice in try Notices.considered(ofProposal: latest.id, in: db) {
        try Notices.list(grounds.sessions, of: notice, in: db)
      }
      return latest.id
    case (.lapsed, let latest?):
      try Proposals.update(latest.id, state: .lapsed, grounds: latest.proposal.grounds, in: db)
      return latest.id
    case (.revised, nil), (.lapsed, nil): preconditionFailure("only an open proposal is revised or lapses")
    }
  }

  private func publish(
    _ fact: Proposal.Fact, id: String, pupil: PupilID, school: URN, in unit: UnitOfWork
  ) throws {
    func publish(_ event: some EventData) throws { try unit.publish(event, subject: pupil.text) }
    let concerns = try Roll.concerns(of: pupil, on: unit.today, in: unit.db)
    switch fact {
    case .proposed(let grounds):
      try publish(
        PenaltyNoticeProposed(proposal: id, pupil: pupil, school: school, grounds: grounds, concerns: concerns))
      try publish(RecordHoldPlaced(hold: Self.hold(id), pupil: pupil, matter: .penaltyNotice))
    case .revised(let grounds):
      try publish(
        PenaltyNoticeProposalRevised(
          proposal: id, pupil: pupil, school: school, grounds: grounds, concerns: concerns))
    case .lapsed(let most):
      try publish(
        PenaltyNoticeProposalLapsed(
          proposal: id, pupil: pupil, school: school, mostSessions: most, concerns: concerns))
      try publish(RecordHoldReleased(hold: Self.hold(id), pupil: pupil))
    }
  }

  /// The name under which the register is asked to keep what a proposal rests on (ATT-3).
  private static func hold(_ proposal: String) -> String { "proposal-\(proposal)" }
}
