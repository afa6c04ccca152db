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
    return try await store.write { [store, clock] db in
      try body(Writer(caller: caller, at: Timestamp(store.moment(clock.now())), traceparent: traceparent), db)
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

  /// - Throws: `Problem` not found unless the school is in the registers.
  static func requireSchool(_ urn: URN, in db: Database) throws {
    guard try Schools.exists(urn, in: db) else { throw Problem.notFound("School") }
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
