public import Rulebook

/// What a referral lacks: told to the referrer at once, and named when it is sent all the same.
public struct ReferralGap: Hashable, Sendable, Codable {
  /// The block.
  public let id: ReferralBlock
  /// What is missing, in one sentence.
  public let words: String

  public init(_ id: ReferralBlock, _ words: String) {
    self.id = id
    self.words = words
  }
}

extension Referral {
  /// What is missing, in the order of the blocks.
  ///
  /// - Parameters:
  ///   - figures: the child's twelve school weeks as the register has them; `nil` where it has none.
  ///   - day: the day on which it is sent, whose rule is asked.
  public func gaps(figures: Attended?, on day: Day) -> [ReferralGap] {
    let asked = route.blocks(on: day)
    return ReferralBlock.allCases.filter(asked.contains).compactMap { block in
      missing(block, figures, on: day).map { ReferralGap(block, $0) }
    }
  }

  /// Whether it can be sent, with or without gaps: the safeguarding question is never left blank where it is asked.
  public func canBeSent(on day: Day) -> Bool {
    !route.blocks(on: day).contains(.safeguarding) || missing(.safeguarding, nil, on: day) == nil
  }

  /// What a block lacks; `nil` when it is whole.
  private func missing(_ block: ReferralBlock, _ figures: Attended?, on day: Day) -> String? {
    switch block {
    case .child: missingOfHome
    case .figures:
      figures.map { $0.possible > 0 } ?? false ? nil : "The register has no marks of the twelve school weeks before."
    case .steps: missingSteps(on: day)
    case .leadView: leadView.isBlank ? "Say what the senior attendance lead thinks." : nil
    case .barriers:
      Set((barriers ?? []).map(\.barrier)).count == Barrier.allCases.count
        ? nil : "Say of each barrier whether it is none, suspected or known."
    case .safeguarding:
      safeguarding.map { $0.by.isEmpty } ?? true
        ? "Answer the safeguarding question with yes, no or unknown, and say who answers." : nil
    case .voice: missingVoice
    case .consent: missingConsent
    case .ask: ask == nil ? "Say what you ask for: support, a contract, a notice or advice." : nil
    case .assessment: assessment.isBlank ? "Add the assessment." : nil
    case .return: `return`.isBlank ? "Name the return that this rests on." : nil
    case .sessions: (sessions ?? []).isEmpty ? "List the sessions relied on." : nil
    case .concern: concern.isBlank ? "Say what the concern is." : nil
    case .basis: basis.isBlank ? "Say on which lawful basis this is shared." : nil
    case .contact: contact.isBlank ? "Say how the family wants to be reached." : nil
    case .finding: finding.isBlank ? "Name the finding that this rests on." : nil
    }
  }

  private var missingOfHome: String? {
    guard let home, home.adults.contains(where: \.hasResponsibility) else {
      return "Name at least one adult with parental responsibility."
    }
    guard home.adults.contains(where: \.canBeReached) else { return "Give a way to reach one of the adults." }
    return home.language.isEmpty || home.format.isEmpty ? "Say in which language and format the family reads." : nil
  }

  private func missingSteps(on day: Day) -> String? {
    let dated = (steps ?? []).filter { $0.on <= day && !$0.agreed.isEmpty }
    let fewest = ReferralRoute.fewestSteps.value(on: day)
    return dated.count >= fewest || !noSteps.isBlank
      ? nil : "Give at least \(fewest) dated steps of the school with what was agreed, or say why none was right."
  }

  private var missingVoice: String? {
    guard let voice, !voice.child.isEmpty else { return "Give the child’s view in the child’s own words." }
    let heard = Set(voice.adults.filter { !$0.view.isEmpty }.map(\.adult))
    let parents = (home?.adults ?? []).filter(\.hasResponsibility).map(\.id)
    return parents.allSatisfy(heard.contains) && !heard.isEmpty ? nil : "Give the view of each parent."
  }

  private var missingConsent: String? {
    guard let consent else { return "Say whether the family agreed to voluntary help, or why it was not asked." }
    return consent.answer == .notAsked && consent.why.isEmpty ? "Say why the family was not asked." : nil
  }
}

extension String? {
  fileprivate var isBlank: Bool { self?.allSatisfy(\.isWhitespace) ?? true }
}
