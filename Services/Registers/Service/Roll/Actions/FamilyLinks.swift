import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook

/// Makes siblings within a transaction, with an entry in the log of each child.
struct FamilyLinks {
  let unit: UnitOfWork

  private var db: Database { unit.db }

  /// Why two children are siblings, or not any more.
  enum Cause: String, Codable, CaseIterable {
    case stated
    case sharedContact = "shared-contact"
    case denied
  }

  private struct Statement: Encodable {
    let sibling: PupilID
    let cause: Cause
  }

  /// A child's contacts are other than they were: they are published, and so is whose sibling the child is by them.
  func contactsChanged(of pupil: StoredPupil) throws {
    try linkByContacts(pupil)
    try Persons.publishContacts(of: pupil, in: unit)
  }

  /// Children who share a contact of the same names, postcode and telephone are siblings.
  private func linkByContacts(_ pupil: StoredPupil) throws {
    let contacts = try Contacts.inForce(of: pupil.number, on: unit.today, in: db).map(\.contact)
    for number in try Contacts.pupils(sharing: contacts, with: pupil.number, in: db) {
      guard let other = try Pupils.find(number: number, in: db),
        try Families.joinByContact(pupil.number, number, in: db)
      else { continue }
      try log(pupil, other, .sharedContact)
    }
  }

  /// - Returns: whether they were none before.
  func link(_ pupil: StoredPupil, _ sibling: StoredPupil) throws -> Bool {
    guard try Families.join(pupil.number, sibling.number, in: db) else { return false }
    try log(pupil, sibling, .stated)
    try PersonPairs.propose(Contacts.all(of: pupil.number, in: db), of: pupil, in: db)
    return true
  }

  /// - Returns: whether they were siblings before.
  func part(_ pupil: StoredPupil, from sibling: StoredPupil) throws -> Bool {
    guard try Families.part(pupil.number, from: sibling.number, in: db) else { return false }
    try log(pupil, sibling, .denied)
    return true
  }

  private func log(_ pupil: StoredPupil, _ sibling: StoredPupil, _ cause: Cause) throws {
    for (one, other) in [(pupil, sibling), (sibling, pupil)] {
      try AdmissionLog.append(
        .siblings, pupil: one.number, Statement(sibling: other.id, cause: cause), in: unit)
    }
  }
}
