import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// What is known of a child's situation, to those who may know it.
struct FlagRoutes: Sendable {
  let flags: KeepFlags

  private static let readers = Policy.roles(
    .school, .attendanceOfficer, .legalOfficer, .cmeOfficer, .virtualSchool, reach: .ownRecords)
  private static let writers = Policy.roles(
    .school, .attendanceOfficer, .cmeOfficer, .virtualSchool, reach: .ownRecords)
  private static let formBytes = 4 << 10

  private struct Form: Codable, Sendable {
    let first: Day
    let last: Day?
  }

  func add(to router: ServiceRouter) {
    router.read("/pupils/{id}/flags", Self.readers, "A child's flags, those that the caller may know of") {
      try await flags.read($0.pupil(), by: $0.caller)
    }
    router.write(
      .put, "/pupils/{id}/flags/{kind}", Self.writers,
      "Set the days of a flag; the same first day again changes the last", ifMatch: true, upTo: Self.formBytes, set)
  }

  private func set(_ call: Call, _ form: Form) async throws -> Remembered<KeepFlags.Answer> {
    let id = try call.pupil()
    let kind = try call.path("kind", "Flag") { PupilFlag(rawValue: $0) }
    guard form.last.map({ form.first <= $0 }) ?? true else {
      throw Problem.invalid([.init("/last", "must not be before the first day")])
    }
    return try await flags.set(kind, of: id, first: form.first, last: form.last, by: call.edit)
  }
}
