public import Contracts
import Foundation
public import GRDB
public import Rulebook
import Store

/// Questions to a program's copy of the roll.
public enum Roll {
  /// `nil` while no event has told of it.
  public static func school(_ urn: URN, in db: Database) throws -> RolledSchool? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT name, phase, kind FROM roll_school WHERE urn = ?"), arguments: [urn.text]
    ).map { row in
      RolledSchool(
        urn: urn, name: row[0], phase: (row[1] as String?).flatMap(SchoolPhase.init),
        kind: (row[2] as String?).flatMap(SchoolKind.init))
    }
  }

  /// Which of some schools no event has told of.
  public static func unknownSchools(_ schools: Set<URN>, in db: Database) throws -> Set<URN> {
    try schools.filter { try school($0, in: db) == nil }
  }

  /// All years of a school's calendar as one; `nil` when none is known.
  ///
  /// - Throws: `DecodingError` when the store holds another shape.
  public static func calendar(ofSchool school: URN, in db: Database) throws -> SchoolCalendar? {
    try calendars.find(ofSchool: school, in: db)
  }

  private static let calendars = CalendarMemo { $0 }

  /// The years of a school's calendar as they are kept.
  static func calendarYears(ofSchool school: URN, in db: Database) throws -> [String] {
    try String.fetchAll(
      db.cachedStatement(sql: "SELECT json FROM roll_calendar WHERE school = ? ORDER BY school_year"),
      arguments: [school.text])
  }

  static func calendar(of years: [String]) throws -> SchoolCalendar? {
    try years.map { try JSONDecoder().decode(CalendarRecorded.self, from: Data($0.utf8)).calendar }
      .reduce(nil as SchoolCalendar?) { $0?.joined(with: $1) ?? $1 }
  }

  /// The identifier that a child has now: itself, or the one it was merged into.
  public static func current(_ pupil: PupilID, in db: Database) throws -> PupilID {
    try String.fetchOne(
      db.cachedStatement(sql: "SELECT pupil FROM roll_merged WHERE merged = ?"), arguments: [pupil.text]
    ).flatMap { PupilID($0) } ?? pupil
  }

  /// The identifiers that some children have now, in their order, each once.
  public static func current(_ pupils: [PupilID], in db: Database) throws -> [PupilID] {
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT p.value, m.pupil FROM json_each(?) p LEFT JOIN roll_merged m ON m.merged = p.value ORDER BY p.id
          """), arguments: [pupils.list])
    var (current, seen): ([PupilID], Set<PupilID>) = ([], [])
    while let row = try rows.next() {
      let pupil: PupilID = try row.get(row[1] == nil ? 0 : 1)
      if seen.insert(pupil).inserted { current.append(pupil) }
    }
    return current
  }

  /// Every identifier that a child had: the one that stands, and those merged into it, in order.
  public static func identifiers(of pupil: PupilID, in db: Database) throws -> [PupilID] {
    let current = try current(pupil, in: db)
    return try [current]
      + PupilID.fetchAll(
        db.cachedStatement(sql: "SELECT merged FROM roll_merged WHERE pupil = ? ORDER BY merged"), arguments: [current])
  }

  /// Whether an enrolment has told of a child.
  public static func isKnown(_ pupil: PupilID, in db: Database) throws -> Bool {
    try Int.fetchOne(
      db.cachedStatement(sql: "SELECT 1 FROM roll_pupil WHERE pupil = ?"), arguments: [pupil.text]) != nil
  }

  /// `nil` while no enrolment has told of the child, and for an identifier that was merged.
  public static func pupil(_ pupil: PupilID, in db: Database) throws -> RolledPupil? {
    try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT date_of_birth, year_group, year_group_year, given_name, family_name,
            EXISTS (SELECT 1 FROM roll_registration r WHERE r.pupil = p.pupil AND address_protected = 1)
          FROM roll_pupil p WHERE pupil = ?
          """), arguments: [pupil.text]
    ).map { row in
      RolledPupil(
        id: pupil, dateOfBirth: (row[0] as Int32?).map(Day.init(ordinal:)), yearGroup: row[1], yearGroupYear: row[2],
        givenName: row[3], familyName: row[4], addressProtected: row[5])
    }
  }

  /// Whose concern a child is on a day beside its school's, in order; nobody's where the program does not keep it.
  public static func concerns(of pupil: PupilID, on day: Day, in db: Database) throws -> [Concern] {
    let found = try String.fetchSet(
      db.cachedStatement(
        sql: "SELECT concern FROM roll_concern WHERE pupil = ? AND first <= ? AND (last IS NULL OR last >= ?)"),
      arguments: [pupil.text, day.ordinal, day.ordinal])
    return Concern.allCases.filter { found.contains($0.rawValue) }
  }

  /// A child's sex as the roll has it; `nil` where no school states it, or the program does not keep it.
  public static func sex(of pupil: PupilID, in db: Database) throws -> Sex? {
    try String.fetchOne(
      db.cachedStatement(sql: "SELECT sex FROM roll_pupil WHERE pupil = ?"), arguments: [pupil.text]
    ).flatMap(Sex.init(rawValue:))
  }

  /// A child's registrations in order of their first day, at one school or at all; not those that were withdrawn.
  public static func registrations(
    of pupil: PupilID, at school: URN? = nil, in db: Database
  ) throws -> [Registration] {
    try history(of: pupil, at: school, in: db).filter { !$0.isWithdrawn }
  }

  /// A child's registrations as ``registrations(of:at:in:)``, with those that were withdrawn.
  public static func history(of pupil: PupilID, at school: URN? = nil, in db: Database) throws -> [Registration] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT * FROM roll_registration WHERE pupil = ?1 AND (?2 IS NULL OR school = ?2) ORDER BY first, id
          """), arguments: [pupil.text, school?.text]
    ).map(RollTables.registration)
  }

  /// The number of the registration that a mark of a day belongs to; `nil` when none covers it. Registrations of a child
  /// at one school have no day in common.
  public static func number(covering day: Day, of pupil: PupilID, at school: URN, in db: Database) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT number FROM roll_registration WHERE pupil = ? AND school = ? AND number IS NOT NULL AND withdrawn = 0
            AND first <= ? AND (last IS NULL OR last >= ?) ORDER BY number DESC LIMIT 1
          """), arguments: [pupil.text, school.text, day.ordinal, day.ordinal])
  }

  /// The same for some children at once; those whose mark belongs to none are left out.
  public static func numbers(
    covering day: Day, of pupils: [PupilID], at school: URN, in db: Database
  ) throws -> [PupilID: Int64] {
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT r.pupil, max(r.number) FROM json_each(?) p CROSS JOIN roll_registration r
          WHERE r.pupil = p.value AND r.school = ? AND r.number IS NOT NULL AND r.withdrawn = 0
            AND r.first <= ? AND (r.last IS NULL OR r.last >= ?) GROUP BY r.pupil
          """), arguments: [pupils.list, school.text, day.ordinal, day.ordinal])
    var numbers: [PupilID: Int64] = [:]
    while let row = try rows.next() { numbers[try row.get(0)] = row[1] }
    return numbers
  }
}

extension [PupilID] {
  /// As a statement takes them: `IN (SELECT value FROM json_each(?))`.
  public var list: String { isEmpty ? "[]" : "[\"" + map(\.text).joined(separator: "\",\"") + "\"]" }
}
