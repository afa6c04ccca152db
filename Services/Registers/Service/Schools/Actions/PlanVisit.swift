import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Plans a register inspection visit, or cancels one.
struct PlanVisit: Sendable {
  let registers: Registers

  /// Plans a visit.
  ///
  /// - Parameter officer: who makes it; the officer allocated to the school on the day when absent, else the caller.
  /// - Throws: `Problem` not found when the school is unknown.
  func callAsFunction(
    _ school: URN, on day: Day, officer: String?, by edit: Edit
  ) async throws -> Remembered<ReadVisits.VisitAnswer> {
    try await registers.write(edit) { unit in
      try Registers.requireSchool(school, in: unit.db)
      let officer = try officer ?? Assignments.value(.officer, of: school, on: day, in: unit.db) ?? unit.caller.subject
      let number = try Visits.plan(school, on: day, officer: officer, in: unit.db)
      try unit.audit(.visitPlanned, of: school)
      return try ReadVisits.visit(number, in: unit.db)
    }
  }

  /// Cancels a visit that was not made.
  ///
  /// - Throws: `Problem` not found, or conflict when it was made.
  func cancel(_ number: Int64, by edit: Edit) async throws -> Remembered<ReadVisits.VisitAnswer> {
    try await registers.write(edit, of: ReadVisits.current(number, for: edit.caller)) { unit in
      let visit = try ReadVisits.require(number, for: unit.caller, in: unit.db)
      switch visit.state {
      case .cancelled: break
      case .made: throw Problem.conflict("visit-made", "The visit has already taken place")
      case .planned:
        try Visits.cancel(number, in: unit.db)
        try unit.audit(.visitCancelled, of: visit.school)
      }
      return try ReadVisits.visit(number, in: unit.db)
    }
  }
}
