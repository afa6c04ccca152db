import Contracts
import Rulebook
import Seeded
import TestKit
import Testing

@testable import EnforcementDomain

/// What holds of payments whatever is sent, in whatever order.
@Suite("Properties of payments")
struct PaymentPropertyTests {
  private static let seeds = (0..<300).map { SeededGenerator.chosenSeed &+ UInt64($0) }
  private static let firstDay = Day(ordinal: 20_516)
  private static let today = firstDay.adding(days: 400)

  // MARK: the account

  private struct Told {
    var credits: [NoticeMoney.Credit] = []
    var returns: [NoticeMoney.Return] = []
    var refunds: [NoticeMoney.Refund] = []

    init(_ random: inout SeededGenerator) {
      for id in 0..<random.below(6) {
        let sum = Money(pence: random.pick([8_000, 16_000, 4_000, 12_345]))
        credits.append(.init(id: Int64(id), on: PaymentPropertyTests.firstDay.adding(days: random.below(40)), sum: sum))
      }
      for _ in 0..<random.below(4) where !credits.isEmpty {
        let credit = random.pick(credits)
        let held = NoticeMoney(credits: credits, returns: returns).held(of: credit.id)
        guard .zero < held else { continue }
        let sum = random.below(3) == 0 ? Money(pence: random.within(1...held.pence)) : held
        returns.append(.init(credit: credit.id, on: credit.on.adding(days: random.below(30)), sum: sum))
      }
      for id in 0..<random.below(4) {
        let sum = random.below(2) == 0 ? returns.first?.sum : nil
        refunds.append(
          .init(
            id: Int64(100 + id), on: PaymentPropertyTests.firstDay.adding(days: random.below(70)),
            sum: sum ?? Money(pence: random.pick([8_000, 16_000, 4_000]))))
      }
    }

    var money: NoticeMoney { NoticeMoney(credits: credits, returns: returns, refunds: refunds) }
  }

  @Test(arguments: seeds) func noPennyIsLostOrMade(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let told = Told(&random)
    let money = told.money
    let came = told.credits.reduce(Money.zero) { $0 + $1.sum }
    let gone = money.payments.filter { $0.returnedOn != nil }.reduce(Money.zero) { $0 + $1.sum }
    #expect(came == money.held + gone, "seed \(seed)")
    #expect(told.credits.reduce(Money.zero) { $0 + money.held(of: $1.id) } == money.held, "seed \(seed)")
    #expect(money.payments.allSatisfy { .zero < $0.sum }, "seed \(seed)")
    let said = told.returns.reduce(Money.zero) { $0 + $1.sum }
    let shown = told.refunds.filter { !money.unfounded.contains($0) }.reduce(Money.zero) { $0 + $1.sum }
    #expect(said <= gone && gone <= said + shown, "seed \(seed)")
  }

  @Test(arguments: seeds) func theOrderOfTellingDoesNotMatter(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let told = Told(&random)
    var other = told
    other.credits.shuffle(using: &random)
    other.returns.shuffle(using: &random)
    other.refunds.shuffle(using: &random)
    #expect(told.money == other.money, "seed \(seed)")
  }

  @Test(arguments: seeds) func eachPaymentIsJudgedAsTheAccountStands(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let money = Told(&random).money
    let terms = PenaltyNoticeTerms.national[0].value
    let level = random.within(1...2)
    let period = try #require(NoticePeriod(received: Self.firstDay, level: level, terms: terms))
    let withdrawn = random.below(4) == 0 ? Self.firstDay.adding(days: random.below(60)) : nil
    let day = Self.firstDay.adding(days: 100)
    let standing = money.account(period, withdrawnOn: withdrawn).standing(on: day)
    let outcomes = money.outcomes(period, withdrawnOn: withdrawn, on: day)
    let discharging = outcomes.filter { [.dischargesReduced, .dischargesFull].contains($0.outcome) }
    #expect(discharging.map(\.credit.on) == (standing.dischargedOn.map { [$0] } ?? []), "seed \(seed)")
    #expect(discharging.contains { $0.outcome == .dischargesReduced } == (standing.state == .paidReduced))
    let toSettle = outcomes.filter(\.outcome.isToSettle).reduce(Money.zero) { $0 + money.held(of: $1.credit.id) }
    if standing.dischargedOn == nil {
      #expect(toSettle == standing.unallocated + standing.refund, "seed \(seed)")
    } else {
      #expect(toSettle <= standing.refund, "seed \(seed)")
    }
  }

  // MARK: references

  @Test(arguments: seeds) func aSlipIsNeverBookedAndAlwaysSuggested(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let authority = try AuthorityCode("880")
    let meant = DocumentNumber(
      authority: authority, service: .enforcement, year: SchoolYear(startYear: random.within(2024...2030)),
      running: random.within(1...999_999))
    var letters = Array(meant.text.filter { $0 != "-" })
    switch random.below(4) {
    case 0:
      let place = random.pick([0, 1, 2] + Array(5..<15))
      let others = "0123456789".filter { $0 != letters[place] }
      letters[place] = random.pick(Array(others))
    case 1: letters.remove(at: random.pick([0, 1, 2] + Array(5..<16)))
    case 2: letters.insert(random.pick(Array("0123456789")), at: random.below(16))
    default:
      let noughts = letters.indices.filter { $0 != 15 && letters[$0] == "0" }
      for place in noughts { letters[place] = "O" }
      if noughts.isEmpty { letters.removeLast() }
    }
    let reference = PaymentReference(String(letters))
    #expect(reference.number == nil || reference.number == meant, "seed \(seed)")
    if reference.number == nil {
      #expect(reference.suggestions(of: authority).contains(meant), "seed \(seed): \(letters) for \(meant)")
    }
    #expect(reference.suggestions(of: authority).count <= PaymentReference.mostSuggestions)
  }

  // MARK: files

  /// Rows of some days, many of them alike, with or without identifiers.
  private static func rows(_ random: inout SeededGenerator, identified: Bool) -> [(day: Day, text: String)] {
    (0..<random.within(1...60)).map { index in
      let day = firstDay.adding(days: random.below(9))
      let sum = random.pick(["80.00", "160", "£80.00", "-80.00"])
      let reference = random.pick(["880-EN-2526-000001-3", "880-EN-2526-000002-1", "school fine"])
      return (day, "\(identified ? "id-\(index)" : ""),\(day),\(sum),\(reference)")
    }.sorted { $0.day < $1.day }
  }

  private static func identities(_ rows: some Sequence<(day: Day, text: String)>) throws -> [String] {
    let text = "Payment ID,Date,Amount,Reference\n" + rows.map { $0.text + "\n" }.joined()
    let file = try PaymentsCSV.read(Array(text.utf8), from: .payService, today: today)
    #expect(file.refused.isEmpty && file.passedOver.isEmpty)
    return file.rows.map(\.identity)
  }

  @Test(arguments: seeds.prefix(100)) func filesThatOverlapTellEachRowOnce(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let rows = Self.rows(&random, identified: random.below(2) == 0)
    let whole = try Self.identities(rows)
    #expect(Set(whole).count == rows.count, "seed \(seed): two rows are two payments")
    let (first, last) = (Self.firstDay.adding(days: random.below(9)), Self.firstDay.adding(days: random.below(9)))
    let cut = (min(first, last), max(first, last))
    let parts = [rows.filter { $0.day <= cut.1 }, rows.filter { cut.0 <= $0.day }]
    let told = try parts.filter { !$0.isEmpty }.flatMap { try Self.identities($0) }
    let isCovered = parts.reduce(0) { $0 + $1.count } >= rows.count
    #expect(!isCovered || Set(told) == Set(whole), "seed \(seed)")
    #expect(try Set(Self.identities(rows.shuffled(using: &random))) == Set(whole), "seed \(seed): the order of rows")
  }
}
