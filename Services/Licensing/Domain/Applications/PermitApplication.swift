public import Rulebook

/// An employer's notice of a child's work, from which a permit is made (`licensing.md` 2.5 and 10).
public struct PermitApplication: Hashable, Sendable, Codable {
  /// The work of one day of the week.
  public struct Hours: Hashable, Sendable, Codable {
    /// 1 for Monday to 7 for Sunday.
    public let weekday: Int
    public let span: ClockSpan
    /// Breaks that are not working time.
    public let breaks: [ClockSpan]?

    public init(weekday: Int, span: ClockSpan, breaks: [ClockSpan]? = nil) {
      self.weekday = weekday
      self.span = span
      self.breaks = breaks
    }
  }

  /// What an application must contain and may lack.
  public enum Item: String, Hashable, Sendable, Codable, CaseIterable {
    case school, work, place, hours
    case riskAssessment = "risk-assessment"
    case consent
    case fitness

    /// As the letter to the employer names it.
    public var words: String {
      switch self {
      case .school: "the child’s school, or that the child is educated at home"
      case .work: "what the child does, in words"
      case .place: "the address of the place of work"
      case .hours: "the days and hours of work"
      case .riskAssessment: "that the risks were assessed and the parent was told of them"
      case .consent: "the parent’s consent"
      case .fitness: "that the child is fit for the work"
      }
    }
  }

  /// The most rows of hours, and of breaks in one.
  static let mostHours = 40

  /// The employer, by its opaque identifier.
  public private(set) var employer: String
  /// The three-digit code of the authority of the workplace, whose byelaws apply.
  public let authority: String
  /// The job's code, by which the byelaws' lists go.
  public let job: String
  /// The work in words.
  public let work: String?
  /// The address of the workplace.
  public let place: String?
  /// When the employer notified the authority.
  public private(set) var notified: Day
  /// The first day of work.
  public let starts: Day
  /// The last day of the job, where it is known.
  public let ends: Day?
  /// Whether the child has no school.
  public let isEducatedAtHome: Bool?
  /// The school's own times; those of LIC-6 where they are not known.
  public let schoolHours: ClockSpan?
  /// In weeks with a school day, and in others.
  public let termTime: [Hours]
  public let holidays: [Hours]
  /// Whether the employer assessed the risks and told the parent.
  public let risksAssessed: Bool?
  public let parentConsents: Bool?
  public let isFit: Bool?
  /// Whether the employer is the child's parent.
  public let isForParents: Bool?

  /// The same as somebody else sends it: from a party, notified on a day.
  public func sent(by party: String, on day: Day) -> PermitApplication {
    var copy = self
    (copy.employer, copy.notified) = (party, day)
    return copy
  }

  /// Why it cannot be entered: a field and what is wrong.
  public var faults: [(field: String, text: String)] {
    var faults: [(String, String)] = []
    let rows = termTime + holidays
    if rows.count > Self.mostHours || rows.contains(where: { ($0.breaks?.count ?? 0) > Self.mostHours }) {
      faults.append(("/termTime", "must have at most \(Self.mostHours) rows, with the holidays' and in breaks"))
    }
    if !rows.allSatisfy({ 1...7 ~= $0.weekday }) { faults.append(("/termTime", "must be of weekdays 1 to 7")) }
    for (field, text) in [("/job", job), ("/work", work ?? ""), ("/place", place ?? "")] where text.count > 500 {
      faults.append((field, "must have at most 500 characters"))
    }
    if let ends, ends < starts { faults.append(("/ends", "must not be before the start")) }
    return faults
  }

  /// What it lacks, in the order of the list.
  ///
  /// - Parameter hasSchool: whether the child's school is known.
  public func missing(hasSchool: Bool) -> [Item] {
    let isThere: [Item: Bool] = [
      .school: hasSchool || isEducatedAtHome == true, .work: !(work ?? "").isEmpty, .place: !(place ?? "").isEmpty,
      .hours: !(termTime + holidays).isEmpty, .riskAssessment: risksAssessed == true, .consent: parentConsents == true,
      .fitness: isFit == true,
    ]
    return Item.allCases.filter { isThere[$0] != true }
  }

  /// The last day of a permit for it (LIC-7).
  public func until(dateOfBirth: Day) -> Day {
    let lastDay = CompulsorySchoolAge.span(dateOfBirth: dateOfBirth).lastDay
    return ends.map { min($0, lastDay) } ?? lastDay
  }

  /// The work day by day, for a year at most: by then every age and kind of week has come.
  ///
  /// - Parameter calendar: the school's; `nil` when it is not known, and every weekday then counts as a school day.
  private func days(dateOfBirth: Day, calendar: SchoolCalendar?) -> (shifts: [Shift], school: [Day: ClockSpan]) {
    let last = min(until(dateOfBirth: dateOfBirth), starts.adding(days: 365))
    guard starts <= last else { return ([], [:]) }
    let hours = schoolHours ?? SchoolHours.assumed.value(on: starts)
    let days = (0...(last - starts.monday)).map(starts.monday.adding(days:))
    let schoolDays = days.filter { calendar?.isSchoolDay($0) ?? ($0.weekday < 6) }
    let schoolWeeks = Set(schoolDays.map(\.monday))
    let shifts = days.filter { starts <= $0 }.flatMap { day in
      (schoolWeeks.contains(day.monday) ? termTime : holidays).filter { $0.weekday == day.weekday }.map {
        Shift(date: day, span: $0.span, breaks: $0.breaks ?? [])
      }
    }
    return (shifts, Dictionary(uniqueKeysWithValues: schoolDays.map { ($0, hours) }))
  }

  /// The minutes of work of each day, for a year at most.
  public func minutes(dateOfBirth: Day, calendar: SchoolCalendar?) -> [Day: Int] {
    days(dateOfBirth: dateOfBirth, calendar: calendar).shifts.reduce(into: [:]) { minutes, shift in
      minutes[shift.date, default: 0] += shift.worked.reduce(0) { $0 + $1.length }
    }
  }

  /// The rules that the work breaks, each on its first day, all jobs of the child together (LIC-4).
  ///
  /// - Parameter others: the child's permits in force for other jobs.
  public func breaches(
    dateOfBirth: Day, calendar: SchoolCalendar?, others: [PermitApplication], under law: EmploymentLaw
  ) -> [RuleBreach] {
    let (own, school) = days(dateOfBirth: dateOfBirth, calendar: calendar)
    let theirs = others.flatMap { $0.days(dateOfBirth: dateOfBirth, calendar: calendar).shifts }
    var plan = WorkPlan(
      dateOfBirth: dateOfBirth, job: job, shifts: own + theirs.filter { starts <= $0.date }, schoolDays: school)
    plan.isForParents = isForParents ?? false
    (plan.started, plan.notified) = (starts, notified)
    return law.judge(plan).firstOfEach.map(RuleBreach.init)
  }
}
