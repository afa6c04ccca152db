import Synchronization

/// What was asked for did not come in time.
public struct DeadlinePassed: Error, Hashable, Sendable {
  public init() {}
}

/// Runs something for so long at most. At the deadline it is cancelled and not waited for, so that work that does not
/// heed its cancellation, for example the system's name resolution, holds nobody up.
///
/// - Throws: ``DeadlinePassed``, `CancellationError` when the caller is cancelled, and what the operation throws.
public func withDeadline<Value: Sendable>(
  _ limit: Duration, _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  let race = Race<Value>()
  let work = Task {
    do { race.finish(.success(try await operation())) } catch { race.finish(.failure(error)) }
  }
  let timer = Task {
    try await Task.sleep(for: limit)
    race.finish(.failure(DeadlinePassed()))
  }
  defer {
    work.cancel()
    timer.cancel()
  }
  return try await withTaskCancellationHandler {
    try await race.value()
  } onCancel: {
    race.finish(.failure(CancellationError()))
  }
}

/// The first result of several that run against each other.
private final class Race<Value: Sendable>: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Value, any Error>)
    case finished(Result<Value, any Error>)
    case taken
  }

  private let state = Mutex(State.open)

  func finish(_ result: Result<Value, any Error>) {
    let waiting = state.withLock { state -> CheckedContinuation<Value, any Error>? in
      switch state {
      case .open:
        state = .finished(result)
        return nil
      case .awaited(let continuation):
        state = .taken
        return continuation
      case .finished, .taken: return nil
      }
    }
    waiting?.resume(with: result)
  }

  /// Asked once.
  func value() async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let ready = state.withLock { state -> Result<Value, any Error>? in
        guard case .finished(let result) = state else {
          state = .awaited(continuation)
          return nil
        }
        state = .taken
        return result
      }
      if let ready { continuation.resume(with: ready) }
    }
  }
}
