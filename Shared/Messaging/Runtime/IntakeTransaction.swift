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

  /// Deals with the plan. What keeps the whole of it from being applied and is about its events is looked for one by
  /// one: the event that it comes with is parked.
  ///
  /// - Parameter isAuthoritative: whether the events come from the source's feed. Data that cannot be read is then
  ///   parked; from the log it may only be damaged, and the feed is asked.
  func run(_ plan: [Planned], isAuthoritative: Bool, in db: Database) throws -> Outcome {
    do {
      return try whole(plan, isAuthoritative: isAuthoritative, in: db)
    } catch let fault where !Self.isOfTheMachine(fault) {
      for (index, planned) in plan.enumerated() {
        do {
          if case .damaged = try whole([planned], isAuthoritative: isAuthoritative, in: db) {
            return .damaged(index: index)
          }
        } catch let fault where !Self.isOfTheMachine(fault) {
          guard let event = planned.event else { throw fault }
          var parking = Parking(parked: try ParkedEvents.bySubject(topic: topic, in: db))
          if parking.parked[event.subject] == nil { alarm(Self.reason(fault)) }
          _ = parking.step(.failed(subject: event.subject, sequence: event.sequence))
          try park(event, reason: Self.reason(fault), in: db)
          try conclude([planned][...], in: db)
        }
      }
      return .all
    }
  }

  private func whole(_ plan: [Planned], isAuthoritative: Bool, in db: Database) throws -> Outcome {
    var outcome = Outcome.all
    try db.inSavepoint {
      var parking = Parking(parked: try ParkedEvents.bySubject(topic: topic, in: db))
      var done = plan[...]
      for (index, planned) in plan.enumerated() {
        if let event = planned.event, try !apply(event, &parking, isAuthoritative: isAuthoritative, in: db) {
          outcome = .damaged(index: index)
          done = plan[..<index]
          break
        }
      }
      try finish(in: db)
      try conclude(done, in: db)
      return .commit
    }
    return outcome
  }

  /// Moves the position behind what was dealt with.
  private func conclude(_ done: ArraySlice<Planned>, in db: Database) throws {
    if let last = done.last?.position {
      let event = done.last { $0.event != nil }?.event
      try Positions.save(last, event, topic: topic, in: db)
      if event != nil { try DealtWith.prune(through: last.lastSequence, topic: topic, in: db) }
    }
    try keepAnchors(of: done, in: db)
  }

  /// Whether a failure is about the machine, and so passes by itself, rather than about an event.
  static func isOfTheMachine(_ fault: any Error) -> Bool {
    switch fault {
    case is StoreError, is CancellationError: true
    case let fault as DatabaseError:
      switch fault.resultCode {
      case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_NOMEM,
        .SQLITE_READONLY, .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_PROTOCOL, .SQLITE_INTERRUPT, .SQLITE_PERM,
        .SQLITE_NOLFS, .SQLITE_ABORT:
        true
      default: false
      }
    default: false
    }
  }

  /// Why an event is parked: a slug that holds nothing of it.
  private static func reason(_ fault: any Error) -> String {
    switch fault {
    case let fault as PermanentFailure: fault.reason
    case let fault as ContractError: fault.slug
    case let fault as DatabaseError where fault.resultCode == .SQLITE_CONSTRAINT: "constraint"
    case let fault as DatabaseError: "database \(fault.resultCode.rawValue)"
    default: "error \(type(of: fault))"
    }
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
      try log(event, "ignored", in: db)
      return true
    }
    for action in parking.step(.arrived(subject: event.subject, sequence: event.sequence)) {
      guard case .apply = action else {
        try park(event, reason: "behind-parked", in: db)
        continue
      }
      switch try attempt(event, in: db) {
      case .applied:
        try log(event, "applied", in: db)
        try BeyondFork.confirm(event, topic: topic, in: db)
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
      } catch let error as ContractError {
        result = .unreadable(error.slug)
      } catch let error where !Self.isOfTheMachine(error) {
        result = .refused(Self.reason(error))
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
        if outcome == "released" { try DealtWith.released(sequence, topic: topic, in: db) }
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
    try log(event, "parked", in: db)
  }

  private func log(_ event: Event, _ outcome: String, in db: Database) throws {
    try log(event.sequence, outcome, in: db)
    try DealtWith.add(event, outcome, topic: topic, in: db)
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
