import Contracts
import GRDB
import LicensingDomain
import Messaging
import Rulebook

/// Persistent absence as registers found it: figures stay here and are in no answer or letter.
enum AttendanceFindings {
  static func raise(_ data: Found<PersistentAbsence>, of pupil: PupilID, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO attendance_finding (id, pupil, school, missed, possible, stands) VALUES (?, ?, ?, ?, ?, 1)
        ON CONFLICT (id) DO UPDATE SET missed = excluded.missed, possible = excluded.possible
        """
    ).execute(arguments: [data.finding, pupil.text, data.school.text, data.count, data.outOf ?? 0])
  }

  static func lapse(_ id: String, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE attendance_finding SET stands = 0 WHERE id = ?").execute(arguments: [id])
  }

  /// Whether a permit of a child comes up for review: for any school's finding that stands.
  static func review(of pupil: PupilID, bornOn birth: Day, in unit: UnitOfWork) throws -> PermitReview {
    let policy = PermitReview.Policy.usual.value(on: unit.today)
    let rows = try Row.fetchAll(
      unit.db.cachedStatement(
        sql: "SELECT missed, possible FROM attendance_finding WHERE pupil = ? AND stands = 1 ORDER BY id"),
      arguments: [pupil.text])
    let reviews = rows.map { row in
      let (missed, possible) = (row[0] as Int, row[1] as Int)
      return PermitReview(
        present: possible - missed, possible: possible, isEnforced: false, dateOfBirth: birth, on: unit.today,
        policy: policy)
    }
    return reviews.first { $0.state == .review }
      ?? PermitReview(
        present: 0, possible: 0, isEnforced: false, dateOfBirth: birth, on: unit.today, policy: policy)
  }
}
