import GRDB
import RegistersDomain
import Rulebook
import ServiceKit

/// Records what was found at a register inspection visit, and what was done since.
struct RecordVisit: Sendable {
  let desk: RegisterDesk

  /// Records a visit that was planned. What was recorded stays as it is: another look is another visit.
  ///
  /// - Throws: `Problem` not found, invalid, or conflict when it was made or cancelled.
  func callAsFunction(
    _ submission: InspectionSubmission, of number: Int64, by caller: Caller, requestID: String, key: IdempotencyKey?
  ) async throws -> [UInt8] {
    let today = desk.clock.today()
    return try await desk.write(by: caller) { writer, db in
      if let answer = try IdempotentAnswers.find(key, in: db) { return answer }
      let visit = try ReadVisits.require(number, for: caller, in: db)
      switch visit.state {
      case .planned: break
      case .made: throw Problem.conflict("visit-made", "The visit is recorded already")
      case .cancelled: throw Problem.conflict("visit-cancelled", "The visit was cancelled")
      }
      try Visits.record(try Self.checked(submission, today), of: number, in: db)
      try RegisterDesk.audit("visit.recorded", visit.school.text, by: writer, requestID: requestID, in: db)
      let body = try encodeAnswer(try ReadVisits.visit(number, in: db))
      try IdempotentAnswers.keep(body, for: key, at: writer.at, in: db)
      return body
    }
  }

  /// Records that an action was done.
  ///
  /// - Parameter day: today when absent.
  /// - Throws: `Problem` not found, invalid when the day is later than today or before the visit, conflict when the
  ///   action was done on another day.
  func finish(
    _ action: Int64, of number: Int64, on day: Day?, by caller: Caller, requestID: String
  ) async throws -> ReadVisits.VisitAnswer {
    let today = desk.clock.today()
    return try await desk.write(by: caller) { writer, db in
      let visit = try ReadVisits.require(number, for: caller, in: db)
      guard let known = try Visits.actions(of: number, in: db).first(where: { $0.number == action }) else {
        throw Problem.notFound("Action")
      }
      if let done = known.doneOn {
        guard day == nil || day == done else {
          throw Problem.conflict("action-done", "The action was done on another day")
        }
        return try ReadVisits.visit(number, in: db)
      }
      let done = day ?? today
      guard done <= today, visit.visitedOn.map({ $0 <= done }) ?? true else {
        throw Problem.invalid([.init("/doneOn", "must be from the day of the visit to today")])
      }
      try Visits.finish(action, on: done, in: db)
      try RegisterDesk.audit("visit.action.done", visit.school.text, by: writer, requestID: requestID, in: db)
      return try ReadVisits.visit(number, in: db)
    }
  }

  private static func checked(_ submission: InspectionSubmission, _ today: Day) throws(Problem) -> InspectionReport {
    do {
      return try submission.checked(today: today)
    } catch {
      throw .invalid(error.faults.map { Problem.Fault($0.pointer, $0.detail) })
    }
  }
}
