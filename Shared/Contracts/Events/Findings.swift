public import Rulebook
public import Schemas

/// What the registers can find of a child from its marks.
public enum FindingKind: String, Codable, Sendable, CaseIterable {
  /// A session coded as an absence that nobody has explained (2024 Regulations reg 13: expected contact).
  case unexplainedAbsence = "unexplained-absence"
  /// Ten continuous school days of absence coded G, N, O or U: an attendance return is due (2024 Regulations reg 13).
  case tenDayAbsence = "ten-day-absence"
  /// Twenty continuous school days: the joint enquiries of ground (i) (2024 Regulations reg 9(1)(i)).
  case twentyDayAbsence = "twenty-day-absence"
  /// Fifteen school days of illness in a school year: a sickness return is due (2024 Regulations reg 13).
  case fifteenDaySickness = "fifteen-day-sickness"
  /// Ten per cent or more of the possible sessions missed (ATT-9, ATT-10).
  case persistentAbsence = "persistent-absence"
  /// Half or more of the possible sessions missed (ATT-9, ATT-10).
  case severeAbsence = "severe-absence"
  /// A part-time timetable for more than six weeks (ATT-11).
  case partTimeSixWeeks = "part-time-over-six-weeks"
  /// A part-time timetable for more than twelve weeks: missing out on education (ATT-11).
  case partTimeTwelveWeeks = "part-time-over-twelve-weeks"

  var raised: String { "\(rawValue)-found" }
  var lapsed: String { "\(rawValue)-lapsed" }
}

/// A kind of finding as a type, so that each has event types of its own and a reader skips the others by their header.
public protocol FindingTopic: Sendable, Hashable {
  static var kind: FindingKind { get }
}

public enum UnexplainedAbsence: FindingTopic { public static let kind = FindingKind.unexplainedAbsence }
public enum TenDayAbsence: FindingTopic { public static let kind = FindingKind.tenDayAbsence }
public enum TwentyDayAbsence: FindingTopic { public static let kind = FindingKind.twentyDayAbsence }
public enum FifteenDaySickness: FindingTopic { public static let kind = FindingKind.fifteenDaySickness }
public enum PersistentAbsence: FindingTopic { public static let kind = FindingKind.persistentAbsence }
public enum SevereAbsence: FindingTopic { public static let kind = FindingKind.severeAbsence }
public enum PartTimeSixWeeks: FindingTopic { public static let kind = FindingKind.partTimeSixWeeks }
public enum PartTimeTwelveWeeks: FindingTopic { public static let kind = FindingKind.partTimeTwelveWeeks }

extension FindingKind {
  /// The kind as a type.
  public var topic: any FindingTopic.Type {
    switch self {
    case .unexplainedAbsence: UnexplainedAbsence.self
    case .tenDayAbsence: TenDayAbsence.self
    case .twentyDayAbsence: TwentyDayAbsence.self
    case .fifteenDaySickness: FifteenDaySickness.self
    case .persistentAbsence: PersistentAbsence.self
    case .severeAbsence: SevereAbsence.self
    case .partTimeSixWeeks: PartTimeSixWeeks.self
    case .partTimeTwelveWeeks: PartTimeTwelveWeeks.self
    }
  }
}

/// Something was found of a child that somebody must know. It lapses when a correction changes the truth, and is found
/// again under a new number when it becomes true again. Told again under the same number when the child has become somebody's
/// concern meanwhile, with all concerns.
public struct Found<Topic: FindingTopic>: EventData {
  public static var type: EventType { EventType(.registers, Topic.kind.raised) }
  public static var classification: DataClassification { .pseudonymous }
  public static var summary: String {
    Topic.kind.meaning
      + " Published when it becomes true, and again under the same number when the child becomes somebody's concern."
  }
  public static var schema: JSONSchema {
    .object(
      FindingFields.common + [
        .init("since", .day, "The first day that counts toward it."),
        .init("on", .day, "The day on which it became true."),
        .init("session", .session, required: false, "The session, where it is about one."),
        .init("count", .integer(minimum: 0), "What was counted: sessions missed, school days, or elapsed days."),
        .init("outOf", .integer(minimum: 0), required: false, "The possible sessions, where it is a share of them."),
        .init(
          "rule",
          .object([
            .init("id", .string(pattern: "^[a-z0-9-]+$"), "The rule's name."),
            .init("source", .string(), "Where the law says so."),
            .init("inForceFrom", .day, required: false, "Since when."),
          ]), "The rule that was applied."),
      ])
  }

  public let finding: String
  public let pupil: PupilID
  public let school: URN
  public let since: Day
  public let on: Day
  public let session: Session?
  public let count: Int
  public let outOf: Int?
  public let concerns: [Concern]
  public let rule: RuleReference

  public init(
    finding: String, pupil: PupilID, school: URN, since: Day, on: Day, session: Session?, count: Int, outOf: Int?,
    concerns: [Concern], rule: RuleReference
  ) {
    self.finding = finding
    self.pupil = pupil
    self.school = school
    self.since = since
    self.on = on
    self.session = session
    self.count = count
    self.outOf = outOf
    self.concerns = concerns
    self.rule = rule
  }
}

/// What was found is not true any more, by a correction or because more is known.
public struct Lapsed<Topic: FindingTopic>: EventData {
  public static var type: EventType { EventType(.registers, Topic.kind.lapsed) }
  public static var classification: DataClassification { .pseudonymous }
  public static var summary: String {
    "No longer true: \(Topic.kind.meaning) Published when a correction or a later mark changes the truth."
  }
  public static var schema: JSONSchema {
    .object(FindingFields.common + [.init("on", .day, "The day on which it was seen not to be true.")])
  }

  public let finding: String
  public let pupil: PupilID
  public let school: URN
  public let on: Day
  public let concerns: [Concern]

  public init(finding: String, pupil: PupilID, school: URN, on: Day, concerns: [Concern]) {
    self.finding = finding
    self.pupil = pupil
    self.school = school
    self.on = on
    self.concerns = concerns
  }
}

private enum FindingFields {
  static let common: [JSONSchema.Field] = [
    .init("finding", .string(pattern: "^f[0-9]+$"), "The finding's number: its why is at /findings/{number}."),
    .init("pupil", .pupil, "The child."),
    .init("school", .urn, "The school whose register says so."),
    .init(
      "concerns", .array(.oneOf(Concern.allCases.map(\.rawValue))),
      "Whose concern the child is on the day, beside the school's."),
  ]
}

extension FindingKind {
  /// What has been found, in one sentence.
  public var meaning: String {
    switch self {
    case .unexplainedAbsence: "A child is absent from a session and the reason is not known."
    case .tenDayAbsence: "A child was absent without authority on ten continuous school days."
    case .twentyDayAbsence: "A child was absent without authority on twenty continuous school days."
    case .fifteenDaySickness: "A child was ill on fifteen school days of the school year."
    case .persistentAbsence: "A child has missed enough sessions to be persistently absent."
    case .severeAbsence: "A child has missed half or more of the possible sessions of the year."
    case .partTimeSixWeeks: "A child has been on a part-time timetable for more than six weeks."
    case .partTimeTwelveWeeks: "A child has been on a part-time timetable for more than twelve weeks."
    }
  }
}
