import Contracts
import Foundation
import HTTPTypes
import Rulebook
import Schemas
import ServiceKit
import SuiteDomain

/// The same parent has a notice for this child from another authority two years ago: this one is the second, £160 flat. A
/// third is refused and the reason given. Her ex-partner's ledger is his own.
actor SecondNoticeStory: DemoStory {
  static let number = 5
  static let title = "A second notice, and no third"

  private let stage: Stage
  init(_ stage: Stage) { self.stage = stage }

  nonisolated var scenes: [DemoScene] {
    [
      DemoScene(stage.world.friday, "the mother") {
        try await self.secondIsFlat()
        try await self.thirdIsRefused()
      },
      DemoScene(stage.world.friday, "the father") { try await self.fathersIsAFirst() },
    ]
  }

  private func ledger(_ relation: String) async throws -> JSONValue {
    let parent = try await stage.parent(relation, of: .second)
    let officer = try stage.person(.enforcement, .attendanceOfficer)
    return try await officer.get("/pupils/\(stage.id(.second))/ledger?person=\(parent.id)")
  }

  private func secondIsFlat() async throws {
    let officer = try stage.person(.enforcement, .attendanceOfficer)
    let mother = try await stage.parent("mother", of: .second)
    let asked = try await officer.post(
      "/enquiries",
      [
        "pupil": .string(stage.id(.second)), "person": .string(mother.id), "authority": "383",
        "purpose": "The child was at a school there: have you issued a penalty notice?",
      ])
    stage.tell.say("383 is asked whether it has issued a notice; it has until \(asked["due"].text) to answer")
    let twoYearsAgo = stage.world.friday.adding(months: -24)
    try await officer.post(
      "/enquiries/\(asked["number"].int ?? 0)/answer",
      ["notices": [["issued": .string(twoYearsAgo.iso), "standing": "paid"]]])
    let ledger = try await ledger("mother")
    try stage.promise(
      "383's notice of \(twoYearsAgo.inWords) counts: the next is the second", ledger["nextLevel"].int, is: 2)
    let notice = try await stage.consider(.second, "mother")
    let number = try await stage.issue(
      notice, enquiries: "answered", "story-5-second-notice", saying: [mother.name, "£160"])
    let page = try await officer.client.call(.get, "\(notice.path)/documents/\(number)")
    try stage.promise(
      "there is no reduced sum in it", String(decoding: page.body, as: UTF8.self).contains("£80"), is: false)
  }

  private func thirdIsRefused() async throws {
    let officer = try stage.person(.enforcement, .attendanceOfficer)
    let mother = try await stage.parent("mother", of: .second)
    let problem = try await officer.refused("/notices", try await stage.opening(.second, mother))
    try stage.promise("a third is refused, on the ten sessions that are left", problem.guards, is: ["under-limit"])
    stage.tell.detail(problem["errors"].list.first?["detail"].text ?? "")
    let ledger = try await ledger("mother")
    try stage.promise(
      "her ledger has two notices that count, and offers no next one",
      [ledger["notices"].list.count { $0["counts"] == true }, ledger["nextLevel"].int ?? 0], is: [2, 0])
  }

  private func fathersIsAFirst() async throws {
    let ledger = try await ledger("father")
    try stage.promise(
      "his ledger is his own: a first notice, £160, or £80 if paid in 21 days",
      [ledger["nextLevel"].int, ledger["fullPence"].int, ledger["reducedPence"].int], is: [1, 16_000, 8_000])
    let notice = try await stage.consider(.second, "father")
    _ = try await stage.issue(
      notice, "story-5-father-first-notice", saying: [notice.parent.name, "£80", "£160"])
  }
}
