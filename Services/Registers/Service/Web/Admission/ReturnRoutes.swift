import Contracts
import Foundation
import Hummingbird
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// Returns that schools file, and those that they owe.
struct ReturnRoutes: Sendable {
  let returns: KeepReturns

  private static let writers = Policy.roles(.school, .attendanceOfficer, .cmeOfficer, reach: .ownSchool)
  private static let readers = Policy.roles(.school, .attendanceOfficer, .cmeOfficer, reach: .ownSchool)
  private static let formBytes = 8 << 10
  private static let noteBytes = 2_000

  private struct Form: Codable, Sendable {
    let pupil: PupilID
    let kind: ReturnKind
    let filedOn: Day?
    /// Which finding it answers, as the list of what is due names it.
    let finding: String?
    let note: String?
  }

  func add(to router: ServiceRouter) {
    router.on(
      .post, "/schools/{urn}/returns", Self.writers,
      About("File a return about a child (reg 13)", body: Form.self, answer: KeepReturns.Filed.self),
      bodyLimitBytes: Self.formBytes
    ) { request, context in
      let urn = try context.ownSchool()
      let form = try await request.json(Form.self, upTo: Self.formBytes)
      let note = (form.note ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
      let finding = form.finding.flatMap(Findings.number)
      var faults = Problem.Faults()
      faults.require(note.utf8.count <= Self.noteBytes, "/note", "must have at most \(Self.noteBytes) bytes")
      faults.require(
        form.finding == nil || finding != nil, "/finding", "must be the identifier of a finding, for example f12")
      try faults.refuse()
      let filing = KeepReturns.Filing(
        pupil: form.pupil, kind: form.kind, filedOn: form.filedOn, finding: finding, note: note)
      return try .json(try await returns.file(filing, at: urn, by: try context.caller))
    }
    router.on(
      .get, "/schools/{urn}/returns", Self.readers,
      About(
        "The returns that a school owes, or has filed",
        query: [
          .init("state", .oneOf(KeepReturns.State.allCases.map(\.rawValue)), "Which returns."),
          .init(
            "before", .integer(minimum: 0), required: false, "The number before which a page of filed ones begins."),
        ], answer: KeepReturns.Page.self)
    ) { request, context in
      let urn = try context.ownSchool()
      let state = try request.query("state") { KeepReturns.State(rawValue: $0) }
      let before = try request.optionalQuery("before") { Int64($0) }
      return try .json(
        try await returns.list(
          state, of: urn, before: before, by: try context.caller))
    }
  }
}
