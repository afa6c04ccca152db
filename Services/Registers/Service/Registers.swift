import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// The registers: records every school's marks as the law requires and publishes them.
///
/// The value is what every action works with. Its writes are units of work in somebody's name.
public struct Registers: Sendable {
  let transactions: Transactions
  /// Rolls and calendars of schools, as they were committed last.
  let cache: SchoolCache
  let telemetry: Telemetry
  /// What marks are judged by.
  let codes: CodeBook

  var store: Store { transactions.store }
  var clock: any WallClock { transactions.clock }
  /// The date in England now.
  var today: Day { transactions.today }

  init(transactions: Transactions, cache: SchoolCache, telemetry: Telemetry, codes: CodeBook) {
    self.transactions = transactions
    self.cache = cache
    self.telemetry = telemetry
    self.codes = codes
  }

  /// The data of recorded marks is read from the entry log.
  static var logs: [EventType: Outbox.LogReader] {
    let identifiers = PublishedIdentifiers()
    return [
      MarksRecorded.type: { row, sequence, db in
        try EntryLog.event(row, sequence: sequence, identifiers, in: db)
      }
    ]
  }

  /// The most lines of one answer of most lists.
  static let pageSize = 1_000

  /// Reads what is about no child.
  func read<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws -> T {
    try await transactions.read(body)
  }

  /// Does one piece of work in somebody's name.
  func write<T: Sendable>(
    by caller: Caller, _ body: @Sendable @escaping (UnitOfWork) throws -> T
  ) async throws -> T {
    try await transactions.write(by: caller, body)
  }

  /// Reads what is about a school's children, of a school that is in the registers, with an entry in the audit log.
  ///
  /// - Throws: `Problem` not found when the school is unknown.
  func read<T: Sendable>(
    _ action: AuditAction, of school: URN, by caller: Caller, _ body: @Sendable @escaping (UnitOfWork) throws -> T
  ) async throws -> T {
    try await write(by: caller) { unit in
      try Self.requireSchool(school, in: unit.db)
      try unit.audit(action, of: school)
      return try body(unit)
    }
  }

  /// Reads what is about single children, which is counted.
  func readChild<T: Sendable>(
    by caller: Caller, _ body: @Sendable @escaping (UnitOfWork) throws -> T
  ) async throws -> T {
    let answer = try await write(by: caller, body)
    telemetry.countRead()
    return answer
  }

  /// Does what a request edits: `Transactions.write(_:of:_:)`.
  func write<Answer: Encodable & Sendable>(
    _ edit: Edit, of current: (@Sendable (Database) throws -> (any Encodable)?)? = nil,
    _ body: @Sendable @escaping (UnitOfWork) throws -> Answer
  ) async throws -> Remembered<Answer> {
    try await transactions.write(edit, of: current, body)
  }

  /// A past moment that somebody asks about. Where the logs stood then is told in turn with what is written, so that
  /// nothing that was under way becomes part of it later.
  ///
  /// - Throws: `Problem` invalid unless the moment is over.
  func past(_ moment: Timestamp?) async throws -> AsOf? {
    guard let moment else { return nil }
    return try await write(by: .program(.registers)) { [clock] unit in
      // What is told of a moment that is over must stay so: nothing is written down before it from now on.
      guard moment < Timestamp(clock.now()), moment < unit.at else {
        throw Problem.invalid([.init("asOf", "must be in the past")])
      }
      return try AsOf(moment, in: unit.db)
    }
  }

  /// - Throws: `Problem` not found unless the school is in the registers.
  static func requireSchool(_ urn: URN, in db: Database) throws {
    guard try Schools.exists(urn, in: db) else { throw Problem.notFound("School") }
  }

  /// What protected a child.
  enum Protection: String, Codable, Sendable { case address, contact }

  private struct Lowered: Encodable { let protection: Protection }

  /// A protection does not stand any more: on record, and an alarm is raised.
  func protectionLowered(of pupil: Int64, _ protection: Protection, in unit: UnitOfWork) throws {
    try AdmissionLog.append(.protection, pupil: pupil, Lowered(protection: protection), in: unit)
    telemetry.countLowered(protection)
  }
}

extension UnitOfWork {
  /// Publishes a child's entry on a roll as it stands.
  func publishEntry(of pupil: StoredPupil, _ place: Registration) throws {
    var event = PupilEnrolled(
      pupil: pupil.id, school: place.school, upn: pupil.upn, givenName: pupil.givenName, familyName: pupil.familyName,
      dateOfBirth: pupil.dateOfBirth, yearGroup: pupil.yearGroup, yearGroupYear: pupil.yearGroupYear,
      enrolledOn: place.enrolledOn, leftOn: place.leftOn, addressProtected: pupil.addressProtected,
      registration: place.number, sex: pupil.sex)
    for (field, text) in pupil.details { field.declaration.tell?(text, &event) }
    try publish(event, subject: place.school.text)
  }

  /// Publishes a child's entry on a roll, and its leaving where it has left.
  func publishPlace(of pupil: StoredPupil, _ place: Registration) throws {
    try publishEntry(of: pupil, place)
    try publishLeaving(of: pupil, place)
  }

  /// Publishes that a child left a roll, where it has.
  func publishLeaving(of pupil: StoredPupil, _ place: Registration) throws {
    guard let leftOn = place.leftOn else { return }
    try publish(
      PupilLeft(
        pupil: pupil.id, school: place.school, leftOn: leftOn, ground: place.ground,
        destinationKnown: place.isDestinationKnown,
        concerns: try Flags.inForce(pupil.number, on: leftOn, in: db).concerns, registration: place.number),
      subject: place.school.text)
  }

  /// Puts on record that the caller changed the record of the child of a number.
  func audit(_ action: AuditAction, ofPupil number: Int64) throws {
    let id = try db.value("SELECT id FROM pupils WHERE number = ?", [number], as: String.self)
    try audit(action, of: .record(id ?? ""))
  }
}
