import CaseFlow
import Contracts
import EnforcementDomain
import Foundation
import Rulebook
import ServiceTestKit
import Store
import TestKit
import Testing

@testable import EnforcementService

/// What the walk through the routes of enforcement needs of prosecutions: two at one school, the cases c5 and c6, and
/// one at another, c7.
enum ProsecutionWalk {
  static let reason = "Made-up consideration"
  /// Texts that stand in what the routes tell of the first school's prosecutions, and nowhere else.
  static let ofTheSchool = [reason, Enforced.mother.text]

  static func fill(_ path: String, school: String, theirs: String) async throws {
    for (urn, pupil, person) in [(school, "p000000001", Enforced.mother), (theirs, "p000000002", Enforced.father)] {
      let service = try Enforced(path: path, school: urn, pupil: pupil)
      try await service.applySchool()
      try await service.applyCalendar()
      try await service.applyPupil()
      try await service.applyParents([person])
      // Too few for a proposal.
      try await service.applyMarks(0..<8)
      let id = try await service.refer(0..<4, person, route: "direct")
      if urn == school {
        let considered = Facts<Prosecution.Fact>([.supervision: .text("not-now")])
        try await service.move(
          id, .attempt(.init(.act(.considerSupervision), stating: considered, reason: reason)), by: Enforced.chief)
        _ = try await service.refer(4..<8, person, route: "direct")
      }
      try service.store.close()
    }
  }

  static func rows(school: String) -> [String: RouteWalk.Row] {
    let (first, second) = (["id": "c5"], ["id": "c6"])
    let referral = """
      {"person":"\(Enforced.mother.text)","pupil":"p000000001","school":"\(school)","route":"order",
      "support":"recorded","parentVerified":true,"circumstances":["no-control"],
      "breach":"2026-12-01","reason":"Unpaid","evidence":[]}
      """
    let warning = """
      {"act":"warn","reason":"Letter sent","facts":{"warning-until":"2027-02-05"},"overriding":[],"evidence":[],
      "owner":{"role":"manager"}}
      """
    return [
      "GET /prosecutions": .init("", "state=all&after=0"),
      "GET /prosecutions/{id}": .init(path: first, "", "asAt=2027-01-01T00:00:00Z"),
      "GET /prosecutions/{id}/history": .init(path: first, "", "after=1"),
      "GET /prosecutions/{id}/why": .init(path: first), "GET /prosecutions/{id}/charge": .init(path: first),
      "POST /prosecutions": .init(body: referral),
      "POST /prosecutions/{id}/circumstances": .init(path: first, body: #"{"circumstances":["no-control"]}"#),
      "POST /prosecutions/{id}/charge": .init(path: first),
      "POST /prosecutions/{id}/acts": .init(path: second, body: warning),
      "POST /prosecutions/{id}/allocation": .init(
        path: first, body: #"{"owner":{"role":"legal-officer","person":"u-lawyer"},"reason":"Named officer"}"#),
      "POST /prosecutions/{id}/second": .init(path: first, body: #"{"agrees":false,"reason":"Not yet"}"#),
      "POST /prosecutions/{id}/decisions/{number}/uphold": .init(
        path: ["id": "c5", "number": "2"], body: #"{"reason":"As it was","overriding":[],"evidence":[]}"#),
    ]
  }

  /// The writes that an attendance officer, the first of those who may ask, is refused.
  static let refused: Set = [
    "POST /prosecutions/{id}/allocation", "POST /prosecutions/{id}/second",
    "POST /prosecutions/{id}/decisions/{number}/uphold",
  ]
}
