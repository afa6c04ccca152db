import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import Foundation
import GRDB
import Logging
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import CMEService
@testable import SealedAlerts

/// An authority's cme on a store of its own, with keys, and a search whose enquiries have begun.
struct AlertingAuthority {
  let store: Store
  let transactions: Transactions
  let timetable = Timetable()
  let desk: AlertDesk
  let clock: ManualClock
  let pupil: PupilID
  let code: AuthorityCode

  static let officer = Caller(subject: "u-officer", role: .cmeOfficer, schools: nil)

  init(_ post: AlertPost, clock: ManualClock) throws {
    code = post.keys.authority
    self.clock = clock
    let path = NSTemporaryDirectory() + "cme-\(UUID().uuidString).sqlite"
    store = try Store(
      path: path, owner: "\(code).cme", migrations: MessagingSchema.migrations + CMESchema.migrations,
      auditKeys: TestAuditKeys.keys)
    let outbox = Outbox(service: .cme, authority: code.text, store: store)
    transactions = Transactions(store: store, outbox: outbox, clock: clock)
    desk = AlertDesk(post, searches: CaseDesk(MissingChildren(), timetable: timetable), timetable: timetable)
    pupil = try #require(PupilID("p000000001"))
  }

  /// Opens a search and alerts another authority; the search is `c1`, the alert `c2`.
  func raise(_ record: MissingChildRecord = TwoAuthorities.short, to other: AlertingAuthority) async throws {
    try await transactions.write(by: Self.officer) { [self, other] unit in
      let person = Actor<MissingChild.Role>.person("u-officer", .cmeOfficer)
      var search = try desk.searches.open(
        .init(.act(.open), stating: .init([.trigger: .text("T9")]), reason: "Seen"), about: pupil.text, pupil, at: nil,
        by: person, in: unit)
      try desk.searches.move(
        &search,
        .attempt(.init(.act(.screen), stating: .init([.safeguarding: .text("no")]), reason: "Asked")), by: person,
        in: unit)
      try desk.searches.move(&search, .act(.begin, reason: "Due"), by: person, in: unit)
      _ = try desk.raise(record, to: other.code, for: &search, reason: "Seen there", by: Self.officer, unit)
    }
  }

  /// What an officer does with an alert that was received; it is `c1` there.
  func act(_ act: ReceivedAlert.Act, _ stating: [ReceivedAlert.Fact: FactValue] = [:]) async throws {
    try await transactions.write(by: Self.officer) { [desk] unit in
      var stored = try #require(try Cases<ReceivedAlert>.find("c1", in: unit.db))
      try desk.received.move(
        &stored, .attempt(.init(.act(act), stating: .init(stating), reason: "Looked")),
        by: .person("u-officer", .cmeOfficer), in: unit)
    }
  }

  func acknowledge() async throws { try await act(.acknowledge, [.known: .flag(true), .officer: .text("R Kite")]) }

  /// Takes what lies on the topic; why each was refused.
  @discardableResult
  func take(_ envelopes: [Data]) async throws -> [String?] {
    try await transactions.write(by: .program(.cme)) { [desk] unit in try envelopes.map { try desk.take($0, unit) } }
  }

  /// Everything that was ever sent, in order.
  func sent() async throws -> [Data] {
    try await store.read { try Data.fetchAll($0, sql: "SELECT envelope FROM alert_out ORDER BY number") }
  }

  func runDue() async throws -> Int {
    let logger = Logger(label: "cme")
    return try await ScheduleLoop(
      timetable, transactions: transactions, alarms: Alarms(logger: logger), logger: logger
    ) { [desk] name, unit in if try !desk.searches.fire(name, in: unit) { _ = try desk.fire(name, in: unit) } }.runDue()
  }

  func sentState() async throws -> SentAlert.State? {
    try await store.read { try Cases<SentAlert>.find("c2", in: $0)?.file.state }
  }

  func receivedState() async throws -> ReceivedAlert.State? {
    try await store.read { try Cases<ReceivedAlert>.find("c1", in: $0)?.file.state }
  }

  func refusals() async throws -> [String] {
    try await store.read { try String.fetchAll($0, sql: "SELECT reason FROM alert_refused ORDER BY id") }
  }

  func contents() async throws -> [String: [String]] { try await store.read { try AlertingAuthority.contents(in: $0) } }

  /// Every row but those that only time and reading change.
  private static func contents(in db: Database) throws -> [String: [String]] {
    let tables = try String.fetchAll(
      db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND (name LIKE 'alert%' OR name LIKE 'case%')")
    return Dictionary(
      uniqueKeysWithValues: try tables.map { table in
        (table, try GRDB.Row.fetchAll(db, sql: "SELECT * FROM \(table)").map(\.description).sorted())
      })
  }
}
