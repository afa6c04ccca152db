import Contracts
import Foundation
import HTTPTypes
import Rulebook
import ServiceKit
import SuiteDomain

/// The children with a part in the story, by their opaque identifiers.
struct Cast: Sendable {
  let withSocialWorker: String
  let partTime: (weeks: String, quarter: String)
  let inCare: [String]

  init(pupils: [[String]], world: DemoWorld) {
    func id(_ child: DemoWorld.Child) -> String { pupils[child.school][child.place] }
    withSocialWorker = id(world.withSocialWorker)
    partTime = (id(world.partTime.weeks), id(world.partTime.quarter))
    inCare = world.inCare.map(id)
  }
}

/// Children whom somebody watches over: flags, part-time timetables, children in care.
extension Story {
  private struct Flag: Encodable { let first: Day }

  /// An officer enters what the authority knows of some children.
  func flag(_ cast: Cast) async throws {
    let officer = try suite.client(.registers, of: world.first.code, as: .attendanceOfficer)
    func set(_ kind: String, _ pupil: String, since: Day) async throws {
      _ = try await officer.send(Nothing.self, .put, "/pupils/\(pupil)/flags/\(kind)", json: Flag(first: since))
    }
    let before = MadeUpAuthority.schoolYear.first
    try await set("social-worker", cast.withSocialWorker, since: before)
    for pupil in cast.inCare {
      try await set("looked-after", pupil, since: pupil == cast.inCare.last ? world.lastDay.adding(days: -7) : before)
    }
    tell.say("flags, seen by those who may: 1 child has a social worker, \(cast.inCare.count) are looked after")
  }

  private struct Findings: Decodable {
    struct Line: Decodable {
      let finding, pupil, on: String
      let count: Int
    }
    let findings: [Line]
  }

  private struct MissingOut: Decodable {
    let children: Int
  }

  /// C2 marks for more than six weeks ask for a plan; for more than twelve they are in the quarterly figure.
  func partTime(_ cast: Cast) async throws {
    tell.chapter("Two children are on part-time timetables")
    let officer = try suite.client(.registers, of: world.first.code, as: .attendanceOfficer)
    for (kind, pupils) in [
      ("part-time-over-six-weeks", [cast.partTime.weeks, cast.partTime.quarter]),
      ("part-time-over-twelve-weeks", [cast.partTime.quarter]),
    ] {
      let found = try await officer.get(Findings.self, "/findings?kind=\(kind)&state=open").findings
      try check(Set(found.map(\.pupil)) == Set(pupils), "\(kind): \(found.count) children, should be \(pupils.count)")
      for line in found { tell.say("\(kind): \(line.pupil), since \(line.on), by its C2 marks") }
    }
    let child = cast.partTime.weeks
    let asked = try await receiver.first(within: Self.patience, "a message at the school with the timetable") {
      $0.receiver == Self.partTimeReceiver && $0.content?.data.pupil == child
    }
    tell.say("the school is asked for its plan:")
    tell.detail(String(decoding: asked.body, as: UTF8.self))
    let figure = try await officer.get(MissingOut.self, "/figures/missing-out-on-education?on=\(world.lastDay)")
    try check(figure.children == 1, "\(figure.children) children are missing out on education, should be 1")
    tell.say("the quarter's figure of children missing out on education: \(figure.children)")
  }

  private struct CareFigures: Decodable {
    struct Measure: Decodable {
      struct Share: Decodable {
        let numerator, denominator: Int?
        let percent: String?
      }
      struct Bands: Decodable { let above95, from90To95, below90: Int? }
      let headline, adjusted, attendance: Share
      let bands: Bands
      let minimumSessions: Int
    }
    struct Child: Decodable {
      struct Sessions: Decodable {
        let possible: Int
        let attendancePercent: String?
      }
      let pupil, inCareSince: String
      let sinceEntering, yearToDate: Sessions
      let below90: Bool
    }
    let sinceEntering, yearToDate: Measure
    let children: [Child]?
  }

  /// The figure on both bases, with the caveat of short episodes.
  func childrenInCare(_ cast: Cast) async throws {
    tell.chapter("Children in care above 95 %")
    let virtualSchool = try suite.client(.registers, of: world.first.code, as: .virtualSchool)
    let path = "/figures/children-in-care?year=2026-27&on=\(world.lastDay)"
    let figures = try await virtualSchool.get(CareFigures.self, path)
    func say(_ basis: String, _ measure: CareFigures.Measure) {
      func text(_ share: CareFigures.Measure.Share) -> String {
        "\(share.numerator ?? 0) of \(share.denominator ?? 0), \(share.percent ?? "-") %"
      }
      tell.say("\(basis): \(text(measure.headline))")
      tell.say("  without episodes below \(measure.minimumSessions) sessions: \(text(measure.adjusted))")
      let bands = [measure.bands.above95, measure.bands.from90To95, measure.bands.below90].map { "\($0 ?? 0)" }
      tell.say("  above 95, 90 to 95, below 90: \(bands.joined(separator: ", "))")
      tell.say("  sessions attended: \(text(measure.attendance))")
    }
    say("since entering care", figures.sinceEntering)
    say("year to date", figures.yearToDate)
    let children = figures.children ?? []
    try check(
      Set(children.map(\.pupil)) == Set(cast.inCare), "\(children.count) children, should be \(cast.inCare.count)")
    for child in children {
      let (care, year) = (child.sinceEntering, child.yearToDate)
      tell.say(
        """
        \(child.pupil), in care since \(child.inCareSince): \(care.attendancePercent ?? "-") % of \(care.possible) sessions, \
        year to date \(year.attendancePercent ?? "-") % of \(year.possible)\(child.below90 ? "; plan needs a target" : "")
        """)
    }
    let late = children.first { $0.pupil == cast.inCare.last }
    try check(
      late.map { $0.sinceEntering.possible < $0.yearToDate.possible } ?? false,
      "the late entrant has no history before care")
  }
}
