import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Messaging
import Rulebook
import Seeded
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

/// Payments on a real store.
@Suite("Payments in the store")
struct PaymentStoreTests {
  private static let day = Paid.received.adding(days: 5)

  @Test func aWholeNumberIsBookedAndEverythingElseWaits() async throws {
    let paid = try await Paid.make()
    let numbers = paid.numbers.map(\.text)
    let answer = try await paid.send([
      "\(Self.day),80.00,\(numbers[0].lowercased())", "\(Self.day),80.00,\(numbers[1].dropLast(2))",
      "\(Self.day),80.00,880-EN-2627-000042-B", "\(Self.day),eighty,\(numbers[2])",
      "\(Paid.issued.adding(days: -1)),80.00,\(numbers[2])", "\(Self.day),-5.00,fee",
    ])
    #expect(answer.received == 6 && answer.booked == 4 && answer.unmatched == 3)
    #expect(answer.known == 0 && answer.passedOver == 1 && answer.refused == 1)
    #expect(answer.refusedRows.map(\.row) == [5] && answer.refusedRows[0].column == "amount")
    #expect(try await paid.state(of: 0) == .paidReduced)
    for place in 1...3 { #expect(try await paid.money(of: place).held == .zero) }
  }

  @Test func aFileThatComesTwiceChangesNothing() async throws {
    let paid = try await Paid.make()
    let rows = [
      "\(Self.day),80.00,\(paid.numbers[0])", "\(Self.day),80.00,fine", "\(Self.day),80.00,fine", "\(Self.day),x,y",
    ]
    let first = try await paid.send(rows)
    let before = try await Self.contents(paid)
    let again = try await paid.send(rows)
    #expect(again.isKnown && again.file == first.file && again.booked == 0)
    #expect(try await Self.contents(paid) == before)
    await #expect(throws: Problem.self) { try await paid.send(rows, from: .payService) }
    #expect(try await Self.contents(paid) == before)
    // Another file with the same rows and one more.
    let more = try await paid.send(rows + ["\(Self.day),80.00,fine"])
    #expect(more.booked == 1 && more.known == 3 && more.refused == 1)
  }

  private static func contents(_ paid: Paid) async throws -> [String] {
    try await paid.service.store.read { db in
      try ["payment", "payment_act", "payment_unmatched", "payment_query", "payment_file", "payment_refused"].flatMap {
        try Row.fetchAll(db, sql: "SELECT * FROM \($0)").map(\.description)
      }
    }
  }

  @Test func anIdentifierWithAnotherSumIsRefusedAndNothingOfTheFileIsLost() async throws {
    let paid = try await Paid.make()
    let header = "Payment ID,Date,Amount,Reference"
    try await paid.send(["id-1,\(Self.day),80.00,\(paid.numbers[0])"], from: .payService, header: header)
    let answer = try await paid.send(
      ["id-1,\(Self.day),160.00,\(paid.numbers[0])", "id-2,\(Self.day),160.00,\(paid.numbers[1])"], from: .payService,
      header: header)
    #expect(answer.booked == 1 && answer.refusedRows.map(\.reason) == ["identifier-reused"])
    #expect(try await paid.money(of: 0).held == .pounds(80))
  }

  @Test func everyWayInWhichMoneyIsNotInOrderWaitsAndBlocks() async throws {
    let paid = try await Paid.make()
    let number = paid.numbers
    let late = Paid.received.adding(days: 28)
    try await paid.send([
      "\(Self.day),79.99,\(number[0])", "\(late),160.00,\(number[1])", "\(Self.day),160.00,\(number[2])",
      "\(Self.day),160.00,\(number[2])", "\(Self.day),200.00,\(number[3])",
    ])
    #expect(try await paid.queries() == [0: "short", 1: "late", 2: "double", 3: "overpaid"])
    #expect(try await paid.holds(of: 0) == [.onNotice(Money(pence: 7_999))])
    #expect(try await paid.holds(of: 1) == [.onNotice(.pounds(160))])
    #expect(
      try await paid.holds(of: 2) == [], "a paid notice is no one's to prosecute, and its refund no reason to wait")
    var states: [PenaltyNoticeCase.State?] = []
    for place in 0..<4 { states.append(try await paid.state(of: place)) }
    #expect(states == [.queried, .queried, .paidFull, .paidFull])
    try await paid.act(
      .returned(from: number[0], on: paid.service.transactions.today, Money(pence: 7_999), .short), on: 1)
    #expect(try await paid.state(of: 0) == .unpaid)
    #expect(try await paid.holds(of: 0) == [])
  }

  @Test func whatIsHeldForAWithdrawnNoticeIsToBeSentBack() async throws {
    let paid = try await Paid.make()
    try await paid.send(["\(Self.day),80.00,\(paid.numbers[0])", "\(Self.day),-80.00,\(paid.numbers[1])"])
    #expect(try await paid.queries() == [1: "refund-without-payment"])
    #expect(try await paid.holds(of: 1) == [.refundWithoutPayment(.pounds(80))])
    _ = try await paid.service.withdraw(paid.ids[0], .wrongPerson, repayment: "by cheque")
    #expect(try await paid.queries()[0] == "on-withdrawn")
    try await paid.act(
      .returned(from: paid.numbers[0], on: paid.service.transactions.today, .pounds(80), .withdrawn), on: 1)
    #expect(try await paid.queries()[0] == nil)
  }

  @Test func moneyOnNoNoticeBlocksAllThatWereIssuedBefore() async throws {
    let paid = try await Paid.make()
    try await paid.send(["\(Self.day),80.00,school fine"])
    for place in 0..<4 { #expect(try await paid.holds(of: place) == [.unmatched(1)]) }
    let back = try await paid.act(.returned(from: nil, on: Self.day, .pounds(80), .unknown), on: 1)
    for place in 0..<4 { #expect(try await paid.holds(of: place) == []) }
    try await paid.act(.reversed(act: back), on: 1)
    #expect(try await paid.holds(of: 0) == [.unmatched(1)])
    try await paid.act(.allocated(from: nil, to: paid.numbers[0], .pounds(80)), on: 1)
    #expect(try await paid.holds(of: 1) == [])
    #expect(try await paid.state(of: 0) == .paidReduced)
  }

  @Test func rowsThatNobodyCouldReadBlockUntilTheyAreSettled() async throws {
    let paid = try await Paid.make()
    try await paid.send(["\(Self.day),eighty,\(paid.numbers[0])"])
    #expect(try await paid.holds(of: 0) == [.unread(1)])
  }

  @Test func onePaymentIsSplitBetweenTwoNotices() async throws {
    let paid = try await Paid.make()
    try await paid.send(["\(Self.day),240.00,\(paid.numbers[0]) \(paid.numbers[2])"])
    try await paid.act(.allocated(from: nil, to: paid.numbers[0], .pounds(80)), on: 1)
    try await paid.act(.allocated(from: nil, to: paid.numbers[2], .pounds(160)), on: 1)
    #expect(try await paid.state(of: 0) == .paidReduced)
    #expect(try await paid.state(of: 2) == .paidFull)
    await #expect(throws: Problem.self) {
      try await paid.act(.allocated(from: nil, to: paid.numbers[1], Money(pence: 1)), on: 1)
    }
  }

  @Test func aRefundThatAFileShowsIsTheOneThatAPersonRecorded() async throws {
    let paid = try await Paid.make()
    try await paid.send(["\(Self.day),80.00,\(paid.numbers[0])", "\(Self.day),80.00,\(paid.numbers[0])"])
    #expect(try await paid.queries().count == 1)
    try await paid.act(.returned(from: paid.numbers[0], on: Self.day, .pounds(80), .double), on: 2)
    try await paid.send(["\(Self.day.adding(days: 2)),-80.00,\(paid.numbers[0])"])
    #expect(try await paid.queries() == [:])
    #expect(try await paid.money(of: 0).held == .pounds(80))
    #expect(try await paid.state(of: 0) == .paidReduced)
    // A second one was not recorded: the money is gone, and the notice is not paid.
    try await paid.send(["\(Self.day.adding(days: 3)),-80.00,\(paid.numbers[0])"])
    #expect(try await paid.money(of: 0).held == .zero)
    #expect(try await paid.state(of: 0) == .unpaid)
    await #expect(throws: Problem.self) {
      try await paid.act(.returned(from: paid.numbers[0], on: Self.day, .pounds(80), .double), on: 1)
    }
  }

  @Test(
    arguments: [
      "UPDATE payment SET pence = 1", "DELETE FROM payment", "UPDATE payment_act SET pence = 1",
      "DELETE FROM payment_act", "DELETE FROM payment_file", "UPDATE payment_file SET booked = 0",
      "INSERT INTO payment_act (payment, kind, pence, reason, at_millis, caller) VALUES (1, 'returned', 1, 'r', 1, 'c')",
      "INSERT INTO payment_act (payment, kind, pence, reason, at_millis, caller) VALUES (1, 'allocated', 1, 'r', 1, 'c')",
    ])
  func nothingOfPaymentsCanBeChanged(sql: String) async throws {
    let paid = try await Paid.make()
    try await paid.send(["\(Self.day),80.00,fine"])
    try await paid.act(.allocated(from: nil, to: paid.numbers[0], .pounds(80)), on: 1)
    await #expect(throws: DatabaseError.self) { try await paid.service.store.write { try $0.execute(sql: sql) } }
    // The payer's words can be taken away.
    try await paid.service.store.write { try $0.execute(sql: "UPDATE payment SET reference = NULL") }
  }

  @Test func theLedgerOfAYearHasTheMoneyThatCameAndWentInIt() async throws {
    let paid = try await Paid.make()
    try await paid.send([
      "2027-03-10,80.00,\(paid.numbers[0])", "2027-03-11,160.00,\(paid.numbers[1])", "2027-03-12,20.00,fine",
      "2027-04-02,80.00,\(paid.numbers[2])", "2027-04-03,-80.00,\(paid.numbers[0])",
    ])
    let day = try #require(Day(iso: "2027-04-05"))
    try await paid.act(.returned(from: nil, on: day, .pounds(20), .unknown), on: 3)
    let (old, new) = try await paid.service.store.read { db in
      try (
        FinanceRoutes.ledger(of: FinancialYear(startYear: 2026), in: db),
        FinanceRoutes.ledger(of: FinancialYear(startYear: 2027), in: db)
      )
    }
    #expect(old.rows.map(\.notice) == [paid.numbers[0].text, paid.numbers[1].text, nil])
    #expect(old.received == "260.00" && old.returned == "0.00" && old.kept == "260.00")
    #expect(new.rows.map(\.notice) == [paid.numbers[0].text, paid.numbers[2].text, nil])
    #expect(new.received == "80.00" && new.returned == "100.00" && new.kept == "-20.00")
  }
}
