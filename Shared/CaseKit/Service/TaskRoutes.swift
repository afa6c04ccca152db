import CaseFlow
import Contracts
import Foundation
import GRDB
import HTTPTypes
public import Messaging
import RollCopy
import Rulebook
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
      "What happened to a child here, and what other programs published about the child",
      details: "A page is in order; the first has what is newest, the next what was before it.",
      path: [.init("id", .pupil, "The child's opaque identifier.")], query: [Self.before.about, Self.asAt.about],
      chronology)
  }

  private func tasks(_ call: Call) async throws -> Page<CaseAnswers.Work> {
    let (mine, day, after) = (try call[Self.mine], try call[Self.dueBy], try call.after)
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.tasksListed, of: .all)
      let tasks = try Tasks.page(
        of: mine ? unit.caller.subject : nil, dueBy: day, at: unit.caller.confinedTo, hiding: unit.hiddenPupils,
        after: PageCursor(after), limit: Self.pageSize, today: unit.today, in: unit.db)
      return Page(
        tasks, of: Self.pageSize, endsAt: { PageCursor(group: Int64($0.due.ordinal), $0.id).position }
      ) { $0 }
    }
  }

  private static var before: QueryParameter<ChronologyCursor?> {
    QueryParameter<ChronologyCursor>(
      CaseAnswers.Event.cursor, .string(pattern: ChronologyCursor.pattern), "The `next` of the page before.",
      ChronologyCursor.init
    ).optional
  }
  private static var asAt: QueryParameter<Timestamp?> {
    QueryParameter<Timestamp>("asAt", "A past moment: only what was on record then.").optional
  }

  private func chronology(_ call: Call) async throws -> Page<CaseAnswers.Event> {
    let pupil = try call.path("id", "Child") { PupilID($0) }
    let (before, moment) = (try call[Self.before], try call[Self.asAt])
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.chronologyRead, of: pupil)
      let page = try Chronology.page(
        of: pupil, at: unit.caller.confinedTo, before: before, asAt: moment, limit: Self.pageSize, in: unit.db)
      // A past moment, or a page, of a child who is known here may be empty.
      guard before != nil || moment != nil || !page.lines.isEmpty else { throw Problem.notFound("Child") }
      return page
    }
  }
}

/// Questions about what is to be done.
enum Tasks {
  private static func within(_ schools: Set<String>?) -> String {
    schools.map { "AND f.school IN (\($0.map { _ in "?" }.joined(separator: ",")))" } ?? ""
  }

  static func page(
    of person: String?, dueBy day: Day?, at schools: Set<String>?, hiding hidden: [PupilID], after cursor: PageCursor,
    limit: Int, today: Day, in db: Database
  ) throws -> [CaseAnswers.Work] {
    var arguments: StatementArguments = [
      cursor.group, cursor.number, person, person, day?.ordinal, day?.ordinal, hidden.list,
    ]
    if let schools { arguments += StatementArguments(schools.sorted()) }
    arguments += [limit]
    return try Row.fetchAll(
      db,
      sql: """
        SELECT t.id, t.title, t.due, t.role, t.person, f.number, f.pupil FROM case_task t
        JOIN case_file f ON f.number = t.case_number
        WHERE (t.due, t.id) > (?, ?) AND (? IS NULL OR t.person = ?) AND (? IS NULL OR t.due <= ?)
          AND f.pupil NOT IN (SELECT value FROM json_each(?)) \(within(schools))
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
