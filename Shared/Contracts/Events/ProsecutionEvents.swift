public import Rulebook
public import Schemas

/// A step of a prosecution of a parent about a child. It says of whom and when, and nothing of the offence or the result:
/// those are data of criminal offences, for which a reader asks enforcement in a person's name.
public struct ProsecutionEvent<Fact: EventFact>: EventData {
  public static var type: EventType { Fact.type }
  public static var classification: DataClassification { .pseudonymous }
  public static var summary: String { Fact.summary }
  public static var schema: JSONSchema {
    .object([
      .init("prosecution", .string(pattern: "^c[1-9][0-9]*$"), "The prosecution's case."),
      .init("pupil", .pupil, "The child."),
      .init("school", .urn, "The school whose register is meant."),
      .init("person", .person, "The parent."),
      .init("on", .day, "The day on which it was put on record."), Concern.field,
    ])
  }

  public let prosecution: String
  public let pupil: PupilID
  public let school: URN
  public let person: PersonID
  public let on: Day
  /// Whose concern the child is on the day; `nil` where the program did not know.
  public let concerns: [Concern]?

  public init(
    prosecution: String, pupil: PupilID, school: URN, person: PersonID, on: Day, concerns: [Concern]? = nil
  ) {
    self.prosecution = prosecution
    self.pupil = pupil
    self.school = school
    self.person = person
    self.on = on
    self.concerns = concerns
  }
}

/// An information was laid, or a written charge issued, against a parent (Education Act 1996 ss443, 444).
public typealias ProsecutionLaid = ProsecutionEvent<LaidProsecution>
/// A prosecution that was laid has a result: from a court, or because the authority discontinued it.
public typealias ProsecutionDecided = ProsecutionEvent<DecidedProsecution>

public enum LaidProsecution: EventFact {
  public static let type = EventType(.enforcement, "prosecution-laid")
  public static let summary =
    "The authority began a prosecution of a parent about a child's absence. Published once for each, at once."
}

public enum DecidedProsecution: EventFact {
  public static let type = EventType(.enforcement, "prosecution-decided")
  public static let summary =
    "A prosecution has a result, which is not told: sentence, acquittal or discontinuance. Published again when an appeal changes it."
}
