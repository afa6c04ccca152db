import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Changes a child's contacts and siblings one by one, as a person states them.
struct ChangeFamily: Sendable {
  let registers: Registers

  /// A contact after a change.
  struct Changed: Codable, Sendable {
    let number: Int64
    let changed: Bool
    /// Whether something of it does not count until an officer has decided.
    let waiting: Bool
  }

  private struct ContactStated: Encodable {
    let number: Int64
    let contact: ContactStatement
  }

  /// Changes one of a child's contacts. What is not said stays.
  ///
  /// - Throws: `Problem` not found, forbidden to a school that the child left, or 422 with what is not acceptable.
  func contact(
    _ number: Int64, of id: PupilID, _ submission: ContactSubmission, by edit: Edit
  ) async throws -> Remembered<Changed> {
    let statement: ContactStatement
    do {
      statement = try submission.checked(under: "")
    } catch {
      throw Problem.invalid([.init("/\(error.column)", error.detail)])
    }
    return try await change(id, by: edit) { child, unit in
      try child.requireCurrent()
      guard
        let known = try Contacts.inForce(of: child.pupil.number, on: unit.today, in: unit.db).first(where: {
          $0.number == number
        }
        )
      else { throw Problem.notFound("Contact") }
      let mayLower = unit.caller.mayLowerProtections
      guard try mayLower || Self.isOwn(known, of: child.pupil, in: unit) else {
        try wait(known, of: child.pupil, statement, unit)
        return Changed(number: number, changed: false, waiting: true)
      }
      let outcome = try Contacts.change(
        known, of: child.pupil.number, with: statement, mayLower: mayLower, on: unit.today, in: unit.db)
      if outcome.isHeld { try wait(known, of: child.pupil, statement, unit) }
      if outcome.isLowered { try registers.protectionLowered(of: child.pupil.number, .contact, in: unit) }
      if outcome.isChanged {
        try FamilyLinks(unit: unit).contactsChanged(of: child.pupil)
        try AdmissionLog.append(
          .contact, pupil: child.pupil.number, ContactStated(number: number, contact: statement), in: unit)
      }
      return Changed(number: number, changed: outcome.isChanged, waiting: outcome.isHeld)
    }
  }

  /// Whether the contact was stated by one of the caller's schools.
  private static func isOwn(
    _ contact: StoredContact, of pupil: StoredPupil, in unit: UnitOfWork
  ) throws -> Bool {
    let times = ChildTimes(try Pupils.registrations(of: pupil.number, in: unit.db), today: unit.today)
    return (contact.school ?? times.holder).map { unit.caller.mayActFor(school: $0.text) } ?? false
  }

  /// Puts a contact before an officer as a school states it: for one that the school has on its roll.
  private func wait(
    _ contact: StoredContact, of pupil: StoredPupil, _ statement: ContactStatement, _ unit: UnitOfWork
  ) throws {
    let times = ChildTimes(try Pupils.registrations(of: pupil.number, in: unit.db), today: unit.today)
    guard
      let school = times.standing.map(\.school).first(where: {
        times.hasOnRoll($0) && unit.caller.mayActFor(school: $0.text)
      })
    else { throw Problem.forbidden }
    let proposal = PupilChanges.Proposal(
      pupil: pupil.number, school: school, kind: .contact, part: contact.number, upn: pupil.upn, fields: [.contacts])
    guard try PupilChanges.propose(proposal, statement, in: unit) == .new else { return }
    try AdmissionLog.append(
      .proposed, pupil: pupil.number, Proposed(school: school, kind: .contact, fields: [.contacts]), in: unit)
  }

  /// What became of two children.
  struct Siblings: Codable, Sendable {
    let pupil: PupilID
    let sibling: PupilID
    let changed: Bool
  }

  /// Makes two children siblings, or says that they are none.
  ///
  /// - Throws: `Problem` not found; 422 when they are one child.
  func siblings(
    _ id: PupilID, _ sibling: PupilID, are: Bool, by edit: Edit
  ) async throws -> Remembered<Siblings> {
    try await change(id, by: edit) { child, unit in
      let other = try ChildAccess(sibling, in: unit).pupil
      guard other.number != child.pupil.number else {
        throw Problem.invalid([.init("/sibling", "must be another child")])
      }
      let links = FamilyLinks(unit: unit)
      let changed = try are ? links.link(child.pupil, other) : links.part(child.pupil, from: other)
      return Siblings(pupil: child.pupil.id, sibling: other.id, changed: changed)
    }
  }

  private func change<Answer: Encodable & Sendable>(
    _ id: PupilID, by edit: Edit, _ body: @Sendable @escaping (ChildAccess, UnitOfWork) throws -> Answer
  ) async throws -> Remembered<Answer> {
    let current = { @Sendable [today = registers.today] (db: Database) -> (any Encodable)? in
      try ReadAdmission.entry(of: id, for: edit.caller, on: today, in: db)
    }
    return try await registers.write(edit, of: current) { unit in
      try body(try ChildAccess(id, in: unit), unit)
    }
  }
}
