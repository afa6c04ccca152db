import Contracts
import GRDB
import RegistersDomain
import Rulebook
import Search
import Store

/// A child as the registers keep it.
struct StoredPupil: Hashable, Sendable {
  fileprivate(set) var number: Int64
  let id: PupilID
  var upn: UPN
  var givenName: String
  var familyName: String
  var dateOfBirth: Day
  /// As it was stated.
  var yearGroup: String?
  /// The school year for which the year group was stated.
  var yearGroupYear: SchoolYear?
  var addressProtected: Bool
  /// The details that are known, as they are kept.
  var details: [PupilField: String] = [:]

  var sex: Sex? { details[.sex].flatMap(Sex.init(rawValue:)) }

  var facts: PupilMatching.Facts {
    PupilMatching.Facts(givenName: givenName, familyName: familyName, dateOfBirth: dateOfBirth, sex: sex)
  }

  /// The child as a school states it now. What it did not say stays.
  ///
  /// - Parameters:
  ///   - year: the school year in which it is said.
  ///   - left: what stays as it is, whatever is said. The number always does.
  func stating(_ record: PupilRecord, in year: SchoolYear, but left: Set<PupilField> = []) -> StoredPupil {
    stating(record.said.only(PupilField.recorded.filter { !left.contains($0) }), in: year)
  }

  /// The child with what was said of it. The number stays.
  func stating(_ stated: PupilStatement, in year: SchoolYear) -> StoredPupil {
    var now = self
    now.givenName = stated[.givenName].map { NameSpelling.kept(givenName, sent: $0) } ?? givenName
    now.familyName = stated[.familyName].map { NameSpelling.kept(familyName, sent: $0) } ?? familyName
    now.dateOfBirth = stated.dateOfBirth ?? dateOfBirth
    now.details.merge(stated.details) { $1 }
    if let group = stated.yearGroup {
      now.yearGroup = group.text
      now.yearGroupYear = year
    }
    now.addressProtected = stated.addressProtected ?? addressProtected
    return now
  }

  /// Whether events say the same of both.
  func isPublishedLike(_ other: StoredPupil) -> Bool {
    upn == other.upn && givenName == other.givenName && familyName == other.familyName
      && dateOfBirth == other.dateOfBirth && yearGroup == other.yearGroup && yearGroupYear == other.yearGroupYear
      && addressProtected == other.addressProtected
      && PupilField.details.allSatisfy { $0.declaration.tell == nil || details[$0] == other.details[$0] }
  }

  /// What is known of the child, as a school would say it.
  func statement(in year: SchoolYear) -> PupilStatement {
    var known = PupilStatement()
    (known[.upn], known[.givenName], known[.familyName]) = (upn.text, givenName, familyName)
    known[.dateOfBirth] = dateOfBirth.iso
    known[.yearGroup] = yearGroup(in: year)?.text ?? yearGroup
    known[.addressProtected] = String(addressProtected)
    for (field, text) in details { known[field] = text }
    return known
  }

  /// The year groups by which calendars are asked.
  var taught: TaughtGroup { TaughtGroup(stated: yearGroup, yearGroupYear, dateOfBirth: dateOfBirth) }

  /// The year group in a school year: it moves on by itself.
  func yearGroup(in year: SchoolYear) -> YearGroup? {
    guard let group = yearGroup.flatMap({ YearGroup($0) }), let stated = yearGroupYear else {
      return yearGroup.flatMap { YearGroup($0) }
    }
    return group.advanced(years: year.startYear - stated.startYear)
  }
}

/// The table of pupils. A record that was merged into another is found as that other, and never listed.
enum Pupils {
  /// The child of a number, its own or one that it had before.
  static func find(upn: UPN, in db: Database) throws -> StoredPupil? {
    let own = try db.row("SELECT * FROM pupils WHERE upn = ? AND merged_into IS NULL", [upn])
    if let own { return try stored(own) }
    return try db.row("SELECT p.* FROM former_upns f JOIN pupils p ON p.number = f.pupil WHERE f.upn = ?", [upn]).map(
      stored)
  }

  /// The child of an identifier, also of one that was merged.
  static func find(_ id: PupilID, in db: Database) throws -> StoredPupil? {
    let row = try db.row("SELECT * FROM pupils WHERE id = ?", [id])
    guard let row else { return nil }
    guard let survivor = row["merged_into"] as Int64? else { return try stored(row) }
    return try find(number: survivor, in: db)
  }

  static func find(number: Int64, in db: Database) throws -> StoredPupil? {
    try db.row("SELECT * FROM pupils WHERE number = ?", [number])
      .map(stored)
  }

  /// Enters a child that no school knew, under a new opaque identifier.
  static func insert(_ record: PupilRecord, in year: SchoolYear, _ db: Database) throws -> StoredPupil {
    var generator = SystemRandomNumberGenerator()
    var id = PupilID.random(using: &generator)
    while try find(id, in: db) != nil { id = PupilID.random(using: &generator) }
    var pupil = StoredPupil(
      number: 0, id: id, upn: record.upn, givenName: "", familyName: "", dateOfBirth: record.dateOfBirth,
      yearGroup: nil, yearGroupYear: nil, addressProtected: false
    ).stating(record, in: year)
    pupil.number = try db.insert("pupils", columns(pupil) + ["id": id])
    return pupil
  }

  static func updateIfChanged(_ now: StoredPupil, from before: StoredPupil, in db: Database) throws {
    if now != before { try update(now, in: db) }
  }

  /// Replaces what is known of a child.
  static func update(_ pupil: StoredPupil, in db: Database) throws {
    try db.update("pupils", pupil.number, columns(pupil))
  }

  private static func columns(_ pupil: StoredPupil) -> ColumnValues {
    [
      "upn": pupil.upn, "given_name": pupil.givenName, "family_name": pupil.familyName,
      "date_of_birth": pupil.dateOfBirth, "year_group": pupil.yearGroup,
      "year_group_year": pupil.yearGroupYear?.startYear, "address_protected": pupil.addressProtected,
      "folded_given": NameFolding.fold(pupil.givenName), "folded_family": NameFolding.fold(pupil.familyName),
    ] + ColumnValues(PupilField.details.map { ($0.stored, pupil.details[$0]) })
  }

  /// Folds the names of children that were entered before names were folded.
  static func foldNames(in db: Database) throws {
    let rows = try db.rows("SELECT number, given_name, family_name FROM pupils WHERE folded_family = ''")
    for row in rows {
      try db.run(
        "UPDATE pupils SET folded_given = ?, folded_family = ? WHERE number = ?",
        [NameFolding.fold(row["given_name"]), NameFolding.fold(row["family_name"]), row["number"] as Int64])
    }
  }

  /// Everyone who is or was on a school's roll, and the numbers of those whose entry waits for an officer.
  static func roll(of school: URN, in db: Database) throws -> Roll {
    let former = try formerUPNs(onRollOf: school, in: db)
    let rows = try db.cursor(
      """
      SELECT r.number, p.id, p.upn, p.date_of_birth, r.enrolled_on, r.left_on, r.pupil, p.year_group,
        p.year_group_year
      FROM standing_registrations r JOIN pupils p ON p.number = r.pupil WHERE r.school = ? ORDER BY r.number
      """, [school])
    var entries: [RollEntry] = []
    while let row = try rows.next() {
      entries.append(
        RollEntry(
          registration: row[0], pupil: try row.get(1), upn: try row.get(2),
          alsoKnownAs: former.isEmpty ? [] : former[row[6]] ?? [], dateOfBirth: try row.get(3),
          enrolledOn: try row.get(4), leftOn: try row.get(5),
          stated: stated(row[7], row[8])))
    }
    return Roll(entries, awaited: try PupilChanges.waiting(at: school, in: db))
  }

  /// Under which identifiers the marks of a school's registrations were published in an event of a sequence: their
  /// children's own, or what those were before two records turned out to be one child.
  static func identifiers(
    of school: URN, publishedUnder sequence: Int64, in db: Database
  ) throws -> [Int64: PupilID] {
    let rows = try db.cursor(
      "SELECT r.number, p.id FROM registrations r JOIN pupils p ON p.number = r.pupil WHERE r.school = ?", [school])
    var identifiers: [Int64: PupilID] = [:]
    while let row = try rows.next() { identifiers[row[0]] = try row.get(1) }
    // Few children ever change: the newest change that is old enough comes last.
    let changes = try db.cursor(
      """
      SELECT c.registration, c.pupil FROM identity_changes c JOIN registrations r ON r.number = c.registration
      WHERE c.through_sequence >= ? AND r.school = ? ORDER BY c.through_sequence DESC
      """, [sequence, school])
    while let row = try changes.next() { identifiers[row[0]] = try row.get(1) }
    return identifiers
  }

  /// One line of a school's roll, for its own people.
  struct Line: Hashable, Sendable {
    let registration: Registration
    let pupil: StoredPupil
  }

  /// A page of a school's roll, in the order of entry.
  ///
  /// - Parameter ever: with the entries that were taken back as made by mistake.
  static func page(
    of school: URN, after number: Int64, limit: Int, ever: Bool = false, in db: Database
  ) throws -> [Line] {
    let rows = try db.rows(
      """
      SELECT * FROM registrations WHERE school = ?1 AND number > ?2 AND (?4 OR withdrawn_millis IS NULL)
      ORDER BY number LIMIT ?3
      """, [school, number, limit, ever])
    return try rows.map { row in
      let pupil = try find(number: row["pupil"], in: db).orDamaged()
      return Line(registration: try registration(row), pupil: pupil)
    }
  }

  /// Everyone who is or was on a school's roll, in the order of entry.
  static func lines(of school: URN, in db: Database) throws -> [Line] {
    var lines: [Line] = []
    while true {
      let page = try page(of: school, after: lines.last?.registration.number ?? 0, limit: 1_000, in: db)
      lines += page
      if page.count < 1_000 { return lines }
    }
  }

  /// A child from a row of its table.
  static func stored(_ row: Row) throws -> StoredPupil {
    StoredPupil(
      number: row["number"], id: try row.get("id"), upn: try row.get("upn"), givenName: row["given_name"],
      familyName: row["family_name"], dateOfBirth: try row.get("date_of_birth"),
      yearGroup: row["year_group"],
      yearGroupYear: (row["year_group_year"] as Int?).map(SchoolYear.init(startYear:)),
      addressProtected: row["address_protected"], details: details(row))
  }

  /// The details of a row of the table of pupils.
  static func details(_ row: Row) -> [PupilField: String] {
    PupilField.details.reduce(into: [:]) { $0[$1] = row[$1.stored] }
  }

  /// The year group that a school stated, where it is one and the year is known.
  private static func stated(_ group: String?, _ year: Int?) -> (group: YearGroup, year: SchoolYear)? {
    guard let group = group.flatMap({ YearGroup($0) }), let year else { return nil }
    return (group, SchoolYear(startYear: year))
  }

}

/// Numbers that a child had before.
extension Pupils {
  /// A child's former numbers, in order.
  static func formerUPNs(of pupil: Int64, in db: Database) throws -> [UPN] {
    try db.values("SELECT upn FROM former_upns WHERE pupil = ? ORDER BY upn", [pupil])
  }

  /// Every number that leads to a child.
  static func numbers(of pupil: StoredPupil, in db: Database) throws -> Set<String> {
    Set(try formerUPNs(of: pupil.number, in: db).map(\.text) + [pupil.upn.text])
  }

  /// The child that had a number before; `nil` when it was nobody's.
  static func formerHolder(of upn: UPN, in db: Database) throws -> Int64? {
    try db.value("SELECT pupil FROM former_upns WHERE upn = ?", [upn], as: Int64.self)
  }

  private static func formerUPNs(onRollOf school: URN, in db: Database) throws -> [Int64: [UPN]] {
    // A roll is shorter than all the numbers that were ever given up.
    let rows = try db.cursor(
      """
      SELECT DISTINCT f.pupil, f.upn FROM standing_registrations r CROSS JOIN former_upns f ON f.pupil = r.pupil
      WHERE r.school = ?
      """, [school])
    var former: [Int64: [UPN]] = [:]
    while let row = try rows.next() { former[row[0], default: []].append(try row.get(1)) }
    return former
  }

  /// Keeps a number as one that a child had, unless it is or was somebody's.
  ///
  /// - Returns: whether it is new.
  static func addFormer(_ upn: UPN, of pupil: Int64, until day: Day, in db: Database) throws -> Bool {
    guard try find(upn: upn, in: db) == nil else { return false }
    try db.run("INSERT INTO former_upns (upn, pupil, until_day) VALUES (?, ?, ?)", [upn, pupil, day])
    return true
  }
}
