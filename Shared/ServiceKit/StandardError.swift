public import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Writes to standard error, and neither ends nor stops the program over it: a disk that is full, a reader that is gone
/// and a reader that does not read lose lines, which are counted.
public enum StandardError {
  private struct State: Sendable {
    /// Whether the reader did not read in time: until it does, nobody waits for it.
    var isStuck = false
    var unwritten = 0
  }
  private static let state = Mutex(State())

  /// How long a line waits for its reader, milliseconds.
  private static let patienceMillis: Int32 = 1_000
  /// The most bytes that a pipe takes without waiting, once it says that it takes any (`PIPE_BUF`).
  private static let atOnce = 4_096

  /// How many writes were given up, wholly or in part.
  public static var unwritten: Int { state.withLock(\.unwritten) }

  /// Writes all of it, or gives it up.
  public static func write(_ data: Data, to descriptor: Int32 = STDERR_FILENO) {
    state.withLock { state in
      let isWritten = data.withUnsafeBytes { write($0, to: descriptor, &state) }
      if !isWritten { state.unwritten += 1 }
    }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ state: inout State) -> Bool {
    var written = 0
    while written < bytes.count {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let found = poll(&waiting, 1, state.isStuck ? 0 : patienceMillis)
      if found < 0, errno == EINTR { continue }
      guard found > 0 else {
        state.isStuck = true
        return false
      }
      state.isStuck = false
      guard waiting.revents & Int16(POLLERR | POLLNVAL) == 0 else { return false }
      let part = UnsafeRawBufferPointer(rebasing: bytes[written..<min(bytes.count, written + atOnce)])
      #if canImport(Glibc)
        let count = Glibc.write(descriptor, part.baseAddress, part.count)
      #else
        let count = Darwin.write(descriptor, part.baseAddress, part.count)
      #endif
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return false }
      written += count
    }
    return true
  }
}
