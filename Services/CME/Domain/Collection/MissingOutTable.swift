public import Rulebook

/// Children missing out on education at the end of a quarter, and what changed in it (chapter 8 of `cme.md`). A child who
/// has several spells counts once.
public struct MissingOutTable: Hashable, Sendable {
  /// A part-time timetable that has passed the twelve weeks.
  public struct Spell: Hashable, Sendable {
    public let child, school: String
    /// The day on which it was more than twelve weeks.
    public let found: Day
    /// The day on which it was seen to have ended; `nil` while it lasts.
    public let ended: Day?

    public init(child: String, school: String, found: Day, ended: Day?) {
      self.child = child
      self.school = school
      self.found = found
      self.ended = ended
    }

    func stands(on day: Day) -> Bool { found <= day && ended.map { day < $0 } ?? true }
  }

  /// The children on the last day of the quarter.
  public let count: Int
  /// Those of the last day of the quarter before.
  public let before: Int
  /// Children of this quarter's end who were not among those of the last.
  public let joined: Int
  /// Children of the last quarter's end who are not among those of this.
  public let left: Int
  /// The children on the last day by school.
  public let bySchool: [String: Int]

  /// - Parameter quarter: its first and last day; the quarter before ends on the day before.
  public init(_ spells: some Sequence<Spell>, in quarter: DayRange) {
    let eve = quarter.first.adding(days: -1)
    var (now, then): (Set<String>, Set<String>) = ([], [])
    var schools: [String: Set<String>] = [:]
    for spell in spells {
      if spell.stands(on: quarter.last) {
        now.insert(spell.child)
        schools[spell.school, default: []].insert(spell.child)
      }
      if spell.stands(on: eve) { then.insert(spell.child) }
    }
    count = now.count
    before = then.count
    joined = now.subtracting(then).count
    left = then.subtracting(now).count
    bySchool = schools.mapValues(\.count)
  }

  /// Whether there are fewer than a quarter before, which is the aim.
  public var isReduced: Bool { count < before }
}

/// How much the roll of a school changes within a school year, outside the usual days of joining and leaving (CME-15).
public struct Mobility: Hashable, Sendable {
  public let joined, left: Int
  /// Children on roll on the first day of the period.
  public let base: Int

  public init(joined: Int, left: Int, base: Int) {
    self.joined = joined
    self.left = left
    self.base = base
  }

  /// From which day of October joining and leaving is mobility, and until which of July.
  public static let usual: Dated<(firstOfOctober: Int, lastOfJuly: Int)> = [
    InForce((1, 15), source: "CME-15; School Admissions Code 2021, in-year admissions")
  ]

  /// Whether a day is within the year: after the weeks in which a year begins, before the leavers of its end.
  public static func isInYear(_ day: Day) -> Bool {
    let (year, rule) = (SchoolYear(containing: day), usual.value(on: day))
    return year.september.adding(months: 1).adding(days: rule.firstOfOctober - 1) <= day
      && day <= year.last.adding(days: rule.lastOfJuly - 31)
  }

  /// Joined and left over the children on roll, to one decimal; `nil` without any.
  public var percent: String? { Statistics.percent(joined + left, of: base) }
}
