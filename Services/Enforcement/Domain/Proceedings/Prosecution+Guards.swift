import CaseFlow
import Rulebook

/// What must be so before a court is asked, and what a court can have decided.
extension Prosecution {
  typealias Guard = Flow<Prosecution>.Guard

  static let code = "Code for Crown Prosecutors, full code test"
  private static let limitation = "Magistrates' Courts Act 1980 s127(1); interpretations EN-1, EN-2"

  // MARK: The charge

  static let periodKnown = Guard(
    "period-known", "The days that are charged must be known.", reads: [.chargedFrom, .chargedTo],
    [
      .init(
        { facts in facts.day(.chargedFrom).flatMap { from in facts.day(.chargedTo).map { from <= $0 } } ?? false },
        source: limitation)
    ])
  static let liable = Guard.yes(
    .liable, "liable", "The child must be of compulsory school age and on the roll on every day that is charged.",
    source: "Education Act 1996 s444(1)")
  static let offenceKnown = Guard.oneOf(
    Set(Offence.allCases.map(\.rawValue)), .offence, "offence-known", "The offence must be one of", source: "EN-24")
  static let procedureKnown = Guard(
    "procedure-open", "The procedure must be one that the offence allows.", reads: [.procedure, .offence],
    onDay: [
      .init(
        { facts, day in
          guard let procedure = facts.text(.procedure), procedures.contains(procedure) else { return false }
          return procedure != singleJustice || offence(.offence, facts)?.rule(on: day)?.allowsSingleJustice == true
        }, source: "Magistrates' Courts Act 1980 s16A; Criminal Procedure Rules 2020 r24.9")
    ])
  static let warningLength = Guard(
    "warning-length", "The final warning must be of a length that the authority gives.", reads: [.warningUntil],
    onDay: [
      .init(
        { facts, day in
          let days = CourtClocks.finalWarning.value(on: day)
          return facts.day(.warningUntil).map { days.contains($0 - day) } ?? false
        }, source: "EN-23")
    ])

  // MARK: Laying

  static let layingGuards: [Guard] = [
    periodKnown, liable, inTime, nothingBarred, enoughSessions, noMoneyHeld, timeToPayOver, noHardConflict, noConflict,
    procedureKnown, adultForSingleJustice, packSigned, notInstead,
  ]

  private static let inTime = Guard(
    "in-time", "The first day that is charged must be within the limitation.", reads: [.chargedFrom],
    onDay: [
      .init(
        { facts, day in facts.day(.chargedFrom).map { day <= Limitation.lastDay(for: $0) } ?? false },
        source: limitation)
    ])
  private static let nothingBarred = Guard(
    "nothing-barred", "No session of a paid or withdrawn notice, or that a court has dealt with, may be charged.",
    reads: [.barred],
    [.init({ $0.number(.barred) == 0 }, source: "SI 2007/1867 reg 8; Education Act 1996 s444A; EN-6")])
  private static let enoughSessions = Guard(
    "enough-sessions", "The charge must have as many sessions as the national threshold.", reads: [.sessions, .route],
    onDay: [
      .init(
        { facts, day in
          facts.text(.route) == "order" || facts.number(.sessions).map { $0 >= Charge.fewest.value(on: day) } ?? false
        }, source: "EN-21")
    ], isOverridable: true)
  private static let noMoneyHeld = Guard.no(
    .moneyHeld, "no-money-held", "Money that is held must be allocated or returned first.", source: "PN-13")
  private static let timeToPayOver = Guard(
    "time-to-pay-over", "The time to pay the penalty notice must be over.", reads: [.proceedingsFrom, .route],
    onDay: [
      .init(
        { facts, day in
          facts.day(.proceedingsFrom).map { $0 <= day } ?? (facts.text(.route) != "unpaid-notice")
        }, source: "Education Act 1996 s444A(3); SI 2007/1867")
    ])
  private static let noHardConflict = Guard.noHardConflict(.conflict, "No other matter may exclude a prosecution.")
  private static let noConflict = Guard.noConflict(.conflict, "No other matter may stand in the way.")
  private static let adultForSingleJustice = Guard(
    "adult", "A single justice deals with adults only.", reads: [.adult, .procedure],
    [
      .init(
        { $0.text(.procedure) != singleJustice || $0.flag(.adult) == true },
        source: "Magistrates' Courts Act 1980 s16A(1)")
    ])
  private static let packSigned = Guard.yes(
    .packSigned, "pack-signed", "The court pack must be signed, and no charged mark amended since.",
    source: "Criminal Justice Act 1967 s9; CP-3")
  private static let notInstead = Guard(
    "not-instead", "No supervision order may have been chosen instead.", reads: [.supervision],
    [.init({ $0.text(.supervision) != instead }, source: "Education Act 1996 s447(1)")])

  // MARK: Before the court

  static let isSingleJustice = Guard(
    "is-single-justice", "The procedure must be that of a single justice.", reads: [.procedure],
    [.init({ $0.text(.procedure) == singleJustice }, source: "Magistrates' Courts Act 1980 s16A")])
  static let isSummons = Guard(
    "is-summons", "The procedure must be by summons.", reads: [.procedure],
    [.init({ $0.text(.procedure) == "summons" }, source: "Magistrates' Courts Act 1980 s1")])
  static let served = Guard.past(
    .servedOn, "served", "The day of service must not be in the future.", source: "Criminal Procedure Rules 2020 Part 4"
  )
  static let hearingAhead = Guard.ahead(
    .hearingOn, "hearing-ahead", "The day of the hearing must not be over.", source: "EN-23")
  static let answerOver = Guard(
    "answer-over", "The time to answer must be over.", reads: [.servedOn],
    onDay: [
      .init(
        { facts, day in facts.day(.servedOn).map { CourtClocks.lastDayToAnswer(servedOn: $0) < day } ?? false },
        source: "Criminal Procedure Rules 2020 r24.9(7); EN-3")
    ])
  static let conviction = Guard(
    "conviction-open", "The court can convict of what is charged, or of s444(1) where s444(1A) is.",
    reads: [.offence, .convictedOf],
    [
      .init(
        { facts in
          guard let charged = offence(.offence, facts), let found = offence(.convictedOf, facts) else { return false }
          return charged.allowsConviction(of: found)
        }, source: "Education Act 1996 s444; EN-24")
    ])

  // MARK: The sentence

  static let sentenceGuards: [Guard] = [sentenceOpen, fineFits, sentencedInPast]

  private static let sentenceOpen = Guard(
    "sentence-open", "The sentence must be one that the offence allows.", reads: [.sentence, .convictedOf],
    onDay: [
      .init(
        { facts, day in
          guard let sentence = facts.text(.sentence).flatMap(Sentence.init) else { return false }
          return offence(.convictedOf, facts).map { sentence.isOpen(for: $0, on: day) } ?? false
        }, source: "Education Act 1996 ss443(4), 444(8), (8A)")
    ])
  private static let fineFits = Guard(
    "fine-fits", "A fine has a band and is at most the offence's; nothing else has either. Sums are in pence.",
    reads: [.sentence, .convictedOf, .fine, .fineBand, .surcharge, .costs],
    onDay: [
      .init(
        { facts, day in fineFits(facts, on: day) }, source: "Criminal Justice Act 1982 s37; Sentencing Act 2020 s118")
    ])
  private static let sentencedInPast = Guard.past(
    .sentencedOn, "sentenced", "The day of the sentence must not be in the future.", source: "EN-23")

  private static func fineFits(_ facts: Facts<Fact>, on day: Day) -> Bool {
    guard let fine = facts.number(.fine), let surcharge = facts.number(.surcharge), let costs = facts.number(.costs),
      let band = facts.text(.fineBand), fineBands.contains(band), fine >= 0, surcharge >= 0, costs >= 0
    else { return false }
    let isFine = facts.text(.sentence) == Sentence.fine.rawValue
    guard isFine == (fine > 0), isFine == (band != "none") else { return false }
    return offence(.convictedOf, facts)?.rule(on: day).map { fine <= $0.highestFine.pence } ?? false
  }

  // MARK: The appeal

  static let appealOver = Guard(
    "appeal-over", "The time of an appeal must be over.", reads: [.sentencedOn],
    onDay: [
      .init(
        { facts, day in facts.day(.sentencedOn).map { CourtClocks.lastDayToAppeal(sentencedOn: $0) < day } ?? false },
        source: "Criminal Procedure Rules 2020 r34.2; EN-22")
    ])
  static let appealInTime = Guard(
    "appeal-in-time", "The appeal must have come in its time.", reads: [.sentencedOn, .appealedOn],
    onDay: [
      .init(
        { facts, day in
          guard let sentenced = facts.day(.sentencedOn), let appealed = facts.day(.appealedOn) else { return false }
          return appealed <= day && sentenced <= appealed
            && appealed <= CourtClocks.lastDayToAppeal(sentencedOn: sentenced)
        }, source: "Criminal Procedure Rules 2020 r34.2; EN-22")
    ])

  private static func offence(_ fact: Fact, _ facts: Facts<Fact>) -> Offence? { facts.text(fact).flatMap(Offence.init) }
}
