import Foundation
import Logging
import Rulebook
import ServiceKit
import Testing

@testable import SuiteService

/// Two authorities, alerts under way, and kills of either's program and of the broker, which forgets everything.
@Suite("Alerts under kills", .serialized) struct NationalSoakTests {
  private static let (quiet, all, kills) = (20, 40, 8)

  @Test("No alert is lost or doubled, and every one is received in the end")
  func alerts() async throws {
    let path = NSTemporaryDirectory() + "national-soak-\(UUID())/state"
    defer { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }
    var options = SuiteOptions(
      authorities: try AlertTrial.authorities.prefix(2).map { try AuthorityCode($0) }, folder: StateFolder(path: path))
    options.now = Day(iso: "2026-11-30").map { CivilTime.moment($0, minutes: 9 * 60 + 40) }
    options.isFresh = true
    let suite = try await RunningSuite.start(options) { MergedLog(path: $0.logPath, terminalLevel: .critical) }
    do { try await run(suite) } catch {
      await suite.stop()
      throw error
    }
    await suite.stop()
  }

  private func run(_ suite: RunningSuite) async throws {
    let trial = try await AlertTrial(suite, alerts: Self.all)
    try #require(trial.count == Self.all)
    try await trial.raise(0..<Self.quiet)
    try await trial.settle(Self.quiet)
    print("alert raised → received by the other, nothing killed: \(try trial.times()) ms")
    let names = suite.state.programs.filter { $0.service == "cme" || $0.authority == nil }.map(\.name)
    try #require(names.count == 3, "\(names)")
    let (seed, supervisor) = (UInt64(20_261_130), suite.supervisor)
    let killing = Task {
      var killer = Killer(supervisor, names: names, seed: seed)
      try await killer.run(Self.kills, overSeconds: 0)
      return killer.kills
    }
    try await trial.raise(Self.quiet..<Self.all)
    let kills = try await killing.value
    print("kills with seed \(seed): \(kills)")
    #expect(kills.values.reduce(0, +) == Self.kills)
    try await trial.settle(Self.all)
    let (sent, received) = (try trial.sent(), try trial.received())
    #expect(sent.count == Self.all && Set(sent).count == Self.all && received.sorted() == sent.sorted())
    print("alerts: \(sent.count) sent, \(received.count) received")
  }
}
