import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Opens a school in the registers, or changes what is known of it and of its calendars.
struct RecordSchool: Sendable {
  let registers: Registers

  /// What the caller is told.
  struct Answer: Codable, Sendable {
    /// Whether anything was not known before.
    let changed: Bool
    /// How many waiting marks went in by themselves.
    let released: Int
  }

  /// Records a school.
  func record(_ school: SchoolRecord, by edit: Edit) async throws -> Remembered<Answer> {
    let current = { @Sendable db in try SchoolAnswer(school.urn, in: db) }
    return try await registers.write(edit, of: current) { unit in
      let known = try Schools.find(school.urn, in: unit.db)
      if known == school { return Answer(changed: false, released: 0) }
      try Schools.save(school, in: unit.db)
      if known?.event != school.event {
        try unit.publish(school.event, subject: school.urn.text)
      }
      return Answer(changed: true, released: 0)
    }
  }

  /// Records a school's calendar of one year. Marks that waited for it are judged again.
  ///
  /// - Throws: `Problem` when the school is unknown.
  func record(
    _ calendar: SchoolCalendar, _ year: SchoolYear, of school: URN, by edit: Edit
  ) async throws -> Remembered<Answer> {
    let current = { @Sendable db in
      try Schools.calendars(of: school, in: db).years[year].map { CalendarAnswer($0, year, of: school) }
    }
    return try await registers.write(edit, of: current) { [registers] unit in
      try Registers.requireSchool(school, in: unit.db)
      let before = try Schools.calendars(of: school, in: unit.db).years[year]
      if before == calendar { return Answer(changed: false, released: 0) }
      registers.cache.forget(school)
      try Schools.save(calendar, of: school, year, in: unit)
      try unit.publish(
        CalendarRecorded(school: school, schoolYear: year, calendar: calendar), subject: school.text)
      let known = try SchoolCache.load(school, in: unit.db)
      let waiting = try Quarantine.waiting(school, limit: Quarantine.mostWaiting, in: unit.db)
        .filter { MarkReason.waitingForCalendar.contains($0.reason) }
      let work = SchoolWork(registers: registers, school: school, known: known, unit: unit)
      let released = try MarkIntake(work: work).release(waiting)
      try JudgeFindings(work: work).judgeAll(in: [year])
      try MissingRegisters.review(
        work, MissingRegisters.opened(by: calendar, instead: before, year, until: unit.today))
      return Answer(changed: true, released: released)
    }
  }
}
