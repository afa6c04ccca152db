import GRDB
import ServiceKit

/// Tells one waiting loop that something is there. Many calls before it looks are one.
final class Signal: Sendable {
  let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation
  /// Whether it is sent when the transaction that is going on is over. A store has one writer.
  private let isPromised = Locked(false)

  init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  func send() { continuation.yield() }

  /// Sends once the transaction is over, however often it is asked to: an observer of a transaction costs every statement
  /// that follows in it.
  func send(after db: Database) {
    let isFirst = isPromised.withLock { isPromised in
      defer { isPromised = true }
      return !isPromised
    }
    guard isFirst else { return }
    db.afterNextTransaction { [self] _ in
      isPromised.withLock { $0 = false }
      send()
    } onRollback: { [self] _ in
      isPromised.withLock { $0 = false }
    }
  }
}
