import GRDB
import RegistersDomain
import Rulebook

/// A child's contact as the registers keep it.
struct StoredContact: Hashable, Sendable {
  let number: Int64
  let contact: ContactRecord
  let first: Day
  /// The last day; `nil` while it lasts.
  let last: Day?
}

/// The table of contacts.
enum Contacts {
  /// A child's contacts on a day, in the order in which they were entered.
  static func inForce(of pupil: Int64, on day: Day, in db: Database) throws -> [StoredContact] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT * FROM contacts WHERE pupil = ? AND first <= ? AND (last IS NULL OR last > ?) ORDER BY number
          """), arguments: [pupil, day.ordinal, day.ordinal]
    ).map { row in
      StoredContact(
        number: row["number"], contact: contact(row), first: Day(ordinal: row["first"]),
        last: (row["last"] as Int32?).map(Day.init(ordinal:)))
    }
  }

  /// Makes the people of a statement the child's contacts: those that are not among them end on the day.
  ///
  /// - Parameter isWhole: whether the statement has everybody; else nobody ends.
  /// - Returns: whether anything is other than before.
  static func replace(
    of pupil: Int64, with statements: [ContactStatement], isWhole: Bool = true, on day: Day, in db: Database
  ) throws -> Bool {
    let known = try inForce(of: pupil, on: day, in: db)
    var (kept, isChanged): (Set<Int64>, Bool) = ([], false)
    for statement in statements {
      let same = known.first {
        !kept.contains($0.number) && statement.isSamePerson(as: $0.contact.givenName, $0.contact.familyName)
      }
      let contact = statement.applied(to: same?.contact)
      if let same {
        kept.insert(same.number)
        guard same.contact != contact else { continue }
        try update(same.number, contact, in: db)
      } else {
        try insert(contact, of: pupil, on: day, in: db)
      }
      isChanged = true
    }
    for gone in known where isWhole && !kept.contains(gone.number) {
      try end(gone.number, on: day, in: db)
      isChanged = true
    }
    return isChanged
  }

  static func update(_ number: Int64, _ contact: ContactRecord, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        UPDATE contacts SET given_name = ?, family_name = ?, relation = ?, parental_responsibility = ?, lives_with = ?,
          emergency = ?, safe_to_contact = ?, address_protected = ?, telephone = ?, email = ?, address = ?,
          postcode = ?, person_key = ? WHERE number = ?
        """
    ).execute(arguments: values(contact) + [number])
  }

  static func end(_ number: Int64, on day: Day, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE contacts SET last = ? WHERE number = ?").execute(
      arguments: [day.ordinal, number])
  }

  /// Other children that have a contact who is one of these people, as far as can be told.
  static func pupils(sharing contacts: [ContactRecord], with pupil: Int64, in db: Database) throws -> [Int64] {
    var found: Set<Int64> = []
    for key in Set(contacts.map(\.personKey)) where !key.isEmpty {
      found.formUnion(
        try Int64.fetchAll(
          db.cachedStatement(
            sql: """
              SELECT pupil FROM contacts WHERE person_key = ? AND person_key <> '' AND last IS NULL AND pupil <> ?
              """), arguments: [key, pupil]))
    }
    return found.sorted()
  }

  private static func insert(_ contact: ContactRecord, of pupil: Int64, on day: Day, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO contacts (given_name, family_name, relation, parental_responsibility, lives_with, emergency,
          safe_to_contact, address_protected, telephone, email, address, postcode, person_key, pupil, first)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: values(contact) + [pupil, day.ordinal])
  }

  private static func values(_ contact: ContactRecord) -> StatementArguments {
    [
      contact.givenName, contact.familyName, contact.relation, contact.parentalResponsibility, contact.livesWith,
      contact.emergency, contact.safeToContact, contact.addressProtected, contact.telephone, contact.email,
      contact.address, contact.postcode, contact.personKey,
    ]
  }

  private static func contact(_ row: Row) -> ContactRecord {
    ContactRecord(
      givenName: row["given_name"], familyName: row["family_name"], relation: row["relation"],
      parentalResponsibility: row["parental_responsibility"], livesWith: row["lives_with"],
      emergency: row["emergency"], safeToContact: row["safe_to_contact"],
      addressProtected: row["address_protected"], telephone: row["telephone"], email: row["email"],
      address: row["address"], postcode: row["postcode"])
  }
}
