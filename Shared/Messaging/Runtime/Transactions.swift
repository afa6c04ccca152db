public import Contracts
import Foundation
public import GRDB
public import Rulebook
public import ServiceKit
public import Store

/// A service's reads and writes: each write is one ``UnitOfWork``.
///
/// A service has one, made where it is built and handed to its actions:
///
/// ```swift
/// let transactions = Transactions(.licensing, store: store, environment: environment)
/// ```
///
/// An edit that heeds `If-Match` is given the request's precondition and how the resource stands now; both are compared
/// in the transaction itself, before anything of the edit, so that nobody's change can come between:
///
/// ```swift
/// let guarded = transactions.onlyIf(Precondition(request)) { try Notices.answer(number, in: $0) }
/// try await guarded.write(by: caller) { unit in … }
/// ```
public struct Transactions: Sendable {
  public let store: Store
  public let outbox: Outbox
  public let clock: any WallClock
  /// What the next write begins with.
  private var opening: (@Sendable (Database) throws -> Void)?
  private let admission: (any Admission)?

  public init(store: Store, outbox: Outbox, clock: any WallClock, admission: (any Admission)? = nil) {
    self.store = store
    self.outbox = outbox
    self.clock = clock
    self.admission = admission
  }

  /// Those of a program.
  ///
  /// - Parameters:
  ///   - logs: for each type whose data is read from a log of the program's own, how.
  ///   - admission: whom the program keeps out beside role and schools.
  public init(
    _ service: ServiceName, store: Store, environment: ServiceEnvironment, logs: [EventType: Outbox.LogReader] = [:],
    admission: (any Admission)? = nil
  ) {
    self.init(
      store: store,
      outbox: Outbox(service: service, authority: environment.configuration.authority, store: store, logs: logs),
      clock: environment.clock, admission: admission)
  }

  /// The date in England now.
  public var today: Day { clock.today() }

  /// Reads what is about no child: nothing of it comes on record.
  ///
  /// - Throws: as `Store.read(_:)`.
  public func read<Value: Sendable>(_ body: @Sendable @escaping (Database) throws -> Value) async throws -> Value {
    try await store.read(body)
  }

  /// Does one piece of work in a transaction, on disk when this returns.
  ///
  /// - Parameter caller: who acts.
  /// - Throws: as `Store.write(_:)`; `Problem` changed when a precondition is not met, and what ``Admission`` throws.
  public func write<Value: Sendable>(
    by caller: Caller, _ body: @Sendable @escaping (UnitOfWork) throws -> Value
  ) async throws -> Value {
    let traceparent = TraceContext.current?.traceparent
    let requestID = RequestID.current ?? ""
    return try await store.write { [self] db in
      try opening?(db)
      let now = clock.now()
      let unit = UnitOfWork(
        by: caller, at: Timestamp(store.moment(now)), traceparent: traceparent, today: CivilTime.day(at: now),
        requestID: requestID, outbox: outbox, admission: admission, in: db)
      try admission?.admit(unit)
      return try body(unit)
    }
  }

  /// Does one piece of work once for each `Idempotency-Key`: a request that is sent again is answered as the first time
  /// and has no second effect.
  ///
  /// - Parameter key: the request's; without one the work is done each time.
  /// - Throws: as ``write(by:_:)``; `Problem` when the key was used for another request.
  public func write<Answer: Encodable & Sendable>(
    by caller: Caller, once key: IdempotencyKey?, _ body: @Sendable @escaping (UnitOfWork) throws -> Answer
  ) async throws -> Remembered<Answer> {
    try await write(by: caller) { unit in
      if let bytes = try unit.remembered(key) { return Remembered(json: bytes, new: nil) }
      let answer = try body(unit)
      return Remembered(json: try unit.remember(answer, for: key), new: answer)
    }
  }

  /// Does what a request edits: once for its `Idempotency-Key`, and only if its `If-Match` names what stands now.
  ///
  /// - Parameter current: what the resource's `GET` answers with; `nil` where there is nothing that others may edit.
  /// - Throws: as ``write(by:once:_:)``.
  public func write<Answer: Encodable & Sendable>(
    _ edit: Edit, of current: (@Sendable (Database) throws -> (any Encodable)?)? = nil,
    _ body: @Sendable @escaping (UnitOfWork) throws -> Answer
  ) async throws -> Remembered<Answer> {
    let guarded = current.map { onlyIf(edit.precondition, key: edit.key, $0) } ?? self
    return try await guarded.write(by: edit.caller, once: edit.key, body)
  }

  /// Does what takes more than one transaction once for each `Idempotency-Key`. The answer is kept behind the work: when
  /// the program stops between them, the request that is sent again does the work again, which must be able to bear it.
  ///
  /// - Throws: `Problem` when the key was used for another request; what the work throws.
  public func once<Answer: Encodable & Sendable>(
    _ edit: Edit, _ work: () async throws -> Answer
  ) async throws -> Remembered<Answer> {
    if let bytes = try await read({ try RememberedAnswers.find(edit.key, in: $0) }) {
      return Remembered(json: bytes, new: nil)
    }
    let answer = try await work()
    return try await write(by: edit.caller, once: edit.key) { _ in answer }
  }

  /// The same for one edit: its first write begins with holding the request's `If-Match` against what the resource's
  /// `GET` answers with now.
  ///
  /// - Parameters:
  ///   - key: a request that is sent again under its key has its first answer, whatever changed since.
  ///   - current: the representation; `nil` when there is none.
  public func onlyIf(
    _ precondition: Precondition, key: IdempotencyKey? = nil,
    _ current: @Sendable @escaping (Database) throws -> (any Encodable)?
  ) -> Transactions {
    let isChecked = Locked(false)
    var guarded = self
    guarded.opening = { db in
      guard !isChecked.withLock({ $0 }) else { return }
      if try RememberedAnswers.find(key, in: db) == nil { try precondition.require { try current(db) } }
      isChecked.withLock { $0 = true }
    }
    return guarded
  }
}
