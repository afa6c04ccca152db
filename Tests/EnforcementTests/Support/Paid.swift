import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Messaging
import NIOCore
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

/// Notices that money can be for, as a test has them.
struct MadeUpNotices: NoticeLookup {
  let all: [DocumentNumber: PayableNotice]

  func notice(_ number: DocumentNumber, in db: Database) -> PayableNotice? { all[number] }
  func moneyChanged(on number: DocumentNumber, in unit: UnitOfWork) {}
}

/// The money of some notices on a real store file.
struct Paid {
  let store: Store
  let transactions: Transactions
  let payments: NoticePayments<MadeUpNotices>
  let numbers: [DocumentNumber]
  let clock = ManualClock(Date(timeIntervalSince1970: 1_775_044_800))  // 2026-04-01

  static let clerk = Caller(subject: "clerk-1", role: .finance)
  static let issued = Day(ordinal: 20_512)  // 2026-02-28
  static let received = issued.adding(days: 4)

  /// - Parameter withdrawn: the place of a notice that is withdrawn on the fortieth day.
  init(notices count: Int = 4, withdrawn: Int? = nil) throws {
    let path = NSTemporaryDirectory() + "payments-\(UUID().uuidString).sqlite"
    store = try Store(
      path: path, owner: "880.enforcement", migrations: MessagingSchema.migrations + EnforcementSchema.migrations,
      auditKeys: TestAuditKeys.keys)
    transactions = Transactions(
      store: store, outbox: Outbox(service: .enforcement, authority: "880", store: store), clock: clock)
    let authority = try AuthorityCode("880")
    numbers = (1...count).map {
      DocumentNumber(authority: authority, service: .enforcement, year: SchoolYear(startYear: 2025), running: $0)
    }
    let (school, terms) = (try URN("100001"), PenaltyNoticeTerms.national[0].value)
    let all = numbers.enumerated().map { place, number in
      PayableNotice(
        number: number, school: school, issued: Self.issued,
        period: NoticePeriod(received: Self.received, level: place % 2 + 1, terms: terms),
        withdrawnOn: place == withdrawn ? Self.issued.adding(days: 30) : nil)
    }
    payments = NoticePayments(
      notices: MadeUpNotices(all: Dictionary(uniqueKeysWithValues: all.map { ($0.number, $0) })), authority: authority)
  }

  /// Sends a file with the usual columns.
  @discardableResult
  func send(
    _ rows: [String], from source: PaymentSource = .bank, header: String = "Date,Amount,Reference"
  ) async throws -> ImportPayments<MadeUpNotices>.Answer {
    try await send(Array(([header] + rows).map { $0 + "\n" }.joined().utf8), from: source)
  }

  func send(_ bytes: [UInt8], from source: PaymentSource) async throws -> ImportPayments<MadeUpNotices>.Answer {
    let takeIn = ImportPayments(payments: payments, transactions: transactions)
    let file = Upload(mediaType: "text/csv", bytes: ByteBuffer(bytes: bytes))
    return try #require(try await takeIn(file, from: source, by: Edit(by: Self.clerk)).new)
  }

  @discardableResult
  func act(_ act: PaymentAct, on payment: Int64) async throws -> Int64 {
    try await transactions.write(by: Self.clerk) { [payments] unit in
      let stored = try #require(try Payments.find(payment, in: unit.db))
      let reason = if case .returned(_, _, _, let reason) = act { reason.rawValue } else { "Looked up" }
      return try payments.act(act, on: stored, because: reason, in: unit)
    }
  }

  func money(of place: Int) async throws -> NoticeMoney {
    let number = numbers[place]
    return try await store.read { NoticeMoney(of: number, try Payments.histories(of: number, in: $0)) }
  }

  func standing(of place: Int, on day: Day) async throws -> NoticeAccount.Standing {
    let notice = try #require(payments.notices.all[numbers[place]])
    return try await money(of: place).account(try #require(notice.period), withdrawnOn: notice.withdrawnOn)
      .standing(on: day)
  }

  func holds(of place: Int) async throws -> [PaymentGuard.Hold] {
    let notice = try #require(payments.notices.all[numbers[place]])
    let today = transactions.today
    return try await store.read { try PaymentGuard.unresolved(notice, on: today, in: $0) }
  }

  /// Every payment with what people did, in order.
  func histories() async throws -> [PaymentHistory] {
    try await store.read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM payment ORDER BY number").map { try Payments.stored($0, in: db).history }
    }
  }

  /// Outcomes that wait for a person, by notice.
  func queries() async throws -> [String: String] {
    try await store.read { db in
      let rows = try Row.fetchAll(db, sql: "SELECT notice, outcome FROM payment_query")
      return Dictionary(uniqueKeysWithValues: rows.map { ($0["notice"], $0["outcome"]) })
    }
  }
}
