import Contracts
import Foundation
import GRDB
import Messaging
import NotifierDomain
import RollCopy
import Rulebook
import Store
import TestKit
import Testing

@testable import NotifierService

/// A store of the first release, opened by this program.
@Suite struct NotifierSchemaTests {
  @Test func whatTheFirstReleaseKeptIsThereAndKnowsItsMatter() async throws {
    try await withFolder { folder in
      let path = folder.appending(path: "notifier.sqlite").path
      try await Self.keepAsTheFirstRelease(at: path)
      let lapsed = Self.lapsed
      let store = try Store(
        path: path, owner: "880.notifier", migrations: MessagingSchema.migrations + NotifierSchema.migrations,
        auditKeys: TestAuditKeys.keys)
      try await store.read { db in
        let stored = try #require(try Messages.at(place: 2, in: db))
        #expect(stored.report == Report(lapsed))
        let matter = try #require(stored.report.matter)
        #expect(try Disclosures.levelTold(of: matter, to: "sub_test", in: db) == .attendance)
        #expect(try Subscriptions.holding(matter: matter, before: 2, in: db) == ["sub_test"])
        #expect(try Disclosures.page(subscription: nil, after: 0, limit: 9, in: db).map(\.message) == ["m1"])
        #expect(try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").isEmpty)
      }
      for sql in ["DELETE FROM disclosure", "UPDATE disclosure SET result = 'failed'"] {
        await #expect(throws: DatabaseError.self) { try await store.write { try $0.execute(sql: sql) } }
      }
      // Messages still hang on the reports they tell.
      await #expect(throws: DatabaseError.self) { try await store.write { try $0.execute(sql: "DELETE FROM report") } }
      try store.close()
    }
  }

  @Test func theRollOfBeforeIsInTheSharedTables() async throws {
    try await withFolder { folder in
      let path = folder.appending(path: "notifier.sqlite").path
      let (child, merged) = (Sample.child(1), Sample.child(2))
      let old = try Store(
        path: path, owner: "880.notifier",
        migrations: MessagingSchema.migrations + Array(NotifierSchema.migrations.prefix(3)),
        auditKeys: TestAuditKeys.keys)
      try await old.write { db in
        try db.execute(sql: "INSERT INTO school VALUES (?, 'Larkspur Academy')", arguments: [Sample.school.text])
        try db.execute(
          sql: "INSERT INTO child VALUES (?, 'Zephyrine', 'Quillfeather', '2013-05-04')", arguments: [child.text])
        try db.execute(
          sql: "INSERT INTO roll VALUES (?1, ?2, '2026-11-20', 1), (?1, '900102', NULL, 0)",
          arguments: [child.text, Sample.school.text])
        try db.execute(sql: "INSERT INTO merged_child VALUES (?, ?)", arguments: [merged.text, child.text])
      }
      try old.close()
      let store = try Store(
        path: path, owner: "880.notifier", migrations: MessagingSchema.migrations + NotifierSchema.migrations,
        auditKeys: TestAuditKeys.keys)
      try await store.read { db in
        #expect(
          try Roll.pupil(child, in: db).flatMap(Identity.init)
            == Identity(
              pupil: child, givenName: "Zephyrine", familyName: "Quillfeather", dateOfBirth: Day(iso: "2013-05-04")!,
              addressProtected: true))
        #expect(try Roll.current(merged, in: db) == child)
        #expect(try Roll.school(Sample.school, in: db)?.name == "Larkspur Academy")
        let lasts = try Roll.registrations(of: child, in: db).map { "\($0.school) \($0.last?.iso ?? "")" }
        #expect(Set(lasts) == ["\(Sample.school) 2026-11-20", "900102 "])
        // A record of what was told keeps the identifier it was told under.
        #expect(try NotifierSchema.roll.unmoved(keeping: ["disclosure"], in: db).isEmpty)
      }
      try store.close()
    }
  }

  private static let proposed = PenaltyNoticeProposed(
    proposal: "prop1", pupil: Sample.pupil, school: Sample.school, grounds: Sample.grounds)
  private static let lapsed = PenaltyNoticeProposalLapsed(
    proposal: "prop1", pupil: Sample.pupil, school: Sample.school, mostSessions: 9)

  /// The store is closed, and its file's lock released, when this returns.
  private static func keepAsTheFirstRelease(at path: String) async throws {
    let old = try Store(
      path: path, owner: "880.notifier",
      migrations: MessagingSchema.migrations + Array(NotifierSchema.migrations.prefix(1)), auditKeys: TestAuditKeys.keys
    )
    try await old.write { db in
      try Subscriptions.insert(Sample.subscription(), officer: "user-1", at: Sample.time, in: db)
      try Self.insert(proposed, "e1", in: db)
      try Self.insert(lapsed, "e2", in: db)
      try db.execute(
        sql: """
          INSERT INTO message (id, subscription, report, place, state, failures, due_millis)
          VALUES ('m1', 'sub_test', 1, 1, 'delivered', 0, 0), ('m2', 'sub_test', 2, 2, 'waiting', 0, 0)
          """)
      try Disclosures.append(
        Disclosures.Entry(
          message: "m1", eventID: "e1", eventType: PenaltyNoticeProposed.type.name,
          subscription: Sample.subscription(), school: Sample.school, pupil: Sample.pupil, level: .attendance,
          fields: [.sessions],
          attempt: 1, result: "accepted", bodyHash: nil, officer: "user-1"), at: Sample.time, in: db)
    }
    try old.close()
  }

  private static func insert(_ data: some EventData, _ id: String, in db: Database) throws {
    let event = try Harness.event(raw: data.encoded(), type: type(of: data).type, id: id)
    try db.execute(
      sql: """
        INSERT INTO report (event_id, type, pupil, school, time_millis, event, is_waiting) VALUES (?, ?, ?, ?, ?, ?, 0)
        """,
      arguments: [
        id, event.type, Sample.pupil.text, Sample.school.text, Sample.time.millis,
        Data(try JSONBatchFormat.encode([event])),
      ])
  }
}
