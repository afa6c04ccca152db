public import Kafka

/// The log that topics lie in, as relay and intake use it: Kafka, or one that a test plays.
public protocol EventLog: Sendable {
  func makeProducer() throws -> any LogProducer
  func makeConsumer() throws -> any LogConsumer
  func makeReader() throws -> any LogReader
}

/// Sends records to a log, in order.
public protocol LogProducer: Sendable {
  /// As ``Kafka/Producer/prepare(_:deadline:)``.
  func prepare(_ topic: String, deadline: Duration) async throws(KafkaError)
  /// What the log last said of its connections, where it said more than that it is not there.
  var trouble: KafkaError? { get }
  /// As ``Kafka/Producer/send(_:token:)``.
  func send(_ record: OutgoingRecord, token: Int64) throws(KafkaError)
  /// As ``Kafka/Producer/nextDeliveries(max:)``.
  func nextDeliveries(max: Int) async -> [Delivery]?
  /// Throws the client away with what it has in flight.
  func abandon() async
}

/// Reads topics of a log from given offsets.
public protocol LogConsumer: Sendable {
  /// As ``Kafka/Consumer/assign(_:)``.
  func assign(_ starts: [String: StartOffset]) async throws
  /// As ``Kafka/Consumer/nextBatch(max:wait:)``.
  func nextBatch(max: Int, wait: Duration) async throws -> [ConsumerEvent]
  func close() async
}

/// Answers how a topic of a log ends.
public protocol LogReader: Sendable {
  /// As ``Kafka/TopicReader/tail(of:deadline:)``.
  func tail(of topic: String, deadline: Duration) async throws -> Kafka.Record?
}

extension Producer: LogProducer {}
extension Consumer: LogConsumer {}
extension TopicReader: LogReader {}

extension KafkaConfiguration: EventLog {
  public func makeProducer() throws -> any LogProducer { try Producer(self) }
  public func makeConsumer() throws -> any LogConsumer { try Consumer(self) }
  public func makeReader() throws -> any LogReader { try TopicReader(self) }
}
