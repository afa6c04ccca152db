import CoreMetrics
import EmbeddedBroker
import Kafka
import MetricsTestKit
import Testing

@Suite("librdkafka's statistics")
struct StatisticsTests {
  @Test func becomeMetrics() async throws {
    let metrics = TestMetrics()
    MetricsSystem.bootstrap(metrics)
    let broker = try EmbeddedBroker(topics: ["880.registers"])
    var configuration = broker.configuration
    configuration.properties["statistics.interval.ms"] = "20"
    let producer = try Producer(configuration)
    try await producer.prepare("880.registers")
    try producer.send(OutgoingRecord(topic: "880.registers", key: [], value: [1]), token: 1)
    _ = await producer.nextDeliveries(max: 1)
    let consumer = try Consumer(configuration)
    try await consumer.assign(["880.registers": .absolute(0)])
    // Statistics come while the client is polled: look after each poll, no more often than a thousand times.
    var found: TestMeter?
    for _ in 0..<1_000 where found == nil {
      _ = try await consumer.nextBatch(max: 10, wait: .milliseconds(10))
      found = try? metrics.expectMeter("kafka_consumer_lag", [("topic", "880.registers")])
    }
    #expect(found?.lastValue == 0)
    let roundTrip = try? metrics.expectMeter(
      "kafka_broker_round_trip_seconds", [("client", "consumer"), ("broker", "1")])
    #expect(roundTrip?.lastValue ?? -1 >= 0)
    await consumer.close()
    await producer.abandon()
  }
}
