import Contracts
import GRDB
import RegistersDomain
import Rulebook

/// A child as the registers keep it.
struct StoredPupil: Hashable, Sendable {
  let number: Int64
  let id: PupilID
  let upn: UPN
  let givenName: String
  let familyName: String
  let dateOfBirth: Day
  let yearGroup: String?
  let addressProtected: Bool

  /// Whether a school says of the child what is known already.
  func agrees(with record: PupilRecord) -> Bool {
    givenName == record.givenName && familyName == record.familyName && dateOfBirth == record.dateOfBirth
      && yearGroup == record.yearGroup && addressProtected == record.addressProtected
  }
}

/// A child's time on one roll.
struct Registration: Hashable, Sendable {
  let number: Int64
  let school: URN
  let enrolledOn: Day
  let leftOn: Day?

  /// Whether it shares a day with a span.
  func overlaps(_ first: Day, _ last: Day?) -> Bool {
    (last.map { enrolledOn <= $0 } ?? true) && (leftOn.map { first <= $0 } ?? true)
  }
}

/// The tables of pupils and their registrations.
enum Pupils {
  static func find(upn: UPN, in db: Database) throws -> StoredPupil? {
    try pupil(
      Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM pupils WHERE upn = ?"), arguments: [upn.text]))
  }

  static func find(_ id: PupilID, in db: Database) throws -> StoredPupil? {
    try pupil(Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM pupils WHERE id = ?"), arguments: [id.text]))
  }

  /// Enters a child that no school knew, under a new opaque identifier.
  static func insert(_ record: PupilRecord, in db: Database) throws -> StoredPupil {
    var generator = SystemRandomNumberGenerator()
    var id = PupilID.random(using: &generator)
    while try find(id, in: db) != nil { id = PupilID.random(using: &generator) }
    try db.cachedStatement(
      sql: """
        INSERT INTO pupils (id, upn, given_name, family_name, date_of_birth, year_group, address_protected)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      id.text, record.upn.text, record.givenName, record.familyName, record.dateOfBirth.ordinal, record.yearGroup,
      record.addressProtected,
    ])
    return StoredPupil(
      number: db.lastInsertedRowID, id: id, upn: record.upn, givenName: record.givenName,
      familyName: record.familyName, dateOfBirth: record.dateOfBirth, yearGroup: record.yearGroup,
      addressProtected: record.addressProtected)
  }

  /// Replaces what is known of a child.
  static func update(_ number: Int64, _ record: PupilRecord, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        UPDATE pupils SET given_name = ?, family_name = ?, date_of_birth = ?, year_group = ?, address_protected = ?
        WHERE number = ?
        """
    ).execute(arguments: [
      record.givenName, record.familyName, record.dateOfBirth.ordinal, record.yearGroup, record.addressProtected,
      number,
    ])
  }

  /// A child's registrations at all schools, oldest first.
  static func registrations(of pupil: Int64, in db: Database) throws -> [Registration] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: "SELECT * FROM registrations WHERE pupil = ? ORDER BY enrolled_on, number"), arguments: [pupil]
    ).map { row in
      Registration(
        number: row["number"], school: try URN(row["school"] as String),
        enrolledOn: Day(ordinal: row["enrolled_on"]), leftOn: (row["left_on"] as Int32?).map(Day.init(ordinal:)))
    }
  }

  static func enrol(_ pupil: Int64, school: URN, _ record: PupilRecord, in db: Database) throws {
    try db.cachedStatement(
      sql: "INSERT INTO registrations (pupil, school, enrolled_on, left_on) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [pupil, school.text, record.enrolledOn.ordinal, record.leftOn?.ordinal])
  }

  static func update(registration: Int64, _ record: PupilRecord, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE registrations SET enrolled_on = ?, left_on = ? WHERE number = ?").execute(
      arguments: [record.enrolledOn.ordinal, record.leftOn?.ordinal, registration])
  }

  /// Everyone who is or was on a school's roll.
  static func roll(of school: URN, in db: Database) throws -> Roll {
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT r.number, p.id, p.upn, p.date_of_birth, r.enrolled_on, r.left_on
          FROM registrations r JOIN pupils p ON p.number = r.pupil WHERE r.school = ? ORDER BY r.number
          """), arguments: [school.text])
    var entries: [RollEntry] = []
    while let row = try rows.next() {
      entries.append(
        RollEntry(
          registration: row[0], pupil: try id(row[1]), upn: try UPN(row[2] as String),
          dateOfBirth: Day(ordinal: row[3]), enrolledOn: Day(ordinal: row[4]),
          leftOn: (row[5] as Int32?).map(Day.init(ordinal:))))
    }
    return Roll(entries)
  }

  /// The child of a registration.
  static func id(ofRegistration number: Int64, in db: Database) throws -> PupilID {
    let text = try String.fetchOne(
      db.cachedStatement(
        sql: "SELECT p.id FROM registrations r JOIN pupils p ON p.number = r.pupil WHERE r.number = ?"),
      arguments: [number])
    return try id(text ?? "")
  }

  /// Under which identifiers the marks of a school's registrations were published in an event of a sequence: their
  /// children's own, or what those were before two records turned out to be one child.
  static func identifiers(
    of school: URN, publishedUnder sequence: Int64, in db: Database
  ) throws -> [Int64: PupilID] {
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT r.number, coalesce((SELECT c.pupil FROM identity_changes c WHERE c.registration = r.number
            AND c.through_sequence >= ? ORDER BY c.through_sequence LIMIT 1), p.id)
          FROM registrations r JOIN pupils p ON p.number = r.pupil WHERE r.school = ?
          """), arguments: [sequence, school.text])
    var identifiers: [Int64: PupilID] = [:]
    while let row = try rows.next() { identifiers[row[0]] = try id(row[1]) }
    return identifiers
  }

  /// One line of a school's roll, for its own people.
  struct Line: Hashable, Sendable {
    let registration: Registration
    let pupil: StoredPupil
  }

  /// A page of a school's roll, in the order of entry.
  static func page(of school: URN, after number: Int64, limit: Int, in db: Database) throws -> [Line] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT r.number AS registration, r.enrolled_on, r.left_on, p.* FROM registrations r
          JOIN pupils p ON p.number = r.pupil WHERE r.school = ? AND r.number > ? ORDER BY r.number LIMIT ?
          """), arguments: [school.text, number, limit]
    ).map { row in
      Line(
        registration: Registration(
          number: row["registration"], school: school, enrolledOn: Day(ordinal: row["enrolled_on"]),
          leftOn: (row["left_on"] as Int32?).map(Day.init(ordinal:))), pupil: try stored(row))
    }
  }

  private static func pupil(_ row: Row?) throws -> StoredPupil? { try row.map(stored) }

  private static func stored(_ row: Row) throws -> StoredPupil {
    StoredPupil(
      number: row["number"], id: try id(row["id"]), upn: try UPN(row["upn"] as String), givenName: row["given_name"],
      familyName: row["family_name"], dateOfBirth: Day(ordinal: row["date_of_birth"]), yearGroup: row["year_group"],
      addressProtected: row["address_protected"])
  }

  private static func id(_ text: String) throws -> PupilID {
    guard let id = PupilID(text) else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
    return id
  }
}
