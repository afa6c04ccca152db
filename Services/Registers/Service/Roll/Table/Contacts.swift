import Contracts
import GRDB
public import RegistersDomain
import Rulebook
public import Store

extension ContactRecord: StoredRow {}

/// A child's contact as the registers keep it.
struct StoredContact: StoredRow, Hashable, Sendable {
  let number: Int64
  let contact: ContactRecord
  /// The school that stated it; `nil` for the one that holds the child.
  let school: URN?
  let first: Day
  /// The last day; `nil` while it lasts.
  let last: Day?
  /// Who it is; `nil` until the child's contacts are published.
  var person: PersonID?

  var hasEnded: Bool { last != nil }
}

extension [StoredContact] {
  /// Of the contacts of one child that are one person the one that says what the person is: the last that has not ended,
  /// or the last.
  var standing: StoredContact? { last { !$0.hasEnded } ?? last }
}

/// The table of contacts.
enum Contacts {
  /// A child's contacts on a day, in the order in which they were entered.
  static func inForce(of pupil: Int64, on day: Day, in db: Database) throws -> [StoredContact] {
    try db.all(
      "SELECT * FROM contacts WHERE pupil = ? AND first <= ? AND (last IS NULL OR last > ?) ORDER BY number",
      [pupil, day, day])
  }

  /// One of a child's contacts on a day; `nil` when it is none of them.
  static func inForce(_ number: Int64, of pupil: Int64, on day: Day, in db: Database) throws -> StoredContact? {
    try inForce(of: pupil, on: day, in: db).first { $0.number == number }
  }

  /// Everybody who is or was a child's contact, in the order in which they were entered.
  static func all(of pupil: Int64, in db: Database) throws -> [StoredContact] {
    try db.all("SELECT * FROM contacts WHERE pupil = ? ORDER BY number", [pupil])
  }

  /// The contacts of an identifier, each with its child.
  static func all(ofPerson person: PersonID, in db: Database) throws -> [(pupil: Int64, contact: StoredContact)] {
    try db.rows("SELECT * FROM contacts WHERE person = ? ORDER BY number", [person]).map {
      ($0["pupil"], try StoredContact(row: $0))
    }
  }

  /// Who states a child's contacts.
  struct Source {
    let school: URN
    /// Whether contacts that are nobody's are its own.
    let holdsChild: Bool
    /// Whether it may take a protection away.
    let mayLower: Bool

    func owns(_ contact: StoredContact) -> Bool { contact.school.map { $0 == school } ?? holdsChild }
  }

  /// What became of a statement.
  struct Outcome {
    /// Whether anything is other than before.
    var isChanged = false
    /// A protection stands that the statement would have taken away.
    var isHeld = false
    /// A protection stood and does not any more.
    var isLowered = false
  }

  /// Makes the people of a statement the child's contacts as far as its source states them: those of its own that are
  /// not among them end on the day. Another school's contacts stay as they are. A protection that stands for a person
  /// stays, and so does a protected contact, unless the source may lower it.
  ///
  /// - Parameter isWhole: whether the statement has everybody; else nobody ends.
  static func replace(
    of pupil: Int64, with statements: [ContactStatement], isWhole: Bool = true, by source: Source, on day: Day,
    in db: Database
  ) throws -> Outcome {
    let known = try inForce(of: pupil, on: day, in: db)
    let own = known.filter(source.owns)
    var (kept, outcome): (Set<Int64>, Outcome) = ([], Outcome())
    for statement in statements {
      let same = own.first {
        !kept.contains($0.number) && statement.isSamePerson(as: $0.contact.givenName, $0.contact.familyName)
      }
      let contact = try stated(statement, same, known, source.mayLower, in: db, &outcome)
      if let same {
        kept.insert(same.number)
        guard same.contact != contact else { continue }
        try update(same.number, contact, in: db)
      } else {
        try insert(contact, of: pupil, by: source.school, on: day, in: db)
      }
      outcome.isChanged = true
    }
    for gone in own where isWhole && !kept.contains(gone.number) {
      guard source.mayLower || !gone.contact.isProtected else {
        outcome.isHeld = true
        continue
      }
      if gone.contact.isProtected { outcome.isLowered = true }
      try end(gone.number, on: day, in: db)
      outcome.isChanged = true
    }
    return outcome
  }

  /// A contact as it is stated, with the protections that stand for the person: silence takes none away, and what is
  /// said does only where it may. Then it holds of the person whoever stated the contact.
  private static func stated(
    _ statement: ContactStatement, _ before: StoredContact?, _ known: [StoredContact], _ mayLower: Bool,
    in db: Database, _ outcome: inout Outcome
  ) throws -> ContactRecord {
    let said = statement.applied(to: before?.contact)
    // Another name does not make another person of a contact.
    let people = known.map(\.contact).filter { $0.isSamePerson(as: said) } + [before?.contact].compactMap { $0 }
    let guarded = said.settingProtections(
      address: said.addressProtected || people.contains(where: \.addressProtected),
      safe: said.safeToContact && people.allSatisfy(\.safeToContact))
    let asked = said.settingProtections(
      address: statement.addressProtected ?? guarded.addressProtected,
      safe: statement.safeToContact ?? guarded.safeToContact)
    guard asked != guarded else { return guarded }
    guard mayLower else {
      outcome.isHeld = true
      return guarded
    }
    outcome.isLowered = true
    for other in known where other.number != before?.number && other.contact.isSamePerson(as: asked) {
      let now = other.contact.settingProtections(
        address: other.contact.addressProtected && asked.addressProtected,
        safe: other.contact.safeToContact || asked.safeToContact)
      guard now != other.contact else { continue }
      try update(other.number, now, in: db)
      outcome.isChanged = true
    }
    return asked
  }

  /// Changes one contact; see ``replace(of:with:by:on:in:)``.
  static func change(
    _ stored: StoredContact, of pupil: Int64, with statement: ContactStatement, mayLower: Bool, on day: Day,
    in db: Database
  ) throws -> Outcome {
    let known = try inForce(of: pupil, on: day, in: db)
    var outcome = Outcome()
    let contact = try self.stated(statement, stored, known, mayLower, in: db, &outcome)
    if contact != stored.contact {
      try update(stored.number, contact, in: db)
      outcome.isChanged = true
    }
    return outcome
  }

  /// Ends what a school stated of a child. A protected contact stays.
  ///
  /// - Returns: whether anybody ended.
  static func end(statedBy school: URN, of pupil: Int64, on day: Day, in db: Database) throws -> Bool {
    let ending = try inForce(of: pupil, on: day, in: db).filter { $0.school == school && !$0.contact.isProtected }
    for contact in ending { try end(contact.number, on: day, in: db) }
    return !ending.isEmpty
  }

  static func update(_ number: Int64, _ contact: ContactRecord, in db: Database) throws {
    try db.update("contacts", number, columns(contact))
  }

  static func end(_ number: Int64, on day: Day, in db: Database) throws {
    try db.run("UPDATE contacts SET last = ? WHERE number = ?", [day, number])
  }

  /// Other children that have a contact who is one of these people, as far as can be told.
  static func pupils(sharing contacts: [ContactRecord], with pupil: Int64, in db: Database) throws -> [Int64] {
    var found: Set<Int64> = []
    for key in Set(contacts.map(\.personKey)) where !key.isEmpty {
      found.formUnion(
        try db.values(
          """
          SELECT pupil FROM contacts WHERE person_key = ? AND person_key <> '' AND last IS NULL AND pupil <> ?
          """, [key, pupil], as: Int64.self))
    }
    return found.sorted()
  }

  private static func insert(
    _ contact: ContactRecord, of pupil: Int64, by school: URN, on day: Day, in db: Database
  ) throws {
    try db.insert("contacts", columns(contact) + ["pupil": pupil, "first": day, "school": school])
  }

  /// A column for each field.
  private static func columns(_ contact: ContactRecord) -> ColumnValues {
    [
      "given_name": contact.givenName, "family_name": contact.familyName, "relation": contact.relation,
      "parental_responsibility": contact.parentalResponsibility, "lives_with": contact.livesWith,
      "emergency": contact.emergency, "safe_to_contact": contact.safeToContact,
      "address_protected": contact.addressProtected, "telephone": contact.telephone, "email": contact.email,
      "address": contact.address, "postcode": contact.postcode, "person_key": contact.personKey,
    ]
  }
}
