/// What `GET /status` answers, as far as the suite reads it.
public struct ServiceStatus: Codable, Sendable, Hashable {
  public struct Topic: Codable, Sendable, Hashable {
    public let topic: String
    public let nextOffset, lastSequence: Int64
    /// Absent when the broker does not answer.
    public let lag: Int64?
    public let connected, repairing: Bool
  }

  public struct Parked: Codable, Sendable, Hashable {
    public let topic, subject: String
    public let events: Int
  }

  public let ready: Bool
  public let waitingFor: [String]
  public let outboxLast, acknowledged, outboxDepth: Int64
  public let topics: [Topic]
  public let parked: [Parked]
}
