import Contracts
import GRDB
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Counts children missing out on education: on roll, and on a part-time timetable for more than twelve weeks (I20;
/// `cme.md` 8, ATT-11). No national definition: a local one.
struct ReadMissingOut: Sendable {
  let registers: Registers

  /// The figure at the end of a day, and how it came about.
  struct Answer: Codable, Sendable {
    struct OneSchool: Codable, Sendable {
      let school: URN
      let children: Int
    }

    /// The definition in the catalogue.
    let definition: String
    let on: Day
    let asOf: Timestamp
    let rule: String
    /// Children whose spell was longer than twelve weeks and had not ended.
    let children: Int
    /// Children whose spell was longer than six weeks: their schools are asked for a plan.
    let challenged: Int
    let schools: [OneSchool]
  }

  /// - Parameters:
  ///   - day: the end of a quarter, or any day; not in the future.
  ///   - caller: schools for which the caller may not act are left out.
  func callAsFunction(on day: Day, for caller: Caller) async throws -> Answer {
    let now = registers.clock.now()
    guard day <= registers.clock.today() else { throw Problem.invalid([.init("on", "must not be in the future")]) }
    let schools = caller.confinedTo?.compactMap { try? URN($0) }.sorted()
    return try await registers.read { db in
      let long = try open(.partTimeTwelveWeeks, day, at: schools, db)
      let all = try open(.partTimeSixWeeks, day, at: schools, db)
      return Answer(
        definition: "I20", on: day, asOf: Timestamp(now),
        rule: FindingRules.rule(of: .partTimeTwelveWeeks, on: day)?.source ?? "",
        children: Set(long.map(\.pupil)).count, challenged: Set(all.map(\.pupil)).count,
        schools: Dictionary(grouping: long, by: \.school).map {
          .init(school: $0, children: Set($1.map(\.pupil)).count)
        }
        .sorted { $0.school < $1.school })
    }
  }

  /// The children with a spell of a kind that lasted on a day, by the marks as they are now.
  ///
  /// - Parameter schools: `nil` for every school.
  private func open(
    _ kind: FindingKind, _ day: Day, at schools: [URN]?, _ db: Database
  ) throws -> [(school: URN, pupil: PupilID)] {
    var filter = Findings.Filter(kind: kind, isOpen: true)
    filter.schools = schools
    var found: [(school: URN, pupil: PupilID)] = []
    let shelf = try PupilYearTable(db)
    var known: [URN: (calendars: CalendarYears, agreed: [Int64: [DayRange]])] = [:]
    var position: Findings.Position? = .init(0)
    while let after = position {
      let page = try Findings.page(filter, after: after, limit: Self.pageSize, in: db)
      position = page.next
      for finding in page.findings where finding.on <= day {
        let school =
          try known[finding.school] ?? (
            Schools.calendars(of: finding.school, in: db),
            Findings.agreedPartTime(finding.school, today: day, in: db)
          )
        known[finding.school] = school
        let year = SchoolYear(containing: day)
        guard let plan = school.calendars.plans[year] else { continue }
        let row = try shelf.read(finding.registration, year)
        let before = try school.calendars.plans[SchoolYear(startYear: year.startYear - 1)].map {
          FindingJudge.YearBefore(row: try shelf.read(finding.registration, $0.year), plan: $0)
        }
        let place = try Pupils.place(ofRegistration: finding.registration, in: db)
        let lasts = FindingJudge(plan: plan, today: day, codes: registers.codes).isOnPartTimeTimetable(
          row, time: place.time, agreed: school.agreed[finding.registration] ?? [], since: finding.since,
          before: before)
        if lasts { found.append((finding.school, place.pupil)) }
      }
    }
    return found
  }

  private static let pageSize = 500
}
