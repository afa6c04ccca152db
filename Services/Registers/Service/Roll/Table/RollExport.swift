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
    let place: Registration
    let submission: PupilSubmission
  }

  /// Every time on roll of a school in the order of entry, with the contacts that are in force.
  static func entries(of school: URN, today: Day, in db: Database) throws -> [Entry] {
    let contacts = try contacts(of: school, today: today, in: db)
    return try Pupils.lines(of: school, in: db).map { line in
      let (pupil, place) = (line.pupil, line.registration)
      var said = pupil.statement(in: SchoolYear(containing: today)).stating(place)
      // A number that the register made up is nobody's: the child has none yet.
      if pupil.upn.isProvisional { said[.upn] = nil }
      said[.formerUPN] = try formerUPN(of: pupil.number, in: db)
      // A group that no year follows any more is not told.
      if pupil.yearGroupYear != nil, pupil.yearGroup.flatMap({ YearGroup($0) }) != nil {
        said[.yearGroup] = pupil.yearGroup(in: SchoolYear(containing: today))?.text
      }
      let submission = PupilSubmission(said, contacts: contacts[pupil.number])
      return Entry(pupil: pupil.id, place: place, submission: submission)
    }
  }

  private static func formerUPN(of pupil: Int64, in db: Database) throws -> String? {
    try db.value(
      """
      SELECT upn FROM former_upns WHERE pupil = ? AND substr(upn, 2, 3) <> '000' ORDER BY until_day DESC, upn LIMIT 1
      """, [pupil])
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
      let contact = try StoredContact(row: row).contact
      guard seen[row["pupil"], default: []].insert(contact).inserted else { continue }
      contacts[row["pupil"] as Int64, default: []].append(ContactSubmission(contact))
    }
    return contacts
  }
}

extension PupilStatement {
  /// With a time on roll.
  fileprivate func stating(_ place: Registration) -> PupilStatement {
    var said = self
    (said[.enteredOn], said[.enrolledOn]) = (place.enteredOn?.iso, place.enrolledOn.iso)
    (said[.leftOn], said[.deletedOn]) = (place.leftOn?.iso, place.deletedOn?.iso)
    (said[.status], said[.ground]) = (place.status.rawValue, place.ground?.rawValue)
    said[.destination] = place.destination
    return said
  }
}
