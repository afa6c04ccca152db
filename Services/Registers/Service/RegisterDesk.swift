import Contracts
import GRDB
import Logging
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

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

  /// Who acts now, and in which trace.
  func writer(_ caller: Caller) -> Writer { Writer(caller: caller, at: Timestamp(clock.now())) }

  /// Runs one transaction.
  func write<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws -> T {
    try await store.write(body)
  }

  /// The context of the events of one piece of work.
  func context(_ writer: Writer) -> EventContext {
    EventContext(recordedAt: writer.at, traceparent: TraceContext.current?.traceparent)
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
