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
  private static let reasonBytes = 500

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
    let number = try call.number("Match")
    var faults = Problem.Faults()
    let reason = faults.text(form.reason, "/reason", bytes: 1...Self.reasonBytes)
    try faults.refuse()
    return try await matches.decide(number, same: isSame, reason: reason, by: call.edit)
  }
}
