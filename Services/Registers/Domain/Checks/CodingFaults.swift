public import Rulebook

/// A rule on the use of codes (`attendance.md` 3, 4 and 15).
public enum CodingRule: String, Hashable, Sendable, Codable, CaseIterable {
  case notRequiredButCompulsory = "x-of-compulsory-school-age"
  case partTimeNotCompulsory = "c2-not-of-compulsory-school-age"
  case partTimeWithoutTimetable = "c2-without-part-time-timetable"
  case dualWithoutOther = "d-without-second-registration"
  case dualAtBoth = "d-at-both-schools"
  case presentAtBoth = "present-at-both-schools"
  case exclusionWithoutRecord = "e-without-suspension"
  case activityUnconfirmed = "activity-without-provision"
  case outsideRoll = "mark-outside-time-on-roll"
  case notYetOnRoll = "z-on-roll"
  case holidayAndPresent = "holiday-and-present-on-one-day"
  case partlyClosed = "y4-for-some-pupils-only"
  case closedOnOpenDay = "closed-on-open-day"
  case outsideCalendar = "mark-on-closed-session"

  /// What is wrong, for the school, by the codes in force on the day.
  public func meaning(_ codes: CodeScheme) -> String {
    let (other, part) = (codes.words(.nonCompulsoryOnly), codes.words(.partTime))
    return switch self {
    case .notRequiredButCompulsory: "\(other) is for pupils who are not of compulsory school age."
    case .partTimeNotCompulsory: "\(part) is for pupils of compulsory school age; others are \(other)."
    case .partTimeWithoutTimetable: "\(part) needs a part-time timetable that covers the day."
    case .dualWithoutOther: "\(codes.words(.dualRegistered)) needs a registration at a second school on the day."
    case .dualAtBoth: "Both schools say that the pupil was due at the other."
    case .presentAtBoth: "Both schools say that the pupil was present."
    case .exclusionWithoutRecord:
      "\(codes.words(.suspension)) needs a suspension or an exclusion that covers the day."
    case .activityUnconfirmed:
      "\(codes.words(.provision)) need a provision that confirms attendance and covers the day."
    case .outsideRoll: "The mark is before the first or after the last day on the roll; it is in no figure."
    case .notYetOnRoll: "\(codes.words(.prospective)) is for pupils who are not yet on the roll."
    case .holidayAndPresent: "A holiday without leave and a session in school on one day are unlikely."
    case .partlyClosed:
      "\(codes.words(.siteClosed)) is for the whole site: other pupils have other marks in the session."
    case .closedOnOpenDay: "\(codes.words(.plannedClosure)) is for planned closures; the calendar has the session."
    case .outsideCalendar:
      "The calendar does not have the session, for the pupil's year group at least: the mark is kept and counts nowhere."
    }
  }

  /// What the school can do, by the codes in force on the day.
  public func fix(_ codes: CodeScheme) -> String {
    func words(_ traits: CodeTraits) -> String { codes.words(traits, "or") }
    return switch self {
    case .notRequiredButCompulsory:
      "Amend the mark: \(words(.partTime)) where a part-time timetable is agreed, else the code that fits. Or correct the date of birth."
    case .partTimeNotCompulsory:
      "Amend the mark to \(words(.nonCompulsoryOnly)), or correct the date of birth."
    case .partTimeWithoutTimetable: "Record the part-time timetable, or amend the mark."
    case .dualWithoutOther: "Ask the other school to enter the pupil as a subsidiary registration, or amend the mark."
    case .dualAtBoth: "Agree with the other school who records the session, and amend one of the marks."
    case .presentAtBoth:
      "Agree with the other school where the pupil was, and amend the other mark to \(words(.dualRegistered))."
    case .exclusionWithoutRecord: "Record the suspension or exclusion, or amend the mark."
    case .activityUnconfirmed: "Record the provision and who confirms attendance there, or amend the mark."
    case .outsideRoll:
      "Correct the first or the last day on the roll if it is wrong: the mark then counts again. If it is right, nothing needs doing."
    case .notYetOnRoll: "Amend the mark, or correct the first day on the roll."
    case .holidayAndPresent: "Check both sessions and amend the one that is wrong."
    case .partlyClosed:
      "Amend \(words(.siteClosed)) to \(words(.partlyClosed)) where part of the site was closed, or the other marks to \(words(.siteClosed))."
    case .closedOnOpenDay: "Amend the mark, or ask the authority to correct the calendar."
    case .outsideCalendar:
      "If the school was open, ask the authority to correct the calendar: the mark then counts again. If it was closed, amend the mark to \(words(.plannedClosure))."
    }
  }

  /// Whether it must be wrong, or may be right and is worth a look.
  public var isError: Bool {
    switch self {
    case .holidayAndPresent, .activityUnconfirmed, .partlyClosed: false
    default: true
    }
  }

  public var source: String {
    switch self {
    case .notRequiredButCompulsory, .partTimeNotCompulsory:
      "School Attendance (Pupil Registration) (England) Regulations 2024, reg 10; Education Act 1996 s8"
    case .partTimeWithoutTimetable:
      "School Attendance (Pupil Registration) (England) Regulations 2024, reg 11"
    case .outsideRoll, .notYetOnRoll:
      "School Attendance (Pupil Registration) (England) Regulations 2024, regs 8 to 10"
    case .holidayAndPresent: "Working together to improve school attendance; a check of this product"
    case .activityUnconfirmed:
      "School Attendance (Pupil Registration) (England) Regulations 2024, reg 10"
    default: "School Attendance (Pupil Registration) (England) Regulations 2024, reg 10"
    }
  }
}

/// One session that breaks a rule.
public struct CodingFault: Hashable, Sendable {
  public let rule: CodingRule
  public let registration: Int64
  public let day: Day
  public let session: Session
  public let code: AttendanceCode
}

/// One of a child's rolls, with what its codes are judged by.
public struct CodingRoll: Sendable {
  public let registration: Int64
  public let time: TimeOnRoll
  public let calendars: CalendarYears
  public let arrangements: [Arrangement]
  public let rows: [SchoolYear: PupilYear]

  public init(
    registration: Int64, time: TimeOnRoll, calendars: CalendarYears, arrangements: [Arrangement], rows: [PupilYear]
  ) {
    self.registration = registration
    self.time = time
    self.calendars = calendars
    self.arrangements = arrangements
    self.rows = Dictionary(rows.map { ($0.year, $0) }, uniquingKeysWith: { $1 })
  }

  /// Whether the school's calendar has a session for the child's year group.
  func hasSession(_ day: Day, _ session: Session) -> Bool {
    calendars.has(day, session, for: time.taught)
  }

  func has(_ kind: Arrangement.Kind, on day: Day) -> Bool {
    arrangements.contains { $0.kind == kind && $0.covers(day) }
  }
}

/// Finds sessions whose codes cannot be right, or are unlikely. It changes none: a school's register is the school's.
public struct CodingFaults: Sendable {
  private let compulsory: DayRange
  private let rolls: [CodingRoll]
  private let codes: CodeBook
  /// By register byte, whether the use of a code depends on something under any table.
  private let depends: [Bool]

  /// - Parameters:
  ///   - rolls: all of the child's, whoever asks: a child due at the other school is judged by that school's marks.
  ///   - codes: what each session is judged by.
  public init(dateOfBirth: Day, rolls: [CodingRoll], codes: CodeBook = .england) {
    let span = CompulsorySchoolAge.span(dateOfBirth: dateOfBirth)
    compulsory = DayRange(first: span.start, last: span.lastDay)
    self.rolls = rolls
    self.codes = codes
    depends = codes.depending
  }

  /// The faults of one roll in some days, in order.
  public func faults(of roll: CodingRoll, in days: DayRange) -> [CodingFault] {
    let others = rolls.filter { $0.registration != roll.registration }
    var found: [CodingFault] = []
    for row in roll.rows.values.sorted(by: { $0.year < $1.year }) {
      // A row without codes that depend on anything has nothing to find, unless it meets another or its own ends.
      let isPlain =
        others.isEmpty && !row.codes.contains { depends[Int($0)] }
        && roll.time.days.first <= max(days.first, row.year.first) && roll.time.days.last >= row.year.last
        && roll.calendars.counting(row, for: roll.time) == row
      if isPlain { continue }
      row.forEachMark(in: days) { day, session, code in
        for rule in rules(broken: code, day, session, roll, row, others) {
          found.append(
            CodingFault(rule: rule, registration: roll.registration, day: day, session: session, code: code))
        }
      }
    }
    return found
  }

  private func rules(
    broken code: AttendanceCode, _ day: Day, _ session: Session, _ roll: CodingRoll, _ row: PupilYear,
    _ others: [CodingRoll]
  ) -> [CodingRule] {
    let scheme = codes.scheme(on: day)
    let traits = scheme.traits(code)
    guard roll.time.days.contains(day) else {
      return traits.contains(.prospective) && day < roll.time.days.first ? [] : [.outsideRoll]
    }
    guard roll.hasSession(day, session) else { return traits.contains(.plannedClosure) ? [] : [.outsideCalendar] }
    let isCompulsory = compulsory.contains(day)
    var broken: [CodingRule] = []
    func check(_ rule: CodingRule, _ trait: CodeTraits, _ isBroken: @autoclosure () -> Bool = true) {
      if traits.contains(trait), isBroken() { broken.append(rule) }
    }
    check(.notRequiredButCompulsory, .nonCompulsoryOnly, isCompulsory)
    check(.partTimeNotCompulsory, .compulsoryOnly, !isCompulsory)
    check(.partTimeWithoutTimetable, .partTime, isCompulsory && !roll.has(.partTimeTimetable, on: day))
    check(.exclusionWithoutRecord, .suspension, !roll.has(.suspension, on: day))
    check(.activityUnconfirmed, .provision, !roll.has(.provision, on: day))
    check(.notYetOnRoll, .prospective)
    check(
      .holidayAndPresent, .holiday,
      row[day, session == .am ? .pm : .am].map { scheme.traits($0).contains(.attending) } ?? false)
    check(.closedOnOpenDay, .plannedClosure)
    let there = others.filter { $0.time.days.contains(day) }
    if traits.contains(.dualRegistered) {
      if there.isEmpty { broken.append(.dualWithoutOther) }
      if there.contains(where: { $0.hasSession(day, session) && $0.rows[row.year]?[day, session] == code }) {
        broken.append(.dualAtBoth)
      }
    } else if !traits.isDisjoint(with: .present),
      there.contains(where: { other in
        other.hasSession(day, session)
          && other.rows[row.year]?[day, session].map { !scheme.traits($0).isDisjoint(with: .present) } ?? false
      })
    {
      broken.append(.presentAtBoth)
    }
    return broken
  }
}

/// Sessions in which the whole site was closed for some pupils of a school, and others have marks of a possible session.
public struct PartialClosures: Sendable {
  private var closed: [Int: Int] = [:]
  private var other: [Int: Int] = [:]
  private let codes: CodeBook

  /// - Parameter codes: what each session is judged by.
  public init(codes: CodeBook = .england) { self.codes = codes }

  /// Takes in a row of the school with the marks that count.
  public mutating func add(_ row: PupilYear, in days: DayRange) {
    row.forEachMark(in: days) { day, session, code in
      let traits = codes.scheme(on: day).traits(code)
      let place = Int(day.ordinal) * 2 + session.index
      if traits.contains(.siteClosed) {
        closed[place, default: 0] += 1
      } else if !traits.isDisjoint(with: .possible) {
        other[place, default: 0] += 1
      }
    }
  }

  /// How many pupils have the site closed in a session, and how many a mark of a possible session.
  public struct Finding: Hashable, Sendable, Codable {
    public let date: Day
    public let session: Session
    public let closed: Int
    public let others: Int
  }

  /// The sessions with both, in order.
  public var findings: [Finding] {
    closed.keys.sorted().compactMap { place in
      guard let closed = closed[place], let others = other[place] else { return nil }
      return Finding(
        date: Day(ordinal: Int32((place - (place & 1)) / 2)), session: Session(index: place & 1), closed: closed,
        others: others)
    }
  }
}

extension CodeBook {
  /// By register byte, whether a code may break a rule of its own under any table.
  fileprivate var depending: [Bool] {
    let depending: CodeTraits = [
      .compulsoryOnly, .nonCompulsoryOnly, .partTime, .suspension, .provision, .prospective, .holiday, .plannedClosure,
      .dualRegistered,
    ]
    return (0...255).map { byte in tables.contains { !$0.value.traits[byte].isDisjoint(with: depending) } }
  }
}
