import Contracts
import Rulebook
import Testing

@testable import EnforcementDomain

/// What each payment does for its notice: a first notice received on 4 March 2026, £80 to the 24th, £160 to the 31st.
@Suite("The money of a notice")
struct NoticeMoneyTests {
  private static let received = Day(ordinal: 20_516)

  /// - Parameter payments: days after receipt, and pounds.
  private static func outcomes(
    _ payments: [(Int, Int)], returned: [Int] = [], level: Int = 1, withdrawnAfter: Int? = nil, after days: Int = 60
  ) throws -> [PaymentOutcome] {
    let credits = payments.enumerated().map { place, payment in
      NoticeMoney.Credit(id: Int64(place), on: received.adding(days: payment.0), sum: .pounds(payment.1))
    }
    let returns = returned.map {
      NoticeMoney.Return(credit: Int64($0), on: credits[$0].on.adding(days: 1), sum: credits[$0].sum)
    }
    let period = try #require(
      NoticePeriod(received: received, level: level, terms: PenaltyNoticeTerms.national[0].value))
    let money = NoticeMoney(credits: credits, returns: returns)
    return money.outcomes(
      period, withdrawnOn: withdrawnAfter.map { received.adding(days: $0) }, on: received.adding(days: days)
    ).map(\.outcome)
  }

  @Test func theFirstAndTheLastDayOfEachSum() throws {
    #expect(try Self.outcomes([(0, 80)]) == [.dischargesReduced])
    #expect(try Self.outcomes([(20, 80)]) == [.dischargesReduced])
    #expect(try Self.outcomes([(21, 80)]) == [.short])
    #expect(try Self.outcomes([(21, 160)]) == [.dischargesFull])
    #expect(try Self.outcomes([(27, 160)]) == [.dischargesFull])
    #expect(try Self.outcomes([(28, 160)]) == [.late])
    #expect(try Self.outcomes([(0, 80)], level: 2) == [.short])
    #expect(try Self.outcomes([(0, 160)], level: 2) == [.dischargesFull])
  }

  @Test func moneyIsAddedUpAndTheRestIsDouble() throws {
    #expect(try Self.outcomes([(1, 40), (2, 40)]) == [.counted, .dischargesReduced])
    #expect(try Self.outcomes([(1, 80), (2, 80)]) == [.dischargesReduced, .double])
    #expect(try Self.outcomes([(20, 40), (22, 120)]) == [.counted, .dischargesFull])
    #expect(try Self.outcomes([(20, 40), (29, 120)]) == [.short, .late])
    #expect(try Self.outcomes([(1, 80), (40, 80)]) == [.dischargesReduced, .double])
  }

  @Test func whatWentBackDoesNothing() throws {
    #expect(try Self.outcomes([(1, 40), (2, 40)], returned: [0]) == [.returned, .short])
    #expect(try Self.outcomes([(1, 80), (2, 80)], returned: [0]) == [.returned, .dischargesReduced])
    #expect(try Self.outcomes([(1, 80)], withdrawnAfter: 10) == [.onWithdrawn])
    #expect(try Self.outcomes([(1, 80)], withdrawnAfter: 10, after: 5) == [.dischargesReduced])
  }

  @Test func refundsOfFilesTakeWhatIsThere() {
    let credits = [
      NoticeMoney.Credit(id: 1, on: Self.received, sum: .pounds(160)),
      NoticeMoney.Credit(id: 2, on: Self.received.adding(days: 1), sum: .pounds(80)),
    ]
    func money(_ refunds: [(Int, Int)], returns: [NoticeMoney.Return] = []) -> NoticeMoney {
      NoticeMoney(
        credits: credits, returns: returns,
        refunds: refunds.enumerated().map {
          NoticeMoney.Refund(
            id: Int64($0.offset), on: Self.received.adding(days: $0.element.0), sum: .pounds($0.element.1))
        })
    }
    #expect(money([(2, 80)]).held(of: 2) == .zero, "of its own sum first")
    #expect(money([(2, 80), (2, 80)]).held(of: 1) == .pounds(80), "then a part of more")
    #expect(money([(0, 80)]).held(of: 2) == .pounds(80), "never of money that came later")
    #expect(money([(2, 500)]).unfounded.map(\.sum) == [.pounds(500)])
    let recorded = NoticeMoney.Return(credit: 2, on: Self.received.adding(days: 3), sum: .pounds(80))
    #expect(money([(5, 80)], returns: [recorded]).held == .pounds(160), "the one that a person recorded")
  }

  @Test func anActIsRefusedWhereTheMoneyIsNotThere() throws {
    let authority = try AuthorityCode("880")
    let notices = (1...2).map {
      DocumentNumber(authority: authority, service: .enforcement, year: SchoolYear(startYear: 2025), running: $0)
    }
    var history = PaymentHistory(number: 1, kind: .payment, on: Self.received, sum: .pounds(160), booked: notices[0])
    func refusal(_ act: PaymentAct) -> PaymentRefusal? {
      var copy = history
      do throws(PaymentRefusal) {
        try copy.add(act, number: 9)
        return nil
      } catch { return error }
    }
    #expect(refusal(.allocated(from: nil, to: notices[1], .pounds(1))) == .moreThanHeld)
    #expect(refusal(.allocated(from: notices[0], to: notices[0], .pounds(1))) == .sameNotice)
    #expect(refusal(.returned(from: notices[0], on: Self.received, .zero, .late)) == .noMoney)
    #expect(refusal(.reversed(act: 1)) == .noSuchAct)
    try history.add(.allocated(from: notices[0], to: notices[1], .pounds(100)), number: 1)
    try history.add(.returned(from: notices[1], on: Self.received, .pounds(60), .late), number: 2)
    #expect(refusal(.reversed(act: 1)) == .moreThanHeld, "what has gone cannot be moved back")
    try history.add(.reversed(act: 2), number: 3)
    #expect(refusal(.reversed(act: 2)) == .noSuchAct, "once")
    try history.add(.reversed(act: 1), number: 4)
    #expect(history.held(at: notices[0]) == .pounds(160) && history.returned == .zero)
  }
}
