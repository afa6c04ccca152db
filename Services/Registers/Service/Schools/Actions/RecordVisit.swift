import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Records what was found at a register inspection visit, and what was done since.
struct RecordVisit: Sendable {
  let registers: Registers

  /// Records a visit that was planned. What was recorded stays as it is: another look is another visit.
  ///
  /// - Throws: `Problem` not found, invalid, or conflict when it was made or cancelled.
  func callAsFunction(
    _ submission: InspectionSubmission, of number: Int64, by edit: Edit
  ) async throws -> Remembered<ReadVisits.VisitAnswer> {
    try await registers.write(edit, of: ReadVisits.current(number, for: edit.caller)) { unit in
      let visit = try ReadVisits.require(number, for: unit.caller, in: unit.db)
      switch visit.state {
      case .planned: break
      case .made: throw Problem.conflict("visit-made", "The visit is recorded already")
      case .cancelled: throw Problem.conflict("visit-cancelled", "The visit was cancelled")
      }
      try Visits.record(try Self.checked(submission, unit.today), of: number, in: unit.db)
      try unit.audit(.visitRecorded, of: visit.school)
      return try ReadVisits.visit(number, in: unit.db)
    }
  }

  /// Records that an action was done.
  ///
  /// - Parameter day: today when absent.
  /// - Throws: `Problem` not found, invalid when the day is later than today or before the visit, conflict when the
  ///   action was done on another day.
  func finish(
    _ action: Int64, of number: Int64, on day: Day?, by edit: Edit
  ) async throws -> Remembered<ReadVisits.VisitAnswer> {
    try await registers.write(edit, of: ReadVisits.current(number, for: edit.caller)) { unit in
      let visit = try ReadVisits.require(number, for: unit.caller, in: unit.db)
      guard let known = try Visits.actions(of: number, in: unit.db).first(where: { $0.number == action }) else {
        throw Problem.notFound("Action")
      }
      if let done = known.doneOn {
        guard day == nil || day == done else {
          throw Problem.conflict("action-done", "The action was done on another day")
        }
        return try ReadVisits.visit(number, in: unit.db)
      }
      let done = day ?? unit.today
      guard done <= unit.today, visit.visitedOn.map({ $0 <= done }) ?? true else {
        throw Problem.invalid([.init("/doneOn", "must be from the day of the visit to today")])
      }
      try Visits.finish(action, on: done, in: unit.db)
      try unit.audit(.visitActionDone, of: visit.school)
      return try ReadVisits.visit(number, in: unit.db)
    }
  }

  private static func checked(_ submission: InspectionSubmission, _ today: Day) throws(Problem) -> InspectionReport {
    do {
      return try submission.checked(today: today)
    } catch {
      throw .invalid(error.all)
    }
  }
}
