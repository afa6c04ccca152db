public import Rulebook

/// How a referral comes, with the evidence that makes it complete (`casework.md` 3 and 15).
public enum ReferralRoute: String, Sendable, Hashable, Codable, CaseIterable {
  /// A school's concern.
  case school = "R1"
  /// Early help or a lead professional.
  case earlyHelp = "R2"
  /// A school's ten-day attendance return or fifteen-day sickness return.
  case absenceReturn = "R3"
  /// A school's request for a penalty notice.
  case penaltyNotice = "R4"
  /// A child missing education, or a name deleted.
  case missingEducation = "R5"
  /// A partner agency: social worker, virtual school, youth justice, health, police.
  case partner = "R6"
  /// A parent or the young person.
  case family = "R7"
  /// The register: a threshold was crossed. It proposes only; a person opens the case.
  case register = "R8"

  /// Who deals with it.
  public enum Destination: String, Sendable, Hashable, Codable, CaseIterable {
    case casework, enforcement
    case missingEducation = "missing-education"
  }

  /// Whether a school makes it. What others say of a child in a referral of theirs is not the school's to read.
  public var isSchools: Bool {
    switch self {
    case .school, .absenceReturn, .penaltyNotice, .missingEducation: true
    case .earlyHelp, .partner, .family, .register: false
    }
  }

  /// Who deals with it, as a proposal to triage.
  public var destination: Destination {
    switch self {
    case .penaltyNotice: .enforcement
    case .missingEducation: .missingEducation
    case .school, .earlyHelp, .absenceReturn, .partner, .family, .register: .casework
    }
  }

  /// The blocks of evidence that make a referral of this route complete: dated, the product's own.
  public static let evidence: Dated<[ReferralRoute: Set<ReferralBlock>]> = [
    InForce(
      [
        .school: [.child, .figures, .steps, .leadView, .barriers, .safeguarding, .voice, .consent, .ask],
        .earlyHelp: [.child, .figures, .barriers, .safeguarding, .voice, .consent, .ask, .assessment],
        .absenceReturn: [.figures, .safeguarding, .return],
        .penaltyNotice: [
          .child, .figures, .steps, .leadView, .barriers, .safeguarding, .voice, .consent, .ask, .sessions,
        ],
        .missingEducation: [.child, .safeguarding, .concern], .partner: [.safeguarding, .concern, .basis],
        .family: [.contact], .register: [.finding],
      ], source: "CW-7; Working together to improve school attendance")
  ]

  /// The fewest dated steps of a school that make its part complete, where it does not say why none was right.
  public static let fewestSteps: Dated<Int> = [InForce(2, source: "CW-7")]

  /// The referral's blocks on a day.
  public func blocks(on day: Day) -> Set<ReferralBlock> { Self.evidence.value(on: day)[self] ?? [] }
}

/// A part of a referral's evidence.
public enum ReferralBlock: String, Sendable, Hashable, Codable, CaseIterable {
  /// Parents with parental responsibility and contact, language and format, who else is at home.
  case child
  /// Twelve school weeks of marks from the register.
  case figures
  /// What the school did, dated, or why nothing was right.
  case steps
  /// What the senior attendance lead thinks.
  case leadView = "lead-view"
  case barriers
  /// The safeguarding question: never left blank.
  case safeguarding
  /// The child's own words and each parent's view.
  case voice
  case consent
  /// What is asked for.
  case ask
  /// An early help assessment.
  case assessment
  /// The return that it rests on.
  case `return`
  /// The sessions relied on.
  case sessions
  case concern
  /// The lawful basis for sharing.
  case basis
  /// How the family wants to be reached.
  case contact
  /// The register's finding.
  case finding
}
