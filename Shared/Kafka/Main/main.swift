import ArgumentParser
import CFixedPort
import CProcess
import EmbeddedBroker
import Foundation

/// Runs the embedded Kafka broker until it is told to end.
struct Broker: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "broker", abstract: "An in-memory Kafka broker on loopback, for demo, tests and development.")

  @Option(help: "The port; 0 for any.") var port: UInt16 = 0
  @Option(help: "The topics, separated by commas; each gets one partition.") var topics: String
  @Flag(help: "End when the parent process ends.") var exitWithParent = false

  func run() throws {
    guard_process()
    if exitWithParent { end_with_parent() }
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGINT)
    // Before any thread is made, so that none takes them.
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    use_fixed_port(port)
    let broker = try EmbeddedBroker(topics: topics.split(separator: ",").map(String.init))
    FileHandle.standardOutput.write(Data("listening \(broker.bootstrapServers)\n".utf8))
    var received: Int32 = 0
    sigwait(&signals, &received)
    withExtendedLifetime(broker) {}
  }
}

Broker.main()
