import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import Store

/// Makes one record of two.
enum PupilMerge {
  /// Gives everything of one record to another. Marks stay with their registrations, and what was published under the
  /// old identifier is remembered.
  ///
  /// - Parameter day: the day until which the number that goes was used.
  static func merge(
    _ merged: StoredPupil, into pupil: StoredPupil, on day: Day, in unit: UnitOfWork
  ) throws {
    let through = try Outbox.lastSequence(in: unit.db)
    try unit.db.run(
      """
      INSERT INTO identity_changes (registration, through_sequence, pupil)
      SELECT number, ?, ? FROM registrations WHERE pupil = ?
      """, [through, merged.id, merged.number])
    let pair: StatementArguments = [pupil.number, merged.number]
    try unit.db.run("UPDATE registrations SET pupil = ? WHERE pupil = ?", pair)
    try unit.db.run("UPDATE holds SET pupil = ? WHERE pupil = ?", pair)
    // Whoever is a contact of both is there twice until an officer says that the two are one person.
    try unit.db.run("UPDATE contacts SET pupil = ? WHERE pupil = ?", pair)
    try Flags.move(merged.number, into: pupil.number, in: unit.db)
    try Families.move(merged.number, into: pupil.number, in: unit.db)
    try MatchCandidates.move(merged.number, into: pupil.number, in: unit.db)
    try PupilChanges.move(merged.number, into: pupil.number, in: unit)
    try moveNumbers(merged, into: pupil, on: day, in: unit.db)
    for field in PupilField.details {
      try unit.db.run(
        "UPDATE pupils SET \(field.stored) = coalesce(\(field.stored), ?) WHERE number = ?",
        [merged.details[field], pupil.number])
    }
    try unit.db.run(
      "UPDATE pupils SET address_protected = max(address_protected, ?) WHERE number = ?",
      [merged.addressProtected, pupil.number])
    try unit.db.run(
      "UPDATE pupils SET merged_into = ? WHERE merged_into = ? OR number = ?",
      [pupil.number, merged.number, merged.number])
  }

  /// Whether an entry that was taken back has the first day of one of the other record's at the same school.
  static func isBarred(_ merged: StoredPupil, into pupil: StoredPupil, in db: Database) throws -> Bool {
    let kept = try Pupils.registrationsEver(of: pupil.number, in: db)
    return try Pupils.registrationsEver(of: merged.number, in: db).contains { moved in
      kept.contains { $0.school == moved.school && $0.enrolledOn == moved.enrolledOn }
    }
  }

  /// The merged record's numbers find the child from now on. A permanent number takes the place of a temporary one.
  private static func moveNumbers(
    _ merged: StoredPupil, into pupil: StoredPupil, on day: Day, in db: Database
  ) throws {
    try db.run("UPDATE former_upns SET pupil = ? WHERE pupil = ?", [pupil.number, merged.number])
    var former = merged.upn
    if pupil.upn.isTemporary, !merged.upn.isTemporary {
      former = pupil.upn
      // The two numbers change places: a third holds the place meanwhile, for each is there once.
      let between = String("-\(merged.number)-------------".prefix(13))
      for (number, upn) in [(merged.number, between), (pupil.number, merged.upn.text), (merged.number, former.text)] {
        try db.run("UPDATE pupils SET upn = ? WHERE number = ?", [upn, number])
      }
    }
    try db.run(
      "INSERT OR IGNORE INTO former_upns (upn, pupil, until_day) VALUES (?, ?, ?)", [former, pupil.number, day])
  }
}
