import Contracts
import Foundation
import HTTPTypes
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

  init(registers: Registers) {
    read = ReadAdmission(registers: registers)
    change = ChangeFamily(registers: registers)
    find = FindPupils(registers: registers)
  }

  func add(to router: ServiceRouter) {
    // Personal data never stands in a URL, so what is looked for is a body.
    router.ask(
      "/pupils/search", Self.searchers, "Find children by name, date of birth or pupil number", upTo: Self.formBytes,
      search)
    router.read("/pupils/{id}", Self.readers, "The whole admission entry of a child") {
      try await read($0.pupil(), by: $0.caller)
    }
    router.write(
      .put, "/pupils/{id}/contacts/{number}", Self.writers,
      "Change one of a child's contacts; what is left out stays", ifMatch: true, upTo: Self.formBytes
    ) { try await change.contact($0.number("Contact"), of: $0.pupil(), $1, by: $0.edit) }
    router.write(
      .post, "/pupils/{id}/siblings", Self.officers, "Say that two children are siblings", ifMatch: true,
      upTo: Self.formBytes
    ) { (call: Call, form: Sibling) in
      try await change.siblings(call.pupil(), form.sibling, are: true, by: call.edit)
    }
    router.write(
      .delete, "/pupils/{id}/siblings/{sibling}", Self.officers,
      "Say that a child is not of this child's family; a shared contact does not make it so again", ifMatch: true
    ) { try await change.siblings($0.pupil(), $0.pupil("sibling"), are: false, by: $0.edit) }
  }

  private struct Sibling: Codable, Sendable { let sibling: PupilID }

  private struct Search: Codable, Sendable {
    let familyName, givenName: String?
    let dateOfBirth: Day?
    let upn: UPN?
    let school: URN?
  }

  private func search(_ call: Call, _ form: Search) async throws -> FindPupils.Answer {
    let caller = call.caller
    var faults = Faults()
    let family = Self.name(form.familyName, "/familyName", &faults)
    let given = Self.name(form.givenName, "/givenName", &faults)
    faults.require(
      family != nil || form.dateOfBirth != nil || form.upn != nil, "",
      "must have familyName, dateOfBirth or upn")
    try faults.refuse()
    if let school = form.school { try caller.requireActing(forSchool: school.text) }
    let schools = form.school.map { [$0.text] } ?? caller.confinedTo
    let question = PupilSearch.Question(
      family: family, given: given, dateOfBirth: form.dateOfBirth, upn: form.upn, schools: schools)
    return try await find(question, by: caller)
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
