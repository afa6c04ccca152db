import EnforcementDomain
import Letters
import Rulebook

@testable import EnforcementService

/// Made-up documents about penalty notices. What can contradict is a parameter.
enum MadeNotices {
  static let term = ("2026-09-01", "2026-11-20")

  static func figures(
    first: String = term.0, last: String = term.1, unauthorised: Int = 12
  ) throws -> AttendanceFigures {
    try AttendanceFigures(
      first: day(first), last: day(last), possible: 110, missed: 17, unauthorised: unauthorised)
  }

  static func absences(_ say: Say, _ isos: [String] = ["2026-10-06", "2026-10-05"]) -> [PenaltyNotice.Absence] {
    say.rows(
      "sessions",
      isos.flatMap { iso in
        [Session.am, .pm].map {
          PenaltyNotice.Absence(day: day(iso), session: $0, meaning: say("sessionMeaning", "Holiday not granted"))
        }
      })
  }

  static func penaltyNotice(_ say: Say) throws -> PenaltyNotice {
    try PenaltyNotice(
      child: .init(
        name: say.child, address: say.lines("childAddress", of: "childAddressLine", ["1 High Street", "Exampleton"]),
        school: say.school, provision: say("provisionName", "Example Farm")),
      officer: .init(
        name: say("officerName", "Les Officer"), particulars: say("officerParticulars", "Legal officer, Exampleshire")),
      absences: absences(say),
      payment: .init(
        received: day("2026-12-01"), amountPence: 16_000, lastDay: day("2026-12-28"),
        reduced: .init(amountPence: 8_000, lastDay: day("2026-12-21")),
        methods: say.lines("paymentMethods", of: "paymentMethod", ["By card at www.example.gov.uk/pay"])),
      representations: say("representationsTo", "Attendance Team, County Hall"))
  }

  static func warning(
    _ say: Say, away: DayRange = days("2026-12-07", "2026-12-11"), wasAsked: Bool = true,
    terms: PenaltyNoticeTerms = PenaltyNoticeTerms.national.value(on: day("2026-11-27"))
  ) throws -> EnforcementLetters.AbsenceWarning {
    try .init(
      writer: say.writer, child: say.child, school: say.school, away: away, wasAsked: wasAsked, terms: terms)
  }

  static func toImprove(
    _ say: Say, figures: AttendanceFigures? = nil, absences isos: [String] = ["2026-10-06", "2026-10-05"],
    period: DayRange = days("2026-12-01", "2027-01-18"), most: Int = 2
  ) throws -> EnforcementLetters.NoticeToImprove {
    try .init(
      writer: say.writer, child: say.child, school: say.school, figures: figures ?? Self.figures(),
      absences: absences(say, isos),
      support: say.lines("supportGiven", of: "supportGivenLine", ["A mentor since October"]),
      offer: say.lines("supportOffered", of: "supportOfferedLine", ["Breakfast club", "A walk to school with others"]),
      howToAccept: say("howToAccept", "Call the school by Friday."), period: period, mostUnauthorised: most)
  }

  static func outcome(
    _ say: Say, unauthorised: Int = 5, isMet: Bool = false, next: String = "We will consider a penalty notice."
  ) throws -> EnforcementLetters.ImprovementOutcome {
    try .init(
      writer: say.writer, child: say.child, school: say.school,
      figures: figures(first: "2026-12-01", last: "2027-01-18", unauthorised: unauthorised), mostUnauthorised: 2,
      isMet: isMet, next: say.lines("next", of: "nextLine", [next]))
  }

  static func certificate(
    _ say: Say, due: Int = 160, paid: (sum: Money, on: Day)? = nil
  ) throws -> EnforcementLetters.PaymentCertificate {
    try .init(
      writer: say.writer, notice: noticeNumber(), parent: say.parent, due: .pounds(due), by: day("2026-12-28"),
      paid: paid)
  }

  static func receipt(
    _ say: Say, sum: Int = 80, due: (sum: Money, by: Day)? = nil
  ) throws -> EnforcementLetters.PaymentReceipt {
    try .init(
      writer: say.writer, notice: noticeNumber(), sum: .pounds(sum), received: day("2026-12-10"), due: due)
  }

  static func held(
    _ say: Say, held: Int = 50, missing: Money? = .pounds(110)
  ) throws -> EnforcementLetters.MoneyHeld {
    try .init(
      writer: say.writer, notice: noticeNumber(), held: .pounds(held),
      reason: say("reason", "It is less than the penalty, and we cannot take part of it."), missing: missing,
      lastDay: day("2026-12-28"), otherwise: say("otherwise", "We send it back to the account from which it came."))
  }

  static func withdrawal(
    _ say: Say, ground: NoticeWithdrawal.Ground = .materialError, withdrawn: String = "2026-12-15",
    repaid: Money? = .pounds(80)
  ) throws -> EnforcementLetters.Withdrawal {
    try .init(
      writer: say.writer, child: say.child, notice: noticeNumber(), issued: day("2026-11-27"), ground: ground,
      withdrawn: day(withdrawn),
      repaid: repaid.map { ($0, say("repaidHow", "It goes back to the card with which it was paid.")) })
  }

  static func reply(
    _ say: Say, decision: EnforcementLetters.RepresentationsReply.Decision
  ) throws -> EnforcementLetters.RepresentationsReply {
    try .init(
      writer: say.writer, child: say.child, notice: noticeNumber(), received: day("2026-12-04"),
      ground: say("ground", "You said that Ann was ill on 5 October."), decision: decision,
      reasons: say.lines("reasons", of: "reason", ["The school has no record of an illness."]))
  }

  static func enquiry(
    _ say: Say, period: DayRange = days("2023-12-01", "2026-11-30")
  ) throws -> EnforcementLetters.EarlierNoticesEnquiry {
    try .init(
      writer: say.writer, parent: say.parent, child: say.child, birth: day("2017-05-06"), school: say.school,
      purpose: say("purpose", "We are deciding whether a penalty notice may be issued, and at what level."),
      period: period, answerBy: day("2026-12-04"))
  }

  private static let signed = ["Pat Officer", "Attendance officer", "01632 960001"]
  private static let register = ["From 1 September 2026 to 20 November 2026", "110", "17", "12"]

  static let samples: [LetterSample] = [
    LetterSample(
      "E1, leave refused",
      says: signed + [
        "Ann Sample", "Example Primary School", "The school did not agree", "Monday 7 December 2026",
        "Friday 11 December 2026", "Each parent", "£80 if you pay within 21 days, and £160", "28 days to pay",
        "in 3 years", "Second notice £160", "no third notice", "another language",
      ], omits: ["Nobody asked"]
    ) { try warning($0) },
    LetterSample("E1, leave not asked for", says: ["Nobody asked the school"], omits: ["did not agree"]) {
      try warning($0, wasAsked: false)
    },
    LetterSample(
      "E2",
      says: signed + register + [
        "Ann Sample", "Example Primary School", "Monday 5 October 2026 Morning Holiday not granted",
        "Tuesday 6 October 2026 Afternoon", "section 7", "section 444", "A mentor since October", "Breakfast club",
        "Call the school by Friday.", "Tuesday 1 December 2026", "Monday 18 January 2027", "2 at most",
        "penalty notice or be prosecuted", "can come before the last day",
      ]
    ) { try toImprove($0) },
    LetterSample(
      "E3, not met",
      says: signed + [
        "From 1 December 2026 to 18 January 2027", "110", "17", "has not improved enough", "2 at most",
        "We will consider a penalty notice.",
      ], omits: ["Thank you"]
    ) { try outcome($0) },
    LetterSample(
      "E3, met", says: ["has improved enough", "Thank you", "There is no penalty notice."], omits: ["has not improved"]
    ) {
      try outcome($0, unauthorised: 2, isMet: true, next: "There is no penalty notice.")
    },
    LetterSample(
      "certificate of non-payment",
      says: signed + [
        "880-EN-2627-000042-B", "Mary Sample", "£160", "had not received payment", "Monday 28 December 2026",
        "Signed by the proper officer",
      ], omits: ["was received by"]
    ) { try certificate($0) },
    LetterSample(
      "certificate of payment", says: ["£160 was received", "Monday 14 December 2026"], omits: ["had not received"]
    ) { try certificate($0, paid: (.pounds(160), day("2026-12-14"))) },
    LetterSample(
      "E5, discharged",
      says: signed + [
        "880-EN-2627-000042-B", "£80", "Thursday 10 December 2026",
        "paid in full. The person to whom the notice was given cannot be prosecuted",
      ], omits: ["not paid in full", "Ann"]
    ) { try receipt($0) },
    LetterSample(
      "E5, something still due", says: ["not paid in full", "another £110 by Monday 28 December 2026"],
      omits: ["cannot be prosecuted"]
    ) { try receipt($0, sum: 50, due: (.pounds(110), day("2026-12-28"))) },
    LetterSample(
      "E6, can be completed",
      says: signed + [
        "We hold £50", "880-EN-2627-000042-B", "less than the penalty", "by Monday 28 December 2026",
        "Pay another £110", "send back what we hold", "to the account from which it came",
      ], omits: ["cannot be completed", "Ann"]
    ) { try held($0) },
    LetterSample("E6, too late", says: ["cannot be completed", "send back"], omits: ["Pay another"]) {
      try held($0, missing: nil)
    },
    LetterSample(
      "E7, reg 8",
      says: signed + [
        "Ann Sample", "880-EN-2627-000042-B", "27 November 2026", "Tuesday 15 December 2026", "material errors",
        "returning the £80", "card with which it was paid", "No proceedings for the absences in that notice",
      ], omits: ["not prosecuting"]
    ) { try withdrawal($0) },
    LetterSample("E7, wrong person", says: ["issued to you"], omits: ["material", "returning"]) {
      try withdrawal($0, ground: .wrongPerson, repaid: nil)
    },
    LetterSample("E7, not to be issued", says: ["should not have been issued."], omits: ["issued to you", "material"]) {
      try withdrawal($0, ground: .oughtNotHaveBeenIssued)
    },
    LetterSample(
      "E7, reg 9", says: ["not paid in time", "must withdraw", "No proceedings for the absences in that notice"],
      omits: ["returning"]
    ) { try withdrawal($0, ground: .unpaidNotProsecuted, repaid: nil) },
    LetterSample(
      "E8, stands",
      says: signed + [
        "4 December 2026", "880-EN-2627-000042-B", "Ann was ill on 5 October", "The notice stands",
        "no record of an illness", "pay £160 so that we have it by Monday 28 December 2026",
      ], omits: ["decided to withdraw", "time for paying this notice is over"]
    ) { try reply($0, decision: .stands(due: .init(sum: .pounds(160), by: day("2026-12-28")))) },
    LetterSample("E8, stands and time is over", says: ["time for paying this notice is over"], omits: ["pay £"]) {
      try reply($0, decision: .stands(due: nil))
    },
    LetterSample("E8, stands and is paid", says: ["The penalty is paid"], omits: ["pay £", "may be prosecuted"]) {
      try reply($0, decision: .settled)
    },
    LetterSample("E8, withdrawn", says: ["decided to withdraw"], omits: ["The notice stands", "may be prosecuted"]) {
      try reply($0, decision: .withdrawn)
    },
    LetterSample(
      "E20",
      says: signed + [
        "Mary Sample", "Ann Sample", "6 May 2017", "Example Primary School", "1 December 2023 and 30 November 2026",
        "whether a penalty notice may be issued", "Answer yes or no", "the date of each notice and its status",
        "Friday 4 December 2026", "send nothing else",
      ]
    ) { try enquiry($0) },
    LetterSample("E4", says: ["Les Officer", "£160", "£80", "Example Farm"]) { try penaltyNotice($0) },
  ]
}
