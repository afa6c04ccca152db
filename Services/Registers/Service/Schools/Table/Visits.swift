import GRDB
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// How far a visit is.
enum VisitState: String, Sendable, Codable, CaseIterable { case planned, made, cancelled }

/// A register inspection visit.
struct Visit: StoredRow, Sendable {
  let number: Int64
  let school: URN
  let plannedOn: Day
  let visitedOn: Day?
  /// Who makes it, by an opaque identifier.
  let officer: String
  let state: VisitState
}

/// Something that a school is to do after a visit.
struct VisitAction: StoredRow, Codable, Sendable {
  let number: Int64
  let action, owner: String
  let dueOn: Day
  let doneOn: Day?
}

/// An action that was due and not done by the end of a day.
struct OverdueAction: StoredRow, Listed {
  struct Head: Codable, Sendable { let on: Day }

  static let list = "actions"

  let school: URN
  let visit, number: Int64
  let action, owner: String
  let dueOn: Day
  let daysOverdue: Int
}

/// The tables of visits, their checks and actions.
enum Visits {
  /// The most visits or actions of one answer.
  static let pageSize = 200

  static func plan(_ school: URN, on day: Day, officer: String, in db: Database) throws -> Int64 {
    try db.insert("visits", ["school": school, "planned_on": day, "officer": officer, "state": "planned"])
  }

  /// - Throws: `Problem` not found when there is none, or none of a school for which the caller may act.
  static func find(_ number: Int64, for caller: Caller, in db: Database) throws -> Visit {
    guard let visit = try db.first("SELECT * FROM visits WHERE number = ?", [number], as: Visit.self),
      caller.mayActFor(school: visit.school.text)
    else { throw Problem.notFound("Visit") }
    return visit
  }

  /// A school's visits after a number, in the order in which they were planned.
  static func page(of school: URN, after: Int64, in db: Database) throws -> [Visit] {
    try db.all(
      "SELECT * FROM visits WHERE school = ? AND number > ? ORDER BY number LIMIT ?", [school, after, pageSize])
  }

  static func cancel(_ number: Int64, in db: Database) throws {
    try db.run("UPDATE visits SET state = 'cancelled' WHERE number = ?", [number])
  }

  /// Keeps what was found and agreed.
  static func record(_ report: InspectionReport, of number: Int64, in db: Database) throws {
    try db.run("UPDATE visits SET state = 'made', visited_on = ? WHERE number = ?", [report.visitedOn, number])
    for check in report.checks {
      try db.insert(
        "visit_checks", ["visit": number, "name": check.name, "outcome": check.outcome.rawValue, "note": check.note])
    }
    for item in report.actions {
      try db.insert(
        "visit_actions", ["visit": number, "action": item.action, "owner": item.owner, "due_on": item.dueOn])
    }
  }

  /// What was found at a visit, by check.
  static func checks(of visit: Int64, in db: Database) throws -> [String: (outcome: CheckOutcome, note: String)] {
    let rows = try db.rows("SELECT name, outcome, note FROM visit_checks WHERE visit = ?", [visit])
    return try rows.reduce(into: [:]) { $0[$1["name"]] = (try $1.get("outcome"), $1["note"]) }
  }

  static func actions(of visit: Int64, in db: Database) throws -> [VisitAction] {
    try db.all("SELECT * FROM visit_actions WHERE visit = ? ORDER BY number", [visit])
  }

  static func finish(_ action: Int64, on day: Day, in db: Database) throws {
    try db.run("UPDATE visit_actions SET done_on = ? WHERE number = ?", [day, action])
  }

  /// The actions that were due before a day and not done by its end, longest overdue first.
  ///
  /// - Parameters:
  ///   - schools: by URN; `nil` for every school.
  ///   - after: the number of the last action of the page before; 0 for the first page.
  static func overdue(on day: Day, at schools: Set<String>?, after: Int64, in db: Database) throws -> [OverdueAction] {
    try db.all(
      """
      SELECT v.school, a.*, :day - a.due_on AS days_overdue FROM visit_actions a JOIN visits v ON v.number = a.visit
      WHERE a.due_on < :day AND (a.done_on IS NULL OR a.done_on > :day)
        AND (:schools IS NULL OR v.school IN (SELECT value FROM json_each(:schools)))
        AND (:after = 0 OR (a.due_on, a.number) > (SELECT due_on, number FROM visit_actions WHERE number = :after))
      ORDER BY a.due_on, a.number LIMIT :limit
      """, ["day": day, "schools": try schools.map(SchoolList.json), "after": after, "limit": pageSize])
  }
}
