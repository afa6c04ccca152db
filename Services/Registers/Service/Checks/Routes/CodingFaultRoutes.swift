import Contracts
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Sessions whose codes cannot be right or are unlikely, for the school to look at.
struct CodingFaultRoutes: Sendable {
  let registers: Registers

  /// The longest span of a check, days: of one school a year, of all a term.
  private static let mostDays = 366
  private static let mostDaysOfAll = 124

  /// A school's fault.
  private struct Line: Listed {
    /// A rule that something of the page breaks.
    struct Rule: Codable, Sendable {
      let rule: CodingRule
      let meaning: String
      /// What the school can do.
      let fix: String
      /// False for what may be right and is worth a look.
      let isError: Bool
      let source: String
    }

    struct Head: Codable, Sendable {
      let from, to: Day
      let asOf: Timestamp
      /// Sessions in which the site was closed for some pupils only; on the first page.
      let partialClosures: [PartialClosures.Finding]
      let rules: [Rule]
    }

    static let list = "faults"

    let pupil: PupilID
    let date: Day
    let session: Session
    let code: AttendanceCode
    let rule: CodingRule
  }

  /// How many faults each school has; nothing of a child.
  private struct Counts: WholeList, Sendable {
    struct OneSchool: Codable, Sendable {
      let school: URN
      let name: String
      let errors: Int
      let worthALook: Int
      /// By rule.
      let byRule: [String: Int]
    }

    let from, to: Day
    let asOf: Timestamp
    /// Schools with any, those with most errors first.
    let schools: [OneSchool]
    var list: (name: String, rows: [OneSchool]) { ("coding-faults", schools) }
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/schools/{urn}/coding-faults", .roles(.school, .attendanceOfficer, reach: .ownSchool),
      "A school's sessions whose codes cannot be right or are unlikely", query: .days + [.after], faults)
    router.read(
      "/registers/coding-faults", .roles(.attendanceOfficer, .manager, reach: .ownRecords),
      "How many coding faults each school has, by rule", query: .days, counts)
  }

  /// A year that no row is kept for has no marks to check.
  private static func days(_ call: Call, most: Int) throws -> DayRange {
    let days = try call.days(most: most)
    guard [days.first, days.last].allSatisfy({ PupilYearTable.years.contains(SchoolYear(containing: $0).startYear) })
    else { throw Problem.invalid([.init("from", "must be in a year for which marks are kept")]) }
    return days
  }

  private func faults(_ call: Call) async throws -> Page<Line> {
    let (school, span, after) = (try call.school, try Self.days(call, most: Self.mostDays), try call.after)
    return try await registers.read(.schoolCodingFaultsRead, of: school, by: call.caller) { unit in
      var judge = try CodingJudge(unit.db, registers.codes)
      var lines: [Line] = []
      var next: Int64?
      for candidate in try CheckRows.candidates(at: school, after: after, in: unit.db) {
        lines += try judge.faults(candidate, span).map {
          Line(pupil: candidate.pupil, date: $0.day, session: $0.session, code: $0.code, rule: $0.rule)
        }
        if lines.count >= Registers.pageSize {
          next = candidate.registration.number
          break
        }
      }
      let closures = after == 0 ? try judge.partialClosures(school, span) : []
      // A rule is told in the codes of the latest day on which it was broken.
      let days = lines.map { ($0.rule, $0.date) } + closures.map { (CodingRule.partlyClosed, $0.date) }
      let broken = Dictionary(days, uniquingKeysWith: max)
      let rules = CodingRule.allCases.compactMap { rule in
        broken[rule].map { day in
          let scheme = registers.codes.scheme(on: day)
          return Line.Rule(
            rule: rule, meaning: rule.meaning(scheme), fix: rule.fix(scheme), isError: rule.isError,
            source: rule.source)
        }
      }
      return Page(
        lines, .init(from: span.first, to: span.last, asOf: unit.at, partialClosures: closures, rules: rules),
        next: next.map { PageCursor($0) })
    }
  }

  private func counts(_ call: Call) async throws -> Counts {
    let (span, caller) = (try Self.days(call, most: Self.mostDaysOfAll), call.caller)
    let asOf = Timestamp(registers.clock.now())
    let schools = try await registers.read { db in
      var judge = try CodingJudge(db, registers.codes)
      return try CheckRows.schools(of: caller, in: db).compactMap { school, name -> Counts.OneSchool? in
        var counts: [CodingRule: Int] = [:]
        for candidate in try CheckRows.candidates(at: school, after: 0, in: db) {
          for fault in try judge.faults(candidate, span) { counts[fault.rule, default: 0] += 1 }
        }
        let closures = try judge.partialClosures(school, span).count
        if closures > 0 { counts[.partlyClosed] = closures }
        guard !counts.isEmpty else { return nil }
        func sum(_ isError: Bool) -> Int { counts.reduce(0) { $0 + ($1.key.isError == isError ? $1.value : 0) } }
        return Counts.OneSchool(
          school: school, name: name, errors: sum(true), worthALook: sum(false),
          byRule: Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) }))
      }
    }
    return Counts(
      from: span.first, to: span.last, asOf: asOf,
      schools: schools.sorted {
        ($1.errors, $1.worthALook, $0.school.text) < ($0.errors, $0.worthALook, $1.school.text)
      })
  }
}

/// Loads what a child's codes are judged by. For one transaction only.
private struct CodingJudge {
  private let db: Database
  private let codes: CodeBook
  private let shelf: PupilYearTable
  private var calendars: [URN: CalendarYears] = [:]

  init(_ db: Database, _ codes: CodeBook) throws {
    self.db = db
    self.codes = codes
    shelf = try PupilYearTable(db)
  }

  mutating func faults(_ candidate: CheckRows.Candidate, _ span: DayRange) throws -> [CodingFault] {
    let own = try roll(candidate, candidate.registration, span, withArrangements: candidate.hasArrangements)
    var rolls = [own]
    if candidate.hasOtherRolls {
      for other in try Pupils.registrations(of: candidate.pupilNumber, in: db)
      where other.number != candidate.registration.number {
        rolls.append(try roll(candidate, other, span, withArrangements: false))
      }
    }
    return CodingFaults(dateOfBirth: candidate.dateOfBirth, rolls: rolls, codes: codes).faults(of: own, in: span)
  }

  mutating func partialClosures(_ school: URN, _ span: DayRange) throws -> [PartialClosures.Finding] {
    var closures = PartialClosures(codes: codes)
    let calendars = try calendars(of: school)
    for candidate in try CheckRows.candidates(at: school, after: 0, in: db) {
      for row in try shelf.read(candidate.registration.number, span) {
        closures.add(calendars.counting(row, for: candidate.time(on: candidate.registration)), in: span)
      }
    }
    return closures.findings
  }

  private mutating func roll(
    _ child: CheckRows.Candidate, _ registration: Registration, _ span: DayRange, withArrangements: Bool
  ) throws -> CodingRoll {
    CodingRoll(
      registration: registration.number, time: child.time(on: registration),
      calendars: try calendars(of: registration.school),
      arrangements: withArrangements ? try Arrangements.of(registration.number, in: db) : [],
      rows: try shelf.read(registration.number, span))
  }

  private mutating func calendars(of school: URN) throws -> CalendarYears {
    if let known = calendars[school] { return known }
    let known = try Schools.calendars(of: school, in: db)
    calendars[school] = known
    return known
  }
}
