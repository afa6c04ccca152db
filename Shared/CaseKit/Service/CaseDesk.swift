public import CaseFlow
public import Contracts
public import Messaging
public import Rulebook
import ServiceKit

/// What a program adds to its kind of case.
public protocol CaseProgram: Sendable {
  associatedtype Kind: CaseKind

  /// What is known from outside about a case, as the program's own tables have it now.
  func facts(of stored: StoredCase<Kind>, in unit: UnitOfWork) throws -> Facts<Kind.Fact>

  /// The calendar of the case's school, all years joined; `nil` while none is known.
  func calendar(of stored: StoredCase<Kind>, in unit: UnitOfWork) throws -> SchoolCalendar?

  /// Something happened in a case; it is written down. Here events are published and letters made.
  func happened(_ entry: Entry<Kind>, in stored: StoredCase<Kind>, _ unit: UnitOfWork) throws
}

extension AuditAction {
  static let caseChanged = AuditAction("case.changed")
}

/// Where cases of one kind are opened and changed, each time in one transaction: the flow's step, the history, what is
/// to be done, the clocks on the timetable, the audit log, and what the program adds.
public struct CaseDesk<Program: CaseProgram>: Sendable {
  public typealias Kind = Program.Kind

  let program: Program
  let timetable: Timetable

  public init(_ program: Program, timetable: Timetable) {
    self.program = program
    self.timetable = timetable
  }

  /// Opens a case by an act of the flow.
  ///
  /// - Parameters:
  ///   - subject: what there is one open case about.
  ///   - pupil: the child; `nil` for a kind that is about no child.
  /// - Throws: ``CaseFlow/Refusal``; `Problem` conflict when there is one.
  public func open(
    _ intent: Intent<Kind>, about subject: String, _ pupil: PupilID?, at school: URN?, by actor: Actor<Kind.Role>,
    in unit: UnitOfWork
  ) throws -> StoredCase<Kind> {
    guard try Cases<Kind>.open(about: subject, in: unit.db) == nil else {
      throw Problem.conflict("case-open", "There is an open case about this already")
    }
    var stored = try Cases<Kind>.insert(about: subject, pupil, school, .init(), in: unit.db)
    try move(&stored, .attempt(intent), by: actor, in: unit)
    return stored
  }

  /// Does what somebody or the program wants to do in a case.
  ///
  /// - Throws: ``CaseFlow/Refusal``.
  public func move(
    _ stored: inout StoredCase<Kind>, _ move: Move<Kind>, by actor: Actor<Kind.Role>, in unit: UnitOfWork
  ) throws {
    let entry = try Kind.flow.step(
      stored.file, move, facts: program.facts(of: stored, in: unit), by: actor, on: unit.today,
      calendar: program.calendar(of: stored, in: unit))
    try record(entry, in: &stored, unit)
  }

  /// The child of a case goes to another school: those who are bound to it see the case from now on, and the others no
  /// more. What is due in school days is counted anew by the new school's calendar.
  public func move(_ stored: inout StoredCase<Kind>, to school: URN?, in unit: UnitOfWork) throws {
    guard stored.school != school else { return }
    stored.school = school
    try Cases<Kind>.move(stored, to: school, in: unit.db)
    try unit.audit(.caseChanged, of: stored.audited, ["case": stored.id])
    guard let calendar = try program.calendar(of: stored, in: unit) else { return }
    if let entry = Kind.flow.recount(stored.file, in: calendar, on: unit.today) { try record(entry, in: &stored, unit) }
  }

  /// What is known about a child has changed: every decision that rests on it goes back to a person, in closed cases
  /// too.
  public func factsChanged(of pupil: PupilID, in unit: UnitOfWork) throws {
    for var stored in try Cases<Kind>.all(of: pupil, in: unit.db) where Kind.flow.restsOnFacts(stored.file) {
      let entry = try Kind.flow.reconsider(
        stored.file, facts: program.facts(of: stored, in: unit), on: unit.today,
        calendar: program.calendar(of: stored, in: unit))
      if let entry { try record(entry, in: &stored, unit) }
    }
  }

  /// A school's calendar has changed: what is due in school days may move.
  public func calendarChanged(at school: URN, in unit: UnitOfWork) throws {
    for var stored in try Cases<Kind>.open(at: school, in: unit.db) {
      guard let calendar = try program.calendar(of: stored, in: unit) else { continue }
      if let entry = Kind.flow.recount(stored.file, in: calendar, on: unit.today) {
        try record(entry, in: &stored, unit)
      }
    }
  }

  /// Runs a row of the timetable.
  ///
  /// - Returns: whether it is one of this kind's.
  public func fire(_ name: String, in unit: UnitOfWork) throws -> Bool {
    let words = name.split(separator: " ")
    guard words.count == 3, words[0] == Kind.name, let number = Int64(words[1]),
      let clock = Kind.Clock(rawValue: String(words[2]))
    else { return false }
    guard var stored = try Cases<Kind>.find(number: number, in: unit.db) else { return true }
    guard let running = stored.file.clocks[clock], running.firedOn == nil else { return true }
    guard running.due < unit.today else {
      // The program's clock has been set back since.
      try plan(clock, running, of: stored, unit)
      return true
    }
    try record(try Kind.flow.fire(clock, in: stored.file, on: unit.today), in: &stored, unit)
    guard let act = Kind.flow.rule(of: clock)?.onFiring else { return true }
    do { try move(&stored, .act(act, reason: ""), by: .program, in: unit) } catch is Refusal<Kind> {
      // The case is no longer where the act applies; the work stays open and overdue.
    }
    return true
  }

  private func record(_ entry: Entry<Kind>, in stored: inout StoredCase<Kind>, _ unit: UnitOfWork) throws {
    stored.file.apply(entry)
    try Cases<Kind>.save(entry, of: stored, at: unit.at, in: unit.db)
    for clock in entry.stopped { try timetable.cancel(row(stored, clock), in: unit.db) }
    for (clock, running) in entry.started { try plan(clock, running, of: stored, unit) }
    try unit.audit(.caseChanged, of: stored.audited, ["case": stored.id, "entry": entry.number])
    try program.happened(entry, in: stored, unit)
  }

  /// A clock fires when its last day is over.
  private func plan(
    _ clock: Kind.Clock, _ running: RunningClock, of stored: StoredCase<Kind>, _ unit: UnitOfWork
  ) throws {
    let end = CivilTime.moment(running.due.adding(days: 1), minutes: 0)
    try timetable.plan(row(stored, clock), at: Timestamp(end), in: unit.db)
  }

  private func row(_ stored: StoredCase<Kind>, _ clock: Kind.Clock) -> String {
    "\(Kind.name) \(stored.number) \(clock.rawValue)"
  }
}
