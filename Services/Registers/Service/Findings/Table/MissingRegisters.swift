import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import Store

/// The registers that were reported missing, each with the moment at which it came or turned out not to be due.
enum MissingRegisters {
  /// Reports a register missing and publishes it, once.
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

  /// A register has come: when it stands reported missing, its coming is published.
  static func receive(
    _ school: URN, _ day: Day, _ session: Session, in unit: UnitOfWork
  ) throws {
    let hasLapsed = try Bool.fetchOne(
      unit.db.cachedStatement(
        sql: """
          SELECT lapsed_millis IS NOT NULL FROM missing_registers
          WHERE school = ? AND day = ? AND session = ? AND received_millis IS NULL
          """), arguments: [school, day, session])
    guard let hasLapsed else { return }
    try unit.db.cachedStatement(
      sql: "UPDATE missing_registers SET received_millis = ? WHERE school = ? AND day = ? AND session = ?"
    ).execute(arguments: [unit.at, school, day, session])
    guard !hasLapsed else { return }
    try unit.publish(RegisterReceived(school: school, date: day, session: session), subject: school.text)
  }

  /// A school's calendar or roll has changed: a report of a register that is not due any more lapses, and one that had
  /// lapsed is made again where the register is due after all and has not come. Each is published.
  static func reviewDue(_ work: SchoolWork) throws {
    let db = work.unit.db
    let reports = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT day, session, lapsed_millis IS NOT NULL AS has_lapsed FROM missing_registers
          WHERE school = ? AND received_millis IS NULL ORDER BY day, session
          """), arguments: [work.school])
    for report in reports {
      let (day, session) = (Day(ordinal: report["day"]), Session(index: report["session"]))
      let calendar = work.calendars.years[SchoolYear(containing: day)]
      let isDue = calendar.map { work.roll.due(day, session, $0) > 0 } ?? false
      let hasLapsed: Bool = report["has_lapsed"]
      guard isDue == hasLapsed else { continue }
      try db.cachedStatement(
        sql: "UPDATE missing_registers SET lapsed_millis = ? WHERE school = ? AND day = ? AND session = ?"
      ).execute(arguments: [isDue ? nil : work.unit.at, work.school, day, session])
      func publish(_ event: some EventData) throws {
        try work.unit.publish(event, subject: work.school.text)
      }
      if isDue {
        try publish(RegisterMissing(school: work.school, date: day, session: session))
      } else {
        try publish(RegisterMissingLapsed(school: work.school, date: day, session: session))
      }
    }
  }
}
