public import Rulebook
public import Schemas

/// Whose concern a child is beside the school's: the flags in force on the day decide.
public enum Concern: String, Codable, Sendable, Hashable, CaseIterable {
  /// The child has a social worker.
  case socialCare = "social-care"
  /// The child has a youth justice worker.
  case youthJustice = "youth-justice"
  /// The child is looked after by an authority.
  case virtualSchool = "virtual-school"
}

/// Whose concern a child is beside the school's was recorded or changed.
public struct ConcernsRecorded: EventData {
  public static let type = EventType(.registers, "concerns-recorded")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "Whose concern a child is beside the school's was recorded or changed. Published at every change, with all of them and their days."
  public static let schema = JSONSchema.object([
    .init("pupil", .pupil, "The child."),
    .init(
      "concerns",
      .array(
        .object([
          .init("concern", .oneOf(Concern.allCases.map(\.rawValue)), "Whose concern."),
          .init("first", .day, "The first day."),
          .init("last", .day, required: false, "The last day; absent while it lasts."),
        ])), "All that there are and were, in order; the days of one concern do not overlap."),
  ])

  public let pupil: PupilID
  public let concerns: [Span]

  /// - Parameter spans: in any order; those of one concern that overlap or follow each other become one.
  public init(pupil: PupilID, concerns spans: [Span]) {
    self.pupil = pupil
    let order = Concern.allCases
    concerns = order.flatMap { concern in
      spans.filter { $0.concern == concern }.sorted { $0.first < $1.first }.reduce(into: [Span]()) { joined, span in
        guard let before = joined.last, before.last.map({ span.first <= $0.adding(days: 1) }) ?? true else {
          joined.append(span)
          return
        }
        let last = before.last.flatMap { end in span.last.map { max(end, $0) } }
        joined[joined.count - 1] = Span(concern: concern, first: before.first, last: last)
      }
    }
  }

  /// The days on which a child is somebody's concern.
  public struct Span: Codable, Hashable, Sendable {
    public let concern: Concern
    public let first: Day
    /// `nil` while it lasts.
    public let last: Day?

    public init(concern: Concern, first: Day, last: Day?) {
      self.concern = concern
      self.first = first
      self.last = last
    }
  }
}

extension Concern {
  /// What an event about a child says of it, where it does.
  static let field = JSONSchema.Field(
    "concerns", .array(.oneOf(allCases.map(\.rawValue))), required: false,
    "Whose concern the child is on the day, beside the school's; absent where the program did not know.")
}
