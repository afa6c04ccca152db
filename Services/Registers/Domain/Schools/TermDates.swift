public import Rulebook

/// The term dates of an authority's schools and of its neighbours, and the days on which they differ.
public struct TermDates: Hashable, Sendable {
  /// Everybody with the same calendar.
  public struct Group: Hashable, Sendable {
    /// `g1` for the calendar with the most schools, then `g2` and so on.
    public let id: String
    /// In order.
    public let schools: [URN]
    /// Neighbouring authorities whose published calendar it is, in order.
    public let neighbours: [AuthorityCode]
    /// With only what has an effect: see ``TermDates/effective(_:)``.
    public let calendar: SchoolCalendar
  }

  /// Weekdays in a row, weekends left out unless a school is open, on which the same groups are open and the same are not.
  public struct Difference: Hashable, Codable, Sendable {
    public let first: Day
    public let last: Day
    /// How many weekdays.
    public let weekdays: Int
    /// Open to all year groups in both sessions. Groups by ``Group/id``, here and below.
    public let open: [String]
    /// Open for one session, or not to all year groups.
    public let partly: [String]
    public let closed: [String]
  }

  private enum State { case open, partly, closed }

  public let groups: [Group]
  /// In order; days on which all are alike are in none.
  public let differences: [Difference]

  public init(
    _ year: SchoolYear, schools: [URN: SchoolCalendar], neighbours: [AuthorityCode: SchoolCalendar]
  ) {
    groups = Self.groups(schools, neighbours)
    differences = Self.differences(year, groups)
  }

  /// A calendar with only what has an effect, in order, so that two which say the same are equal: closed days and
  /// one-session days lie on weekdays of terms. Training days outside the terms stay, because staff work on them.
  static func effective(_ calendar: SchoolCalendar) -> SchoolCalendar {
    let closed = calendar.closed.filter { day in
      day.weekday <= 5 && calendar.terms.contains { $0.contains(day) }
    }
    var result = SchoolCalendar(
      terms: calendar.terms.sorted { $0.first < $1.first }, closed: closed,
      oneSessionDays: calendar.oneSessionDays.filter { calendar.isSchoolDay($0.key) },
      yearGroupClosures: calendar.yearGroupClosures
        .map { YearGroupClosure(yearGroups: Set($0.yearGroups).sorted(), first: $0.first, last: $0.last) }
        .sorted { a, b in
          a.first == b.first && a.last == b.last
            ? a.yearGroups.lexicographicallyPrecedes(b.yearGroups) : (a.first, a.last) < (b.first, b.last)
        }, additionalDays: calendar.additionalDays)
    result.training = calendar.training
    return result
  }

  private static func groups(
    _ schools: [URN: SchoolCalendar], _ neighbours: [AuthorityCode: SchoolCalendar]
  ) -> [Group] {
    var members: [SchoolCalendar: (schools: [URN], neighbours: [AuthorityCode])] = [:]
    for (school, calendar) in schools { members[effective(calendar), default: ([], [])].schools.append(school) }
    for (neighbour, calendar) in neighbours {
      members[effective(calendar), default: ([], [])].neighbours.append(neighbour)
    }
    return
      members
      .map { (calendar: $0.key, schools: $0.value.schools.sorted(), neighbours: $0.value.neighbours.sorted()) }
      .sorted { a, b in
        if a.schools.count != b.schools.count { return a.schools.count > b.schools.count }
        return (a.schools.map(\.text) + a.neighbours.map(\.text))
          .lexicographicallyPrecedes(b.schools.map(\.text) + b.neighbours.map(\.text))
      }
      .enumerated()
      .map { place, group in
        Group(
          id: "g\(place + 1)", schools: group.schools, neighbours: group.neighbours, calendar: group.calendar)
      }
  }

  private static func differences(_ year: SchoolYear, _ groups: [Group]) -> [Difference] {
    var differences: [Difference] = []
    /// The days in a row that are not told yet, and how each group stands on them.
    var run: (first: Day, last: Day, weekdays: Int, states: [State])?

    func tell() {
      guard let told = run else { return }
      func ids(_ state: State) -> [String] {
        zip(groups, told.states).filter { $0.1 == state }.map(\.0.id)
      }
      differences.append(
        Difference(
          first: told.first, last: told.last, weekdays: told.weekdays, open: ids(.open), partly: ids(.partly),
          closed: ids(.closed)))
      run = nil
    }

    for ordinal in year.first.ordinal...year.last.ordinal {
      let day = Day(ordinal: ordinal)
      guard day.weekday <= 5 || groups.contains(where: { $0.calendar.additionalDays.contains(day) }) else { continue }
      let states = groups.map { state($0.calendar, on: day) }
      if let current = run, current.states == states {
        run = (current.first, day, current.weekdays + 1, states)
        continue
      }
      tell()
      if Set(states).count > 1 { run = (day, day, 1, states) }
    }
    tell()
    return differences
  }

  private static func state(_ calendar: SchoolCalendar, on day: Day) -> State {
    guard calendar.isSchoolDay(day) else { return .closed }
    let isWhole = calendar.oneSessionDays[day] == nil && !calendar.yearGroupClosures.contains { $0.covers(day) }
    return isWhole ? .open : .partly
  }
}
