import Contracts
import Foundation
import Hummingbird
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// Pairs of records that may be one child, for a person to decide.
struct MatchRoutes: Sendable {
  let matches: DecideMatches

  private static let officers = Policy.roles(.attendanceOfficer, .cmeOfficer, reach: .wholeAuthority)
  private static let formBytes = 4 << 10
  private static let reasonBytes = 500

  private struct Form: Codable, Sendable { let reason: String }

  func add(to router: ServiceRouter) {
    router.on(
      .get, "/matches", Self.officers,
      About(
        "Pairs of records that may be one child, with the facts of both",
        query: [.init("after", .integer(minimum: 0), required: false, "The number after which the page begins.")],
        answer: DecideMatches.Page.self)
    ) { request, context in
      let after = try request.optionalQuery("after") { Int64($0) } ?? 0
      return try .json(
        try await matches.open(after: after, by: try context.caller))
    }
    for (word, isSame) in [("same", true), ("different", false)] {
      router.on(
        .post, "/matches/{number}/\(word)", Self.officers,
        About(
          isSame
            ? "Two records are one child: make them one record" : "Two records are two children: remember it",
          body: Form.self, answer: DecideMatches.Decision.self), bodyLimitBytes: Self.formBytes
      ) { request, context in
        guard let number = Int64(try context.parameter("number")) else { throw Problem.notFound("Match") }
        let reason = try await request.json(Form.self, upTo: Self.formBytes).reason
          .trimmingCharacters(in: .whitespacesAndNewlines)
        guard (1...Self.reasonBytes).contains(reason.utf8.count) else {
          throw Problem.invalid([.init("/reason", "must have 1 to \(Self.reasonBytes) bytes")])
        }
        return try .json(
          try await matches.decide(number, same: isSame, reason: reason, by: try context.caller))
      }
    }
  }
}
