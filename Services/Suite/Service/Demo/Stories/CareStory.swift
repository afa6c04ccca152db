import Contracts
import Foundation
import Rulebook
import Schemas
import ServiceKit
import SuiteDomain

/// The committee asks how many children in care attend more than 95 %: on both bases, with the caveat of short episodes,
/// and each number opens to the children behind it.
actor CareStory: DemoStory {
  static let number = 13
  static let title = "Children in care above 95 %"

  private let stage: Stage
  init(_ stage: Stage) { self.stage = stage }

  nonisolated var scenes: [DemoScene] { [DemoScene(stage.world.friday) { try await self.committeeAsks() }] }

  private func committeeAsks() async throws {
    let virtualSchool = try stage.person(.registers, .virtualSchool)
    let figures = try await virtualSchool.get("/figures/children-in-care?year=2026-27&on=\(stage.world.friday)")
    for (basis, name) in [("since entering care", "sinceEntering"), ("year to date", "yearToDate")] {
      let measure = figures[name]
      stage.tell.say("\(basis): \(Self.words(measure["headline"]))")
      let adjusted = Self.words(measure["adjusted"])
      stage.tell.detail("without episodes below \(measure["minimumSessions"].int ?? 0) sessions: \(adjusted)")
    }
    let children = figures["children"].list
    try stage.promise(
      "the figure opens to the \(DemoPart.inCare.count) children behind it", Set(children.map(\.["pupil"].text)),
      is: Set(DemoPart.inCare.map(stage.id)))
    for child in children {
      let care = child["sinceEntering"]
      stage.tell.detail(
        "\(child["pupil"].text), in care since \(child["inCareSince"].text): "
          + "\(care["attendancePercent"].text) % of \(care["possible"].int ?? 0) sessions")
    }
    let late = children.first { $0["pupil"].text == stage.id(.careLate) } ?? .null
    try stage.promise(
      "whoever entered care a week ago is counted from then, and over the year apart",
      (late["sinceEntering"]["possible"].int ?? 0) < (late["yearToDate"]["possible"].int ?? 0), is: true)
  }

  private static func words(_ share: JSONValue) -> String {
    "\(share["numerator"].int ?? 0) of \(share["denominator"].int ?? 0), \(share["percent"].text) %"
  }
}
