import Contracts
import GRDB
import Rulebook

/// The copy's tables, as events change them.
enum RollTables {
  /// A registration and where it lies.
  struct Row {
    let id: Int64
    let registration: Registration
  }

  static func save(_ school: RolledSchool, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO roll_school (urn, name, phase, kind) VALUES (?, ?, ?, ?)
        ON CONFLICT (urn) DO UPDATE SET name = excluded.name, phase = excluded.phase, kind = excluded.kind
        """, arguments: [school.urn.text, school.name, school.phase?.rawValue, school.kind?.rawValue])
  }

  /// - Returns: whether it is other than before.
  static func save(_ calendar: CalendarRecorded, in db: Database) throws -> Bool {
    try db.execute(
      sql: """
        INSERT INTO roll_calendar (school, school_year, json) VALUES (?, ?, ?)
        ON CONFLICT (school, school_year) DO UPDATE SET json = excluded.json WHERE json <> excluded.json
        """,
      arguments: [
        calendar.school.text, calendar.schoolYear, String(decoding: try calendar.encoded(), as: UTF8.self),
      ])
    return db.changesCount > 0
  }

  /// - Returns: whether they are other than before.
  static func save(_ concerns: [ConcernsRecorded.Span], of pupil: PupilID, in db: Database) throws -> Bool {
    let before = try GRDB.Row.fetchSet(
      db, sql: "SELECT concern, first, last FROM roll_concern WHERE pupil = ?", arguments: [pupil.text])
    try db.execute(sql: "DELETE FROM roll_concern WHERE pupil = ?", arguments: [pupil.text])
    for span in concerns {
      try db.cachedStatement(sql: "INSERT INTO roll_concern (pupil, concern, first, last) VALUES (?, ?, ?, ?)")
        .execute(arguments: [pupil.text, span.concern.rawValue, span.first.ordinal, span.last?.ordinal])
    }
    return try before
      != GRDB.Row.fetchSet(
        db, sql: "SELECT concern, first, last FROM roll_concern WHERE pupil = ?", arguments: [pupil.text])
  }

  /// Keeps of a child what the detail asks for.
  static func save(
    _ data: PupilEnrolled, of pupil: PupilID, at detail: RollCopy.Detail, withSex keepsSex: Bool, in db: Database
  ) throws {
    let (isDated, isTaught, isNamed) = (detail != .opaque, detail == .dates, detail == .names)
    try db.cachedStatement(
      sql: """
        INSERT INTO roll_pupil (pupil, date_of_birth, year_group, year_group_year, given_name, family_name, sex)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (pupil) DO UPDATE SET date_of_birth = excluded.date_of_birth, year_group = excluded.year_group,
          year_group_year = excluded.year_group_year, given_name = excluded.given_name,
          family_name = excluded.family_name, sex = excluded.sex
        """
    ).execute(arguments: [
      pupil.text, isDated ? data.dateOfBirth.ordinal : nil, isTaught ? data.yearGroup : nil,
      isTaught ? data.yearGroupYear : nil, isNamed ? data.givenName : nil, isNamed ? data.familyName : nil,
      keepsSex ? data.sex?.rawValue : nil,
    ])
  }

  /// Enters a registration or changes it.
  ///
  /// - Returns: it before and after; no after for one without a number where the child has a numbered one already.
  static func enter(
    _ data: PupilEnrolled, of pupil: PupilID, in db: Database
  ) throws -> (before: Registration?, after: Registration?) {
    let before = try find(data.registration, of: pupil, at: data.school, in: db)
    let id: Int64
    if let before {
      id = before.id
      try db.cachedStatement(
        sql: """
          UPDATE roll_registration SET number = ?1, pupil = ?2, school = ?3, first = ?4, last = ?5, withdrawn = 0,
            ground = iif(?5 IS NULL, NULL, ground), destination_known = iif(?5 IS NULL, NULL, destination_known)
          WHERE id = ?6
          """
      ).execute(arguments: [
        data.registration, pupil.text, data.school.text, data.enrolledOn.ordinal, data.leftOn?.ordinal, id,
      ])
    } else {
      guard try data.registration != nil || Roll.history(of: pupil, at: data.school, in: db).isEmpty else {
        return (nil, nil)
      }
      try db.cachedStatement(
        sql: """
          INSERT INTO roll_registration (number, pupil, school, first, last, withdrawn, address_protected)
          VALUES (?, ?, ?, ?, ?, 0, 0)
          """
      ).execute(arguments: [
        data.registration, pupil.text, data.school.text, data.enrolledOn.ordinal, data.leftOn?.ordinal,
      ])
      id = db.lastInsertedRowID
    }
    return (before?.registration, try find(id: id, in: db))
  }

  static func end(_ row: Row, _ data: PupilLeft, in db: Database) throws {
    try db.cachedStatement(
      sql: "UPDATE roll_registration SET last = ?, ground = ?, destination_known = ? WHERE id = ?"
    ).execute(arguments: [data.leftOn.ordinal, data.ground?.rawValue, data.destinationKnown, row.id])
  }

  /// A school with no registration of the child any more goes on protecting it until another school does.
  static func withdraw(_ row: Row, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE roll_registration SET withdrawn = 1 WHERE id = ?").execute(arguments: [row.id])
    try db.cachedStatement(
      sql: """
        UPDATE roll_registration SET address_protected = 0
        WHERE pupil = ?1 AND school = ?2 AND address_protected = 1
          AND NOT EXISTS (SELECT 1 FROM roll_registration WHERE pupil = ?1 AND school = ?2 AND withdrawn = 0)
          AND EXISTS (SELECT 1 FROM roll_registration WHERE pupil = ?1 AND school <> ?2 AND address_protected = 1)
        """
    ).execute(arguments: [row.registration.pupil.text, row.registration.school.text])
  }

  /// What a school says of a child's address holds for every registration there.
  static func protect(_ pupil: PupilID, at school: URN, _ isProtected: Bool, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        UPDATE roll_registration SET address_protected = ?1
        WHERE pupil = ?2 AND school = ?3 AND address_protected <> ?1
        """
    ).execute(arguments: [isProtected, pupil.text, school.text])
  }

  /// The registration of a number, else the one without a number of the child at the school.
  static func find(_ number: Int64?, of pupil: PupilID, at school: URN, in db: Database) throws -> Row? {
    if let number,
      let row = try GRDB.Row.fetchOne(
        db.cachedStatement(sql: "SELECT * FROM roll_registration WHERE number = ?"), arguments: [number])
    {
      return Row(id: row["id"], registration: try registration(row))
    }
    return try GRDB.Row.fetchOne(
      db.cachedStatement(
        sql: "SELECT * FROM roll_registration WHERE pupil = ? AND school = ? AND number IS NULL"),
      arguments: [pupil.text, school.text]
    ).map { Row(id: $0["id"], registration: try registration($0)) }
  }

  static func find(id: Int64, in db: Database) throws -> Registration? {
    try GRDB.Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM roll_registration WHERE id = ?"), arguments: [id]
    ).map(registration)
  }

  static func registration(_ row: GRDB.Row) throws -> Registration {
    guard let pupil = PupilID(row["pupil"] as String) else {
      throw ContractError.invalidData(path: "roll_registration")
    }
    return Registration(
      number: row["number"], pupil: pupil, school: try URN(row["school"] as String),
      first: (row["first"] as Int32?).map(Day.init(ordinal:)), last: (row["last"] as Int32?).map(Day.init(ordinal:)),
      ground: (row["ground"] as String?).flatMap(DeletionGround.init), destinationKnown: row["destination_known"],
      isWithdrawn: row["withdrawn"])
  }

  /// Gives everything of one identifier to another. What is known of the child that stays stands; at a school where both
  /// are without a number, the child is on the roll while either is; it is protected where either is.
  static func merge(_ merged: PupilID, into kept: PupilID, in db: Database) throws {
    let both: StatementArguments = ["kept": kept.text, "merged": merged.text]
    try db.execute(
      sql: """
        INSERT INTO roll_pupil (pupil, date_of_birth, year_group, year_group_year, given_name, family_name, sex)
        SELECT :kept, date_of_birth, year_group, year_group_year, given_name, family_name, sex
        FROM roll_pupil WHERE pupil = :merged
        ON CONFLICT (pupil) DO NOTHING
        """, arguments: both)
    try db.execute(sql: "DELETE FROM roll_pupil WHERE pupil = ?", arguments: [merged.text])
    try db.execute(
      sql: """
        UPDATE roll_registration SET address_protected = 1
        WHERE pupil IN (:kept, :merged) AND school IN (
          SELECT school FROM roll_registration WHERE pupil IN (:kept, :merged) AND address_protected = 1)
        """, arguments: both)
    try joinUnnumbered(both, in: db)
    try db.execute(sql: "UPDATE roll_registration SET pupil = :kept WHERE pupil = :merged", arguments: both)
    // Registers publish the concerns of the child that stays again.
    try db.execute(sql: "UPDATE OR IGNORE roll_concern SET pupil = :kept WHERE pupil = :merged", arguments: both)
    try db.execute(sql: "DELETE FROM roll_concern WHERE pupil = ?", arguments: [merged.text])
    // So they do its contacts. What the child that stays has of a person stands until then.
    try db.execute(sql: "UPDATE OR IGNORE roll_parent SET pupil = :kept WHERE pupil = :merged", arguments: both)
    try db.execute(sql: "DELETE FROM roll_parent WHERE pupil = ?", arguments: [merged.text])
    // A child that was merged into the one that goes now is the kept one too.
    try db.execute(sql: "UPDATE roll_merged SET pupil = :kept WHERE pupil = :merged", arguments: both)
    try db.execute(sql: "INSERT INTO roll_merged (merged, pupil) VALUES (:merged, :kept)", arguments: both)
  }

  private static func joinUnnumbered(_ both: StatementArguments, in db: Database) throws {
    // The scalar max of NULL and anything is NULL: still on the roll.
    try db.execute(
      sql: """
        UPDATE roll_registration SET
          first = iif(roll_registration.withdrawn, o.first, iif(o.withdrawn, roll_registration.first,
            min(roll_registration.first, o.first))),
          last = iif(roll_registration.withdrawn, o.last, iif(o.withdrawn, roll_registration.last,
            max(roll_registration.last, o.last))),
          ground = NULL, destination_known = NULL, withdrawn = roll_registration.withdrawn AND o.withdrawn
        FROM roll_registration o
        WHERE roll_registration.pupil = :kept AND roll_registration.number IS NULL
          AND o.pupil = :merged AND o.number IS NULL AND o.school = roll_registration.school
        """, arguments: both)
    try db.execute(
      sql: """
        DELETE FROM roll_registration WHERE pupil = :merged AND number IS NULL AND school IN (
          SELECT school FROM roll_registration WHERE pupil = :kept AND number IS NULL)
        """, arguments: both)
  }
}
