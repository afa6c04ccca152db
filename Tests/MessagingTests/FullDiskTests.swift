import Foundation
import GRDB
import KafkaProxy
import Store
import TestKit
import Testing

@testable import Messaging

/// A reader whose disk is full waits, and goes on where it was: nothing is lost, doubled or parked.
@Suite("Full disk", .serialized, .timeLimit(.minutes(10)))
struct FullDiskTests {
  @Test func aReaderGoesOnOnceThereIsRoom() async throws {
    let broker = try await TestBroker(topics: ["880.registers"])
    let pair = try Pair()
    try await pair.append(1...50)
    try await pair.running(broker.configuration) {
      try await pair.handler.applied.wait(for: 50)
      try await pair.sink.write { db in
        let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        try db.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
      }
      try await pair.append(51...3000)
      while pair.sink.trouble == nil { await Task.yield() }
      #expect(pair.sink.trouble == .diskFull)
      try await pair.sink.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
      try await pair.handler.applied.wait(for: 3000)
    }
    #expect(try await pair.effects() == Array(1...3000))
    #expect(try await pair.sink.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM parked") } == 0)
    #expect(pair.sink.trouble == nil)
  }
}
