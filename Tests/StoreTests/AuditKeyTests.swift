import Foundation
import GRDB
import TestKit
import Testing

@testable import Store

@Suite("Audit keys")
struct AuditKeyTests {
  let file = AuditedStore()

  @Test("A log of a first release is verified and sealed by the first keyed entry", arguments: [false, true])
  func oldLogIsSealed(isBroken: Bool) async throws {
    // As the first releases wrote it.
    let old = try DatabaseQueue(path: file.path)
    let first = try file.open(migrations: AuditLog.migrations)
    try first.close()
    try await old.write { db in
      var previous = AuditLog.origin
      for number in 1...5 {
        let entry = AuditedStore.entry(number)
        let millis = Int64(entry.at.timeIntervalSince1970 * 1000)
        let message = AuditLog.message(after: previous, number: Int64(number), millis: millis, entry)
        previous = try #require(AuditLog.code(message, key: 0, TestAuditKeys.keys))
        try db.execute(
          sql: "INSERT INTO audit_log VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          arguments: [
            number, millis, isBroken && number == 2 ? "x" : entry.actor, entry.role, entry.action, entry.subject,
            entry.detail, previous,
          ])
      }
    }
    try old.close()
    let breaks = try await file.breaks()
    // Once on record from the opening, once found again.
    #expect(breaks.count == (isBroken ? 2 : 0) && breaks.allSatisfy { $0.hasPrefix("changed-2-") }, "\(breaks)")
    let store = try file.open()
    let seal = try await store.read {
      try AuditLog.entries(after: 5, limit: 9, keys: TestAuditKeys.keys, in: $0)
    }
    #expect(seal.map(\.entry.action) == [AuditLog.sealAction] && seal.allSatisfy(\.isSound))
    #expect(seal.first?.entry.detail == (isBroken ? "1-5 broken at 2" : "1-5 verified"))
    try store.close()
    // What is older than the keys cannot be made anew behind the seal.
    try file.attack("UPDATE audit_log SET hash = zeroblob(32) WHERE number = 5")
    #expect(try await file.breaks().contains { $0.hasPrefix("changed-5-6") })
  }

  @Test("A new key is used from the next opening on, and the old one verifies what was made with it")
  func rotation() async throws {
    try await file.fill(1...3)
    let rotated = try AuditKeys(try AuditKeys.parse(AuditKeys.adding(to: TestAuditKeys.text)))
    #expect(rotated.current == 2)
    // As an editor of Windows leaves it.
    let windows = TestAuditKeys.text.replacing("\n", with: "\r\n")
    #expect(try AuditKeys.parse(AuditKeys.adding(to: windows)).count == 2)
    try await file.fill(4...5, keys: rotated)
    #expect(try await file.breaks(keys: rotated).isEmpty)
    let store = try file.open(keys: rotated)
    #expect(
      try await store.read { try Int64.fetchAll($0, sql: "SELECT key_number FROM audit_log ORDER BY number") }
        == [1, 1, 1, 2, 2])
    try store.close()
    // Without the new key the entries made with it cannot be verified, and that is said.
    #expect(try await file.breaks().first == "unknown-key-2-4")
  }

  @Test(
    "A file that is no key file is refused, by its line and never its content",
    arguments: [
      ("", "no key"), ("# nothing\n", "no key"), ("1 5a", "line 1"),
      ("x " + String(repeating: "5a", count: 32), "line 1"),
      ("1 " + String(repeating: "5a", count: 32) + "\n1 " + String(repeating: "5b", count: 32), "line 2"),
      ("0 " + String(repeating: "5a", count: 32), "line 1"), ("1 " + String(repeating: "zz", count: 32), "line 1"),
    ])
  func unusableFile(text: String, says: String) throws {
    let path = file.path + ".keys"
    let isMade = FileManager.default.createFile(
      atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    #expect(isMade)
    let error = #expect(throws: AuditKeys.Failure.self) { _ = try AuditKeys(path: path) }
    #expect(error?.description.contains(says) == true)
    #expect(error?.description.contains("5a5a") == false)
  }

  @Test("A key file that others can use is refused", arguments: [0o644, 0o604, 0o660, 0o602])
  func openFile(mode: Int) throws {
    let path = file.path + ".keys"
    let isMade = FileManager.default.createFile(atPath: path, contents: Data(TestAuditKeys.text.utf8))
    #expect(isMade)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    #expect(throws: AuditKeys.Failure.open(path: path)) { _ = try AuditKeys(path: path) }
    #expect(throws: AuditKeys.Failure.unreadable(path: "/nowhere")) { _ = try AuditKeys(path: "/nowhere") }
  }
}
