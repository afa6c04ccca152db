import Contracts
import GRDB
import Logging
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Who does a piece of work, when, and in which trace.
struct Writer: Sendable {
  let caller: Caller
  let at: Timestamp
  let traceparent: String?
  /// The id of the request that the work is for; empty where it is for none.
  var requestID = ""

  /// The context of the events of one piece of work.
  var context: EventContext { EventContext(recordedAt: at, traceparent: traceparent) }
}

/// What every use case of the registers works with.
struct RegisterDesk: Sendable {
  let store: Store
  let outbox: Outbox
  let cache: SchoolCache
  let clock: any WallClock
  let telemetry: Telemetry

  /// Where the registers write their events; recorded marks are told from the entry log.
  static func outbox(authority: String, store: Store) -> Outbox {
    Outbox(
      service: .registers, authority: authority, store: store,
      logs: [MarksRecorded.type: { row, sequence, db in try EntryLog.event(row, sequence: sequence, in: db) }])
  }

  /// Runs one transaction in somebody's name. Its moment is taken when its turn has come: one is after the other, so
  /// that the moments of the log do not go back and what was known at a moment stays so.
  func write<T: Sendable>(
    by caller: Caller, _ body: @Sendable @escaping (Writer, Database) throws -> T
  ) async throws -> T {
    let traceparent = TraceContext.current?.traceparent
    let requestID = RequestID.current ?? ""
    return try await store.write { [store, clock] db in
      let at = Timestamp(store.moment(clock.now()))
      return try body(Writer(caller: caller, at: at, traceparent: traceparent, requestID: requestID), db)
    }
  }

  /// Runs one transaction that is in nobody's name.
  func write<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws -> T {
    try await store.write(body)
  }

  /// A past moment that somebody asks about. Where the logs stood then is told in turn with what is written, so that
  /// nothing that was under way becomes part of it later.
  ///
  /// - Throws: `Problem` invalid unless the moment is over.
  func past(_ moment: Timestamp?) async throws -> AsOf? {
    guard let moment else { return nil }
    return try await write { [store, clock] db in
      // What is told of a moment that is over must stay so: nothing is written down before it from now on.
      guard moment < Timestamp(clock.now()), moment < Timestamp(store.moment(clock.now())) else {
        throw Problem.invalid([.init("asOf", "must be a moment that is over")])
      }
      return try AsOf(moment, in: db)
    }
  }

  /// Publishes a child's entry on a roll as it stands.
  func publishEntry(of pupil: StoredPupil, _ place: Registration, context: EventContext, in db: Database) throws {
    let event = PupilEnrolled(
      pupil: pupil.id, school: place.school, upn: pupil.upn, givenName: pupil.givenName, familyName: pupil.familyName,
      dateOfBirth: pupil.dateOfBirth, yearGroup: pupil.yearGroup, yearGroupYear: pupil.yearGroupYear,
      enrolledOn: place.enrolledOn, leftOn: place.leftOn, addressProtected: pupil.addressProtected,
      registration: place.number)
    try outbox.append(event, subject: place.school.text, context: context, in: db)
  }

  /// Publishes that a child left a roll, where it has.
  func publishLeaving(of pupil: StoredPupil, _ place: Registration, context: EventContext, in db: Database) throws {
    guard let leftOn = place.leftOn else { return }
    let event = PupilLeft(
      pupil: pupil.id, school: place.school, leftOn: leftOn, ground: place.ground,
      destinationKnown: place.isDestinationKnown,
      concerns: try Flags.inForce(pupil.number, on: leftOn, in: db).concerns, registration: place.number)
    try outbox.append(event, subject: place.school.text, context: context, in: db)
  }

  /// What protected a child.
  enum Protection: String, Codable, Sendable { case address, contact }

  private struct Lowered: Encodable { let protection: Protection }

  /// A protection does not stand any more: on record, and an alarm is raised.
  func protectionLowered(
    of pupil: Int64, _ protection: Protection, by writer: Writer, in db: Database
  ) throws {
    try AdmissionLog.append(.protection, pupil: pupil, Lowered(protection: protection), by: writer, in: db)
    telemetry.countLowered(protection)
  }

  /// - Throws: `Problem` not found unless the school is in the registers.
  static func requireSchool(_ urn: URN, in db: Database) throws {
    guard try Schools.exists(urn, in: db) else { throw Problem.notFound("School") }
  }

  /// Writes on record that somebody changed a child's record. Whatever writes one goes through here.
  static func auditWrite(_ action: String, pupil: Int64, by writer: Writer, in db: Database) throws {
    let id = try String.fetchOne(db.cachedStatement(sql: "SELECT id FROM pupils WHERE number = ?"), arguments: [pupil])
    try audit(action, id ?? "", by: writer, requestID: writer.requestID, in: db)
  }

  /// Writes on record that somebody read about a child or a school's children.
  static func audit(
    _ action: String, _ subject: String, by writer: Writer, requestID: String, in db: Database
  ) throws {
    try AuditLog.append(
      AuditLog.Entry(
        at: writer.at.date, actor: writer.caller.subject, role: writer.caller.role.rawValue, action: action,
        subject: subject, detail: requestID), in: db)
  }
}
