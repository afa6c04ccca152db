import Foundation
import GRDB
import Messaging
import NotifierDomain
import Store
import TestKit
import Testing

@testable import Keeping
@testable import NotifierService

/// What the notifier holds leaves in full, without what only it may know.
@Suite struct RecordsTests {
  @Test func everyTableLeavesAndNoSecretDoes() async throws {
    let path = NSTemporaryDirectory() + "notifier-\(UUID().uuidString).sqlite"
    let store = try Store(
      path: path, owner: "880.notifier", migrations: MessagingSchema.migrations + NotifierSchema.migrations,
      auditKeys: TestAuditKeys.keys)
    try await store.write {
      try Subscriptions.insert(Sample.subscription(), officer: "user-1", at: Sample.time, in: $0)
    }
    let lines = try await store.read { db in
      try NotifierRecords.all.tables.reduce(into: [String: Int]()) { lines, table in
        _ = try table.page(after: 0, in: db) { _ in lines[table.name, default: 0] += 1 }
      }
    }
    #expect(lines["subscriptions"] == 1 && lines["interests"] ?? 0 > 0)
    #expect(NotifierRecords.all.tables.allSatisfy { !$0.source.contains("signing_key") })
    #expect(try await store.read { try NotifierRecords.all.find(Sample.pupil, $0) == nil })
  }
}
