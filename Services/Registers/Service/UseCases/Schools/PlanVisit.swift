import GRDB
import RegistersDomain
import Rulebook
import ServiceKit

/// Plans a register inspection visit, or cancels one.
struct PlanVisit: Sendable {
  let desk: RegisterDesk

  /// Plans a visit.
  ///
  /// - Parameter officer: who makes it; the officer allocated to the school on the day when absent, else the caller.
  /// - Throws: `Problem` not found when the school is unknown.
  func callAsFunction(
    _ school: URN, on day: Day, officer: String?, by caller: Caller, requestID: String, key: IdempotencyKey?
  ) async throws -> [UInt8] {
    return try await desk.write(by: caller) { writer, db in
      if let answer = try IdempotentAnswers.find(key, in: db) { return answer }
      try RegisterDesk.requireSchool(school, in: db)
      let officer = try officer ?? Assignments.value(.officer, of: school, on: day, in: db) ?? caller.subject
      let number = try Visits.plan(school, on: day, officer: officer, in: db)
      try RegisterDesk.audit("visit.planned", school.text, by: writer, requestID: requestID, in: db)
      let body = try encodeAnswer(try ReadVisits.visit(number, in: db))
      try IdempotentAnswers.keep(body, for: key, at: writer.at, in: db)
      return body
    }
  }

  /// Cancels a visit that was not made.
  ///
  /// - Throws: `Problem` not found, or conflict when it was made.
  func cancel(_ number: Int64, by caller: Caller, requestID: String) async throws -> ReadVisits.VisitAnswer {
    return try await desk.write(by: caller) { writer, db in
      let visit = try ReadVisits.require(number, for: caller, in: db)
      switch visit.state {
      case .cancelled: break
      case .made: throw Problem.conflict("visit-made", "The visit was made")
      case .planned:
        try Visits.cancel(number, in: db)
        try RegisterDesk.audit("visit.cancelled", visit.school.text, by: writer, requestID: requestID, in: db)
      }
      return try ReadVisits.visit(number, in: db)
    }
  }
}
