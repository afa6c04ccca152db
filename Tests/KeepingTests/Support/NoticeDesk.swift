import Contracts
import Foundation
import GRDB
import Messaging
import Rulebook
import Schemas
import ServiceKit
import Store
import TestKit

@testable import Keeping

/// A program of one table, as the worked examples have it: what it holds, whom it is about, and how it goes.
struct NoticeDesk: Sendable {
  static let table = KeptTable(
    "notices", "Notices.", source: "notice t", ofSubjects: "t.pupil IN (SELECT pupil FROM subjects)", pageSize: 2,
    [
      .init("number", .integer, "The notice."), .init("pupil", .pupil, "The child."),
      .init("school", .urn, "The school."),
      .init("closedOn", .day, "When it was closed."), .init("isPaid", .flag, "Whether it was paid."),
      .init("receipt", .numbered("r"), optional: true, "The receipt."), .init("note", .text, "A note."),
    ])

  static let records = KeptRecords(
    "notices", tables: [table], sections: [SubjectSection(table, review: .thirdParty), .reads()]
  ) { pupil, db in
    let schools = try String.fetchAll(
      db, sql: "SELECT DISTINCT school FROM notice WHERE pupil = ?", arguments: [pupil.text])
    return try schools.isEmpty ? nil : DataSubject(pupils: [pupil], schools: schools.map { try URN($0) })
  }

  static let migration = Migration(
    "notices 0001",
    sql: """
      CREATE TABLE notice (
        number INTEGER PRIMARY KEY, pupil TEXT NOT NULL, school TEXT NOT NULL, closed_on INTEGER NOT NULL,
        is_paid INTEGER NOT NULL, receipt INTEGER, note TEXT NOT NULL, weight BLOB) STRICT;
      CREATE TRIGGER notice_no_delete BEFORE DELETE ON notice WHEN NOT EXISTS (SELECT 1 FROM disposing)
        BEGIN SELECT RAISE(ABORT, 'a notice is history'); END;
      CREATE TABLE notice_item (disposal INTEGER NOT NULL, number INTEGER NOT NULL, outcome TEXT) STRICT;
      """)

  let store: Store
  let clock: ManualClock
  let transactions: Transactions

  init() throws {
    let path = NSTemporaryDirectory() + "keeping-\(UUID().uuidString).sqlite"
    store = try Store(
      path: path, owner: "880.enforcement",
      migrations: MessagingSchema.migrations + [Disposals.migration, Self.migration], auditKeys: TestAuditKeys.keys)
    clock = ManualClock(Self.noon("2032-01-01"))
    transactions = Transactions(
      store: store, outbox: Outbox(service: .enforcement, authority: "880", store: store), clock: clock)
  }

  static func noon(_ day: String) -> Date {
    Date(timeIntervalSince1970: Double(Day(iso: day)?.ordinal ?? 0) * 86_400 + 43_200)
  }

  static let officer = Caller(subject: "user-officer", role: .attendanceOfficer)
  static let manager = Caller(subject: "user-manager", role: .manager)

  func disposals(_ steps: DisposalDesk<NoticeDisposal>.Steps = .init()) -> DisposalDesk<NoticeDisposal> {
    DisposalDesk(
      NoticeDisposal(store: store), transactions: transactions, program: .program(.enforcement), steps: steps)
  }

  /// Five notices of three children at two schools; the last is not old enough.
  func fill() async throws {
    try await store.write { db in
      for (number, child, school, closed) in [
        (1, 1, "100001", "2025-01-01"), (2, 1, "100002", "2025-01-02"), (3, 2, "100001", "2025-06-01"),
        (4, 3, "100001", "2025-12-31"), (5, 1, "100001", "2026-01-01"),
      ] {
        try db.execute(
          sql: "INSERT INTO notice VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          arguments: [
            number, "p00000000\(child)", school, Day(iso: closed)?.ordinal, number.isMultiple(of: 2),
            number == 1 ? nil : number, "=note, \(number)", Data([0, UInt8(number)]),
          ])
      }
    }
  }

  func notices() async throws -> [String] {
    try await store.read { try Row.fetchAll($0, sql: "SELECT * FROM notice ORDER BY number").map(\.debugDescription) }
  }

  func actions() async throws -> [String] {
    try await store.read {
      try String.fetchAll($0, sql: "SELECT action || ' ' || subject FROM audit_log ORDER BY number")
    }
  }
}

/// Notices go six years after they were closed.
struct NoticeDisposal: Disposing {
  struct Counts: Codable, Hashable, Sendable { var notices = 0 }

  static let schedule = RetentionSchedule([InForce(6, source: "a rule of this test")])
  static let nothing = Counts()

  let store: Store

  func find(today: Day) async throws -> [Int64] {
    try await store.read {
      try Int64.fetchAll(
        $0, sql: "SELECT number FROM notice WHERE closed_on < ? ORDER BY number",
        arguments: [Self.schedule.firstKept(on: today).ordinal])
    }
  }

  func propose(_ found: [Int64], in unit: UnitOfWork) throws -> DisposalProposal<Counts>? {
    found.isEmpty
      ? nil
      : DisposalProposal(before: Self.schedule.firstKept(on: unit.today), proposal: Counts(notices: found.count))
  }

  func record(_ found: [Int64], as disposal: Int64, in unit: UnitOfWork) throws {
    for number in found {
      try unit.db.execute(sql: "INSERT INTO notice_item VALUES (?, ?, NULL)", arguments: [disposal, number])
    }
  }

  func take(_ disposal: Int64, removed: Counts, limit: Int, in unit: UnitOfWork) throws -> DisposalStep<Counts>? {
    let waiting = try Row.fetchAll(
      unit.db,
      sql: """
        SELECT n.number, n.pupil FROM notice_item i JOIN notice n ON n.number = i.number
        WHERE i.disposal = ? AND i.outcome IS NULL ORDER BY n.number LIMIT ?
        """, arguments: [disposal, limit])
    guard !waiting.isEmpty else { return nil }
    var count = 0
    for row in waiting {
      let number: Int64 = row["number"]
      let isHeld = try Holds.isHeld(row["pupil"] as String, in: unit.db)
      if !isHeld {
        count += try DisposalBin.take("notice", where: "number = ?", [number], disposal: disposal, in: unit.db)
      }
      try unit.db.execute(
        sql: "UPDATE notice_item SET outcome = ? WHERE disposal = ? AND number = ?",
        arguments: [isHeld ? "held" : "removed", disposal, number])
    }
    return DisposalStep(removed: Counts(notices: removed.notices + count), facts: ["notices": count])
  }

  func putBack(_ disposal: Int64, limit: Int, in unit: UnitOfWork) throws -> Int {
    try DisposalBin.putBack(disposal, into: ["notice"], limit: limit, in: unit.db) { table, values in
      try DisposalBin.insert(values, into: table, in: unit.db)
    }
  }

  func returned(_ disposal: Int64, in unit: UnitOfWork) throws {
    try unit.db.execute(
      sql: "UPDATE notice_item SET outcome = 'returned' WHERE disposal = ? AND outcome = 'removed'",
      arguments: [disposal])
  }

  func erased(_ disposal: Int64, in unit: UnitOfWork) throws {}

  func outcomes(_ disposal: Int64, in db: Database) throws -> [String: Int] {
    let rows = try Row.fetchAll(
      db,
      sql: "SELECT coalesce(outcome, 'waiting'), count(*) FROM notice_item WHERE disposal = ? GROUP BY 1",
      arguments: [disposal])
    return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
  }

  func heldNow(_ disposal: Int64, in db: Database) throws -> Int {
    try Int.fetchOne(
      db,
      sql: """
        SELECT count(*) FROM disposal_bin WHERE disposal = ? AND EXISTS (
          SELECT 1 FROM holds WHERE pupil = json_extract(CAST(content AS TEXT), '$.pupil') AND released_millis IS NULL)
        """, arguments: [disposal]) ?? 0
  }

  func rules(on day: Day) -> [String] { [Self.schedule].compactMap { $0.source(on: day) } }
  func facts(of removed: Counts) -> AuditFacts { ["notices": removed.notices] }
}
