public import Rulebook
public import Schemas

/// A step of an education supervision order or a school attendance order about a child. It says of whom and when; whoever
/// may know more asks enforcement in a person's name.
public struct OrderEvent<Fact: EventFact>: EventData {
  public static var type: EventType { Fact.type }
  public static var classification: DataClassification { .pseudonymous }
  public static var summary: String { Fact.summary }
  public static var schema: JSONSchema {
    .object([
      .init("order", .string(pattern: "^c[1-9][0-9]*$"), "The order's case."),
      .init("pupil", .pupil, "The child."),
      .init("school", .urn, "The school that the order names, or whose register is meant."),
      .init("on", .day, "The day on which it was put on record."), Concern.field,
    ])
  }

  public let order: String
  public let pupil: PupilID
  public let school: URN
  public let on: Day
  /// Whose concern the child is on the day; `nil` where the program did not know.
  public let concerns: [Concern]?

  public init(order: String, pupil: PupilID, school: URN, on: Day, concerns: [Concern]? = nil) {
    self.order = order
    self.pupil = pupil
    self.school = school
    self.on = on
    self.concerns = concerns
  }
}

/// The authority applied to the family court for an education supervision order (Children Act 1989 s36).
public typealias SupervisionOrderApplied = OrderEvent<AppliedSupervisionOrder>
/// The court made the order.
public typealias SupervisionOrderMade = OrderEvent<MadeSupervisionOrder>
/// The court refused the order, or it has ended.
public typealias SupervisionOrderEnded = OrderEvent<EndedSupervisionOrder>
/// A notice before a school attendance order was served on a parent (Education Act 1996 ss437(1), 438).
public typealias AttendanceNoticeServed = OrderEvent<ServedAttendanceNotice>
/// A school attendance order was served, or names another school (s437(3), 440).
public typealias AttendanceOrderServed = OrderEvent<ServedAttendanceOrder>
/// The steps to a school attendance order, or the order, have ended.
public typealias AttendanceOrderEnded = OrderEvent<EndedAttendanceOrder>

public enum AppliedSupervisionOrder: EventFact {
  public static let type = EventType(.enforcement, "supervision-order-applied")
  public static let summary =
    "The authority applied to the family court for an education supervision order about a child. Published at once."
}

public enum MadeSupervisionOrder: EventFact {
  public static let type = EventType(.enforcement, "supervision-order-made")
  public static let summary = "The family court made an education supervision order about a child. Published at once."
}

public enum EndedSupervisionOrder: EventFact {
  public static let type = EventType(.enforcement, "supervision-order-ended")
  public static let summary =
    "An education supervision order that was applied for was refused, or one that was made has ended. Published at once."
}

public enum ServedAttendanceNotice: EventFact {
  public static let type = EventType(.enforcement, "attendance-notice-served")
  public static let summary =
    "A notice that comes before a school attendance order was served on a parent. Published for each, at once."
}

public enum ServedAttendanceOrder: EventFact {
  public static let type = EventType(.enforcement, "attendance-order-served")
  public static let summary =
    "A school attendance order was served on a parent. Published at once, and again when it names another school."
}

public enum EndedAttendanceOrder: EventFact {
  public static let type = EventType(.enforcement, "attendance-order-ended")
  public static let summary =
    "The steps to a school attendance order of which a notice was served, or the order, have ended. Published at once."
}
