public import Rulebook
public import Schemas

/// What a proposal rests on: shared by every event about one.
public struct ProposalGrounds: Codable, Hashable, Sendable {
  /// The first day on which the threshold was met.
  public let metOn: Day
  /// The Monday of the first school week of the window.
  public let windowFirstWeek: Day
  /// The Monday of the last school week of the window.
  public let windowLastWeek: Day
  /// The sessions counted, in order.
  public let sessions: [CountedSession]
  /// How many of them still have the code N (reason not yet established).
  public let unresolved: Int
  /// The rule in force that was applied.
  public let rule: RuleReference

  public init(
    metOn: Day, windowFirstWeek: Day, windowLastWeek: Day, sessions: [CountedSession], unresolved: Int,
    rule: RuleReference
  ) {
    self.metOn = metOn
    self.windowFirstWeek = windowFirstWeek
    self.windowLastWeek = windowLastWeek
    self.sessions = sessions
    self.unresolved = unresolved
    self.rule = rule
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      metOn: try values.decode(Day.self, forKey: .metOn),
      windowFirstWeek: try values.decode(Day.self, forKey: .windowFirstWeek),
      windowLastWeek: try values.decode(Day.self, forKey: .windowLastWeek),
      sessions: try values.decode([CountedSession].self, forKey: .sessions),
      unresolved: try values.decode(Int.self, forKey: .unresolved),
      rule: try values.decode(RuleReference.self, forKey: .rule))
    // The contract has it always.
    guard rule.inForceFrom != nil else {
      throw DecodingError.keyNotFound(
        RuleReference.CodingKeys.inForceFrom,
        .init(codingPath: values.codingPath + [CodingKeys.rule], debugDescription: "the rule has no first day"))
    }
  }

  /// One session of unauthorised absence.
  public struct CountedSession: Codable, Hashable, Sendable {
    public let date: Day
    public let session: Session
    public let code: AttendanceCode

    public init(date: Day, session: Session, code: AttendanceCode) {
      self.date = date
      self.session = session
      self.code = code
    }
  }

  static let schema = JSONSchema.object([
    .init("metOn", .day, "The first day on which the threshold was met."),
    .init("windowFirstWeek", .day, "The Monday of the window's first school week."),
    .init("windowLastWeek", .day, "The Monday of the window's last school week."),
    .init(
      "sessions",
      .array(
        .object([
          .init("date", .day, "The day."), .init("session", .session, "Morning or afternoon."),
          .init("code", .code, "The code in the register now."),
        ])), "The sessions counted, in order."),
    .init("unresolved", .integer(minimum: 0), "How many counted sessions still have no reason established."),
    .init(
      "rule",
      .object([
        .init("id", .string(), "The rule's name."), .init("source", .string(), "The instrument and paragraph."),
        .init("inForceFrom", .day, "The day from which it applies."),
      ]), "The rule that was applied."),
  ])
}

/// A child's unauthorised absence met the national threshold: a penalty notice must be considered (never more).
public typealias PenaltyNoticeProposed = ProposalEvent<ProposalMade>
/// The grounds of a standing proposal changed: a counted mark was amended and the threshold is still met.
public typealias PenaltyNoticeProposalRevised = ProposalEvent<ProposalRevised>

public enum ProposalMade: EventFact {
  public static let type = EventType(.enforcement, "penalty-notice-proposed")
  public static let summary =
    "The national threshold was met and a penalty notice must be considered. Published once a proposal, at once."
}

public enum ProposalRevised: EventFact {
  public static let type = EventType(.enforcement, "penalty-notice-proposal-revised")
  public static let summary = "The grounds of a standing proposal changed. Published at every such change, whole."
}

/// A proposal to consider a penalty notice, whole, as it stands from now on.
public struct ProposalEvent<Fact: EventFact>: EventData {
  public static var type: EventType { Fact.type }
  public static var classification: DataClassification { .pseudonymous }
  public static var summary: String { Fact.summary }
  public static var schema: JSONSchema {
    .object([
      .init("proposal", .string(), "The proposal."),
      .init("pupil", .pupil, "The child."),
      .init("school", .urn, "The school whose register is meant."),
      .init("grounds", ProposalGrounds.schema, "What the proposal rests on."), Concern.field,
    ])
  }

  public let proposal: String
  public let pupil: PupilID
  public let school: URN
  public let grounds: ProposalGrounds
  /// Whose concern the child is on the day; `nil` where the program did not know.
  public let concerns: [Concern]?

  public init(
    proposal: String, pupil: PupilID, school: URN, grounds: ProposalGrounds, concerns: [Concern]? = nil
  ) {
    self.proposal = proposal
    self.pupil = pupil
    self.school = school
    self.grounds = grounds
    self.concerns = concerns
  }
}

/// A standing proposal no longer meets the threshold and fell away.
public struct PenaltyNoticeProposalLapsed: EventData {
  public static let type = EventType(.enforcement, "penalty-notice-proposal-lapsed")
  public static let classification = DataClassification.pseudonymous
  public static let summary = "A proposal fell below the threshold after a correction. Published once, at once."
  public static let schema = JSONSchema.object([
    .init("proposal", .string(), "The proposal."),
    .init("pupil", .pupil, "The child."),
    .init("school", .urn, "The school."),
    .init("mostSessions", .integer(minimum: 0), "The most sessions any window holds now."), Concern.field,
  ])

  public let proposal: String
  public let pupil: PupilID
  public let school: URN
  public let mostSessions: Int
  /// Whose concern the child is on the day; `nil` where the program did not know.
  public let concerns: [Concern]?

  public init(proposal: String, pupil: PupilID, school: URN, mostSessions: Int, concerns: [Concern]? = nil) {
    self.proposal = proposal
    self.pupil = pupil
    self.school = school
    self.mostSessions = mostSessions
    self.concerns = concerns
  }
}

/// Enforcement needs a child's register entries kept beyond their time.
public struct RecordHoldPlaced: EventData {
  public static let type = EventType(.enforcement, "record-hold-placed")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "A child's register entries must be kept while a matter is open. Published when the matter opens."
  public static let schema = JSONSchema.object([
    .init("hold", .string(pattern: "^[a-z0-9-]+$"), "The hold's name, the same in its release."),
    .init("pupil", .pupil, "The child."),
    .init("matter", .oneOf(Matter.allCases.map(\.rawValue)), "What is open."),
  ])

  /// What is open.
  public enum Matter: String, Codable, Sendable, CaseIterable {
    case penaltyNotice = "penalty-notice"
    case prosecution
    /// A school attendance order, an education supervision order or a parenting order, from its first step on.
    case order
    /// A court pack that is being put together, or is signed and not yet lodged.
    case courtPack = "court-pack"
  }

  public let hold: String
  public let pupil: PupilID
  public let matter: Matter

  public init(hold: String, pupil: PupilID, matter: Matter) {
    self.hold = hold
    self.pupil = pupil
    self.matter = matter
  }
}

/// The matter is closed: the entries may go when their time is over.
public struct RecordHoldReleased: EventData {
  public static let type = EventType(.enforcement, "record-hold-released")
  public static let classification = DataClassification.pseudonymous
  public static let summary = "A matter for which entries were kept is closed. Published once for each hold."
  public static let schema = JSONSchema.object([
    .init("hold", .string(pattern: "^[a-z0-9-]+$"), "The hold's name."), .init("pupil", .pupil, "The child."),
  ])

  public let hold: String
  public let pupil: PupilID

  public init(hold: String, pupil: PupilID) {
    self.hold = hold
    self.pupil = pupil
  }
}
