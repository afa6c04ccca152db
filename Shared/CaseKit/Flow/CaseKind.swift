public import Rulebook

/// A name in a flow: of a state, an act, a clock, a fact or a role. The raw value is what is stored and shown.
public protocol FlowName: RawRepresentable, CaseIterable, Hashable, Sendable, Codable, CodingKeyRepresentable
where RawValue == String {}

/// One kind of case that a program keeps: its names, and the flow that they go through.
///
/// A worked example: a request that an officer grants or refuses within five working days.
///
/// ```swift
/// enum Request: CaseKind {
///   enum State: String, FlowName { case received, granted, refused }
///   enum Act: String, FlowName { case receive, grant, refuse }
///   enum Clock: String, FlowName { case answer }
///   enum Fact: String, FlowName { case complete }
///   enum Role: String, FlowName { case officer }
///
///   static let name = "request"
///   static let flow = Flow<Request>(
///     title: "A request", allocation: .init(by: [.officer]),
///     reviewWithin: [InForce(.workingDays(5), source: "RQ-2")],
///     states: [
///       .init(.received, "Received", isOpen: true), .init(.granted, "Granted", isOpen: false),
///       .init(.refused, "Refused", isOpen: false),
///     ],
///     clocks: [.init(.answer, in: [.received], "Answer the request", [InForce(.workingDays(5), source: "RQ-1")])],
///     acts: [
///       .init(.receive, "Receive", opening: .received, byProgram: true, owner: .team(.officer)),
///       .init(
///         .grant, "Grant", from: [.received], to: .granted, by: [.officer],
///         guards: [
///           .init("complete", "The request must be complete.", reads: [.complete], [
///             .init({ $0.flag(.complete) == true }, source: "RQ-3")
///           ])
///         ], isDecision: true),
///       .init(.refuse, "Refuse", from: [.received], to: .refused, by: [.officer], isDecision: true),
///     ])
/// }
/// ```
public protocol CaseKind: Sendable {
  associatedtype State: FlowName
  associatedtype Act: FlowName
  associatedtype Clock: FlowName
  associatedtype Fact: FlowName
  /// Those who act. The raw values are the roles of callers.
  associatedtype Role: FlowName

  /// The kind's name in the store and in documents, for example `attendance-case`. Never changed once released.
  static var name: String { get }
  static var flow: Flow<Self> { get }
}

/// Who does something in a case: a person in a role, or the program itself.
public struct Actor<Role: FlowName>: Hashable, Sendable, Codable {
  /// The caller's opaque subject; empty for the program.
  public let id: String
  /// `nil` for the program.
  public let role: Role?

  private init(id: String, role: Role?) {
    self.id = id
    self.role = role
  }

  /// A person. `id` is the opaque subject of a sign-in, never a name.
  public static func person(_ id: String, _ role: Role) -> Actor { Actor(id: id, role: role) }

  /// The program, when an event or a clock is the cause.
  public static var program: Actor { Actor(id: "", role: nil) }

  public var isProgram: Bool { role == nil }
}

/// Who must see to a case next: a team, or one person of it.
public struct Owner<Role: FlowName>: Hashable, Sendable, Codable {
  public let role: Role
  /// An opaque subject; `nil` while nobody of the team has taken the case.
  public let person: String?

  public init(_ role: Role, _ person: String? = nil) {
    self.role = role
    self.person = person
  }
}

/// How long something may take. The day on which the count begins is not counted.
public enum Span: Hashable, Sendable, Codable {
  case days(Int)
  case workingDays(Int)
  /// By the calendar of the child's school.
  case schoolDays(Int)
  /// To the day of the same number so many calendar months on, clamped to the end of the month; back where negative.
  case months(Int)
  /// To a day that is known from outside, for example the last day for paying a notice.
  case until(Day)
  /// So many days, and on to the first school day where the last of them is none.
  case schoolDayFrom(days: Int)

  /// The last day of the span.
  ///
  /// - Parameter calendar: the school's, all years joined. While none is known, or where it ends before, school days
  ///   are counted as working days.
  /// - Returns: the day, and whether it is provisional: another calendar may move it.
  public func end(from day: Day, in calendar: SchoolCalendar?) -> (day: Day, isProvisional: Bool) {
    switch self {
    case .days(let count): (day.adding(days: count), false)
    case .workingDays(let count): (WorkingDays.add(count, to: day), false)
    case .schoolDays(let count):
      calendar?.schoolDay(nth: count, after: day).map { ($0, false) } ?? (WorkingDays.add(count, to: day), true)
    case .months(let count): (day.adding(months: count), false)
    case .until(let last): (last, false)
    case .schoolDayFrom(let count):
      calendar?.schoolDay(nth: 1, from: day.adding(days: count)).map { ($0, false) }
        ?? (WorkingDays.add(1, to: day.adding(days: count - 1)), true)
    }
  }

  /// In words: `5 working days`, `3 months before`.
  public var words: String {
    switch self {
    case .days(let count): Self.words(count, "day")
    case .workingDays(let count): Self.words(count, "working day")
    case .schoolDays(let count): Self.words(count, "school day")
    case .months(let count): Self.words(abs(count), "month") + (count < 0 ? " before" : "")
    case .until(let last): "until \(last.inWords)"
    case .schoolDayFrom(let count): "\(Self.words(count, "day")), then to the next school day"
    }
  }

  private static func words(_ count: Int, _ unit: String) -> String { "\(count) \(unit)\(count == 1 ? "" : "s")" }
}
