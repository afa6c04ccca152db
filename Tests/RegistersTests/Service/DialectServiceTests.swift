import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

/// Files in the dialects of information systems, and what is kept of how they were written.
@Suite(.timeLimit(.minutes(10))) struct DialectServiceTests {
  private func why(_ world: World, _ id: String, _ session: String) async throws -> [String: Any] {
    let answer = try await world.send(.get, "/pupils/\(id)/marks/2026-09-07/\(session)/why")
    return try #require(answer.list("marks").first)
  }

  @Test func aReadyDialectIsTakenInAndTheTokensStay() async throws {
    try await World.run { world in
      try await world.open()
      let ids = try await world.enrol([0, 1, 2])
      let rows = ["P,P", "p,I", "SP,1"].enumerated().map { "\(MadeUp.upn($0.offset)),2026-09-07,\($0.element)" }
      let body = (["UPN,Date,AM,PM"] + rows).joined(separator: "\n")
      let path = "/schools/\(World.school)/marks?dialect=present-as-p"
      let answer = try await world.send(.post, path, type: "text/csv", key: "file-0001", body)
      #expect(answer.counts == [5, 0, 0, 0, 1, 0])
      #expect(answer["quarantinedBy"] == ["unknown-code": 1] && answer["rejectedBy"] == [String: Int]())
      #expect(
        answer.list("problems").first?["row"] as? Int == 4 && answer.list("problems").first?["place"] as? Int == 4)
      #expect(try await world.send(.post, path, type: "text/csv", body).counts == [0, 0, 5, 0, 1, 0])
      // The same key with the same body means something else in another dialect.
      let other = try await world.send(
        .post, "/schools/\(World.school)/marks?dialect=arbor", type: "text/csv", key: "file-0001", body)
      #expect(other.status == 422)
      let found = try await [("AM", 0), ("AM", 1), ("AM", 2), ("PM", 1)].asyncMap { session, pupil in
        let mark = try await why(world, try #require(ids[pupil]), session)
        let token = (mark["original"] as? [String: Any])?["token"] as? String
        return "\(mark["code"] as? String ?? "") \(token ?? "=")"
      }
      #expect(found == ["/ P", "/ p", "P SP", "I ="])
      #expect(
        try world.sql("SELECT dialect FROM receipts ORDER BY number").map { $0["dialect"] as String? } == [
          "present-as-p", "present-as-p",
        ])
      let amended = try await world.send(
        .post, path, type: "text/csv", "upn,date,am,pm\n\(MadeUp.upn(1)),2026-09-07,p,P")
      #expect(amended.counts == [0, 1, 1, 0, 0, 0])
      let history = try await why(world, try #require(ids[1]), "PM")["amendments"] as? [[String: Any]]
      #expect(history?.first?["to"] as? String == "\\" && history?.first?["token"] as? String == "P")
    }
  }

  @Test func anAuthorityDeclaresItsOwn() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol([0])
      let mine = """
        {"title":"Our export","separator":"semicolon","dates":"DD/MM/YYYY","columns":{"upn":["Number"],"date":["Day"],
         "session":["Half"],"code":["Mark"]},"sessions":{"first":"AM"},"codes":{"*":"present","P":"present"}}
        """
      let first = try await world.send(.put, "/dialects/our-export", mine)
      #expect(first.status == 200 && first["changed"] == true && (first["notes", as: [Any].self])?.count == 1)
      #expect(try await world.send(.put, "/dialects/our-export", mine)["changed"] == false)
      let rows = "Number;Day;Half;Mark\n\(MadeUp.upn(0));7/9/2026;First;*\n"
      let sent = try await world.send(
        .post, "/schools/\(World.school)/marks?dialect=our-export", type: "text/csv", rows)
      #expect(sent.counts == [1, 0, 0, 0, 0, 0])
      let list = try await world.send(.get, "/dialects", as: .integration).list("dialects")
      #expect(list.first { $0["name"] as? String == "our-export" }?["own"] as? Bool == true)
      #expect(list.first { $0["name"] as? String == "sims" }?["own"] as? Bool == false)
      #expect(try await world.send(.put, "/dialects/our-export", as: .school, mine).status == 403)
      for name in ["standard", "wonde", "Upper", "a%20b"] {
        #expect(try await world.send(.put, "/dialects/\(name)", mine).status == 422, "\(name)")
      }
      let bad = try await world.send(.put, "/dialects/x", #"{"title":"x","columns":{"upn":["a"]}}"#)
      #expect(
        bad.status == 422
          && bad.list("errors").compactMap { $0["pointer"] as? String } == [
            "/columns/date", "/columns/session", "/columns/code",
          ])
      let path = "/schools/\(World.school)/marks?dialect="
      #expect(try await world.send(.post, path + "nothing", type: "text/csv", rows).status == 400)
      #expect(try await world.send(.post, path + "sims", "{\"marks\":[]}").status == 400)
      #expect(throws: (any Error).self) { try world.execute("UPDATE dialects SET name = 'y'") }
    }
  }

  @Test func wondesShapeIsTakenIn() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      let body = """
        {"data":[{"date":"2026-09-07 00:00:00.000000","session":"AM","attendance_code":{"data":{"code":"L"}},
          "student":{"data":{"upn":"\(MadeUp.upn(0))"}},"minutes_late":12},{"date":"2026-09-07"}]}
        """
      for (type, query) in [("application/vnd.wonde+json", ""), ("application/json", "?dialect=wonde")] {
        let answer = try await world.send(.post, "/schools/\(World.school)/marks\(query)", type: type, body)
        #expect(answer.counts == (query.isEmpty ? [1, 0, 0, 0, 0, 1] : [0, 0, 1, 0, 0, 1]))
        #expect(answer.list("problems").first?["row"] as? Int == 1 && answer["rejectedBy"] == ["wrong-type": 1])
      }
      #expect((try await why(world, id, "AM")["original"] as? [String: Any])?["minutesLate"] as? Int == 12)
    }
  }
}

extension Sequence where Self: Sendable, Element: Sendable {
  /// Maps one after the other.
  func asyncMap<Mapped>(_ body: (Element) async throws -> Mapped) async rethrows -> [Mapped] {
    var mapped: [Mapped] = []
    for element in self { mapped.append(try await body(element)) }
    return mapped
  }
}
