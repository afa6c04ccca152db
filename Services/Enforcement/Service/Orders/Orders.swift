import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import Messaging
import RollCopy
import Rulebook

/// What enforcement adds to the flow of one kind of order: what the roll, the courts and other matters say of it.
struct Orders<Kind: CaseKind>: CaseProgram {
  typealias Reading = @Sendable (StoredOrder, StoredCase<Kind>, UnitOfWork) throws -> Facts<Kind.Fact>

  typealias Telling = @Sendable (OrderTold, Entry<Kind>, StoredCase<Kind>) throws -> Void

  let read: Reading
  /// Publishes what an act means for others; an order of a kind that nobody is told of does nothing.
  let publish: Telling
  /// What rests on the orders of a child and follows every change of them.
  let prosecutions: ProsecutionDesk

  func facts(of stored: StoredCase<Kind>, in unit: UnitOfWork) throws -> Facts<Kind.Fact> {
    guard let order = try StoredOrders.find(subject: stored.subject, in: unit.db) else { return Facts() }
    return try read(order, stored, unit)
  }

  func calendar(of stored: StoredCase<Kind>, in unit: UnitOfWork) throws -> SchoolCalendar? {
    try stored.school.flatMap { try Roll.calendar(ofSchool: $0, in: unit.db) }
  }

  func happened(_ entry: Entry<Kind>, in stored: StoredCase<Kind>, _ unit: UnitOfWork) throws {
    try CaseHolds.follow(entry, in: stored, "order", .order, unit)
    try tell(entry, stored, unit)
    guard entry.to != entry.from else { return }
    try prosecutions.factsChanged(of: stored.pupil, in: unit)
  }
}

extension Orders {
  /// The school is the one that the order names, else that whose register is meant. Without either nobody is told: the
  /// event would be about no school.
  private func tell(_ entry: Entry<Kind>, _ stored: StoredCase<Kind>, _ unit: UnitOfWork) throws {
    let named = Kind.Fact(rawValue: "school").flatMap { stored.file.stated.text($0) }.flatMap { try? URN($0) }
    guard let school = named ?? stored.school else { return }
    try publish(OrderTold(id: stored.id, pupil: stored.pupil, school: school, unit: unit), entry, stored)
  }
}

/// What an event about an order says.
struct OrderTold {
  let id: String
  let pupil: PupilID
  let school: URN
  let unit: UnitOfWork

  func publish<Fact: EventFact>(_: OrderEvent<Fact>.Type) throws {
    try unit.publish(
      OrderEvent<Fact>(
        order: id, pupil: pupil, school: school, on: unit.today,
        concerns: Roll.concerns(of: pupil, on: unit.today, in: unit.db)), subject: pupil.text)
  }
}

extension Orders<AttendanceOrderCase> {
  /// The steps of which somebody was told, so that their end is told too.
  private static let told: Set<AttendanceOrderCase.State> = [
    .noticeToSatisfy, .schoolChoice, .orderReady, .orderInForce, .complied, .breach,
  ]

  init(attendance prosecutions: ProsecutionDesk) {
    self.init(
      read: { order, stored, unit in
        let named = stored.file.stated.text(.school).flatMap { try? URN($0) }
        let isRegistered = try named.map { school in
          try Roll.registrations(of: order.pupil, at: school, in: unit.db).contains { $0.stands(on: unit.today) }
        }
        let conflict = try order.conflicts(.attendanceOrder, of: prosecutions.prosecutions.notices, in: unit)
        var facts = Facts<AttendanceOrderCase.Fact>([
          .registered: .flag(isRegistered ?? false), .conflict: .text(conflict.answer.rawValue),
        ])
        if let age = try Roll.compulsoryAge(of: order.pupil, in: unit.db) {
          facts[.ageFrom] = .day(age.first)
          facts[.ageTo] = .day(age.last)
        }
        return facts
      },
      publish: { told, entry, stored in
        guard case .acted(let act) = entry.what else { return }
        switch act {
        case .notify, .nominate: try told.publish(AttendanceNoticeServed.self)
        case .serveOrder, .amend: try told.publish(AttendanceOrderServed.self)
        case .satisfy, .end, .leaveAge:
          if entry.from.map(Self.told.contains) ?? false { try told.publish(AttendanceOrderEnded.self) }
        default: break
        }
      }, prosecutions: prosecutions)
  }
}

extension Orders<SupervisionOrderCase> {
  init(supervision prosecutions: ProsecutionDesk) {
    self.init(
      read: { order, stored, unit in
        let conflict = try order.conflicts(.supervisionOrder, of: prosecutions.prosecutions.notices, in: unit)
        var facts = Facts<SupervisionOrderCase.Fact>([.conflict: .text(conflict.answer.rawValue)])
        if let age = try Roll.compulsoryAge(of: order.pupil, in: unit.db) {
          facts[.ageFrom] = .day(age.first)
          facts[.ageTo] = .day(age.last)
        }
        return facts
      },
      publish: { told, entry, stored in
        guard case .acted(let act) = entry.what else { return }
        switch act {
        case .apply: try told.publish(SupervisionOrderApplied.self)
        case .make: try told.publish(SupervisionOrderMade.self)
        case .refuse, .end: try told.publish(SupervisionOrderEnded.self)
        case .expire:
          let isTold = entry.from.map { [.applied, .inForce, .extensionPending].contains($0) } ?? false
          if isTold { try told.publish(SupervisionOrderEnded.self) }
        default: break
        }
      }, prosecutions: prosecutions)
  }
}

extension Orders<ParentingOrderCase> {
  init(parenting prosecutions: ProsecutionDesk) {
    self.init(
      read: { order, stored, unit in
        let person = try order.person.map { try Roll.current($0, in: unit.db) }
        let born = try Roll.pupil(order.pupil, in: unit.db)?.dateOfBirth
        let conflict = try order.conflicts(.parentingOrder, of: prosecutions.prosecutions.notices, in: unit)
        var facts = Facts<ParentingOrderCase.Fact>([.conflict: .text(conflict.answer.rawValue)])
        facts[.underSixteen] = born.map { .flag(unit.today < $0.anniversary(16)) }
        guard let person else { return facts }
        facts[.convicted] = .flag(try Self.isConvicted(person, about: order.pupil, in: unit.db))
        facts[.earlierOrder] = .flag(try Self.hadOrder(person, besides: order.number, in: unit.db))
        return facts
      }, publish: { _, _, _ in }, prosecutions: prosecutions)
  }

  /// Whether a court convicted a parent under s443 or s444 for the child.
  private static func isConvicted(_ person: PersonID, about pupil: PupilID, in db: Database) throws -> Bool {
    let offences: Set<Offence> = [.irregularAttendance, .knowingly, .attendanceOrder]
    return try Cases<Prosecution>.all(of: pupil, in: db).contains { stored in
      guard let state = stored.file.state, [.sentencing, .sentenced, .appealed, .concluded].contains(state),
        let offence = stored.file.stated.text(.convictedOf).flatMap(Offence.init), offences.contains(offence),
        let prosecution = try StoredProsecutions.find(subject: stored.subject, in: db)
      else { return false }
      return try Roll.current(prosecution.person, in: db) == person
    }
  }

  /// Whether another order was made against a parent, about any child.
  static func hadOrder(_ person: PersonID, besides number: Int64, in db: Database) throws -> Bool {
    try StoredOrders.all(ParentingOrderCase.name, against: person, in: db).contains { other in
      guard other.number != number, let caseNumber = other.caseNumber,
        let state = try Cases<ParentingOrderCase>.find("c\(caseNumber)", in: db)?.file.state
      else { return false }
      return state != .requested && state != .refused
    }
  }
}

extension StoredOrder {
  /// What stands in the way of a step to the order: other matters, and what is known of the child (EN-20, EN-28).
  func conflicts(
    _ step: Conflicts.Step, of notices: PenaltyNotices, in unit: UnitOfWork
  ) throws -> Conflicts.Judgement {
    let matters = try OtherMatters.all(about: pupil, besides: caseNumber, on: unit.today, of: notices, in: unit.db)
    return Conflicts.judge(step, beside: matters, circumstances, on: unit.today)
  }
}

extension Roll {
  /// The days on which a child is of compulsory school age; `nil` while no enrolment has told when it was born.
  static func compulsoryAge(of pupil: PupilID, in db: Database) throws -> DayRange? {
    try Self.pupil(pupil, in: db)?.dateOfBirth.map { born in
      let span = CompulsorySchoolAge.span(dateOfBirth: born)
      return DayRange(first: span.start, last: span.lastDay)
    }
  }
}
