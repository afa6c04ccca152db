import CaseFlow
import Rulebook

extension Prosecution {
  typealias ActRule = Flow<Prosecution>.ActRule

  static let preparing: [ActRule] = [
    .init(
      .refer, "Refer for prosecution", opening: .referred, by: [.attendanceOfficer, .legalOfficer],
      guards: [
        .oneOf(routes, .route, "route-known", "What leads to it must be one of", source: "EN-23"),
        .oneOf(supports, .support, "support-recorded", "Support must be one of", source: "EN-24"),
        .yes(.parentVerified, "parent-verified", "The parent and the address must be verified.", source: "EN-24"),
        periodKnown, liable,
      ], asks: [.route, .support, .parentVerified], owner: .actor),
    .init(
      .warn, "Give a final warning", from: [.referred], to: .finalWarning, by: [.attendanceOfficer, .legalOfficer],
      guards: [warningLength], asks: [.warningUntil]),
    .init(
      .considerSupervision, "Consider an education supervision order", from: beforeCharge, by: [.manager],
      guards: [
        .oneOf(
          supervisions, .supervision, "supervision-answered", "The answer must be one of",
          source: "Education Act 1996 s447(1)")
      ], asks: [.supervision], isDecision: true),
    .init(
      .review, "Take to legal review", from: [.referred, .finalWarning], to: .legalReview, by: [.legalOfficer],
      guards: [offenceKnown, procedureKnown], asks: [.offence, .procedure], owner: .team(.legalOfficer),
      needs: [.considerSupervision]),
    .init(
      .recharge, "Change the offence or the procedure", from: [.legalReview], by: [.legalOfficer],
      guards: [offenceKnown, procedureKnown], asks: [.offence, .procedure], ends: [.testCode]),
    .init(
      .reduce, "Take sessions out of the charge", from: beforeCharge, byProgram: true, ends: [.testCode],
      restarts: [.limitation, .limitationNear]),
  ]

  static let laying: [ActRule] = [
    .init(
      .testCode, "Apply the full code test", from: [.legalReview], by: [.legalOfficer, .manager],
      guards: [
        .yes(.evidenceSuffices, "evidence-suffices", "A conviction must be more likely than not.", source: code),
        .yes(.publicInterest, "public-interest", "A prosecution must be in the public interest.", source: code),
        .yes(
          .defencesConsidered, "defences-considered", "Each statutory defence must be considered.",
          source: "Education Act 1996 s444(1B), (2A), (3), (3B), (6)"),
        .yes(
          .equalityConsidered, "equality-considered",
          "Disability, special educational needs and health must be considered.", source: "Equality Act 2010 s149"),
      ], asks: [.evidenceSuffices, .publicInterest, .defencesConsidered, .equalityConsidered], isDecision: true,
      restsOn: [.register, .sessions, .chargedFrom, .chargedTo, .offence], apartFrom: [.refer, .warn]),
    .init(
      .lay, "Lay the information", from: [.legalReview], to: .laid, by: [.legalOfficer], guards: layingGuards,
      asks: [.adult], isDecision: true, restsOn: [.register], second: .always(.manager),
      needs: [.considerSupervision, .testCode]),
    .init(
      .refuse, "Do not prosecute", from: [.legalReview], to: .notProceeded, by: [.legalOfficer, .manager],
      isDecision: true, ends: [.considerSupervision, .testCode]),
    .init(
      .serveNotice, "Record that the single justice notice was served", from: [.laid], to: .awaitingPlea,
      by: [.legalOfficer], guards: [isSingleJustice, served], asks: [.servedOn]),
    .init(
      .serveSummons, "Record that the summons was served", from: [.laid], to: .awaitingPlea, by: [.legalOfficer],
      guards: [isSummons, served, hearingAhead], asks: [.servedOn, .hearingOn]),
  ]

  static let hearing: [ActRule] = [
    .init(
      .pleadGuilty, "Record a plea of guilty", from: [.awaitingPlea, .listed], to: .sentencing, by: [.legalOfficer],
      guards: [conviction], asks: [.convictedOf]),
    .init(
      .decideOnPapers, "Record a conviction on papers", from: [.awaitingPlea], to: .sentencing, by: [.legalOfficer],
      guards: [isSingleJustice, answerOver, conviction], asks: [.convictedOf]),
    .init(
      .pleadNotGuilty, "Record a plea of not guilty", from: [.awaitingPlea], to: .listed, by: [.legalOfficer],
      guards: [hearingAhead], asks: [.hearingOn]),
    .init(
      .adjourn, "Record another day of hearing", from: [.awaitingPlea, .listed, .appealed], by: [.legalOfficer],
      guards: [hearingAhead], asks: [.hearingOn], restarts: [.plea, .hearing]),
    .init(
      .convict, "Record a conviction after trial", from: [.listed], to: .sentencing, by: [.legalOfficer],
      guards: [conviction], asks: [.convictedOf]),
    .init(.acquit, "Record an acquittal", from: [.listed], to: .acquitted, by: [.legalOfficer], ends: [.lay]),
    .init(
      .sentence, "Record the sentence", from: [.sentencing], to: .sentenced, by: [.legalOfficer],
      guards: sentenceGuards, asks: sentenceFacts),
  ]

  static let ending: [ActRule] = [
    .init(
      .conclude, "Close after the time of an appeal", from: [.sentenced], to: .concluded, byProgram: true,
      guards: [appealOver]),
    .init(
      .appeal, "Record an appeal", from: [.sentenced], to: .appealed, by: [.legalOfficer],
      guards: [appealInTime, hearingAhead], asks: [.appealedOn, .hearingOn]),
    .init(
      .dismissAppeal, "Record that the appeal failed", from: [.appealed], to: .concluded, by: [.legalOfficer]),
    .init(
      .changeSentence, "Record another sentence on appeal", from: [.appealed], to: .concluded, by: [.legalOfficer],
      guards: sentenceGuards, asks: sentenceFacts),
    .init(
      .quash, "Record that the conviction was quashed", from: [.appealed], to: .acquitted, by: [.legalOfficer],
      ends: [.lay]),
    .init(
      .discontinue, "Discontinue", from: beforeCharge.union([.laid, .awaitingPlea, .listed]), to: .withdrawn,
      by: [.legalOfficer, .manager], isDecision: true, ends: [.considerSupervision, .testCode, .lay]),
  ]

  private static let sentenceFacts: Set<Fact> = [
    .sentence, .sentencedOn, .fineBand, .fine, .surcharge, .costs, .parentingOrder, .supervisionDirected,
  ]
}
