import EmbeddedBroker
import Foundation
import Kafka
import Processes
import Testing

/// The `broker` program: killed and started again on the same port it is empty, and its clients notice.
@Suite("Broker process", .serialized)
struct BrokerProcessTests {
  /// One run of the program.
  final class Run {
    let process: pid_t
    let address: String

    init(port: Int) throws {
      struct NotStarted: Error {}
      let folder = Bundle.main.bundleURL
      let beside = [
        folder, folder.deletingLastPathComponent(),
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(),
      ]
      guard
        let executable = beside.map({ $0.appending(path: "broker") })
          .first(where: { FileManager.default.isExecutableFile(atPath: $0.path) })
      else { throw NotStarted() }
      let pipe = Pipe()
      process = try Spawn.start(
        [executable.path, "--port", "\(port)", "--topics", "880.registers,880.enforcement", "--exit-with-parent"],
        environment: [], output: pipe.fileHandleForWriting.fileDescriptor)
      try pipe.fileHandleForWriting.close()
      // Blocks until the program has said where it listens, or has ended.
      let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
      guard line.hasPrefix("listening ") else { throw NotStarted() }
      address = line.dropFirst(10).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func kill() {
      Foundation.kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
  }

  @Test func aBrokerComesBackEmptyWhereItWas() async throws {
    let first = try Run(port: 0)
    let port = try #require(Int(first.address.split(separator: ":")[1]))
    let configuration = KafkaConfiguration(
      bootstrapServers: first.address,
      properties: [EmbeddedBroker.fetchWait.property: EmbeddedBroker.fetchWait.value])
    let producer = try Producer(configuration)
    try await producer.prepare("880.registers")
    for number in 0..<5 {
      try producer.send(OutgoingRecord(topic: "880.registers", key: [], value: [UInt8(number)]), token: Int64(number))
    }
    var delivered = 0
    while delivered < 5 { delivered += await producer.nextDeliveries(max: 10)?.count ?? 5 }
    let reader = try TopicReader(configuration)
    let identity = await reader.clusterID()
    await reader.close()
    let consumer = try Consumer(configuration)
    try await consumer.assign(["880.registers": .absolute(3)])
    var read = 0
    while read < 2 { read += try await consumer.nextBatch(max: 10, wait: .seconds(5)).count }

    first.kill()
    let second = try Run(port: port)
    #expect(second.address == first.address)
    let later = try TopicReader(configuration)
    #expect(try await later.watermarks(of: "880.registers").high == 0)
    #expect(try await later.tail(of: "880.registers") == nil)
    #expect(await later.clusterID() != identity, "another cluster")
    #expect(try await later.partitionCount(of: "880.enforcement") == 1)
    await later.close()
    var failure: KafkaError?
    while failure == nil {
      for case .failed(_, let error) in try await consumer.nextBatch(max: 10, wait: .seconds(5)) { failure = error }
    }
    #expect(failure?.isOffsetOutOfRange == true, "\(failure.debugDescription)")
    await consumer.close()
    await producer.abandon()
    second.kill()
  }
}
