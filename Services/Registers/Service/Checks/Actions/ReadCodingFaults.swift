import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Sessions whose codes cannot be right or are unlikely, for the school to look at.
struct ReadCodingFaults: Sendable {
  let registers: Registers

  /// A school's fault.
  struct Line: Listed {
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
  struct Counts: WholeList, Sendable {
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

  /// - Throws: `Problem` not found when the school is unknown.
  func page(
    of school: URN, _ span: DayRange, after registration: Int64, by caller: Caller
  ) async throws -> Page<Line> {
    try await registers.read(.schoolCodingFaultsRead, of: school, by: caller) { unit in
      var judge = try CodingJudge(unit.db, registers.codes)
      var lines: [Line] = []
      var next: Int64?
      for candidate in try CheckRows.candidates(at: school, after: registration, in: unit.db) {
        lines += try judge.faults(candidate, span).map {
          Line(pupil: candidate.pupil, date: $0.day, session: $0.session, code: $0.code, rule: $0.rule)
        }
        if lines.count >= ReadSchool.pageSize {
          next = candidate.registration.number
          break
        }
      }
      let closures = registration == 0 ? try judge.partialClosures(school, span) : []
      // A rule is told in the codes of the latest day on which it was broken.
      let days = lines.map { ($0.rule, $0.date) } + closures.map { (CodingRule.partlyClosed, $0.date) }
      let broken = Dictionary(days, uniquingKeysWith: max)
      let head = Line.Head(
        from: span.first, to: span.last, asOf: unit.at, partialClosures: closures,
        rules: CodingRule.allCases.compactMap { rule in
          broken[rule].map { day in
            let scheme = registers.codes.scheme(on: day)
            return Line.Rule(
              rule: rule, meaning: rule.meaning(scheme), fix: rule.fix(scheme), isError: rule.isError,
              source: rule.source)
          }
        })
      return Page(lines, head, next: next.map { PageCursor($0) })
    }
  }

  /// - Parameter caller: schools for which the caller may not act are left out.
  func counts(_ span: DayRange, for caller: Caller) async throws -> Counts {
    let asOf = Timestamp(registers.clock.now())
    return try await registers.read { db in
      var judge = try CodingJudge(db, registers.codes)
      let schools = try CheckRows.schools(in: db).compactMap { school -> Counts.OneSchool? in
        guard caller.mayActFor(school: school.urn.text) else { return nil }
        var counts: [CodingRule: Int] = [:]
        for candidate in try CheckRows.candidates(at: school.urn, after: 0, in: db) {
          for fault in try judge.faults(candidate, span) { counts[fault.rule, default: 0] += 1 }
        }
        let closures = try judge.partialClosures(school.urn, span).count
        if closures > 0 { counts[.partlyClosed] = closures }
        guard !counts.isEmpty else { return nil }
        func sum(_ isError: Bool) -> Int { counts.reduce(0) { $0 + ($1.key.isError == isError ? $1.value : 0) } }
        return Counts.OneSchool(
          school: school.urn, name: school.name, errors: sum(true), worthALook: sum(false),
          byRule: Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) }))
      }
      return Counts(
        from: span.first, to: span.last, asOf: asOf,
        schools: schools.sorted {
          ($1.errors, $1.worthALook, $0.school.text) < ($0.errors, $0.worthALook, $1.school.text)
        })
    }
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
      for row in try rows(candidate.registration.number, span) {
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
      rows: try rows(registration.number, span))
  }

  private mutating func calendars(of school: URN) throws -> CalendarYears {
    if let known = calendars[school] { return known }
    let known = try Schools.calendars(of: school, in: db)
    calendars[school] = known
    return known
  }

  private func rows(_ registration: Int64, _ span: DayRange) throws -> [PupilYear] {
    let first = SchoolYear(containing: span.first).startYear
    let last = SchoolYear(containing: span.last).startYear
    return try (first...last).map { try shelf.read(registration, SchoolYear(startYear: $0)) }
  }
}
