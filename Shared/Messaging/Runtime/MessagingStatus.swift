public import Contracts
public import ServiceKit

extension Messaging {
  /// What `GET /status` answers.
  public struct Status: Codable, Sendable {
    public struct Topic: Codable, Sendable {
      public let topic: String
      /// The offset of the next record, and the sequence of the last event that took effect.
      public let nextOffset, lastSequence: Int64
      /// Records in the topic that were not read yet; absent until Kafka has answered.
      public let lag: Int64?
      /// For how long the topic has been seen to end beyond the reader's place, and how long ago an event last took effect
      /// or the reader was at the end, seconds.
      public let lagSeconds, progressAgeSeconds: Double?
      public let connected, repairing: Bool
      /// What is wrong at Kafka; absent when nothing is known to be.
      public let fault: String?
    }
    public struct Parked: Codable, Sendable {
      public let topic, subject: String
      public let events: Int
    }
    /// How the audit log stands.
    public struct Audit: Codable, Sendable {
      /// Whether no break stands.
      public let sound: Bool
      /// The number of the last entry.
      public let entries: Int64
      /// When the whole log was verified last; absent before the first time.
      public let verifiedAt: Timestamp?
    }
    public let ready: Bool
    public let waitingFor: [String]
    /// What a person must look at.
    public let alarms: [Alarms.Alarm]
    public let audit: Audit
    /// The highest sequence of the outbox, and the highest that the log is known to hold.
    public let outboxLast, acknowledged: Int64
    public let outboxDepth: Int64
    public let topics: [Topic]
    public let parked: [Parked]
  }
}
