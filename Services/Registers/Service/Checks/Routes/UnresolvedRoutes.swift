import Contracts
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Sessions whose reason is not yet established, and by when it must be. The registers change none by themselves.
struct UnresolvedRoutes: Sendable {
  let registers: Registers

  private struct Line: Listed {
    struct Head: Codable, Sendable {
      let asOf: Timestamp
      let source: String
    }

    static let list = "marks"

    let pupil: PupilID
    let date: Day
    let session: Session
    /// The last day on which the code may stand; absent when the calendar ends before.
    let amendBy: Day?
    let state: UnresolvedReason.State
  }

  /// How many there are at each school; nothing of a child.
  private struct Counts: WholeList, Sendable {
    struct OneSchool: Codable, Sendable {
      let school: URN
      let name: String
      let open, due, overdue: Int
      let oldest: Day
    }

    let asOf: Timestamp
    let source: String
    /// Schools with any, those with most overdue first.
    let schools: [OneSchool]
    var list: (name: String, rows: [OneSchool]) { ("unresolved", schools) }
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/schools/{urn}/unresolved", .roles(.school, .attendanceOfficer, reach: .ownSchool),
      "A school's sessions whose reason is not yet established, with the day by which it must be", query: [.after],
      marks)
    router.read(
      "/registers/unresolved", .roles(.attendanceOfficer, .manager, reach: .ownRecords),
      "How many sessions of each school have no established reason, and how many are overdue", counts)
  }

  private func marks(_ call: Call) async throws -> Page<Line> {
    let (school, after) = (try call.school, try call.after)
    return try await registers.read(.schoolUnresolvedRead, of: school, by: call.caller) { unit in
      var lines: [Line] = []
      var (last, next): (Int64?, Int64?)
      try forEach(at: school, after: after, today: unit.today, unit.db) { found, reasons in
        // A child's two rows are never parted.
        if lines.count >= Registers.pageSize, last != found.registration.number {
          next = last
          return false
        }
        last = found.registration.number
        lines += reasons.map {
          Line(pupil: found.pupil, date: $0.day, session: $0.session, amendBy: $0.amendBy, state: $0.state)
        }
        return true
      }
      return Page(
        lines, .init(asOf: unit.at, source: Self.source(unit.today)), next: next.map { PageCursor($0) })
    }
  }

  private func counts(_ call: Call) async throws -> Counts {
    let (today, asOf, caller) = (registers.today, Timestamp(registers.clock.now()), call.caller)
    let schools = try await registers.read { db in
      try CheckRows.schools(of: caller, in: db).compactMap { school, name -> Counts.OneSchool? in
        var counts: [UnresolvedReason.State: Int] = [:]
        var oldest: Day?
        try forEach(at: school, after: 0, today: today, db) { _, reasons in
          for reason in reasons {
            counts[reason.state, default: 0] += 1
            oldest = min(oldest ?? reason.day, reason.day)
          }
          return true
        }
        return oldest.map {
          Counts.OneSchool(
            school: school, name: name, open: counts[.open] ?? 0, due: counts[.due] ?? 0,
            overdue: counts[.overdue] ?? 0, oldest: $0)
        }
      }
    }
    return Counts(
      asOf: asOf, source: Self.source(today),
      schools: schools.sorted { ($1.overdue, $1.due, $0.school.text) < ($0.overdue, $0.due, $1.school.text) })
  }

  private static func source(_ day: Day) -> String { ReturnClocks.reasonEstablished.inForce(on: day)?.source ?? "" }

  /// The sessions of this school year and the last, until the body answers false.
  private func forEach(
    at school: URN, after registration: Int64, today: Day, _ db: Database,
    _ body: (CheckRows.Candidate, [UnresolvedReason]) throws -> Bool
  ) throws {
    let year = SchoolYear(containing: today)
    let before = SchoolYear(startYear: year.startYear - 1)
    let calendars = try Schools.calendars(of: school, in: db)
    let calendar = calendars.joined
    let codes = registers.codes.codes(.reasonNotEstablished, in: DayRange(first: before.first, last: year.last))
    try CheckRows.rows(with: codes, at: school, after: registration, years: before...year, in: db) { found, row in
      guard let days = DayRange(first: before.first, last: today).shared(with: found.registration.days) else {
        return true
      }
      let reasons = UnresolvedReason.all(
        in: calendars.counting(row, for: found.time(on: found.registration)), days: days, calendar: calendar,
        today: today, codes: registers.codes)
      return reasons.isEmpty ? true : try body(found, reasons)
    }
  }
}
