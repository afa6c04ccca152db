public import Contracts

/// What a service does with the events of one topic.
public protocol EventHandler: Sendable {
  /// The full names of the types that ``handle(_:in:)`` takes; all others are passed over.
  var handledTypes: Set<String> { get }

  /// Applies one event: effects, outgoing events and what goes on record, in the transaction that also moves the
  /// position. Who acts is the service that published the event.
  ///
  /// - Throws: ``PermanentFailure`` or `ContractError` when this event can never be applied as things are: it is parked
  ///   and the others of its subject behind it. A `DatabaseError` other than a broken constraint is tried again.
  func handle(_ event: Event, in unit: UnitOfWork) throws

  /// Finishes what the events of a batch left to be done once for all of them, for example a count that each of them
  /// moved. Called after the last event that was applied, in the same transaction: nobody sees the store between the two.
  /// An event leaves its part in the store, because one that is refused takes back what it wrote.
  ///
  /// - Throws: whatever keeps the whole batch from being applied; it is tried again.
  func finish(in unit: UnitOfWork) throws
}

extension EventHandler {
  /// For a reader that leaves nothing.
  public func finish(in unit: UnitOfWork) throws {}
}

/// An event cannot be applied until a person has done something. The reason is a slug and never holds data.
public struct PermanentFailure: Error, Hashable, Sendable {
  public let reason: String
  public init(_ reason: String) { self.reason = reason }
}
