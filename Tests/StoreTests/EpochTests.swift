import Foundation
import GRDB
import TestKit
import Testing

@testable import Store

/// A store knows by what lies beside it that it was put back from a copy, and a stopped one is one file.
@Suite("Epochs and closing")
struct EpochTests {
  private let path = NSTemporaryDirectory() + "epoch-\(UUID().uuidString).sqlite"
  private let outbox = Migration(
    "test 0001 outbox", sql: "CREATE TABLE outbox (sequence INTEGER PRIMARY KEY) STRICT;")

  private func open() throws -> Store {
    try Store(path: path, owner: "880.registers", migrations: [outbox], auditKeys: TestAuditKeys.keys)
  }

  private func publish(_ sequence: Int64, _ store: Store) async throws {
    try await store.write { try $0.execute(sql: "INSERT INTO outbox VALUES (?)", arguments: [sequence]) }
    store.remember(published: sequence)
  }

  private func putBack(_ copy: String, removing suffixes: [String]) throws {
    for suffix in ["", "-wal", "-shm"] + suffixes { try? FileManager.default.removeItem(atPath: path + suffix) }
    try FileManager.default.copyItem(atPath: copy, toPath: path)
  }

  @Test func aStoppedStoreIsOneFile() async throws {
    let store = try open()
    try await publish(1, store)
    try store.close()
    let copy = path + ".alone"
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    let alone = try StoreFile.open(copy)
    #expect(try await alone.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM outbox") } == 1)
    #expect(FileSpace.size(path + "-wal") == 0)
  }

  @Test func openingAgainIsTheSameEpochAlsoWithoutACleanEnd() async throws {
    var store = try open()
    let first = store.epoch
    #expect(first == store.identity && store.epochNames == [first])
    try await publish(1, store)
    try store.close()
    store = try open()
    #expect(store.epoch == first)
    try await publish(2, store)
    // As after a kill: the lock is free, and nothing was closed.
    store.lock.release()
    store = try open()
    #expect(store.epoch == first && store.epochNames == [first])
  }

  @Test(arguments: [[], [".lock"]])
  func aStoreThatLacksSomethingBeginsAnotherEpoch(removing suffixes: [String]) async throws {
    var store = try open()
    let first = store.epoch
    try await publish(1, store)
    let copy = path + ".copy"
    try store.copy(to: copy)
    try await publish(2, store)
    try store.close()
    try putBack(copy, removing: suffixes)
    store = try open()
    #expect(store.epochNames.count == 2 && store.epochNames[0] == first && store.epoch != first)
    #expect(store.hasReplaced(first) && !store.hasReplaced(store.epoch))
    let second = store.epoch
    try store.close()
    store = try open()
    #expect(store.epoch == second)
    try store.close()
    // The same copy once more: a later part of its life than the one before.
    try putBack(copy, removing: [".lock"])
    store = try open()
    #expect(store.epochNames.count == 2 && store.hasReplaced(second))
  }

  @Test func aCopyOfAPartOfItsLifeThatWasLeftBeginsAnotherEpoch() async throws {
    var store = try open()
    try await publish(1, store)
    let early = path + ".early"
    try store.copy(to: early)
    try await publish(2, store)
    try store.close()
    try putBack(early, removing: [])
    store = try open()
    let second = store.epoch
    for sequence in 2...9 { try await publish(Int64(sequence), store) }
    let late = path + ".late"
    try store.copy(to: late)
    try store.close()
    try putBack(early, removing: [])
    store = try open()
    let third = store.epoch
    try store.close()
    // Opened as often as the one it takes the place of, and with more events.
    try putBack(late, removing: [])
    store = try open()
    #expect(![second, third].contains(store.epoch) && store.hasReplaced(second) && store.hasReplaced(third))
  }

  @Test func theSameFilePutBackWithNothingLostGoesOn() async throws {
    var store = try open()
    try await publish(1, store)
    let copy = path + ".copy"
    try store.copy(to: copy)
    try store.close()
    try putBack(copy, removing: [])
    store = try open()
    #expect(store.epochNames.count == 1)
  }

  @Test func aCopyIsMadeWhileOthersWriteAndChecksNothingIn() async throws {
    let store = try open()
    try await publish(1, store)
    let wal = store.walBytes
    try StoreFile.copy(of: path, to: path + ".outside")
    try store.copy(to: path + ".inside")
    #expect(store.walBytes == wal && wal > 0)
    for suffix in [".outside", ".inside"] {
      let copy = try StoreFile.open(path + suffix)
      #expect(try await copy.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM outbox") } == 1)
      try copy.close()
      #expect(FileMode.read(path + suffix) == 0o600)
    }
  }
}
