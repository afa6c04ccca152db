import Foundation
import Processes
import ServiceKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A child process in a process group of its own, so that Ctrl-C in the terminal does not reach it past the supervisor.
final class ChildProcess: Sendable {
  let pid: pid_t
  /// What it writes to standard output and error, by line, until it has ended and all is read.
  let lines: AsyncStream<String>
  private let end = Locked<(end: ProcessEnd?, waiters: [CheckedContinuation<ProcessEnd, Never>])>((nil, []))

  /// The longest line handed on, bytes; the rest of a longer one comes as the next.
  private static let longestLine = 65_536

  /// Starts a program.
  ///
  /// - Throws: ``SuiteError/cannotStart(program:reason:)``.
  static func start(
    _ executable: String, arguments: [String], environment: [String: String]
  ) async throws -> ChildProcess {
    try await LastingThread.shared.run {
      try ChildProcess(executable, arguments: arguments, environment: environment)
    }
  }

  private init(_ executable: String, arguments: [String], environment: [String: String]) throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw SuiteError.cannotStart(program: executable, reason: Self.reason(errno)) }
    // No other child is started meanwhile: all are started on one thread.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    do {
      pid = try Spawn.start(
        [executable] + arguments, environment: environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" },
        output: ends[1], errors: ends[1])
    } catch {
      close(ends[0])
      throw SuiteError.cannotStart(program: executable, reason: Self.reason(error.code.rawValue))
    }
    let (stream, continuation) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(10_000))
    lines = stream
    let source = ends[0]
    Thread.detachNewThread { Self.read(source, into: continuation) }
    Thread.detachNewThread { self.reap() }
  }

  /// Sends a signal; nothing happens when it has ended.
  func signal(_ number: Int32) {
    // The process is reaped under the same lock, so that the number cannot have become another process's.
    end.withLock { if $0.end == nil { kill(pid, number) } }
  }

  /// Waits for its end.
  func waitForEnd() async -> ProcessEnd {
    await withCheckedContinuation { continuation in
      let ended = end.withLock { state -> ProcessEnd? in
        if state.end == nil { state.waiters.append(continuation) }
        return state.end
      }
      if let ended { continuation.resume(returning: ended) }
    }
  }

  private func reap() {
    var information = siginfo_t()
    while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    let (ended, waiters) = end.withLock { state in
      // What it left behind in its group, a crash reporter for one, would hold its output open for ever. While it is
      // not reaped its number is nobody else's.
      kill(-pid, SIGKILL)
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0, errno == EINTR {}
      let ended = ProcessEnd(status: status)
      defer { state = (ended, []) }
      return (ended, state.waiters)
    }
    for waiter in waiters { waiter.resume(returning: ended) }
  }

  private static func read(_ source: Int32, into lines: AsyncStream<String>.Continuation) {
    var line: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    func flush() {
      if !line.isEmpty { lines.yield(String(decoding: line, as: UTF8.self)) }
      line.removeAll(keepingCapacity: true)
    }
    while case let count = Foundation.read(source, &buffer, buffer.count), count > 0 || (count < 0 && errno == EINTR) {
      for byte in buffer.prefix(max(0, count)) {
        if byte == UInt8(ascii: "\n") || line.count == longestLine { flush() }
        if byte != UInt8(ascii: "\n") { line.append(byte) }
      }
    }
    flush()
    close(source)
    lines.finish()
  }

  private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
