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
    return try db.rows(
      """
      SELECT p.number, p.id, p.upn, p.given_name, p.family_name, p.date_of_birth, \(details), p.year_group,
        p.year_group_year, p.address_protected, r.entered_on, r.enrolled_on, r.status, r.left_on, r.deleted_on,
        r.ground, r.destination,
        (SELECT f.upn FROM former_upns f WHERE f.pupil = p.number AND substr(f.upn, 2, 3) <> '000'
          ORDER BY f.until_day DESC, f.upn LIMIT 1) AS former
      FROM standing_registrations r JOIN pupils p ON p.number = r.pupil WHERE r.school = ? ORDER BY r.number
      """, [school]
    ).map { row in
      let id = try PupilID(row["id"] as String).orDamaged()
      func day(_ column: String) -> Day? { (row[column] as Int32?).map(Day.init(ordinal:)) }
      let enrolledOn: Day = try row.get("enrolled_on")
      var texts = Pupils.details(row)
      // A number that the register made up is nobody's: the child has none yet.
      texts[.upn] = UPN.isProvisional(row["upn"]) ? nil : row["upn"]
      (texts[.formerUPN], texts[.givenName], texts[.familyName]) = (
        row["former"], row["given_name"], row["family_name"]
      )
      (texts[.dateOfBirth], texts[.yearGroup]) = (day("date_of_birth")?.iso, yearGroup(row, today))
      (texts[.enteredOn], texts[.enrolledOn]) = (day("entered_on")?.iso, enrolledOn.iso)
      (texts[.leftOn], texts[.deletedOn]) = (day("left_on")?.iso, day("deleted_on")?.iso)
      (texts[.status], texts[.ground], texts[.destination]) = (row["status"], row["ground"], row["destination"])
      let submission = PupilSubmission(
        texts, addressProtected: row["address_protected"], contacts: contacts[row["number"] as Int64])
      return Entry(
        pupil: id, enrolledOn: enrolledOn, leftOn: day("left_on"),
        ground: (row["ground"] as String?).flatMap(DeletionGround.init), destination: row["destination"],
        submission: submission)
    }
  }

  private static let details = PupilField.details.map { "p.\($0.stored)" }.joined(separator: ", ")

  /// The group as it was stated, moved on by the school years since.
  private static func yearGroup(_ row: Row, _ today: Day) -> String? {
    guard let stated = row["year_group"] as String? else { return nil }
    guard let year = row["year_group_year"] as Int?, let group = YearGroup(stated) else { return stated }
    return group.advanced(years: SchoolYear(containing: today).startYear - year)?.text
  }

  private static func contacts(of school: URN, today: Day, in db: Database) throws -> [Int64: [ContactSubmission]] {
    let rows = try db.cursor(
      """
      SELECT * FROM contacts
      WHERE pupil IN (SELECT pupil FROM standing_registrations WHERE school = ?) AND first <= ? AND (last IS NULL OR last > ?)
      ORDER BY pupil, number
      """, [school, today, today])
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
