import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Compares the derived rows with the log that they are made of, school by school, and makes those anew that an operator
/// wants made anew. A row that differs was changed by a foreign hand or by a fault of the program: it is an alarm, and
/// never mended by itself.
struct CheckRegisterRows: Sendable {
  let registers: Registers
  let alarms: Alarms

  /// The name of the alarm.
  static let alarm = "pupil-years"
  /// Every school is looked at once in so many days.
  static let everyDays = 7
  /// The hours of the night, England, in which it looks by itself.
  static let hours = 0..<6
  /// The most schools of one turn.
  static let schoolsAtOnce = 2
  /// The most rows that are shown and made anew at once.
  static let mostFaults = 1_000

  /// What is on record.
  struct Answer: WholeList, Sendable {
    struct Row: Codable, Sendable {
      /// The registration's number: no child is named.
      let registration: Int64
      let schoolYear: SchoolYear
      let foundAt: Timestamp
    }

    /// The schools that were looked at.
    let schools: Int
    /// The rows that were made anew.
    let repaired: Int
    /// The rows that differ from the log.
    let differing: [Row]
    var list: (name: String, rows: [Row]) { ("row-checks", differing) }
  }

  /// Looks at the schools whose turn it is, in the night.
  func lookIfDue() async throws {
    try await report()
    let today = registers.clock.today()
    guard Self.hours.contains(CivilTime.minutes(at: registers.clock.now()) / 60) else { return }
    let due = try await registers.read { db in
      try Schools.all(in: db).filter { school in
        try Sweeps.through(Self.name(school), in: db).map { $0 <= today.adding(days: -Self.everyDays) } ?? true
      }.prefix(Self.schoolsAtOnce)
    }
    for school in due { try await look(at: school, today) }
    if !due.isEmpty { try await report() }
  }

  /// Looks at all schools now, or at one.
  ///
  /// - Throws: `Problem` not found for a school that is not in the registers.
  func now(_ school: URN?) async throws -> Answer {
    let schools = try await registers.read { db in
      if let school, try !Schools.exists(school, in: db) {
        throw Problem.invalid([.init("school", "is not a school that is recorded here")])
      }
      return try school.map { [$0] } ?? Schools.all(in: db)
    }
    let today = registers.clock.today()
    for school in schools { try await look(at: school, today) }
    return try await answer(schools: schools.count)
  }

  /// What is on record.
  func onRecord() async throws -> Answer { try await answer() }

  /// Makes the rows on record anew from the log, in an operator's name, and judges their children again.
  func repair(by caller: Caller) async throws -> Answer {
    let faults = try await registers.read { try RowFaults.all(limit: Self.mostFaults, in: $0) }
    var repaired = 0
    for fault in faults where try await repair(fault, by: caller) { repaired += 1 }
    return try await answer(repaired: repaired)
  }

  private static func name(_ school: URN) -> String { "rows of \(school)" }

  private func look(at school: URN, _ today: Day) async throws {
    var faults: [(registration: Int64, year: SchoolYear)] = []
    for year in try await registers.read({ try RowFaults.years(of: school, today: today, in: $0) }) {
      try Task.checkCancellation()
      faults += try await registers.read { db in
        try RowFaults.differing(school, year, in: db).map { ($0.registration, year) }
      }
    }
    try await registers.write(by: Sweep.caller) { [faults] unit in
      for (registration, year) in faults { try RowFaults.note(registration, year, at: unit.at, in: unit.db) }
      try Sweeps.set(Self.name(school), through: today, at: unit.at, in: unit.db)
    }
  }

  private func repair(_ fault: RowFaults.Fault, by caller: Caller) async throws -> Bool {
    return try await registers.write(by: caller) { [registers] unit in
      let school = try unit.db.value(
        "SELECT school FROM registrations WHERE number = ?", [fault.registration], as: String.self)
      if let school = try school.map({ try URN($0) }) {
        let expected = try RowFaults.differing(school, fault.year, in: unit.db)
          .first { $0.registration == fault.registration }?.expected
        if let expected {
          try PupilYearTable(unit.db).write(fault.registration, expected)
          let work = try SchoolWork(registers, school, unit)
          let positions = work.roll.entries.indices.filter {
            work.roll.entries[$0].registration == fault.registration
          }
          try JudgeFindings(work: work).judge(positions.map { ($0, expected) })
        }
      }
      try RowFaults.remove(fault.registration, fault.year, in: unit.db)
      try unit.audit(.rowRepaired, of: .record("registration-\(fault.registration)"), ["year": fault.year])
      return true
    }
  }

  /// Raises or clears the alarm by what is on record. It names registrations, no child.
  private func report() async throws { _ = try await answer() }

  private func answer(schools: Int = 0, repaired: Int = 0) async throws -> Answer {
    let (faults, count) = try await registers.read { db in
      (try RowFaults.all(limit: Self.mostFaults, in: db), try RowFaults.count(in: db))
    }
    let shown = faults.prefix(10).map { "\($0.registration) (\($0.year))" }.joined(separator: ", ")
    alarms.set(
      Self.alarm,
      count == 0 ? nil : "\(count) rows differ from the log: registrations \(shown)" + (count > 10 ? ", …" : ""))
    return Answer(
      schools: schools, repaired: repaired,
      differing: faults.map { .init(registration: $0.registration, schoolYear: $0.year, foundAt: $0.found) })
  }
}
