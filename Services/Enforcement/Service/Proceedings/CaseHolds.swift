import CaseFlow
import CaseKit
import Contracts
import GRDB
import Messaging
import Store

/// Holds on the register's entries of a child, one for each time that a case about it is open (ATT-3). What a register
/// disposed of while a case was open would be missing before a court.
enum CaseHolds {
  static let migration = Migration(
    "enforcement 0010 holds of cases",
    sql: """
      -- The holds that cases placed. A name is used once: a case that is opened again places another.
      CREATE TABLE case_hold (
        name TEXT PRIMARY KEY, case_number INTEGER NOT NULL REFERENCES case_file (number),
        released INTEGER NOT NULL CHECK (released IN (0, 1))) STRICT, WITHOUT ROWID;
      CREATE INDEX case_hold_case ON case_hold (case_number);
      INSERT INTO case_hold (name, case_number, released)
        SELECT 'notice-c' || n.case_number, n.case_number, 1 - f.is_open FROM notice n
        JOIN case_file f ON f.number = n.case_number WHERE n.document IS NOT NULL;
      INSERT INTO case_hold (name, case_number, released)
        SELECT 'prosecution-c' || p.case_number, p.case_number, 1 - f.is_open FROM prosecution p
        JOIN case_file f ON f.number = p.case_number WHERE p.laid IS NOT NULL;
      """)

  /// Places a hold when an entry opens a case, and releases it when one closes it.
  ///
  /// - Parameter series: what the names of the kind's holds begin with.
  static func follow<Kind: CaseKind>(
    _ entry: Entry<Kind>, in stored: StoredCase<Kind>, _ series: String, _ matter: RecordHoldPlaced.Matter,
    _ unit: UnitOfWork
  ) throws {
    let (before, after) = (Kind.flow.isOpen(entry.from), Kind.flow.isOpen(stored.file.state))
    guard before || after else { return }
    let pupil = try stored.pupil
    guard after else {
      let names = try String.fetchAll(
        unit.db, sql: "SELECT name FROM case_hold WHERE case_number = ? AND released = 0 ORDER BY name",
        arguments: [stored.number])
      try unit.db.execute(
        sql: "UPDATE case_hold SET released = 1 WHERE case_number = ?", arguments: [stored.number])
      for name in names { try unit.publish(RecordHoldReleased(hold: name, pupil: pupil), subject: pupil.text) }
      return
    }
    let count = try Int.fetchOne(
      unit.db, sql: "SELECT count(*) FROM case_hold WHERE case_number = ?", arguments: [stored.number])
    // One that was opened before cases placed holds gets its own with the next that happens.
    guard !before || count == 0 else { return }
    let name = "\(series)-\(stored.id)" + (count == 0 ? "" : "-\((count ?? 0) + 1)")
    try unit.db.execute(
      sql: "INSERT INTO case_hold (name, case_number, released) VALUES (?, ?, 0)", arguments: [name, stored.number])
    try unit.publish(RecordHoldPlaced(hold: name, pupil: pupil, matter: matter), subject: pupil.text)
  }
}
