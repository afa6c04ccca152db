import CaseFlow
import Contracts
import Foundation
import GRDB
import HTTPTypes
import Hummingbird
public import Messaging
public import Rulebook
import Schemas
public import ServiceKit

extension AuditAction {
  static let casesListed = AuditAction("case.listed")
  static let caseRead = AuditAction("case.read")
  static let historyRead = AuditAction("case.history.read")
  static let whyRead = AuditAction("case.why.read")
  static let chronologyRead = AuditAction("child.chronology.read")
  static let tasksListed = AuditAction("case.tasks.listed")
}

/// The routes of one kind of case: list, one, history, why, act, allocate, second signature, uphold; the tasks with
/// their figures; a child's chronology.
///
/// ```swift
/// CaseRoutes(desk: desk, transactions: transactions, readers: [.attendanceOfficer, .manager]).add(to: router)
/// ```
public struct CaseRoutes<Program: CaseProgram>: Sendable {
  typealias Kind = Program.Kind

  let desk: CaseDesk<Program>
  let transactions: Transactions
  let readers: Policy
  /// Everybody who may do some act.
  let actors: Policy

  static var pageSize: Int { 100 }

  /// - Parameter readers: who may see the cases; callers who are bound to schools see those of their schools.
  public init(desk: CaseDesk<Program>, transactions: Transactions, readers: Set<Role>) {
    self.desk = desk
    self.transactions = transactions
    self.readers = .roles(readers, .ownRecords)
    actors = .roles(Set(Kind.Role.allCases.compactMap { Role(rawValue: $0.rawValue) }), .ownRecords)
  }

  public func add(to router: ServiceRouter) {
    addReading(to: router)
    addActing(to: router)
    addTasks(to: router)
  }

  static var id: About.Parameter { .init("id", .string(pattern: StoredCase<Kind>.idPattern), "The case's identifier.") }
  private static var asAt: About.Parameter {
    .init("asAt", .timestamp, required: false, "A past moment: the case as it was on record then.")
  }

  private func addReading(to router: ServiceRouter) {
    let state = About.Parameter(
      "state", .oneOf(["open", "all"] + Kind.State.allCases.map(\.rawValue)), required: false,
      "Cases in one state, all, or open ones without it.")
    router.on(
      .get, "/cases", readers,
      About("The cases, in the order of opening", query: [state, .after], answer: CaseAnswers.CasePage.self)
    ) { [self] request, context in try await list(request, try context.caller) }
    router.on(
      .get, "/cases/{id}", readers,
      About("A case as it is now", path: [Self.id], query: [Self.asAt], answer: CaseAnswers.Detail.self)
    ) { [self] request, context in
      let (id, caller, moment) = (try context.parameter("id"), try context.caller, try request.moment())
      return try .json(
        try await transactions.write(by: caller) { unit in
          var stored = try find(id, for: caller, unit)
          if let moment {
            stored.file = CaseFile(try Cases<Kind>.history(of: stored.number, until: moment, in: unit.db).map(\.entry))
            guard stored.file.state != nil else { throw Problem.notFound("Case") }
          }
          try unit.audit(.caseRead, of: stored.pupil, ["case": stored.id])
          return CaseAnswers.Detail(stored, for: role(of: caller))
        })
    }
    router.on(
      .get, "/cases/{id}/history", readers,
      About("What happened in a case, in order", path: [Self.id], query: [.after], answer: CaseAnswers.History.self)
    ) { [self] request, context in try await history(request, context) }
    router.on(
      .get, "/cases/{id}/why", readers,
      About(
        "Each decision of a case with its grounds, its rules, and whether it is in force", path: [Self.id],
        answer: CaseAnswers.WhyList.self)
    ) { [self] _, context in try await why(context) }
  }

  private func list(_ request: Request, _ caller: Caller) async throws -> Response {
    let state = try request.optionalQuery("state") { $0 } ?? "open"
    let after = try request.after()
    let rows = try await transactions.write(by: caller) { unit in
      try unit.audit(.casesListed, of: .all)
      return try Cases<Kind>.page(state: state, at: caller.confinedTo, after: after, limit: Self.pageSize, in: unit.db)
    }
    let next = rows.count == Self.pageSize ? rows.last?.number : nil
    return try .page(CaseAnswers.CasePage(cases: rows.map { .init($0) }, next: next), of: request)
  }

  private func history(_ request: Request, _ context: ServiceRequestContext) async throws -> Response {
    let (id, caller, after) = (try context.parameter("id"), try context.caller, try request.after())
    let lines = try await transactions.write(by: caller) { unit in
      let stored = try find(id, for: caller, unit)
      try unit.audit(.historyRead, of: stored.pupil, ["case": stored.id])
      return try Cases<Kind>.history(
        of: stored.number, after: Int(clamping: after), limit: Self.pageSize, in: unit.db)
    }
    let next = lines.count == Self.pageSize ? lines.last.map { Int64($0.entry.number) } : nil
    return try .page(CaseAnswers.History(entries: lines.map { .init($0) }, next: next), of: request)
  }

  private func why(_ context: ServiceRequestContext) async throws -> Response {
    let (id, caller) = (try context.parameter("id"), try context.caller)
    return try .json(
      try await transactions.write(by: caller) { unit in
        let stored = try find(id, for: caller, unit)
        try unit.audit(.whyRead, of: stored.pupil, ["case": stored.id])
        let known = stored.file.stated.over(try desk.program.facts(of: stored, in: unit))
        let entries = try Cases<Kind>.history(of: stored.number, in: unit.db).map(\.entry)
        return CaseAnswers.WhyList(
          id: stored.id,
          decisions: stored.file.decisions.compactMap { decision in
            entries.first { $0.number == decision.number }.map { .init(decision, entry: $0, known: known) }
          })
      })
  }

  /// - Throws: `Problem` not found unless there is such a case and the caller may see it.
  func find(_ id: String, for caller: Caller, _ unit: UnitOfWork) throws -> StoredCase<Kind> {
    guard let stored = try Cases<Kind>.find(id, in: unit.db), caller.maySee(stored.school) else {
      throw Problem.notFound("Case")
    }
    return stored
  }

  func role(of caller: Caller) -> Kind.Role? { Kind.Role(rawValue: caller.role.rawValue) }

  /// - Throws: `Problem` forbidden for a role that the flow does not know.
  func actor(_ caller: Caller) throws(Problem) -> Actor<Kind.Role> {
    guard let role = role(of: caller) else { throw .forbidden }
    return .person(caller.subject, role)
  }
}

extension Caller {
  /// Whether what belongs to a school, or to none, may be seen.
  public func maySee(_ school: URN?) -> Bool { school.map { mayActFor(school: $0.text) } ?? (confinedTo == nil) }
}

extension Request {
  fileprivate func moment() throws(Problem) -> Timestamp? { try optionalQuery("asAt") { Timestamp($0) } }
}

extension Cases {
  /// A page in the order of opening.
  ///
  /// - Parameter schools: by URN; `nil` for every school.
  static func page(
    state: String, at schools: Set<String>?, after number: Int64, limit: Int, in db: Database
  ) throws -> [StoredCase<Kind>] {
    let marks = schools.map { $0.map { _ in "?" }.joined(separator: ",") }
    let sql = """
      SELECT number FROM case_file WHERE kind = ? AND number > ? AND (? = 'all' OR ? = 'open' AND is_open = 1 OR state = ?)
        \(marks.map { "AND school IN (\($0))" } ?? "") ORDER BY number LIMIT ?
      """
    var arguments: StatementArguments = [Kind.name, number, state, state, state]
    if let schools { arguments += StatementArguments(schools.sorted()) }
    arguments += [limit]
    return try Int64.fetchAll(db, sql: sql, arguments: arguments).compactMap { try find(number: $0, in: db) }
  }
}
