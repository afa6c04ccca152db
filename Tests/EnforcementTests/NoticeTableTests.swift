import Foundation
import Letters
import Rulebook
import TestKit
import Testing

@testable import EnforcementDomain

/// The tables of penalty notices: their days, their ledger, their money and their end.
@Suite("Tables of penalty notices")
struct NoticeTableTests {
  private let terms = PenaltyNoticeTerms.national[0].value

  private func pounds(_ money: Money?) throws -> Int? {
    guard let money else { return nil }
    #expect(money.pence % 100 == 0)
    return money.pence / 100
  }

  private struct Sent: Decodable {
    let sent: Day
    let method: ServiceMethod
    let level: Int?
    let weeks: Int?
    let calendar: TableCalendar?
  }

  @Test func payment() throws {
    for one in try DecisionTable("deadline_cases.json", type: "pn_payment").cases {
      let input = try one.input(Sent.self)
      let received = try #require(ServiceRules.penaltyNotice.served(input.method, on: input.sent)).day
      let level = try #require(input.level)
      let period = try #require(NoticePeriod(received: received, level: level, terms: terms))
      #expect(
        try one.expects([
          "received": received.iso, "last_day_reduced": period.lastDayReduced?.iso,
          "reduced_amount": try pounds(period.sums.reduced), "last_day_full": period.lastDayFull.iso,
          "full_amount": try pounds(period.sums.full), "first_day_proceedings": period.firstDayOfProceedings.iso,
        ]), "\(one.id)")
    }
  }

  @Test func noticeToImprove() throws {
    for one in try DecisionTable("deadline_cases.json", type: "nti_period").cases {
      let input = try one.input(Sent.self)
      let received = try #require(ServiceRules.penaltyNotice.served(input.method, on: input.sent)).day
      let (weeks, calendar) = (try #require(input.weeks), try #require(input.calendar).calendar)
      let rule = try #require(NoticeToImprove.Rule.national.first).value
      let time = try #require(NoticeToImprove(received: received, weeks: weeks, calendar: calendar, rule: rule))
      #expect(
        try one.expects([
          "received": received.iso, "period_first_day": time.firstDay?.iso, "period_last_day": time.lastDay?.iso,
        ]), "\(one.id)")
    }
  }

  /// A notice of a table, whose ids of persons are its own.
  private struct Notice: Decodable {
    let id: String?
    let parent: String
    let child: String
    let issued: Day
    let status: NoticeStanding
    let sessions: [[String]]?
  }

  private struct Proposed: Decodable {
    let parent: String
    let child: String
    let proposedIssue: Day
    let sessions: [[String]]?
    let ledger: [Notice]?
    let prior: [Notice]?
    let belowThresholdReason: String?

    enum CodingKeys: String, CodingKey {
      case parent, child, sessions, ledger, prior
      case proposedIssue = "proposed_issue"
      case belowThresholdReason = "below_threshold_reason"
    }
  }

  private func sessions(_ rows: [[String]]?) throws -> Set<RegisterSession> {
    Set(
      try (rows ?? []).map {
        RegisterSession(try #require(Day(iso: $0[0])), try #require(Session(rawValue: $0[1])))
      })
  }

  private func rows(_ sessions: [RegisterSession]) -> [[String]] {
    sessions.map { [$0.date.iso, $0.session.rawValue] }
  }

  private func judge(_ input: Proposed) throws -> NoticeLedger.Judgement {
    let own = (input.ledger ?? input.prior ?? []).filter { $0.parent == input.parent && $0.child == input.child }
    let ledger = NoticeLedger(
      try own.map {
        .init(id: $0.id ?? "", issued: $0.issued, standing: $0.status, sessions: try sessions($0.sessions))
      })
    return ledger.judge(
      try sessions(input.sessions), on: input.proposedIssue,
      isBelowThresholdExplained: !(input.belowThresholdReason ?? "").isEmpty, terms: terms,
      threshold: ThresholdRule.national.value(on: input.proposedIssue))
  }

  @Test func level() throws {
    for one in try DecisionTable("deadline_cases.json", type: "pn_level").cases {
      let judged = try judge(try one.input(Proposed.self))
      #expect(
        try one.expects([
          "counted_prior": judged.counted.count, "lookback_first_day": judged.lookbackFirstDay.iso,
          "allowed": judged.level != nil, "level": judged.level, "amount_reduced": try pounds(judged.sums?.reduced),
          "amount_full": try pounds(judged.sums?.full),
        ]), "\(one.id)")
    }
  }

  @Test func ledger() throws {
    for one in try DecisionTable("enforcement_cases.json", type: "pn_ledger").cases {
      let judged = try judge(try one.input(Proposed.self))
      #expect(
        try one.expects([
          "counted": judged.counted, "level": judged.level, "amount_reduced": try pounds(judged.sums?.reduced),
          "amount_full": try pounds(judged.sums?.full), "sessions_already_used": rows(judged.used),
          "sessions_in_withdrawn_notice": rows(judged.ofWithdrawn), "blocks": judged.blocks.map(\.rawValue),
          "allowed": judged.isAllowed,
        ]), "\(one.id)")
    }
  }

  private struct Account: Decodable {
    struct Payment: Decodable {
      let date: Day
      let amount: Int
      let returnedOn: Day?

      enum CodingKeys: String, CodingKey {
        case date, amount
        case returnedOn = "returned_on"
      }
    }
    let level: Int
    let received: Day
    let payments: [Payment]
    let asOf: Day
    let withdrawnOn: Day?

    enum CodingKeys: String, CodingKey {
      case level, received, payments
      case asOf = "as_of"
      case withdrawnOn = "withdrawn_on"
    }
  }

  @Test func status() throws {
    for one in try DecisionTable("enforcement_cases.json", type: "pn_status").cases {
      let input = try one.input(Account.self)
      let period = try #require(
        NoticePeriod(received: input.received, level: input.level, terms: terms))
      let standing = NoticeAccount(
        period, payments: input.payments.map { .init(on: $0.date, sum: .pounds($0.amount), returnedOn: $0.returnedOn) },
        withdrawnOn: input.withdrawnOn
      ).standing(on: input.asOf)
      #expect(
        try one.expects([
          "first_day_proceedings": period.firstDayOfProceedings.iso, "discharged_on": standing.dischargedOn?.iso,
          "due_today": try pounds(standing.due), "unallocated": try pounds(standing.unallocated),
          "refund_due": try pounds(standing.refund), "proceedings_possible": standing.proceedingsPossible,
          "state": standing.state.rawValue,
        ]), "\(one.id)")
    }
  }

  private struct Withdrawal: Decodable {
    let ground: String
    let state: NoticeWithdrawal.Stage
    let held: Int
    let on: Day
    let firstDayProceedings: Day

    enum CodingKeys: String, CodingKey {
      case ground, state, held, on
      case firstDayProceedings = "first_day_proceedings"
    }
  }

  @Test func withdrawal() throws {
    for one in try DecisionTable("enforcement_cases.json", type: "pn_withdrawal").cases {
      let input = try one.input(Withdrawal.self)
      let judged = NoticeWithdrawal(
        .init(rawValue: input.ground), at: input.state, holding: .pounds(input.held), on: input.on,
        firstDayOfProceedings: input.firstDayProceedings)
      #expect(
        try one.expects([
          "permitted": judged.isPermitted, "refund": try pounds(judged.refund),
          "written_notice_required": judged.isPermitted, "proceedings_barred": judged.barsProceedings,
          "counts_toward_limit_after": judged.countsAfter, "must_discontinue": judged.mustDiscontinue,
        ]), "\(one.id)")
    }
  }
}
