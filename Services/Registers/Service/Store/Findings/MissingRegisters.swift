import Contracts
import GRDB
import Messaging
import Rulebook
import Store

/// The registers that were reported missing, each with the moment at which it came.
enum MissingRegisters {
  /// Reports a register missing and tells it, once.
  ///
  /// - Returns: whether it was not reported before.
  static func report(
    _ school: URN, _ day: Day, _ session: Session, in unit: UnitOfWork
  ) throws -> Bool {
    try unit.db.cachedStatement(
      sql:
        "INSERT INTO missing_registers (school, day, session, reported_millis) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
    ).execute(arguments: [school, day, session, unit.at])
    guard unit.db.changesCount > 0 else { return false }
    try unit.publish(
      RegisterMissing(school: school, date: day, session: session), subject: school.text)
    return true
  }

  /// A register has come: when it was reported missing, that is told.
  static func receive(
    _ school: URN, _ day: Day, _ session: Session, in unit: UnitOfWork
  ) throws {
    try unit.db.cachedStatement(
      sql: """
        UPDATE missing_registers SET received_millis = ?
        WHERE school = ? AND day = ? AND session = ? AND received_millis IS NULL
        """
    ).execute(arguments: [unit.at, school, day, session])
    guard unit.db.changesCount > 0 else { return }
    try unit.publish(
      RegisterReceived(school: school, date: day, session: session), subject: school.text)
  }
}
