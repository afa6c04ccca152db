import EmbeddedBroker
import Foundation
import Glibc
import Kafka
import KafkaProxy
import Synchronization
import Testing

/// What every broker must do for the suite: the embedded one, or the Kafka that `KAFKA_BOOTSTRAP_SERVERS` names.
@Suite("Conformance")
struct ConformanceTests {
  /// Numbers the topics of an outside Kafka: one that makes none itself must have them beforehand.
  private static let count = Mutex(0)
  let topic: String
  let broker: EmbeddedBroker?
  let configuration: KafkaConfiguration

  init() async throws {
    topic =
      "880.conformance-"
      + Self.count.withLock { count in
        count += 1
        return "\(count)"
      }
    let made = try await TestBroker(topics: [topic])
    (broker, configuration) = (made.embedded, made.configuration)
  }

  /// Sends records and waits until each is delivered.
  @discardableResult
  func produce(_ records: [OutgoingRecord]) async throws -> [Int64] {
    let producer = try Producer(configuration)
    try await producer.prepare(topic)
    for (token, record) in records.enumerated() { try producer.send(record, token: Int64(token)) }
    let offsets = try await deliveries(records.count, from: producer).map { try $0.result.get() }
    await producer.close(deadline: .seconds(5))
    return offsets
  }

  func deliveries(_ count: Int, from producer: Producer) async throws -> [Delivery] {
    var all: [Delivery] = []
    while all.count < count, let batch = await producer.nextDeliveries(max: 1_000) { all += batch }
    return all
  }

  func record(_ number: Int, headers: [Header] = []) -> OutgoingRecord {
    OutgoingRecord(topic: topic, key: Array("key".utf8), value: Array("value \(number)".utf8), headers: headers)
  }

  /// Reads so many records from an offset.
  func consume(_ count: Int, from start: StartOffset) async throws -> [Record] {
    let consumer = try Consumer(configuration)
    try await consumer.assign([topic: start])
    var records: [Record] = []
    while records.count < count {
      let batch = try await consumer.nextBatch(max: 500, wait: .seconds(10))
      try #require(!batch.isEmpty, "only \(records.count) of \(count) records came")
      for event in batch {
        switch event {
        case .record(let record): records.append(record)
        case .failed(_, let error): throw error
        }
      }
    }
    await consumer.close()
    return records
  }

  @Test func whatIsProducedIsConsumedInOrder() async throws {
    let offsets = try await produce((0..<1_000).map { record($0) })
    #expect(offsets == Array(offsets[0]..<offsets[0] + 1_000))
    let records = try await consume(1_000, from: .beginning)
    #expect(records.map { String(decoding: $0.value ?? [], as: UTF8.self) } == (0..<1_000).map { "value \($0)" })
    #expect(records.allSatisfy { $0.key == Array("key".utf8) && $0.topic == topic && $0.timestampMillis > 0 })
  }

  @Test func headersAndEmptyValuesSurvive() async throws {
    let headers = [
      Header(name: "ce_id", value: Array("1".utf8)), Header(name: "binary", value: [0, 255, 10]),
      Header(name: "ce_id", value: Array("2".utf8)), Header(name: "empty", value: []),
    ]
    try await produce([
      record(1, headers: headers), OutgoingRecord(topic: topic, key: [], value: nil, headers: headers),
      OutgoingRecord(topic: topic, key: [], value: [], headers: []),
    ])
    let records = try await consume(3, from: .beginning)
    #expect(records[0].headers == headers && records[0].header("ce_id") == "2")
    #expect(records[0].header("binary") == nil, "not UTF-8")
    #expect(records[1].value == nil && records[1].headers == headers)
    #expect(records[2].headers.isEmpty)
  }

  @Test func aReaderResumesAtItsOffset() async throws {
    let offsets = try await produce((0..<10).map { record($0) })
    let records = try await consume(4, from: .absolute(offsets[6]))
    #expect(records.map(\.offset) == Array(offsets[6...9]))
  }

  @Test func tailAndWatermarksTellWhatTheLogHolds() async throws {
    try await produce([record(1)])
    let reader = try TopicReader(configuration)
    let before = try await reader.watermarks(of: topic)
    try await produce([record(2), record(3)])
    let after = try await reader.watermarks(of: topic)
    #expect(after.high == before.high + 2)
    #expect(try await reader.tail(of: topic)?.value == Array("value 3".utf8))
    #expect(try await reader.tail(of: topic)?.offset == after.high - 1)
    #expect(try await reader.partitionCount(of: topic) == 1)
    #expect(await reader.clusterID()?.isEmpty == false)
    await reader.close()
  }

  @Test func aLargeRecordIsRefusedAndTheOthersGoOn() async throws {
    let producer = try Producer(configuration)
    try await producer.prepare(topic)
    let large = OutgoingRecord(topic: topic, key: [], value: [UInt8](repeating: 1, count: 2_000_000))
    var refusal: KafkaError?
    do { try producer.send(large, token: 1) } catch { refusal = error }
    #expect(refusal?.isMessageTooLarge == true)
    try producer.send(record(2), token: 2)
    #expect(try await deliveries(1, from: producer).map(\.token) == [2])
    await producer.close(deadline: .seconds(5))
  }

  @Test func anOffsetBeyondTheEndIsAnErrorAndNeverAJump() async throws {
    try await produce([record(1)])
    let consumer = try Consumer(configuration)
    try await consumer.assign([topic: .absolute(1_000_000)])
    var failure: KafkaError?
    while failure == nil {
      for case .failed(_, let error) in try await consumer.nextBatch(max: 10, wait: .seconds(10)) { failure = error }
    }
    #expect(failure?.isOffsetOutOfRange == true, "\(failure.debugDescription)")
    await consumer.close()
  }

  @Test func anUnreachableBrokerIsATypedErrorWithinTheDeadline() async throws {
    let nobody = KafkaConfiguration(bootstrapServers: "127.0.0.1:1")
    let reader = try TopicReader(nobody)
    await #expect(throws: KafkaError.self) { try await reader.watermarks(of: topic, deadline: .milliseconds(200)) }
    #expect(await reader.clusterID(deadline: .milliseconds(50)) == nil)
    await reader.close()
    let producer = try Producer(nobody)
    await producer.close(deadline: .milliseconds(50))
    #expect(await producer.nextDeliveries(max: 1) == nil)
  }

  @Test func aClosedClientSaysSo() async throws {
    let consumer = try Consumer(configuration)
    await consumer.close()
    await consumer.close()
    await #expect(throws: KafkaError.self) { try await consumer.nextBatch(max: 1, wait: .zero) }
    let producer = try Producer(configuration)
    await producer.abandon()
    await producer.close(deadline: .seconds(1))
    #expect(throws: KafkaError.self) { try producer.send(record(1), token: 1) }
  }

  @Test(arguments: [["no.such.property": "1"], ["socket.timeout.ms": "soon"]])
  func anInvalidPropertyIsNamedWithoutItsValue(properties: [String: String]) throws {
    let wrong = KafkaConfiguration(bootstrapServers: "127.0.0.1:1", properties: properties)
    let error = #expect(throws: KafkaError.self) { _ = try Producer(wrong) }
    let (name, value) = try #require(properties.first)
    #expect(error?.reason.contains(name) == true && error?.reason.contains(value) == false)
  }

  @Test func whatExactlyOnceRestsOnCannotBeSwitchedOff() {
    let loose = KafkaConfiguration(
      bootstrapServers: "127.0.0.1:1",
      properties: [
        "acks": "0", "enable.idempotence": "false", "auto.offset.reset": "latest", "sasl.mechanism": "PLAIN",
      ])
    #expect(loose.producerProperties["acks"] == "all" && loose.producerProperties["enable.idempotence"] == "true")
    #expect(loose.consumerProperties["auto.offset.reset"] == "error")
    #expect(loose.consumerProperties["sasl.mechanism"] == "PLAIN")
    #expect(loose.consumerProperties["group.id"] == "every-school-day")
    let named = KafkaConfiguration(bootstrapServers: "x", name: "880.casework", properties: ["group.id": "other"])
    #expect(named.consumerProperties["group.id"] == "other" && named.consumerProperties["client.id"] == "880.casework")
  }

  @Test(.enabled(if: TestBroker.outside == nil, "an outside broker is not broken for a test"))
  func arefusedProduceRequestIsAFailedOrRepeatedDelivery() async throws {
    let broker = try #require(broker)
    try await produce([record(0)])
    // 29 is TOPIC_AUTHORIZATION_FAILED: not to be tried again.
    broker.failNextProduceRequests([29])
    let producer = try Producer(configuration)
    try await producer.prepare(topic)
    try producer.send(record(1), token: 1)
    let delivery = try #require(try await deliveries(1, from: producer).first)
    #expect(throws: KafkaError.self) { try delivery.result.get() }
    await producer.abandon()
  }

  /// Whether somebody else could have the port now.
  private static func canBind(_ address: String) -> Bool {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = (address.split(separator: ":").last.flatMap { UInt16($0) } ?? 0).bigEndian
    place.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    return withUnsafePointer(to: &place) { place in
      place.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  @Test(.enabled(if: TestBroker.outside == nil, "an outside broker is not broken for a test"))
  func anOutageIsOutlived() async throws {
    let broker = try #require(broker)
    let producer = try Producer(configuration)
    try await producer.prepare(topic)
    try producer.send(record(0), token: 0)
    #expect(try await deliveries(1, from: producer).count == 1)
    try broker.whileDown {
      for number in 1...50 { try producer.send(record(number), token: Int64(number)) }
      #expect(!Self.canBind(broker.bootstrapServers), "the port is kept for the broker")
    }
    // A lost connection may end in librdkafka's fatal error: then the rest fails, and the owner makes a new client.
    // What holds always: each record is answered once, and what is in the log is in order and all that succeeded.
    var answered: [Int64: Bool] = [:]
    while answered.count < 50, let batch = await producer.nextDeliveries(max: 1_000) {
      for delivery in batch where delivery.token > 0 {
        #expect(answered.updateValue(!delivery.isFailure, forKey: delivery.token) == nil)
      }
      if batch.contains(where: { $0.token == 0 }) { await producer.abandon() }
    }
    await producer.close(deadline: .seconds(5))
    #expect(Set(answered.keys) == Set(1...50))
    let reader = try TopicReader(configuration)
    let ends = try await reader.watermarks(of: topic)
    await reader.close()
    let values = try await consume(Int(ends.high - ends.low), from: .beginning)
      .compactMap { Int64(String(decoding: $0.value ?? [], as: UTF8.self).dropFirst(6)) }
    #expect(values == values.sorted() && Set(values).count == values.count)
    #expect(Set(values).isSuperset(of: answered.filter(\.value).map(\.key)))
  }
}
