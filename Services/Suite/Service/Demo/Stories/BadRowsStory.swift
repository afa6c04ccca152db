import Foundation
import Rulebook
import ServiceKit
import SuiteDomain

/// One file has three bad rows. The good marks count at once, and the school sees the three with reason and fix. When the
/// unknown pupil is enrolled, the waiting mark goes in by itself.
actor BadRowsStory: DemoStory {
  static let number = 2
  static let title = "Three bad rows in a file"

  private let stage: Stage
  init(_ stage: Stage) { self.stage = stage }

  nonisolated var scenes: [DemoScene] {
    [
      DemoScene(stage.world.friday) {
        try await self.fileComes()
        try await self.unknownIsEnrolled()
      }
    ]
  }

  private var school: MadeUpSchool { stage.world.school(of: .tenth) }

  /// The child whom a school has in its file before it is on the roll: of a school number that the demo's authority does
  /// not have, so that the pupil number is nobody else's.
  private var newcomer: MadeUpPupil {
    let made = stage.world.first.made
    let other = MadeUpAuthority(made.authority, schools: 100, pupils: 1_000, seed: made.seed)
    guard let child = other.schools.dropFirst(made.schools.count).flatMap(\.pupils).first else {
      preconditionFailure("ten pupils a school leave some for the schools beyond those of the demo")
    }
    return child
  }

  private func fileComes() async throws {
    let (world, tell) = (stage.world, stage.tell)
    let number = world.child(.tenth).school
    let good = world.first.books[number].csv(DayRange(first: world.friday, last: world.friday), [.am])
    let rows = good.count { $0 == UInt8(ascii: "\n") } - 1
    let known = school.pupils[world.child(.tenth).place == 0 ? 1 : 0].upn
    let halfTerm = MadeUpCalendars.autumn(MadeUpAuthority.schoolYear).first.last.adding(days: 4)
    let bad = [
      "\(newcomer.upn),\(world.friday),AM,/", "\(known),\(world.friday.adding(days: -1)),AM,H",
      "\(known),\(halfTerm),AM,/",
    ]
    let sent = ContinuousClock.now
    let answer = try await stage.system(of: school, world.first.code).send(
      good + Array((bad.joined(separator: "\n") + "\n").utf8), to: school.urn)
    let wasSent = stage.mornings.withLock { mornings in
      defer { mornings[number] = mornings[number] ?? sent }
      return mornings[number] != nil
    }
    try stage.promise(
      "\(school.name) sends \(rows + 3) rows: \(rows) count at once, 3 wait",
      [wasSent ? answer.unchanged : answer.recorded, answer.quarantined], is: [rows, 3])
    try stage.promise(
      "the school sees each of the 3 with its reason and what to do", answer.problems.map(\.reason),
      is: ["unknown-pupil", "code-no-longer-in-force", "between-terms"])
    for problem in answer.problems {
      tell.detail("row \(problem.row), \(problem.reason): \(problem.detail)")
      tell.detail("  \(problem.fix)")
    }
    let missing = try await stage.officer(world.first.code).missing(world.friday, .am)
    try stage.promise(
      "its register is not missing any more", missing.missing.contains { $0.school == school.urn.text }, is: false)
  }

  private func unknownIsEnrolled() async throws {
    let answer = try await stage.system(of: school, stage.world.first.code).enrol([newcomer], at: school.urn)
    try stage.promise(
      "the unknown child is enrolled: the waiting mark goes in by itself", [answer.enrolled, answer.released],
      is: [1, 1])
  }
}
