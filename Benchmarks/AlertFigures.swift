import ArgumentParser
import Contracts
import Foundation
import Logging
import Rulebook
import ServiceKit
import SuiteDomain
import SuiteService

/// Alerts between authorities.
struct AlertsBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alerts",
    abstract: "How soon another authority has an alert, and what passing over the others' alerts costs a program.")

  @Option(help: "How many alerts are raised.") var alerts = 200
  @Option(help: "Where the same figures are written as JSON.") var json: String?

  func validate() throws {
    guard (20...2_000).contains(alerts) else { throw ValidationError("20 to 2,000 alerts") }
  }

  func run() async throws {
    var table = Table()
    try await withBenchDirectory { directory in
      try await AlertFigures(alerts: alerts, directory: directory).measure(into: &table)
    }
    table.print()
    if let json { try table.write(to: json) }
  }
}

/// One authority alerts another, and a third reads along.
struct AlertFigures {
  let alerts: Int
  let directory: String

  /// What the nation sends in a year: 153 authorities, 5,000 alerts each, five messages an alert.
  private static let recordsAYear = 153.0 * 5_000 * 5

  func measure(into table: inout Table) async throws {
    var options = SuiteOptions(
      authorities: try AlertTrial.authorities.map { try AuthorityCode($0) },
      folder: StateFolder(path: directory + "/suite"))
    options.isFresh = true
    options.kafkaBootstrapServers = nil
    options.services = Programs.all.filter { [.registers, .enforcement, .cme].contains($0.service) }
    options.now = Day(iso: "2026-11-30").map { CivilTime.moment($0, minutes: 9 * 60 + 40) }
    let suite = try await RunningSuite.start(options) { _ in MergedLog(path: nil, terminalLevel: .critical) }
    do { try await measure(suite, into: &table) } catch {
      await suite.stop()
      throw error
    }
    await suite.stop()
  }

  private func measure(_ suite: RunningSuite, into table: inout Table) async throws {
    let trial = try await AlertTrial(suite, alerts: alerts)
    let other = AlertTrial.authorities[2]
    let before = try await cpu(other, suite)
    try await trial.raise(0..<trial.count)
    try await trial.settle(trial.count)
    let spent = try await cpu(other, suite) - before
    let times = try trial.times().map(Double.init)
    table.add("alert_received_median", median(times), "ms", "raised → received by the other program")
    table.add("alert_received_p99", percentile(times, 0.99), "ms", "aim below 250; \(times.count) alerts")
    // Each alert and its receipt.
    let records = Double(times.count * 2)
    table.add("alert_passed_over", spent / records * 1_000, "ms CPU", "of a program that an alert is not for")
    table.add(
      "alert_year_cpu", spent / records * Self.recordsAYear / 3_600, "h CPU", "153 authorities with 5,000 alerts a year"
    )
    table.add(
      "alert_year_bytes", Self.recordsAYear * 16_568 / 1e9, "GB", "of national.cme in that year, read by each program")
  }

  /// Seconds of the processor that an authority's program has used.
  private func cpu(_ authority: String, _ suite: RunningSuite) async throws -> Double {
    let name = suite.state.programs.first { $0.authority == authority && $0.service == "cme" }?.name
    guard let name, let pid = await suite.supervisor.processID(of: name),
      let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let rest = text.split(separator: ")").last?.split(separator: " "), rest.count > 12,
      let user = Double(rest[11]), let system = Double(rest[12])
    else { throw SuiteError.unexpected("the program of \(authority) does not run") }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
