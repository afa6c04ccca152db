import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store

/// What casework adds to the attendance case: what is known from its tables and from registers, what is frozen, and what it
/// publishes.
struct AttendanceCases: CaseProgram {
  typealias Kind = AttendanceCase

  let pathways: Pathways
  let figures: CaseFigures
  let contracts: CaseDesk<AttendanceContracts>
  let timetable: Timetable

  func facts(of stored: StoredCase<AttendanceCase>, in unit: UnitOfWork) throws -> Facts<AttendanceCase.Fact> {
    let (number, db, today) = (stored.number, unit.db, unit.today)
    let pathway = pathways.pathway(on: today)
    let assessments = try RecordBook.all(Assessment.self, of: number, in: db)
    var facts = Facts<AttendanceCase.Fact>([
      .finding: .flag(try Findings.stands(for: stored.pupil, in: db)),
      .hasFastTrack: .flag(pathway.hasFastTrack),
      .levels: .text(pathway.entries.map { "\($0)" }.joined(separator: " ")),
      .assessment: .flag(assessments.contains { $0.record.completed != nil }),
      .baseline: .flag(try CaseFigures.latest(.referral, of: number, in: db) != nil),
      .attendanceOutcome: .flag(try hasAttendanceOutcome(number, on: today, in: db)),
      .support: .flag(try hasSupport(number, in: db)),
      .socialWorker: .flag(try Roll.concerns(of: stored.pupil, on: today, in: db).contains(.socialCare)),
    ])
    // What a case from before its figures were kept does not have stays unknown: its decisions rest on what they did.
    let reviews = try CaseHistory.count(of: .review, in: number, db)
    if reviews > 0 { facts[.reviews] = .number(reviews) }
    if let figures = try closingFigures(stored, on: today, in: db) { facts[.figures] = .text(figures.rawValue) }
    if let day = try CaseHistory.lastDay(of: .allocate, in: number, db) { facts[.allocatedOn] = .day(day) }
    return facts
  }

  private func hasAttendanceOutcome(_ number: Int64, on day: Day, in db: Database) throws -> Bool {
    if try Plans.latest(of: number, in: db)?.plan.hasAttendanceOutcome == true { return true }
    guard let referral = try CaseFigures.latest(.referral, of: number, in: db) else { return true }
    return !PlanRule.needsAttendanceOutcome(referral.attended, on: day)
  }

  private func hasSupport(_ number: Int64, in db: Database) throws -> Bool {
    if try !RecordBook.all(StepDone.self, of: number, in: db).isEmpty { return true }
    return try !ContractTerms.all(ofCase: number, in: db).isEmpty
  }

  /// What the closing figures say: the frozen ones of a closed case, else as they would be today; `nil` without a figure at
  /// referral.
  private func closingFigures(
    _ stored: StoredCase<AttendanceCase>, on day: Day, in db: Database
  ) throws -> AttendanceCase.Figures? {
    guard let before = try CaseFigures.latest(.referral, of: stored.number, in: db) else { return nil }
    let target = try ContractTerms.all(ofCase: stored.number, in: db).last.flatMap { Fraction(decimal: $0.target) }
    if let gain = try CaseFigures.gain(of: stored.number, in: db) {
      return PlanRule.figures(gain, target: target, on: day)
    }
    guard let school = stored.school, let now = try figures.closingToday(stored.pupil, at: school, today: day, in: db)
    else { return .notMeasurable }
    let gain = Gain(referral: before.attended, closure: now, rule: Gain.Rule.standard.value(on: day))
    return PlanRule.figures(gain, target: target, on: day)
  }

  func calendar(of stored: StoredCase<AttendanceCase>, in unit: UnitOfWork) throws -> SchoolCalendar? {
    try stored.school.flatMap { try Roll.calendar(ofSchool: $0, in: unit.db) }
  }

  func happened(
    _ entry: Entry<AttendanceCase>, in stored: StoredCase<AttendanceCase>, _ unit: UnitOfWork
  ) throws {
    try OfficerAccess.owned(stored, on: entry.on, unit)
    guard case .acted(let act) = entry.what, let school = stored.school else { return }
    switch act {
    case .propose, .refer:
      try KeptMarks.track(stored.pupil, at: school, in: unit.db)
      try figures.freeze(
        .referral, of: stored.number, stored.pupil, at: school, last: entry.on.adding(days: -1), in: unit)
    case .accept:
      try unit.publish(
        CaseOpened(
          case: stored.id, pupil: stored.pupil, school: school, openedOn: entry.on,
          concerns: try Roll.concerns(of: stored.pupil, on: entry.on, in: unit.db)), subject: stored.pupil.text)
    case .escalate: try publish(EscalatedCase.self, stored, at: school, on: entry.on, unit)
    case .stepDown: try publish(SteppedDownCase.self, stored, at: school, on: entry.on, unit)
    case .review: try publish(ReviewedCase.self, stored, at: school, on: entry.on, unit)
    case .close: try close(stored, at: school, on: entry.on, unit)
    case .join where entry.from != .received:
      try unit.publish(
        CaseClosed(
          case: stored.id, pupil: stored.pupil, school: school, closedOn: entry.on, reason: .error,
          concerns: try Roll.concerns(of: stored.pupil, on: entry.on, in: unit.db)), subject: stored.pupil.text)
    default: break
    }
    if Self.supporting.contains(act) { try SupportBook.publish(of: stored.pupil, in: unit) }
  }

  /// The acts that stand in the support record, or end what does.
  private static let supporting: Set<AttendanceCase.Act> = [.accept, .contact, .escalate, .stepDown, .close, .join]

  private func publish<Fact: EventFact>(
    _: Fact.Type, _ stored: StoredCase<AttendanceCase>, at school: URN, on day: Day, _ unit: UnitOfWork
  ) throws {
    try unit.publish(
      CaseStep<Fact>(
        case: stored.id, pupil: stored.pupil, school: school, on: day,
        concerns: try Roll.concerns(of: stored.pupil, on: day, in: unit.db)), subject: stored.pupil.text)
  }

  private func close(
    _ stored: StoredCase<AttendanceCase>, at school: URN, on day: Day, _ unit: UnitOfWork
  ) throws {
    for kind in [WindowKind.closing, .sustained] {
      try figures.freeze(kind, of: stored.number, stored.pupil, at: school, last: day, in: unit)
    }
    try planSustained(stored.number, closed: day, at: school, unit)
    for terms in try ContractTerms.all(ofCase: stored.number, in: unit.db) {
      guard var contract = try Cases<AttendanceContract>.find(terms.contract, in: unit.db),
        AttendanceContract.flow.isOpen(contract.file.state)
      else { continue }
      let ending = AttendanceContract.Ending.caseClosed.rawValue
      try contracts.move(
        &contract, .attempt(.init(.act(.end), stating: .init([.ending: .text(ending)]), reason: "")), by: .program,
        in: unit)
    }
    guard let reason = stored.file.stated.text(.closing).flatMap(Closing.init) else { return }
    try unit.publish(
      CaseClosed(
        case: stored.id, pupil: stored.pupil, school: school, closedOn: day, reason: .init(reason),
        concerns: try Roll.concerns(of: stored.pupil, on: day, in: unit.db)),
      subject: stored.pupil.text)
  }

  // MARK: The figure twelve school weeks after closing

  private static let sustainedRow = "sustained"

  private func planSustained(_ number: Int64, closed: Day, at school: URN, _ unit: UnitOfWork) throws {
    let day =
      try figures.sustainedFrom(closed, at: school, in: unit.db)
      ?? unit.today.adding(days: KeptMarks.recentDays.value(on: closed) / 2)
    try timetable.plan(
      "\(Self.sustainedRow) \(number)", at: Timestamp(CivilTime.moment(day, minutes: 0)), in: unit.db)
  }

  /// Runs a row of the timetable.
  ///
  /// - Returns: whether it is one of the figures after closing.
  func fire(_ name: String, in unit: UnitOfWork) throws -> Bool {
    let words = name.split(separator: " ")
    guard words.count == 2, words[0] == Self.sustainedRow, let number = Int64(words[1]) else { return false }
    guard let stored = try Cases<AttendanceCase>.find("c\(number)", in: unit.db), let school = stored.school else {
      return true
    }
    _ = try figures.recount(stored.pupil, in: unit)
    guard try CaseFigures.latest(.sustained, of: number, in: unit.db) == nil,
      let closed = try CaseHistory.lastDay(of: .close, in: number, unit.db)
    else { return true }
    // The calendar does not reach so far yet, or has changed; it is given up when it never comes.
    if unit.today < closed.adding(days: 2 * KeptMarks.recentDays.value(on: closed)) {
      try planSustained(number, closed: closed, at: school, unit)
    }
    return true
  }
}

/// What the histories of cases say beside the state that they make.
enum CaseHistory {
  /// The day on which an act was last done in a case.
  static func lastDay(of act: AttendanceCase.Act, in number: Int64, _ db: Database) throws -> Day? {
    try Day.fetchOne(
      db.cachedStatement(
        sql: "SELECT on_day FROM case_entry WHERE case_number = ? AND name = ? ORDER BY number DESC LIMIT 1"),
      arguments: [number, "acted \(act.rawValue)"])
  }

  /// Each day on which one of some acts was done in a case, in order.
  static func days(
    of acts: Set<AttendanceCase.Act>, in number: Int64, _ db: Database
  ) throws -> [(on: Day, act: String)] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT on_day, name FROM case_entry WHERE case_number = ? ORDER BY number"),
      arguments: [number]
    ).compactMap { row in
      let words = (row["name"] as String).split(separator: " ")
      guard words.count == 2, words[0] == "acted", let act = AttendanceCase.Act(rawValue: String(words[1])),
        acts.contains(act)
      else { return nil }
      return (try row.get("on_day"), act.rawValue)
    }
  }

  static func count(of act: AttendanceCase.Act, in number: Int64, _ db: Database) throws -> Int {
    try Int.fetchOne(
      db.cachedStatement(sql: "SELECT count(*) FROM case_entry WHERE case_number = ? AND name = ?"),
      arguments: [number, "acted \(act.rawValue)"]) ?? 0
  }

  /// Whether a case was opened soon after an earlier one of the child was closed (CW-8).
  static func isReReferral(_ stored: StoredCase<AttendanceCase>, in db: Database) throws -> Bool {
    guard let opened = stored.file.openedOn else { return false }
    return try Cases<AttendanceCase>.all(of: stored.pupil, in: db).contains { earlier in
      guard earlier.number < stored.number, earlier.file.state == .closed,
        earlier.file.stated.text(.closing).flatMap(Closing.init)?.countsInReReferral == true,
        let closed = try lastDay(of: .close, in: earlier.number, db)
      else { return false }
      return CaseClocks.isReReferral(receivedOn: opened, closedOn: closed)
    }
  }

  /// The cases that were closed in a range of days, in the order of closing.
  static func closed(in days: DayRange, _ db: Database) throws -> [(number: Int64, on: Day)] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT e.case_number, e.on_day FROM case_entry e JOIN case_file f ON f.number = e.case_number
          WHERE f.kind = ? AND e.name = ? AND e.on_day BETWEEN ? AND ? ORDER BY e.on_day, e.case_number
          """),
      arguments: [AttendanceCase.name, "acted \(AttendanceCase.Act.close.rawValue)", days.first, days.last]
    ).map { (number: $0["case_number"], on: try $0.get("on_day")) }
  }
}
