import CaseFlow
public import Contracts
import Foundation
public import GRDB
import HTTPTypes
public import Messaging
public import Rulebook
import Schemas
public import ServiceKit

extension AuditAction {
  fileprivate static let chronologyRead = AuditAction("child.chronology.read")
  fileprivate static let tasksListed = AuditAction("case.tasks.listed")
}

/// The routes of what is to be done in a program's cases of whatever kinds, with its figures, and of what happened to a
/// child.
public struct TaskRoutes: Sendable {
  let transactions: Transactions
  let readers: Policy

  private static let pageSize = 100

  /// - Parameter readers: who may see it; callers who are bound to schools see what is of their schools.
  public init(transactions: Transactions, readers: Set<Role>) {
    self.transactions = transactions
    self.readers = .roles(readers, .ownRecords)
  }

  private static var mine: QueryParameter<Bool> { .init("mine", "Only what is the caller's own.") }
  private static var dueBy: QueryParameter<Day?> {
    QueryParameter<Day>("dueBy", "Only what is due by this day.").optional
  }

  public func add(to router: ServiceRouter) {
    router.read(
      "/tasks", readers, "What is to be done, the most urgent first",
      query: [Self.mine.about, Self.dueBy.about, .after], tasks)
    router.read("/tasks/figures", readers, "How much is to be done, and how much of it is late") { call in
      try await transactions.write(by: call.caller) { unit in
        try unit.audit(.tasksListed, of: .all)
        return try Tasks.figures(at: unit.caller.confinedTo, today: unit.today, in: unit.db)
      }
    }
    router.read(
      "/children/{id}/chronology", readers,
      "What happened to a child here, and what other programs published about the child, in order",
      path: [.init("id", .pupil, "The child's opaque identifier.")], chronology)
  }

  private func tasks(_ call: Call) async throws -> Page<CaseAnswers.Work> {
    let (mine, day, after) = (try call[Self.mine], try call[Self.dueBy], try call.after)
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.tasksListed, of: .all)
      let tasks = try Tasks.page(
        of: mine ? unit.caller.subject : nil, dueBy: day, at: unit.caller.confinedTo, after: PageCursor(after),
        limit: Self.pageSize, today: unit.today, in: unit.db)
      return Page(
        tasks, of: Self.pageSize, endsAt: { PageCursor(group: Int64($0.due.ordinal), $0.id).position }
      ) { $0 }
    }
  }

  private func chronology(_ call: Call) async throws -> CaseAnswers.Chronology {
    let pupil = try call.path("id", "Child") { PupilID($0) }
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.chronologyRead, of: pupil)
      let events = try Chronology.events(of: pupil, at: unit.caller.confinedTo, in: unit.db)
      guard !events.isEmpty else { throw Problem.notFound("Child") }
      return CaseAnswers.Chronology(pupil: pupil, events: events)
    }
  }
}

/// Questions about what is to be done.
enum Tasks {
  private static func within(_ schools: Set<String>?) -> String {
    schools.map { "AND f.school IN (\($0.map { _ in "?" }.joined(separator: ",")))" } ?? ""
  }

  static func page(
    of person: String?, dueBy day: Day?, at schools: Set<String>?, after cursor: PageCursor, limit: Int, today: Day,
    in db: Database
  ) throws -> [CaseAnswers.Work] {
    var arguments: StatementArguments = [cursor.group, cursor.number, person, person, day?.ordinal, day?.ordinal]
    if let schools { arguments += StatementArguments(schools.sorted()) }
    arguments += [limit]
    return try Row.fetchAll(
      db,
      sql: """
        SELECT t.id, t.title, t.due, t.role, t.person, f.number, f.pupil FROM case_task t
        JOIN case_file f ON f.number = t.case_number
        WHERE (t.due, t.id) > (?, ?) AND (? IS NULL OR t.person = ?) AND (? IS NULL OR t.due <= ?) \(within(schools))
        ORDER BY t.due, t.id LIMIT ?
        """, arguments: arguments
    ).map { row in
      let due = Day(ordinal: row["due"])
      return CaseAnswers.Work(
        id: row["id"], case: "c\(row["number"] as Int64)", pupil: PupilID(row["pupil"] as String), title: row["title"],
        due: due,
        overdue: due < today, owner: .init(role: row["role"], person: row["person"]))
    }
  }

  static func figures(at schools: Set<String>?, today: Day, in db: Database) throws -> CaseAnswers.WorkFigures {
    let own = StatementArguments((schools ?? []).sorted())
    let open = try Int.fetchOne(
      db, sql: "SELECT count(*) FROM case_file f WHERE f.is_open = 1 \(within(schools))", arguments: own)
    let counts = try Row.fetchAll(
      db,
      sql: """
        SELECT t.title, t.role, count(*) AS open, coalesce(sum(t.due < ?), 0) AS late,
          coalesce(sum(t.person IS NULL), 0) AS free
        FROM case_task t JOIN case_file f ON f.number = t.case_number WHERE 1 \(within(schools))
        GROUP BY t.title, t.role ORDER BY t.title, t.role
        """, arguments: [today.ordinal] + own
    ).map {
      CaseAnswers.WorkFigures.Count(
        title: $0["title"], role: $0["role"], open: $0["open"], overdue: $0["late"], unallocated: $0["free"])
    }
    return CaseAnswers.WorkFigures(
      openCases: open ?? 0, openTasks: counts.reduce(0) { $0 + $1.open }, overdue: counts.reduce(0) { $0 + $1.overdue },
      tasks: counts)
  }
}

/// What happened to a child, across cases and programs.
public enum Chronology {
  /// Writes down what another program published about a child.
  ///
  /// - Parameters:
  ///   - what: in words without anything of a person, for example `persistent absence found`.
  ///   - reference: the other program's record, opaque.
  public static func note(
    _ what: String, _ reference: String, of pupil: PupilID, at school: URN?, on day: Day, recorded: Timestamp,
    in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO chronology (pupil, school, at_millis, on_day, what, reference) VALUES (?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [pupil.text, school?.text, recorded.millis, day.ordinal, what, reference])
  }

  /// The most that are shown.
  private static let most = 2_000

  static func events(of pupil: PupilID, at schools: Set<String>?, in db: Database) throws -> [CaseAnswers.Event] {
    let own = schools.map { "AND school IN (\($0.map { _ in "?" }.joined(separator: ",")))" } ?? ""
    let names = StatementArguments((schools ?? []).sorted())
    return try Row.fetchAll(
      db,
      sql: """
        SELECT e.at_millis, e.on_day, e.name AS what, 'c' || f.number AS reference
          FROM case_file f JOIN case_entry e ON e.case_number = f.number WHERE f.pupil = ? \(own)
        UNION ALL SELECT at_millis, on_day, what, reference FROM chronology WHERE pupil = ? \(own)
        ORDER BY on_day, at_millis LIMIT \(most)
        """, arguments: [pupil.text] + names + [pupil.text] + names
    ).map {
      .init(
        at: Timestamp(millis: $0["at_millis"]), on: Day(ordinal: $0["on_day"]), what: $0["what"],
        reference: $0["reference"])
    }
  }
}
