public import Schemas

/// A message about a case reached a receiver: a disclosure that is on record.
public struct MessageDisclosed: EventData {
  public static let type = EventType(.notifier, "message-disclosed")
  public static let classification = DataClassification.pseudonymous
  public static let summary = "A receiver accepted a message. Published once a message."
  public static let schema = JSONSchema.object([
    .init("message", .string(), "The message; its `webhook-id`."),
    .init("subscription", .string(), "The subscription under which it was sent."),
    .init("event", .string(), "The id of the event that caused it."),
    .init("pupil", .pupil, required: false, "The child, where the message is about one."),
    .init("level", .string(pattern: "^L[0-4]$"), "How much it told."),
    .init("lawfulBasis", .string(pattern: "^LB[1-7]$"), "The lawful basis."),
  ])

  public let message: String
  public let subscription: String
  public let event: String
  public let pupil: PupilID?
  public let level: String
  public let lawfulBasis: String

  public init(
    message: String, subscription: String, event: String, pupil: PupilID?, level: String, lawfulBasis: String
  ) {
    self.message = message
    self.subscription = subscription
    self.event = event
    self.pupil = pupil
    self.level = level
    self.lawfulBasis = lawfulBasis
  }
}

/// A receiver gets no more messages until a person resumes its subscription.
public struct ReceiverDisabled: EventData {
  public static let type = EventType(.notifier, "receiver-disabled")
  public static let classification = DataClassification.internal
  public static let summary =
    "A subscription was suspended: its receiver cannot be reached, wants no more messages, must not receive any more, or may have ended the program."
  public static let schema = JSONSchema.object([
    .init("subscription", .string(), "The subscription."),
    .init("reason", .oneOf(Reason.allCases.map(\.rawValue)), "Why."),
    .init("waiting", .integer(minimum: 0), "How many messages wait."),
  ])

  /// Why a receiver was given up.
  public enum Reason: String, Codable, Sendable, CaseIterable {
    /// It answered 410.
    case gone
    /// The whole retry schedule passed without success.
    case exhausted
    /// The sharing agreement ended.
    case agreementExpired = "agreement-expired"
    /// The program ended twice in a row during an attempt to reach it.
    case programEnded = "program-ended"
  }

  public let subscription: String
  public let reason: Reason
  public let waiting: Int

  public init(subscription: String, reason: Reason, waiting: Int) {
    self.subscription = subscription
    self.reason = reason
    self.waiting = waiting
  }
}
