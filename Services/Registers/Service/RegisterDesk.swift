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
  /// What the next transaction begins with; set by ``onlyIf(_:key:_:)``.
  private var opening: (@Sendable (Database) throws -> Void)?

  init(store: Store, outbox: Outbox, cache: SchoolCache, clock: any WallClock, telemetry: Telemetry) {
    self.store = store
    self.outbox = outbox
    self.cache = cache
    self.clock = clock
    self.telemetry = telemetry
  }

  /// The desk for one edit: its first transaction begins with holding the request's `If-Match` against what the
  /// resource's `GET` answers with now, so that nobody's change can come between.
  ///
  /// ```swift
  /// let desk = record.desk.onlyIf(Precondition(request)) { try ReadSchoolList.answer(urn, in: $0) }
  /// return try .json(try await RecordSchool(desk: desk).record(school, by: try context.caller))
  /// ```
  ///
  /// - Parameters:
  ///   - key: a request that is sent again under its key has its first answer, whatever changed since.
  ///   - current: the representation; `nil` when there is none.
  func onlyIf(
    _ precondition: Precondition, key: IdempotencyKey? = nil,
    _ current: @Sendable @escaping (Database) throws -> (any Encodable)?
  ) -> RegisterDesk {
    let isChecked = Locked(false)
    var desk = self
    desk.opening = { db in
      guard !isChecked.withLock({ $0 }) else { return }
      if try IdempotentAnswers.find(key, in: db) == nil { try precondition.require { try current(db) } }
      isChecked.withLock { $0 = true }
    }
    return desk
  }

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
    return try await store.write { [store, clock, opening] db in
      try opening?(db)
      let at = Timestamp(store.moment(clock.now()))
      return try body(Writer(caller: caller, at: at, traceparent: traceparent, requestID: requestID), db)
    }
  }

  /// Runs one transaction that is in nobody's name.
  func write<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws -> T {
    try await store.write { [opening] db in
      try opening?(db)
      return try body(db)
    }
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
