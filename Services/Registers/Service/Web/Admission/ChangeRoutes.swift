import Contracts
import Foundation
import Hummingbird
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
    router.on(
      .get, "/pupil-changes", Self.officers,
      About(
        "What schools said of children that does not count until an officer decides", query: [.after],
        answer: DecideChanges.Page.self)
    ) { request, context in
      let after = try request.after()
      return try .json(
        try await changes.open(after: after, by: try context.caller))
    }
    for (word, state) in [("accept", PupilChanges.State.accepted), ("reject", .rejected)] {
      router.on(
        .post, "/pupil-changes/\(word)", Self.officers,
        About(
          state == .accepted
            ? "Let what schools said count: all of the numbers, or none"
            : "Leave the records as they are: all of the numbers, or none", body: Decision.self,
          answer: DecideChanges.Decisions.self, problems: [404, 409]), bodyLimitBytes: Self.formBytes
      ) { request, context in
        let form = try await request.json(Decision.self, upTo: Self.formBytes)
        var faults = Problem.Faults()
        faults.require(
          1...DecideChanges.mostAtOnce ~= form.numbers.count, "/numbers",
          "must have 1 to \(DecideChanges.mostAtOnce) numbers")
        let reason = Self.reason(form.reason, &faults)
        try faults.refuse()
        return try .json(try await changes.decide(form.numbers, state, reason: reason, by: try context.caller))
      }
    }
    addSchoolRoutes(to: router)
    router.on(
      .get, "/double-registrations", Self.officers,
      About(
        "Children on two rolls today where each school says that the child is on its roll alone", query: [.after],
        answer: ReadDoubleRegistrations.Answer.self)
    ) { request, context in
      try .page(
        try await doubles(after: try request.after(), by: try context.caller),
        of: request)
    }
  }

  private func addSchoolRoutes(to router: ServiceRouter) {
    router.on(
      .get, "/schools/{urn}/waiting-entries", Self.users,
      About(
        "The school's entries that an officer confirms first, and what was decided",
        query: [.init("before", .integer(minimum: 0), required: false, "The number before which a page begins.")],
        answer: DecideChanges.Said.self)
    ) { request, context in
      let urn = try context.ownSchool()
      let before = try request.optionalQuery("before") { Int64($0) }
      return try .json(
        try await changes.said(by: urn, before: before, by: try context.caller))
    }
    router.on(
      .post, "/schools/{urn}/withdrawals", Self.officersOfSchool,
      About(
        "Take entries of the admission register back that were made by mistake: no deletion, no ground, no return",
        body: Withdrawal.self, answer: WithdrawEntries.Answer.self, problems: [404, 409]),
      bodyLimitBytes: Self.listBytes
    ) { request, context in
      let urn = try context.ownSchool()
      let form = try await request.json(Withdrawal.self, upTo: Self.listBytes)
      let entries = form.entries ?? []
      let upload = form.upload.flatMap(PupilUploads.number)
      var faults = Problem.Faults()
      faults.require(
        entries.count <= WithdrawEntries.most, "/entries", "must have at most \(WithdrawEntries.most) entries")
      faults.require(
        form.upload == nil || upload != nil, "/upload", "must be the name of an upload, for example u12")
      faults.require(
        form.upload != nil || !entries.isEmpty, "/entries", "is required unless an upload is named")
      let reason = Self.reason(form.reason, &faults)
      try faults.refuse()
      return try .json(
        try await withdraw(entries, upload: upload, reason: reason, at: urn, by: try context.caller))
    }
    router.on(
      .get, "/schools/{urn}/withdrawals", Self.officersOfSchool,
      About(
        "The school's entries that were taken back as made by mistake", query: [.after],
        answer: WithdrawEntries.Page.self)
    ) { request, context in
      let urn = try context.ownSchool()
      let after = try request.after()
      return try .page(
        try await withdraw.list(urn, after: after, by: try context.caller), of: request)
    }
  }

  private static func reason(_ text: String, _ faults: inout Problem.Faults) -> String {
    let reason = text.trimmingCharacters(in: .whitespacesAndNewlines)
    faults.require(1...reasonBytes ~= reason.utf8.count, "/reason", "must have 1 to \(reasonBytes) bytes")
    return reason
  }
}
