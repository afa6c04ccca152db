import Contracts
import Foundation
import Rulebook
import ServiceTestKit
import Store

@testable import EnforcementDomain

/// What the walk through the routes of enforcement needs of court packs: a frozen one and two that are being put together
/// at one school, and a frozen one at another.
enum PackWalk {
  static func fill(_ path: String, school: String, theirs: String) async throws {
    for (urn, pupil) in [(school, "p000000001"), (theirs, "p000000002")] {
      let service = try await Packed(path: path, school: urn)
      let id = try await service.begin(of: PupilID(pupil))
      try await service.sign(id)
      try await service.amend([MadeUpPack.register[0].place], of: PupilID(pupil))
      try service.store.close()
    }
    let service = try await Packed(path: path, school: school)
    for _ in 0..<2 { _ = try await service.begin(of: PupilID("p000000001")) }
    try service.store.close()
  }

  /// Texts that stand in what the routes tell of the first school's packs, and nowhere else.
  static let ofTheSchool = ["880-CP-2627-00000", "Made-up information", "Complete"]

  private static let contents = """
    {"route":"parenting-order","matter":"m-1","person":"parent-1","caseOfficer":"u-1","circumstances":["childUnder"],
    "register":[{"date":"2026-11-02","session":"AM","code":"O"}],
    "charged":[{"date":"2026-11-02","session":"AM"}],"stated":{"charged":1},
    "parts":[{"document":"programme","name":"programme.txt","mediaType":"text/plain","maker":"officer","madeBy":"u-1",
    "madeOn":"2026-11-02","contents":["date"],"base64":"TWFkZSB1cA=="}],"letters":[]}
    """.replacing("childUnder", with: PackCircumstance.childUnderSixteen.rawValue)

  static func rows(school: String) -> [String: RouteWalk.Row] {
    let (frozen, first, second) = (["id": "c1"], ["id": "c3"], ["id": "c4"])
    return [
      "GET /court-packs": .init("", "state=all&after=0"),
      "GET /court-packs/{id}": .init(path: frozen, "", "asAt=2027-01-01T00:00:00Z"),
      "GET /court-packs/{id}/history": .init(path: frozen, "", "after=1"),
      "GET /court-packs/{id}/why": .init(path: frozen),
      "GET /court-packs/{id}/contents": .init(path: frozen), "GET /court-packs/{id}/file": .init(path: frozen),
      "GET /court-packs/{id}/parts/{name}": .init(path: ["id": "c1", "name": "information.pdf"]),
      "POST /court-packs": .init(
        body: #"{"pupil":"p000000001","school":"\#(school)","reason":"Unpaid","contents":\#(contents)}"#),
      "POST /court-packs/{id}/contents": .init(path: second, body: contents),
      "POST /court-packs/{id}/acts": .init(
        path: first,
        body:
          #"{"act":"review","reason":"Complete","facts":{},"overriding":[],"evidence":[],"owner":{"role":"manager"}}"#
      ),
      "POST /court-packs/{id}/allocation": .init(
        path: frozen, body: #"{"owner":{"role":"legal-officer","person":"u-lawyer"},"reason":"Named officer"}"#),
      "POST /court-packs/{id}/second": .init(path: first, body: #"{"agrees":false,"reason":"Not yet"}"#),
      "POST /court-packs/{id}/decisions/{number}/uphold": .init(
        path: ["id": "c1", "number": "3"], body: #"{"reason":"As it was","overriding":[],"evidence":[]}"#),
    ]
  }

  /// The writes that an attendance officer, the first of those who may ask, is refused.
  static let refused: Set = [
    "POST /court-packs/{id}/allocation", "POST /court-packs/{id}/second",
    "POST /court-packs/{id}/decisions/{number}/uphold",
  ]
}
