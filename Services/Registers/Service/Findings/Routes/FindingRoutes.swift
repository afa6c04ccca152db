import Contracts
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit
import Store

/// What was found of children, why, and the daily checks.
struct FindingRoutes: Sendable {
  let registers: Registers
  let sweep: Sweep

  private static let officers = Policy.roles(
    .attendanceOfficer, .legalOfficer, .cmeOfficer, .manager, .virtualSchool, reach: .ownRecords)
  private static let readers: Set<Role> = [
    .school, .attendanceOfficer, .legalOfficer, .cmeOfficer, .manager, .virtualSchool,
  ]
  private static let kind = QueryParameter<FindingKind>("kind", "Of one kind only.").optional
  private static let isOpen = QueryParameter(
    "state", .oneOf(["open", "lapsed"]), "Only what is true still, or only what is not.",
    { ["open": true, "lapsed": false][$0] }
  ).optional
  private static let becameOn = QueryParameter<Day>("on", "What became true on one day.").optional
  private static let concern = QueryParameter<Concern>("concern", "Children of one concern only.").optional
  private static let filters = [kind.about, isOpen.about, becameOn.about, concern.about, .after]
  private static let on = QueryParameter<Day>("on", "The end of a quarter, or any day up to today.")
  private static let pageSize = 500
  /// The most sessions behind a finding that are listed.
  private static let mostSessions = 400
  private static let again = QueryParameter<Bool>("again", "Whether to look again at children looked at today.")

  func add(to router: ServiceRouter) {
    router.read(
      "/findings", Self.officers, "What was found of children, those of concern first", query: Self.filters
    ) { try await list($0, of: nil) }
    router.read(
      "/schools/{urn}/findings", .roles(Self.readers, .ownSchool), "What was found of a school's children",
      query: Self.filters
    ) { try await list($0, of: $0.school) }
    router.read(
      "/findings/{finding}/why", .roles(Self.readers, .ownRecords),
      "Why something was found: the rule, the sessions, what was known then",
      path: [.init("finding", .string(pattern: "^f[0-9]+$"), "The finding's number.")], why)
    router.read(
      "/figures/missing-out-on-education", Self.officers,
      "Children on a part-time timetable for more than twelve weeks, on a day", query: [Self.on.about]
    ) { try await ReadMissingOut(registers: registers)(on: $0[Self.on], for: $0.caller) }
    router.write(
      .post, "/sweeps", .roles(.operator, .attendanceOfficer, reach: .wholeAuthority), "Runs the daily checks now",
      query: [Self.again.about]
    ) { call in
      let again = try call[Self.again]
      return try await sweep.registers.transactions.once(call.edit) { try await sweep(by: call.caller, again: again) }
    }
  }

  /// Children who are somebody's concern come first, as far as the caller may know of it.
  ///
  /// - Parameter school: one school's only; else those of every school for which the caller may act.
  private func list(_ call: Call, of school: URN?) async throws -> Page<FindingLine> {
    let (caller, viewer, today) = (call.caller, ChildAccess.viewer(call.caller.role), registers.today)
    var filter = Findings.Filter()
    (filter.kind, filter.isOpen) = (try call[Self.kind], try call[Self.isOpen])
    (filter.on, filter.concern) = (try call[Self.becameOn], try call[Self.concern])
    if let concern = filter.concern, !concern.isVisible(to: viewer) { throw Problem.forbidden }
    filter.schools = school.map { [$0] } ?? caller.confinedTo?.compactMap { try? URN($0) }.sorted()
    filter.first = Concern.allCases.filter { $0.isVisible(to: viewer) }
    if caller.role == .virtualSchool { filter.lookedAfterOn = today }
    let after = try call.after
    return try await registers.write(by: caller) { [filter] unit in
      if let school { try Registers.requireSchool(school, in: unit.db) }
      try unit.audit(.findingsRead, of: .record(school?.text ?? "all"))
      let (found, next) = try Findings.page(filter, after: .init(after), limit: Self.pageSize, in: unit.db)
      let lines = try found.map { try FindingLine($0, caller, today, unit.db) }
      return Page(lines, NoHead(), next: next.map { PageCursor($0.text) })
    }
  }

  private func why(_ call: Call) async throws -> FindingWhy {
    let (number, caller) = (try call.path("finding", "Finding", Findings.number), call.caller)
    return try await registers.write(by: caller) { unit in
      let found = try Findings.find(number, in: unit.db).orNotFound("Finding")
      guard caller.mayActFor(school: found.school.text) else { throw Problem.notFound("Finding") }
      let line = try FindingLine(found, caller, unit.today, unit.db)
      let child = try ChildAccess(line.pupil, in: unit)
      try unit.audit(.findingWhyRead, of: line.pupil)
      let sessions = try sessions(of: found, child.pupil, unit.db)
      return FindingWhy(
        finding: line,
        rule: FindingRules.rule(of: found.kind, on: found.on).map {
          .init(id: $0.id, meaning: found.kind.meaning, source: $0.source, inForceFrom: $0.inForceFrom)
        }, sessions: Array(sessions.prefix(Self.mostSessions)), omitted: max(0, sessions.count - Self.mostSessions),
        returnFiledOn: try unit.db.value("SELECT filed_on FROM returns WHERE finding = ?", [number]))
    }
  }

  private func sessions(
    of found: Findings.Stored, _ pupil: StoredPupil, _ db: Database
  ) throws -> [FindingWhy.OneSession] {
    let shelf = try PupilYearTable(db)
    let time = try Pupils.place(ofRegistration: found.registration, in: db).time
    let calendars = try Schools.calendars(of: found.school, in: db)
    // A share is of every session of compulsory school age that the year has since.
    let last =
      found.kind.isShareOfYear ? CompulsorySchoolAge.span(dateOfBirth: pupil.dateOfBirth).lastDay : found.on
    var sessions: [FindingWhy.OneSession] = []
    for now in try shelf.read(found.registration, DayRange(first: found.since, last: found.on)) {
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
}

/// A finding as it is shown.
struct FindingLine: Listed {
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

  init(_ found: Findings.Stored, _ caller: Caller, _ today: Day, _ db: Database) throws {
    let place = try Pupils.place(ofRegistration: found.registration, in: db)
    // A school that the child left knows what it knew.
    let hasLeft = place.time.days.last < today
    let viewer = caller.role == .school && hasLeft ? .other : ChildAccess.viewer(caller.role)
    (finding, kind, pupil, school) = (found.name, found.kind, place.pupil, found.school)
    (since, on, session, count, outOf) = (found.since, found.on, found.session, found.count, found.outOf)
    concerns = found.concerns.filter { $0.isVisible(to: viewer) }
    (raised, lapsed) = (found.raised, found.lapsed)
  }
}

/// Why something was found: the rule, the sessions as they are and as they were known then, what has been amended
/// since, and the return that answered it.
private struct FindingWhy: Codable, Sendable {
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

  let finding: FindingLine
  let rule: Rule?
  let sessions: [OneSession]
  /// How many sessions are not listed.
  let omitted: Int
  /// The day on which the school filed the return that it makes due.
  let returnFiledOn: Day?
}
