import Contracts
import GRDB
import Messaging
import RegistersDomain
import Store

/// The table of persons: the identifiers of contacts, and which of them stands for each now.
enum Persons {
  /// The identifier that stands for a person now; `nil` for one that was never given.
  static func current(_ person: PersonID, in db: Database) throws -> PersonID? {
    try db.value("SELECT current FROM persons WHERE id = ?", [person], as: PersonID.self)
  }

  /// The identifiers for which one stands, itself among them, in order.
  static func identifiers(of current: PersonID, in db: Database) throws -> [PersonID] {
    try db.values("SELECT id FROM persons WHERE current = ? ORDER BY id", [current], as: PersonID.self)
  }

  /// Lets an identifier stand for others.
  static func set(_ current: PersonID, for persons: [PersonID], in db: Database) throws {
    for person in persons {
      try db.run("UPDATE persons SET current = ? WHERE id = ?", [current, person])
    }
  }

  /// Publishes a child's contacts, each as the person it is; nothing of a child that never had any. One that has no
  /// identifier yet gets one, and who may be whom is proposed.
  static func publishContacts(of pupil: StoredPupil, in unit: UnitOfWork) throws {
    let contacts = try identify(Contacts.all(of: pupil.number, in: unit.db), in: unit.db)
    guard !contacts.isEmpty else { return }
    let persons = Dictionary(grouping: contacts, by: \.person)
    let told = persons.compactMap { person, contacts in
      person.flatMap { person in
        contacts.standing.map { ContactsRecorded.Contact(person, $0) }
      }
    }
    try unit.publish(
      ContactsRecorded(pupil: pupil.id, contacts: told.sorted { $0.person < $1.person }), subject: pupil.id.text)
    try PersonPairs.propose(contacts, of: pupil, in: unit.db)
  }

  /// A child's contacts, each with its identifier: that of the person of whom its school speaks again, or a new one.
  private static func identify(_ contacts: [StoredContact], in db: Database) throws -> [StoredContact] {
    var contacts = contacts
    for place in contacts.indices where contacts[place].person == nil {
      let others = contacts.indices.filter { $0 != place }.map { contacts[$0].trace }
      let person = try contacts[place].trace.personStatedBefore(among: others) ?? insert(in: db)
      try db.run("UPDATE contacts SET person = ? WHERE number = ?", [person, contacts[place].number])
      contacts[place].person = person
    }
    return contacts
  }

  private static func insert(in db: Database) throws -> PersonID {
    var generator = SystemRandomNumberGenerator()
    var person = PersonID.random(using: &generator)
    while try current(person, in: db) != nil { person = PersonID.random(using: &generator) }
    try db.run("INSERT INTO persons (id, current) VALUES (?, ?)", [person, person])
    return person
  }
}

extension StoredContact {
  fileprivate var trace: ContactTrace {
    ContactTrace(
      school: school, givenName: contact.givenName, familyName: contact.familyName, person: person, hasEnded: hasEnded)
  }
}

extension ContactsRecorded.Contact {
  fileprivate init(_ person: PersonID, _ stored: StoredContact) {
    self.init(
      person: person, relationship: Relationship(reading: stored.contact.relation),
      parentalResponsibility: stored.contact.parentalResponsibility, livesWith: stored.contact.livesWith,
      safeToContact: stored.contact.safeToContact, protected: stored.contact.addressProtected, ended: stored.hasEnded)
  }
}
