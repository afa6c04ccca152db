import Contracts
public import Rulebook

/// The one calculation behind every figure: takes in registrations with their rows and yields the counts of each group.
///
/// A session counts when it is in the period, on the roll, in the school's calendar and in the cohort; a mark outside the
/// time on roll or the calendar is ignored here and flagged as a coding fault (`attendance.md` 2.7, 15). Areas and flags
/// are those of the session's own date.
public struct FigureAccumulator: Sendable {
  public let query: FigureQuery
  private let persistent: AbsenceThreshold?
  private let severe: AbsenceThreshold?
  private let shortRecord: Int
  private let ages: ClosedRange<Int>
  private let stateFunded: Set<SchoolKind>

  private var groups: [FigureGroup] = []
  private var places: [Key: Int] = [:]
  private var total = FigureGroup(key: "")
  private var histogram = MarkHistogram()

  /// What a group is known by. A day is written out once only, when its group is new.
  private enum Key: Hashable {
    case text(String)
    case day(Day)

    var text: String {
      switch self {
      case .text(let text): text
      case .day(let day): day.iso
      }
    }
  }

  /// What the open registration has in each group so far.
  private var open: [(group: Int, statistics: Statistics)] = []

  /// - Parameter query: the thresholds are those on the first day of its period.
  public init(_ query: FigureQuery) {
    self.query = query
    let day = query.period.first
    persistent = AbsenceThreshold.persistent.inForce(on: day)?.value
    severe = AbsenceThreshold.severe.inForce(on: day)?.value
    shortRecord = FigureRules.shortRecord.value(on: day)
    ages = FigureRules.nationalAges.value(on: day)
    stateFunded = FigureRules.stateFunded.value(on: day)
  }

  /// Takes in one registration with its rows.
  public mutating func add(_ facts: RegistrationFacts, at school: SchoolFacts, rows: some Sequence<PupilYear>) {
    for row in rows { row.codes.withUnsafeBytes { take($0, of: row.year, facts, school) } }
    close()
  }

  /// Takes in one row of a registration; ``close()`` ends the registration.
  ///
  /// - Parameter codes: ``SchoolYear/rowLength`` bytes.
  public mutating func take(
    _ codes: UnsafeRawBufferPointer, of year: SchoolYear, _ facts: RegistrationFacts, _ school: SchoolFacts
  ) {
    precondition(codes.count == SchoolYear.rowLength, "a row of another length")
    guard let window = window(of: year, facts, school) else { return }
    school.mask(of: year, for: facts).withUnsafeBytes { mask in
      for stretch in scoped(window, year, facts, school) {
        Self.forEachGroup(query.grouping, stretch, year, facts, school) { key, days in
          count(codes, mask, days, year, key)
        }
      }
    }
  }

  /// Ends the open registration: whether it is persistently absent is decided on all its rows.
  public mutating func close() {
    guard !open.isEmpty else { return }
    var whole = Statistics()
    for (group, statistics) in open {
      groups[group].statistics = groups[group].statistics + statistics
      groups[group].add(enrolment: statistics, persistent: persistent, severe: severe, short: shortRecord)
      whole = whole + statistics
    }
    total.statistics = total.statistics + whole
    total.add(enrolment: whole, persistent: persistent, severe: severe, short: shortRecord)
    open.removeAll(keepingCapacity: true)
  }

  /// The counts of what was taken in.
  public var table: FigureTable {
    FigureTable(
      query: query, total: total,
      groups: query.grouping == .none || query.grouping == .code
        ? [] : groups.filter(\.isMarked).sorted { $0.key < $1.key })
  }

  /// The days of a year that count for a registration; `nil` for none.
  private func window(of year: SchoolYear, _ facts: RegistrationFacts, _ school: SchoolFacts) -> DayRange? {
    let days = query.period.meeting(year.first, year.last)?.meeting(facts.enrolledOn, facts.leftOn)
    switch query.cohort {
    case .registered: return days
    case .local:
      let age = CompulsorySchoolAge.span(dateOfBirth: facts.dateOfBirth)
      return days?.meeting(age.start, age.lastDay)
    case .national:
      guard !facts.isSubsidiary, stateFunded.contains(school.kind),
        ages.contains(where: { Self.isAged($0, facts.dateOfBirth, year) })
      else { return nil }
      return days
    }
  }

  /// Whether a child is of an age at 31 August before the school year.
  private static func isAged(_ age: Int, _ dateOfBirth: Day, _ year: SchoolYear) -> Bool {
    let eve = year.first.adding(days: 30)
    return dateOfBirth.anniversary(age) <= eve && eve < dateOfBirth.anniversary(age + 1)
  }

  private func scoped(
    _ window: DayRange, _ year: SchoolYear, _ facts: RegistrationFacts, _ school: SchoolFacts
  ) -> [DayRange] {
    func within(_ memberships: [Membership], _ code: String) -> [DayRange] {
      memberships.filter { $0.value == code }.compactMap { window.meeting($0.first, $0.last) }
    }
    switch query.scope {
    case .authority, .school, .pupil: return [window]
    case .cluster(let code): return within(school.clusters, code)
    case .locality(let code): return within(school.localities, code)
    case .phase(let phase): return school.phase(for: facts.yearGroup(in: year)) == phase ? [window] : []
    }
  }

  private static func forEachGroup(
    _ grouping: FigureGrouping, _ days: DayRange, _ year: SchoolYear, _ facts: RegistrationFacts, _ school: SchoolFacts,
    _ body: (Key, DayRange) -> Void
  ) {
    switch grouping {
    case .none, .code: body(.text(""), days)
    case .school: body(.text(school.urn.text), days)
    case .cluster: split(days, by: school.clusters, otherwise: "", body)
    case .locality: split(days, by: school.localities, otherwise: "", body)
    case .phase: body(.text(school.phase(for: facts.yearGroup(in: year)).rawValue), days)
    case .yearGroup: body(.text(facts.yearGroup(in: year)?.text ?? ""), days)
    case .sex: body(.text(facts.sex ?? ""), days)
    case .flag:
      let flagged = facts.flagged.map { Membership(value: "yes", first: $0.first, last: $0.last) }
      split(days, by: flagged, otherwise: "no", body)
    case .week: cut(days, from: { $0.monday }, next: { $0.adding(days: 7) }, body)
    case .month:
      cut(days, from: { $0.adding(days: 1 - $0.day) }, next: { $0.adding(months: 1) }, body)
    }
  }

  private static func split(
    _ days: DayRange, by memberships: [Membership], otherwise: String, _ body: (Key, DayRange) -> Void
  ) {
    var next = days.first
    for membership in memberships.sorted(by: { $0.first < $1.first }) {
      guard next <= days.last,
        let part = DayRange(first: next, last: days.last).meeting(membership.first, membership.last)
      else { continue }
      if next < part.first { body(.text(otherwise), DayRange(first: next, last: part.first.adding(days: -1))) }
      body(.text(membership.value), part)
      next = part.last.adding(days: 1)
    }
    if next <= days.last { body(.text(otherwise), DayRange(first: next, last: days.last)) }
  }

  private static func cut(
    _ days: DayRange, from start: (Day) -> Day, next: (Day) -> Day, _ body: (Key, DayRange) -> Void
  ) {
    var piece = start(days.first)
    while piece <= days.last {
      let following = next(piece)
      if let part = days.meeting(piece, following.adding(days: -1)) { body(.day(piece), part) }
      piece = following
    }
  }

  private mutating func count(
    _ codes: UnsafeRawBufferPointer, _ mask: UnsafeRawBufferPointer, _ days: DayRange, _ year: SchoolYear, _ key: Key
  ) {
    let group = place(of: key)
    var statistics = Statistics()
    query.codes.forEachTable(of: days) { days, scheme in
      histogram.count(codes, mask, days, in: year)
      let counted = histogram
      counted.forEach(scheme) { byte, traits, am, pm in
        statistics.add(traits, count: am + pm)
        let isPossible = !traits.isDisjoint(with: .possible)
        groups[group].add(byte, am: am, pm: pm, isPossible: isPossible)
        total.add(byte, am: am, pm: pm, isPossible: isPossible)
      }
    }
    if let place = open.lastIndex(where: { $0.group == group }) {
      open[place].statistics = open[place].statistics + statistics
    } else {
      open.append((group, statistics))
    }
  }

  private mutating func place(of key: Key) -> Int {
    if let place = places[key] { return place }
    groups.append(FigureGroup(key: key.text))
    places[key] = groups.count - 1
    return groups.count - 1
  }
}
