import GRDB
import Messaging
import RegistersDomain
import Rulebook
import SchoolFiles
import ServiceKit

/// Says what a school belongs to from a day on: its cluster, locality, offer or officer.
struct AssignSchool: Sendable {
  let registers: Registers

  /// The most spans of one school and kind.
  private static let mostSpans = 200
  private static let officerBytes = 100

  /// What the caller is told.
  struct Answer: Codable, Sendable {
    /// Whether anything was not known before.
    let changed: Bool
    /// The assignment that ends now on the day before the new one begins, if one does.
    let ended: SpanAnswer?
  }

  /// Enters a span. The open one before ends on the day before; one that begins on the same day is corrected.
  ///
  /// - Throws: `Problem` not found when the school is unknown, invalid when the value is, conflict when the span shares
  ///   a day with another.
  func callAsFunction(
    _ span: AssignmentSpan, _ kind: AssignmentKind, of school: URN, by edit: Edit
  ) async throws -> Remembered<Answer> {
    let current = { @Sendable db in try ReadSchoolList.answer(school, in: db) }
    return try await registers.write(edit, of: current) { unit in
      try Registers.requireSchool(school, in: unit.db)
      try Self.requireValue(span.value, kind, in: unit.db)
      let known = try Assignments.spans(kind, of: school, in: unit.db)
      var ended: AssignmentSpan?
      switch try Self.change(span, among: known) {
      case .none: return Answer(changed: false, ended: nil)
      case .restated: break
      case .added(let before):
        guard known.count < Self.mostSpans else {
          throw Problem.conflict("too-many-assignments", "The school has too many assignments")
        }
        ended = before
      }
      if let ended { try Assignments.save(ended, kind, of: school, in: unit.db) }
      try Assignments.save(span, kind, of: school, in: unit.db)
      try unit.audit(.schoolAssigned(kind), of: school)
      return Answer(changed: true, ended: ended.map(SpanAnswer.init))
    }
  }

  private static func change(
    _ span: AssignmentSpan, among known: [AssignmentSpan]
  ) throws(Problem) -> AssignmentChange {
    do {
      return try span.change(among: known)
    } catch {
      throw .conflict(
        "assignments-overlap", "The school already has an assignment of this kind on some of these days",
        detail: "An assignment without a last day ends the one before it. Other assignments must not overlap.")
    }
  }

  private static func requireValue(_ value: String, _ kind: AssignmentKind, in db: Database) throws {
    func requireArea(_ area: AreaKind) throws {
      guard try Areas.find(area, value, in: db) != nil else {
        throw Problem.invalid([.init("/value", "is not the code of a known \(area.rawValue)")])
      }
    }
    switch kind {
    case .cluster: try requireArea(.cluster)
    case .locality: try requireArea(.locality)
    case .offer:
      guard SchoolOffer(rawValue: value) != nil else {
        let offers = SchoolOffer.allCases.map(\.rawValue).joined(separator: " or ")
        throw Problem.invalid([.init("/value", "must be \(offers)")])
      }
    case .officer:
      guard PlainText.isCode(value, upTo: officerBytes) else {
        throw Problem.invalid([.init("/value", "must be an opaque identifier of at most \(officerBytes) characters")])
      }
    }
  }
}

/// An assignment as callers see it.
struct SpanAnswer: Codable, Sendable {
  let value: String
  let first: Day
  let last: Day?

  init(_ span: AssignmentSpan) {
    value = span.value
    first = span.first
    last = span.last
  }
}
