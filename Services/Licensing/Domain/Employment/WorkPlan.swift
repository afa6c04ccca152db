public import Rulebook

/// Work on one day.
public struct Shift: Hashable, Sendable, Codable {
  public let date: Day
  /// From beginning to end, breaks included.
  public let span: ClockSpan
  /// Listed breaks: they are not working time (LIC-3).
  public let breaks: [ClockSpan]

  public init(date: Day, span: ClockSpan, breaks: [ClockSpan] = []) {
    self.date = date
    self.span = span
    self.breaks = breaks
  }

  /// What is worked, in order.
  var worked: [ClockSpan] { span.without(breaks) }
}

/// A school's times on a day; two jobs of a child share them (LIC-4).
public enum SchoolHours {
  /// What is assumed where a child has no school: educated at home, or the times are not known (LIC-6).
  public static let assumed: Dated<ClockSpan> = [
    InForce(ClockSpan(ClockTime(9, 0), ClockTime(15, 30)), source: "interpretation LIC-6")
  ]
}

/// The work of one child that is to be judged: all jobs together.
public struct WorkPlan: Hashable, Sendable {
  public let dateOfBirth: Day
  /// The code of the job.
  public let job: String
  /// In any order; several on one day are added up.
  public let shifts: [Shift]
  /// The child's school days, each with the school's own times.
  public let schoolDays: [Day: ClockSpan]
  /// Whether the child works for its own parents.
  public var isForParents = false
  /// When the work began and when the employer notified the authority.
  public var started: Day?
  public var notified: Day?
  /// When the permit was granted; `nil` where that is not asked.
  public var permitGranted: Day?

  public init(dateOfBirth: Day, job: String, shifts: [Shift], schoolDays: [Day: ClockSpan]) {
    self.dateOfBirth = dateOfBirth
    self.job = job
    self.shifts = shifts
    self.schoolDays = schoolDays
  }
}

/// What the rules say of a plan.
public struct WorkJudgement: Hashable, Sendable {
  /// Whether any of it falls in the time in which the child is a child of the Act.
  public let isInScope: Bool
  /// By rule and then by day.
  public let violations: [WorkViolation]
  /// By day.
  public let workedMinutes: [Day: Int]
  /// Whether no rule is broken.
  public var isCompliant: Bool { violations.isEmpty }
  /// The rules that are broken, each once.
  public var rules: [WorkRule] { Set(violations.map(\.rule)).sorted() }
  /// The first breach of each rule.
  public var firstOfEach: [WorkViolation] { rules.compactMap { rule in violations.first { $0.rule == rule } } }
}

extension Day {
  /// The age in whole years of somebody born on a day; 29 February counts as 1 March in common years.
  public func age(bornOn birth: Day) -> Int {
    let years = year - birth.year
    return birth.anniversary(years) <= self ? years : years - 1
  }
}
