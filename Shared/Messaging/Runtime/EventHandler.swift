public import Contracts
public import GRDB

/// What a service does with the events of one topic.
public protocol EventHandler: Sendable {
  /// The full names of the types that ``handle(_:context:in:)`` takes; all others are passed over.
  var handledTypes: Set<String> { get }

  /// Applies one event: effects and outgoing events, in the transaction that also moves the position.
  ///
  /// - Throws: ``PermanentFailure`` or `ContractError` when this event can never be applied as things are: it is parked
  ///   and the others of its subject behind it. A `DatabaseError` other than a broken constraint is tried again.
  func handle(_ event: Event, context: EventContext, in db: Database) throws
}

/// An event cannot be applied until a person has done something. The reason is a slug and never holds data.
public struct PermanentFailure: Error, Hashable, Sendable {
  public let reason: String
  public init(_ reason: String) { self.reason = reason }
}
