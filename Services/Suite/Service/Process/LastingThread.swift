import Dispatch
import Foundation
import ServiceKit

/// One thread that lasts as long as the program and does jobs in order.
///
/// Children are started on it: Linux sends a child its parent-death signal when the *thread* that started it ends, and
/// the threads of the shared pools come and go.
final class LastingThread: Sendable {
  static let shared = LastingThread()

  private let jobs = Locked<[@Sendable () -> Void]>([])
  private let waiting = DispatchSemaphore(value: 0)

  private init() {
    Thread.detachNewThread { [jobs, waiting] in
      while true {
        waiting.wait()
        jobs.withLock { $0.removeFirst() }()
      }
    }
  }

  /// Does a job and gives its result.
  func run<Value: Sendable>(_ job: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      jobs.withLock { $0.append { continuation.resume(with: Result(catching: job)) } }
      waiting.signal()
    }
  }
}
