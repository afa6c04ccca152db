import Contracts
import GRDB
import RegistersDomain
import Rulebook
import ServiceKit

/// Changes a child's contacts and siblings one by one, as a person states them.
struct ChangeFamily: Sendable {
  let desk: RegisterDesk

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
    _ number: Int64, of id: PupilID, _ submission: ContactSubmission, by caller: Caller
  ) async throws -> Changed {
    let statement: ContactStatement
    do {
      statement = try submission.checked(under: "")
    } catch {
      throw Problem.invalid([.init("/\(error.column)", error.detail)])
    }
    return try await change(id, by: caller) { child, writer, today, db in
      try child.requireCurrent()
      guard
        let known = try Contacts.inForce(of: child.pupil.number, on: today, in: db).first(where: { $0.number == number }
        )
      else { throw Problem.notFound("Contact") }
      let mayLower = caller.mayLowerProtections
      guard try mayLower || Self.isOwn(known, of: child.pupil, caller, today, db) else {
        try wait(known, of: child.pupil, statement, writer, today, db)
        return Changed(number: number, changed: false, waiting: true)
      }
      let outcome = try Contacts.change(
        known, of: child.pupil.number, with: statement, mayLower: mayLower, on: today, in: db)
      if outcome.isHeld { try wait(known, of: child.pupil, statement, writer, today, db) }
      if outcome.isLowered { try desk.protectionLowered(of: child.pupil.number, .contact, by: writer, in: db) }
      if outcome.isChanged {
        try FamilyLinks(db: db, writer: writer).linkByContacts(child.pupil, on: today)
        try AdmissionLog.append(
          .contact, pupil: child.pupil.number, ContactStated(number: number, contact: statement), by: writer, in: db)
      }
      return Changed(number: number, changed: outcome.isChanged, waiting: outcome.isHeld)
    }
  }

  /// Whether the contact was stated by one of the caller's schools.
  private static func isOwn(
    _ contact: StoredContact, of pupil: StoredPupil, _ caller: Caller, _ today: Day, _ db: Database
  ) throws -> Bool {
    let times = ChildTimes(try Pupils.registrations(of: pupil.number, in: db), today: today)
    return (contact.school ?? times.holder).map { caller.mayActFor(school: $0.text) } ?? false
  }

  /// Puts a contact before an officer as a school states it: for one that the school has on its roll.
  private func wait(
    _ contact: StoredContact, of pupil: StoredPupil, _ statement: ContactStatement, _ writer: Writer, _ today: Day,
    _ db: Database
  ) throws {
    let times = ChildTimes(try Pupils.registrations(of: pupil.number, in: db), today: today)
    guard
      let school = times.standing.map(\.school).first(where: {
        times.hasOnRoll($0) && writer.caller.mayActFor(school: $0.text)
      })
    else { throw Problem.forbidden }
    let proposal = PupilChanges.Proposal(
      pupil: pupil.number, school: school, kind: .contact, part: contact.number, upn: pupil.upn, fields: [.contacts])
    guard try PupilChanges.propose(proposal, statement, by: writer, in: db) == .new else { return }
    try AdmissionLog.append(
      .proposed, pupil: pupil.number, Proposed(school: school, kind: .contact, fields: [.contacts]), by: writer, in: db)
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
  func siblings(_ id: PupilID, _ sibling: PupilID, are: Bool, by caller: Caller) async throws -> Siblings {
    try await change(id, by: caller) { child, writer, today, db in
      let other = try ChildAccess(sibling, by: caller, on: today, in: db).pupil
      guard other.number != child.pupil.number else {
        throw Problem.invalid([.init("/sibling", "must be another child")])
      }
      let links = FamilyLinks(db: db, writer: writer)
      let changed = try are ? links.link(child.pupil, other) : links.part(child.pupil, from: other)
      return Siblings(pupil: child.pupil.id, sibling: other.id, changed: changed)
    }
  }

  private func change<T: Sendable>(
    _ id: PupilID, by caller: Caller,
    _ body: @Sendable @escaping (ChildAccess, Writer, Day, Database) throws -> T
  ) async throws -> T {
    let today = desk.clock.today()
    return try await desk.write(by: caller) { writer, db in
      try body(try ChildAccess(id, by: caller, on: today, in: db), writer, today, db)
    }
  }
}
