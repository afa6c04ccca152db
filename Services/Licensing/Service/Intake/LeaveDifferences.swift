import Contracts
import GRDB
import LicensingDomain
import Messaging
import Rulebook

/// Where a child's register and licences disagree, as it was last told: each difference is told to the school once, and
/// once more when it is gone.
enum LeaveDifferences {
  /// Compares a child's marks and licensed days again, and tells what is new and what is gone.
  static func look(at pupil: PupilID, in unit: UnitOfWork) throws {
    let marks = try LeaveMarks.all(of: pupil, in: unit.db)
    let match = LeaveMatch(marks.map(\.mark), licensed: try LicensedDays.days(of: pupil, in: unit.db))
    var now: [Key: LeaveDiffers.Difference] = [:]
    for mark in match.leaveWithoutLicence { now[Key(mark.date, mark.session)] = .leaveWithoutLicence }
    for mark in match.otherAbsence { now[Key(mark.date, mark.session)] = .otherAbsence }
    let schools = Dictionary(marks.map { (Key($0.mark.date, $0.mark.session), $0.school) }) { first, _ in first }
    let told = try told(of: pupil, in: unit.db)
    for (key, old) in told.sorted(by: { $0.key < $1.key }) where now[key] != old.difference {
      try unit.db.cachedStatement(sql: "DELETE FROM leave_difference WHERE pupil = ? AND on_day = ? AND session = ?")
        .execute(arguments: [pupil.text, key.day.ordinal, key.session.index])
      try unit.publish(
        LeaveAgrees(pupil: pupil, school: old.school, date: key.day, session: key.session), subject: pupil.text)
    }
    for (key, difference) in now.sorted(by: { $0.key < $1.key }) where told[key]?.difference != difference {
      guard let school = schools[key] else { continue }
      try unit.db.cachedStatement(
        sql: "INSERT INTO leave_difference (pupil, on_day, session, school, difference) VALUES (?, ?, ?, ?, ?)"
      ).execute(arguments: [
        pupil.text, key.day.ordinal, key.session.index, school.text, difference.rawValue,
      ])
      try unit.publish(
        LeaveDiffers(pupil: pupil, school: school, date: key.day, session: key.session, difference: difference),
        subject: pupil.text)
    }
  }

  /// What registers dispose of is forgotten, and nobody is told.
  static func forget(_ pupil: PupilID, at school: URN, in year: SchoolYear, _ db: Database) throws {
    try db.execute(
      sql: "DELETE FROM leave_difference WHERE pupil = ? AND school = ? AND on_day BETWEEN ? AND ?",
      arguments: [pupil.text, school.text, year.first.ordinal, year.last.ordinal])
  }

  private struct Key: Hashable, Comparable {
    let day: Day
    let session: Session

    init(_ day: Day, _ session: Session) { (self.day, self.session) = (day, session) }

    static func < (a: Key, b: Key) -> Bool { (a.day, a.session) < (b.day, b.session) }
  }

  private static func told(
    of pupil: PupilID, in db: Database
  ) throws -> [Key: (difference: LeaveDiffers.Difference, school: URN)] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT on_day, session, school, difference FROM leave_difference WHERE pupil = ?"),
      arguments: [pupil.text]
    ).reduce(into: [:]) { told, row in
      guard let difference = LeaveDiffers.Difference(rawValue: row["difference"]) else { return }
      told[Key(Day(ordinal: row["on_day"]), Session(index: row["session"]))] = (
        difference, try URN(row["school"] as String)
      )
    }
  }
}
