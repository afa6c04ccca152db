import Contracts
import Foundation
import GRDB
import Keeping
import Logging
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import ServiceLifecycle
import Store

/// Looks at what time alone changes: registers that have not come by their hour, spells that have lasted too long,
/// children who come of school age or grow out of it. May be run at any time and as often as one likes.
struct Sweep: Sendable {
  let registers: Registers
  /// When registers are expected, in minutes since midnight.
  let hours: [Session: Int]
  let rows: CheckRegisterRows

  /// What was done.
  struct Answer: Codable, Sendable {
    /// Registers reported missing that were not before.
    var missing = 0
    /// Schools whose children were looked at.
    var schools = 0
    /// Marks dated in the future whose day has come.
    var released = 0
  }

  /// The program itself, where nobody asked.
  static let caller = Caller.program(.registers)

  /// Looks at everything that is due.
  ///
  /// - Parameter again: whether children who were looked at today are looked at again.
  /// - Throws: the first failure, after everything that could be done was done.
  func callAsFunction(by caller: Caller = Sweep.caller, again: Bool = false) async throws -> Answer {
    var answer = Answer()
    var failure: (any Error)?
    /// What cannot be done keeps nothing else from being done.
    func attempt(_ part: () async throws -> Void) async throws {
      try Task.checkCancellation()
      do { try await part() } catch { failure = failure ?? error }
    }
    let today = registers.clock.today()
    let minutes = CivilTime.minutes(at: registers.clock.now())
    try await attempt { try await TellRolls(registers: registers)(by: caller) }
    for session in Session.allCases where minutes >= hours[session] ?? .max {
      try await attempt { answer.missing += try await reportMissing(today, session, by: caller) }
    }
    let due = try await registers.read { db in
      try Schools.all(in: db).filter { try (Sweeps.through(Self.name($0), in: db)).map { again || $0 < today } ?? true }
    }
    for school in due {
      try await attempt { if try await look(at: school, today, by: caller, again: again) { answer.schools += 1 } }
    }
    try await attempt { answer.released = try await registers.releaseDue(today: today) }
    try await attempt { try await rows.lookIfDue() }
    try await attempt { try await registers.disposals().finalise(today: today) }
    try await attempt {
      let program = Caller.program(.registers)
      while try await registers.write(by: program, { try RememberedAnswers.forget(at: $0.at, in: $0.db) }) > 0 {}
    }
    // In a large store of before it takes minutes: nothing else waits for it.
    try await attempt { try await TellContacts(registers: registers)(by: caller) }
    if let failure { throw failure }
    return answer
  }

  private static func name(_ school: URN) -> String { "children of \(school)" }

  private func reportMissing(_ day: Day, _ session: Session, by caller: Caller) async throws -> Int {
    let name = MissingRegisters.sweep(session)
    return try await registers.write(by: caller) { unit in
      if let through = try Sweeps.through(name, in: unit.db), through >= day { return 0 }
      var reported = 0
      for register in try Schools.registersDue(day, session, in: unit.db)
      where register.marked == 0 && register.onRoll > 0 {
        let isNew = try MissingRegisters.report(
          register.school, day, session, in: unit)
        if isNew { reported += 1 }
      }
      try Sweeps.set(name, through: day, at: unit.at, in: unit.db)
      return reported
    }
  }

  /// Looks at one school's children, once a day, in a transaction of its own so that marks can come in between.
  private func look(at school: URN, _ today: Day, by caller: Caller, again: Bool) async throws -> Bool {
    let name = Self.name(school)
    return try await registers.write(by: caller) { [registers] unit in
      let through = try Sweeps.through(name, in: unit.db)
      if let through, through >= today, !again { return false }
      let work = try SchoolWork(registers, school, unit)
      let judge = JudgeFindings(work: work)
      try judge.judgeAll(in: [SchoolYear(containing: today)])
      let new = DayRange(first: (through ?? today.adding(days: -1)).adding(days: 1), last: today)
      for child in try Flags.children(of: school, beginning: new, in: unit.db) { try judge.tellAgain(child) }
      for entry in work.roll.entries where entry.covers(today) {
        if new.contains(entry.compulsory.first) {
          try unit.publish(
            CompulsorySchoolAgeReached(pupil: entry.pupil, school: school, on: entry.compulsory.first),
            subject: school.text)
        }
        if new.contains(entry.compulsory.last.adding(days: 1)) {
          try unit.publish(
            CompulsorySchoolAgeEnded(pupil: entry.pupil, school: school, on: entry.compulsory.last),
            subject: school.text)
        }
      }
      try Sweeps.set(name, through: today, at: unit.at, in: unit.db)
      return true
    }
  }
}

/// Runs the sweep again and again while the service runs. A failure is logged and the next turn tries again.
struct SweepLoop: Service {
  let sweep: Sweep
  let everySeconds: Int
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do {
          _ = try await sweep()
        } catch is CancellationError {
          return
        } catch {
          logger.error("sweep failed", metadata: ["error": "\(type(of: error))"])
        }
        do { try await Task.sleep(for: .seconds(everySeconds)) } catch { return }
      }
    }
  }
}
