import Contracts
import Foundation
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// Answers with the whole admission entry of a child (reg 8). Every read is on record, in the same transaction.
struct ReadAdmission: Sendable {
  let registers: Registers

  /// A child's entry as the caller may see it.
  struct Entry: Codable, Sendable {
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

    fileprivate let child: Child
    fileprivate let details: [PupilField: String]
  }

  /// A child's admission entry.
  ///
  /// - Throws: `Problem` not found as for ``ChildAccess``.
  func callAsFunction(_ id: PupilID, by caller: Caller) async throws -> Entry {
    try await registers.readChild(by: caller) { unit in
      let child = try ChildAccess(id, in: unit)
      try unit.audit(.pupilEntryRead, of: child.pupil.id)
      return try Self.entry(child, caller, unit.today, unit.db)
    }
  }

  /// A child's admission entry as the caller may see it, without a note of the read: an edit is on record itself.
  ///
  /// - Throws: `Problem` not found as for ``ChildAccess``.
  static func entry(of id: PupilID, for caller: Caller, on today: Day, in db: Database) throws -> Entry {
    try entry(try ChildAccess(id, by: caller, on: today, in: db), caller, today, db)
  }

  private static func entry(_ child: ChildAccess, _ caller: Caller, _ today: Day, _ db: Database) throws -> Entry {
    let pupil = child.pupil
    // Two schools that state one contact alike state one.
    var seen: Set<ContactRecord> = []
    let known = try Contacts.inForce(of: pupil.number, on: today, in: db)
      .filter { seen.insert($0.contact).inserted }
    let isProtected = isHomeProtected(pupil, known.map(\.contact))
    let isHidden = isProtected && !child.seesProtected
    let siblings = child.seesFamily ? try Families.siblings(of: pupil.number, in: db) : []
    let entry = Entry.Child(
      id: pupil.id, upn: pupil.upn, formerUPNs: try Pupils.formerUPNs(of: pupil.number, in: db),
      givenName: pupil.givenName, familyName: pupil.familyName, dateOfBirth: pupil.dateOfBirth,
      yearGroup: pupil.yearGroup(in: SchoolYear(containing: today)), addressProtected: isProtected,
      registrations: try child.registrations.map { try place($0, isHidden: isHidden, db) },
      contacts: child.seesFamily
        ? try known.map {
          try contact($0, isHidden: isHidden || ($0.contact.addressProtected && !child.seesProtected), db)
        } : [],
      siblings: try siblings.filter { sibling in
        try Pupils.registrations(of: sibling.number, in: db).contains {
          caller.mayActFor(school: $0.school.text)
        }
      }.map {
        Entry.Sibling(id: $0.id, givenName: $0.givenName, familyName: $0.familyName, dateOfBirth: $0.dateOfBirth)
      })
    return Entry(child: entry, details: pupil.details)
  }

  /// Whether where a child lives must not be told. Where a protected contact lives with it, its own places tell the
  /// address.
  static func isHomeProtected(_ pupil: StoredPupil, _ contacts: [ContactRecord]) -> Bool {
    pupil.addressProtected || contacts.contains { $0.addressProtected && $0.livesWith }
  }

  private static func place(_ registration: Registration, isHidden: Bool, _ db: Database) throws -> Entry.Place {
    Entry.Place(
      school: isHidden ? nil : registration.school, status: registration.status, enrolledOn: registration.enrolledOn,
      enteredOn: registration.enteredOn, leftOn: registration.leftOn, deletedOn: registration.deletedOn,
      ground: registration.ground, destination: isHidden ? nil : registration.destination,
      returns: try Returns.filed(registration.number, in: db).map {
        Entry.Filed(
          kind: $0.kind, filedOn: $0.filedOn, dueOn: $0.dueOn, finding: $0.finding.map(Returns.name(ofFinding:)))
      })
  }

  private static func contact(_ stored: StoredContact, isHidden: Bool, _ db: Database) throws -> Entry.Contact {
    func shown(_ text: String) -> String? { isHidden ? nil : text }
    let contact = stored.contact
    return Entry.Contact(
      number: stored.number, givenName: contact.givenName, familyName: contact.familyName, relation: contact.relation,
      parentalResponsibility: contact.parentalResponsibility, livesWith: contact.livesWith,
      emergency: contact.emergency, safeToContact: contact.safeToContact, addressProtected: contact.addressProtected,
      telephone: shown(contact.telephone), email: shown(contact.email), address: shown(contact.address),
      postcode: shown(contact.postcode), person: try stored.person.flatMap { try Persons.current($0, in: db) })
  }
}

/// As JSON the details stand beside the rest.
extension ReadAdmission.Entry: SchemaDescribed {
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

extension Returns {
  /// A finding's number as it is told.
  static func name(ofFinding number: Int64) -> String { "f\(number)" }
}
