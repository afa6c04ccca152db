public import Contracts
public import Rulebook

/// Whether unauthorised absence met the national threshold, for one pupil at one school (PN-3).
///
/// The window is a school week and the school weeks before it in the school's own calendar, whatever lies between
/// (PN-1). A school week is a week from Monday to Sunday with at least one session (PN-2).
public struct PenaltyNoticeThreshold: Sendable {
  /// One session of a register.
  public typealias CountedSession = ProposalGrounds.CountedSession

  /// What a judgement found.
  public struct Judgement: Hashable, Sendable {
    /// The first breach; `nil` when there was none.
    public let met: Breach?
    /// The Monday of the first school week of the window that ends now; `nil` before the first school week.
    public let currentFirstWeek: Day?
    /// How many sessions the window that ends now holds.
    public let currentSessions: Int
    /// How many sessions qualify in all.
    public let qualifying: Int
    /// The most that any window held.
    public let most: Int
  }

  /// A window with enough sessions.
  public struct Breach: Hashable, Sendable {
    /// The day on which the threshold was met, the whole day counted.
    public let on: Day
    public let firstWeek: Day
    public let lastWeek: Day
    public let sessions: [CountedSession]
    /// How many of the sessions have a reason that is not yet established (PN-4).
    public let unresolved: Int
    public let rule: InForce<ThresholdRule>

    public static func == (a: Breach, b: Breach) -> Bool {
      a.on == b.on && a.firstWeek == b.firstWeek && a.lastWeek == b.lastWeek && a.sessions == b.sessions
        && a.rule.value == b.rule.value
    }

    public func hash(into hasher: inout Hasher) {
      hasher.combine(on)
      hasher.combine(sessions)
    }
  }

  private let weeks: [Day]
  private let rules: Dated<ThresholdRule>
  private let codes: CodeBook

  /// - Parameters:
  ///   - calendar: the school's, all years joined.
  ///   - rules: the dated rule.
  ///   - codes: what each session is judged by.
  public init(
    calendar: SchoolCalendar, rules: Dated<ThresholdRule> = ThresholdRule.national, codes: CodeBook = .england
  ) {
    weeks = calendar.schoolWeeks
    self.rules = rules
    self.codes = codes
  }

  /// With fewer sessions no version of the rule is met.
  public var fewestSessions: Int { rules.map(\.value.sessions).min() ?? 0 }

  /// The first day of the earliest window that a day can lie in, by whatever version of the rule.
  public func firstDay(ofWindowsWith day: Day) -> Day {
    let longest = rules.map(\.value.schoolWeeks).max() ?? 1
    guard let last = weeks.indices.last else { return day }
    return weeks[max(0, min(place(of: day.monday), last) - longest + 1)]
  }

  /// Whether a code counts toward the threshold on a date, by the code table in force then.
  public static func counts(_ code: AttendanceCode, on day: Day, codes: CodeBook) -> Bool {
    codes.scheme(on: day).traits(code).contains(.penaltyNotice)
  }

  /// Judges a register as it stands.
  ///
  /// - Parameters:
  ///   - register: the sessions that the register counts, see ``CountedRegister``; those that do not qualify are left out.
  ///   - dateOfBirth: sessions outside compulsory school age are left out; `nil` leaves none out.
  ///   - asOf: later sessions are left out, and the current window ends here.
  public func judge(_ register: [CountedSession], dateOfBirth: Day?, asOf: Day) -> Judgement {
    let sessions =
      register
      .filter { counts($0, dateOfBirth: dateOfBirth, asOf: asOf) }
      .sorted { ($0.date, $0.session) < ($1.date, $1.session) }
    let (met, most) = firstBreach(sessions)
    let current = weeks.lastIndex { $0 <= asOf }.flatMap { index in
      rules.inForce(on: asOf).map { weeks[max(0, index - $0.value.schoolWeeks + 1)] }
    }
    return Judgement(
      met: met, currentFirstWeek: current,
      currentSessions: current.map { first in sessions.count { first <= $0.date } } ?? 0,
      qualifying: sessions.count, most: most)
  }

  /// Whether a session that the register counts qualifies: its code does on its day, the child is of compulsory school
  /// age then, and the day has come.
  public func counts(_ session: CountedSession, dateOfBirth: Day?, asOf: Day) -> Bool {
    session.date <= asOf && Self.counts(session.code, on: session.date, codes: codes)
      && dateOfBirth.map { CompulsorySchoolAge.isCompulsory(dateOfBirth: $0, on: session.date) } ?? true
  }

  private func firstBreach(_ sessions: [CountedSession]) -> (Breach?, most: Int) {
    var most = 0
    var first = 0
    for (index, session) in sessions.enumerated() {
      // The whole day counts: go on to its last session.
      if index + 1 < sessions.count, sessions[index + 1].date == session.date { continue }
      guard let rule = rules.inForce(on: session.date), let week = weekIndex(session.date) else { continue }
      let firstWeek = weeks[max(0, week - rule.value.schoolWeeks + 1)]
      while sessions[first].date < firstWeek { first += 1 }
      most = max(most, index - first + 1)
      if index - first + 1 >= rule.value.sessions {
        let counted = Array(sessions[first...index])
        let breach = Breach(
          on: session.date, firstWeek: firstWeek, lastWeek: weeks[week], sessions: counted,
          unresolved: counted.count { codes.scheme(on: $0.date).traits($0.code).contains(.reasonNotEstablished) },
          rule: rule)
        return (breach, most)
      }
    }
    return (nil, most)
  }

  /// Where the week of a day stands among the school weeks; `nil` when it is none.
  private func weekIndex(_ day: Day) -> Int? {
    let (monday, place) = (day.monday, place(of: day.monday))
    return place < weeks.count && weeks[place] == monday ? place : nil
  }

  /// Where the first school week from a Monday on stands; their number when there is none.
  private func place(of monday: Day) -> Int {
    var low = 0
    var high = weeks.count
    while low < high {
      let middle = (low + high) / 2
      if weeks[middle] < monday { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
