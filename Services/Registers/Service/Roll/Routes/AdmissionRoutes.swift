import Contracts
import Foundation
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import Search
import ServiceKit

/// The admission register of one child: the whole entry, its contacts and siblings one by one as a person states them,
/// and the search for children. Every child shown is on record as read.
struct AdmissionRoutes: Sendable {
  let registers: Registers

  private static let readers = Policy.roles(
    .school, .attendanceOfficer, .legalOfficer, .cmeOfficer, .virtualSchool, reach: .ownRecords)
  private static let searchers = Policy.roles(
    .school, .attendanceOfficer, .legalOfficer, .cmeOfficer, reach: .ownRecords)
  private static let writers = Policy.roles(.school, .attendanceOfficer, .cmeOfficer, reach: .ownRecords)
  private static let officers = Policy.roles(.attendanceOfficer, .cmeOfficer, reach: .ownRecords)
  /// The most bytes of a small form.
  private static let formBytes = 16 << 10
  private static let nameBytes = 200
  /// The most children that a search shows.
  private static let mostFound = 50

  func add(to router: ServiceRouter) {
    // Personal data never stands in a URL, so what is looked for is a body.
    router.ask(
      "/pupils/search", Self.searchers, "Find children by name, date of birth or pupil number", upTo: Self.formBytes,
      search)
    router.read("/pupils/{id}", Self.readers, "The whole admission entry of a child") { call in
      let id = try call.pupil()
      return try await registers.readChild(by: call.caller) { unit in
        let child = try ChildAccess(id, in: unit)
        try unit.audit(.pupilEntryRead, of: child.pupil.id)
        return try AdmissionEntry(child, unit.caller, unit.today, unit.db)
      }
    }
    router.write(
      .put, "/pupils/{id}/contacts/{number}", Self.writers,
      "Change one of a child's contacts; what is left out stays", ifMatch: true, upTo: Self.formBytes, contact)
    router.write(
      .post, "/pupils/{id}/siblings", Self.officers, "Say that two children are siblings", ifMatch: true,
      upTo: Self.formBytes
    ) { (call: Call, form: Sibling) in try await siblings(call, form.sibling) { try $0.link($1, $2) } }
    router.write(
      .delete, "/pupils/{id}/siblings/{sibling}", Self.officers,
      "Say that a child is not of this child's family; a shared contact does not make it so again", ifMatch: true
    ) { call in try await siblings(call, call.pupil("sibling")) { try $0.part($1, from: $2) } }
  }

  // MARK: Family

  private struct Sibling: Codable, Sendable { let sibling: PupilID }

  /// What became of two children.
  private struct Siblings: Codable, Sendable {
    let pupil: PupilID
    let sibling: PupilID
    let changed: Bool
  }

  /// A contact after a change.
  private struct ContactAnswer: Codable, Sendable {
    let number: Int64
    let changed: Bool
    /// Whether something of it does not count until an officer has decided.
    let waiting: Bool
  }

  private struct ContactStated: Encodable {
    let number: Int64
    let contact: ContactStatement
  }

  /// Changes what stands under a child's entry, if it is as the caller read it.
  private func change<Answer: Encodable & Sendable>(
    _ call: Call, _ body: @Sendable @escaping (ChildAccess, UnitOfWork) throws -> Answer
  ) async throws -> Remembered<Answer> {
    let (id, caller, today) = (try call.pupil(), call.caller, registers.today)
    let current = { @Sendable db in try AdmissionEntry(of: id, for: caller, on: today, in: db) }
    return try await registers.write(call.edit, of: current) { unit in try body(try ChildAccess(id, in: unit), unit) }
  }

  private func siblings(
    _ call: Call, _ sibling: PupilID, _ act: @Sendable @escaping (FamilyLinks, StoredPupil, StoredPupil) throws -> Bool
  ) async throws -> Remembered<Siblings> {
    try await change(call) { child, unit in
      let other = try ChildAccess(sibling, in: unit).pupil
      guard other.number != child.pupil.number else {
        throw Problem.invalid([.init("/sibling", "must be another child")])
      }
      return Siblings(
        pupil: child.pupil.id, sibling: other.id, changed: try act(FamilyLinks(unit: unit), child.pupil, other))
    }
  }

  private func contact(_ call: Call, _ submission: ContactSubmission) async throws -> Remembered<ContactAnswer> {
    let number = try call.number("Contact")
    let statement: ContactStatement
    do {
      statement = try submission.checked(under: "")
    } catch {
      throw Problem.invalid([.init("/\(error.column)", error.detail)])
    }
    return try await change(call) { [registers] child, unit in
      try child.requireCurrent()
      let pupil = child.pupil
      let known = try Contacts.inForce(number, of: pupil.number, on: unit.today, in: unit.db).orNotFound("Contact")
      let times = ChildTimes(try Pupils.registrations(of: pupil.number, in: unit.db), today: unit.today)
      let mayLower = unit.caller.mayLowerProtections
      // A school changes what it stated itself.
      let isOwn = (known.school ?? times.holder).map { unit.caller.mayActFor(school: $0.text) } ?? false
      guard mayLower || isOwn else {
        try Self.wait(known, of: pupil, times, statement, unit)
        return ContactAnswer(number: number, changed: false, waiting: true)
      }
      let outcome = try Contacts.change(
        known, of: pupil.number, with: statement, mayLower: mayLower, on: unit.today, in: unit.db)
      if outcome.isHeld { try Self.wait(known, of: pupil, times, statement, unit) }
      if outcome.isLowered { try registers.protectionLowered(of: pupil.number, .contact, in: unit) }
      if outcome.isChanged {
        try FamilyLinks(unit: unit).contactsChanged(of: pupil)
        try AdmissionLog.append(
          .contact, pupil: pupil.number, ContactStated(number: number, contact: statement), in: unit)
      }
      return ContactAnswer(number: number, changed: outcome.isChanged, waiting: outcome.isHeld)
    }
  }

  /// Puts a contact before an officer as a school states it: for one that the school has on its roll.
  private static func wait(
    _ contact: StoredContact, of pupil: StoredPupil, _ times: ChildTimes, _ statement: ContactStatement,
    _ unit: UnitOfWork
  ) throws {
    let school = times.standing.map(\.school).first {
      times.hasOnRoll($0) && unit.caller.mayActFor(school: $0.text)
    }
    guard let school else { throw Problem.forbidden }
    let proposal = PupilChanges.Proposal(
      pupil: pupil.number, school: school, kind: .contact, part: contact.number, upn: pupil.upn, fields: [.contacts])
    guard try PupilChanges.propose(proposal, statement, in: unit) == .new else { return }
    try AdmissionLog.append(
      .proposed, pupil: pupil.number, Proposed(school: school, kind: .contact, fields: [.contacts]), in: unit)
  }

  // MARK: Search

  private struct Search: Codable, Sendable {
    let familyName, givenName: String?
    let dateOfBirth: Day?
    let upn: UPN?
    let school: URN?
  }

  private struct Found: Codable, Sendable {
    struct Child: Codable, Sendable {
      let id: PupilID
      let upn: UPN
      let givenName, familyName: String
      let dateOfBirth: Day
      let yearGroup: YearGroup?
      let addressProtected: Bool
      /// The schools on whose roll the child is today; absent where it may not be told.
      let schools: [URN]?
    }

    let pupils: [Child]
    /// Whether there are more than are shown.
    let more: Bool
  }

  private func search(_ call: Call, _ form: Search) async throws -> Found {
    var faults = Faults()
    let family = Self.name(form.familyName, "/familyName", &faults)
    let given = Self.name(form.givenName, "/givenName", &faults)
    faults.require(
      family != nil || form.dateOfBirth != nil || form.upn != nil, "",
      "must have familyName, dateOfBirth or upn")
    try faults.refuse()
    if let school = form.school { try call.caller.requireActing(forSchool: school.text) }
    let question = PupilSearch.Question(
      family: family, given: given, dateOfBirth: form.dateOfBirth, upn: form.upn,
      schools: form.school.map { [$0.text] } ?? call.caller.confinedTo)
    return try await registers.readChild(by: call.caller) { unit in
      let found = try PupilSearch.find(question, limit: Self.mostFound + 1, in: unit.db)
      let shown = try found.prefix(Self.mostFound).map { pupil -> Found.Child in
        try unit.audit(.pupilSearchRead, of: pupil.id)
        let child = try ChildAccess(pupil.id, in: unit)
        return Found.Child(
          id: pupil.id, upn: pupil.upn, givenName: pupil.givenName, familyName: pupil.familyName,
          dateOfBirth: pupil.dateOfBirth, yearGroup: pupil.yearGroup(in: SchoolYear(containing: unit.today)),
          addressProtected: pupil.addressProtected,
          schools: pupil.addressProtected && !child.seesProtected
            ? nil : child.registrations.filter { $0.covers(unit.today) }.map(\.school))
      }
      return Found(pupils: shown, more: found.count > Self.mostFound)
    }
  }

  /// The beginning of a folded name; `nil` when nothing was said.
  private static func name(_ text: String?, _ pointer: String, _ faults: inout Faults) -> String? {
    guard let text = text?.trimmingCharacters(in: .whitespacesAndNewlines), !text.isEmpty else { return nil }
    faults.require(
      text.utf8.count <= nameBytes
        && !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }), pointer,
      "must have at most \(nameBytes) bytes and no control character")
    return NameFolding.fold(text)
  }
}
