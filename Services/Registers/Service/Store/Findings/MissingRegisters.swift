import Contracts
import GRDB
import Messaging
import Rulebook

/// The registers that were reported missing, each with the moment at which it came.
enum MissingRegisters {
  /// Reports a register missing and tells it, once.
  ///
  /// - Returns: whether it was not reported before.
  static func report(
    _ school: URN, _ day: Day, _ session: Session, at: Timestamp, outbox: Outbox, context: EventContext,
    in db: Database
  ) throws -> Bool {
    try db.cachedStatement(
      sql:
        "INSERT INTO missing_registers (school, day, session, reported_millis) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
    ).execute(arguments: [school.text, day.ordinal, session.index, at.millis])
    guard db.changesCount > 0 else { return false }
    try outbox.append(
      RegisterMissing(school: school, date: day, session: session), subject: school.text, context: context, in: db)
    return true
  }

  /// A register has come: when it was reported missing, that is told.
  static func receive(
    _ school: URN, _ day: Day, _ session: Session, at: Timestamp, outbox: Outbox, context: EventContext,
    in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        UPDATE missing_registers SET received_millis = ?
        WHERE school = ? AND day = ? AND session = ? AND received_millis IS NULL
        """
    ).execute(arguments: [at.millis, school.text, day.ordinal, session.index])
    guard db.changesCount > 0 else { return }
    try outbox.append(
      RegisterReceived(school: school, date: day, session: session), subject: school.text, context: context, in: db)
  }
}
