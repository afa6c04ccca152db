import Contracts
import Foundation
import GRDB
import Messaging
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import SuiteService

/// Backups of a store that is being written to: sealed, proven, put back.
@Suite("Backups", .timeLimit(.minutes(3)))
struct BackupTests {
  private let folder = NSTemporaryDirectory() + "backups-\(UUID().uuidString)"
  private let now = Date(timeIntervalSince1970: 1_790_000_000)
  private let path: String
  private let keyPath: String

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    path = folder + "/registers.sqlite"
    keyPath = folder + "/backup.key"
  }

  private func open() throws -> Transactions {
    let store = try Store(
      path: path, owner: "880.registers", migrations: MessagingSchema.migrations, auditKeys: TestAuditKeys.keys)
    return Transactions(
      store: store, outbox: Outbox(service: .registers, authority: "880", store: store), clock: ManualClock(now))
  }

  private func write(_ range: ClosedRange<Int>, _ transactions: Transactions) async throws {
    for number in range {
      try await transactions.write(by: Caller(subject: "tester", role: .manager)) { unit in
        let urn = try URN(String(100_000 + number % 7))
        try unit.publish(
          SchoolRecorded(urn: urn, name: "School \(number)", phase: .primary, kind: .academy), subject: urn.text)
        try unit.audit(AuditAction("school.recorded"), of: urn)
      }
    }
  }

  private func make(_ name: String = "first") throws -> Backup {
    let key = try BackupKey.recipient(try BackupKey.make(path: keyPath))
    return try Backup.make(of: path, to: key, in: "\(folder)/\(name)", now: now).0
  }

  private func verify(_ backup: Backup) throws -> (events: Int64, entries: Int64, faults: [String]) {
    let found = try backup.verify(with: try BackupKey.secret(path: keyPath)) { _ in TestAuditKeys.keys }
    return (found.proof.events, found.proof.auditEntries, found.faults)
  }

  @Test("A store is copied while it is written to, and nothing is checkpointed")
  func online() async throws {
    let transactions = try open()
    try await write(1...20, transactions)
    let wal = transactions.store.walBytes
    async let writing: Void = write(21...60, transactions)
    let backup = try make()
    try await writing
    #expect(transactions.store.walBytes >= wal && wal > 0)
    let found = try verify(backup)
    #expect(found.faults.isEmpty && (20...60).contains(found.events) && found.entries == found.events)
    #expect(FileMode.read(backup.path) == 0o600)
    // Nothing of the store can be read in it, and no opened copy is left.
    #expect(try Data(contentsOf: URL(fileURLWithPath: backup.path)).range(of: Data("School 1".utf8)) == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/first") == ["880.registers.esdbackup"])
  }

  @Test("A byte that is changed, an end that is cut off, parts in another order and another key are refused")
  func damaged() async throws {
    let transactions = try open()
    try await write(1...400, transactions)
    let backup = try make()
    let whole = try Data(contentsOf: URL(fileURLWithPath: backup.path))
    var places = Array(stride(from: 0, to: whole.count, by: whole.count / 40))
    places.append(whole.count - 1)
    for place in places {
      var changed = whole
      changed[place] ^= 1
      try changed.write(to: URL(fileURLWithPath: backup.path))
      #expect(throws: SuiteError.self, "byte \(place) of \(whole.count)") { try verify(backup) }
    }
    for count in [0, 12, 44, whole.count / 2, whole.count - 21, whole.count - 1] {
      try whole.prefix(count).write(to: URL(fileURLWithPath: backup.path))
      #expect(throws: SuiteError.self, "\(count) of \(whole.count) bytes") { try verify(backup) }
    }
    try (whole + [0]).write(to: URL(fileURLWithPath: backup.path))
    #expect(throws: SuiteError.self) { try verify(backup) }
    try whole.write(to: URL(fileURLWithPath: backup.path))
    #expect(try verify(backup).faults.isEmpty)
    try FileManager.default.removeItem(atPath: keyPath)
    _ = try BackupKey.make(path: keyPath)
    #expect(throws: SuiteError.self) { try verify(backup) }
  }

  @Test(
    "What somebody changed in the store is found in its backup",
    arguments: [
      ("DROP TRIGGER outbox_no_update; UPDATE outbox SET subject = '100001' WHERE sequence = 7", "event 7"),
      ("DROP TRIGGER outbox_no_update; UPDATE outbox SET data = x'7b7d' WHERE sequence = 9", "event 9"),
      ("DROP TRIGGER outbox_no_delete; DELETE FROM outbox WHERE sequence = 3", "event 3"),
      ("DROP TRIGGER audit_log_no_update; UPDATE audit_log SET actor = 'x' WHERE number = 5", "audit log"),
      ("UPDATE store_owner SET owner = '383.registers'", "belongs to 383.registers"),
    ])
  func changed(sql: String, words: String) async throws {
    let transactions = try open()
    try await write(1...12, transactions)
    try await transactions.store.write { try $0.execute(sql: sql) }
    let faults = try {
      let found = try make().verify(with: try BackupKey.secret(path: keyPath)) { _ in TestAuditKeys.keys }
      // The copy says itself whose it is: hold it against the name that it must have.
      return found.head.owner == "880.registers" ? found.faults : ["it belongs to \(found.head.owner)"]
    }()
    #expect(faults.count == 1 && faults[0].contains(words), "\(faults)")
  }

  @Test("It is put back only where no program runs, what was there is kept, and the store begins another epoch")
  func restored() async throws {
    let before = try open()
    try await write(1...5, before)
    let backup = try make()
    try await write(6...9, before)
    let key = try BackupKey.secret(path: keyPath)
    #expect(throws: StoreError.inUse(path: path + ".lock")) {
      try backup.restore(to: path, owner: "880.registers", with: key, now: now)
    }
    try before.store.close()
    #expect(throws: SuiteError.self) { try backup.restore(to: path, owner: "880.cme", with: key, now: now) }
    let kept = try #require(try backup.restore(to: path, owner: "880.registers", with: key, now: now))
    let old = try StoreFile.open(kept)
    #expect(try await old.read { try Outbox.lastSequence(in: $0) } == 9)
    try old.close()
    let after = try open()
    #expect(try await after.read { try Outbox.lastSequence(in: $0) } == 5)
    #expect(after.store.epochNames.count == 2 && after.store.epochNames.first == before.store.epoch)
    try after.store.close()
    // Opened again it is the same.
    #expect(try open().store.epoch == after.store.epoch)
  }
}
