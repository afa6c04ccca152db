import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import Messaging
import RollCopy
import Rulebook
import ServiceKit

/// Where the orders of one kind are begun.
struct OrderDesk<Kind: CaseKind>: Sendable {
  let cases: CaseDesk<Orders<Kind>>
  let notices: PenaltyNotices

  init(_ orders: Orders<Kind>, timetable: Timetable) {
    cases = CaseDesk(orders, timetable: timetable)
    notices = orders.prosecutions.prosecutions.notices
  }

  /// What an order is about.
  struct Matter: Sendable {
    let pupil: PupilID
    let school: URN?
    let person: PersonID?
    let circumstances: Set<Conflicts.Circumstance>
  }

  /// Begins the steps to an order.
  ///
  /// - Throws: ``CaseFlow/Refusal``; `Problem` not found for a child or a parent that nobody told of, conflict where one is
  ///   open about the same.
  func begin(
    _ matter: Matter, _ intent: Intent<Kind>, by actor: Actor<Kind.Role>, in unit: UnitOfWork
  ) throws -> StoredCase<Kind> {
    let pupil = try Roll.current(matter.pupil, in: unit.db)
    guard try Roll.isKnown(pupil, in: unit.db) else { throw Problem.notFound("Child") }
    let person = try matter.person.map { try Roll.current($0, in: unit.db) }
    if let person, try !Roll.parents(of: pupil, in: unit.db).contains(where: { $0.id == person && $0.isParent }) {
      throw Problem.notFound("Parent of the child")
    }
    let isOpen = try Cases<Kind>.all(of: pupil, in: unit.db).contains { stored in
      guard Kind.flow.isOpen(stored.file.state) else { return false }
      let other = try StoredOrders.find(subject: stored.subject, in: unit.db)?.person
      return try other.map { try Roll.current($0, in: unit.db) } == person
    }
    guard !isOpen else { throw Problem.conflict("order-open", "An order of this kind is open about the same") }
    let order = try StoredOrders.insert(
      Kind.name, about: pupil, at: matter.school, against: person, matter.circumstances, in: unit.db)
    let stored = try cases.open(intent, about: order.subject, pupil, at: matter.school, by: actor, in: unit)
    try StoredOrders.setCase(stored.number, of: order.number, in: unit.db)
    return stored
  }
}

extension OrderDesk<SupervisionOrderCase> {
  /// A court directed the authority to apply for an order: the time for the application, or for the report why there is
  /// none, starts in the name of whoever recorded it (Education Act 1996 s447(2) to (4)). Where the steps to an order have
  /// begun, or one is in force, they go on.
  func direct(_ direction: Prosecutions.Direction, in unit: UnitOfWork) throws {
    let isOpen = try Cases<SupervisionOrderCase>.all(of: direction.pupil, in: unit.db).contains {
      SupervisionOrderCase.flow.isOpen($0.file.state)
    }
    guard !isOpen else { return }
    _ = try begin(
      .init(pupil: direction.pupil, school: direction.school, person: nil, circumstances: []),
      .init(
        .act(.direct),
        stating: .init([
          .directedOn: .day(direction.on), .reportBy: .day(CourtClocks.lastDayToReport(directedOn: direction.on)),
          .courtSetReport: .flag(false),
        ]), reason: direction.reason, evidence: [direction.matter]), by: .person(direction.by, .legalOfficer),
      in: unit)
  }
}

/// The orders that a family court or a magistrates' court can make about a child's attendance, and the authority's own.
struct OrderDesks: Sendable {
  let attendance: OrderDesk<AttendanceOrderCase>
  let supervision: OrderDesk<SupervisionOrderCase>
  let parenting: OrderDesk<ParentingOrderCase>

  init(_ prosecutions: ProsecutionDesk, timetable: Timetable) {
    attendance = OrderDesk(Orders(attendance: prosecutions), timetable: timetable)
    supervision = OrderDesk(Orders(supervision: prosecutions), timetable: timetable)
    parenting = OrderDesk(Orders(parenting: prosecutions), timetable: timetable)
  }

  func factsChanged(of pupil: PupilID, in unit: UnitOfWork) throws {
    try attendance.cases.factsChanged(of: pupil, in: unit)
    try supervision.cases.factsChanged(of: pupil, in: unit)
    try parenting.cases.factsChanged(of: pupil, in: unit)
  }

  func calendarChanged(at school: URN, in unit: UnitOfWork) throws {
    try attendance.cases.calendarChanged(at: school, in: unit)
    try supervision.cases.calendarChanged(at: school, in: unit)
    try parenting.cases.calendarChanged(at: school, in: unit)
  }

  /// Runs a row of the timetable.
  ///
  /// - Returns: whether it is an order's.
  func fire(_ name: String, in unit: UnitOfWork) throws -> Bool {
    if try attendance.cases.fire(name, in: unit) { return true }
    if try supervision.cases.fire(name, in: unit) { return true }
    return try parenting.cases.fire(name, in: unit)
  }
}
