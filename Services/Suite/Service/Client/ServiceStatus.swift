/// What `GET /status` answers, as far as the suite reads it.
public struct ServiceStatus: Codable, Sendable, Hashable {
  public struct Topic: Codable, Sendable, Hashable {
    public let topic: String
    public let nextOffset, lastSequence: Int64
    /// Absent when the broker does not answer.
    public let lag: Int64?
    public let lagSeconds: Double?
    public let connected, repairing: Bool
    /// What is wrong at Kafka.
    public let fault: String?
  }

  public struct Parked: Codable, Sendable, Hashable {
    public let topic, subject: String
    public let events: Int
  }

  /// What a person must look at.
  public struct Alarm: Codable, Sendable, Hashable {
    public let name, detail: String
  }

  /// How the audit log stands.
  public struct Audit: Codable, Sendable, Hashable {
    public let sound: Bool
    public let entries: Int64
  }

  public let ready: Bool
  public let waitingFor: [String]
  public let alarms: [Alarm]
  public let audit: Audit

  /// Whether nobody has to look at the program.
  public var isWell: Bool { ready && audit.sound && alarms.isEmpty }
  public let outboxLast, acknowledged, outboxDepth: Int64
  public let topics: [Topic]
  public let parked: [Parked]
}
