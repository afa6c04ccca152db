import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Rulebook
import ServiceKit
import Testing

/// One mark and one session's register go in the same way as a file, and the register can be read.
@Suite(.timeLimit(.minutes(10))) struct RegisterTests {
  private static let path = "/schools/\(World.school)/registers/2026-09-07/AM"

  @Test func aSessionIsEntered() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open("900102")
      let ids = try await world.enrol([0, 1, 2])
      let other = try #require(try await world.enrol([9], school: "900102")[9])
      let (a, b, c) = (try #require(ids[0]), try #require(ids[1]), try #require(ids[2]))
      let body = """
        {"marks":{"/":["\(a)","\(other)","x"],"N":["\(b)"],"H":["\(c)"]},
         "openedAt":"2026-09-07T08:50:00Z","closedAt":"2026-09-07T09:21:00Z"}
        """
      let answer = try await world.send(.put, Self.path, key: "register-1", body)
      #expect(answer.counts == [2, 0, 0, 0, 1, 2])
      #expect(answer["rejectedBy"] == ["unknown-identifier": 2])
      #expect(answer["quarantinedBy"] == ["code-no-longer-in-force": 1])
      #expect(
        answer.list("problems").compactMap { $0["pointer"] as? String } == ["/marks/~1/1", "/marks/~1/2", "/marks/H/0"])
      #expect(answer.list("notes").compactMap { $0["reason"] as? String } == ["long-register-window"])
      #expect(!answer.text.contains(other) && !answer.text.contains(MadeUp.upn(2).text))
      #expect(try await world.send(.put, Self.path, key: "register-1", body).text == answer.text)
      #expect(try await world.send(.put, Self.path, body).counts == [0, 0, 2, 0, 1, 2])
      #expect(try await world.facts().filter { $0 == "marks-recorded" }.count == 1)

      let shown = try await world.send(.get, Self.path, as: .school, schools: [World.school])
      #expect(shown["due"] == true && shown["closedAt"] == "2026-09-07T09:21:00.000Z")
      #expect(shown.list("marks").compactMap { $0["pupil"] as? String } == [a, b, c])
      #expect(shown.list("marks").map { $0["code"] as? String } == ["/", "N", nil])
      #expect(
        try world.sql("SELECT count(*) AS n FROM audit_log WHERE action = 'school.register.read'").first?["n"] == 1)
    }
  }

  static let bodies: [(body: String, status: Int)] = [
    (#"{"marks":{"LONG":["p000000000"]}}"#, 422), (#"{"marks":{"":["p000000000"]}}"#, 422),
    (#"{"marks":{},"openedAt":"2026-09-07T08:50:00Z"}"#, 422),
    (#"{"marks":{},"openedAt":"2026-09-07T08:50:00Z","closedAt":"2026-09-07T08:50:00Z"}"#, 422),
    (#"{"marks":{},"openedAt":"2026-09-07T08:50:00Z","closedAt":"2026-09-09T08:50:00Z"}"#, 422),
    (#"{"marks":{},"openedAt":"2026-09-08T08:50:00Z","closedAt":"2026-09-08T09:00:00Z"}"#, 422),
    (#"{"marks":{},"openedAt":"2026-09-06T23:10:00Z","closedAt":"2026-09-06T23:20:00Z"}"#, 200),
    (#"{"marks":{},"openedAt":"soon","closedAt":"later"}"#, 422), (#"{"marks":[]}"#, 422), ("{", 400), ("{}", 422),
  ]

  @Test(arguments: bodies) func judgesABody(_ example: (body: String, status: Int)) async throws {
    try await World.run { world in
      try await world.open()
      #expect(try await world.send(.put, Self.path, example.body).status == example.status)
      #expect(try await world.send(.put, Self.path, as: .manager, "{}").status == 403)
      #expect(try await world.send(.put, Self.path, as: .school, schools: ["900102"], "{}").status == 403)
      #expect(try await world.send(.put, Self.path, type: "text/csv", "{}").status == 415)
      for day in ["2026-13-07/AM", "2026-09-07/XM"] {
        #expect(try await world.send(.get, "/schools/\(World.school)/registers/\(day)").status == 404)
      }
      #expect(try await world.send(.get, "/schools/900109/registers/2026-09-07/AM").status == 404)
    }
  }

  @Test func aRegisterHasATagThatChangesWithIt() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      func get(_ tag: String?) async throws -> (status: Int, tag: String?) {
        let token = try await world.issuer.token(
          subject: "user", role: .attendanceOfficer, authority: "880", schools: nil, validFrom: world.clock.now(),
          seconds: 600)
        var headers: HTTPFields = [.authorization: "Bearer \(token)"]
        if let tag { headers[.ifNoneMatch] = tag }
        return try await world.client.execute(uri: Self.path, method: .get, headers: headers, body: nil) {
          (Int($0.status.code), $0.headers[.eTag])
        }
      }
      let first = try await get(nil)
      #expect(first.status == 200 && first.tag != nil)
      #expect(try await get(first.tag).status == 304)
      _ = try await world.send(.put, Self.path, "{\"marks\":{\"/\":[\"\(id)\"]}}")
      let later = try await get(first.tag)
      #expect(later.status == 200 && later.tag != first.tag)
    }
  }

  /// Pages of those who are on roll on the day, each child once.
  @Test func aLongRegisterComesInPages() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol(Array(0..<510))
      let left = (0..<5).map { World.pupil($0, ",\"leftOn\":\"2026-09-04\"") }.joined(separator: ",")
      let answer = try await world.send(.post, "/schools/\(World.school)/pupils", "{\"pupils\":[\(left)]}")
      #expect(answer["changed"] == 5)
      let first = try await world.send(.get, Self.path)
      let next = try #require(first["next", as: Int.self])
      let second = try await world.send(.get, "\(Self.path)?after=\(next)")
      let pages = [first, second].map { $0.list("marks").compactMap { $0["upn"] as? String } }
      #expect(pages.map(\.count) == [500, 5] && second.json["next"] == nil)
      #expect(pages.flatMap { $0 } == (5..<510).map { MadeUp.upn($0).text })
      #expect(try await world.send(.get, "\(Self.path)?after=x").status == 400)
    }
  }

  @Test func oneMarkIsEntered() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      let path = "/pupils/\(id)/marks/2026-09-07/AM"
      let late = try await world.send(
        .put, path, as: .school, schools: [World.school], key: "one-mark-1", #"{"code":"L","minutesLate":9}"#)
      #expect(late.counts == [1, 0, 0, 0, 0, 0])
      #expect(try await world.send(.put, path, #"{"code":"U","detail":"Bus","minutesLate":40}"#).counts[1] == 1)
      let line = try #require(try await world.send(.get, Self.path).list("marks").first)
      #expect(line["code"] as? String == "U" && line["minutesLate"] as? Int == 40 && line["amended"] as? Bool == true)
      #expect(try await world.send(.put, path, #"{"code":"H"}"#)["quarantinedBy"] == ["code-no-longer-in-force": 1])
      #expect(try await world.send(.put, path, #"{"code":" "}"#).status == 422)
      #expect(try await world.send(.put, path, as: .school, schools: ["900102"], #"{"code":"L"}"#).status == 404)
      #expect(try await world.send(.put, path + "?school=abc", #"{"code":"L"}"#).status == 400)
      #expect(try await world.send(.put, "/pupils/p000000000/marks/2026-09-07/AM", #"{"code":"L"}"#).status == 404)
    }
  }

  @Test func aChildOnTwoRollsNeedsTheSchool() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open("900102")
      let id = try #require(try await world.enrol([0])[0])
      try await world.enrol([0], school: "900102")
      let path = "/pupils/\(id)/marks/2026-09-07/AM"
      #expect(try await world.send(.put, path, #"{"code":"D"}"#).status == 409)
      #expect(try await world.send(.put, path + "?school=900102", #"{"code":"D"}"#).counts[0] == 1)
      #expect(try await world.send(.put, path, as: .school, schools: [World.school], #"{"code":"/"}"#).counts[0] == 1)
      #expect(try await world.send(.get, Self.path).list("marks").first?["code"] as? String == "/")
    }
  }
}
