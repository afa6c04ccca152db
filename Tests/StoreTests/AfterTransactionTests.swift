import Foundation
import GRDB
import Synchronization
import TestKit
import Testing

@testable import Store

@Suite("What is done after a transaction")
struct AfterTransactionTests {
  private final class Calls: Sendable {
    let all = Mutex<[Set<Int>]>([])
    func add(_ items: Set<Int>) { all.withLock { $0.append(items) } }
  }

  private struct Undo: Error {}

  @Test func isDoneOnceWithEverythingThatWasCollected() throws {
    let (queue, calls) = (try DatabaseQueue(), Calls())
    let after = AfterTransaction<Int> { calls.add($0) }
    try queue.write { db in
      after.add([1], in: db)
      after.add([2, 3], in: db)
      #expect(calls.all.withLock { $0.isEmpty }, "nothing is done before the commit")
    }
    try queue.write { after.add([], in: $0) }
    try queue.write { try $0.execute(sql: "SELECT 1") }
    #expect(calls.all.withLock { $0 } == [[1, 2, 3], []])
  }

  @Test func isNotDoneWhenTheTransactionIsTakenBack() throws {
    let (queue, calls) = (try DatabaseQueue(), Calls())
    let after = AfterTransaction<Int> { calls.add($0) }
    #expect(throws: Undo.self) {
      try queue.write { db in
        after.add([1], in: db)
        throw Undo()
      }
    }
    try queue.write { after.add([2], in: $0) }
    #expect(calls.all.withLock { $0 } == [[2]])
  }
}
