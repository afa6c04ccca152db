import ServiceKit

/// Those who wait for a state to change. One that has stopped listening is forgotten.
final class Observers<State: Sendable>: Sendable {
  private let all = Locked<[Int: AsyncStream<State>.Continuation]>([:])
  private let next = Locked(0)

  /// The state now and at every change; only the newest that was not looked at is kept.
  func stream(from state: State) -> AsyncStream<State> {
    let (stream, observer) = AsyncStream<State>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let number = next.withLock { next in
      next += 1
      return next
    }
    observer.onTermination = { [weak self] _ in _ = self?.all.withLock { $0.removeValue(forKey: number) } }
    all.withLock { $0[number] = observer }
    observer.yield(state)
    return stream
  }

  func yield(_ state: State) { for observer in all.withLock({ Array($0.values) }) { observer.yield(state) } }
}
