public import Contracts
public import Rulebook

/// What one kind of receiver may be told of one kind of event (NT-4, NT-5).
public struct DisclosureRule: Hashable, Sendable {
  /// Something that must be true of the child before the receiver is told.
  public enum Condition: String, Sendable, CaseIterable {
    /// Children's social care has an open case: the child has a social worker.
    case openCase = "an open case"
    /// The child has a youth justice worker.
    case youthJusticeWorker = "a child with a youth justice worker"
    /// The child is looked after by the authority.
    case lookedAfter = "a looked-after child"
    /// The school has a medical plan for the child.
    case medicalPlan = "a child with a medical plan"
    /// The child moved to the receiver's area.
    case movedThere = "a child who moved to its area"
    /// The receiver is the authority of a production's place; it is told by letter (NT-11).
    case placeThere = "a production in its area"

    /// The concern that establishes it; `nil` where no event says so yet.
    public var concern: Concern? {
      switch self {
      case .openCase: .socialCare
      case .youthJusticeWorker: .youthJustice
      case .lookedAfter: .virtualSchool
      case .medicalPlan, .movedThere, .placeThere: nil
      }
    }

    /// Whether a report says that it is true of the child, on the day of the report.
    public func isEstablished(by report: Report) -> Bool {
      concern.map { report.concerns?.contains($0) ?? false } ?? false
    }

    /// Whether the events of a type can say so at all.
    func canBeEstablished(by type: EventType) -> Bool { concern != nil && Report.tellsConcerns(type) }
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
    rules.last { $0.value.event == event && $0.value.recipient == recipient && $0.applies(on: day) }
  }

  /// The events that any receiver may subscribe to on a day.
  public func events(on day: Day) -> [EventType] {
    var seen: Set<EventType> = []
    return rules.filter { $0.applies(on: day) }.map(\.value.event).filter { seen.insert($0).inserted }
  }

  /// The policy (NT-4, NT-5), written out in ``DisclosureMatrix``.
  public static let standard = DisclosurePolicy(rules: DisclosureMatrix.rows.flatMap(\.rules))
}
