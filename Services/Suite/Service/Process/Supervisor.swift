import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Processes
import ServiceKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs programs as processes of their own: starts them in order, restarts those that die, stops them in reverse order.
public actor Supervisor {
  private struct Running {
    var child: ChildProcess?
    var task: Task<Void, Never>?
    var isReady = false
    /// Killed on purpose: its death is not held against it.
    var isKilled = false
    var starts = 0
    var lastLines: [String] = []
  }

  private var plans: [ProgramPlan]
  private let log: MergedLog
  private let limits: RestartLimits
  private var running: [String: Running] = [:]
  private var isStopping = false
  /// The programs that ended without being told to, and how, in order; the first hundred.
  public private(set) var deaths: [String] = []
  private var failure: SuiteError?
  private var failureWaiters: [CheckedContinuation<Void, Never>] = []
  private var readyWaiters: [String: [CheckedContinuation<Void, Never>]] = [:]

  /// How many lines of a program are kept, to say why it was given up.
  private static let linesKept = 5
  private static let deathsKept = 100

  /// - Parameter plans: in the order of starting; each name once.
  public init(_ plans: [ProgramPlan], log: MergedLog, limits: RestartLimits = RestartLimits()) {
    self.plans = plans
    self.log = log
    self.limits = limits
  }

  /// Starts every program, each once the one before it is ready.
  ///
  /// - Throws: ``SuiteError``; what was started by then is stopped.
  public func start() async throws {
    do {
      for plan in plans {
        running[plan.name] = Running()
        running[plan.name]?.task = Task { await self.keepRunning(plan.name) }
        try await waitUntilReady(plan.name)
      }
    } catch {
      await stop()
      throw error
    }
  }

  /// Waits until a program is ready.
  ///
  /// - Throws: ``SuiteError`` when it was given up or takes too long.
  public func waitUntilReady(_ name: String) async throws {
    let timeout = Task {
      try await Task.sleep(for: .seconds(limits.readySeconds))
      self.giveUp(.notReady(program: name, seconds: limits.readySeconds, said: said(name)))
    }
    defer { timeout.cancel() }
    while failure == nil, running[name]?.isReady != true {
      try Task.checkCancellation()
      await cancellably { await withCheckedContinuation { self.readyWaiters[name, default: []].append($0) } }
    }
    if let failure { throw failure }
  }

  /// Waits until a program is given up, everything is stopped, or the task is cancelled.
  ///
  /// - Throws: the reason for which a program was given up.
  public func waitForFailure() async throws {
    if failure == nil, !isStopping {
      await cancellably { await withCheckedContinuation { self.failureWaiters.append($0) } }
    }
    if let failure { throw failure }
  }

  /// Waits, and is woken when the task is cancelled. The waking runs on this actor, so never before the waiter waits.
  private func cancellably(_ wait: () async -> Void) async {
    await withTaskCancellationHandler(operation: wait) { Task { await self.wakeAll() } }
  }

  /// Kills a program with SIGKILL; it is started again at once.
  ///
  /// - Returns: whether it ran.
  @discardableResult
  public func kill(_ name: String) -> Bool {
    guard let child = running[name]?.child, !isStopping else { return false }
    running[name]?.isKilled = true
    child.signal(SIGKILL)
    return true
  }

  /// Stops some programs, all at once, and starts them again with other variables.
  ///
  /// - Throws: ``SuiteError`` when one is given up or takes too long.
  public func restart(_ names: Set<String>, with variables: [String: String]) async throws {
    for (index, plan) in plans.enumerated() where names.contains(plan.name) {
      plans[index] = plan.with(variables)
      running[plan.name]?.isKilled = true
      running[plan.name]?.isReady = false
      running[plan.name]?.child?.signal(SIGTERM)
    }
    for name in names.sorted() { try await waitUntilReady(name) }
  }

  /// The process number of a program that runs.
  public func processID(of name: String) -> Int32? { running[name]?.child?.pid }

  /// How often a program was started.
  public func starts(of name: String) -> Int { running[name]?.starts ?? 0 }

  /// Stops every program in reverse order: SIGTERM, and SIGKILL for one that does not end in time.
  public func stop() async {
    guard !isStopping else { return }
    isStopping = true
    for plan in plans.reversed() {
      guard let program = running[plan.name] else { continue }
      if let child = program.child {
        child.signal(SIGTERM)
        let limit = limits.stopSeconds
        let deadline = Task { [log] in
          try await Task.sleep(for: .seconds(limit))
          log.say("\(plan.name) did not stop within \(limit) s and is killed", level: .warning)
          child.signal(SIGKILL)
        }
        _ = await child.waitForEnd()
        deadline.cancel()
      }
      await program.task?.value
    }
    wakeAll()
  }

  private func keepRunning(_ name: String) async {
    var rapidDeaths = 0
    while !isStopping, let plan = plans.first(where: { $0.name == name }) {
      let began = ContinuousClock.now
      let end: String
      do {
        let child = try await ChildProcess.start(
          plan.executable, arguments: plan.arguments, environment: plan.environment)
        end = await watch(child, plan).description
      } catch {
        end = "\(error)"
      }
      let wasKilled = running[plan.name]?.isKilled ?? false
      running[plan.name]?.isKilled = false
      running[plan.name]?.child = nil
      running[plan.name]?.isReady = false
      if isStopping { return }
      if wasKilled {
        rapidDeaths = 0
        continue
      }
      if deaths.count < Self.deathsKept { deaths.append("\(plan.name) \(end)") }
      let isRapid = ContinuousClock.now - began < .seconds(limits.rapidSeconds)
      rapidDeaths = isRapid ? rapidDeaths + 1 : 0
      if rapidDeaths >= limits.rapidDeaths {
        let reason = "it \(end), \(rapidDeaths) times in a row.\(said(plan.name))"
        return giveUp(.gaveUp(program: plan.name, reason: reason))
      }
      log.say("\(plan.name) \(end) and is started again", level: .warning)
      try? await Task.sleep(for: .milliseconds(limits.pauseMillis(afterRapidDeaths: rapidDeaths)))
    }
  }

  /// Follows one process to its end.
  private func watch(_ child: ChildProcess, _ plan: ProgramPlan) async -> ProcessEnd {
    running[plan.name]?.child = child
    running[plan.name]?.starts += 1
    if isStopping { child.signal(SIGTERM) }
    var readiness: Task<Void, Never>?
    for await line in child.lines {
      log.take(line, from: plan.name)
      keep(line, plan.name)
      if readiness == nil, ProgramPlan.isListening(line) {
        readiness = Task { await self.becomeReady(plan, child) }
      }
    }
    readiness?.cancel()
    return await child.waitForEnd()
  }

  private func keep(_ line: String, _ name: String) {
    running[name]?.lastLines.append(String(line.prefix(500)))
    if let count = running[name]?.lastLines.count, count > Self.linesKept { running[name]?.lastLines.removeFirst() }
  }

  /// What a program said last, to go behind an explanation.
  private func said(_ name: String) -> String {
    let lines = running[name]?.lastLines ?? []
    return lines.isEmpty ? "" : " It said:\n  " + lines.joined(separator: "\n  ")
  }

  /// The port is open: asks until the program says that it is ready.
  private func becomeReady(_ plan: ProgramPlan, _ child: ChildProcess) async {
    var pauseMillis = 5
    while !Task.isCancelled, let address = plan.address, await !Self.isReady(address) {
      try? await Task.sleep(for: .milliseconds(pauseMillis))
      pauseMillis = min(500, pauseMillis * 2)
    }
    guard !Task.isCancelled, running[plan.name]?.child === child else { return }
    running[plan.name]?.isReady = true
    for waiter in readyWaiters.removeValue(forKey: plan.name) ?? [] { waiter.resume() }
  }

  private static func isReady(_ address: String) async -> Bool {
    let request = HTTPClientRequest(url: address + "/health/ready")
    let answer = try? await OutgoingHTTP.answer(to: request, within: .seconds(2), atMost: 65_536)
    return answer?.status == .ok
  }

  private func giveUp(_ reason: SuiteError) {
    if failure == nil { failure = reason }
    wakeAll()
  }

  private func wakeAll() {
    let waiters = failureWaiters + readyWaiters.values.flatMap { $0 }
    failureWaiters = []
    readyWaiters = [:]
    for waiter in waiters { waiter.resume() }
  }
}
