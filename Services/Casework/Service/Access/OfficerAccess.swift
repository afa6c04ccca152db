import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store

/// Who is kept out of casework, or from a child, although role and schools would let them in: an officer who has left, one
/// who gave a case away some time ago and is not involved any more (CW-21), and one who must not know of a child (CW-22).
struct OfficerAccess: Admission {
  /// Why an officer is kept from a child.
  enum Cause: String { case bar, handover }

  private static func isPerson(_ caller: Caller) -> Bool { ![.service, .operator].contains(caller.role) }

  func admit(_ unit: UnitOfWork) throws {
    guard Self.isPerson(unit.caller), try Self.hasLeft(unit.caller.subject, on: unit.today, in: unit.db) else { return }
    throw Problem.forbidden
  }

  func hides(_ subject: String, from unit: UnitOfWork) throws -> Bool {
    guard Self.isPerson(unit.caller) else { return false }
    return try Bool.fetchOne(
      unit.db.cachedStatement(
        sql: """
          SELECT EXISTS (SELECT 1 FROM kept_from WHERE officer = ?1 AND first <= ?3
            AND pupil = coalesce((SELECT pupil FROM roll_merged WHERE merged = ?2), ?2))
          """), arguments: [unit.caller.subject, subject, unit.today]) ?? false
  }

  func hidden(from unit: UnitOfWork) throws -> [PupilID] {
    guard Self.isPerson(unit.caller) else { return [] }
    return try PupilID.fetchAll(
      unit.db.cachedStatement(sql: "SELECT DISTINCT pupil FROM kept_from WHERE officer = ? AND first <= ?"),
      arguments: [unit.caller.subject, unit.today])
  }

  static func hasLeft(_ officer: String, on day: Day, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM officer_left WHERE officer = ? AND first <= ?)"),
      arguments: [officer, day]) ?? false
  }

  /// Whether an officer cannot have a child's case: by a bar, or because of having left.
  static func isBarred(_ officer: String, from pupil: PupilID, on day: Day, in db: Database) throws -> Bool {
    if try hasLeft(officer, on: day, in: db) { return true }
    return try Bool.fetchOne(
      db.cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM kept_from WHERE officer = ? AND pupil = ? AND why = 'bar' AND first <= ?)"),
      arguments: [officer, pupil, day]) ?? false
  }

  private static func keep(_ officer: String, from pupil: PupilID, _ cause: Cause, since day: Day, in db: Database)
    throws
  {
    try db.cachedStatement(
      sql: """
        INSERT INTO kept_from (officer, pupil, why, first) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET first = excluded.first
        """
    ).execute(arguments: [officer, pupil, cause.rawValue, day])
  }

  private static func admit(_ officer: String, to pupil: PupilID, _ cause: Cause, in db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM kept_from WHERE officer = ? AND pupil = ? AND why = ?")
      .execute(arguments: [officer, pupil, cause.rawValue])
  }

  // MARK: Who has a case

  /// Notes who has a case now: the officer who had it sees it for some days more, and who has it sees it again.
  ///
  /// - Throws: `Problem` conflict for an officer who has left or must not know of the child.
  static func owned(_ stored: StoredCase<AttendanceCase>, on day: Day, _ unit: UnitOfWork) throws {
    let (db, pupil, now) = (unit.db, try stored.pupil, stored.file.owner?.person)
    let before = try String.fetchOne(
      db.cachedStatement(sql: "SELECT officer FROM case_holder WHERE case_number = ? AND last IS NULL"),
      arguments: [stored.number])
    guard before != now else { return }
    if let before {
      try db.cachedStatement(sql: "UPDATE case_holder SET last = ? WHERE case_number = ? AND last IS NULL")
        .execute(arguments: [day, stored.number])
      let involved = try involvement(of: before, with: pupil, in: db)
      try keep(
        before, from: pupil, .handover, since: CaseHandover.firstDayWithout(from: day, involvedUntil: involved), in: db)
    }
    guard let now else { return }
    guard try !isBarred(now, from: pupil, on: day, in: db) else {
      throw Problem.conflict(
        "officer-barred", "This officer cannot have the case",
        detail: "The officer has left, or must not know of the child. Choose another.")
    }
    try admit(now, to: pupil, .handover, in: db)
    try db.cachedStatement(sql: "INSERT INTO case_holder (case_number, pupil, officer, first) VALUES (?, ?, ?, ?)")
      .execute(arguments: [stored.number, pupil, now, day])
  }

  /// The last day to which a manager found an officer still involved with a child.
  private static func involvement(of officer: String, with pupil: PupilID, in db: Database) throws -> Day? {
    try BookStore.all(OfficerInvolvement.self, .init(pupil: pupil), in: db).map(\.entry)
      .filter { $0.officer == officer }.map(\.to).max()
  }

  // MARK: What managers record

  static func bar(_ entry: OfficerBar, _ unit: UnitOfWork) throws {
    try keep(entry.officer, from: current(entry.child, unit), .bar, since: entry.from, in: unit.db)
  }

  static func endBar(_ entry: OfficerBarEnd, _ unit: UnitOfWork) throws {
    guard let bar = try BookStore.find(entry.bar, OfficerBar.self, in: unit.db), let pupil = bar.pupil else { return }
    let others = try BookStore.all(OfficerBar.self, .init(pupil: pupil, isOpen: true), in: unit.db).filter {
      $0.number != bar.number && $0.entry.officer == bar.entry.officer
    }
    guard let next = others.map(\.entry.from).min() else {
      return try admit(bar.entry.officer, to: pupil, .bar, in: unit.db)
    }
    try keep(bar.entry.officer, from: pupil, .bar, since: next, in: unit.db)
  }

  /// An officer who gave the case away sees it to the end of the involvement, and no longer.
  static func involve(_ entry: OfficerInvolvement, _ unit: UnitOfWork) throws {
    try unit.db.cachedStatement(
      sql: "UPDATE kept_from SET first = max(first, ?) WHERE officer = ? AND pupil = ? AND why = 'handover'"
    ).execute(arguments: [entry.to.adding(days: 1), entry.officer, current(entry.child, unit)])
  }

  static func leave(_ entry: OfficerDeparture, _ unit: UnitOfWork) throws {
    try unit.db.cachedStatement(
      sql: "INSERT INTO officer_left (officer, first) VALUES (?, ?) ON CONFLICT DO UPDATE SET first = excluded.first"
    ).execute(arguments: [entry.officer, entry.on.adding(days: 1)])
  }

  static func comeBack(_ entry: OfficerReturn, _ unit: UnitOfWork) throws {
    guard let left = try BookStore.find(entry.departure, OfficerDeparture.self, in: unit.db) else { return }
    try unit.db.cachedStatement(sql: "DELETE FROM officer_left WHERE officer = ?")
      .execute(arguments: [left.entry.officer])
  }

  private static func current(_ pupil: PupilID, _ unit: UnitOfWork) throws -> PupilID {
    try Roll.current(pupil, in: unit.db)
  }
}
