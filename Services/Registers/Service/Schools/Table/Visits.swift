import GRDB
import RegistersDomain
import Rulebook
import Store

/// How far a visit is.
enum VisitState: String, Sendable, Codable, CaseIterable { case planned, made, cancelled }

/// A register inspection visit.
struct Visit: Hashable, Sendable {
  let number: Int64
  let school: URN
  let plannedOn: Day
  let visitedOn: Day?
  /// Who makes it, by an opaque identifier.
  let officer: String
  let state: VisitState
}

/// Something that a school is to do after a visit.
struct VisitAction: Hashable, Sendable {
  let number: Int64
  let visit: Int64
  let action: String
  let owner: String
  let dueOn: Day
  let doneOn: Day?
}

/// The tables of visits, their checks and actions.
enum Visits {
  static func plan(_ school: URN, on day: Day, officer: String, in db: Database) throws -> Int64 {
    try db.run(
      "INSERT INTO visits (school, planned_on, officer, state) VALUES (?, ?, ?, 'planned')", [school, day, officer])
    return db.lastInsertedRowID
  }

  static func find(_ number: Int64, in db: Database) throws -> Visit? {
    try db.row("SELECT * FROM visits WHERE number = ?", [number]).map(visit)
  }

  /// A school's visits after a number, oldest entry first.
  static func page(of school: URN, after: Int64, limit: Int, in db: Database) throws -> [Visit] {
    try db.rows("SELECT * FROM visits WHERE school = ? AND number > ? ORDER BY number LIMIT ?", [school, after, limit])
      .map(visit)
  }

  static func cancel(_ number: Int64, in db: Database) throws {
    try db.run("UPDATE visits SET state = 'cancelled' WHERE number = ?", [number])
  }

  /// Keeps what was found and agreed.
  static func record(_ report: InspectionReport, of number: Int64, in db: Database) throws {
    try db.run("UPDATE visits SET state = 'made', visited_on = ? WHERE number = ?", [report.visitedOn, number])
    let check = try db.cachedStatement(
      sql: "INSERT INTO visit_checks (visit, name, outcome, note) VALUES (?, ?, ?, ?)")
    for item in report.checks {
      try check.execute(arguments: [number, item.name, item.outcome.rawValue, item.note])
    }
    let action = try db.cachedStatement(
      sql: "INSERT INTO visit_actions (visit, action, owner, due_on) VALUES (?, ?, ?, ?)")
    for item in report.actions {
      try action.execute(arguments: [number, item.action, item.owner, item.dueOn])
    }
  }

  /// What was found at a visit, by check.
  static func checks(of visit: Int64, in db: Database) throws -> [String: InspectionReport.Check] {
    let rows = try db.rows("SELECT name, outcome, note FROM visit_checks WHERE visit = ?", [visit])
    let checks = try rows.map { row -> InspectionReport.Check in
      let outcome: CheckOutcome = try row.get("outcome")
      return InspectionReport.Check(name: row["name"], outcome: outcome, note: row["note"])
    }
    return Dictionary(uniqueKeysWithValues: checks.map { ($0.name, $0) })
  }

  static func actions(of visit: Int64, in db: Database) throws -> [VisitAction] {
    try db.rows("SELECT * FROM visit_actions WHERE visit = ? ORDER BY number", [visit]).map(action)
  }

  static func finish(_ action: Int64, on day: Day, in db: Database) throws {
    try db.run("UPDATE visit_actions SET done_on = ? WHERE number = ?", [day, action])
  }

  /// The actions that were due before a day and not done by its end, longest overdue first.
  ///
  /// - Parameters:
  ///   - schools: by URN; `nil` for every school.
  ///   - after: the number of the last action of the page before; 0 for the first page.
  static func overdue(
    on day: Day, at schools: Set<String>?, after: Int64, limit: Int, in db: Database
  ) throws -> [(school: URN, action: VisitAction)] {
    try db.rows(
      """
      SELECT a.*, v.school FROM visit_actions a JOIN visits v ON v.number = a.visit
      WHERE a.due_on < :day AND (a.done_on IS NULL OR a.done_on > :day)
        AND (:schools IS NULL OR v.school IN (SELECT value FROM json_each(:schools)))
        AND (:after = 0 OR (a.due_on, a.number) > (SELECT due_on, number FROM visit_actions WHERE number = :after))
      ORDER BY a.due_on, a.number LIMIT :limit
      """, ["day": day, "schools": try schools.map(SchoolList.json), "after": after, "limit": limit]
    ).map { (try $0.get("school"), try action($0)) }
  }

  private static func visit(_ row: Row) throws -> Visit {
    let state: VisitState = try row.get("state")
    return Visit(
      number: row["number"], school: try row.get("school"), plannedOn: try row.get("planned_on"),
      visitedOn: try row.get("visited_on"), officer: row["officer"], state: state)
  }

  private static func action(_ row: Row) throws -> VisitAction {
    VisitAction(
      number: row["number"], visit: row["visit"], action: row["action"], owner: row["owner"],
      dueOn: try row.get("due_on"), doneOn: try row.get("done_on"))
  }
}
