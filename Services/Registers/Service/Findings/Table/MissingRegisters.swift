import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import Store

/// The registers that were reported missing, each with the moment at which it came or turned out not to be due.
enum MissingRegisters {
  /// One session of a school.
  typealias Key = EntryLog.SessionKey

  /// The name under which it is kept how far a session's registers have been looked at.
  static func sweep(_ session: Session) -> String { "missing \(session.rawValue)" }

  /// Reports a register missing and publishes it, once.
  ///
  /// - Returns: whether it was not reported before.
  @discardableResult
  static func report(
    _ school: URN, _ day: Day, _ session: Session, in unit: UnitOfWork
  ) throws -> Bool {
    try unit.db.run(
      "INSERT INTO missing_registers (school, day, session, reported_millis) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
      [school, day, session, unit.at])
    guard unit.db.changesCount > 0 else { return false }
    try unit.publish(
      RegisterMissing(school: school, date: day, session: session), subject: school.text)
    return true
  }

  /// A register has come: when it stands reported missing, its coming is published.
  static func receive(
    _ school: URN, _ day: Day, _ session: Session, in unit: UnitOfWork
  ) throws {
    let hasLapsed = try unit.db.value(
      """
      SELECT lapsed_millis IS NOT NULL FROM missing_registers
      WHERE school = ? AND day = ? AND session = ? AND received_millis IS NULL
      """, [school, day, session], as: Bool.self)
    guard let hasLapsed else { return }
    try unit.db.run(
      "UPDATE missing_registers SET received_millis = ? WHERE school = ? AND day = ? AND session = ?",
      [unit.at, school, day, session])
    guard !hasLapsed else { return }
    try unit.publish(RegisterReceived(school: school, date: day, session: session), subject: school.text)
  }

  /// A school's calendar or roll has changed: brings every report up to date and publishes what changed.
  ///
  /// - A report lapses when the register is no longer due, and is made again when it is due after all.
  /// - A register that came is missing again when none of its marks counts any more, because the entries that they were
  ///   made under were taken back or end before the day.
  /// - A register that became due, or lost its marks, after the hour at which the day's registers were looked at is
  ///   reported like any other.
  ///
  /// - Parameter changed: sessions that the change may have touched, beside those reported before and today's.
  static func review(_ work: SchoolWork, _ changed: Set<Key> = []) throws {
    let reports = try reports(of: work.school, in: work.db)
    let keys = changed.union(reports.keys).union(Session.allCases.map { Key(day: work.today, session: $0) })
    let shelf = try PupilYearTable(work.db)
    var lookedAt: [Session: Day] = [:]
    for session in Session.allCases { lookedAt[session] = try Sweeps.through(sweep(session), in: work.db) }
    for key in keys.sorted(by: { ($0.day, $0.session.index) < ($1.day, $1.session.index) }) {
      let report = reports[key]
      if report == nil, lookedAt[key.session].map({ key.day <= $0 }) != true { continue }
      let (isDue, isMarked) = try find(key, work, shelf)
      let (school, day, session) = (work.school, key.day, key.session)
      switch report {
      case nil where isDue && !isMarked: try Self.report(school, day, session, in: work.unit)
      case .missing where isMarked, .lapsed where isMarked:
        try receive(school, day, session, in: work.unit)
      case .missing where !isDue:
        try set(key, lapsedAt: work.unit.at, work)
        try work.unit.publish(RegisterMissingLapsed(school: school, date: day, session: session), subject: school.text)
      case .lapsed where isDue, .received where isDue && !isMarked:
        try set(key, lapsedAt: nil, work)
        try work.unit.publish(RegisterMissing(school: school, date: day, session: session), subject: school.text)
      case nil, .missing, .lapsed, .received: break
      }
    }
  }

  /// What stands of a report.
  private enum Report { case missing, lapsed, received }

  private static func reports(of school: URN, in db: Database) throws -> [Key: Report] {
    let rows = try db.cursor(
      """
      SELECT day, session, received_millis IS NOT NULL AS has_come, lapsed_millis IS NOT NULL AS has_lapsed
      FROM missing_registers WHERE school = ?
      """, [school])
    var reports: [Key: Report] = [:]
    while let row = try rows.next() {
      reports[Key(day: try row.get("day"), session: try row.get("session"))] =
        row["has_come"] ? .received : row["has_lapsed"] ? .lapsed : .missing
    }
    return reports
  }

  /// Whether a register is due for anybody, and whether anybody for whom it is due has a mark.
  private static func find(
    _ key: Key, _ work: SchoolWork, _ shelf: PupilYearTable
  ) throws -> (isDue: Bool, isMarked: Bool) {
    let year = SchoolYear(containing: key.day)
    guard let calendar = work.calendars.years[year], calendar.hasSession(key.day, key.session) else {
      return (false, false)
    }
    var isDue = false
    for entry in work.roll.entries where entry.time.counts(key.day, key.session, in: calendar) {
      isDue = true
      if try shelf.find(entry.registration, year)?[key.day, key.session] != nil { return (true, true) }
    }
    return (isDue, false)
  }

  /// The report stands again, or has lapsed.
  private static func set(_ key: Key, lapsedAt: Timestamp?, _ work: SchoolWork) throws {
    try work.db.run(
      """
      UPDATE missing_registers SET lapsed_millis = ?, received_millis = NULL
      WHERE school = ? AND day = ? AND session = ?
      """, [lapsedAt, work.school, key.day, key.session])
  }
}

/// What a change may have made missing.
extension MissingRegisters {
  /// The sessions until today that a calendar has and the one before it did not, for a year group at least. Without a
  /// calendar before there are none: a school that joins owes no registers of the days before.
  static func opened(
    by calendar: SchoolCalendar, instead before: SchoolCalendar?, _ year: SchoolYear, until today: Day
  ) -> Set<Key> {
    guard let before, year.first <= today else {
      return []
    }
    var keys: Set<Key> = []
    for ordinal in year.first.ordinal...min(year.last, today).ordinal {
      let day = Day(ordinal: ordinal)
      let wasPartly = before.yearGroupClosures.contains { $0.covers(day) }
      for session in Session.allCases
      where calendar.hasSession(day, session) && (wasPartly || !before.hasSession(day, session)) {
        keys.insert(Key(day: day, session: session))
      }
    }
    return keys
  }

  /// The sessions in which children have marks under entries of a school that do not cover the day, or were taken back.
  static func uncounted(of children: Set<PupilID>, at school: URN, in db: Database) throws -> Set<Key> {
    var keys: Set<Key> = []
    for child in children {
      guard let pupil = try Pupils.find(child, in: db) else { continue }
      for registration in try Pupils.registrationsEver(of: pupil.number, in: db) where registration.school == school {
        for year in try PupilYearTable.all(of: registration.number, in: db) {
          year.forEachMark(in: year.year.days) { day, session, _ in
            if registration.withdrawnAt != nil || !registration.covers(day) {
              keys.insert(Key(day: day, session: session))
            }
          }
        }
      }
    }
    return keys
  }
}
