public import Contracts
public import Rulebook

/// What one kind of receiver may be told of one kind of event (`notifications.md` 4).
public struct DisclosureRule: Hashable, Sendable {
  /// Something that must be true of the child before the receiver is told.
  public enum Condition: String, Sendable, CaseIterable {
    /// The receiver has an open case about the child.
    case openCase = "an open case"
    /// The child is looked after by the authority.
    case lookedAfter = "a looked-after child"
  }

  /// The event told of.
  public let event: EventType
  /// Who is told.
  public let recipient: RecipientKind
  /// The highest level that a message may have.
  public let highest: DisclosureLevel
  /// What must be true of the child; `nil` where nothing must.
  public let condition: Condition?
  /// The lawful bases on which a subscription may rest.
  public let bases: Set<LawfulBasis>

  public init(
    event: EventType, recipient: RecipientKind, highest: DisclosureLevel, condition: Condition?,
    bases: Set<LawfulBasis>
  ) {
    self.event = event
    self.recipient = recipient
    self.highest = highest
    self.condition = condition
    self.bases = bases
  }
}

/// The rules on who may be told what, as dated data. What no rule allows is refused.
public struct DisclosurePolicy: Sendable {
  /// All of them, with the days on which they apply.
  public let rules: [InForce<DisclosureRule>]

  public init(rules: [InForce<DisclosureRule>]) { self.rules = rules }

  /// The rule in force for an event and a receiver; `nil` when nothing may be told.
  public func rule(for event: EventType, to recipient: RecipientKind, on day: Day) -> InForce<DisclosureRule>? {
    rules.filter { $0.value.event == event && $0.value.recipient == recipient }.inForce(on: day)
  }

  /// The events that any receiver may subscribe to on a day.
  public func events(on day: Day) -> [EventType] {
    var seen: Set<EventType> = []
    return rules.filter { $0.applies(on: day) }.map(\.value.event).filter { seen.insert($0).inserted }
  }

  /// Facts about a child that this program can establish; a rule with any other condition lets nothing through.
  /// None yet: the services that know of open cases and of children in care do not publish them.
  public static let establishedConditions: Set<DisclosureRule.Condition> = []

  /// The policy of `notifications.md` 4 for the three events about a proposed penalty notice.
  ///
  /// A proposal comes before a notice, so nobody is told more than N06 (notice issued) allows. That a proposal
  /// fell away is told to the same receivers at the same level, because a message that became wrong must be
  /// corrected (`notifications.md` 2); N07 is about a notice already issued and does not apply. Early help is not in
  /// N06; it is told as in N02 (level 2), because support must be considered before a notice (`enforcement.md` 2).
  public static let standard: DisclosurePolicy = {
    let framework = Day(year: 2024, month: 8, day: 19)!
    let events = [PenaltyNoticeProposed.type, PenaltyNoticeProposalRevised.type, PenaltyNoticeProposalLapsed.type]
    let rows: [(RecipientKind, DisclosureLevel, DisclosureRule.Condition?, Set<LawfulBasis>, String)] = [
      (.school, .attendance, nil, [.educationDuty, .criminalOffence, .sharingAgreement], "notifications.md 4 N06 S"),
      (
        .socialCare, .identity, .openCase, [.educationDuty, .criminalOffence, .sharingAgreement],
        "notifications.md 4 N06 CW"
      ),
      (
        .virtualSchool, .attendance, .lookedAfter, [.educationDuty, .criminalOffence, .sharingAgreement],
        "notifications.md 4 N06 VS"
      ),
      (
        .earlyHelp, .attendance, nil, [.educationDuty, .sharingAgreement],
        "notifications.md 4 N02 EH; enforcement.md 2"
      ),
    ]
    return DisclosurePolicy(
      rules: events.flatMap { event in
        rows.map { recipient, highest, condition, bases, source in
          InForce(
            DisclosureRule(
              event: event, recipient: recipient, highest: highest, condition: condition, bases: bases),
            from: framework, source: source)
        }
      })
  }()
}
