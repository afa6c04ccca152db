import Contracts
import Foundation
import GRDB
import Kafka
import Rulebook
import ServiceKit
import Store
import Synchronization
import TestKit
import Testing

@testable import Messaging

/// Whatever a handler throws about an event parks that event and nothing else; what is about the machine is tried again.
@Suite("Errors of handlers", .timeLimit(.minutes(3)))
struct HandlerErrorTests {
  private struct OfItsOwn: Error { let text: String }

  /// What the third event brings.
  enum Fault: CaseIterable, CustomTestStringConvertible {
    case own, permanent, contract, constraint, noTable, finish

    var testDescription: String { "\(self)" }

    var reason: String {
      switch self {
      case .own: "error OfItsOwn"
      case .permanent: "told-to-refuse"
      case .contract: "invalid-data /name"
      case .constraint: "constraint"
      case .noTable: "database 1"
      case .finish: "error OfItsOwn"
      }
    }
  }

  private struct Failing: EventHandler {
    let inner: RecordingHandler
    let fault: Fault
    var handledTypes: Set<String> { inner.handledTypes }

    func handle(_ event: Event, in unit: UnitOfWork) throws {
      try inner.handle(event, in: unit)
      guard event.sequence == 3 else { return }
      switch fault {
      case .own: throw OfItsOwn(text: "what must not be seen")
      case .permanent: throw PermanentFailure("told-to-refuse")
      case .contract: throw ContractError.invalidData(path: "/name")
      case .constraint: try unit.db.execute(sql: "INSERT INTO switch VALUES (NULL)")
      case .noTable: try unit.db.execute(sql: "INSERT INTO nowhere VALUES (1)")
      case .finish: break
      }
    }

    func finish(in unit: UnitOfWork) throws {
      guard fault == .finish else { return }
      let third = try Int.fetchOne(unit.db, sql: "SELECT 1 FROM effect WHERE sequence = 3")
      if third != nil { throw OfItsOwn(text: "what must not be seen") }
    }
  }

  private func intake(_ pair: Pair, _ log: MemoryLog, _ handler: any EventHandler) -> IntakeLoop {
    IntakeLoop(
      service: .registers, authority: "880", handler: handler, transactions: pair.reading, log: log, feed: pair.feed,
      settings: pair.settings, logger: quietLogger)
  }

  @Test(
    "The event is parked with its reason, those of its subject wait behind it, all others go on",
    arguments: Fault.allCases)
  func parked(_ fault: Fault) async throws {
    let (pair, log) = (try Pair(), MemoryLog())
    try await pair.append(1...11)
    let intake = intake(pair, log, Failing(inner: pair.handler, fault: fault))
    try await withThrowingTaskGroup { group in
      group.addTask { try await intake.run() }
      try await pair.handler.applied.wait(for: 11)
      group.cancelAll()
    }
    #expect(try await pair.effects() == [1, 2, 4, 5, 6, 7, 8, 9, 11])
    let parked = try await pair.sink.read { try ParkedEvents.all(limit: 10, in: $0) }
    #expect(parked.map(\.sequence) == [3, 10])
    #expect(parked.map(\.reason) == [fault.reason, "behind-parked"])
    let position = try await pair.sink.read { try Positions.load(topic: "880.registers", in: $0) }
    #expect(position.sequence == 11)
  }

  /// Fails with a full disk until it is told that there is room.
  private struct FullDisk: EventHandler {
    let inner: RecordingHandler
    let code: ResultCode
    let attempts: Progress<Int64>
    let count = Locked<Int64>(0)
    let hasRoom: Locked<Bool>
    var handledTypes: Set<String> { inner.handledTypes }

    func handle(_ event: Event, in unit: UnitOfWork) throws {
      if event.sequence == 2, !hasRoom.withLock({ $0 }) {
        let attempt = count.withLock { count in
          count += 1
          return count
        }
        attempts.reached(attempt)
        throw DatabaseError(resultCode: code)
      }
      try inner.handle(event, in: unit)
    }
  }

  @Test(
    "A fault of the machine is tried again and parks nothing",
    arguments: [ResultCode.SQLITE_FULL, .SQLITE_IOERR, .SQLITE_BUSY])
  func machine(_ code: ResultCode) async throws {
    let (pair, log) = (try Pair(), MemoryLog())
    try await pair.append(1...4)
    let handler = FullDisk(
      inner: pair.handler, code: code, attempts: Progress<Int64>(), hasRoom: Locked(false))
    let intake = intake(pair, log, handler)
    try await withThrowingTaskGroup { group in
      group.addTask { try await intake.run() }
      try await handler.attempts.wait(for: 3)
      #expect(try await pair.sink.read { try ParkedEvents.all(limit: 10, in: $0) }.isEmpty)
      handler.hasRoom.withLock { $0 = true }
      try await pair.handler.applied.wait(for: 4)
      group.cancelAll()
    }
    #expect(try await pair.effects() == [1, 2, 3, 4])
  }
}
