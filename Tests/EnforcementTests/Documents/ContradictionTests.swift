import EnforcementDomain
import Letters
import Rulebook
import Testing

@testable import EnforcementService

/// Facts that no document can be made of.
@Suite("Contradictory facts in documents")
struct ContradictionTests {
  struct Attempt: Sendable, CustomTestStringConvertible {
    let title: String
    let words: String
    let make: @Sendable () throws -> any Letter

    init(_ title: String, _ words: String, _ make: @escaping @Sendable () throws -> any Letter) {
      (self.title, self.words, self.make) = (title, words, make)
    }

    var testDescription: String { title }
  }

  private static let reduced = PenaltyNoticeTerms.Sums(reduced: .pounds(80), full: .pounds(160))

  private static func terms(_ sums: [PenaltyNoticeTerms.Sums]) -> PenaltyNoticeTerms {
    PenaltyNoticeTerms(
      sums: sums, reducedDays: 21, fullDays: 28, lookbackYears: 3, countedFrom: nil, counted: [.paid])
  }

  static let notices: [Attempt] = [
    Attempt("E1, days turned round", "ends before it begins") {
      try MadeNotices.warning(Say(), away: days("2026-12-11", "2026-12-07"))
    },
    Attempt("E1, three notices", "two notices") {
      try MadeNotices.warning(Say(), terms: terms([reduced, .init(reduced: nil, full: .pounds(160)), reduced]))
    },
    Attempt("E1, the second reduced", "two notices") {
      try MadeNotices.warning(Say(), terms: terms([reduced, reduced]))
    },
    Attempt("E2, figures in the period", "reach into the period") {
      try MadeNotices.toImprove(Say(), period: days("2026-11-20", "2027-01-18"))
    },
    Attempt("E2, period turned round", "ends before it begins") {
      try MadeNotices.toImprove(Say(), period: days("2027-01-18", "2026-12-01"))
    },
    Attempt("E2, session outside the figures", "not those of the figures") {
      try MadeNotices.toImprove(Say(), absences: ["2026-08-31"])
    },
    Attempt("E2, more sessions than the figures have", "not those of the figures") {
      try MadeNotices.toImprove(Say(), figures: MadeNotices.figures(unauthorised: 3))
    },
    Attempt("E2, a session twice", "there twice") {
      try MadeNotices.toImprove(Say(), absences: ["2026-10-05", "2026-10-05"])
    },
    Attempt("E2, fewer than none", "Fewer than no sessions") { try MadeNotices.toImprove(Say(), most: -1) },
    Attempt("E3, met and not", "do not bear out") { try MadeNotices.outcome(Say(), isMet: true) },
    Attempt("E3, not met and met", "do not bear out") { try MadeNotices.outcome(Say(), unauthorised: 2) },
    Attempt("certificate, nothing due", "Nothing was due") { try MadeNotices.certificate(Say(), due: 0) },
    Attempt("certificate, part", "not paid in full") {
      try MadeNotices.certificate(Say(), paid: (.pounds(80), day("2026-12-14")))
    },
    Attempt("certificate, later", "not paid in full") {
      try MadeNotices.certificate(Say(), paid: (.pounds(160), day("2026-12-29")))
    },
    Attempt("E5, nothing paid", "Nothing was paid") { try MadeNotices.receipt(Say(), sum: 0) },
    Attempt("E5, nothing due", "Nothing is due") {
      try MadeNotices.receipt(Say(), due: (.zero, day("2026-12-28")))
    },
    Attempt("E5, time over", "last day is over") {
      try MadeNotices.receipt(Say(), due: (.pounds(80), day("2026-12-09")))
    },
    Attempt("E6, nothing held", "Nothing is held") { try MadeNotices.held(Say(), held: 0) },
    Attempt("E6, nothing missing", "nothing is missing") { try MadeNotices.held(Say(), missing: .zero) },
    Attempt("E7, before its issue", "withdrawn before it was issued") {
      try MadeNotices.withdrawal(Say(), withdrawn: "2026-11-26")
    },
    Attempt("E7, nothing sent back", "Nothing is sent back") { try MadeNotices.withdrawal(Say(), repaid: .zero) },
    Attempt("E7, unpaid and repaid", "without repayment") {
      try MadeNotices.withdrawal(Say(), ground: .unpaidNotProsecuted)
    },
    Attempt("E8, nothing due", "Nothing is due") {
      try MadeNotices.reply(Say(), decision: .stands(due: .init(sum: .zero, by: day("2026-12-28"))))
    },
    Attempt("E8, time over", "last day is over") {
      try MadeNotices.reply(Say(), decision: .stands(due: .init(sum: .pounds(80), by: day("2026-12-03"))))
    },
    Attempt("E20, period turned round", "ends before it begins") {
      try MadeNotices.enquiry(Say(), period: days("2026-11-30", "2023-12-01"))
    },
    Attempt("E20, period to come", "ends after the answer") {
      try MadeNotices.enquiry(Say(), period: days("2023-12-01", "2026-12-05"))
    },
  ]

  static let papers: [Attempt] = [
    Attempt("E9, offence turned round", "ends before it begins") {
      try MadePapers.interview(Say(), period: days("2026-11-20", "2026-09-01"))
    },
    Attempt("E9, answer after the interview", "not in this order") {
      try MadePapers.interview(Say(), answerBy: "2026-12-12")
    },
    Attempt("E9, answer before the offence ended", "not in this order") {
      try MadePapers.interview(Say(), answerBy: "2026-11-20")
    },
    Attempt("E10, nothing missed", "Nothing was missed") { try MadePapers.finalWarning(Say(), unauthorised: 0) },
    Attempt("E10, decided before the meeting", "not in this order") {
      try MadePapers.finalWarning(Say(), decision: "2026-12-10")
    },
    Attempt("E12, convicted without a sentence", "orders is missing") { try MadePapers.result(Say(), orders: []) },
    Attempt("E12, appeal against an acquittal", "nothing to appeal") {
      try MadePapers.result(Say(), outcome: .acquitted)
    },
    Attempt("E12, appeal before the decision", "nothing to appeal") {
      try MadePapers.result(Say(), reader: .parent(appealBy: day("2027-03-02")))
    },
    Attempt("E13, fourteen days", "too short") { try MadePapers.toSatisfy(Say(), lastDay: "2026-12-14") },
    Attempt("E14, fourteen days", "too short") { try MadePapers.intention(Say(), lastDay: "2027-01-04") },
    Attempt("E14, the school as its alternative", "named twice") {
      try MadePapers.intention(Say(), alternatives: ["Example Primary School"])
    },
    Attempt("E14, an alternative twice", "named twice") {
      try MadePapers.intention(Say(), alternatives: ["Sample Academy", "Sample Academy"])
    },
    Attempt("E15, fourteen days", "too short") { try MadePapers.consultation(Say(), lastDay: "2026-12-30") },
    Attempt("E15, not born", "not born") { try MadePapers.consultation(Say(), birth: "2026-12-17") },
    Attempt("E16, notices turned round", "not in this order") { try MadePapers.order(Say(), intention: "2026-12-01") },
    Attempt("E16, registered before the notice", "not in this order") {
      try MadePapers.order(Say(), intention: "2027-01-18")
    },
    Attempt("E16, no fine", "no fine") { try MadePapers.order(Say(), fine: .init(level: 3, most: .zero)) },
    Attempt("E17, older than the order", "older than the order") {
      try MadePapers.decision(Say(), .revoked, from: "2027-01-06")
    },
    Attempt("E18, before birth", "before the child was born") {
      try MadeSupervision.application(Say(), event: "2017-05-06")
    },
    Attempt("E18, direction before the order", "not in force") {
      try MadeSupervision.directions(Say(), given: "2027-01-31")
    },
    Attempt("E18, direction after the order", "not in force") {
      try MadeSupervision.directions(Say(), from: "2028-02-01")
    },
    Attempt("E18, direction for the past", "not in force") {
      try MadeSupervision.directions(Say(), from: "2027-02-07")
    },
    Attempt("E18, review after the order", "outside the order") {
      try MadeSupervision.review(Say(), next: "2028-02-01")
    },
    Attempt("E18, next review today", "outside the order") { try MadeSupervision.review(Say(), next: "2027-04-12") },
    Attempt("E18, ended before it was made", "before it was made") {
      try MadeSupervision.end(Say(), .expired, lastDay: "2027-01-31")
    },
    Attempt("E19, thirteen months", "not as the law has it") {
      try MadePapers.parentingOrder(Say(), order: days("2027-03-03", "2028-03-03"))
    },
    Attempt("E19, a first order without a programme", "not as the law has it") {
      try MadePapers.parentingOrder(Say(), programme: nil)
    },
    Attempt("E19, programme turned round", "ends before it begins") {
      try MadePapers.parentingOrder(Say(), programme: days("2027-06-14", "2027-03-15"))
    },
  ]

  @Test(arguments: notices + papers)
  func isRefused(attempt: Attempt) {
    let error = #expect(throws: LetterError.self) { try attempt.make() }
    #expect(error?.description.contains(attempt.words) == true, "\(error?.description ?? "nothing")")
  }
}
