public import Rulebook
import Seeded

/// The marks of one made-up school in one school year: what its staff would enter, session by session.
public struct AttendanceBook: Sendable {
  public let school: MadeUpSchool
  public let year: SchoolYear
  /// The sessions in order.
  public let slots: [(day: Day, session: Session)]
  /// For each pupil of the roll one byte a slot, ``AttendanceCode/noMark`` before the first day on roll.
  private var rows: [[UInt8]]
  private let slotOfDay: [Day: Int]

  /// - Parameters:
  ///   - year: one of ``MadeUpCalendars/years``.
  ///   - seed: the authority's.
  public init(of school: MadeUpSchool, in year: SchoolYear, seed: UInt64) {
    guard let calendar = school.calendars[year] else { preconditionFailure("the school has no calendar of the year") }
    self.school = school
    self.year = year
    let slots = calendar.schoolDays.flatMap { day in
      Session.allCases.filter { calendar.hasSession(day, $0) }.map { (day: day, session: $0) }
    }
    self.slots = slots
    let sessions = slots.map(\.session)
    rows = school.pupils.enumerated().map { index, pupil in
      let part = UInt64(school.number) << 40 | UInt64(year.startYear) << 24 | UInt64(index)
      var random = SeededGenerator(seed: seed, part: part)
      let codes = MadeUpYear.codes(pupil.habit, sessions: sessions, random: &random)
      return zip(slots, codes).map { $0.day < pupil.enrolledOn ? AttendanceCode.noMark : $1.registerByte }
    }
    slotOfDay = Dictionary(slots.enumerated().map { ($1.day, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The school days in order.
  public var days: [Day] { slotOfDay.keys.sorted() }

  /// The code of a pupil, by its place in the roll; `nil` where there is no session or no mark.
  public func code(_ pupil: Int, _ day: Day, _ session: Session) -> AttendanceCode? {
    slot(day, session).flatMap { AttendanceCode(registerByte: rows[pupil][$0]) }
  }

  /// Replaces a mark; nothing happens where there is no session.
  public mutating func set(_ code: AttendanceCode, _ pupil: Int, _ day: Day, _ session: Session) {
    if let slot = slot(day, session) { rows[pupil][slot] = code.registerByte }
  }

  /// The marks of a pupil within some days, in order.
  public func marks(of pupil: Int, in range: DayRange) -> [(day: Day, session: Session, code: AttendanceCode)] {
    slots(in: range, Session.allCases).compactMap { slot in
      AttendanceCode(registerByte: rows[pupil][slot]).map { (slots[slot].day, slots[slot].session, $0) }
    }
  }

  /// How many sessions have which code, over all pupils and some days.
  public func counts(in range: DayRange) -> [AttendanceCode: Int] {
    let slots = slots(in: range, Session.allCases)
    var counts = [Int](repeating: 0, count: 128)
    for row in rows { for slot in slots { counts[Int(row[slot])] += 1 } }
    return Dictionary(
      uniqueKeysWithValues: counts.enumerated().compactMap { byte, count in
        AttendanceCode(registerByte: UInt8(byte)).flatMap { count > 0 ? ($0, count) : nil }
      })
  }

  /// A file as a school's information system exports it, sessions in order.
  ///
  /// - Returns: CSV with the columns `upn,date,session,code`; the header alone when no day has a session.
  public func csv(_ range: DayRange, _ sessions: [Session] = Session.allCases) -> [UInt8] {
    let slots = slots(in: range, sessions)
    let upns = school.pupils.map { Array($0.upn.text.utf8) }
    let texts = AttendanceCode.all.reduce(into: [[UInt8]](repeating: [], count: 128)) {
      $0[Int($1.registerByte)] = Array($1.text.utf8)
    }
    var bytes = Array("upn,date,session,code\n".utf8)
    bytes.reserveCapacity(bytes.count + slots.count * upns.count * 32)
    for slot in slots {
      let middle = Array(",\(self.slots[slot].day.iso),\(self.slots[slot].session.rawValue),".utf8)
      for (pupil, upn) in upns.enumerated() {
        let byte = rows[pupil][slot]
        guard byte != AttendanceCode.noMark else { continue }
        bytes += upn
        bytes += middle
        bytes += texts[Int(byte)]
        bytes.append(UInt8(ascii: "\n"))
      }
    }
    return bytes
  }

  private func slot(_ day: Day, _ session: Session) -> Int? {
    guard let first = slotOfDay[day] else { return nil }
    return slots[first...].prefix { $0.day == day }.firstIndex { $0.session == session }
  }

  private func slots(in range: DayRange, _ sessions: [Session]) -> [Int] {
    var first = 0
    var end = slots.count
    while first < end {
      let middle = (first + end) / 2
      if slots[middle].day < range.first { first = middle + 1 } else { end = middle }
    }
    let found = (first..<slots.count).prefix { slots[$0].day <= range.last }
    return sessions.count == Session.allCases.count
      ? Array(found) : found.filter { sessions.contains(slots[$0].session) }
  }
}
