import ArgumentParser
import Contracts
import Foundation
import ServiceKit

/// `suite status`.
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Each program: ready, alarms, position in every topic, lag, depth of the outbox, parked subjects.",
    discussion: "Exits 1 unless all are ready, no alarm is raised and every audit log is sound.")

  @OptionGroup var stateOption: StateOption

  func run() async throws {
    let folder = stateOption.folder
    let state = try folder.readState()
    let clock = SystemClock(offsetSeconds: Double(state.clockOffsetSeconds))
    let provider = try LocalProvider(folder: folder, clock: clock)
    print("broker at \(state.bootstrapServers)")
    var unwell: [String] = []
    for program in state.programs {
      guard let address = program.address, let authority = program.authority else { continue }
      let client = ServiceClient(base: address) { try await provider.token(role: .operator, authority: authority) }
      let status = try? await client.get(ServiceStatus.self, "/status")
      if status?.isWell != true { unwell.append(program.name) }
      for line in Self.lines(program, status) { print(line) }
    }
    if !unwell.isEmpty {
      print("look at: \(unwell.joined(separator: ", "))")
      throw ExitCode(1)
    }
  }

  /// What is printed of one program.
  static func lines(_ program: SuiteState.Program, _ status: ServiceStatus?) -> [String] {
    let name = program.name.padding(toLength: 18, withPad: " ", startingAt: 0)
    guard let status else { return ["\(name) does not answer at \(program.address ?? "")"] }
    let ready = status.ready ? "ready" : "not ready: \(status.waitingFor.joined(separator: ", "))"
    var lines = [
      "\(name) \(ready) · outbox \(status.outboxLast), not sent \(status.outboxDepth) · \(program.address ?? "")"
    ]
    if !status.audit.sound { lines.append("  the audit log is broken: see suite audit") }
    for alarm in status.alarms { lines.append("  alarm \(alarm.name): \(alarm.detail)") }
    for topic in status.topics {
      let lag = topic.lag.map(String.init) ?? "unknown"
      let repair = topic.repairing ? " · repairing from the feed" : ""
      let seconds = topic.lagSeconds.map { $0 >= 1 ? " for \(Int($0)) s" : "" } ?? ""
      let connection = topic.connected ? "" : " · not connected" + (topic.fault.map { ": \($0)" } ?? "")
      lines.append(
        "  reads \(topic.topic): sequence \(topic.lastSequence), offset \(topic.nextOffset), lag \(lag)\(seconds)"
          + connection + repair)
    }
    for parked in status.parked {
      lines.append("  parked in \(parked.topic): \(parked.events) events of \(parked.subject)")
    }
    return lines
  }
}
