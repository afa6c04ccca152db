import Contracts
import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import NIOCore
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import Messaging

extension AuditAction {
  fileprivate static let recorded = AuditAction("school.recorded")
}

/// One write: its effects, its events, its record and its remembered answer are there together or not at all.
@Suite("Unit of work") struct UnitOfWorkTests {
  private static let officer = Caller(subject: "user-officer", role: .attendanceOfficer)

  private let clock = ManualClock(Date(timeIntervalSince1970: 1_790_000_000))
  private let transactions: Transactions

  init() throws {
    let directory = NSTemporaryDirectory() + "unit-of-work-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let store = try Store(
      path: directory + "/store.sqlite", owner: "880.registers",
      migrations: MessagingSchema.migrations + [
        Migration("test notes", sql: "CREATE TABLE notes (text TEXT NOT NULL, at_millis INTEGER NOT NULL) STRICT")
      ], auditKeys: TestAuditKeys.keys)
    transactions = Transactions(
      store: store, outbox: Outbox(service: .registers, authority: "880", store: store), clock: clock)
  }

  private struct Failed: Error {}

  private struct Notes: Codable, Equatable { let texts: [String] }

  private static func notes(in db: Database) throws -> Notes {
    Notes(texts: try String.fetchAll(db, sql: "SELECT text FROM notes ORDER BY rowid"))
  }

  private static func note(_ text: String, _ unit: UnitOfWork) throws {
    try unit.db.execute(sql: "INSERT INTO notes VALUES (?, ?)", arguments: [text, unit.at.millis])
    let urn = try URN("900101")
    try unit.publish(SchoolRecorded(urn: urn, name: text, phase: .primary, kind: .academy), subject: urn.text)
    try unit.audit(.recorded, of: urn, ["notes": 1])
  }

  private struct KeptOut: Admission {
    func admit(_ unit: UnitOfWork) throws {}
    func hides(_ subject: String, from unit: UnitOfWork) throws -> Bool { subject == "900101" }
    func hidden(from unit: UnitOfWork) throws -> [PupilID] { [] }
  }

  @Test("Who is kept out is kept out in every trace of the work")
  func tracing() async throws {
    let guarded = Transactions(
      store: transactions.store, outbox: transactions.outbox, clock: clock, admission: KeptOut())
    for trace in [nil, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"] {
      await #expect(throws: Problem.self) {
        try await guarded.write(by: Self.officer) { try Self.note("a", $0.tracing(trace)) }
      }
    }
    #expect(try await counts() == [0, 0, 0])
  }

  /// How many notes, events and entries of the audit log there are.
  private func counts() async throws -> [Int?] {
    try await transactions.read { db in
      try ["notes", "outbox", "audit_log WHERE action = 'school.recorded'"].map {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)")
      }
    }
  }

  private func request(
    _ body: String = "{}", key: String? = nil, ifMatch: String? = nil, by caller: Caller = officer
  ) throws -> (key: IdempotencyKey?, precondition: Precondition) {
    var head = HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/notes")
    if let key, let name = HTTPField.Name("Idempotency-Key") { head.headerFields[name] = key }
    head.headerFields[.ifMatch] = ifMatch
    let request = Request(head: head, body: .init(buffer: ByteBuffer()))
    return (try IdempotencyKey(request, caller: caller, body: Data(body.utf8)), Precondition(request))
  }

  @Test func allOfItOrNothing() async throws {
    await #expect(throws: Failed.self) {
      try await transactions.write(by: Self.officer) { unit in
        try Self.note("Harbour Lane", unit)
        throw Failed()
      }
    }
    #expect(try await counts() == [0, 0, 0])
    try await transactions.write(by: Self.officer) { try Self.note("Harbour Lane", $0) }
    #expect(try await counts() == [1, 1, 1])
  }

  @Test func theRecordSaysWhoWhenAndForWhichRequest() async throws {
    try await RequestID.$current.withValue("request-1") {
      try await transactions.write(by: Self.officer) { try Self.note("Harbour Lane", $0) }
    }
    try await transactions.write(by: .program(.registers)) { unit in
      try unit.audit(.recorded, of: .record("disposal-7"), ["rows": 3, "years": 2])
    }
    let rows = try await transactions.read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM audit_log WHERE action = 'school.recorded' ORDER BY number").map { row in
        ["actor", "role", "subject", "detail"].map { row[$0] as String? } + [String(row["at_millis"] as Int64)]
      }
    }
    #expect(
      rows == [
        ["user-officer", "attendance-officer", "900101", "request-1 notes 1", "1790000000000"],
        ["registers", "service", "disposal-7", "rows 3 years 2", "1790000000000"],
      ])
  }

  @Test func momentsNeverGoBackAndTheDateIsTheClocks() async throws {
    let dates = [1_790_000_000, 1_789_900_000, 1_790_086_400].map { Date(timeIntervalSince1970: $0) }
    var seen: [Timestamp] = []
    for date in dates {
      clock.set(date)
      let (at, today) = try await transactions.write(by: Self.officer) { ($0.at, $0.today) }
      #expect(today == CivilTime.day(at: date))
      seen.append(at)
    }
    #expect(seen.map(\.millis) == [1_790_000_000_000, 1_790_000_000_000, 1_790_086_400_000])
  }

  @Test func aRequestThatComesAgainIsAnsweredAsTheFirstTime() async throws {
    func send(_ text: String, _ key: IdempotencyKey?) async throws -> Remembered<Notes> {
      try await transactions.write(by: Self.officer, once: key) { unit in
        try Self.note(text, unit)
        return try Self.notes(in: unit.db)
      }
    }
    let key = try request(key: "first-key").key
    let first = try await send("a", key)
    let again = try await send("b", key)
    #expect(first.new == Notes(texts: ["a"]) && again.new == nil && first.json == again.json)
    #expect(try await counts() == [1, 1, 1])
    // Another body, another caller, no key.
    await #expect(throws: IdempotencyKey.reused) { _ = try await send("c", try request("[]", key: "first-key").key) }
    let other = Caller(subject: "user-other", role: .manager)
    #expect(try await send("d", try request(key: "first-key", by: other).key).new == Notes(texts: ["a", "d"]))
    #expect(try await send("e", nil).new != nil)
    // A week later the key is new, and the answer of then is forgotten.
    clock.set(Date(timeIntervalSince1970: 1_790_000_000 + 7 * 86_400 + 1))
    #expect(try await send("f", try request(key: "later-key").key).new != nil)
    #expect(try await send("g", key).new != nil)
  }

  @Test func anEditOfWhatSomebodyElseChangedIsRefusedBeforeAnythingIsDone() async throws {
    let tag = try #require(try await Response.json(Notes(texts: [])).respectingTag)
    func edit(_ text: String, key: String? = nil) async throws -> Remembered<Notes> {
      let (key, precondition) = try request(key: key, ifMatch: tag)
      let guarded = transactions.onlyIf(precondition, key: key) { try Self.notes(in: $0) }
      return try await guarded.write(by: Self.officer, once: key) { unit in
        try Self.note(text, unit)
        return try Self.notes(in: unit.db)
      }
    }
    let first = try await edit("a", key: "edit-key")
    await #expect(throws: Problem.changed) { _ = try await edit("b") }
    #expect(try await counts() == [1, 1, 1])
    // The same request again is no edit of something else.
    #expect(try await edit("a", key: "edit-key").json == first.json)
    #expect(try await counts() == [1, 1, 1])
  }
}

extension Response {
  /// The tag that a `GET` of this answer carries.
  fileprivate var respectingTag: String? {
    get async throws {
      try await respecting(
        Request(head: .init(method: .get, scheme: nil, authority: nil, path: "/"), body: .init(buffer: ByteBuffer()))
      ).headers[.eTag]
    }
  }
}
