import Contracts
import GRDB
import RegistersDomain
import Rulebook
import ServiceKit

/// Shows what a child's figures are made of: each session with its code, what it was before, and the rules that the codes
/// count by.
struct ReadSessions: Sendable {
  let pupils: ReadPupil

  /// The longest span of one question, days: a school year.
  static let mostDays = 366

  struct Answer: Codable, Sendable {
    struct OneSession: Codable, Sendable {
      let school: URN
      let date: Day
      let session: Session
      let code: AttendanceCode
      /// Whether the child was on the roll on the day: a session of another day is in no figure.
      let onRoll: Bool
      /// Whether the school's calendar has the session for the child's year group: one that it has not is in no figure.
      let inCalendar: Bool
      /// Oldest first.
      let amendments: [EntryLog.Amendment]
      /// What files or registers said against an amendment, which stood; oldest first.
      let differences: [SourceCodes.Said]
    }

    let pupil: PupilID
    let from, to: Day
    let asOf: Timestamp
    /// By roll and in order.
    let sessions: [OneSession]
    /// Of each code in the span, by the scheme that was in force.
    let rules: [ReadPupil.Why.Rule]
  }

  /// The sessions of a span.
  ///
  /// - Parameter asOf: a past moment; `nil` for what is known now.
  /// - Throws: `Problem` as for the child's attendance.
  func callAsFunction(
    _ id: PupilID, _ span: DayRange, asOf: Timestamp?, by caller: Caller
  ) async throws -> Answer {
    let past = try await pupils.registers.past(asOf)
    return try await pupils.read(
      .pupilSessionsRead, id, asOf: past, by: caller
    ) { pupil, registrations, now, db in
      let shelf = try PupilYearTable(db)
      var sessions: [Answer.OneSession] = []
      var rules: [ReadPupil.Why.Rule] = []
      for registration in registrations {
        let calendars = try Schools.calendars(of: registration.school, asOf: past, in: db)
        let amendments = try EntryLog.amendments(of: registration.number, in: span, known: past?.marks, in: db)
        let said = try SourceCodes.said(of: registration.number, in: span, known: past?.marks, in: db)
        let later = try past.map {
          try LaterMarks(
            than: $0.marks, of: registration.school, in: span, registration: registration.number, db)
        }
        for row in try shelf.read(registration.number, span) {
          let then = later?.takenBack(from: row, of: registration.number) ?? row
          then.forEachMark(in: span) { day, session, code in
            sessions.append(
              Answer.OneSession(
                school: registration.school, date: day, session: session, code: code,
                onRoll: registration.covers(day),
                inCalendar: calendars.has(day, session, for: pupil.taught),
                amendments: amendments[EntryLog.SessionKey(day: day, session: session)] ?? [],
                differences: said[EntryLog.SessionKey(day: day, session: session)] ?? []))
            if let rule = ReadPupil.rule(code, on: day, pupils.registers.codes), !rules.contains(rule) {
              rules.append(rule)
            }
          }
        }
      }
      return Answer(
        pupil: id, from: span.first, to: span.last, asOf: past?.moment ?? now, sessions: sessions,
        rules: rules.sorted { ($0.scheme, $0.code.text) < ($1.scheme, $1.code.text) })
    }
  }
}
