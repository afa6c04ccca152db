import Contracts
import Foundation
import Kafka
import Logging
import Messaging
import MessagingMachines
import SealedAlerts
import ServiceKit
import ServiceLifecycle

/// The topic that all authorities share. Sends what waits, in order, and takes what lies there, each record in one
/// transaction with the place that was reached.
///
/// What the broker loses is sent again, in order. A receiver knows what it has, and passes it over.
struct NationalTopic: Service {
  static let name = AlertPost.topic
  /// The most records of one batch, and how long one that finds nothing waits.
  private static let batch = 64
  private static let wait = Duration.milliseconds(100)
  private static let closing = Duration.seconds(2)
  /// How many batches are read before the cluster is looked at again.
  private static let roundsUnseen = 50
  private static let pauses = Backoff(firstMillis: 100, longestMillis: 10_000)

  private enum Lost: Error { case cluster, client }

  let desk: AlertDesk
  let transactions: Transactions
  let kafka: KafkaConfiguration
  let alarms: Alarms
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var attempt = 0
      while !Task.isCancelled {
        do {
          try await follow { attempt = 0 }
        } catch {
          logger.warning(
            "the shared topic is out of reach", metadata: ["error_type": "\(type(of: error))", "attempt": "\(attempt)"])
        }
        guard !Task.isCancelled else { return }
        var generator = SystemRandomNumberGenerator()
        try? await Task.sleep(for: .milliseconds(Self.pauses.pauseMillis(attempt: attempt, using: &generator)))
        attempt += 1
      }
    }
  }

  /// The clients of one stretch without a failure.
  struct Connection: Sendable {
    let reader: TopicReader
    let consumer: Consumer
    let producer: Producer
    let cluster: String

    func close() async {
      await reader.close()
      await consumer.close()
      await producer.close(deadline: NationalTopic.closing)
    }
  }

  /// Sends and reads until something fails or the program ends.
  private func follow(_ connected: () -> Void) async throws {
    let connection = try await connect()
    connected()
    do {
      while !Task.isCancelled {
        try await transactions.write(by: .program(.cme)) { try desk.askAll($0) }
        for _ in 0..<Self.roundsUnseen where !Task.isCancelled { try await round(connection) }
        // A broker that began anew has other offsets, and its clients would not notice.
        if let now = await connection.reader.clusterID(), now != connection.cluster { throw Lost.cluster }
      }
    } catch {
      await connection.close()
      throw error
    }
    await connection.close()
  }

  /// Makes the clients, and begins where reading and sending stand.
  func connect() async throws -> Connection {
    let (reader, consumer, producer) = (try TopicReader(kafka), try Consumer(kafka), try Producer(kafka))
    do {
      let ends = try await reader.watermarks(of: Self.name)
      let cluster = await reader.clusterID() ?? ""
      let start = try await resume(from: ends.high, at: cluster)
      try await consumer.assign([Self.name: .absolute(max(start, ends.low))])
      try await producer.prepare(Self.name)
      return Connection(reader: reader, consumer: consumer, producer: producer, cluster: cluster)
    } catch {
      await Connection(reader: reader, consumer: consumer, producer: producer, cluster: "").close()
      throw error
    }
  }

  /// Sends what waits and takes a batch.
  func round(_ connection: Connection) async throws {
    try await sendWaiting(connection.producer)
    try await take(try await connection.consumer.nextBatch(max: Self.batch, wait: Self.wait))
  }

  /// Where to read on. A cluster that is another one, or a topic that ends before what was sent or read, has lost
  /// something: what it lost is sent again, and the topic read from where it now ends, or from its beginning.
  private func resume(from high: Int64, at cluster: String) async throws -> Int64 {
    try await transactions.write(by: .program(.cme)) { unit in
      let known = try Alerts.position(in: unit.db)
      let isAnother = known.cluster != cluster
      if let through = try Alerts.sentThrough(in: unit.db), isAnother || high < through {
        try Alerts.sendAgain(from: isAnother ? 0 : high, in: unit.db)
      }
      let start = isAnother || high < known.next ? 0 : known.next
      try Alerts.save(position: start, at: cluster, in: unit.db)
      return start
    }
  }

  private func sendWaiting(_ producer: Producer) async throws {
    let waiting = try await transactions.read { try Alerts.waiting(limit: Self.batch, in: $0) }
    guard !waiting.isEmpty else { return }
    let key = Array(transactions.outbox.topic.utf8)
    for row in waiting {
      try producer.send(
        OutgoingRecord(topic: Self.name, key: key, value: Array(row.envelope)), token: row.number)
    }
    var left = Set(waiting.map(\.number))
    while !left.isEmpty {
      guard let deliveries = await producer.nextDeliveries(max: Self.batch) else { throw Lost.client }
      // One that fails leaves no gap: all from it on are sent anew by another client.
      let places = try deliveries.map { ($0.token, try $0.result.get()) }
      try await transactions.write(by: .program(.cme)) { unit in
        for (number, place) in places { try Alerts.delivered(number, at: place, in: unit.db) }
      }
      left.subtract(places.map(\.0))
    }
  }

  private func take(_ events: [ConsumerEvent]) async throws {
    for event in events {
      switch event {
      case .failed(_, let error): throw error
      case .record(let record):
        let (refusals, missing) = try await transactions.write(by: .program(.cme)) { unit in
          if let value = record.value { try desk.take(Data(value), unit) }
          try Alerts.save(position: record.offset + 1, in: unit.db)
          return (try Alerts.refusals(in: unit.db), try Repair.missing(at: unit.at, in: unit.db))
        }
        alarms.set("alerts-refused", refusals == 0 ? nil : "\(refusals) alerts of other authorities were refused")
        alarms.set("alerts-missing", missing == 0 ? nil : "alerts of \(missing) authorities are missing")
      }
    }
  }
}
