import Foundation
import GRDB
import TestKit
import Testing

@testable import Store

@Suite("Audit log")
struct AuditLogTests {
  let file = AuditedStore()

  @Test func aWrittenChainIsSound() async throws {
    #expect(try await file.breaks().isEmpty)
    try await file.fill(1...8)
    try await file.fill(9...9)
    #expect(try await file.breaks().isEmpty)
  }

  @Test(arguments: ["UPDATE audit_log SET actor = 'x' WHERE number = 3", "DELETE FROM audit_log WHERE number = 3"])
  func theTableRefusesChanges(sql: String) async throws {
    try await file.fill(1...4)
    let store = try file.open()
    await #expect(throws: DatabaseError.self) { try await store.write { try $0.execute(sql: sql) } }
  }

  /// What somebody does to a file of eight entries who does not have the key, and what is said of it.
  struct Attack: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let sql: String
    /// How the name of each break begins.
    let found: [String]
  }

  static let attacks = [
    Attack(
      testDescription: "a row in the middle taken out", sql: "DELETE FROM audit_log WHERE number = 3",
      found: ["missing-3"]),
    Attack(
      testDescription: "three rows taken out", sql: "DELETE FROM audit_log WHERE number BETWEEN 3 AND 5",
      found: ["missing-3-5"]),
    Attack(
      testDescription: "the first row taken out", sql: "DELETE FROM audit_log WHERE number = 1", found: ["missing-1"]),
    Attack(
      testDescription: "a row changed", sql: "UPDATE audit_log SET actor = 'x' WHERE number = 3", found: ["changed-3-"]),
    Attack(
      testDescription: "bytes moved from one field to the next",
      sql: "UPDATE audit_log SET action = action || 'x', role = substr(role, 2) WHERE number = 2", found: ["changed-2-"]
    ),
    Attack(
      testDescription: "the last row changed", sql: "UPDATE audit_log SET subject = 'x' WHERE number = 8",
      found: ["changed-8-"]),
    Attack(testDescription: "the tail cut off", sql: "DELETE FROM audit_log WHERE number > 5", found: ["missing-6-8"]),
    Attack(testDescription: "all rows deleted", sql: "DELETE FROM audit_log", found: ["missing-1-8"]),
    Attack(
      testDescription: "all rows and where they ended", sql: "DELETE FROM audit_log; DELETE FROM audit_head",
      found: ["end-0", "end-0"]),
    Attack(
      testDescription: "the tail cut off, and where it ended said anew",
      sql: """
        DELETE FROM audit_log WHERE number > 5;
        UPDATE audit_head SET number = 5, hash = (SELECT hash FROM audit_log WHERE number = 5)
        """, found: ["end-5"]),
    Attack(
      testDescription: "the tail cut off, and the seal broken to be made anew",
      sql: "DELETE FROM audit_log WHERE number > 5; UPDATE audit_head SET number = 0, code = x''",
      found: ["end-5", "end-5"]),
    Attack(
      testDescription: "a row put in at the end",
      sql: """
        INSERT INTO audit_log SELECT 9, at_millis, actor, role, action, subject, detail, hash, key_number FROM audit_log
        WHERE number = 8
        """, found: ["end-8", "changed-9-"]),
    Attack(
      testDescription: "a row in place of another",
      sql: """
        DELETE FROM audit_log WHERE number = 4;
        INSERT INTO audit_log SELECT 4, at_millis, actor, role, action, subject, detail, hash, key_number FROM audit_log
        WHERE number = 3
        """, found: ["changed-4-5-"]),
    Attack(
      testDescription: "a column emptied by a table made anew",
      sql: """
        CREATE TABLE loose AS SELECT * FROM audit_log; DROP TABLE audit_log; UPDATE loose SET hash = NULL WHERE number = 3;
        CREATE TABLE audit_log (number INTEGER PRIMARY KEY, at_millis, actor, role, action, subject, detail, hash,
          key_number); INSERT INTO audit_log SELECT * FROM loose; DROP TABLE loose
        """, found: ["changed-3-4-"]),
  ]

  @Test("What is done to the file without the key is found", arguments: attacks)
  func attackIsFound(attack: Attack) async throws {
    try await file.fill(1...8)
    try file.attack(attack.sql)
    let breaks = try await file.breaks().filter { !$0.hasPrefix("unprotected") }
    #expect(breaks.count == attack.found.count, "\(breaks)")
    for prefix in attack.found { #expect(breaks.contains { $0.hasPrefix(prefix) }, "\(prefix) in \(breaks)") }
  }

  @Test("A chain made anew without the key is found, from its first row on")
  func recomputedChainIsFound() async throws {
    try await file.fill(1...5)
    // As the first releases hashed, and as a key of one's own would.
    for keys in [nil, try AuditKeys([1: Data(repeating: 7, count: 32)])] {
      let queue = try DatabaseQueue(path: file.path)
      try await queue.write { db in
        try db.execute(sql: "DROP TRIGGER IF EXISTS audit_log_no_update")
        var previous = AuditLog.origin
        for row in try Row.fetchAll(db, sql: "SELECT * FROM audit_log ORDER BY number") {
          let stored = AuditLog.Stored(row)
          let forged = AuditLog.Entry(
            at: stored.entry.at, actor: "somebody-else", role: stored.entry.role, action: stored.entry.action,
            subject: stored.entry.subject)
          let message = AuditLog.message(
            after: previous, number: stored.number, millis: stored.millis, forged)
          let number: Int64 = keys == nil ? 0 : 1
          previous = try #require(AuditLog.code(message, key: number, keys ?? TestAuditKeys.keys))
          try db.execute(
            sql: "UPDATE audit_log SET actor = 'somebody-else', key_number = ?, hash = ? WHERE number = ?",
            arguments: [number, previous, stored.number])
        }
      }
      try queue.close()
      let breaks = try await file.breaks()
      // Without any key the rows agree with each other, and where the log ends does not agree with them.
      #expect(breaks.contains { $0.hasPrefix("changed-1-5") || $0.hasPrefix("end-5") }, "\(breaks)")
    }
  }

  @Test("Entries without a key behind those with one are found, however well they agree with each other")
  func keylessTailIsFound() async throws {
    try await file.fill(1...5)
    let queue = try DatabaseQueue(path: file.path)
    try await queue.write { db in
      try db.execute(sql: "DROP TRIGGER audit_log_no_update")
      var previous = try #require(try AuditLog.hash(of: 3, in: db))
      for row in try Row.fetchAll(db, sql: "SELECT * FROM audit_log WHERE number > 3 ORDER BY number") {
        let stored = AuditLog.Stored(row)
        let message = AuditLog.message(
          after: previous, number: stored.number, millis: stored.millis, stored.entry)
        previous = try #require(AuditLog.code(message, key: 0, TestAuditKeys.keys))
        try db.execute(
          sql: "UPDATE audit_log SET key_number = 0, hash = ? WHERE number = ?", arguments: [previous, stored.number])
      }
    }
    try queue.close()
    let breaks = try await file.breaks()
    #expect(breaks.contains { $0.hasPrefix("changed-4-5-") } && breaks.contains("end-5"), "\(breaks)")
  }

  @Test("After a break the log goes on under numbers that were never given, and the break stays")
  func theLogGoesOn() async throws {
    try await file.fill(1...8)
    try file.attack("DELETE FROM audit_log WHERE number > 5 OR number = 2")
    try await file.fill(9...10)
    #expect(try await file.breaks() == ["missing-2", "missing-6-8"])
    let store = try file.open()
    let entries = try await store.read {
      try AuditLog.entries(after: 0, limit: 100, keys: TestAuditKeys.keys, in: $0)
    }
    #expect(entries.map(\.number) == [1, 3, 4, 5, 9, 10])
    #expect(entries.map(\.isSound) == [true, false, true, true, false, true])
  }

  @Test("Triggers that were taken away are put back, and that is on record")
  func missingTriggersAreFound() async throws {
    try await file.fill(1...3)
    let queue = try DatabaseQueue(path: file.path)
    try await queue.write { try $0.execute(sql: "DROP TRIGGER audit_log_no_delete") }
    try queue.close()
    #expect(try await file.breaks().map { $0.hasPrefix("unprotected-") } == [true])
    let store = try file.open()
    await #expect(throws: DatabaseError.self) { try await store.write { try $0.execute(sql: "DELETE FROM audit_log") } }
  }

  @Test("A log that was dropped is there again, empty, and the program goes on")
  func droppedTableIsFound() async throws {
    try await file.fill(1...3)
    let queue = try DatabaseQueue(path: file.path)
    try await queue.write { try $0.execute(sql: "DROP TABLE audit_log") }
    try queue.close()
    try await file.fill(4...4)
    let breaks = try await file.breaks()
    #expect(breaks.contains("missing-1-3") && breaks.contains { $0.hasPrefix("unprotected-") }, "\(breaks)")
  }

  @Test("An acknowledged break is told as such, and a new one of the same place is another")
  func acknowledgement() async throws {
    try await file.fill(1...8)
    try file.attack("UPDATE audit_log SET actor = 'x' WHERE number = 3")
    let store = try file.open()
    let keys = TestAuditKeys.keys
    let first = try await store.write { db in
      var walk = AuditWalk()
      _ = try walk.step(limit: 100, keys: keys, in: db)
      try walk.finish(keys: keys, in: db)
      try AuditLog.note(walk.breaks, at: Date(), in: db)
      let name = try #require(walk.breaks.first?.name)
      try AuditLog.append(
        AuditLog.Entry(
          at: Date(), actor: "user-operator", role: "operator", action: AuditLog.acknowledgeAction, subject: name,
          detail: "A disk fault"), in: db)
      return name
    }
    #expect(try await store.read { try AuditLog.noted(limit: 9, keys: keys, in: $0).first?.acknowledgement } == 9)
    try store.close()
    try file.attack("UPDATE audit_log SET actor = 'y' WHERE number = 3")
    let second = try #require(try await file.breaks().first)
    #expect(second.hasPrefix("changed-3-") && second != first)
    // A forged acknowledgement is none.
    try file.attack("UPDATE audit_log SET detail = 'forged' WHERE number = 9")
    let again = try file.open()
    #expect(try await again.read { try AuditLog.noted(limit: 9, keys: keys, in: $0).first?.acknowledgement } == nil)
  }
}
