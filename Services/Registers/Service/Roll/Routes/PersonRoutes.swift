import Contracts
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// Parents and other contacts as persons: who they are for a document, and which identifiers are one person's.
struct PersonRoutes: Sendable {
  let read: ReadPerson
  let decide: DecidePersons

  private static let readers = Policy.roles(
    .attendanceOfficer, .legalOfficer, .cmeOfficer, .virtualSchool, reach: .ownRecords)
  private static let officers = Policy.roles(.attendanceOfficer, .legalOfficer, .cmeOfficer, reach: .wholeAuthority)
  private static let state = QueryParameter(
    "state", .oneOf(PersonPairs.State.allCases.map(\.rawValue)), "What was decided; those that wait when left out.",
    { PersonPairs.State(rawValue: $0) }
  ).or(.open)
  private static let pupil = QueryParameter<PupilID>("pupil", "Only pairs with a contact of this child.").optional
  private static let formBytes = 4 << 10

  init(registers: Registers) {
    read = ReadPerson(registers: registers)
    decide = DecidePersons(registers: registers)
  }

  private struct Form: Codable, Sendable { let reason: String }

  private struct Join: Codable, Sendable {
    let person, other: PersonID
    let reason: String
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/persons/{person}", Self.readers, "The name and the address of a parent or another contact, for a document",
      path: [.init("person", .person, "The person, under any of its identifiers.")]
    ) { try await read($0.path("person", "Person") { PersonID($0) }, by: $0.caller) }
    router.read(
      "/person-pairs", Self.officers, "Pairs of identifiers that may be one person's, with what is known of both",
      query: [Self.state.about, Self.pupil.about, .after], problems: [404]
    ) { try await decide.list($0[Self.state], of: $0[Self.pupil], after: $0.after, by: $0.caller) }
    router.write(
      .post, "/person-pairs", Self.officers, "Say that two identifiers that were not proposed are one person's",
      upTo: Self.formBytes, problems: [404]
    ) { (call: Call, form: Join) in
      try await decide.join(form.person, form.other, reason: Faults.reason(form.reason), by: call.edit)
    }
    for (name, state, summary) in [
      ("same", PersonPairs.State.same, "Two identifiers are one person's"),
      ("different", .different, "Two identifiers are two people's: remember it"),
      ("undo", .open, "Take back what was decided of two identifiers"),
    ] {
      router.write(.post, "/person-pairs/{number}/\(name)", Self.officers, summary, upTo: Self.formBytes) {
        (call: Call, form: Form) in
        try await decide.decide(call.number("Pair"), state, reason: Faults.reason(form.reason), by: call.edit)
      }
    }
  }
}
