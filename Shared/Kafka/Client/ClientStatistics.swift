import CoreMetrics
import Foundation

/// librdkafka's own statistics as metrics, every `statistics.interval.ms`; by kind of client and topic, so that there
/// are never many.
enum ClientStatistics {
  private enum Name {
    static let queued = "kafka_client_queued_messages"
    static let roundTripSeconds = "kafka_broker_round_trip_seconds"
    static let waitingRequests = "kafka_broker_waiting_requests"
    static let sendErrors = "kafka_broker_send_errors"
    static let lag = "kafka_consumer_lag"
  }

  /// The fields that are looked at.
  private struct Report: Decodable {
    struct Broker: Decodable {
      struct RoundTrip: Decodable { let avg: Double? }
      let nodeid: Int?
      let txerrs: Int64?
      let waiting: Int64?
      let rtt: RoundTrip?

      enum CodingKeys: String, CodingKey {
        case nodeid, txerrs, rtt
        case waiting = "waitresp_cnt"
      }
    }
    struct Topic: Decodable {
      struct Partition: Decodable {
        /// The offset of the next record that the broker gets, and of the next that the program takes; below 0 while
        /// unknown. librdkafka's own lag is that of committed offsets, of which there are none.
        let end, position: Int64?

        enum CodingKeys: String, CodingKey {
          case end = "hi_offset"
          case position = "app_offset"
        }
      }
      let partitions: [String: Partition]?
    }
    let type: String
    let queued: Int64?
    let brokers: [String: Broker]?
    let topics: [String: Topic]?

    enum CodingKeys: String, CodingKey {
      case type, brokers, topics
      case queued = "msg_cnt"
    }
  }

  /// Takes one report. One that cannot be read is passed over: the next comes soon.
  static func record(_ json: UnsafeBufferPointer<CChar>) {
    let data = Data(json.map { UInt8(bitPattern: $0) })
    guard let report = try? JSONDecoder().decode(Report.self, from: data) else { return }
    let client = [("client", report.type)]
    Meter(label: Name.queued, dimensions: client).set(report.queued ?? 0)
    for broker in (report.brokers ?? [:]).values where (broker.nodeid ?? -1) >= 0 {
      let dimensions = client + [("broker", String(broker.nodeid ?? -1))]
      Meter(label: Name.roundTripSeconds, dimensions: dimensions).set((broker.rtt?.avg ?? 0) / 1_000_000)
      Meter(label: Name.waitingRequests, dimensions: dimensions).set(broker.waiting ?? 0)
      Meter(label: Name.sendErrors, dimensions: dimensions).set(broker.txerrs ?? 0)
    }
    for (topic, partitions) in report.topics ?? [:] {
      guard let partition = partitions.partitions?["0"], let end = partition.end, let position = partition.position,
        end >= 0, position >= 0
      else { continue }
      Meter(label: Name.lag, dimensions: [("topic", topic)]).set(max(0, end - position))
    }
  }
}
