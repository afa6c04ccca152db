import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Opens a school in the registers, or changes what is known of it and of its calendars.
struct RecordSchool: Sendable {
  let desk: RegisterDesk

  /// What the caller is told.
  struct Answer: Codable, Sendable {
    /// Whether anything was not known before.
    let changed: Bool
    /// How many waiting marks went in by themselves.
    let released: Int
  }

  /// Records a school.
  func record(_ school: SchoolRecord, by caller: Caller) async throws -> Answer {
    return try await desk.write(by: caller) { [desk] writer, db in
      let known = try Schools.find(school.urn, in: db)
      if known == school { return Answer(changed: false, released: 0) }
      try Schools.save(school, in: db)
      if known?.event != school.event {
        try desk.outbox.append(school.event, subject: school.urn.text, context: writer.context, in: db)
      }
      return Answer(changed: true, released: 0)
    }
  }

  /// Records a school's calendar of one year. Marks that waited for it are judged again.
  ///
  /// - Throws: `Problem` when the school is unknown.
  func record(
    _ calendar: SchoolCalendar, _ year: SchoolYear, of school: URN, by caller: Caller
  ) async throws -> Answer {
    let today = desk.clock.today()
    return try await desk.write(by: caller) { [desk] writer, db in
      try RegisterDesk.requireSchool(school, in: db)
      if try Schools.calendars(of: school, in: db).years[year] == calendar {
        return Answer(changed: false, released: 0)
      }
      desk.cache.forget(school)
      try Schools.save(calendar, of: school, year, by: writer, in: db)
      try desk.outbox.append(
        CalendarRecorded(school: school, schoolYear: year, calendar: calendar), subject: school.text,
        context: writer.context, in: db)
      let known = try SchoolCache.load(school, in: db)
      let waiting = try Quarantine.waiting(school, limit: Quarantine.mostWaiting, in: db)
        .filter { MarkReason.waitingForCalendar.contains($0.reason) }
      let work = SchoolWork(
        desk: desk, school: school, known: known, writer: writer, today: today, db: db)
      let intake = MarkIntake(work: work)
      let released = try intake.release(waiting)
      try JudgeFindings(work: work).judgeAll(in: [year])
      try MissingRegisters.reviewDue(work)
      return Answer(changed: true, released: released)
    }
  }
}
