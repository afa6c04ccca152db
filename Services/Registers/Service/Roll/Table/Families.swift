import GRDB
import RegistersDomain

/// The tables of families.
enum Families {
  /// No more children are put into a family because of a shared contact: beyond this it is a worker's number.
  private static let mostByContact = 12

  /// The other children of a child's family.
  static func siblings(of pupil: Int64, in db: Database) throws -> [StoredPupil] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT p.* FROM family_members m JOIN family_members o ON o.family = m.family AND o.pupil <> m.pupil
          JOIN pupils p ON p.number = o.pupil WHERE m.pupil = ? AND p.merged_into IS NULL
          ORDER BY p.date_of_birth, p.number
          """), arguments: [pupil]
    ).map(Pupils.stored)
  }

  /// Makes two children siblings, and their families one, because a person says so.
  ///
  /// - Returns: whether they were none.
  static func join(_ pupil: Int64, _ other: Int64, in db: Database) throws -> Bool {
    try db.cachedStatement(sql: "DELETE FROM not_siblings WHERE pupil = ? AND other = ?").execute(
      arguments: [min(pupil, other), max(pupil, other)])
    let (one, two) = (try family(of: pupil, in: db), try family(of: other, in: db))
    if let one, one == two { return false }
    try unite(pupil, one, other, two, in: db)
    return true
  }

  /// Makes two children siblings because they share a contact, unless somebody said that some of them are none.
  ///
  /// - Returns: whether they are since now.
  static func joinByContact(_ pupil: Int64, _ other: Int64, in db: Database) throws -> Bool {
    let (one, two) = (try family(of: pupil, in: db), try family(of: other, in: db))
    if let one, one == two { return false }
    let left = try members(of: one, else: pupil, in: db)
    let right = try members(of: two, else: other, in: db)
    guard left.count + right.count <= mostByContact else { return false }
    for a in left {
      for b in right where try areApart(a, b, in: db) { return false }
    }
    try unite(pupil, one, other, two, in: db)
    return true
  }

  /// Takes a child out of another's family, and remembers it.
  ///
  /// - Returns: whether they were siblings.
  static func part(_ pupil: Int64, from sibling: Int64, in db: Database) throws -> Bool {
    guard let family = try family(of: pupil, in: db), try self.family(of: sibling, in: db) == family else {
      return false
    }
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO not_siblings (pupil, other) VALUES (?, ?)").execute(
      arguments: [min(pupil, sibling), max(pupil, sibling)])
    try leave(sibling, in: db)
    return true
  }

  /// Gives a merged record's family and what was said of it to the record that stays.
  static func move(_ merged: Int64, into pupil: Int64, in db: Database) throws {
    let others = try siblings(of: merged, in: db).map(\.number)
    try leave(merged, in: db)
    let apart = try Row.fetchAll(
      db, sql: "SELECT pupil, other FROM not_siblings WHERE pupil = ? OR other = ?", arguments: [merged, merged])
    for row in apart {
      let other: Int64 = row["pupil"] == merged ? row["other"] : row["pupil"]
      guard other != pupil else { continue }
      try db.execute(
        sql: "INSERT OR IGNORE INTO not_siblings (pupil, other) VALUES (?, ?)",
        arguments: [min(pupil, other), max(pupil, other)])
    }
    try db.execute(sql: "DELETE FROM not_siblings WHERE pupil = ? OR other = ?", arguments: [merged, merged])
    // That two records are one child says nothing of those of whom somebody said that they are none of its siblings.
    for sibling in others where sibling != pupil { _ = try joinByContact(pupil, sibling, in: db) }
  }

  private static func family(of pupil: Int64, in db: Database) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT family FROM family_members WHERE pupil = ?"), arguments: [pupil])
  }

  private static func members(of family: Int64?, else pupil: Int64, in db: Database) throws -> [Int64] {
    guard let family else { return [pupil] }
    return try Int64.fetchAll(
      db.cachedStatement(sql: "SELECT pupil FROM family_members WHERE family = ?"), arguments: [family])
  }

  private static func areApart(_ a: Int64, _ b: Int64, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM not_siblings WHERE pupil = ? AND other = ?)"),
      arguments: [min(a, b), max(a, b)]) ?? false
  }

  private static func unite(
    _ pupil: Int64, _ one: Int64?, _ other: Int64, _ two: Int64?, in db: Database
  ) throws {
    if let one, let two {
      try db.cachedStatement(sql: "UPDATE family_members SET family = ? WHERE family = ?").execute(
        arguments: [one, two])
      return
    }
    let next = try Int64.fetchOne(db.cachedStatement(sql: "SELECT coalesce(max(family), 0) + 1 FROM family_members"))
    let family = one ?? two ?? next ?? 1
    for (member, has) in [(pupil, one), (other, two)] where has == nil {
      try db.cachedStatement(sql: "INSERT INTO family_members (family, pupil) VALUES (?, ?)").execute(
        arguments: [family, member])
    }
  }

  private static func leave(_ pupil: Int64, in db: Database) throws {
    guard let family = try family(of: pupil, in: db) else { return }
    try db.cachedStatement(sql: "DELETE FROM family_members WHERE pupil = ?").execute(arguments: [pupil])
    // One alone is no family.
    try db.cachedStatement(
      sql: "DELETE FROM family_members WHERE family = ? AND (SELECT count(*) FROM family_members WHERE family = ?) = 1"
    ).execute(arguments: [family, family])
  }
}
