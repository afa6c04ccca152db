import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import Search
import ServiceKit

/// The admission register of one child: the whole entry, contacts, siblings, and the search for children.
struct AdmissionRoutes: Sendable {
  let read: ReadAdmission
  let change: ChangeFamily
  let find: FindPupils

  private static let readers = Policy.roles(
    .school, .attendanceOfficer, .legalOfficer, .cmeOfficer, .virtualSchool, reach: .ownRecords)
  private static let searchers = Policy.roles(
    .school, .attendanceOfficer, .legalOfficer, .cmeOfficer, reach: .ownRecords)
  private static let writers = Policy.roles(.school, .attendanceOfficer, .cmeOfficer, reach: .ownRecords)
  private static let officers = Policy.roles(.attendanceOfficer, .cmeOfficer, reach: .ownRecords)
  /// The most bytes of a small form.
  private static let formBytes = 16 << 10
  private static let nameBytes = 200

  func add(to router: ServiceRouter) {
    router.on(
      .post, "/pupils/search", Self.searchers,
      About("Find children by name, date of birth or pupil number", body: Search.self, answer: FindPupils.Answer.self),
      bodyLimitBytes: Self.formBytes
    ) { request, context in
      let caller = try context.caller
      let question = try Self.question(try await request.json(Search.self, upTo: Self.formBytes), caller)
      return try .json(try await find(question, by: caller))
    }
    router.on(
      .get, "/pupils/{id}", Self.readers,
      About("The whole admission entry of a child", answer: ReadAdmission.Entry.self)
    ) { _, context in
      let entry = try await read(try context.pupil(), by: try context.caller)
      return try .json(entry)
    }
    router.on(
      .put, "/pupils/{id}/contacts/{number}", Self.writers,
      About(
        "Change one of a child's contacts; what is left out stays", body: ContactSubmission.self,
        answer: ChangeFamily.Changed.self, takesIfMatch: true), bodyLimitBytes: Self.formBytes
    ) { request, context in
      let id = try context.pupil()
      guard let number = Int64(try context.parameter("number")) else { throw Problem.notFound("Contact") }
      let form = try await request.json(ContactSubmission.self, upTo: Self.formBytes)
      let caller = try context.caller
      return try .json(try await editing(id, request, caller).contact(number, of: id, form, by: caller))
    }
    addSiblings(to: router)
  }

  private func addSiblings(to router: ServiceRouter) {
    router.on(
      .post, "/pupils/{id}/siblings", Self.officers,
      About(
        "Say that two children are siblings", body: Sibling.self, answer: ChangeFamily.Siblings.self,
        takesIfMatch: true),
      bodyLimitBytes: Self.formBytes
    ) { request, context in
      let id = try context.pupil()
      let sibling = try await request.json(Sibling.self, upTo: Self.formBytes).sibling
      let caller = try context.caller
      return try .json(try await editing(id, request, caller).siblings(id, sibling, are: true, by: caller))
    }
    router.on(
      .delete, "/pupils/{id}/siblings/{sibling}", Self.officers,
      About(
        "Say that a child is not of this child's family; a shared contact does not make it so again",
        answer: ChangeFamily.Siblings.self, takesIfMatch: true)
    ) { request, context in
      let id = try context.pupil()
      let sibling = try context.pupil("sibling")
      let caller = try context.caller
      return try .json(try await editing(id, request, caller).siblings(id, sibling, are: false, by: caller))
    }
  }

  /// For an edit of a child whose entry is as the caller read it.
  private func editing(_ id: PupilID, _ request: Request, _ caller: Caller) -> ChangeFamily {
    let today = change.registers.clock.today()
    return ChangeFamily(
      registers: change.registers.onlyIf(Precondition(request)) {
        try ReadAdmission.entry(of: id, for: caller, on: today, in: $0)
      })
  }

  private struct Sibling: Codable, Sendable { let sibling: PupilID }

  /// What is looked for. Personal data never stands in a URL, so it is a body.
  private struct Search: Codable, Sendable {
    let familyName, givenName: String?
    let dateOfBirth: Day?
    let upn: UPN?
    let school: URN?
  }

  private static func question(_ form: Search, _ caller: Caller) throws(Problem) -> PupilSearch.Question {
    var faults = Problem.Faults()
    let family = name(form.familyName, "/familyName", &faults)
    let given = name(form.givenName, "/givenName", &faults)
    faults.require(
      family != nil || form.dateOfBirth != nil || form.upn != nil, "",
      "must have familyName, dateOfBirth or upn")
    try faults.refuse()
    if let school = form.school { try caller.requireActing(forSchool: school.text) }
    let schools = form.school.map { [$0.text] } ?? caller.confinedTo
    return PupilSearch.Question(
      family: family, given: given, dateOfBirth: form.dateOfBirth, upn: form.upn, schools: schools)
  }

  /// The beginning of a folded name; `nil` when nothing was said.
  private static func name(_ text: String?, _ pointer: String, _ faults: inout Problem.Faults) -> String? {
    guard let text = text?.trimmingCharacters(in: .whitespacesAndNewlines), !text.isEmpty else { return nil }
    faults.require(
      text.utf8.count <= nameBytes
        && !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }), pointer,
      "must have at most \(nameBytes) bytes and no control character")
    return NameFolding.fold(text)
  }
}

extension ServiceRequestContext {
  /// The child that a path names.
  ///
  /// - Throws: `Problem` not found unless it is an identifier.
  func pupil(_ name: String = "id") throws(Problem) -> PupilID {
    guard let id = PupilID(try parameter(name)) else { throw .notFound("Pupil") }
    return id
  }
}
