public import Contracts
public import GRDB
public import ServiceKit

/// A parent or another contact of a child, as registers published it: never a name or an address.
public struct RolledParent: Hashable, Sendable {
  /// The identifier that stands for the person now.
  public let id: PersonID
  /// What the person is to this child; of two that are stated, the more telling one.
  public let relationship: Relationship
  /// Whether the person has parental responsibility for this child, as one school at least states (Children Act 1989
  /// s3).
  public let hasParentalResponsibility: Bool
  /// Whether this child lives with the person, as one school at least states.
  public let livesWith: Bool
  /// Whether the person may be written to and called: every contact of any child says so that lasts, or that there was
  /// when none lasts.
  public let isSafeToContact: Bool
  /// Whether where the person lives must not be disclosed: one contact of any child that says so is enough, and so is a
  /// child of whom the person is a contact that is protected itself or lives with somebody who is.
  public let isProtected: Bool
  /// Whether the person is no longer a contact of this child.
  public let hasEnded: Bool
}

extension Roll {
  /// The identifier that stands for a person now: itself, or the one into which it was merged.
  public static func current(_ person: PersonID, in db: Database) throws -> PersonID {
    try PersonID.fetchOne(
      db.cachedStatement(sql: "SELECT person FROM roll_person_merged WHERE merged = ?"), arguments: [person]
    ) ?? person
  }

  /// A child's parents and other contacts, in order of their identifiers, those who are none any more too; nobody where
  /// the program does not keep them. Who has two identifiers is there once.
  ///
  /// - Throws: `ContractError` when the store holds another shape.
  public static func parents(of pupil: PupilID, in db: Database) throws -> [RolledParent] {
    let stated = try RollPersons.contacts(of: pupil, in: db)
    let persons = Dictionary(grouping: stated, by: \.person)
    return try persons.sorted { $0.key < $1.key }.map { person, contacts in
      let standing = contacts.filter { !$0.ended }
      let counted = standing.isEmpty ? contacts : standing
      let all = try RollPersons.protections(of: person, in: db)
      return RolledParent(
        id: person, relationship: RollPersons.mostTelling(counted.map(\.relationship)),
        hasParentalResponsibility: counted.contains(where: \.parentalResponsibility),
        livesWith: counted.contains(where: \.livesWith),
        isSafeToContact: all.isSafe, isProtected: all.isProtected, hasEnded: standing.isEmpty)
    }
  }

  /// Refuses people to whom nobody may write.
  ///
  /// - Parameter ids: whom a form names; who is no person of registers is not looked at.
  /// - Throws: `Problem` conflict for a contact of the child whom registers says not to contact.
  public static func refuseUnsafe(_ ids: some Sequence<String>, about pupil: PupilID, in db: Database) throws {
    let parents = try parents(of: pupil, in: db)
    for id in ids {
      guard let person = try PersonID(id).map({ try current($0, in: db) }) else { continue }
      if let parent = parents.first(where: { $0.id == person }), !parent.isSafeToContact {
        throw Problem.notSafeToContact
      }
    }
  }
}

extension Problem {
  /// Registers says that nobody may write to a person or call.
  public static let notSafeToContact = Problem.conflict(
    "not-safe-to-contact", "This person must not be written to or called")
}

/// The copy's tables of persons, as events change them.
enum RollPersons {
  private typealias Contact = ContactsRecorded.Contact

  static func mostTelling(_ stated: [Relationship]) -> Relationship {
    Relationship.allCases.first(where: stated.contains) ?? .other
  }

  /// - Returns: whether they are other than before.
  static func save(_ contacts: [ContactsRecorded.Contact], of pupil: PupilID, in db: Database) throws -> Bool {
    let before = try rows(of: pupil, in: db)
    try db.cachedStatement(sql: "DELETE FROM roll_parent WHERE pupil = ?").execute(arguments: [pupil])
    for contact in contacts {
      try db.cachedStatement(
        sql: """
          INSERT INTO roll_parent (pupil, person, relationship, parental_responsibility, lives_with, safe_to_contact,
            protected, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """
      ).execute(arguments: [
        pupil, contact.person, contact.relationship.rawValue, contact.parentalResponsibility, contact.livesWith,
        contact.safeToContact, contact.protected, contact.ended,
      ])
    }
    return try before != rows(of: pupil, in: db)
  }

  private static func rows(of pupil: PupilID, in db: Database) throws -> Set<Row> {
    try Row.fetchSet(
      db.cachedStatement(
        sql: """
          SELECT person, relationship, parental_responsibility, lives_with, safe_to_contact, protected, ended
          FROM roll_parent WHERE pupil = ?
          """), arguments: [pupil])
  }

  /// What is stated of a child's contacts, each under the identifier that stands for the person now.
  static func contacts(of pupil: PupilID, in db: Database) throws -> [ContactsRecorded.Contact] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT coalesce(m.person, p.person) AS person, relationship, parental_responsibility, lives_with,
            safe_to_contact, protected, ended
          FROM roll_parent p LEFT JOIN roll_person_merged m ON m.merged = p.person WHERE pupil = ?
          """), arguments: [pupil]
    ).map { row in
      guard let person = PersonID(row["person"] as String),
        let relationship = Relationship(rawValue: row["relationship"])
      else { throw ContractError.invalidData(path: "roll_parent") }
      return Contact(
        person: person, relationship: relationship, parentalResponsibility: row["parental_responsibility"],
        livesWith: row["lives_with"], safeToContact: row["safe_to_contact"], protected: row["protected"],
        ended: row["ended"])
    }
  }

  /// What protects a person as a contact of any child, under any identifier.
  static func protections(of person: PersonID, in db: Database) throws -> (isSafe: Bool, isProtected: Bool) {
    let row = try Row.fetchOne(
      db.cachedStatement(
        sql: """
          WITH own (person) AS (SELECT ?1 UNION ALL SELECT merged FROM roll_person_merged WHERE person = ?1),
            child (pupil) AS (SELECT pupil FROM roll_parent WHERE person IN own)
          SELECT coalesce(min(safe_to_contact), 1),
            coalesce(max(protected), 0)
            OR EXISTS (SELECT 1 FROM roll_parent WHERE pupil IN child AND ended = 0 AND protected AND lives_with)
            OR EXISTS (SELECT 1 FROM roll_registration WHERE pupil IN child AND address_protected)
          FROM roll_parent WHERE person IN own
            AND (ended = 0 OR NOT EXISTS (SELECT 1 FROM roll_parent WHERE person IN own AND ended = 0))
          """), arguments: [person])
    return (row?[0] ?? true, row?[1] ?? false)
  }

  /// Whoever had an identifier that was merged into the one that goes is the kept one too.
  static func merge(_ merged: PersonID, into kept: PersonID, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE roll_person_merged SET person = ? WHERE person = ?").execute(
      arguments: [kept, merged])
    try db.cachedStatement(sql: "INSERT INTO roll_person_merged (merged, person) VALUES (?, ?)").execute(
      arguments: [merged, kept])
  }

  /// - Returns: whether somebody is other than before.
  static func part(_ parted: Set<PersonID>, under first: PersonID, in db: Database) throws -> Bool {
    guard try parted.contains(where: { try Roll.current($0, in: db) != first }) else { return false }
    try db.cachedStatement(sql: "DELETE FROM roll_person_merged WHERE merged = ?").execute(arguments: [first])
    for person in parted where person != first {
      try db.cachedStatement(
        sql: """
          INSERT INTO roll_person_merged (merged, person) VALUES (?, ?)
          ON CONFLICT (merged) DO UPDATE SET person = excluded.person
          """
      ).execute(arguments: [person, first])
    }
    return true
  }
}
