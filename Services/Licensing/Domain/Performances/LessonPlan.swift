public import Rulebook

/// The lessons of a child with a private teacher, over one period of at most four weeks (2014 Regulations reg 13).
public struct LessonPlan: Hashable, Sendable {
  /// The amounts of the law, in minutes.
  public struct Rule: Hashable, Sendable {
    /// For each day on which the child would have to attend school.
    public let aSchoolDay: Int
    /// The least in a week.
    public let aWeek: Int
    /// The most that counts of one day.
    public let mostOfADay: Int
    /// How many weeks a period has at most.
    public let weeks: Int
    /// How many children a private teacher may teach together, and how many of like standard.
    public let mostTogether, mostOfLikeStandard: Int

    /// What is in force in England since when.
    public static let england: Dated<Rule> = [
      InForce(
        Rule(aSchoolDay: 180, aWeek: 360, mostOfADay: 300, weeks: 4, mostTogether: 6, mostOfLikeStandard: 12),
        from: Day(year: 2015, month: 2, day: 6),
        source:
          "Children (Performances and Activities) (England) Regulations 2014, SI 2014/3309, reg 13; interpretation LIC-21"
      )
    ]
  }

  /// One week of the period.
  public struct Week: Hashable, Sendable, Codable {
    /// On how many days the child would have to attend school.
    public let schoolDays: Int
    /// The lessons of each day, in minutes.
    public let lessons: [Int]

    public init(schoolDays: Int, lessons: [Int]) {
      self.schoolDays = schoolDays
      self.lessons = lessons
    }
  }

  /// What the school days of the period ask for.
  public let requiredMinutes: Int
  /// What the lessons count for.
  public let countableMinutes: Int
  /// In the order of their ids.
  public let violations: [PerformanceRule]

  /// A week that gives each school day its hours needs no more, however few school days it has.
  public init(_ weeks: [Week], under rule: Rule) {
    requiredMinutes = rule.aSchoolDay * weeks.reduce(0) { $0 + $1.schoolDays }
    let counted = weeks.map { week in week.lessons.map { min($0, rule.mostOfADay) } }
    countableMinutes = counted.reduce(0) { $0 + $1.reduce(0, +) }
    let isShort = zip(weeks, counted).contains { week, lessons in
      week.schoolDays > 0 && lessons.reduce(0, +) < rule.aWeek
        && lessons.count { $0 >= rule.aSchoolDay } < week.schoolDays
    }
    violations = (countableMinutes < requiredMinutes ? [.lessonsInAll] : []) + (isShort ? [.lessonsOfWeek] : [])
  }
}
