import Foundation
import Logging
import ServiceKit
import UnixSignals

/// Runs a suite until its work is done or Ctrl-C, and stops it in order either way.
enum Interruptible {
  private enum Outcome { case done, interrupted }

  /// - Parameter work: what to do while the suite runs; cancelled by SIGINT, SIGTERM and SIGHUP.
  static func run(
    _ options: SuiteOptions, terminalLevel: Logger.Level,
    _ work: @Sendable @escaping (RunningSuite) async throws -> Void
  ) async throws {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
    // A reader of the output that goes away must not end the suite before it has stopped its programs.
    signal(SIGPIPE, SIG_IGN)
    let outcome = try await withThrowingTaskGroup(of: Outcome.self) { group in
      group.addTask {
        let suite = try await RunningSuite.start(options) { folder in
          MergedLog(path: folder.logPath, terminalLevel: terminalLevel)
        }
        do {
          try await work(suite)
        } catch {
          await suite.stop()
          throw error
        }
        await suite.stop()
        return .done
      }
      group.addTask {
        for await _ in signals { return .interrupted }
        throw CancellationError()
      }
      defer { group.cancelAll() }
      let first = try await group.next() ?? .interrupted
      group.cancelAll()
      if first == .interrupted {
        // The programs are stopped in order before this returns; what the work says about being cancelled is no news.
        _ = try? await group.next()
      }
      return first
    }
    if outcome == .interrupted { StandardError.write(Data("stopped\n".utf8)) }
  }
}
