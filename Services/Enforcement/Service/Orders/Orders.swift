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

  let read: Reading
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
    guard entry.to != entry.from else { return }
    try prosecutions.factsChanged(of: stored.pupil, in: unit)
  }
}

extension Orders<AttendanceOrderCase> {
  init(attendance prosecutions: ProsecutionDesk) {
    self.init(
      read: { order, stored, unit in
        let named = stored.file.stated.text(.school).flatMap { try? URN($0) }
        let isRegistered = try named.map { school in
          try Roll.registrations(of: order.pupil, at: school, in: unit.db).contains { $0.stands(on: unit.today) }
        }
        var facts = Facts<AttendanceOrderCase.Fact>([.registered: .flag(isRegistered ?? false)])
        if let age = try Roll.compulsoryAge(of: order.pupil, in: unit.db) {
          facts[.ageFrom] = .day(age.first)
          facts[.ageTo] = .day(age.last)
        }
        return facts
      }, prosecutions: prosecutions)
  }
}

extension Orders<SupervisionOrderCase> {
  init(supervision prosecutions: ProsecutionDesk) {
    self.init(
      read: { order, stored, unit in
        // Other matters are no obstacle to an order, only what is known of the child (EN-20).
        let conflict = Conflicts.judge(.supervisionOrder, beside: [], order.circumstances, on: unit.today)
        var facts = Facts<SupervisionOrderCase.Fact>([.conflict: .text(conflict.answer.rawValue)])
        if let age = try Roll.compulsoryAge(of: order.pupil, in: unit.db) {
          facts[.ageFrom] = .day(age.first)
          facts[.ageTo] = .day(age.last)
        }
        return facts
      }, prosecutions: prosecutions)
  }
}

extension Orders<ParentingOrderCase> {
  init(parenting prosecutions: ProsecutionDesk) {
    self.init(
      read: { order, stored, unit in
        let person = try order.person.map { try Roll.current($0, in: unit.db) }
        let born = try Roll.pupil(order.pupil, in: unit.db)?.dateOfBirth
        var facts = Facts<ParentingOrderCase.Fact>()
        facts[.underSixteen] = born.map { .flag(unit.today < $0.anniversary(16)) }
        guard let person else { return facts }
        facts[.convicted] = .flag(try Self.isConvicted(person, about: order.pupil, in: unit.db))
        facts[.earlierOrder] = .flag(try Self.hadOrder(person, besides: order.number, in: unit.db))
        return facts
      }, prosecutions: prosecutions)
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
  private static func hadOrder(_ person: PersonID, besides number: Int64, in db: Database) throws -> Bool {
    try StoredOrders.all(ParentingOrderCase.name, against: person, in: db).contains { other in
      guard other.number != number, let caseNumber = other.caseNumber,
        let state = try Cases<ParentingOrderCase>.find("c\(caseNumber)", in: db)?.file.state
      else { return false }
      return state != .requested && state != .refused
    }
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
