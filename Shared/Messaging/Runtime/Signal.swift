import GRDB
import Store

/// Tells one waiting loop that something is there. Many calls before it looks are one.
final class Signal: Sendable {
  let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation
  private let afterTransaction: AfterTransaction<Never>

  init() {
    let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    (self.stream, self.continuation) = (stream, continuation)
    afterTransaction = AfterTransaction { _ in continuation.yield() }
  }

  func send() { continuation.yield() }

  /// Sends once the transaction is over, however often it is asked to.
  func send(after db: Database) { afterTransaction.add([], in: db) }
}
