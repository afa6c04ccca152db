import Contracts
import HTTPTypes
import LicensingDomain
import Messaging
import Rulebook
import Schemas
import ServiceKit

/// Where a register and the licences disagree about leave for performances.
struct LeaveMatchRoutes: Sendable {
  let transactions: Transactions

  typealias Difference = LeaveDiffers.Difference

  struct Line: Codable, Sendable {
    let pupil: PupilID
    let school: URN
    let date: Day
    let session: Session
    let code: AttendanceCode
    let difference: Difference
  }

  struct Differences: WholeList, Sendable {
    let differences: [Line]
    var list: (name: String, rows: [Line]) { ("leave-matches", differences) }
  }

  /// The most days that are compared at once, and the most marks.
  private static let mostDays = 92
  private static let mostMarks = 20_000
  private static let policy = Policy.roles(.licensingOfficer, .attendanceOfficer, .manager, reach: .wholeAuthority)
  private static let from = QueryParameter<Day>("from", "The first day.")
  private static let to = QueryParameter<Day>("to", "The last day, at most 91 days later.")

  func add(to router: ServiceRouter) {
    router.read(
      "/leave-matches", Self.policy, "Where registers and licences disagree about leave for performances",
      query: [Self.from.about, Self.to.about], differences)
  }

  private func differences(_ call: Call) async throws -> Differences {
    let (first, last) = (try call[Self.from], try call[Self.to])
    guard 0..<Self.mostDays ~= last - first else {
      throw Problem.invalid([.init("to", "must be at most \(Self.mostDays - 1) days after from, and not before it")])
    }
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.leaveMatched, of: .all)
      let marks = try LeaveMarks.all(from: first, to: last, limit: Self.mostMarks, in: unit.db)
      let lines = try Dictionary(grouping: marks, by: \.pupil).flatMap { pupil, rows in
        let match = LeaveMatch(rows.map(\.mark), licensed: try LicensedDays.days(of: pupil, in: unit.db))
        func line(_ mark: LeaveMatch.Mark, _ difference: Difference) -> Line? {
          rows.first { $0.mark == mark }.map {
            Line(
              pupil: pupil, school: $0.school, date: mark.date, session: mark.session, code: mark.code,
              difference: difference)
          }
        }
        return match.leaveWithoutLicence.compactMap { line($0, .leaveWithoutLicence) }
          + match.otherAbsence.compactMap { line($0, .otherAbsence) }
      }
      return Differences(
        differences: lines.sorted { ($0.date, $0.pupil, $0.session) < ($1.date, $1.pupil, $1.session) })
    }
  }
}
