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
  let others: OtherTasks

  private static let pageSize = 100

  /// - Parameters:
  ///   - readers: who may see it; callers who are bound to schools see what is of their schools.
  ///   - others: what is to be done beside the work of cases.
  public init(
    transactions: Transactions, readers: Set<Role>, others: @escaping OtherTasks = { _ in [] }
  ) {
    self.transactions = transactions
    self.readers = .roles(readers, .ownRecords)
    self.others = others
  }

  private static var mine: QueryParameter<Bool> { .init("mine", "Only what is the caller's own.") }
  private static var dueBy: QueryParameter<Day?> {
    QueryParameter<Day>("dueBy", "Only what is due by this day.").optional
  }

  private static var kind: QueryParameter<String?> {
    QueryParameter<String>(
      "kind", .string(pattern: "^[a-z][a-z0-9-]{0,59}$"),
      "Only one kind: `second` for second signatures, `decision` for decisions to look at again, or a clock's name.",
      { $0 }
    ).optional
  }

  public func add(to router: ServiceRouter) {
    router.read(
      "/tasks", readers, "What is to be done, the most urgent first",
      query: [Self.mine.about, Self.dueBy.about, Self.kind.about, .after], tasks)
    router.read("/tasks/figures", readers, "How much is to be done, and how much of it is late") { call in
      try await transactions.write(by: call.caller) { unit in
        try unit.audit(.tasksListed, of: .all)
        return try Tasks.figures(
          at: unit.caller.confinedTo, others: others(unit.db), today: unit.today, in: unit.db)
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
    let kind = try call[Self.kind]
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.tasksListed, of: .all)
      let wanted = try Tasks.Wanted(
        person: mine ? unit.caller.subject : nil, dueBy: day, kind: kind, schools: unit.caller.confinedTo,
        hidden: unit.hiddenPupils)
      let tasks = try Tasks.page(
        wanted, others: others(unit.db), after: PageCursor(after), limit: Self.pageSize, today: unit.today,
        in: unit.db)
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
