import GRDB
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Answers questions about register inspection visits. Nothing about a child.
struct ReadVisits: Sendable {
  let registers: Registers

  /// The most visits or actions of one answer.
  static let pageSize = 200

  /// A visit, what was found and what was agreed.
  struct VisitAnswer: Listed {
    static let list = "visits"

    struct Check: Codable, Sendable {
      let name: String
      /// What must be so for it to be met, and where the law says so.
      let requirement, source: String
      let outcome: CheckOutcome
      let note: String
    }

    struct Action: Codable, Sendable {
      let number: Int64
      let action, owner: String
      let dueOn: Day
      let doneOn: Day?
    }

    let number: Int64
    let school: URN
    let state: VisitState
    /// Who makes the visit, by an opaque identifier.
    let officer: String
    let plannedOn: Day
    let visitedOn: Day?
    /// Empty until it was made; then every check in force on the day.
    let checks: [Check]
    let actions: [Action]
  }

  /// - Throws: `Problem` not found when there is none, or none of a school for which the caller may act.
  static func require(_ number: Int64, for caller: Caller, in db: Database) throws -> Visit {
    guard let visit = try Visits.find(number, in: db), caller.mayActFor(school: visit.school.text) else {
      throw Problem.notFound("Visit")
    }
    return visit
  }

  /// A visit as it stands, for one edit of it by somebody who may see it.
  static func current(_ number: Int64, for caller: Caller) -> @Sendable (Database) throws -> (any Encodable)? {
    { db in try answer(try require(number, for: caller, in: db), in: db) }
  }

  /// - Throws: `Problem` not found as for ``require(_:for:in:)``.
  func visit(_ number: Int64, for caller: Caller) async throws -> VisitAnswer {
    try await registers.read { db in try Self.answer(try Self.require(number, for: caller, in: db), in: db) }
  }

  /// - Throws: `Problem` not found.
  static func visit(_ number: Int64, in db: Database) throws -> VisitAnswer {
    guard let visit = try Visits.find(number, in: db) else { throw Problem.notFound("Visit") }
    return try answer(visit, in: db)
  }

  private static func answer(_ visit: Visit, in db: Database) throws -> VisitAnswer {
    let found = try Visits.checks(of: visit.number, in: db)
    let checks = visit.visitedOn.map(RegisterInspection.checks(on:)) ?? []
    return VisitAnswer(
      number: visit.number, school: visit.school, state: visit.state, officer: visit.officer,
      plannedOn: visit.plannedOn, visitedOn: visit.visitedOn,
      checks: checks.map { check in
        let known = found[check.value.name]
        return .init(
          name: check.value.name, requirement: check.value.requirement, source: check.source,
          outcome: known?.outcome ?? .notSeen, note: known?.note ?? "")
      },
      actions: try Visits.actions(of: visit.number, in: db).map {
        .init(number: $0.number, action: $0.action, owner: $0.owner, dueOn: $0.dueOn, doneOn: $0.doneOn)
      })
  }

  /// A school's visits, in the order in which they were planned.
  ///
  /// - Throws: `Problem` not found when the school is unknown.
  func page(of school: URN, after: Int64) async throws -> Page<VisitAnswer> {
    try await registers.read { db in
      try Registers.requireSchool(school, in: db)
      let visits = try Visits.page(of: school, after: after, limit: Self.pageSize, in: db)
      return try Page(visits, of: Self.pageSize, endsAt: \.number) { try Self.answer($0, in: db) }
    }
  }

  /// An action that was due and not done by the end of a day.
  struct OverdueAction: Listed {
    struct Head: Codable, Sendable { let on: Day }

    static let list = "actions"

    let school: URN
    let visit, number: Int64
    let action, owner: String
    let dueOn: Day
    let daysOverdue: Int
  }

  /// The actions that are overdue, longest first.
  ///
  /// - Parameter caller: schools for which the caller may not act are left out.
  func overdue(on day: Day, after: Int64, for caller: Caller) async throws -> Page<OverdueAction> {
    try await registers.read { db in
      let found = try Visits.overdue(
        on: day, at: caller.confinedTo, after: after, limit: Self.pageSize, in: db)
      return Page(found, of: Self.pageSize, .init(on: day), endsAt: \.action.number) { school, action in
        OverdueAction(
          school: school, visit: action.visit, number: action.number, action: action.action, owner: action.owner,
          dueOn: action.dueOn, daysOverdue: day - action.dueOn)
      }
    }
  }

  /// What a visit checks on a day.
  struct ChecksAnswer: WholeList, Sendable {
    struct Check: Codable, Sendable {
      let name, requirement, source: String
    }

    let on: Day
    let checks: [Check]
    var list: (name: String, rows: [Check]) { ("visit-checks", checks) }
  }

  func checks(on day: Day?) -> ChecksAnswer {
    let day = day ?? registers.clock.today()
    return ChecksAnswer(
      on: day,
      checks: RegisterInspection.checks(on: day).map {
        .init(name: $0.value.name, requirement: $0.value.requirement, source: $0.source)
      })
  }
}
