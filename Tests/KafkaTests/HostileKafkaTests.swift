import EmbeddedBroker
import Foundation
import Kafka
import KafkaProxy
import Processes
import Testing

/// The real client against a Kafka that misbehaves.
@Suite("A Kafka that misbehaves", .serialized, .timeLimit(.minutes(2)))
struct HostileKafkaTests {
  private static let topic = "880.registers"

  private static func client(_ proxy: KafkaProxy, _ more: [String: String] = [:]) -> KafkaConfiguration {
    KafkaConfiguration(
      bootstrapServers: proxy.bootstrapServers,
      properties: [EmbeddedBroker.fetchWait.property: EmbeddedBroker.fetchWait.value].merging(more) { $1 })
  }

  private static func measured<Value>(_ body: () async throws -> Value) async rethrows -> (Value, seconds: Double) {
    let start = ContinuousClock.now
    let value = try await body()
    return (value, start.duration(to: .now) / .seconds(1))
  }

  /// What a call throws, and how long it took.
  private static func failure(
    _ body: () async throws -> Void
  ) async -> (error: KafkaError?, seconds: Double) {
    await measured {
      do {
        try await body()
        return nil
      } catch { return error as? KafkaError }
    }
  }

  @Test("A leader that falls silent holds no question longer than its deadline, and the next leader answers")
  func silentLeader() async throws {
    let broker = try EmbeddedBroker(topics: [Self.topic], nodes: 3)
    broker.moveLeader(of: Self.topic, to: 1)
    let proxy = try KafkaProxy(to: broker.bootstrapServers)
    defer { proxy.close() }
    let reader = try TopicReader(Self.client(proxy))
    #expect(try await reader.watermarks(of: Self.topic).high == 0)
    proxy.set(.stall, for: .listOffsets, at: 1)
    let (error, seconds) = await Self.failure {
      _ = try await reader.watermarks(of: Self.topic, deadline: .seconds(1))
    }
    #expect(error?.isTimeout == true && seconds < 15, "\(error.debugDescription) after \(seconds) s")
    broker.moveLeader(of: Self.topic, to: 2)
    let (high, later) = try await Self.measured { try await reader.watermarks(of: Self.topic).high }
    #expect(high == 0 && later < 15, "the old leader is still silent: \(later) s")
    let (_, closing) = await Self.measured { await reader.close() }
    #expect(closing < 10, "\(closing) s")
    #expect(KafkaConfiguration.clientsGivenUp >= 1)
    proxy.set(nil, for: .listOffsets)
  }

  @Test("No call waits longer than its bound for a Kafka that takes connections and says nothing")
  func silence() async throws {
    let broker = try EmbeddedBroker(topics: [Self.topic])
    let proxy = try KafkaProxy(to: broker.bootstrapServers)
    defer { proxy.close() }
    proxy.set(.silent)
    let (reader, consumer) = (try TopicReader(Self.client(proxy)), try Consumer(Self.client(proxy)))
    let producer = try Producer(Self.client(proxy))
    let short = Duration.milliseconds(300)
    let calls: [(String, Double, () async throws -> Void)] = [
      ("watermarks", 10, { _ = try await reader.watermarks(of: Self.topic, deadline: short) }),
      ("tail", 10, { _ = try await reader.tail(of: Self.topic, deadline: short) }),
      ("partitions", 10, { _ = try await reader.partitionCount(of: Self.topic, deadline: short) }),
      ("assign", 20, { try await consumer.assign([Self.topic: .absolute(0)]) }),
      ("prepare", 10, { try await producer.prepare(Self.topic, deadline: short) }),
    ]
    for (name, most, call) in calls {
      let (error, seconds) = await Self.failure(call)
      #expect(error != nil && seconds < most, "\(name): \(error.debugDescription) after \(seconds) s")
    }
    #expect(await reader.clusterID(deadline: short) == nil)
    for (name, call) in [
      ("reader", { await reader.close() }), ("consumer", { await consumer.close() }),
      ("producer", { await producer.close(deadline: short) }),
    ] as [(String, () async -> Void)] {
      let (_, seconds) = await Self.measured(call)
      #expect(seconds < 10, "closing the \(name) took \(seconds) s")
    }
  }

  @Test("A task that is cancelled does not wait for Kafka")
  func cancelled() async throws {
    let broker = try EmbeddedBroker(topics: [Self.topic])
    let proxy = try KafkaProxy(to: broker.bootstrapServers)
    defer { proxy.close() }
    let reader = try TopicReader(Self.client(proxy))
    proxy.set(.stall, for: .listOffsets)
    let asking = Task { try await reader.watermarks(of: Self.topic, deadline: .seconds(60)) }
    #expect(await proxy.wait(for: 1, .listOffsets))
    let (_, seconds) = await Self.measured {
      asking.cancel()
      _ = await asking.result
    }
    #expect(seconds < 15, "\(seconds) s")
    proxy.set(nil, for: .listOffsets)
  }

  /// What is wrong with Kafka, how a client is made that meets it, and how it is called.
  enum Wrong: String, CaseIterable, CustomTestStringConvertible {
    case topicMissing = "the topic does not exist"
    case password = "Kafka refuses the user or the password"
    case mechanism = "Kafka does not know this way of signing in (sasl.mechanism)"
    case reading = "Kafka does not allow this program to use the topic"
    case away = "Kafka does not answer"
    case name = "the name of a Kafka server cannot be resolved"

    var testDescription: String { rawValue }
  }

  @Test("What is wrong is named within ten seconds", arguments: Wrong.allCases)
  func named(wrong: Wrong) async throws {
    let broker = try EmbeddedBroker(topics: [Self.topic])
    let proxy = try KafkaProxy(
      to: broker.bootstrapServers,
      users: wrong == .password || wrong == .mechanism ? ["880.registers": "right;=#"] : nil)
    defer { proxy.close() }
    var kafka = Self.client(proxy)
    let topic = Self.topic
    switch wrong {
    // The embedded broker makes a topic that it is asked for.
    case .topicMissing: broker.setError(3, of: Self.topic)
    case .password, .mechanism:
      kafka.properties.merge([
        "security.protocol": "sasl_plaintext", "sasl.mechanism": wrong == .password ? "PLAIN" : "SCRAM-SHA-512",
        "sasl.username": "880.registers", "sasl.password": "wrong;=#",
      ]) { $1 }
    case .reading: broker.setError(29, of: Self.topic)
    case .away: proxy.set(.down)
    case .name: kafka.bootstrapServers = "no-such-host.invalid:9092"
    }
    let (reader, consumer, producer) = (try TopicReader(kafka), try Consumer(kafka), try Producer(kafka))
    for (what, call) in [
      ("tail", { _ = try await reader.tail(of: topic, deadline: .seconds(2)) }),
      ("assign", { try await consumer.assign([topic: .absolute(0)]) }),
    ] as [(String, () async throws -> Void)] {
      let (error, seconds) = await Self.failure(call)
      #expect(error?.fault == wrong.rawValue && seconds < 10, "\(what): \(error.debugDescription) after \(seconds) s")
      #expect(error?.description.contains("wrong;=#") != true)
    }
    let (error, seconds) = await Self.failure { try await producer.prepare(topic, deadline: .seconds(2)) }
    let fault = producer.trouble?.fault ?? error?.fault
    #expect(fault == wrong.rawValue && seconds < 10, "prepare: \(error.debugDescription) after \(seconds) s")
    await reader.close()
    await consumer.close()
    await producer.abandon()
  }

  @Test("With the right password, of any characters, everything works")
  func rightPassword() async throws {
    let password = "right;=# \u{00E9}\"'\\"
    let broker = try EmbeddedBroker(topics: [Self.topic])
    let proxy = try KafkaProxy(to: broker.bootstrapServers, users: ["880.registers": password])
    defer { proxy.close() }
    let kafka = Self.client(
      proxy,
      [
        "security.protocol": "sasl_plaintext", "sasl.mechanism": "PLAIN", "sasl.username": "880.registers",
        "sasl.password": password,
      ])
    let producer = try Producer(kafka)
    try await producer.prepare(Self.topic)
    try producer.send(OutgoingRecord(topic: Self.topic, key: [], value: [1]), token: 1)
    let delivery = try #require(await producer.nextDeliveries(max: 1)?.first)
    #expect(try delivery.result.get() == 0)
    #expect(try await TopicReader(kafka).tail(of: Self.topic)?.value == [1])
    await producer.abandon()
  }

  @Test("A certificate that is not trusted is named")
  func unknownAuthority() async throws {
    let server = try await TLSServer.started()
    defer { server.stop() }
    let kafka = KafkaConfiguration(
      bootstrapServers: server.address,
      properties: ["security.protocol": "ssl", "ssl.ca.location": server.otherAuthority])
    let reader = try TopicReader(kafka)
    let (error, seconds) = await Self.failure { _ = try await reader.tail(of: Self.topic, deadline: .seconds(3)) }
    #expect(
      error?.fault == "no trusted connection to Kafka (ssl.ca.location, certificates)" && seconds < 10,
      "\(error.debugDescription) after \(seconds) s")
    await reader.close()
  }

  /// Kafka answers as soon as there is a record; the embedded broker sleeps for all of the wait.
  @Test("An idle reader fetches twice a second from Kafka, and the embedded broker is asked often enough")
  func idleFetches() async throws {
    let broker = try EmbeddedBroker(topics: [Self.topic])
    for (properties, least, most) in [
      ([:], 1.0, 3.0), ([EmbeddedBroker.fetchWait.property: EmbeddedBroker.fetchWait.value], 20, 120),
    ] as [([String: String], Double, Double)] {
      let proxy = try KafkaProxy(to: broker.bootstrapServers)
      defer { proxy.close() }
      let consumer = try Consumer(
        KafkaConfiguration(bootstrapServers: proxy.bootstrapServers, properties: properties))
      try await consumer.assign([Self.topic: .absolute(0)])
      async let polled = consumer.nextBatch(max: 1, wait: .seconds(4))
      #expect(await proxy.wait(for: 6, .fetch))
      #expect(try await polled.isEmpty)
      let moments = proxy.moments(.fetch).dropFirst()
      let first = try #require(moments.first)
      let last = try #require(moments.last)
      let rate = Double(moments.count - 1) / (first.duration(to: last) / .seconds(1))
      print("idle fetches a second of one reader: \(rate) with \(properties)")
      #expect(rate > least && rate < most)
      await consumer.close()
    }
  }
}

/// A server that speaks TLS with a certificate of its own authority.
private final class TLSServer: Sendable {
  struct NotStarted: Error {}
  let address: String
  /// The file of an authority that did not sign the server's certificate.
  let otherAuthority: String
  private let process: pid_t
  private let folder: String

  /// Makes its certificates and starts it, on a thread that may wait.
  static func started() async throws -> TLSServer {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try TLSServer() }) }
    }
  }

  private init() throws {
    folder = NSTemporaryDirectory() + "tls-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for name in ["own", "other"] {
      let making = try Self.openSSL(
        [
          "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-keyout",
          "\(folder)/\(name).key", "-out", "\(folder)/\(name).pem",
        ], output: FileHandle.nullDevice.fileDescriptor)
      waitpid(making, nil, 0)
    }
    otherAuthority = "\(folder)/other.pem"
    let output = Pipe()
    process = try Self.openSSL(
      ["s_server", "-accept", "127.0.0.1:0", "-cert", "\(folder)/own.pem", "-key", "\(folder)/own.key", "-www"],
      output: output.fileHandleForWriting.fileDescriptor)
    try output.fileHandleForWriting.close()
    var said = ""
    while said.firstMatch(of: /ACCEPT 127\.0\.0\.1:\d+\n/) == nil {
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else { throw NotStarted() }
      said += String(decoding: data, as: UTF8.self)
    }
    guard let port = said.firstMatch(of: /ACCEPT 127\.0\.0\.1:(\d+)/)?.1 else { throw NotStarted() }
    address = "127.0.0.1:\(port)"
  }

  func stop() {
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
    try? FileManager.default.removeItem(atPath: folder)
  }

  private static func openSSL(_ arguments: [String], output: Int32) throws -> pid_t {
    try Spawn.start(["/usr/bin/openssl"] + arguments, environment: ["PATH=/usr/bin:/bin"], output: output)
  }
}
