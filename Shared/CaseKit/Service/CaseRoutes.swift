import CaseFlow
import Contracts
import Foundation
public import GRDB
import HTTPTypes
public import Messaging
import RollCopy
public import Rulebook
import Schemas
public import ServiceKit

extension AuditAction {
  static let casesListed = AuditAction("case.listed")
  static let caseRead = AuditAction("case.read")
  static let historyRead = AuditAction("case.history.read")
  static let whyRead = AuditAction("case.why.read")
}

/// The routes of one kind of case: list, one, history, why, act, allocate, second signature, uphold.
///
/// ```swift
/// CaseRoutes(desk: desk, transactions: transactions, readers: [.attendanceOfficer, .manager]).add(to: router)
/// TaskRoutes(transactions: transactions, readers: [.attendanceOfficer, .manager]).add(to: router)
/// ```
public struct CaseRoutes<Program: CaseProgram>: Sendable {
  typealias Kind = Program.Kind

  let desk: CaseDesk<Program>
  let transactions: Transactions
  let readers: Policy
  /// Everybody who may do some act.
  let actors: Policy
  /// Where the cases are, for example `/cases`.
  let path: String

  static var pageSize: Int { 100 }

  /// - Parameters:
  ///   - readers: who may see the cases; callers who are bound to schools see those of their schools.
  ///   - path: where the cases are, in a program with several kinds.
  public init(
    desk: CaseDesk<Program>, transactions: Transactions, readers: Set<Role>, at path: String = "/cases"
  ) {
    self.path = path
    self.desk = desk
    self.transactions = transactions
    self.readers = .roles(readers, .ownRecords)
    actors = .roles(Set(Kind.Role.allCases.compactMap { Role(rawValue: $0.rawValue) }), .ownRecords)
  }

  public func add(to router: ServiceRouter) {
    addReading(to: router)
    addActing(to: router)
  }

  static var id: About.Parameter { .init("id", .string(pattern: StoredCase<Kind>.idPattern), "The case's identifier.") }
  private static var asAt: QueryParameter<Timestamp?> {
    QueryParameter<Timestamp>("asAt", "A past moment: the case as it was on record then.").optional
  }
  private static var state: QueryParameter<String> {
    QueryParameter<String>(
      "state", .oneOf(["open", "all"] + Kind.State.allCases.map(\.rawValue)),
      "Cases in one state, all, or open ones without it.", { $0 }
    ).or("open")
  }

  private func addReading(to router: ServiceRouter) {
    router.read(
      path, readers, "The cases, in the order of opening", query: [Self.state.about, .after], list)
    router.read("\(path)/{id}", readers, "A case as it stands", path: [Self.id], query: [Self.asAt.about], one)
    router.read(
      "\(path)/{id}/history", readers, "What happened in a case, in order", path: [Self.id], query: [.after], history)
    router.read(
      "\(path)/{id}/why", readers,
      "Each decision of a case with what it rests on and whether it stands, and each other act: by which rules they were judged",
      path: [Self.id], why)
  }

  private func list(_ call: Call) async throws -> Page<CaseAnswers.Summary> {
    let (state, after) = (try call[Self.state], try call.after)
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.casesListed, of: .all)
      let rows = try Cases<Kind>.page(
        state: state, at: unit.caller.confinedTo, hiding: unit.hiddenPupils, after: after, limit: Self.pageSize,
        in: unit.db)
      return Page(rows, of: Self.pageSize, endsAt: \.number) { .init($0) }
    }
  }

  private func one(_ call: Call) async throws -> CaseAnswers.Detail {
    let (id, caller, moment) = (try call.text("id"), call.caller, try call[Self.asAt])
    return try await transactions.write(by: caller) { unit in
      var stored = try Cases<Kind>.find(id, for: caller, in: unit.db)
      if let moment {
        stored.file = try Cases<Kind>.file(of: stored, asAt: moment, in: unit.db)
        guard stored.file.state != nil else { throw Problem.notFound("Case") }
      }
      try unit.audit(.caseRead, of: stored.audited, ["case": stored.id])
      return CaseAnswers.Detail(stored, for: role(of: caller))
    }
  }

  private func history(_ call: Call) async throws -> Page<CaseAnswers.Line> {
    let (id, after) = (try call.text("id"), try call.after)
    return try await transactions.write(by: call.caller) { unit in
      let stored = try Cases<Kind>.find(id, for: unit.caller, in: unit.db)
      try unit.audit(.historyRead, of: stored.audited, ["case": stored.id])
      let lines = try Cases<Kind>.history(
        of: stored.number, after: Int(clamping: after), limit: Self.pageSize, in: unit.db)
      return Page(lines, of: Self.pageSize, endsAt: { Int64($0.entry.number) }) { .init($0) }
    }
  }

  private func why(_ call: Call) async throws -> CaseAnswers.WhyList {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let stored = try Cases<Kind>.find(id, for: unit.caller, in: unit.db)
      try unit.audit(.whyRead, of: stored.audited, ["case": stored.id])
      let known = stored.file.stated.over(try desk.program.facts(of: stored, in: unit))
      let entries = try Cases<Kind>.history(of: stored.number, in: unit.db).map(\.entry)
      return CaseAnswers.WhyList(stored, entries, known: known)
    }
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

extension Cases {
  /// A case that a caller may see.
  ///
  /// - Parameter name: what a case of the kind is called.
  /// - Throws: `Problem` not found unless there is such a case and the caller may see it.
  public static func find(
    _ id: String, called name: String = "Case", for caller: Caller, in db: Database
  ) throws -> StoredCase<Kind> {
    guard let stored = try find(id, in: db), caller.maySee(stored.school) else { throw Problem.notFound(name) }
    return stored
  }

  /// A page in the order of opening.
  ///
  /// - Parameters:
  ///   - schools: by URN; `nil` for every school.
  ///   - hidden: the children of whom the reader must not know.
  static func page(
    state: String, at schools: Set<String>?, hiding hidden: [PupilID], after number: Int64, limit: Int, in db: Database
  ) throws -> [StoredCase<Kind>] {
    let marks = schools.map { $0.map { _ in "?" }.joined(separator: ",") }
    let sql = """
      SELECT number FROM case_file WHERE kind = ? AND number > ? AND (? = 'all' OR ? = 'open' AND is_open = 1 OR state = ?)
        AND pupil NOT IN (SELECT value FROM json_each(?)) \(marks.map { "AND school IN (\($0))" } ?? "")
        ORDER BY number LIMIT ?
      """
    var arguments: StatementArguments = [Kind.name, number, state, state, state, hidden.list]
    if let schools { arguments += StatementArguments(schools.sorted()) }
    arguments += [limit]
    return try Int64.fetchAll(db, sql: sql, arguments: arguments).compactMap { try find(number: $0, in: db) }
  }
}
