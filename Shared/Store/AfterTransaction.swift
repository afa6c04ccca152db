public import GRDB
import Synchronization

/// Something to do once, when a transaction has been committed, with everything that was collected in it. A transaction
/// has one such observer however often it is asked: an observer costs every statement that follows.
///
/// ```swift
/// let wake = AfterTransaction<String> { names in loop.queued(names) }
/// try await store.write { db in wake.add(["s-1"], in: db); wake.add(["s-2"], in: db) }  // queued(["s-1", "s-2"]), once
/// ```
///
/// A value belongs to one store, which has one writer.
public final class AfterTransaction<Item: Hashable & Sendable>: Sendable {
  /// `nil` while no transaction has asked.
  private let collected = Mutex<Set<Item>?>(nil)
  private let act: @Sendable (Set<Item>) -> Void

  /// - Parameter act: is called after the commit, and not at all after a rollback.
  public init(_ act: @escaping @Sendable (Set<Item>) -> Void) { self.act = act }

  /// Adds to what is done after the transaction that is going on.
  public func add(_ items: Set<Item>, in db: Database) {
    let isFirst = collected.withLock { collected in
      defer { collected = (collected ?? []).union(items) }
      return collected == nil
    }
    guard isFirst else { return }
    db.afterNextTransaction { [self] _ in
      act(take())
    } onRollback: { [self] _ in
      _ = take()
    }
  }

  private func take() -> Set<Item> {
    collected.withLock { collected in
      defer { collected = nil }
      return collected ?? []
    }
  }
}
