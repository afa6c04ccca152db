public import Contracts
public import Rulebook

/// Which returns a school owes the authority of a child's place, and by when (School Attendance (Pupil Registration)
/// (England) Regulations 2024, reg 13; `attendance.md` 14).
public struct ReturnExpectations: Sendable {
  /// Since when names deleted are to be told. Not retrospective.
  public static let deletionReturn: Dated<Void> = [
    InForce(
      (), from: ReturnClocks.newPupilReturn.first?.from,
      source: "School Attendance (Pupil Registration) (England) Regulations 2024, reg 13(4)-(6)")
  ]
  /// How many calendar months after ten continuous days of absence the attendance return is due: the longest interval
  /// that may be agreed.
  public static let attendanceReturnMonths: Dated<Int> = [
    InForce(
      1, from: ReturnClocks.newPupilReturn.first?.from,
      source: "School Attendance (Pupil Registration) (England) Regulations 2024, reg 13, at least once a month")
  ]

  /// A child's time on the school's roll.
  public struct Place: Hashable, Sendable {
    /// The day on which the name was entered.
    public let enteredOn: Day
    public let leftOn: Day?
    /// The day on which the name was deleted.
    public let deletedOn: Day?
    /// The year group that was stated, and the school year it was stated for.
    public let yearGroup: YearGroup?
    public let stated: SchoolYear?

    public init(enteredOn: Day, leftOn: Day?, deletedOn: Day?, yearGroup: YearGroup?, stated: SchoolYear?) {
      self.enteredOn = enteredOn
      self.leftOn = leftOn
      self.deletedOn = deletedOn
      self.yearGroup = yearGroup
      self.stated = stated
    }

    /// The child's year group in a school year: it moves on by itself.
    func group(in year: SchoolYear) -> YearGroup? {
      guard let stated else { return yearGroup }
      return yearGroup?.advanced(years: year.startYear - stated.startYear)
    }

    func isOnRoll(_ day: Day) -> Bool { enteredOn <= day && leftOn.map { day <= $0 } ?? true }
  }

  private let calendars: CalendarYears
  /// The most junior class on the first day of a school year, and the most senior on the last.
  private let junior, senior: [SchoolYear: YearGroup]

  /// - Parameters:
  ///   - places: everyone who is or was on the school's roll: the youngest and the oldest of a day make the most junior
  ///     and the most senior class.
  public init(places: [Place], calendars: CalendarYears) {
    self.calendars = calendars
    func group(_ day: Day?, _ year: SchoolYear, _ pick: ([YearGroup]) -> YearGroup?) -> YearGroup? {
      day.flatMap { day in pick(places.filter { $0.isOnRoll(day) }.compactMap { $0.group(in: year) }) }
    }
    var (junior, senior): ([SchoolYear: YearGroup], [SchoolYear: YearGroup]) = ([:], [:])
    for (year, calendar) in calendars.years {
      let days = calendar.schoolDays
      junior[year] = group(days.first, year) { $0.min() }
      senior[year] = group(days.last, year) { $0.max() }
    }
    self.junior = junior
    self.senior = senior
  }

  /// The last day for the new pupil return; `nil` when none is expected: entered before the duty, or joining the most
  /// junior class on the first day of the school year.
  public func newPupilDue(_ place: Place) -> Day? {
    let entered = place.enteredOn
    guard ReturnClocks.newPupilReturn.inForce(on: entered) != nil else { return nil }
    let year = SchoolYear(containing: entered)
    if let first = calendars.years[year]?.schoolDays.first, entered <= first, let group = place.group(in: year),
      group == junior[year]
    {
      return nil
    }
    return ReturnClocks.newPupilReturnDue(entered: entered)
  }

  /// The last day for the deletion return; `nil` when none is expected: the name stands, it was deleted before the duty,
  /// or at or after the end of the last term in the most senior class.
  public func deletionDue(_ place: Place) -> Day? {
    guard let left = place.leftOn else { return nil }
    let deleted = place.deletedOn ?? left
    guard Self.deletionReturn.inForce(on: deleted) != nil else { return nil }
    let year = yearTaught(before: deleted)
    if let last = calendars.years[year]?.schoolDays.last, deleted >= last,
      let group = place.group(in: year),
      group == senior[year]
    {
      return nil
    }
    return deleted
  }

  /// The last day for the return that a finding asks for; `nil` when it asks for none.
  public static func due(_ kind: FindingKind, became day: Day) -> Day? {
    switch kind {
    case .tenDayAbsence: attendanceReturnMonths.inForce(on: day).map { day.adding(months: $0.value) }
    // On forming the belief (reg 13).
    case .fifteenDaySickness: day
    default: nil
    }
  }

  /// The school year whose teaching a day belongs to or follows: in the summer the one that ended.
  private func yearTaught(before day: Day) -> SchoolYear {
    let year = SchoolYear(containing: day)
    guard let first = calendars.years[year]?.schoolDays.first else {
      // Without a calendar: nobody teaches before the first of September.
      return day.month == 8 ? SchoolYear(startYear: year.startYear - 1) : year
    }
    return day < first ? SchoolYear(startYear: year.startYear - 1) : year
  }
}

extension ReturnKind {
  /// What is found of a child and asks for the return; `nil` for those that follow from the roll.
  public var answers: FindingKind? {
    switch self {
    case .newPupil, .deletion: nil
    case .attendance: .tenDayAbsence
    case .sickness: .fifteenDaySickness
    }
  }
}
