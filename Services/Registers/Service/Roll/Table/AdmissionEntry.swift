import Contracts
import Foundation
import GRDB
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// The whole admission entry of a child (reg 8) as a caller may see it.
struct AdmissionEntry: Codable, Sendable {
  struct Place: Codable, Sendable {
    /// Absent where it would tell where a protected child learns.
    let school: URN?
    let status: RegistrationStatus
    let enrolledOn: Day
    let enteredOn: Day?
    let leftOn, deletedOn: Day?
    let ground: DeletionGround?
    let destination: String?
    let returns: [Filed]

    init(_ place: Registration, isHidden: Bool, _ db: Database) throws {
      (school, destination) = isHidden ? (nil, nil) : (place.school, place.destination)
      (status, ground) = (place.status, place.ground)
      (enrolledOn, enteredOn) = (place.enrolledOn, place.enteredOn)
      (leftOn, deletedOn) = (place.leftOn, place.deletedOn)
      returns = try Returns.filed(place.number, in: db).map {
        Filed(kind: $0.kind, filedOn: $0.filedOn, dueOn: $0.dueOn, finding: $0.finding)
      }
    }
  }

  struct Filed: Codable, Sendable {
    let kind: ReturnKind
    let filedOn: Day
    let dueOn: Day?
    let finding: String?
  }

  struct Contact: Codable, Sendable {
    let number: Int64
    let givenName, familyName, relation: String
    let parentalResponsibility, livesWith, emergency, safeToContact, addressProtected: Bool
    /// Absent where the address is protected from the caller.
    let telephone, email, address, postcode: String?
    /// Who it is in what other programs know; absent until the contact is published.
    let person: PersonID?

    init(_ stored: StoredContact, isHidden: Bool, _ db: Database) throws {
      func shown(_ text: String) -> String? { isHidden ? nil : text }
      let contact = stored.contact
      number = stored.number
      (givenName, familyName, relation) = (contact.givenName, contact.familyName, contact.relation)
      (parentalResponsibility, livesWith) = (contact.parentalResponsibility, contact.livesWith)
      (emergency, safeToContact) = (contact.emergency, contact.safeToContact)
      addressProtected = contact.addressProtected
      (telephone, email) = (shown(contact.telephone), shown(contact.email))
      (address, postcode) = (shown(contact.address), shown(contact.postcode))
      person = try stored.person.flatMap { try Persons.current($0, in: db) }
    }
  }

  struct Sibling: Codable, Sendable {
    let id: PupilID
    let givenName, familyName: String
    let dateOfBirth: Day
  }

  struct Child: Codable, Sendable {
    let id: PupilID
    let upn: UPN
    let formerUPNs: [UPN]
    let givenName, familyName: String
    let dateOfBirth: Day
    /// The year group now.
    let yearGroup: YearGroup?
    let addressProtected: Bool
    let registrations: [Place]
    let contacts: [Contact]
    let siblings: [Sibling]
  }

  private let child: Child
  private let details: [PupilField: String]

  /// - Throws: `Problem` not found as for ``ChildAccess``.
  init(of id: PupilID, for caller: Caller, on today: Day, in db: Database) throws {
    try self.init(try ChildAccess(id, by: caller, on: today, in: db), caller, today, db)
  }

  init(_ access: ChildAccess, _ caller: Caller, _ today: Day, _ db: Database) throws {
    let pupil = access.pupil
    // Two schools that state one contact alike state one.
    var seen: Set<ContactRecord> = []
    let known = try Contacts.inForce(of: pupil.number, on: today, in: db)
      .filter { seen.insert($0.contact).inserted }
    let isProtected = Self.isHomeProtected(pupil, known.map(\.contact))
    let isHidden = isProtected && !access.seesProtected
    let siblings = access.seesFamily ? try Families.siblings(of: pupil.number, in: db) : []
    child = Child(
      id: pupil.id, upn: pupil.upn, formerUPNs: try Pupils.formerUPNs(of: pupil.number, in: db),
      givenName: pupil.givenName, familyName: pupil.familyName, dateOfBirth: pupil.dateOfBirth,
      yearGroup: pupil.yearGroup(in: SchoolYear(containing: today)), addressProtected: isProtected,
      registrations: try access.registrations.map { try Place($0, isHidden: isHidden, db) },
      contacts: try (access.seesFamily ? known : []).map {
        try Contact($0, isHidden: isHidden || ($0.contact.addressProtected && !access.seesProtected), db)
      },
      siblings: try siblings.filter { sibling in
        try Pupils.registrations(of: sibling.number, in: db).contains { caller.mayActFor(school: $0.school.text) }
      }.map { Sibling(id: $0.id, givenName: $0.givenName, familyName: $0.familyName, dateOfBirth: $0.dateOfBirth) })
    details = pupil.details
  }

  /// Whether where a child lives must not be told. Where a protected contact lives with it, its own places tell the
  /// address.
  static func isHomeProtected(_ pupil: StoredPupil, _ contacts: [ContactRecord]) -> Bool {
    pupil.addressProtected || contacts.contains { $0.addressProtected && $0.livesWith }
  }
}

/// As JSON the details stand beside the rest.
extension AdmissionEntry: SchemaDescribed {
  init(from decoder: any Decoder) throws {
    child = try Child(from: decoder)
    let values = try decoder.container(keyedBy: PupilField.self)
    details = try PupilField.details.reduce(into: [:]) { $0[$1] = try values.decodeIfPresent(String.self, forKey: $1) }
  }

  func encode(to encoder: any Encoder) throws {
    try child.encode(to: encoder)
    var values = encoder.container(keyedBy: PupilField.self)
    for (field, text) in details { try values.encode(text, forKey: field) }
  }

  static var jsonSchema: JSONSchema {
    guard case .object(let fields)? = try? JSONSchema.describing(Child.self) else { return .any }
    return .object(
      fields + PupilField.details.map { .init($0.rawValue, $0.declaration.schema, required: false, "") })
  }

  static var sample: JSONValue {
    guard case .object(let members)? = try? JSONValue.made(Child.self) else { return .null }
    let details = PupilField.details.map { ($0.rawValue, $0.declaration.sample) }
    return .object(members.merging(details) { $1 })
  }
}

extension JSONValue {
  /// A made-up value of a type.
  static func made(_ type: (some Codable).Type) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(JSONSchema.probing(type).sample))
  }
}
