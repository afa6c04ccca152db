import Contracts
import Foundation
import GRDB
import MessagingMachines
import ServiceContextModule
import ServiceKit
import Store
import Tracing

/// The part of the intake that runs within one transaction: effects, parked events, log and position.
struct IntakeTransaction: Sendable {
  /// One event to deal with and the position after it, or only a position.
  struct Planned: Sendable {
    let event: Event?
    let position: Intake.Position
  }

  /// How far a plan came.
  enum Outcome: Sendable {
    case all
    /// The event at this index could not be read: what is before it was applied, the rest was not touched.
    case damaged(index: Int)
  }

  let topic: String
  /// The service whose topic is read: what the events bring about is done in its name.
  let source: ServiceName
  let handler: any EventHandler
  let transactions: Transactions
  /// Called with the reason when the first event of a subject is parked.
  let alarm: @Sendable (String) -> Void

  private var now: Timestamp { Timestamp(transactions.store.moment(transactions.clock.now())) }

  /// Deals with the plan.
  ///
  /// - Parameter isAuthoritative: whether the events come from the source's feed. Data that cannot be read is then
  ///   parked; from the log it may only be damaged, and the feed is asked.
  func run(_ plan: [Planned], isAuthoritative: Bool, in db: Database) throws -> Outcome {
    var parking = Parking(parked: try ParkedEvents.bySubject(topic: topic, in: db))
    var last: Intake.Position?
    var outcome = Outcome.all
    for (index, planned) in plan.enumerated() {
      if let event = planned.event, try !apply(event, &parking, isAuthoritative: isAuthoritative, in: db) {
        outcome = .damaged(index: index)
        break
      }
      last = planned.position
    }
    try finish(in: db)
    if let last { try Positions.save(last, topic: topic, in: db) }
    if case .damaged(let index) = outcome {
      try keepAnchors(of: plan[..<index], in: db)
    } else {
      try keepAnchors(of: plan[...], in: db)
    }
    return outcome
  }

  /// Keeps what the events said of their source's audit log. One that goes back was cut or made anew.
  private func keepAnchors(of plan: ArraySlice<Planned>, in db: Database) throws {
    guard let held = try AuditAnchors.keep(plan.lazy.compactMap(\.event), topic: topic, in: db) else { return }
    try AuditLog.note(
      [.contradicted(holder: topic, count: held.count, head: held.head)], at: now.date, in: db)
  }

  private func finish(in db: Database) throws {
    try handler.finish(in: UnitOfWork(by: .program(source), at: now, outbox: transactions.outbox, in: db))
  }

  /// Tries a subject's parked events from the first on, until one fails or none is left.
  func retry(subject: String, in db: Database) throws {
    var parking = Parking(parked: try ParkedEvents.bySubject(topic: topic, in: db))
    try release(parking.step(.retry(subject: subject)), subject, &parking, in: db)
    try finish(in: db)
  }

  /// Gives a subject's first parked event up and tries those behind it.
  func discard(subject: String, in db: Database) throws {
    var parking = Parking(parked: try ParkedEvents.bySubject(topic: topic, in: db))
    try release(parking.step(.discard(subject: subject)), subject, &parking, outcome: "discarded", in: db)
    try finish(in: db)
  }

  private func apply(_ event: Event, _ parking: inout Parking, isAuthoritative: Bool, in db: Database) throws -> Bool {
    guard handler.handledTypes.contains(event.type) else {
      try log(event.sequence, "ignored", in: db)
      return true
    }
    for action in parking.step(.arrived(subject: event.subject, sequence: event.sequence)) {
      guard case .apply = action else {
        try park(event, reason: "behind-parked", in: db)
        continue
      }
      switch try attempt(event, in: db) {
      case .applied: try log(event.sequence, "applied", in: db)
      case .unreadable where !isAuthoritative: return false
      case .unreadable(let reason), .refused(let reason):
        _ = parking.step(.failed(subject: event.subject, sequence: event.sequence))
        try park(event, reason: reason, in: db)
        alarm(reason)
      }
    }
    return true
  }

  private enum Attempt {
    case applied
    case unreadable(String)
    case refused(String)
  }

  /// Runs the handler within a savepoint, so that a refused event leaves nothing behind.
  private func attempt(_ event: Event, in db: Database) throws -> Attempt {
    var result = Attempt.applied
    try db.inSavepoint {
      do {
        try traced(event) { traceparent in
          try handler.handle(
            event,
            in: UnitOfWork(
              by: .program(source), at: now, traceparent: traceparent, outbox: transactions.outbox, in: db))
        }
        return .commit
      } catch let error as PermanentFailure {
        result = .refused(error.reason)
      } catch let error as ContractError {
        result = .unreadable(error.slug)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
        result = .refused("constraint")
      }
      return .rollback
    }
    return result
  }

  /// Runs the handler as a span of the trace that the event belongs to; what it appends goes on from there.
  private func traced(_ event: Event, _ body: (String?) throws -> Void) throws {
    guard let parent = event.traceparent.flatMap(TraceContext.init(traceparent:)) else { return try body(nil) }
    var context = ServiceContext.topLevel
    context.traceContext = parent
    let span = InstrumentationSystem.tracer.startSpan(
      "apply \(event.type)", context: context, ofKind: .consumer, at: DefaultTracerClock.now, function: #function,
      file: #fileID, line: #line)
    defer { span.end() }
    do {
      try body(span.context.traceContext?.traceparent ?? parent.traceparent)
    } catch {
      span.recordError(error)
      throw error
    }
  }

  private func release(
    _ actions: [Parking.Action], _ subject: String, _ parking: inout Parking, outcome: String = "released",
    in db: Database
  ) throws {
    var queue = actions
    var outcome = outcome
    while !queue.isEmpty {
      switch queue.removeFirst() {
      case .remove(let sequence):
        try ParkedEvents.remove(topic: topic, sequence: sequence, in: db)
        try log(sequence, outcome, in: db)
        outcome = "released"
      case .apply(let sequence):
        guard let event = try ParkedEvents.event(topic: topic, sequence: sequence, in: db) else { continue }
        switch try attempt(event, in: db) {
        case .applied: queue += parking.step(.applied(subject: subject, sequence: sequence))
        case .unreadable(let reason), .refused(let reason):
          try ParkedEvents.setReason(reason, topic: topic, sequence: sequence, in: db)
        }
      case .park, .alarm: continue
      }
    }
  }

  private func park(_ event: Event, reason: String, in db: Database) throws {
    try ParkedEvents.insert(event, topic: topic, reason: reason, at: now, in: db)
    try log(event.sequence, "parked", in: db)
  }

  private func log(_ sequence: Int64, _ outcome: String, in db: Database) throws {
    try db.cachedStatement(
      sql: "INSERT INTO intake_log (source, sequence, outcome, at_millis) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [topic, sequence, outcome, now.millis])
  }
}

extension ContractError {
  /// A reason without any value.
  var slug: String {
    switch self {
    case .missingAttribute(let name): "missing-attribute \(name)"
    case .invalidAttribute(let name): "invalid-attribute \(name)"
    case .invalidData(let path): "invalid-data \(path)"
    }
  }
}

/// Where a service is in each topic.
enum Positions {
  static func load(topic: String, in db: Database) throws -> Intake.Position {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT next_offset, last_sequence FROM positions WHERE topic = ?"), arguments: [topic])
    return row.map { Intake.Position(nextOffset: $0["next_offset"], lastSequence: $0["last_sequence"]) } ?? .start
  }

  static func save(_ position: Intake.Position, topic: String, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO positions (topic, next_offset, last_sequence) VALUES (?, ?, ?)
        ON CONFLICT (topic) DO UPDATE SET next_offset = excluded.next_offset, last_sequence = excluded.last_sequence
        """
    ).execute(arguments: [topic, position.nextOffset, position.lastSequence])
  }
}
