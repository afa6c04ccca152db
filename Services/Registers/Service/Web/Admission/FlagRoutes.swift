import Contracts
import Hummingbird
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
    router.on(
      .get, "/pupils/{id}/flags", Self.readers,
      About("A child's flags, those that the caller may know of", answer: KeepFlags.Answer.self)
    ) { _, context in
      try .json(
        try await flags.read(try context.pupil(), by: try context.caller))
    }
    router.on(
      .put, "/pupils/{id}/flags/{kind}", Self.writers,
      About(
        "Set the days of a flag; the same first day again changes the last", body: Form.self,
        answer: KeepFlags.Answer.self, takesIfMatch: true), bodyLimitBytes: Self.formBytes
    ) { request, context in
      let id = try context.pupil()
      guard let kind = PupilFlag(rawValue: try context.parameter("kind")) else { throw Problem.notFound("Flag") }
      let form = try await request.json(Form.self, upTo: Self.formBytes)
      guard form.last.map({ form.first <= $0 }) ?? true else {
        throw Problem.invalid([.init("/last", "must not be before the first day")])
      }
      let caller = try context.caller
      let today = flags.registers.clock.today()
      let registers = flags.registers.onlyIf(Precondition(request)) {
        try KeepFlags.answer(of: id, for: caller, on: today, in: $0)
      }
      return try .json(
        try await KeepFlags(registers: registers).set(
          kind, of: id, first: form.first, last: form.last, by: caller))
    }
  }
}
