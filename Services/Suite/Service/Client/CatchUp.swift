import Contracts
import Foundation
import ServiceKit

/// Waits until every event has arrived everywhere.
struct CatchUp: Sendable {
  private let clients: [(name: String, authority: String, client: ServiceClient)]

  /// The longest pause between two looks, milliseconds.
  private static let longestPauseMillis = 200

  init(_ suite: RunningSuite) throws {
    clients = try suite.state.programs.compactMap { program in
      guard let authority = program.authority, let service = ServiceName(rawValue: program.service) else { return nil }
      return (program.name, authority, try suite.client(service, of: authority, as: .operator))
    }
  }

  /// The status of every program; `nil` for one that does not answer.
  func statuses() async -> [String: ServiceStatus?] {
    await withTaskGroup(of: (String, ServiceStatus?).self) { group in
      for (name, _, client) in clients {
        group.addTask { (name, try? await client.get(ServiceStatus.self, "/status")) }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = .some($1.1) }
    }
  }

  /// Waits until every program is ready, every outbox is sent and every reader has taken in the whole of every topic.
  ///
  /// - Throws: ``SuiteError/unexpected(_:)`` with what is behind when the time is over.
  func wait(within deadline: Duration) async throws {
    let end = ContinuousClock.now + deadline
    var pauseMillis = 5
    while true {
      let behind = Self.behind(await statuses())
      if behind.isEmpty { return }
      guard ContinuousClock.now < end else {
        throw SuiteError.unexpected("not caught up within \(deadline): \(behind.joined(separator: "; "))")
      }
      try await Task.sleep(for: .milliseconds(pauseMillis))
      pauseMillis = min(Self.longestPauseMillis, pauseMillis * 2)
    }
  }

  /// What is behind, in words; empty when nothing is.
  static func behind(_ statuses: [String: ServiceStatus?]) -> [String] {
    var behind: [String] = []
    for (name, status) in statuses.sorted(by: { $0.key < $1.key }) {
      guard let status else {
        behind.append("\(name) does not answer")
        continue
      }
      if !status.ready { behind.append("\(name) is not ready") }
      if status.outboxDepth > 0 { behind.append("\(name) has \(status.outboxDepth) events to send") }
      for parked in status.parked { behind.append("\(name) parked \(parked.events) events of \(parked.topic)") }
      for topic in status.topics {
        guard let source = statuses[topic.topic] ?? nil else { continue }
        let missing = source.outboxLast - topic.lastSequence
        if missing > 0 { behind.append("\(name) lacks \(missing) events of \(topic.topic)") }
      }
    }
    return behind
  }
}
