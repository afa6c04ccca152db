public import Rulebook

/// The rules of children's work, by the ids that answers and letters name them with (`licensing.md` 2.1).
public enum WorkRule: String, Hashable, Comparable, Sendable, Codable, CaseIterable {
  case age = "CE-AGE"
  case list = "CE-13-LIST"
  case prohibited = "CE-PROHIBITED"
  case early = "CE-EARLY"
  case late = "CE-LATE"
  case schoolHours = "CE-SCHOOL-HOURS"
  case beforeSchool = "CE-BEFORE-SCHOOL"
  case schoolDay = "CE-DAY-SCHOOL"
  case sunday = "CE-DAY-SUNDAY"
  case freeDay = "CE-DAY-NONSCHOOL"
  case schoolWeek = "CE-WEEK-TERM"
  case freeWeek = "CE-WEEK-HOLIDAY"
  case noBreak = "CE-BREAK"
  case rest = "CE-HOLIDAY-2WK"
  case notified = "CE-NOTIFY"
  case permit = "CE-PERMIT"

  public static func < (a: WorkRule, b: WorkRule) -> Bool { a.rawValue < b.rawValue }

  /// The breach in words.
  public var words: String {
    switch self {
    case .age: "The child is too young to work."
    case .list: "A child of 13 may only do the work that the byelaws list."
    case .prohibited: "Children may not do this work."
    case .early: "The work begins too early in the morning."
    case .late: "The work ends too late in the evening."
    case .schoolHours: "The work is during school hours."
    case .beforeSchool: "The work before school is longer than is allowed."
    case .schoolDay: "The work on a school day is longer than is allowed."
    case .sunday: "The work on a Sunday is longer than is allowed."
    case .freeDay: "The work on a day without school is longer than is allowed."
    case .schoolWeek: "The work in a school week is longer than is allowed."
    case .freeWeek: "The work in a week of holidays is longer than is allowed."
    case .noBreak: "The work goes on too long without a break."
    case .rest: "The child has no two weeks free of work in the school holidays."
    case .notified: "The employer notified the authority too late."
    case .permit: "The work began before the permit."
    }
  }

  /// How to put it right.
  public var fix: String {
    switch self {
    case .age: "Wait until the child is old enough."
    case .list: "Choose work from the list, or wait until the child is 14."
    case .prohibited: "Choose other work."
    case .early: "Begin later."
    case .late: "End earlier."
    case .schoolHours: "Work after school, or on a day without school."
    case .beforeSchool: "Shorten the work before school, or move it after school."
    case .schoolDay, .sunday, .freeDay: "Work fewer hours on the day."
    case .schoolWeek, .freeWeek: "Work fewer hours in the week."
    case .noBreak: "Add a break of an hour."
    case .rest: "Keep two weeks running free of work."
    case .notified: "Notify the authority within the time in the byelaws."
    case .permit: "Begin after the permit is granted."
    }
  }
}

/// A rule that work breaks.
public struct WorkViolation: Hashable, Sendable {
  /// Which rule.
  public let rule: WorkRule
  /// The day, or the Monday of the week; the day of the start or notice where it is about the whole employment.
  public let on: Day
  /// The paragraph or the row of byelaws: the stricter where both limit.
  public let source: String
  /// What would be lawful, in words.
  public let instead: String

  init(rule: WorkRule, on day: Day, source: String, instead: String? = nil) {
    self.rule = rule
    on = day
    self.source = source
    self.instead = instead ?? rule.fix
  }
}
