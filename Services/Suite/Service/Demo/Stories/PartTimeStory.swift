import Contracts
import Foundation
import Rulebook
import Schemas
import ServiceKit
import SuiteDomain

/// A child is on a part-time timetable: after six weeks the school is asked for its plan. After twelve she is in the
/// quarterly figure of children missing out on education.
actor PartTimeStory: DemoStory {
  static let number = 8
  static let title = "Two part-time timetables"

  private let stage: Stage
  init(_ stage: Stage) { self.stage = stage }

  nonisolated var scenes: [DemoScene] { [DemoScene(stage.world.friday) { try await self.timetablesAreFound() }] }

  private func timetablesAreFound() async throws {
    let (weeks, quarter) = (stage.id(.partTimeWeeks), stage.id(.partTimeQuarter))
    let officer = try stage.person(.registers, .attendanceOfficer)
    for (kind, words, children) in [
      ("part-time-over-six-weeks", "for more than six weeks: 2 children", [weeks, quarter]),
      ("part-time-over-twelve-weeks", "for more than twelve weeks: 1 child", [quarter]),
    ] {
      let found = try await officer.get("/findings?kind=\(kind)&state=open")["findings"].list
      try stage.promise(words, found.map(\.["pupil"].text).sorted(), is: children.sorted())
      for line in found { stage.tell.detail("\(line["pupil"].text), found on \(line["on"].text) by its marks") }
    }
    let asked = try await stage.receiver.first(within: Stage.patience, "a message at the school with the timetable") {
      $0.receiver == Receiver.partTime && $0.content?.data.pupil == weeks
    }
    stage.tell.right("the school is asked for its plan:")
    stage.tell.detail(String(decoding: asked.body, as: UTF8.self))
    let figure = try await officer.get("/figures/missing-out-on-education?on=\(stage.world.friday)")
    try stage.promise(
      "the figure of children missing out on education has the one, not the other", figure["children"].int, is: 1)
  }
}
