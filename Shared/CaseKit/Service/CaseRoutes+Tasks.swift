import CaseFlow
public import Contracts
import Foundation
public import GRDB
import HTTPTypes
import Hummingbird
import Messaging
public import Rulebook
import Schemas
import ServiceKit

/// What is to be done, and what happened to a child.
extension CaseRoutes {
  func addTasks(to router: ServiceRouter) {
    router.on(
      .get, "/tasks", readers,
      About(
        "What is to be done, the most urgent first",
        query: [
          .init("mine", .boolean, required: false, "Only what is the caller's own."),
          .init("dueBy", .day, required: false, "Only what is due by this day."), .after,
        ], answer: CaseAnswers.WorkPage.self)
    ) { [self] request, context in try await tasks(request, try context.caller) }
    router.on(
      .get, "/tasks/figures", readers,
      About("How much is to be done, and how much of it is late", answer: CaseAnswers.WorkFigures.self)
    ) { [self] _, context in
      let caller = try context.caller
      return try .json(
        try await transactions.write(by: caller) { unit in
          try unit.audit(.tasksListed, of: .all)
          return try Tasks.figures(at: caller.confinedTo, today: unit.today, in: unit.db)
        })
    }
    router.on(
      .get, "/children/{id}/chronology", readers,
      About(
        "What happened to a child here, and what other programs published about the child, in order",
        path: [.init("id", .pupil, "The child's opaque identifier.")], answer: CaseAnswers.Chronology.self)
    ) { [self] _, context in
      let caller = try context.caller
      guard let pupil = PupilID(try context.parameter("id")) else { throw Problem.notFound("Child") }
      return try .json(
        try await transactions.write(by: caller) { unit in
          try unit.audit(.chronologyRead, of: pupil)
          let events = try Chronology.events(of: pupil, at: caller.confinedTo, in: unit.db)
          guard !events.isEmpty else { throw Problem.notFound("Child") }
          return CaseAnswers.Chronology(pupil: pupil, events: events)
        })
    }
  }

  private func tasks(_ request: Request, _ caller: Caller) async throws -> Response {
    let mine = try request.optionalQuery("mine") { Bool($0) } ?? false
    let day = try request.optionalQuery("dueBy") { Day(iso: $0) }
    let after = try request.after()
    let tasks = try await transactions.write(by: caller) { unit in
      try unit.audit(.tasksListed, of: .all)
      return try Tasks.page(
        of: mine ? caller.subject : nil, dueBy: day, at: caller.confinedTo, after: after, limit: Self.pageSize,
        today: unit.today, in: unit.db)
    }
    let next = tasks.count == Self.pageSize ? tasks.last.map { Tasks.cursor($0.due, $0.id) } : nil
    return try .page(CaseAnswers.WorkPage(tasks: tasks, next: next), of: request)
  }
}

/// Questions about what is to be done.
enum Tasks {
  /// Where a page ends: the day and the task in one number.
  static func cursor(_ due: Day, _ id: Int64) -> Int64 { Int64(due.ordinal) << idBits | id }
  /// Room for 2⁴⁰ tasks: a day's ordinal takes no more than 17 bits.
  private static let idBits: Int64 = 40

  private static func within(_ schools: Set<String>?) -> String {
    schools.map { "AND f.school IN (\($0.map { _ in "?" }.joined(separator: ",")))" } ?? ""
  }

  static func page(
    of person: String?, dueBy day: Day?, at schools: Set<String>?, after cursor: Int64, limit: Int, today: Day,
    in db: Database
  ) throws -> [CaseAnswers.Work] {
    let (due, id) = (cursor >> idBits, cursor & (1 << idBits - 1))
    var arguments: StatementArguments = [due, id, person, person, day?.ordinal, day?.ordinal]
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
    ).compactMap { row in
      guard let pupil = PupilID(row["pupil"] as String) else { return nil }
      let due = Day(ordinal: row["due"])
      return CaseAnswers.Work(
        id: row["id"], case: "c\(row["number"] as Int64)", pupil: pupil, title: row["title"], due: due,
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
