import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Answers questions about one child. Every read is on record, in the same transaction.
struct ReadPupil: Sendable {
  let registers: Registers

  /// The figures of a span of days.
  struct Figures: Codable, Sendable {
    let possible, present, attending, approvedActivity: Int
    let absent, authorised, unauthorised: Int
    let notPossible, notCollected, lateBeforeClose, lateAfterClose: Int
    /// To one decimal; absent when no session was possible.
    let attendancePercent, absencePercent, authorisedPercent, unauthorisedPercent: String?

    init(_ statistics: Statistics) {
      possible = statistics.possible
      present = statistics.present
      attending = statistics.attending
      approvedActivity = statistics.approvedActivity
      absent = statistics.absent
      authorised = statistics.authorised
      unauthorised = statistics.unauthorised
      notPossible = statistics.notPossible
      notCollected = statistics.notCollected
      lateBeforeClose = statistics.lateBeforeClose
      lateAfterClose = statistics.lateAfterClose
      attendancePercent = statistics.attendancePercent
      absencePercent = statistics.absencePercent
      authorisedPercent = statistics.authorisedPercent
      unauthorisedPercent = statistics.unauthorisedPercent
    }
  }

  /// A child's attendance in a span, over all its rolls and on each.
  struct Attendance: Codable, Sendable {
    struct OneRoll: Codable, Sendable {
      let school: URN
      let enrolledOn: Day
      let leftOn: Day?
      let figures: Figures
      /// Sessions by code.
      let codes: [String: Int]
    }

    let pupil: PupilID
    let from: Day
    let to: Day
    /// The register as it was known then.
    let asOf: Timestamp
    let figures: Figures
    /// At or above the national thresholds; exact. Meaningful for a term or a year to date only (ATT-9).
    let persistentlyAbsent, severelyAbsent: Bool
    /// Fewer possible sessions than the figures need to mean much (ATT-9).
    let shortRecord: Bool
    let registrations: [OneRoll]
  }

  /// A child's attendance.
  ///
  /// - Parameter asOf: a past moment; `nil` for what is known now.
  /// - Throws: `Problem` not found when the child is unknown, or on no roll that the caller may see; invalid when the
  ///   moment is not over.
  func attendance(
    _ id: PupilID, _ span: DayRange, asOf: Timestamp? = nil, by caller: Caller
  ) async throws -> Attendance {
    let past = try await registers.past(asOf)
    return try await read(
      .pupilAttendanceRead, id, asOf: past, by: caller
    ) { child, registrations, now, db in
      let query = FigureQuery(scope: .pupil(id), period: span, cohort: .registered, codes: registers.codes)
      let tables = try FigureRows(db, asOf: past).table(of: child, registrations, query)
      let rolls = zip(registrations, tables.each).map { registration, table in
        Attendance.OneRoll(
          school: registration.school, enrolledOn: registration.enrolledOn, leftOn: registration.leftOn,
          figures: Figures(table.total.statistics),
          codes: Dictionary(uniqueKeysWithValues: table.total.codes.map { ($0.code.text, $0.sessions.sessions) }))
      }
      let total = tables.total.total.statistics
      func meets(_ thresholds: Dated<AbsenceThreshold>) -> Bool {
        thresholds.inForce(on: span.first).map { total.meets($0.value) } ?? false
      }
      return Attendance(
        pupil: id, from: span.first, to: span.last, asOf: past?.moment ?? now, figures: Figures(total),
        persistentlyAbsent: meets(AbsenceThreshold.persistent), severelyAbsent: meets(AbsenceThreshold.severe),
        shortRecord: total.possible < FigureRules.shortRecordSessions(on: span.first), registrations: rolls)
    }
  }

  /// Why a session counts as it does.
  struct Why: Codable, Sendable {
    struct Rule: Codable, Hashable, Sendable {
      let code: AttendanceCode
      let meaning: String
      let statisticalClass: StatisticalClass
      let countsTowardPenaltyNotice: Bool
      let scheme: String
      let source: String
      let validFrom, validTo: Day?
    }

    struct Mark: Codable, Sendable {
      let school: URN
      let code: AttendanceCode
      /// Whether the child was on the roll, and whether the calendar has the session for its year group: without both
      /// the mark counts nowhere.
      let onRoll, inCalendar: Bool
      /// The entry as it was made first; absent when it began with an amendment.
      let original: EntryLog.Original?
      /// Oldest first.
      let amendments: [EntryLog.Amendment]
      /// What files or registers said against an amendment, which stood; oldest first.
      let differences: [SourceCodes.Said]
      let rule: Rule?
    }

    let pupil: PupilID
    let date: Day
    let session: Session
    /// One for each roll that has a mark.
    let marks: [Mark]
  }

  /// The entry of a session, its amendments and the rule it counts by.
  ///
  /// - Throws: `Problem` as for ``attendance(_:_:asOf:by:)``.
  func why(
    _ id: PupilID, _ day: Day, _ session: Session, asOf: Timestamp? = nil, by caller: Caller
  ) async throws -> Why {
    let past = try await registers.past(asOf)
    return try await read(.pupilMarkRead, id, asOf: past, by: caller) {
      pupil, registrations, _, db in
      try Self.why(id, pupil, day, session, registrations, asOf: past, registers.codes, in: db)
    }
  }

  /// The same for a caller who edits the mark, without a note of the read; `nil` for a child that is not known.
  static func why(
    _ id: PupilID, _ day: Day, _ session: Session, for caller: Caller, _ codes: CodeBook, in db: Database
  ) throws -> Why? {
    guard let pupil = try Pupils.find(id, in: db) else { return nil }
    let registrations = try Pupils.registrations(of: pupil.number, in: db)
      .filter { caller.mayActFor(school: $0.school.text) }
    return registrations.isEmpty ? nil : try why(id, pupil, day, session, registrations, asOf: nil, codes, in: db)
  }

  private static func why(
    _ id: PupilID, _ pupil: StoredPupil, _ day: Day, _ session: Session, _ registrations: [Registration],
    asOf past: AsOf?, _ codes: CodeBook, in db: Database
  ) throws -> Why {
    let year = SchoolYear(containing: day)
    guard PupilYearTable.years.contains(year.startYear) else {
      return Why(pupil: id, date: day, session: session, marks: [])
    }
    let shelf = try PupilYearTable(db)
    let marks = try registrations.compactMap { registration -> Why.Mark? in
      var row = try shelf.read(registration.number, year)
      if let past {
        row = try LaterMarks(
          than: past.marks, of: registration.school, in: DayRange(first: day, last: day),
          registration: registration.number, db
        ).takenBack(from: row, of: registration.number)
      }
      guard let code = row[day, session] else { return nil }
      let calendars = try Schools.calendars(of: registration.school, asOf: past, in: db)
      return Why.Mark(
        school: registration.school, code: code, onRoll: registration.covers(day),
        inCalendar: calendars.has(day, session, for: pupil.taught),
        original: try EntryLog.original(registration, day, session, known: past?.marks, in: db),
        amendments: try EntryLog.amendments(of: registration.number, day, session, known: past?.marks, in: db),
        differences: try SourceCodes.said(
          of: registration.number, in: DayRange(first: day, last: day), known: past?.marks, in: db)[
            EntryLog.SessionKey(day: day, session: session)] ?? [],
        rule: Self.rule(code, on: day, codes))
    }
    return Why(pupil: id, date: day, session: session, marks: marks)
  }

  /// The rule by which a code counts on a day; `nil` when it was not in force.
  static func rule(_ code: AttendanceCode, on day: Day, _ codes: CodeBook) -> Why.Rule? {
    let table = codes.table(on: day)
    return table.value.rule(for: code).map { rule in
      let validity = codes.validity(of: rule, on: day)
      return Why.Rule(
        code: code, meaning: rule.meaning, statisticalClass: rule.statisticalClass,
        countsTowardPenaltyNotice: rule.countsTowardPenaltyNotice, scheme: table.value.name, source: table.source,
        validFrom: validity.from, validTo: validity.to)
    }
  }

  /// Reads with an entry in the audit log, and only of the rolls that the caller may see.
  func read<T: Sendable>(
    _ action: AuditAction, _ id: PupilID, asOf: AsOf?, by caller: Caller,
    _ body: @Sendable @escaping (StoredPupil, [Registration], Timestamp, Database) throws -> T
  ) async throws -> T {
    try await registers.readChild(by: caller) { unit in
      let pupil = try Pupils.find(id, in: unit.db).orNotFound("Pupil")
      let registrations = try Pupils.registrations(of: pupil.number, asOf: asOf, in: unit.db)
        .filter { caller.mayActFor(school: $0.school.text) }
      guard !registrations.isEmpty else { throw Problem.notFound("Pupil") }
      try unit.audit(action, of: id)
      return try body(pupil, registrations, unit.at, unit.db)
    }
  }
}
