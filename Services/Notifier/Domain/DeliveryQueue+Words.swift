public import Contracts

/// What the queue is told, and what it answers.
extension DeliveryQueue {
  /// A receiver: a subscription that can get messages.
  public typealias ReceiverID = String
  /// A message's place in its receiver's queue; grows with every message queued.
  public typealias MessageNumber = Int64

  /// The first waiting message of a receiver as the store has it.
  public struct Head: Hashable, Sendable {
    /// Its place in the queue.
    public let message: MessageNumber
    /// How many attempts failed.
    public let failures: Int
    /// Not before this moment, milliseconds since 1970.
    public let dueMillis: Int64
    /// The program ended during the last attempt to reach this receiver: it is tried again while no other suspect is in
    /// flight, so that a second end tells which it was.
    public let isSuspect: Bool

    public init(message: MessageNumber, failures: Int, dueMillis: Int64, isSuspect: Bool = false) {
      self.message = message
      self.failures = failures
      self.dueMillis = dueMillis
      self.isSuspect = isSuspect
    }
  }

  /// What happened.
  public enum Input: Hashable, Sendable {
    /// A receiver may get messages until the moment its agreement ends: at the start, when created, when resumed.
    case opened(ReceiverID, endMillis: Int64)
    /// A person suspended or deleted the subscription.
    case closed(ReceiverID)
    /// The store has new messages for it.
    case queued(ReceiverID)
    /// The answer to ``Action/load(_:)``; `nil` when the queue is empty.
    case loaded(ReceiverID, Head?)
    /// The attempt ended.
    case finished(ReceiverID, Outcome)
    /// Time passed.
    case tick
  }

  /// What to do.
  public enum Action: Hashable, Sendable {
    /// Read the receiver's first waiting message from the store.
    case load(ReceiverID)
    /// Send it and report how it ended.
    case send(ReceiverID, MessageNumber, failures: Int)
    /// Keep what became of the message, in the store, before the next action.
    case record(ReceiverID, MessageNumber, Fate)
    /// End the attempt now and report a timeout.
    case cut(ReceiverID)
    /// Suspend the subscription; its messages wait.
    case suspend(ReceiverID, ReceiverDisabled.Reason)
  }

  /// What became of a message.
  public enum Fate: Hashable, Sendable {
    case delivered
    /// It waits for its next attempt.
    case waiting(failures: Int, dueMillis: Int64)
    /// It is given up; only a replay sends it again.
    case abandoned
    /// It is not sent.
    case withheld(Decision.Reason)
  }
}
