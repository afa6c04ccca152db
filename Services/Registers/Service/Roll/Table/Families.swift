import GRDB
import RegistersDomain
import Store

/// The tables of families.
enum Families {
  /// No more children are put into a family because of a shared contact: beyond this it is a worker's number.
  private static let mostByContact = 12

  /// The other children of a child's family.
  static func siblings(of pupil: Int64, in db: Database) throws -> [StoredPupil] {
    try db.rows(
      """
      SELECT p.* FROM family_members m JOIN family_members o ON o.family = m.family AND o.pupil <> m.pupil
      JOIN pupils p ON p.number = o.pupil WHERE m.pupil = ? AND p.merged_into IS NULL
      ORDER BY p.date_of_birth, p.number
      """, [pupil]
    ).map(Pupils.stored)
  }

  /// Makes two children siblings, and their families one, because a person says so.
  ///
  /// - Returns: whether they were none.
  static func join(_ pupil: Int64, _ other: Int64, in db: Database) throws -> Bool {
    try db.run("DELETE FROM not_siblings WHERE pupil = ? AND other = ?", [min(pupil, other), max(pupil, other)])
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
    try db.run(
      "INSERT OR IGNORE INTO not_siblings (pupil, other) VALUES (?, ?)", [min(pupil, sibling), max(pupil, sibling)])
    try leave(sibling, in: db)
    return true
  }

  /// Gives a merged record's family and what was said of it to the record that stays.
  static func move(_ merged: Int64, into pupil: Int64, in db: Database) throws {
    let others = try siblings(of: merged, in: db).map(\.number)
    try leave(merged, in: db)
    let apart = try db.rows("SELECT pupil, other FROM not_siblings WHERE pupil = ? OR other = ?", [merged, merged])
    for row in apart {
      let other: Int64 = row["pupil"] == merged ? row["other"] : row["pupil"]
      guard other != pupil else { continue }
      try db.run(
        "INSERT OR IGNORE INTO not_siblings (pupil, other) VALUES (?, ?)", [min(pupil, other), max(pupil, other)])
    }
    try db.run("DELETE FROM not_siblings WHERE pupil = ? OR other = ?", [merged, merged])
    // That two records are one child says nothing of those of whom somebody said that they are none of its siblings.
    for sibling in others where sibling != pupil { _ = try joinByContact(pupil, sibling, in: db) }
  }

  private static func family(of pupil: Int64, in db: Database) throws -> Int64? {
    try db.value("SELECT family FROM family_members WHERE pupil = ?", [pupil], as: Int64.self)
  }

  private static func members(of family: Int64?, else pupil: Int64, in db: Database) throws -> [Int64] {
    guard let family else { return [pupil] }
    return try db.values("SELECT pupil FROM family_members WHERE family = ?", [family], as: Int64.self)
  }

  private static func areApart(_ a: Int64, _ b: Int64, in db: Database) throws -> Bool {
    try db.has("SELECT 1 FROM not_siblings WHERE pupil = ? AND other = ?", [min(a, b), max(a, b)])
  }

  private static func unite(
    _ pupil: Int64, _ one: Int64?, _ other: Int64, _ two: Int64?, in db: Database
  ) throws {
    if let one, let two {
      try db.run("UPDATE family_members SET family = ? WHERE family = ?", [one, two])
      return
    }
    let next = try db.value("SELECT coalesce(max(family), 0) + 1 FROM family_members", as: Int64.self)
    let family = one ?? two ?? next ?? 1
    for (member, has) in [(pupil, one), (other, two)] where has == nil {
      try db.run("INSERT INTO family_members (family, pupil) VALUES (?, ?)", [family, member])
    }
  }

  private static func leave(_ pupil: Int64, in db: Database) throws {
    guard let family = try family(of: pupil, in: db) else { return }
    try db.run("DELETE FROM family_members WHERE pupil = ?", [pupil])
    // One alone is no family.
    try db.run(
      "DELETE FROM family_members WHERE family = ? AND (SELECT count(*) FROM family_members WHERE family = ?) = 1",
      [family, family])
  }
}
