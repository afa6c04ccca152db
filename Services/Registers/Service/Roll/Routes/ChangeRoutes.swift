import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// What waits for an officer, entries made by mistake, and children on two rolls.
struct ChangeRoutes: Sendable {
  let changes: DecideChanges
  let withdraw: WithdrawEntries
  let doubles: ReadDoubleRegistrations

  private static let officers = Policy.roles(.attendanceOfficer, .cmeOfficer, reach: .wholeAuthority)
  private static let officersOfSchool = Policy.roles(.attendanceOfficer, .cmeOfficer, reach: .ownSchool)
  private static let users = Policy.roles(.school, .attendanceOfficer, .cmeOfficer, reach: .ownSchool)
  private static let formBytes = 16 << 10
  private static let listBytes = 512 << 10
  private static let reasonBytes = 500
  private static let before = QueryParameter.before("The number before which a page begins.")

  private struct Decision: Codable, Sendable {
    let numbers: [Int64]
    let reason: String
  }

  private struct Withdrawal: Codable, Sendable {
    let entries: [WithdrawEntries.Named]?
    /// The upload's name, as its answer told it.
    let upload: String?
    let reason: String
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/pupil-changes", Self.officers,
      "What schools said of children that does not count until an officer decides", query: [.after]
    ) { try await changes.open(after: $0.after, by: $0.caller) }
    router.write(
      .post, "/pupil-changes/accept", Self.officers, "Let what schools said count: all of the numbers, or none",
      upTo: Self.formBytes, problems: [404, 409]
    ) { try await decide($0, $1, .accepted) }
    router.write(
      .post, "/pupil-changes/reject", Self.officers, "Leave the records as they are: all of the numbers, or none",
      upTo: Self.formBytes, problems: [404, 409]
    ) { try await decide($0, $1, .rejected) }
    router.read(
      "/double-registrations", Self.officers,
      "Children on two rolls today where each school says that the child is on its roll alone", query: [.after]
    ) { try await doubles(after: $0.after, by: $0.caller) }
    router.read(
      "/schools/{urn}/waiting-entries", Self.users,
      "The school's entries that an officer confirms first, and what was decided", query: [Self.before.about]
    ) { try await changes.said(by: $0.school, before: $0[Self.before], by: $0.caller) }
    router.write(
      .post, "/schools/{urn}/withdrawals", Self.officersOfSchool,
      "Take entries of the admission register back that were made by mistake: no deletion, no ground, no return",
      upTo: Self.listBytes, problems: [404, 409], takeBack)
    router.read(
      "/schools/{urn}/withdrawals", Self.officersOfSchool,
      "The school's entries that were taken back as made by mistake", query: [.after]
    ) { try await withdraw.list($0.school, after: $0.after, by: $0.caller) }
  }

  private func decide(
    _ call: Call, _ form: Decision, _ state: PupilChanges.State
  ) async throws -> Remembered<DecideChanges.Decisions> {
    var faults = Faults()
    faults.require(
      1...DecideChanges.mostAtOnce ~= form.numbers.count, "/numbers",
      "must have 1 to \(DecideChanges.mostAtOnce) numbers")
    let reason = faults.text(form.reason, "/reason", bytes: 1...Self.reasonBytes)
    try faults.refuse()
    return try await changes.decide(form.numbers, state, reason: reason, by: call.edit)
  }

  private func takeBack(_ call: Call, _ form: Withdrawal) async throws -> Remembered<WithdrawEntries.Answer> {
    let school = try call.school
    let entries = form.entries ?? []
    let upload = form.upload.flatMap(PupilUploads.number)
    var faults = Faults()
    faults.require(
      entries.count <= WithdrawEntries.most, "/entries", "must have at most \(WithdrawEntries.most) entries")
    faults.require(form.upload == nil || upload != nil, "/upload", "must be the name of an upload, for example u12")
    faults.require(form.upload != nil || !entries.isEmpty, "/entries", "is required unless an upload is named")
    let reason = faults.text(form.reason, "/reason", bytes: 1...Self.reasonBytes)
    try faults.refuse()
    return try await withdraw(entries, upload: upload, reason: reason, at: school, by: call.edit)
  }
}
