public import Contracts
public import Messaging

/// What a program does with registers' events: its own types, as any `EventHandler`, and the changes of its copy of the
/// roll. Everything runs in the transaction of the event, after the copy has changed.
public protocol RollReader: EventHandler {
  /// Something in the copy is other than before. Called once for each event that changed something, before
  /// ``Messaging/EventHandler/handle(_:in:)`` where the type is one of the program's own as well.
  func rollChanged(_ changes: [RollChange], by event: Event, in unit: UnitOfWork) throws

  /// Two records are about to become one child; nothing has moved. The program settles what cannot stand under one
  /// identifier, for example an open case of each.
  func willMerge(_ merged: PupilID, into kept: PupilID, by event: Event, in unit: UnitOfWork) throws
}

extension RollReader {
  public func rollChanged(_ changes: [RollChange], by event: Event, in unit: UnitOfWork) throws {}

  public func willMerge(_ merged: PupilID, into kept: PupilID, by event: Event, in unit: UnitOfWork) throws {}

  /// For a program that reads nothing of registers but the roll.
  public func handle(_ event: Event, in unit: UnitOfWork) throws {
    throw PermanentFailure("unhandled-type")
  }
}

/// The handler of registers' topic for a program with a ``RollCopy``.
public struct RollHandler<Reader: RollReader>: EventHandler {
  public let copy: RollCopy
  public let reader: Reader

  public init(_ copy: RollCopy, _ reader: Reader) {
    self.copy = copy
    self.reader = reader
  }

  public var handledTypes: Set<String> { copy.handledTypes.union(reader.handledTypes) }

  public func handle(_ event: Event, in unit: UnitOfWork) throws {
    let isRoll = copy.handledTypes.contains(event.type)
    let isOwn = reader.handledTypes.contains(event.type)
    guard isRoll || isOwn else { throw PermanentFailure("unhandled-type") }
    if isRoll {
      let changes = try copy.apply(
        event, willMerge: { merged, kept in try reader.willMerge(merged, into: kept, by: event, in: unit) },
        in: unit.db)
      if !changes.isEmpty { try reader.rollChanged(changes, by: event, in: unit) }
    }
    if isOwn { try reader.handle(event, in: unit) }
  }

  public func finish(in unit: UnitOfWork) throws { try reader.finish(in: unit) }
}
