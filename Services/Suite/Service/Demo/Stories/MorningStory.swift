import Contracts
import Foundation
import Rulebook
import Schemas
import ServiceKit
import SuiteDomain

/// By twenty to ten forty schools have sent their morning registers. The authority sees who has not sent, who is not in,
/// and which of those children has a social worker, whose service is told the same morning.
actor MorningStory: DemoStory {
  static let number = 1
  static let title = "Forty morning registers"

  private let stage: Stage
  init(_ stage: Stage) { self.stage = stage }

  nonisolated var scenes: [DemoScene] { [DemoScene(stage.world.friday) { try await self.registersCome() }] }

  private func registersCome() async throws {
    let (world, tell) = (stage.world, stage.tell)
    let schools = world.first.made.schools
    let late = world.child(.tenth).school
    let today = DayRange(first: world.friday, last: world.friday)
    let began = ContinuousClock.now
    var (marks, asJSON, open) = (0, 0, 0)
    for number in schools.indices where number != late {
      let file = world.first.books[number].csv(today, [.am])
      guard file.count(where: { $0 == UInt8(ascii: "\n") }) > 1 else { continue }
      open += 1
      let system = try stage.system(of: schools[number], world.first.code)
      let isJSON = number % 3 == 0
      let answer =
        isJSON
        ? try await system.send(Self.json(file), contentType: "application/json", to: schools[number].urn)
        : try await system.send(file, to: schools[number].urn)
      stage.mornings.withLock { $0[number] = $0[number] ?? began }
      try stage.check(answer.problems.isEmpty, "\(schools[number].name): \(answer.problems.first?.reason ?? "")")
      marks += answer.recorded
      asJSON += isJSON ? 1 : 0
      if open == 1 {
        let again = try await system.send(file, to: schools[number].urn)
        try stage.promise(
          "\(schools[number].name) sends once more by mistake: nothing counts twice",
          [again.unchanged, again.recorded], is: [answer.recorded, 0])
      }
    }
    tell.say(
      "\(open) schools have sent, \(asJSON) of them as JSON: \(marks) marks in "
        + Narrator.millis(ContinuousClock.now - began))
    let missing = try await stage.officer(world.first.code).missing(world.friday, .am)
    try stage.promise(
      "one of \(missing.due) has not sent: \(schools[late].name)", missing.missing.map(\.school),
      is: [schools[late].urn.text])
    try await absentees(began)
  }

  /// Who is not in and nobody knows why.
  private func absentees(_ began: ContinuousClock.Instant) async throws {
    let (world, tell) = (stage.world, stage.tell)
    let child = stage.id(.socialWorker)
    let officer = try stage.person(.registers, .attendanceOfficer)
    let found = try await officer.get("/findings?kind=unexplained-absence&state=open&on=\(world.friday)")["findings"]
      .list
    tell.say("who is not in, unexplained: \(found.count) children")
    try stage.promise(
      "the child with a social worker comes first: \(child)", [found.first?["pupil"].text], is: [child])
    let told = try await stage.receiver.first(within: Stage.patience, "a message at social care") {
      $0.receiver == Receiver.socialCare && $0.content?.data.pupil == child
    }
    tell.right("the social worker's service was told \(Narrator.millis(told.at - began)) after the first file:")
    tell.detail(String(decoding: told.body, as: UTF8.self))
    let others = stage.receiver.messages.count {
      $0.receiver == Receiver.socialCare && $0.content?.data.pupil != child
    }
    try stage.promise("it was told of no child without a social worker", others, is: 0)
  }

  /// A file as a system sends it that speaks JSON.
  private static func json(_ csv: [UInt8]) -> [UInt8] {
    let marks = String(decoding: csv, as: UTF8.self).split(separator: "\n").dropFirst().map { row in
      let values = row.split(separator: ",").map { $0.replacing("\\", with: "\\\\") }
      return #"{"upn":"\#(values[0])","date":"\#(values[1])","session":"\#(values[2])","code":"\#(values[3])"}"#
    }
    return Array("{\"marks\":[\(marks.joined(separator: ","))]}".utf8)
  }
}
