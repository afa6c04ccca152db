import Contracts
import Foundation
import GRDB
public import Logging
import MessagingMachines
public import ServiceKit
public import ServiceLifecycle
import Store

/// Runs what is on a service's ``Timetable``: drives ``Schedule`` on the real store and clock.
///
/// Each row is taken out and run in one transaction. One that fails leaves nothing behind, is tried again later and
/// raises the alarm `schedule`; the others go on.
public struct ScheduleLoop: Service {
  /// Does what a row says, in the transaction that takes it out.
  public typealias Run = @Sendable (_ name: String, UnitOfWork) throws -> Void

  private let timetable: Timetable
  private let transactions: Transactions
  private let alarms: Alarms
  private let logger: Logger
  private let run: Run

  /// The most rows of one transaction.
  private static let batch = 64
  private static let pauses = Backoff(firstMillis: 50, longestMillis: 5_000)

  public init(
    _ timetable: Timetable, transactions: Transactions, alarms: Alarms, logger: Logger, run: @escaping Run
  ) {
    self.timetable = timetable
    self.transactions = transactions
    self.alarms = alarms
    self.logger = logger
    self.run = run
  }

  public func run() async throws {
    await cancelWhenGracefulShutdown {
      let (wakes, wake) = AsyncStream<Schedule.Input>.makeStream(bufferingPolicy: .bufferingNewest(16))
      let changes = Task { [timetable] in for await _ in timetable.changed.stream { wake.yield(.changed) } }
      defer { changes.cancel() }
      var sleeper: Task<Void, Never>?
      var machine = Schedule()
      var actions = machine.step(.started)
      while !Task.isCancelled {
        while !actions.isEmpty, !Task.isCancelled {
          switch actions.removeFirst() {
          case .find: actions += machine.step(await find())
          case .run(let until): actions += machine.step(await runDue(untilMillis: until))
          case .sleep(let millis): sleeper = sleep(millis, sleeper, wake)
          case .pause(let attempt):
            var generator = SystemRandomNumberGenerator()
            sleeper = sleep(Self.pauses.pauseMillis(attempt: attempt, using: &generator), sleeper, wake)
          }
        }
        guard let input = await first(of: wakes) else { break }
        if case .time = input { actions += machine.step(.time(millis: now)) } else { actions += machine.step(input) }
      }
      sleeper?.cancel()
    }
  }

  private func first(of wakes: AsyncStream<Schedule.Input>) async -> Schedule.Input? {
    for await input in wakes { return input }
    return nil
  }

  private var now: Int64 { Timestamp(transactions.clock.now()).millis }

  private func sleep(
    _ millis: Int64, _ earlier: Task<Void, Never>?, _ wake: AsyncStream<Schedule.Input>.Continuation
  ) -> Task<Void, Never> {
    earlier?.cancel()
    return Task {
      do { try await Task.sleep(for: .milliseconds(millis)) } catch { return }
      wake.yield(.time(millis: 0))
    }
  }

  private func find() async -> Schedule.Input {
    do { return .found(earliestMillis: try await transactions.read { try Timetable.earliest(in: $0) }) } catch {
      return failed(error)
    }
  }

  private func failed(_ error: any Error) -> Schedule.Input {
    logger.error("the schedule cannot be read or run", metadata: ["error_type": "\(type(of: error))"])
    return .failed
  }

  /// Runs a batch of what is due by the clock; a test calls it instead of waiting.
  @discardableResult
  public func runDue() async throws -> Int { try await runBatch(untilMillis: now) }

  private func runDue(untilMillis: Int64) async -> Schedule.Input {
    do {
      _ = try await runBatch(untilMillis: untilMillis)
      return .ran
    } catch { return failed(error) }
  }

  private func runBatch(untilMillis: Int64) async throws -> Int {
    let program = Caller.program(transactions.outbox.service)
    let (names, failing) = try await transactions.write(by: program) { unit in
      let names = try Timetable.due(untilMillis: untilMillis, limit: Self.batch, in: unit.db)
      for name in names { try runOne(name, untilMillis: untilMillis, unit) }
      return (names, try Timetable.failing(in: unit.db))
    }
    alarms.set("schedule", failing == 0 ? nil : "\(failing) rows of the timetable fail and are tried again")
    return names.count
  }

  private func runOne(_ name: String, untilMillis: Int64, _ unit: UnitOfWork) throws {
    var failure: (any Error)?
    try unit.db.inSavepoint {
      do {
        try unit.db.cachedStatement(sql: "DELETE FROM timetable WHERE name = ?").execute(arguments: [name])
        try run(name, unit)
        return .commit
      } catch let error as DatabaseError where error.resultCode != .SQLITE_CONSTRAINT { throw error } catch {
        failure = error
        return .rollback
      }
    }
    guard let failure else { return }
    logger.error("a row of the timetable failed", metadata: ["error_type": "\(type(of: failure))"])
    try Timetable.postpone(name, untilMillis: untilMillis, in: unit.db)
  }
}
