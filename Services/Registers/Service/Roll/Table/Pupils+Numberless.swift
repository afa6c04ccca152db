import GRDB
import RegistersDomain
import Rulebook
import Search
import Store

/// Children that were entered before they had a number.
extension Pupils {
  /// What was sent, about the child that the register has: one that came without a number and is on the school's roll
  /// under one, or one that has its number now and came without it before.
  static func recognised(_ record: PupilRecord, at school: URN, in db: Database) throws -> PupilRecord {
    if record.upn.isProvisional {
      let number = try find(upn: record.upn, in: db)?.upn ?? namesake(of: record, at: school, in: db)
      return number.map { record.under($0) } ?? record
    }
    guard record.formerUPN == nil else { return record }
    let provisional = record.provisional(at: school)
    guard let waiting = try find(upn: provisional, in: db), waiting.upn == provisional else { return record }
    return record.knownBefore(as: provisional)
  }

  /// The number of the one child of these names and this date of birth that is or was on the school's roll.
  private static func namesake(of record: PupilRecord, at school: URN, in db: Database) throws -> UPN? {
    let found = try db.values(
      """
      SELECT DISTINCT p.upn FROM pupils p JOIN standing_registrations r ON r.pupil = p.number
      WHERE p.date_of_birth = ? AND p.folded_family = ? AND p.folded_given = ? AND p.merged_into IS NULL
        AND r.school = ? LIMIT 2
      """, [record.dateOfBirth, NameFolding.fold(record.familyName), NameFolding.fold(record.givenName), school],
      as: UPN.self)
    return found.count == 1 ? found[0] : nil
  }
}
