import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Answers what was found of children, and why.
struct ReadFindings: Sendable {
  let registers: Registers

  static let pageSize = 500

  /// A finding as it is shown.
  struct Line: Listed {
    static let list = "findings"

    let finding: String
    let kind: FindingKind
    let pupil: PupilID
    let school: URN
    let since, on: Day
    let session: Session?
    let count: Int
    let outOf: Int?
    /// Whose concern the child is, as far as the caller may know.
    let concerns: [Concern]
    let raised: Timestamp
    let lapsed: Timestamp?
  }

  /// A page of findings, children who are somebody's concern first, as far as the caller may know of it.
  ///
  /// - Parameter school: one school's only; else those of every school for which the caller may act.
  func list(
    _ asked: Findings.Filter, of school: URN?, after: Int64, by caller: Caller
  ) async throws -> Page<Line> {
    let today = registers.clock.today()
    let viewer = ChildAccess.viewer(caller.role)
    var filter = asked
    filter.schools = school.map { [$0] } ?? caller.confinedTo?.compactMap { try? URN($0) }.sorted()
    filter.first = Concern.allCases.filter { $0.isVisible(to: viewer) }
    if caller.role == .virtualSchool { filter.lookedAfterOn = today }
    return try await registers.write(by: caller) { [filter] unit in
      if let school { try Registers.requireSchool(school, in: unit.db) }
      try unit.audit(.findingsRead, of: .record(school?.text ?? "all"))
      let (found, next) = try Findings.page(filter, after: .init(after), limit: Self.pageSize, in: unit.db)
      let lines = try found.map { try Self.line($0, caller, today, unit.db) }
      return Page(lines, NoHead(), next: next.map { PageCursor($0.text) })
    }
  }

  /// Why something was found: the rule, the sessions as they are and as they were known then, what has been amended
  /// since, and the return that answered it.
  struct Why: Codable, Sendable {
    struct Rule: Codable, Sendable {
      let id, meaning, source: String
      let inForceFrom: Day?
    }

    struct OneSession: Codable, Sendable {
      let date: Day
      let session: Session
      /// The code now, and the code that was known when it was found; absent where there was no mark.
      let code, then: AttendanceCode?
      /// Whether it counts now: the child was on the roll, and the calendar has the session for its year group.
      let counts: Bool
      /// Oldest first.
      let amendments: [EntryLog.Amendment]
    }

    let finding: Line
    let rule: Rule?
    let sessions: [OneSession]
    /// How many sessions are not listed.
    let omitted: Int
    /// The day on which the school filed the return that it makes due.
    let returnFiledOn: Day?
  }

  /// The most sessions listed.
  private static let mostSessions = 400

  /// - Throws: `Problem` not found when there is no such finding, or none that the caller may see.
  func why(_ number: Int64, by caller: Caller) async throws -> Why {
    return try await registers.write(by: caller) { unit in
      guard let found = try Findings.find(number, in: unit.db), caller.mayActFor(school: found.school.text) else {
        throw Problem.notFound("Finding")
      }
      let line = try Self.line(found, caller, unit.today, unit.db)
      let child = try ChildAccess(line.pupil, in: unit)
      try unit.audit(.findingWhyRead, of: line.pupil)
      let sessions = try sessions(of: found, child.pupil, unit.db)
      let rule = FindingRules.rule(of: found.kind, on: found.on)
      return Why(
        finding: line,
        rule: rule.map {
          .init(id: $0.id, meaning: found.kind.meaning, source: $0.source, inForceFrom: $0.inForceFrom)
        }, sessions: Array(sessions.prefix(Self.mostSessions)),
        omitted: max(0, sessions.count - Self.mostSessions),
        returnFiledOn: try unit.db.value("SELECT filed_on FROM returns WHERE finding = ?", [number], as: Int32.self)
          .map(Day.init(ordinal:)))
    }
  }

  private func sessions(
    of found: Findings.Stored, _ pupil: StoredPupil, _ db: Database
  ) throws -> [Why.OneSession] {
    let shelf = try PupilYearTable(db)
    let time = try Pupils.place(ofRegistration: found.registration, in: db).time
    let calendars = try Schools.calendars(of: found.school, in: db)
    // A share is of every session of compulsory school age that the year has since.
    let last =
      found.kind.isShareOfYear ? CompulsorySchoolAge.span(dateOfBirth: pupil.dateOfBirth).lastDay : found.on
    var sessions: [Why.OneSession] = []
    for year in SchoolYear(containing: found.since).startYear...SchoolYear(containing: found.on).startYear {
      let now = try shelf.read(found.registration, SchoolYear(startYear: year))
      let later = try LaterMarks(
        than: found.known, of: found.school, in: now.year.days,
        registration: found.registration, db)
      let then = later.takenBack(from: now, of: found.registration)
      let span = DayRange(first: max(found.since, now.year.first), last: min(last, now.year.last))
      guard span.first <= span.last else { continue }
      for ordinal in span.first.ordinal...span.last.ordinal {
        let day = Day(ordinal: ordinal)
        for session in Session.allCases {
          let (code, before) = (now[day, session], then[day, session])
          guard code != nil || before != nil else { continue }
          let matters = [code, before].contains {
            $0.map { found.kind.rests(on: $0, day, codes: registers.codes) } ?? false
          }
          guard matters || code != before else { continue }
          sessions.append(
            .init(
              date: day, session: session, code: code, then: before,
              counts: time.counts(day, session, in: calendars.years[now.year]),
              amendments: try EntryLog.amendments(of: found.registration, day, session, in: db)))
        }
      }
    }
    return sessions
  }

  private static func line(
    _ found: Findings.Stored, _ caller: Caller, _ today: Day, _ db: Database
  ) throws -> Line {
    let place = try Pupils.place(ofRegistration: found.registration, in: db)
    // A school that the child left knows what it knew.
    let hasLeft = place.time.days.last < today
    let viewer = caller.role == .school && hasLeft ? .other : ChildAccess.viewer(caller.role)
    return Line(
      finding: found.name, kind: found.kind, pupil: place.pupil, school: found.school, since: found.since,
      on: found.on, session: found.session, count: found.count, outOf: found.outOf,
      concerns: found.concerns.filter { $0.isVisible(to: viewer) }, raised: found.raised, lapsed: found.lapsed)
  }
}
