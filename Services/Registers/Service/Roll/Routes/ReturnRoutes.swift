import Contracts
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// Returns that schools file, and those that they owe.
struct ReturnRoutes: Sendable {
  let returns: KeepReturns

  private static let users = Policy.roles(.school, .attendanceOfficer, .cmeOfficer, reach: .ownSchool)
  private static let formBytes = 8 << 10
  private static let noteBytes = 2_000
  private static let state = QueryParameter<KeepReturns.State>("state", "Which returns.")
  private static let before = QueryParameter.before("The number before which a page of filed ones begins.")

  private struct Form: Codable, Sendable {
    let pupil: PupilID
    let kind: ReturnKind
    let filedOn: Day?
    /// Which finding it answers, as the list of what is due names it.
    let finding: String?
    let note: String?
  }

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/schools/{urn}/returns", Self.users, "File a return about a child (reg 13)", upTo: Self.formBytes, file)
    router.read(
      "/schools/{urn}/returns", Self.users, "The returns that a school owes, or has filed",
      query: [Self.state.about, Self.before.about]
    ) { try await returns.list($0[Self.state], of: $0.school, before: $0[Self.before], by: $0.caller) }
  }

  private func file(_ call: Call, _ form: Form) async throws -> Remembered<KeepReturns.Filed> {
    let school = try call.school
    let finding = form.finding.flatMap(Findings.number)
    var faults = Faults()
    let note = faults.text(form.note, "/note", bytes: 0...Self.noteBytes)
    faults.require(
      form.finding == nil || finding != nil, "/finding", "must be the identifier of a finding, for example f12")
    try faults.refuse()
    return try await returns.file(
      .init(pupil: form.pupil, kind: form.kind, filedOn: form.filedOn, finding: finding, note: note), at: school,
      by: call.edit)
  }
}
