import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A program that gets some bytes, gives some bytes, and ends within its time: it is killed at the deadline, when it gives
/// too much, and when nobody waits for it any more.
///
/// A thread of its own talks to it. (swift-subprocess 1.0.2 was tried: it ends the whole program when a process dies
/// before it has read its input.)
public final class BoundedProcess: Sendable {
  public enum Failure: Error, Hashable, Sendable { case cannotStart, tookTooLong, tooMuchOutput }

  private enum State {
    case waiting
    case running(pid_t)
    case stopped
  }

  private let state = Mutex(State.waiting)

  private init() {}

  /// Runs a program in a process group of its own.
  ///
  /// - Parameters:
  ///   - program: its path.
  ///   - environment: `NAME=value`; it gets nothing else.
  ///   - input: what it reads from its standard input.
  ///   - outputBytes: the most bytes that it may write to its standard output.
  ///   - seconds: the longest time that it may take.
  /// - Throws: ``Failure``, `CancellationError`.
  public static func run(
    _ program: String, _ arguments: [String], environment: [String], input: [UInt8], outputBytes: Int, seconds: Int
  ) async throws -> (end: ProcessEnd, output: [UInt8]) {
    let process = BoundedProcess()
    return try await withTaskCancellationHandler {
      let result = await withCheckedContinuation { continuation in
        Thread.detachNewThread {
          continuation.resume(
            returning: Result {
              try process.converse([program] + arguments, environment, input, outputBytes, seconds: seconds)
            })
        }
      }
      try Task.checkCancellation()
      return try result.get()
    } onCancel: {
      process.stop()
    }
  }

  /// Kills it. It is reaped under the same lock, so that the number cannot have become another process's.
  private func stop() {
    state.withLock { state in
      if case .running(let pid) = state { kill(-pid, SIGKILL) }
      if case .waiting = state { state = .stopped }
    }
  }

  private func converse(
    _ arguments: [String], _ environment: [String], _ input: [UInt8], _ most: Int, seconds: Int
  ) throws(Failure) -> (ProcessEnd, [UInt8]) {
    guard let (ourInput, theirInput) = Self.pair() else { throw .cannotStart }
    guard let (output, theirOutput) = Self.pair() else {
      for end in [ourInput, theirInput] { close(end) }
      throw .cannotStart
    }
    let pid: pid_t? = state.withLock { state in
      guard case .waiting = state,
        let pid = try? Spawn.start(arguments, environment: environment, input: theirInput, output: theirOutput)
      else { return nil }
      state = .running(pid)
      return pid
    }
    for end in [theirInput, theirOutput] { close(end) }
    defer { close(output) }
    guard let pid else {
      close(ourInput)
      throw .cannotStart
    }
    let deadline = ContinuousClock.now + .seconds(seconds)
    var failure: Failure?
    let read: [UInt8]
    do throws(Failure) {
      read = try Self.exchange(input, ourInput, output, most, deadline)
    } catch {
      failure = error
      read = []
    }
    let end = reap(pid, deadline, isFailed: failure != nil)
    if let failure { throw failure }
    guard let end else { throw .tookTooLong }
    return (end, read)
  }

  /// Writes all, reads all; closes the input's end.
  private static func exchange(
    _ bytes: [UInt8], _ input: Int32, _ output: Int32, _ most: Int, _ deadline: ContinuousClock.Instant
  ) throws(Failure) -> [UInt8] {
    var (written, read, isOpen) = (0, [UInt8](), true)
    defer { if isOpen { close(input) } }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let left = (deadline - .now) / .milliseconds(1)
      guard left > 0 else { throw .tookTooLong }
      var waits = [pollfd(fd: output, events: Int16(POLLIN), revents: 0)]
      if isOpen { waits.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0)) }
      _ = poll(&waits, nfds_t(waits.count), Int32(min(left, 1_000)) + 1)
      if isOpen, waits[1].revents != 0 {
        let sent = bytes[written...].withUnsafeBytes { send(input, $0.baseAddress, $0.count, noSignal) }
        if sent > 0 { written += sent }
        if written == bytes.count || (sent < 0 && errno != EAGAIN && errno != EINTR) {
          close(input)
          isOpen = false
        }
      }
      if waits[0].revents != 0 {
        let count = recv(output, &buffer, buffer.count, 0)
        if count > 0 { read.append(contentsOf: buffer[..<count]) }
        guard read.count <= most else { throw .tooMuchOutput }
        if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { return read }
      }
    }
  }

  /// Waits for its end until the deadline, then kills it; nothing of its group is left.
  ///
  /// - Returns: `nil` when it had to be killed.
  private func reap(_ pid: pid_t, _ deadline: ContinuousClock.Instant, isFailed: Bool) -> ProcessEnd? {
    var information = siginfo_t()
    var hasEnded = false
    while !isFailed, !hasEnded, ContinuousClock.now < deadline {
      information.si_signo = 0
      hasEnded = waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT | WNOHANG) == 0 && information.si_signo != 0
      if !hasEnded { poll(nil, 0, 2) }
    }
    return state.withLock { state in
      kill(-pid, SIGKILL)
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0, errno == EINTR {}
      state = .stopped
      guard hasEnded else { return nil }
      return ProcessEnd(status: status)
    }
  }

  #if canImport(Glibc)
    private static let noSignal = Int32(MSG_NOSIGNAL)
    private static let stream = Int32(SOCK_STREAM.rawValue)
  #else
    private static let noSignal: Int32 = 0
    private static let stream = SOCK_STREAM
  #endif

  /// Two ends of a conversation that no other child gets: ours, which never waits, and the program's.
  private static func pair() -> (ours: Int32, theirs: Int32)? {
    var ends: [Int32] = [0, 0]
    guard socketpair(AF_UNIX, stream, 0, &ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    return (ends[0], ends[1])
  }
}
