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
    let isEnforced = try EnforcementReader.isOpen(for: pupil, in: unit.db)
    func review(_ present: Int, of possible: Int) -> PermitReview {
      PermitReview(
        present: present, possible: possible, isEnforced: isEnforced, dateOfBirth: birth, on: unit.today, policy: policy
      )
    }
    let reviews = try standing(of: pupil, in: unit.db).map { review($0.possible - $0.missed, of: $0.possible) }
    return reviews.first { $0.state == .review } ?? review(0, of: 0)
  }

  /// The findings about a child that stand, in the order in which they were made.
  static func standing(of pupil: PupilID, in db: Database) throws -> [(missed: Int, possible: Int)] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT missed, possible FROM attendance_finding WHERE pupil = ? AND stands = 1
          ORDER BY CAST(substr(id, 2) AS INTEGER)
          """), arguments: [pupil.text]
    ).map { ($0[0], $0[1]) }
  }
}
