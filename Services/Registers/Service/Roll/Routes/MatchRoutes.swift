import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Pairs of records that may be one child, for a person to decide.
struct MatchRoutes: Sendable {
  let matches: DecideMatches

  private static let officers = Policy.roles(.attendanceOfficer, .cmeOfficer, reach: .wholeAuthority)
  private static let formBytes = 4 << 10

  private struct Form: Codable, Sendable { let reason: String }

  func add(to router: ServiceRouter) {
    router.read(
      "/matches", Self.officers, "Pairs of records that may be one child, with the facts of both", query: [.after]
    ) { try await matches.open(after: $0.after, by: $0.caller) }
    router.write(
      .post, "/matches/{number}/same", Self.officers, "Two records are one child: make them one record",
      upTo: Self.formBytes
    ) { try await decide($0, $1, same: true) }
    router.write(
      .post, "/matches/{number}/different", Self.officers, "Two records are two children: remember it",
      upTo: Self.formBytes
    ) { try await decide($0, $1, same: false) }
  }

  private func decide(
    _ call: Call, _ form: Form, same isSame: Bool
  ) async throws -> Remembered<DecideMatches.Decision> {
    try await matches.decide(
      call.number("Match"), same: isSame, reason: Faults.reason(form.reason), by: call.edit)
  }
}
