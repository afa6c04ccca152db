import Foundation
import GRDB
import Logging
import ServiceKit
import SuiteDomain
import Testing

@testable import SuiteService

@Suite("The soak", .serialized)
struct SoakTests {
  /// A short soak with kills; its state folder is removed afterwards.
  private static func soak(
    kills: Int, seed: UInt64, _ body: @Sendable @escaping (SoakEvidence) throws -> Void
  ) async throws {
    let plan = Soak.Plan(kills: kills, seed: seed, seconds: 0, schools: 3, pupils: 90)
    let path = NSTemporaryDirectory() + "soak-\(UUID())/state"
    defer { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }
    let options = try Soak.options(plan, StateFolder(path: path))
    let receiver = WebhookReceiver()
    print("soak with seed \(seed), \(kills) kills")
    try await receiver.serve {
      let suite = try await RunningSuite.start(options) { MergedLog(path: $0.logPath, terminalLevel: .critical) }
      do {
        let outcome = try await Soak(plan: plan, suite: suite, receiver: receiver, tell: Narrator()).run()
        try body(outcome.evidence)
      } catch {
        await suite.stop()
        throw error
      }
    }
  }

  @Test("finds nothing wrong with the programs, and finds what is taken away or added behind their backs")
  func findsWhatIsWrong() async throws {
    try await Self.soak(kills: 6, seed: 3) { evidence in
      let findings = try evidence.compare()
      #expect(findings.isClean, "\(findings.differences)")

      func alter(_ service: String, _ sql: String) throws {
        let path = evidence.folder.storePath(authority: evidence.authority, service: service)
        try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
      }
      try alter("notifier", "DELETE FROM intake_log WHERE number = (SELECT min(number) + 3 FROM intake_log)")
      var worse = try evidence.compare()
      #expect(worse.counts == [1, 0, 0], "\(worse.differences)")

      try alter(
        "enforcement",
        "INSERT INTO intake_log (source, sequence, outcome, at_millis) SELECT source, 5, outcome, 0 FROM intake_log LIMIT 1"
      )
      worse = try evidence.compare()
      #expect(worse.counts == [1, 1, 0], "\(worse.differences)")

    }
  }
}

extension Findings {
  fileprivate var counts: [Int] { [lost, doubled, reordered] }
}
