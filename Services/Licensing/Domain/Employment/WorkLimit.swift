/// One limit or list entry of the law on children's work: of the Act, of an authority's byelaws or of regulations. The same
/// shape serves all of them, so that the strictest is found among all.
public struct WorkLimit: Hashable, Sendable, Codable {
  /// What is limited.
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// A job that children of the lowest age may do.
    case allowedAt13 = "allowed-at-13"
    /// A job that may be done at the lowest age for one's own parents, occasionally.
    case exemptFamily = "exempt-family"
    case prohibited
    /// How many minutes may be worked before school. Nothing may be where no row speaks of it.
    case beforeSchool = "before-school"
    case earliest, latest
    case dayLimit = "day-limit"
    case weekLimit = "week-limit"
    /// Within how many days of starting the employer notifies the authority.
    case notifyWithin = "notify-within"
    /// Whether and from what age a child may trade in the street.
    case streetTrading = "street-trading"
  }

  /// The kinds of day and week that a limit is for.
  public enum Period: String, Hashable, Sendable, Codable, CaseIterable {
    case schoolDay = "school-day"
    case sunday
    /// A day without school: Saturday, holiday, training day, bank holiday; Sunday where it has no limit of its own.
    case freeDay = "free-day"
    /// A week, Monday to Sunday, with a school day (LIC-1).
    case schoolWeek = "school-week"
    case freeWeek = "free-week"
  }

  /// What it limits or lists.
  public let kind: Kind
  /// The code of the job, where the kind speaks of one.
  public let job: String?
  /// The first age that it is for; every age where there is none.
  public let ageFrom: Int?
  /// The last age that it is for, a whole year.
  public let ageTo: Int?
  /// The kind of day or week; for limits of hours only.
  public let period: Period?
  /// 1 for Monday to 7 for Sunday; every day where there is none.
  public let weekday: Int?
  /// The most, where hours are limited.
  public let minutes: Int?
  /// The earliest or latest time.
  public let time: ClockTime?
  /// Within how many days, where a time limit is meant.
  public let days: Int?
  /// What the byelaw says beside: "unless an adult supervises".
  public let note: String?

  public init(
    _ kind: Kind, job: String? = nil, ageFrom: Int? = nil, ageTo: Int? = nil, period: Period? = nil,
    weekday: Int? = nil, minutes: Int? = nil, time: ClockTime? = nil, days: Int? = nil, note: String? = nil
  ) {
    self.kind = kind
    self.job = job
    self.ageFrom = ageFrom
    self.ageTo = ageTo
    self.period = period
    self.weekday = weekday
    self.minutes = minutes
    self.time = time
    self.days = days
    self.note = note
  }

  /// Whether it is for a child of an age.
  func isFor(age: Int) -> Bool { ageFrom.map { $0 <= age } ?? true && ageTo.map { age <= $0 } ?? true }

  /// Whether it is for a day of the week.
  func isFor(weekday other: Int) -> Bool { weekday.map { $0 == other } ?? true }
}

/// A limit in force and where it says so.
public struct SourcedLimit: Hashable, Sendable {
  public let limit: WorkLimit
  /// The paragraph, or the byelaws and the kind of row.
  public let source: String
}
