import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// The name and the address of a parent, for whoever makes a document: other programs keep opaque persons only, and ask
/// at that moment in the name of the officer whose document it is.
struct ReadPerson: Sendable {
  let registers: Registers

  /// What one school stated of the person as a contact of one child.
  struct Contact: Codable, Sendable {
    let pupil: PupilID
    let givenName, familyName, relation: String
    let parentalResponsibility, livesWith: Bool
    /// Absent where the address is protected from the caller.
    let telephone, email, address, postcode: String?
    let first: Day
    /// When the contact ended; absent while it lasts.
    let endedOn: Day?
  }

  struct Person: Codable, Sendable {
    /// The identifier that stands for the person now.
    let id: PersonID
    /// All that the person has.
    let identifiers: [PersonID]
    /// Whether the person may be written to and called: every contact says so that lasts, or that there was when none
    /// lasts.
    let safeToContact: Bool
    /// Whether where the person lives must not be disclosed: one contact, or one child who lives there, is enough.
    let addressProtected: Bool
    /// Of the children that the caller may know, the newest statement first.
    let contacts: [Contact]
  }

  /// A person under any identifier. The read is on record under the person and under each child of whom it tells.
  ///
  /// - Throws: `Problem` not found for a person who is unknown, or a contact of no child that the caller may know.
  func callAsFunction(_ id: PersonID, by caller: Caller) async throws -> Person {
    try await registers.readChild(by: caller) { unit in
      guard let current = try Persons.current(id, in: unit.db) else { throw Problem.notFound("Person") }
      let person = try Self.person(Persons.identifiers(of: current, in: unit.db), unit)
      guard !person.contacts.isEmpty else { throw Problem.notFound("Person") }
      try unit.audit(.personRead, of: current)
      for pupil in Set(person.contacts.map(\.pupil)).sorted() { try unit.audit(.pupilContactRead, of: pupil) }
      return person
    }
  }

  private struct Pair: Hashable {
    let pupil: Int64
    let person: PersonID?
  }

  /// A person by the identifiers that are its own, as the caller may know it.
  static func person(_ identifiers: [PersonID], _ unit: UnitOfWork) throws -> Person {
    let stated = try identifiers.flatMap { try Contacts.all(ofPerson: $0, in: unit.db) }
    let standing = Dictionary(grouping: stated) { Pair(pupil: $0.pupil, person: $0.contact.person) }.values.compactMap {
      $0.map(\.contact).standing
    }
    let lasting = standing.filter { !$0.hasEnded }
    let counted = (lasting.isEmpty ? standing : lasting).map(\.contact)
    var isProtected = counted.contains(where: \.addressProtected)
    var known: [(child: ChildAccess, contact: StoredContact)] = []
    for (number, contacts) in Dictionary(grouping: stated, by: \.pupil) {
      let pupil = try Pupils.find(number: number, in: unit.db).orDamaged()
      let family = try Contacts.inForce(of: number, on: unit.today, in: unit.db).map(\.contact)
      isProtected = isProtected || ReadAdmission.isHomeProtected(pupil, family)
      do {
        let child = try ChildAccess(pupil.id, in: unit)
        known += contacts.map { (child, $0.contact) }
      } catch is Problem {}
    }
    return Person(
      id: identifiers[0], identifiers: identifiers, safeToContact: counted.allSatisfy(\.safeToContact),
      addressProtected: isProtected,
      contacts: known.sorted { $0.contact.number > $1.contact.number }.map { child, contact in
        Contact(contact, of: child.pupil.id, isHidden: isProtected && !child.seesProtected)
      })
  }
}

extension ReadPerson.Contact {
  fileprivate init(_ stored: StoredContact, of pupil: PupilID, isHidden: Bool) {
    func shown(_ text: String) -> String? { isHidden ? nil : text }
    let contact = stored.contact
    self.init(
      pupil: pupil, givenName: contact.givenName, familyName: contact.familyName, relation: contact.relation,
      parentalResponsibility: contact.parentalResponsibility, livesWith: contact.livesWith,
      telephone: shown(contact.telephone), email: shown(contact.email), address: shown(contact.address),
      postcode: shown(contact.postcode), first: stored.first, endedOn: stored.last)
  }
}
