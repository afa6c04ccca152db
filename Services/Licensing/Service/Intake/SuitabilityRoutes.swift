import CaseFlow
import CaseKit
import Contracts
import Foundation
import GRDB
import LicensingDomain
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  static let suitabilityRead = AuditAction("licensing.suitability.read")
  static let daysTogetherRead = AuditAction("licensing.days-together.read")
}

/// What an officer sees of a child's schooling, and the child's work and performances side by side.
struct SuitabilityRoutes: Sendable {
  let transactions: Transactions

  /// All that licensing sees: no marks, no codes, no reasons, and of enforcement only that there is some.
  struct Suitability: Codable, Sendable {
    let pupil: PupilID
    /// To one decimal, of the latest finding that stands; absent where none does.
    let attendancePercent: String?
    let persistentAbsence: Bool
    let openEnforcement: Bool
  }

  struct DayLine: Codable, Sendable {
    let date: Day
    /// Of permits in force.
    let workMinutes: Int
    /// Of licences in force and exemptions: the time at the place.
    let performanceMinutes: Int
    let minutes: Int
    /// Whether it is more than an officer should pass over; no law adds the two up.
    let isWarned: Bool
  }

  struct Days: WholeList, Sendable {
    let pupil: PupilID
    let days: [DayLine]
    var list: (name: String, rows: [DayLine]) { ("days-together", days) }
  }

  private static let policy = Policy.roles(.licensingOfficer, .manager, reach: .ownRecords)
  private static let from = QueryParameter<Day>("from", "The first day.")
  private static let to = QueryParameter<Day>("to", "The last day, at most 91 days later.")
  private static let mostDays = 92

  func add(to router: ServiceRouter) {
    router.read(
      "/children/{id}/suitability", Self.policy, "Attendance in one figure, and whether enforcement is open",
      suitability)
    router.read(
      "/children/{id}/days", Self.policy, "A child's work and performances of each day, side by side",
      query: [Self.from.about, Self.to.about], days)
  }

  private func suitability(_ call: Call) async throws -> Suitability {
    let asked = try call.pupil()
    return try await transactions.write(by: call.caller) { unit in
      let pupil = try child(asked, unit)
      try unit.audit(.suitabilityRead, of: pupil)
      let latest = try AttendanceFindings.standing(of: pupil, in: unit.db).last
      return Suitability(
        pupil: pupil, attendancePercent: latest.flatMap { Share.percent($0.possible - $0.missed, of: $0.possible) },
        persistentAbsence: latest != nil, openEnforcement: try EnforcementReader.isOpen(for: pupil, in: unit.db))
    }
  }

  private func days(_ call: Call) async throws -> Days {
    let (asked, first, last) = (try call.pupil(), try call[Self.from], try call[Self.to])
    guard 0..<Self.mostDays ~= last - first else {
      throw Problem.invalid([.init("to", "must be at most \(Self.mostDays - 1) days after from, and not before it")])
    }
    return try await transactions.write(by: call.caller) { unit in
      let pupil = try child(asked, unit)
      try unit.audit(.daysTogetherRead, of: pupil)
      let work = try PermitCases.minutes(of: pupil, unit)
      let performances = try LicenceCases.minutes(of: pupil, unit)
      let lines = (0...(last - first)).compactMap { offset -> DayLine? in
        let day = first.adding(days: offset)
        let (worked, performed) = (work[day] ?? 0, performances[day] ?? 0)
        guard worked + performed > 0 else { return nil }
        let together = DayTogether(worked: worked, performed: performed, on: day)
        return DayLine(
          date: day, workMinutes: worked, performanceMinutes: performed, minutes: together.minutes,
          isWarned: together.isWarned)
      }
      return Days(pupil: pupil, days: lines)
    }
  }

  /// A child with a case that the caller may see.
  private func child(_ asked: PupilID, _ unit: UnitOfWork) throws -> PupilID {
    let pupil = try Roll.current(asked, in: unit.db)
    let schools =
      try Cases<WorkPermit>.all(of: pupil, in: unit.db).map(\.school)
      + Cases<PerformanceLicence>.all(of: pupil, in: unit.db).map(\.school)
    guard schools.contains(where: { unit.caller.maySee($0) }) else { throw Problem.notFound("Pupil") }
    return pupil
  }
}

extension PermitCases {
  /// The minutes of work of each day under a child's permits in force.
  static func minutes(of pupil: PupilID, _ unit: UnitOfWork) throws -> [Day: Int] {
    guard let birth = try Roll.pupil(pupil, in: unit.db)?.dateOfBirth else { return [:] }
    var minutes: [Day: Int] = [:]
    for stored in try Cases<WorkPermit>.all(of: pupil, in: unit.db)
    where inForce.contains(stored.file.state ?? .refused) {
      guard let (_, application) = try ApplicationBook.current(PermitApplication.self, of: stored.number, in: unit.db)
      else { continue }
      let calendar = try stored.school.flatMap { try Roll.calendar(ofSchool: $0, in: unit.db) }
      for (day, worked) in application.minutes(dateOfBirth: birth, calendar: calendar) {
        minutes[day, default: 0] += worked
      }
    }
    return minutes
  }
}

extension LicenceCases {
  /// The minutes at the place of each day under a child's licences in force and exemptions.
  static func minutes(of pupil: PupilID, _ unit: UnitOfWork) throws -> [Day: Int] {
    var minutes: [Day: Int] = [:]
    for stored in try Cases<PerformanceLicence>.all(of: pupil, in: unit.db) {
      guard [.granted, .ended, .exempt].contains(stored.file.state),
        let (_, application) = try ApplicationBook.current(LicenceApplication.self, of: stored.number, in: unit.db)
      else { continue }
      for day in application.days { minutes[day.atPlace.start.day, default: 0] += day.atPlace.length }
    }
    return minutes
  }
}
