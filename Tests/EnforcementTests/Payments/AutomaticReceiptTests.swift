import Contracts
import EnforcementDomain
import GRDB
import Letters
import Rulebook
import Store
import Testing

@testable import EnforcementService

@Suite("Receipts that go by themselves") struct AutomaticReceiptTests {
  private static let writer = LetterWriter(name: "Payments team", role: "Made-up Council", contact: "01632 960000")

  /// The receipts, in order: of which notice, to whom, and in which words.
  private func receipts(_ paid: Paid) async throws -> [(notice: String, recipient: String, words: String)] {
    try await paid.service.store.read { [documents = paid.service.desk.notices.documents] db in
      try Row.fetchAll(
        db,
        sql:
          "SELECT number, basis, recipient FROM documents WHERE kind = 'enforcement.payment-receipt' ORDER BY running"
      ).map { row in
        let number = try #require(DocumentNumber(row["number"] as String))
        let page = String(decoding: try documents.contents(number, in: db).html, as: UTF8.self)
        return (row["basis"], row["recipient"], LetterTests.words(page))
      }
    }
  }

  @Test(
    "A payment that counts has one, where the notice went and without the child; one that is to be settled has none")
  func files() async throws {
    let paid = try await Paid.make(receipts: Self.writer)
    let (mother, father) = (paid.numbers[0], paid.numbers[1])
    let rows = ["2027-01-12,80.00,\(mother)", "2027-01-13,80.00,\(mother)", "2027-01-12,20.00,\(father)"]
    try await paid.send(rows)
    let sent = try await receipts(paid)
    #expect(sent.map(\.notice) == [mother.text] && sent.map(\.recipient) == [Enforced.mother.text])
    let words = try #require(sent.first?.words)
    #expect(words.contains("£80") && words.contains("paid in full") && words.contains("Payments team"), "\(words)")
    #expect(words.contains("Ida Made-Up") && !words.contains("Ada Made-Up"), "it says nothing of the child")
    // The same rows in another file are known, and are no second payment.
    try await paid.send(rows + ["2027-01-20,1.00,nobody"])
    #expect(try await receipts(paid).count == 1)
  }

  @Test("Money that a person puts on a notice, and that discharges it, has one; so has one payment in its time")
  func byHand() async throws {
    let paid = try await Paid.make(receipts: Self.writer)
    try await paid.send(["2027-01-13,80.00,nobody"])
    #expect(try await receipts(paid).isEmpty)
    try await paid.act(.allocated(from: nil, to: paid.numbers[1], .pounds(80)), on: 1)
    #expect(try await receipts(paid).map(\.notice) == [paid.numbers[1].text])
    let early = try await Enforced.withProposal(receipts: Self.writer)
    let number = try await early.issue(early.consider())
    try await early.pay(30, number, receipt: "r1")
    let due = Paid(service: early, payments: NoticePayments(desk: early.desk), ids: [], numbers: [number])
    let words = try #require(try await receipts(due).first?.words)
    #expect(
      words.contains("not paid in full") && words.contains("£50") && words.contains("25 January 2027"), "\(words)")
  }

  @Test("Where the code of conduct says nothing of them, none goes")
  func none() async throws {
    let paid = try await Paid.make()
    try await paid.send(["2027-01-12,80.00,\(paid.numbers[0])"])
    #expect(try await receipts(paid).isEmpty)
  }
}
