import GRDB
import HTTPTypes
import ServiceKit
import Testing

/// JSON that names something twice: a row costs itself, a form is told where, and nothing is read by chance.
@Suite struct RepeatedNameTests {
  @Test func aMarkCostsItselfOnly() async throws {
    try await World.run { world in
      try await world.open()
      let ids = try await world.enrol([0, 1])
      func mark(_ child: Int, _ code: String) -> String {
        #"{"upn":"\#(MadeUp.upn(child))","date":"2026-09-07","session":"AM","code":\#(code)}"#
      }
      let answer = try await world.send(
        .post, "/schools/\(World.school)/marks", #"{"marks":[\#(mark(0, #""/","code":"I""#)),\#(mark(1, #""/""#))]}"#)
      #expect(answer.status == 200 && answer.counts == [1, 0, 0, 0, 0, 1])
      let problem = try #require(answer.list("problems").first)
      #expect(problem["row"] as? Int == 0 && problem["reason"] as? String == "repeated-name")
      #expect(problem["column"] as? String == "code" && (problem["fix"] as? String)?.isEmpty == false)
      #expect(try world.sql("SELECT 1 FROM entries").count == 1)
      let wonde =
        #"{"data":[{"date":"2026-09-07","session":"PM","attendance_code":"/","student":{"data":{"upn":"A","upn":"B"}}}]}"#
      let other = try await world.send(
        .post, "/schools/\(World.school)/marks", type: "application/vnd.wonde+json", wonde)
      #expect(other.counts == [0, 0, 0, 0, 0, 1])
      #expect(other.list("problems").first?["column"] as? String == "student/data/upn")
      #expect(ids.count == 2)
    }
  }

  @Test func aChildCostsItselfOnly() async throws {
    try await World.run { world in
      try await world.open()
      let path = "/schools/\(World.school)/pupils"
      let rows = [
        World.pupil(0, #","givenName":"Other""#), World.pupil(1),
        World.pupil(2, #","contacts":[{"familyName":"A","familyName":"B"}]"#),
      ]
      let answer = try await world.send(.post, path, #"{"pupils":[\#(rows.joined(separator: ","))]}"#)
      #expect(answer["enrolled"] == 1 && answer["refused"] == 2)
      #expect(answer.list("problems").map { $0["row"] as? Int } == [0, 2])
      #expect(answer.list("problems").map { $0["column"] as? String } == ["givenName", "contacts/0/familyName"])
      #expect(Set(answer.list("problems").map { $0["reason"] as? String }) == ["repeated-name"])
      let twice = try await world.send(.post, path, #"{"pupils":[],"pupils":[\#(World.pupil(0))]}"#)
      #expect(twice.status == 422 && twice.list("errors").map { $0["pointer"] as? String } == ["/pupils"])
      #expect(try world.sql("SELECT 1 FROM pupils").count == 1)
    }
  }

  @Test func aFormIsToldWhereBesideItsOtherFaults() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      let answer = try await world.send(
        .post, "/schools/\(World.school)/amendments", as: .school, schools: ["\(World.school)"],
        #"{"pupil":"\#(id)","date":"2026-09-07","session":"AM","code":"I","code":"O"}"#)
      #expect(answer.status == 422)
      #expect(
        answer.list("errors").map { "\($0["pointer"] ?? "") \($0["detail"] ?? "")" } == [
          "/reason is required", "/code is given twice",
        ])
    }
  }
}
