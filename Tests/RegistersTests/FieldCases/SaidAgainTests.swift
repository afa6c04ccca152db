import Foundation
import GRDB
import HTTPTypes
import Rulebook
import Seeded
import ServiceKit
import Testing

@testable import RegistersDomain

/// Files, registers, single marks and amendments of one session in any order, against the real service.
@Suite("Said again: any order of what sources say", .timeLimit(.minutes(5)))
struct SaidAgainTests {
  private static let school = "971007"
  private static let day = "2026-09-08"

  /// Says a code of each pupil by a way in, and tells what became of each.
  private static func say(
    _ said: [(upn: String, id: String, code: String)], _ way: String, _ world: World
  ) async throws -> World.Answer {
    let path = "/schools/\(school)"
    switch way {
    case "csv":
      let rows = said.map { "\($0.upn),\(day),AM,\($0.code)" }
      return try await world.send(
        .post, "\(path)/marks", type: "text/csv", (["upn,date,session,code"] + rows).joined(separator: "\n"))
    case "json":
      let marks = said.map {
        "{\"upn\": \"\($0.upn)\", \"date\": \"\(day)\", \"session\": \"AM\", \"code\": \"\($0.code)\"}"
      }
      return try await world.send(.post, "\(path)/marks", "{\"marks\": [\(marks.joined(separator: ", "))]}")
    case "register":
      let groups = Dictionary(grouping: said, by: \.code).map { code, marks in
        "\"\(code)\": [\(marks.map { "\"\($0.id)\"" }.joined(separator: ", "))]"
      }
      return try await world.send(
        .put, "\(path)/registers/\(day)/AM", "{\"marks\": {\(groups.joined(separator: ", "))}}")
    case "mark":
      return try await world.send(
        .put, "/pupils/\(said[0].id)/marks/\(day)/AM", "{\"code\": \"\(said[0].code)\"}")
    default:
      let body = """
        {"pupil": "\(said[0].id)", "date": "\(day)", "session": "AM", "code": "\(said[0].code)", "reason": "Rang"}
        """
      return try await world.send(
        .post, "\(path)/amendments", as: .school, schools: [school], body)
    }
  }

  private static func source(_ way: String) -> MarkSource {
    way == "amendment" ? .person : way == "register" || way == "mark" ? .entries : .files
  }

  @Test(arguments: UInt64(1)...4) func theRegisterIsWhatTheModelSays(seed: UInt64) async throws {
    try await FieldCase07ResendTests.files.run(schools: Self.school) { world in
      let path = "/schools/\(Self.school)/pupils"
      let pupils = (1...3).map { World.pupil($0) }.joined(separator: ",")
      #expect(try await world.send(.post, path, "{\"pupils\": [\(pupils)]}").status == 200)
      let known = try world.sql("SELECT id, upn FROM pupils ORDER BY upn").map { row in
        (upn: row["upn"] as String, id: row["id"] as String)
      }
      var random = SeededGenerator(seed: seed)
      var models = [SaidModel](repeating: SaidModel(), count: known.count)
      for step in 0..<40 {
        let way = random.pick(["csv", "json", "register", "mark", "amendment", "amendment"])
        let many = way == "csv" || way == "json" || way == "register"
        let chosen = many ? known.indices.filter { _ in random.below(3) > 0 } : [random.below(known.count)]
        guard !chosen.isEmpty else { continue }
        let said = chosen.map { (place: $0, code: random.pick(["O", "I", "N"])) }
        let source = Self.source(way)
        if source != .person {
          for place in models.indices { models[place].use(source) }
        }
        let outcomes = said.map { models[$0.place].say($0.code, by: source) }
        let answer = try await Self.say(said.map { (known[$0.place].upn, known[$0.place].id, $0.code) }, way, world)
        #expect(answer.status == 200, "seed \(seed), step \(step), \(way): \(answer.text)")
        if source != .person {
          func count(_ names: String...) -> Int { outcomes.count { names.contains($0) } }
          #expect(
            answer.counts == [count("recorded"), count("amended"), count("unchanged", "noted"), 0, 0, 0],
            "seed \(seed), step \(step), \(way)")
          #expect(answer.list("notes").count == count("noted"), "seed \(seed), step \(step), \(way)")
        }
        let register = try await world.send(.get, "/schools/\(Self.school)/registers/\(Self.day)/AM").list("marks")
        let codes = Dictionary(
          uniqueKeysWithValues: register.map { ($0["upn"] as? String ?? "", $0["code"] as? String) })
        #expect(known.map { codes[$0.upn] ?? nil } == models.map(\.standing), "seed \(seed), step \(step), \(way)")
      }
    }
  }

  /// What was said against an amendment is told to the child and in the export, not to a moment before it was said, and
  /// stays with the registration when two records become one.
  @Test func whatWasSaidIsKept() async throws {
    try await FieldCase07ResendTests.files.run(schools: Self.school) { world in
      let pupil = try await FieldCase07ResendTests.begin(world)
      try await FieldCase07ResendTests.amend(pupil, to: "I", world)
      let upn = try world.sql("SELECT upn FROM pupils")[0]["upn"] as String
      let before = "2026-11-28T09:00:00.001Z"
      world.move(to: FieldCase.today, hour: 12)
      let answer = try await world.send(
        .post, "/schools/\(Self.school)/marks", type: "text/csv", "upn,date,session,code\n\(upn),2026-09-11,PM,G")
      #expect(answer.list("notes").count == 1, "\(answer.text)")

      let access = try await world.send(.get, "/pupils/\(pupil)/subject-access")
      let data = try #require(access.json["data"] as? [String: Any])
      #expect((data["differences"] as? [Any])?.count == 1 && (data["source-codes"] as? [Any])?.count == 1)
      for table in ["differences", "source-codes"] {
        let export = try await world.send(.get, "/export?table=\(table)&format=jsonl", as: .manager)
        #expect(export.status == 200 && export.text.contains(pupil), "\(table)")
      }
      let why = "/pupils/\(pupil)/marks/2026-09-11/PM/why"
      let now = try #require(try await world.send(.get, why).list("marks").first)
      #expect((now["differences"] as? [Any])?.count == 1)
      let then = try #require(try await world.send(.get, "\(why)?asOf=\(before)").list("marks").first)
      #expect((then["differences"] as? [Any])?.isEmpty == true)
      #expect(throws: DatabaseError.self) { try world.execute("DELETE FROM differences") }
    }
  }
}
