import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// I22: the attendance of children in care (`attendance.md` 10).
struct ReadCareFigures: Sendable {
  let registers: Registers

  /// The figures at a day of a school year.
  struct Answer: Codable, Sendable {
    /// One child's line; for those who look after these children.
    struct Child: Codable, Sendable {
      let pupil: PupilID
      let inCareSince: Day
      let sinceEntering, yearToDate: Sessions
      /// School days in care on no roll: not possible sessions.
      let daysOffRoll: Int
      /// Below the share at which the personal education plan needs a target.
      let below90: Bool
    }

    struct Sessions: Codable, Sendable {
      let possible, present, authorised, unauthorised: Int
      let attendancePercent: String?

      init(_ statistics: Statistics) {
        possible = statistics.possible
        present = statistics.present
        authorised = statistics.authorised
        unauthorised = statistics.unauthorised
        attendancePercent = statistics.attendancePercent
      }
    }

    let year: String
    let on: Day
    let asOf: Timestamp
    let cohort: FigureCohort
    let suppressed: Bool
    /// From coming into care, or the first of the school year, to the day.
    let sinceEntering: CareMeasure
    /// From the first of the school year to the day, earlier history included.
    let yearToDate: CareMeasure
    let children: [Child]?
  }

  private static let seesChildren: Set<Role> = [.virtualSchool, .attendanceOfficer]

  /// - Parameters:
  ///   - day: children in care on it are counted.
  ///   - asOf: a past moment; `nil` for what is known now. Who was in care when is told as it is known now.
  /// - Throws: `Problem` invalid when the moment is not over.
  func callAsFunction(
    _ year: SchoolYear, on day: Day, suppress: Bool, asOf: Timestamp?, by caller: Caller
  ) async throws -> Answer {
    let past = try await registers.past(asOf)
    return try await registers.write(by: caller) { unit in
      let children = try children(year, on: day, asOf: past, for: caller, unit.db)
      let small = suppress ? SmallNumbers.range(on: day) : nil
      var lines: [Answer.Child]?
      if Self.seesChildren.contains(caller.role), !suppress {
        for child in children {
          try unit.audit(.pupilCareFiguresRead, of: child.pupil)
        }
        lines = children.map { child in
          Answer.Child(
            pupil: child.pupil, inCareSince: child.inCareSince, sinceEntering: .init(child.sinceEntering),
            yearToDate: .init(child.yearToDate), daysOffRoll: child.daysOffRoll,
            below90: CareFigures([child.sinceEntering], on: day).below == 1)
        }
      }
      return Answer(
        year: year.label, on: day, asOf: past?.moment ?? unit.at, cohort: .local, suppressed: suppress,
        sinceEntering: CareMeasure(CareFigures(children.map(\.sinceEntering), on: day), small: small),
        yearToDate: CareMeasure(CareFigures(children.map(\.yearToDate), on: day), small: small), children: lines)
    }
  }

  /// Children in care who are or were on the roll of a school for which the caller may act.
  private func children(
    _ year: SchoolYear, on day: Day, asOf: AsOf?, for caller: Caller, _ db: Database
  ) throws -> [CareChild] {
    let rows = try FigureRows(db, asOf: asOf)
    var calendars: [URN: CalendarYears] = [:]
    return try Flags.children(with: .lookedAfter, on: day, in: db).compactMap { pupil, since in
      let registrations = try Pupils.registrations(of: pupil.number, asOf: asOf, in: db)
      let own = registrations.filter { caller.mayActFor(school: $0.school.text) }
      guard caller.confinedTo == nil || !own.isEmpty else { return nil }
      func statistics(from first: Day) throws -> Statistics {
        let query = FigureQuery(
          scope: .pupil(pupil.id), period: DayRange(first: first, last: day), cohort: .local, codes: registers.codes)
        return try rows.table(of: pupil, own, query).total.total.statistics
      }
      for registration in registrations where calendars[registration.school] == nil {
        calendars[registration.school] = try Schools.calendars(of: registration.school, asOf: asOf, in: db)
      }
      let entered = max(since, year.first)
      let age = CompulsorySchoolAge.span(dateOfBirth: pupil.dateOfBirth)
      let span = DayRange(first: max(entered, age.start), last: min(day, age.lastDay))
      return CareChild(
        pupil: pupil.id, inCareSince: since, sinceEntering: try statistics(from: entered),
        yearToDate: try statistics(from: year.first),
        daysOffRoll: CareChild.daysOffRoll(
          in: span,
          rolls: registrations.map {
            (
              Membership(value: "", first: $0.enrolledOn, last: $0.leftOn),
              calendars[$0.school] ?? CalendarYears([:])
            )
          }))
    }
  }
}
