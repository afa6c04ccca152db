import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// The table of flags.
enum Flags {
  /// A flag with its days.
  struct Span: StoredRow, Codable, Hashable, Sendable {
    let kind: PupilFlag
    let first: Day
    /// The last day; `nil` while it lasts.
    let last: Day?

    func covers(_ day: Day) -> Bool { first <= day && last.map { day <= $0 } ?? true }

    /// Whether it shares a day with another.
    func overlaps(_ other: Span) -> Bool {
      (other.last.map { first <= $0 } ?? true) && (last.map { other.first <= $0 } ?? true)
    }
  }

  /// What is true of a child on a day.
  static func inForce(_ pupil: Int64, on day: Day, in db: Database) throws -> Set<PupilFlag> {
    Set(try spans(of: pupil, in: db).lazy.filter { $0.covers(day) }.map(\.kind))
  }

  /// The children of whom one of some kinds is true on a day, with those kinds, by the pupil's number.
  static func all(of kinds: Set<PupilFlag>, on day: Day, in db: Database) throws -> [Int64: Set<PupilFlag>] {
    var found: [Int64: Set<PupilFlag>] = [:]
    for kind in kinds {
      let pupils = try Int64.fetchCursor(
        db.cachedStatement(
          sql: "SELECT pupil FROM flags WHERE kind = ? AND first <= ? AND (last IS NULL OR last >= ?)"),
        arguments: [kind.rawValue, day, day])
      while let pupil = try pupils.next() { found[pupil, default: []].insert(kind) }
    }
    return found
  }

  /// The children who have a flag on a day, with its first day.
  static func children(with flag: PupilFlag, on day: Day, in db: Database) throws -> [(pupil: StoredPupil, since: Day)]
  {
    try db.rows(
      """
      SELECT p.*, min(f.first) AS since FROM flags f JOIN pupils p ON p.number = f.pupil
      WHERE f.kind = ?1 AND f.first <= ?2 AND (f.last IS NULL OR f.last >= ?2) GROUP BY p.number ORDER BY p.number
      """, [flag.rawValue, day]
    ).map { (try Pupils.stored($0), try $0.get("since")) }
  }

  /// Whose concern a child is on a day, beside its school's.
  static func concerns(of pupil: PupilID, on day: Day, in db: Database) throws -> [Concern] {
    let kinds = try db.values(
      """
      SELECT f.kind FROM flags f JOIN pupils p ON p.number = f.pupil
      WHERE p.id = ? AND f.first <= ? AND (f.last IS NULL OR f.last >= ?)
      """, [pupil, day, day], as: String.self)
    return Set(kinds.compactMap(PupilFlag.init(rawValue:))).concerns
  }

  /// The children of a school's roll of whom a flag begins on one of some days.
  static func children(of school: URN, beginning days: DayRange, in db: Database) throws -> [PupilID] {
    try db.values(
      """
      SELECT DISTINCT p.id FROM standing_registrations r CROSS JOIN flags f ON f.pupil = r.pupil
      JOIN pupils p ON p.number = r.pupil
      WHERE r.school = ? AND f.first BETWEEN ? AND ? ORDER BY r.number
      """, [school, days.first, days.last])
  }

  /// Everything that was ever said of a child, by kind and day.
  static func spans(of pupil: Int64, in db: Database) throws -> [Span] {
    try db.all("SELECT kind, first, last FROM flags WHERE pupil = ? ORDER BY kind, first", [pupil])
  }

  /// Sets the days of a flag; one with the same first day gets the last day.
  static func save(_ span: Span, of pupil: Int64, in unit: UnitOfWork) throws {
    try unit.put("flags", ["pupil": pupil, "kind": span.kind.rawValue, "first": span.first], ["last": span.last])
  }

  /// Publishes whose concern a child is, with every day on which it was; nothing of one who never was anybody's.
  static func publishConcerns(of pupil: StoredPupil, in unit: UnitOfWork) throws {
    let concerns = try spans(of: pupil.number, in: unit.db).compactMap { span in
      span.kind.concern.map { ConcernsRecorded.Span(concern: $0, first: span.first, last: span.last) }
    }
    guard !concerns.isEmpty else { return }
    try unit.publish(ConcernsRecorded(pupil: pupil.id, concerns: concerns), subject: pupil.id.text)
  }

  /// Gives a merged record's flags to the record that stays. Of two with the same first day the longer stays.
  static func move(_ merged: Int64, into pupil: Int64, in db: Database) throws {
    try db.run(
      """
      UPDATE flags SET last = CASE WHEN flags.last IS NULL OR m.l IS NULL THEN NULL ELSE max(flags.last, m.l) END
      FROM (SELECT kind AS k, first AS f, last AS l FROM flags WHERE pupil = ?) m
      WHERE pupil = ? AND kind = m.k AND first = m.f
      """, [merged, pupil])
    try db.run("UPDATE OR IGNORE flags SET pupil = ? WHERE pupil = ?", [pupil, merged])
    try db.run("DELETE FROM flags WHERE pupil = ?", [merged])
  }
}
