import Contracts
import Foundation
import HTTPTypes
import Rulebook
import Seeded
import ServiceKit
import Testing

/// What was known at a moment is told the same for ever.
@Suite(.timeLimit(.minutes(10))) struct AsOfTests {
  private static let pupils = 4
  private static let codes = ["/", "I", "O", "N", "M", "C2", "E", "G", "U"]
  private static let days = MadeUp.autumn.schoolDays.filter { $0 <= MadeUp.day("2026-09-25") }

  /// Every question that a past moment can be put to. The school's figures are split, so that each child's row counts.
  private static func questions(_ ids: [String]) -> [String] {
    let span = "from=2026-09-01&to=2026-09-30"
    return ids.flatMap {
      ["/pupils/\($0)/attendance?\(span)", "/pupils/\($0)/sessions?\(span)", "/pupils/\($0)/marks/2026-09-08/AM/why?"]
    }
      + ["/schools/\(World.school)/figures?\(span)", "/figures/children-in-care?year=2026-27&on=2026-09-30"]
      + ["/schools/\(World.school)/registers/2026-09-08/AM?", "/schools/\(World.school)/registers/2026-09-21/PM?"]
      + ["/figures?scope=school:\(World.school)&groupBy=code&\(span)", "/figures?scope=authority&groupBy=week&\(span)"]
  }

  /// The answers to all questions, without the moment that they name.
  private static func answers(_ world: World, _ questions: [String], asOf: String? = nil) async throws -> [String] {
    var answers: [String] = []
    for question in questions {
      let answer = try await world.send(.get, question + (asOf.map { "&asOf=\($0)" } ?? ""))
      #expect(answer.status == 200)
      if let asOf { #expect(answer["asOf"] == asOf || question.contains("/why")) }
      var json = answer.json
      json["asOf"] = nil
      answers.append(
        String(decoding: try JSONSerialization.data(withJSONObject: json, options: .sortedKeys), as: UTF8.self))
    }
    return answers
  }

  /// Some change of the registers, chosen by chance.
  private static func change(_ world: World, _ ids: [String], _ random: inout SeededGenerator) async throws {
    switch random.below(5) {
    case 0:
      let left = random.below(2) == 0 ? #","leftOn":"2026-09-1\#(random.below(10))","ground":"a""# : ""
      let child = World.pupil(random.below(pupils), left)
      let answer = try await world.send(.post, "/schools/\(World.school)/pupils", "{\"pupils\":[\(child)]}")
      #expect(answer.status == 200 && answer["refused"] == 0)
    case 1:
      let body = """
        {"pupil":"\(random.pick(ids))","date":"\(random.pick(days))","session":"AM","code":"\(random.pick(codes))",
         "reason":"The office had misread it"}
        """
      let answer = try await world.send(
        .post, "/schools/\(World.school)/amendments", as: .school, schools: [World.school], body)
      #expect(answer.status == 200 || answer.status == 422)
    default:
      let rows = (0..<1 + random.below(12)).map { _ in
        let session = random.below(2) == 0 ? "AM" : "PM"
        return "\(MadeUp.upn(random.below(pupils))),\(random.pick(days)),\(session),\(random.pick(codes))"
      }
      #expect(try await world.upload(rows).status == 200)
    }
  }

  @Test(arguments: [UInt64(21), 22, 23]) func whatWasKnownAtAMomentNeverChanges(seed: UInt64) async throws {
    print("seed \(seed)")
    try await World.run { world in
      var random = SeededGenerator(seed: seed)
      var now = Date(timeIntervalSince1970: Double(MadeUp.day("2026-10-05").ordinal) * 86_400)
      world.clock.set(now)
      try await world.open()
      let ids = try await world.enrol(Array(0..<Self.pupils)).sorted { $0.key < $1.key }.map(\.value)
      let flag = try await world.send(.put, "/pupils/\(ids[0])/flags/looked-after", #"{"first":"2026-09-08"}"#)
      #expect(flag.status == 200)
      let questions = Self.questions(ids)
      var known: [(moment: String, answers: [String])] = []
      for _ in 0..<25 {
        now += Double(1 + random.below(90))
        world.clock.set(now)
        try await Self.change(world, ids, &random)
        known.append((Timestamp(now).description, try await Self.answers(world, questions)))
      }
      now += 1
      world.clock.set(now)
      for past in known {
        let again = try await Self.answers(world, questions, asOf: past.moment)
        #expect(again == past.answers, "seed \(seed), \(past.moment)")
      }
    }
  }

  @Test func beforeTheChildWasEnteredThereIsNone() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([1])[1])
      world.move(to: World.start, hour: 10)
      let early = "asOf=2026-09-07T08:00:00Z"
      let span = "from=2026-09-01&to=2026-09-30"
      #expect(try await world.send(.get, "/pupils/\(id)/attendance?\(span)&\(early)").status == 404)
      let register = try await world.send(.get, "/schools/\(World.school)/registers/2026-09-07/AM?\(early)")
      #expect(register.list("marks").isEmpty)
    }
  }

  @Test func aMomentMustBeOverAndAMoment() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([1])[1])
      let moments = [("2026-09-07T09:00:00Z", 422), ("2030-01-01T00:00:00Z", 422), ("2026-09-07", 400), ("now", 400)]
      for (moment, status) in moments {
        for question in Self.questions([id]) {
          let answer = try await world.send(.get, "\(question)&asOf=\(moment)")
          #expect(answer.status == status)
          #expect(answer.list("errors").first?["pointer"] as? String == "asOf", "\(answer.text)")
        }
      }
    }
  }
}
