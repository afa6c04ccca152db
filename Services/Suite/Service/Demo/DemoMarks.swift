import Rulebook
import SuiteDomain

/// What the registers say of the children whose stories are told; at all other times they are in school.
struct DemoMarks {
  let friday: Day
  /// The day on which the last story ends.
  let last: Day
  /// The boy's sessions before his referral, and before his case is closed.
  private(set) var before, after: DemoShare?

  init(friday: Day, last: Day) { (self.friday, self.last) = (friday, last) }

  /// - Throws: ``SuiteError/invalid(_:)`` for a code that there is not.
  mutating func write(_ part: DemoPart, _ place: Int, into book: inout AttendanceBook) throws {
    let days = book.days.filter { $0 <= last }
    for day in days { try present(place, day, &book) }
    let past = days.filter { $0 < friday }
    let weeks = Set(past.map(\.monday)).sorted()
    switch part {
    case .tenth: try tenth(place, days.filter { $0 <= friday }, &book)
    case .socialWorker: try book.set(code("N"), place, friday, .am)
    case .partTimeWeeks:
      for day in past where day >= friday.adding(days: -54) { try book.set(code("C2"), place, day, .pm) }
    case .partTimeQuarter:
      for day in past where day >= friday.adding(days: -87) { try book.set(code("C2"), place, day, .pm) }
    case .careLate:
      // Six days in care, ill on two of them.
      for day in past.suffix(5).prefix(2) { try absent("I", place, day, &book) }
    case .corrected, .unpaid:
      for week in weeks.suffix(5) { try absent("O", place, Self.day(of: week, past), &book) }
      // One of them goes on after the notice to improve.
      for day in days where part == .unpaid && day > friday && day.weekday == 1 {
        try book.set(code("O"), place, day, .am)
      }
    case .second:
      for week in weeks.suffix(10) { try absent("U", place, Self.day(of: week, past), &book) }
    case .helped: try helped(place, days, &book)
    case .paperRound:
      // His attendance falls in the spring.
      for day in days where day > friday.adding(days: 21) && day.weekday != 3 { try absent("U", place, day, &book) }
    case .actor1, .actor2, .actor3, .actor4:
      for day in DemoWorld.performances + (part == .actor1 ? [DemoWorld.unlicensed] : []) {
        try book.set(code("C1"), place, day, .pm)
      }
    case .care1, .care2, .care3, .care4, .homeEducated: break
    }
  }

  /// One morning in each of the last ten school weeks.
  private func tenth(_ place: Int, _ days: [Day], _ book: inout AttendanceBook) throws {
    let codes = ["O", "U", "O", "G", "O", "U", "O", "O", "U", "O"]
    for (index, week) in Set(days.map(\.monday)).sorted().suffix(codes.count).enumerated() {
      let inWeek = days.filter { $0.monday == week }
      let day = index == codes.count - 1 ? friday : inWeek[(index * 2) % inWeek.count]
      try book.set(code(codes[index]), place, day, .am)
    }
  }

  /// A boy who is ill and worried: 76.7 % in the twelve school weeks before his referral, 89.0 % in the twelve before
  /// his case is closed.
  private mutating func helped(_ place: Int, _ days: [Day], _ book: inout AttendanceBook) throws {
    func slots(_ range: (Day) -> Bool) -> [(day: Day, session: Session)] {
      book.slots.filter { slot in days.contains(slot.day) && range(slot.day) }
    }
    func window(before day: Day) -> [(day: Day, session: Session)] {
      let weeks = Set(days.filter { $0 < day }.map(\.monday)).sorted().suffix(12)
      return slots { $0 < day && weeks.contains($0.monday) }
    }
    let first = window(before: friday)
    before = DemoShare.showing(767, outOfAtMost: first.count)
    try write(before, "I", place, first, &book)
    // What both windows have stays as it is.
    let second = window(before: last)
    let (kept, open) = (second.filter { $0.day < friday }, second.filter { $0.day >= friday })
    let codes = kept.compactMap { book.code(place, $0.day, $0.session)?.text }
    let (attended, possible) = (codes.count { ["/", "\\"].contains($0) }, codes.count { $0 != Self.impossible })
    guard let share = DemoShare.showing(890, outOfAtMost: possible + open.count), share.present >= attended else {
      return
    }
    after = share
    try write(
      DemoShare(present: share.present - attended, possible: share.possible - possible), "I", place, open, &book)
  }

  /// No transport that the school or the authority provides.
  private static let impossible = "Y1"

  /// Spreads absences over some sessions; those that are too many were not possible.
  private func write(
    _ share: DemoShare?, _ absence: String, _ place: Int, _ slots: [(day: Day, session: Session)],
    _ book: inout AttendanceBook
  ) throws {
    guard let share else { return }
    let excess = slots.count - share.possible
    for slot in slots.prefix(excess) { try book.set(code(Self.impossible), place, slot.day, slot.session) }
    let missed = share.possible - share.present
    let rest = Array(slots.dropFirst(excess))
    for index in 0..<missed {
      let slot = rest[index * rest.count / missed]
      try book.set(code(absence), place, slot.day, slot.session)
    }
  }

  private static func day(of week: Day, _ days: [Day]) -> Day {
    let inWeek = days.filter { $0.monday == week }
    return inWeek[Int(week.ordinal) / 7 % inWeek.count]
  }

  private func present(_ place: Int, _ day: Day, _ book: inout AttendanceBook) throws {
    try book.set(code("/"), place, day, .am)
    try book.set(code("\\"), place, day, .pm)
  }

  private func absent(_ text: String, _ place: Int, _ day: Day, _ book: inout AttendanceBook) throws {
    for session in Session.allCases { try book.set(code(text), place, day, session) }
  }

  private func code(_ text: String) throws -> AttendanceCode {
    guard let code = AttendanceCode(text) else { throw SuiteError.invalid("\(text) is no code") }
    return code
  }
}
