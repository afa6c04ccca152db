import Contracts
import GRDB
import RegistersDomain
import Rulebook
import Store

/// The admission register as files say it.
enum RollExport {
  /// One time on roll.
  struct Entry: Sendable {
    let pupil: PupilID
    let enrolledOn: Day
    let leftOn: Day?
    let ground: DeletionGround?
    let destination: String?
    let submission: PupilSubmission
  }

  /// Every time on roll of a school in the order of entry, with the contacts that are in force.
  static func entries(of school: URN, today: Day, in db: Database) throws -> [Entry] {
    let contacts = try contacts(of: school, today: today, in: db)
    return try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT p.number, p.id, p.upn, p.given_name, p.family_name, p.date_of_birth, p.sex, p.year_group,
            p.year_group_year, p.address_protected, r.entered_on, r.enrolled_on, r.status, r.left_on, r.deleted_on,
            r.ground, r.destination,
            (SELECT f.upn FROM former_upns f WHERE f.pupil = p.number AND substr(f.upn, 2, 3) <> '000'
              ORDER BY f.until_day DESC, f.upn LIMIT 1) AS former
          FROM standing_registrations r JOIN pupils p ON p.number = r.pupil WHERE r.school = ? ORDER BY r.number
          """), arguments: [school]
    ).map { row in
      guard let id = PupilID(row["id"] as String) else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
      func day(_ column: String) -> Day? { (row[column] as Int32?).map(Day.init(ordinal:)) }
      let enrolledOn: Day = try row.get("enrolled_on")
      let submission = PupilSubmission(
        // A number that the register made up is nobody's: the child has none yet.
        upn: UPN.isProvisional(row["upn"]) ? nil : row["upn"], formerUPN: row["former"], givenName: row["given_name"],
        familyName: row["family_name"],
        dateOfBirth: (try row.get("date_of_birth") as Day).iso, sex: row["sex"], yearGroup: yearGroup(row, today),
        enteredOn: day("entered_on")?.iso, enrolledOn: enrolledOn.iso, status: row["status"],
        leftOn: day("left_on")?.iso, deletedOn: day("deleted_on")?.iso, ground: row["ground"],
        destination: row["destination"], addressProtected: row["address_protected"],
        contacts: contacts[row["number"] as Int64])
      return Entry(
        pupil: id, enrolledOn: enrolledOn, leftOn: day("left_on"),
        ground: (row["ground"] as String?).flatMap(DeletionGround.init), destination: row["destination"],
        submission: submission)
    }
  }

  /// The group as it was stated, moved on by the school years since.
  private static func yearGroup(_ row: Row, _ today: Day) -> String? {
    guard let stated = row["year_group"] as String? else { return nil }
    guard let year = row["year_group_year"] as Int?, let group = YearGroup(stated) else { return stated }
    return group.advanced(years: SchoolYear(containing: today).startYear - year)?.text
  }

  private static func contacts(of school: URN, today: Day, in db: Database) throws -> [Int64: [ContactSubmission]] {
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT * FROM contacts
          WHERE pupil IN (SELECT pupil FROM standing_registrations WHERE school = ?) AND first <= ? AND (last IS NULL OR last > ?)
          ORDER BY pupil, number
          """), arguments: [school, today, today])
    var contacts: [Int64: [ContactSubmission]] = [:]
    var seen: [Int64: Set<ContactRecord>] = [:]
    while let row = try rows.next() {
      // Two schools that state one contact alike state one.
      let contact = Contacts.contact(row)
      guard seen[row["pupil"], default: []].insert(contact).inserted else { continue }
      contacts[row["pupil"] as Int64, default: []].append(ContactSubmission(contact))
    }
    return contacts
  }
}
