extension IntakeLoop {
  /// Where the reader is, for people and readiness.
  public struct State: Sendable, Hashable {
    /// The offset of the next record.
    public var nextOffset: Int64 = 0
    /// The sequence of the last event that took effect.
    public var lastSequence: Int64 = 0
    /// Whether a gap is being repaired from the feed.
    public var isRepairing = false
    /// Whether the topic could be read at the last attempt.
    public var isConnected = false
    /// How many subjects' first events were parked since the start.
    public var alarms = 0
    /// Whether Kafka serves the reader.
    var kafka = KafkaState()
    /// When an event last took effect, or the reader was last at the end of the topic.
    var lastProgress: ContinuousClock.Instant?
  }
}
