public import Rulebook

/// One document that a pack must have.
public struct PackRule: Hashable, Sendable {
  /// Any one of these is enough.
  public let documents: [PackDocument]
  public let maker: PackMaker
  /// What it must contain.
  public let contents: [PackContent]
  /// What it must contain besides, where something is so.
  public let further: [PackCircumstance: [PackContent]]
  /// What must be so for it to be needed; it always is when `nil`.
  public let circumstance: PackCircumstance?
  /// Whether the pack may do without it, and only has to have it right.
  public let isOptional: Bool
  /// Whether several documents may contain between them what is asked; otherwise each contains all of it.
  public let isTogether: Bool
  /// The instrument and paragraph.
  public let source: String

  init(
    _ documents: PackDocument..., by maker: PackMaker, _ contents: [PackContent] = [],
    further: [PackCircumstance: [PackContent]] = [:], where circumstance: PackCircumstance? = nil,
    optional isOptional: Bool = false, together isTogether: Bool = false, from source: String
  ) {
    self.documents = documents
    self.maker = maker
    self.contents = contents
    self.further = further
    self.circumstance = circumstance
    self.isOptional = isOptional
    self.isTogether = isTogether
    self.source = source
  }
}

/// What each kind of pack must have, as dated law.
public enum PackRules {
  /// The documents that are required on the day on which a pack is reviewed or signed (CP-1).
  public static func required(for route: PackRoute) -> Dated<[PackRule]> {
    switch route {
    case .summons, .knowingSummons: prosecutions
    case .singleJustice: singleJustice
    case .orderBreach: orderBreaches
    case .supervisionOrder: supervisionOrders
    case .parentingOrder: parentingOrders
    }
  }

  private static let educationAct = Day(year: 1996, month: 11, day: 1)

  private static let prosecutions: Dated<[PackRule]> = [
    InForce(
      [
        PackRule(
          .information, by: .legal,
          [.prosecutor, .defendant, .dateOfBirth, .child, .school, .statute, .period],
          from: "Magistrates' Courts Act 1980 s1"
        ),
        statement(),
      ] + absenceEvidence, from: educationAct, source: "Education Act 1996 s444; CP-1")
  ]

  private static let singleJustice: Dated<[PackRule]> = [
    InForce(
      [
        PackRule(
          .writtenCharge, by: .legal,
          [.prosecutor, .defendant, .dateOfBirth, .child, .school, .statute, .period], from: "\(bundle)(a)"),
        PackRule(.caseSummary, .witnessStatement, by: .officer, [.narrative], from: "\(bundle)(b)"),
        statement(optional: true),
        PackRule(.sentenceMaterial, by: .legal, [.convictions, .ordersSought], from: "\(bundle)(c)"),
        PackRule(.procedureNotice, by: .legal, from: "\(bundle)(d)"),
        PackRule(
          .pleaForms, by: .legal, [.guiltyOnPapers, .guiltyHeard, .notGuilty], together: true, from: "\(bundle)(e)"),
        PackRule(.meansForm, by: .legal, from: "CP-1"),
      ] + absenceEvidence, from: Day(year: 2020, month: 10, day: 5), source: "Criminal Procedure Rules 2020 r24.9; CP-1"
    )
  ]

  private static let orderBreaches: Dated<[PackRule]> = [
    InForce(
      [
        PackRule(
          .information, by: .legal, [.prosecutor, .defendant, .dateOfBirth, .child, .statute, .period],
          from: "Magistrates' Courts Act 1980 s1"),
        statement(),
        PackRule(.noticeToSatisfy, by: .officer, [.date], from: "Education Act 1996 s437(1)"),
        PackRule(.noticeOfIntention, by: .officer, [.date], from: "Education Act 1996 s438"),
        PackRule(.proofOfService, by: .officer, [.date], from: "Education Act 1996 s572"),
        PackRule(.parentResponse, by: .officer, [.whyNotSatisfied], from: "Education Act 1996 s437(3)"),
        PackRule(.expediency, by: .officer, [.decisionMaker, .date, .reasons], from: "Education Act 1996 s437(3)"),
        PackRule(.schoolConsultation, by: .officer, [.date], from: "Education Act 1996 s439"),
        PackRule(.attendanceOrder, by: .officer, [.date, .school], from: "Education Act 1996 s437"),
        PackRule(.nonRegistration, by: .school, [.signature, .date], from: "Education Act 1996 s443"),
      ] + beforeCourt, from: educationAct, source: "Education Act 1996 s443; CP-1")
  ]

  private static let supervisionOrders: Dated<[PackRule]> = [
    InForce(
      [
        PackRule(.application, by: .legal, [.child, .grounds], from: "Children Act 1989 s36(1), (3)"),
        PackRule(.alternatives, by: .officer, [.supportAndResponse], from: "Children Act 1989 s1(5); CP-1"),
        PackRule(.consultationReply, by: .socialServices, [.date], from: "Children Act 1989 s36(8)"),
        PackRule(.plan, by: .officer, [.directions], from: "Children Act 1989 Sch 3 para 12"),
        PackRule(.chronology, by: .officer, [.narrative], from: "CP-1"),
        PackRule(.wishes, by: .officer, from: "Children Act 1989 s1(3)(a), Sch 3 para 12"),
      ], from: Day(year: 1991, month: 10, day: 14), source: "Children Act 1989 s36; CP-1")
  ]

  private static let parentingOrders: Dated<[PackRule]> = [
    InForce(
      [
        PackRule(.orderRequest, by: .legal, [.defendant, .child, .reasons], from: "Sentencing Code s369"),
        PackRule(.programme, by: .officer, [.date], from: "Sentencing Code s369"),
        PackRule(.familyCircumstances, by: .officer, where: .childUnderSixteen, from: "Sentencing Code s369"),
      ], from: Day(year: 2020, month: 12, day: 1), source: "Sentencing Code s369; CP-1")
  ]

  private static let bundle = "Criminal Procedure Rules 2020 r24.9(2)"

  private static func statement(optional isOptional: Bool = false) -> PackRule {
    PackRule(
      .witnessStatement, by: .officer,
      [.narrative, .exhibitsIdentified, .exhibitsCopied, .signature, .truthDeclaration, .liabilityKnown],
      further: [.makerUnderEighteen: [.makerAge]], optional: isOptional, from: "Criminal Justice Act 1967 s9(2), (3)")
  }

  /// What proves the absence, that support came first, and that a prosecution is right.
  private static let absenceEvidence: [PackRule] =
    [
      PackRule(
        .attendanceCertificate, by: .headTeacher,
        [.child, .school, .period, .possibleAndAttended, .dailyCodes, .signature, .date],
        from: "Education Act 1996 s566"),
      PackRule(.letters, by: .officer, from: "Criminal Justice Act 1967 s9(7); CP-1"),
      PackRule(.proofOfService, by: .officer, [.date], from: "Education Act 1996 s572"),
      PackRule(
        .supportRecord, by: .officer, [.supportAndResponse], from: "Working together to improve school attendance; CP-1"
      ),
      PackRule(
        .penaltyNotice, by: .officer, [.noticeNumber, .date], where: .penaltyNotice, from: "Education Act 1996 s444A"),
      PackRule(
        .nonPayment, by: .properOfficer, [.noticeNumber, .unpaidByDate, .signature], where: .penaltyNotice,
        from: "SI 2007/1867 reg 6"),
    ] + beforeCourt

  private static let beforeCourt: [PackRule] = [
    PackRule(
      .supervisionConsidered, by: .manager, [.decisionMaker, .date, .reasons], from: "Education Act 1996 s447(1)"),
    PackRule(
      .fullCodeTest, by: .reviewer,
      [
        .evidence, .statutoryCauses, .leave, .transport, .justification, .mobileParents, .publicInterest,
        .equalityAndHealth,
      ], from: "Code for Crown Prosecutors, full code test; CP-1"),
    PackRule(
      .unusedMaterial, by: .officer, [.registerAmendments], from: "Criminal Procedure and Investigations Act 1996 s3"),
    PackRule(.costs, by: .legal, from: "Prosecution of Offences Act 1985 s18"),
  ]
}
