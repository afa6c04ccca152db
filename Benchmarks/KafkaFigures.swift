import EmbeddedBroker
import Foundation
import Kafka
import SuiteService

/// The Swift wrapper beside librdkafka itself, against the same broker, turn and turn about.
struct KafkaFigures {
  let rounds: Int
  /// The broker keeps 5 MiB a partition: this many records of this size fit.
  static let records = 12_000
  static let bytes = 300
  /// How often a round reads and writes, so that it lasts long enough to be measured.
  static let repeats = 10

  func measure(into table: inout Table) async throws {
    var (rawProduce, rawConsume, produce, consume): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    for round in 0..<rounds {
      let topics = (0..<2 * Self.repeats).map { "bench-\(round)-\($0)" }
      let broker = try EmbeddedBroker(topics: topics)
      let (raw, ours) = (topics.prefix(Self.repeats), topics.suffix(Self.repeats))
      let ceiling = RawKafka(
        bootstrapServers: broker.bootstrapServers, producer: broker.configuration.producerProperties,
        consumer: broker.configuration.consumerProperties)
      rawProduce.append(try mean(raw) { try ceiling.produceRate(topic: $0, records: Self.records, bytes: Self.bytes) })
      produce.append(try await mean(ours) { try await produceRate($0, broker.configuration) })
      rawConsume.append(try mean(raw) { try ceiling.consumeRate(topic: $0, records: Self.records) })
      consume.append(try await mean(ours) { try await consumeRate($0, broker.configuration) })
    }
    let produceRatio = median(zip(produce, rawProduce).map { $0 / $1 })
    let consumeRatio = median(zip(consume, rawConsume).map { $0 / $1 })
    table.add("raw_kafka_produce", median(rawProduce), "records/s", "librdkafka, 300 bytes, acks all, idempotent")
    table.add("raw_kafka_consume", median(rawConsume), "records/s", "librdkafka, single polls")
    table.add("kafka_produce", median(produce), "records/s", "limited by a copy and a header list a record")
    table.add("kafka_consume", median(consume), "records/s", "limited by copying key and value out of librdkafka")
    table.add("produce_ratio", produceRatio, "ratio", "of raw_kafka_produce")
    table.add("consume_ratio", consumeRatio, "ratio", "of raw_kafka_consume")
    table.add("wrapper_ratio", min(produceRatio, consumeRatio), "ratio", "the lower of the two; aim 0.85")
  }

  /// The rate over all topics: records by the sum of the times.
  private func mean(_ topics: ArraySlice<String>, _ rate: (String) throws -> Double) rethrows -> Double {
    Double(topics.count) / (try topics.reduce(0) { $0 + 1 / (try rate($1)) })
  }

  private func mean(_ topics: ArraySlice<String>, _ rate: (String) async throws -> Double) async throws -> Double {
    var seconds = 0.0
    for topic in topics { seconds += 1 / (try await rate(topic)) }
    return Double(topics.count) / seconds
  }

  /// How a client reaches the Kafka of a suite.
  static func client(of state: SuiteState) -> KafkaConfiguration {
    let isEmbedded = state.programs.contains { $0.authority == nil }
    return KafkaConfiguration(
      bootstrapServers: state.bootstrapServers,
      properties: isEmbedded ? [EmbeddedBroker.fetchWait.property: EmbeddedBroker.fetchWait.value] : [:])
  }

  private func produceRate(_ topic: String, _ configuration: KafkaConfiguration) async throws -> Double {
    let producer = try Producer(configuration)
    try await producer.prepare(topic)
    let (key, value) = (Array("100001".utf8), [UInt8](repeating: 120, count: Self.bytes))
    let start = ContinuousClock.now
    for number in 0..<Self.records {
      try producer.send(OutgoingRecord(topic: topic, key: key, value: value), token: Int64(number))
    }
    var delivered = 0
    while delivered < Self.records, let batch = await producer.nextDeliveries(max: 100_000) {
      for delivery in batch { _ = try delivery.result.get() }
      delivered += batch.count
    }
    let seconds = start.duration(to: .now).seconds
    await producer.close(deadline: .seconds(1))
    return Double(Self.records) / seconds
  }

  private func consumeRate(_ topic: String, _ configuration: KafkaConfiguration) async throws -> Double {
    let consumer = try Consumer(configuration)
    try await consumer.assign([topic: .absolute(0)])
    var (seen, bytes) = (0, 0)
    var start = ContinuousClock.now
    while seen < Self.records {
      let batch = try await consumer.nextBatch(max: 1_000, wait: .milliseconds(100))
      if seen == 0, !batch.isEmpty { start = .now }
      for case .record(let record) in batch {
        seen += 1
        bytes += record.value?.count ?? 0
      }
    }
    let seconds = start.duration(to: .now).seconds
    await consumer.close()
    return Double(Self.records) / seconds
  }
}
