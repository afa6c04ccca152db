import CaseworkDomain
import Contracts
import GRDB
import Messaging
import RollCopy
import Rulebook
import Store
import Synchronization

/// What a window of a case is for.
enum WindowKind: String, Codable, Sendable, CaseIterable {
  /// The twelve school weeks up to the day before referral.
  case referral
  /// The twelve school weeks up to the day of closing.
  case closing
  /// The twelve school weeks after closing.
  case sustained
  /// Shown at a review: since the one before, and since the referral.
  case sinceReview = "since-review"
  case sinceReferral = "since-referral"
  /// The twelve school weeks up to the day before a contract begins.
  case contract
}

/// The windows of cases and their figures: counted by the register's own rule from the marks that casework keeps, frozen
/// when they are shown, counted anew when a mark, the roll or a calendar changes. What was shown before stays.
struct CaseFigures: Sendable {
  private let codes = CodeBook.england
  /// Each mark of a child with a case counts a window anew: the days are worked out once for each change of a calendar.
  private let schoolDays = CalendarMemo { SchoolDays($0) }

  /// A school's days, and the windows that were asked for.
  private final class SchoolDays: Sendable {
    private struct Key: Hashable {
      let last: Day
      let weeks: Int
    }

    let all: [Day]
    private let windows = Mutex<[Key: [Day]]>([:])

    init(_ calendar: SchoolCalendar) { all = calendar.schoolDays }

    /// The days of the school weeks up to a day. As many are kept as a school has days.
    func days(upTo last: Day, weeks: Int) -> [Day] {
      let key = Key(last: last, weeks: weeks)
      if let known = windows.withLock({ $0[key] }) { return known }
      let days = FigureWindow(upTo: last, weeks: weeks, of: all).days
      windows.withLock { windows in
        if windows.count >= all.count { windows.removeAll() }
        windows[key] = days
      }
      return days
    }
  }

  /// A window of a case.
  struct Window: Sendable {
    let number: Int64
    let `case`: Int64
    let kind: WindowKind
    /// The review or the contract that it was made for; 0 for the case itself.
    let reference: Int64
    let pupil: PupilID
    let school: URN
    /// `nil` where the window is one of school weeks.
    let first: Day?
    /// The last day; for ``WindowKind/sustained`` the day behind which it begins.
    let last: Day
  }

  /// A window's figure at some moment.
  struct Figure: Codable, Hashable, Sendable {
    let first, last: Day
    let attended: Attended
  }

  // MARK: Counting

  /// What a child attended on some days at a school, by the register's rule: the child is on the roll, and the calendar has
  /// the session for the child's year group.
  func attended(_ pupil: PupilID, at school: URN, on days: [Day], in db: Database) throws -> Attended {
    guard let first = days.first, let last = days.last, let calendar = try Roll.calendar(ofSchool: school, in: db)
    else {
      return Attended([], codes: codes)
    }
    let wanted = Set(days)
    let counts = try rule(of: pupil, at: school, calendar, in: db)
    let marks = try KeptMarks.all(of: pupil, at: school, in: DayRange(first: first, last: last), db)
    return Attended(marks.filter { wanted.contains($0.date) && counts($0) }, codes: codes)
  }

  /// A child's marks at a school that count, in a range of days.
  func marks(of pupil: PupilID, at school: URN, in days: DayRange, _ db: Database) throws -> [KeptMark] {
    guard let calendar = try Roll.calendar(ofSchool: school, in: db) else { return [] }
    return try KeptMarks.all(of: pupil, at: school, in: days, db).filter(rule(of: pupil, at: school, calendar, in: db))
  }

  private func rule(
    of pupil: PupilID, at school: URN, _ calendar: SchoolCalendar, in db: Database
  ) throws -> (KeptMark) -> Bool {
    let rolls = try Roll.registrations(of: pupil, at: school, in: db)
    let taught = try Roll.pupil(pupil, in: db)?.taught
    return { mark in
      guard rolls.contains(where: { $0.stands(on: mark.date) }) else { return false }
      let group = taught?.group(in: SchoolYear(containing: mark.date))
      return calendar.hasSession(mark.date, mark.session, for: group)
    }
  }

  /// The days of a window; `nil` while they are not known or not over.
  private func days(of window: Window, today: Day, in db: Database) throws -> [Day]? {
    guard let schoolDays = try schoolDays.find(ofSchool: window.school, in: db) else { return nil }
    let weeks = Gain.Rule.standard.value(on: window.last).weeks
    let days: [Day]
    if let first = window.first {
      days = schoolDays.all.filter { first <= $0 && $0 <= window.last }
    } else if window.kind == .sustained {
      guard let after = FigureWindow(after: window.last, weeks: weeks, of: schoolDays.all), let end = after.range?.last,
        end < today
      else { return nil }
      days = after.days
    } else {
      days = schoolDays.days(upTo: window.last, weeks: weeks)
    }
    return days.isEmpty ? nil : days
  }

  private func figure(of window: Window, today: Day, in db: Database) throws -> Figure? {
    guard let days = try days(of: window, today: today, in: db), let first = days.first, let last = days.last else {
      return nil
    }
    return Figure(
      first: first, last: last, attended: try attended(window.pupil, at: window.school, on: days, in: db))
  }

  /// The figure of the closing window as it would be today.
  func closingToday(_ pupil: PupilID, at school: URN, today: Day, in db: Database) throws -> Attended? {
    let window = Window(
      number: 0, case: 0, kind: .closing, reference: 0, pupil: pupil, school: school, first: nil, last: today)
    return try figure(of: window, today: today, in: db)?.attended
  }

  /// The day after the last of a sustained window; `nil` while the calendar does not reach so far.
  func sustainedFrom(_ closed: Day, at school: URN, in db: Database) throws -> Day? {
    let weeks = Gain.Rule.standard.value(on: closed).weeks
    return try Roll.calendar(ofSchool: school, in: db).flatMap {
      FigureWindow(after: closed, weeks: weeks, in: $0)?.range?.last.adding(days: 1)
    }
  }

  // MARK: Freezing

  /// Makes a window and freezes its figure, where it can be counted already.
  ///
  /// - Parameter first: the first day; `nil` for school weeks up to the last.
  @discardableResult
  func freeze(
    _ kind: WindowKind, of number: Int64, for reference: Int64 = 0, _ pupil: PupilID, at school: URN, first: Day? = nil,
    last: Day, in unit: UnitOfWork
  ) throws -> Figure? {
    try unit.db.cachedStatement(
      sql: """
        INSERT INTO case_window (case_number, kind, reference, pupil, school, first, last) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """
    ).execute(arguments: [number, kind.rawValue, reference, pupil, school, first, last])
    guard
      let window = try windows(
        "case_number = ? AND kind = ? AND reference = ?", [number, kind.rawValue, reference], unit.db
      ).first
    else { return nil }
    _ = try count(window, unit)
    return try CaseFigures.latest(kind, of: number, for: reference, in: unit.db)
  }

  /// Counts all windows of a child anew.
  ///
  /// - Parameters:
  ///   - first: the first day of what changed; without it everything is counted.
  ///   - last: the last day of what changed.
  /// - Returns: whether a figure is other than before.
  func recount(_ pupil: PupilID, from first: Day? = nil, to last: Day? = nil, in unit: UnitOfWork) throws -> Bool {
    let windows = try windows("pupil = ? AND is_fixed = 0", [pupil], unit.db).filter { window in
      guard let first, let last else { return true }
      return window.kind == .sustained ? canHold(window, first, last) : first <= window.last
    }
    return try windows.reduce(false) { changed, window in try count(window, unit) || changed }
  }

  /// Whether one of some days can lie in the school weeks after a closing.
  private func canHold(_ window: Window, _ first: Day, _ last: Day) -> Bool {
    window.last < last && first <= window.last.adding(days: KeptMarks.recentDays.value(on: window.last))
  }

  /// The marks behind figures went in registers after their time, or came back: such figures are counted no more.
  static func fix(
    _ isFixed: Bool, of pupil: PupilID, at school: URN, _ year: SchoolYear, in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        UPDATE case_window SET is_fixed = ?1 WHERE pupil = ?2 AND school = ?3 AND number IN (
          SELECT window FROM case_figure WHERE first <= ?5 AND last >= ?4)
        """
    ).execute(arguments: [isFixed, pupil, school, year.first, year.last])
  }

  /// - Returns: whether the figure is other than the one before.
  private func count(_ window: Window, _ unit: UnitOfWork) throws -> Bool {
    guard let now = try figure(of: window, today: unit.today, in: unit.db) else { return false }
    let before = try CaseFigures.latest(window.kind, of: window.case, for: window.reference, in: unit.db)
    guard now != before else { return false }
    try unit.db.cachedStatement(
      sql: """
        INSERT INTO case_figure (window, at_millis, first, last, present, possible) VALUES (?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      window.number, unit.at, now.first, now.last, now.attended.present, now.attended.possible,
    ])
    guard before != nil else { return false }
    try CaseFigures.note(window, unit)
    return true
  }

  private func windows(_ condition: String, _ arguments: StatementArguments, _ db: Database) throws -> [Window] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM case_window WHERE \(condition) ORDER BY number"), arguments: arguments
    ).compactMap { row in
      guard let kind = WindowKind(rawValue: row["kind"]) else { return nil }
      return Window(
        number: row["number"], case: row["case_number"], kind: kind, reference: row["reference"],
        pupil: try row.get("pupil"), school: try row.get("school"), first: try row.get("first"),
        last: try row.get("last"))
    }
  }
}
