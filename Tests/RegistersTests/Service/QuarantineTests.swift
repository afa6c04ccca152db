import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

/// What waits can be corrected, discarded and counted.
@Suite(.timeLimit(.minutes(10))) struct QuarantineTests {
  private static let path = "/schools/\(World.school)/quarantine"

  /// The numbers of the waiting marks by row of an upload with one mark each.
  private func waiting(_ world: World, _ query: String = "") async throws -> [Int] {
    try await world.send(.get, Self.path + query).list("marks").compactMap { $0["number"] as? Int }
  }

  @Test func aCorrectedMarkGoesIn() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      _ = try await world.upload(["\(MadeUp.upn(0)),07/09/2026,AM,B", "\(MadeUp.upn(0)),2026-09-07,PM,Q?"])
      let numbers = try await waiting(world)
      let body = #"{"date":"2026-09-07","detail":"At the college"}"#
      let first = try await world.send(.post, "\(Self.path)/\(numbers[0])/correct", key: "correct-1", body)
      #expect(first.status == 200 && first["state"] == "released" && first.json["receipt"] is String)
      #expect(first.json["waitsAs"] == nil)
      #expect(
        try await world.send(.post, "\(Self.path)/\(numbers[0])/correct", key: "correct-1", body).text == first.text)
      #expect(try await world.send(.post, "\(Self.path)/\(numbers[0])/correct", body).status == 409)
      let mark = try #require(
        try await world.send(.get, "/pupils/\(id)/marks/2026-09-07/AM/why").list("marks").first)
      #expect((mark["original"] as? [String: Any])?["detail"] as? String == "At the college")

      let second = try await world.send(.post, "\(Self.path)/\(numbers[1])/correct", #"{"code":"H"}"#)
      #expect(second["state"] == "waiting")
      #expect((second["problem", as: [String: Any].self])?["reason"] as? String == "code-no-longer-in-force")
      let next = try #require(second["waitsAs", as: Int.self])
      #expect(try await waiting(world) == [next] && next != numbers[1])
      #expect(try await world.send(.post, "\(Self.path)/\(next)/correct", #"{"code":"C"}"#)["state"] == "released")
      let kept = try world.sql(
        "SELECT state, code, corrects, settled_actor, settled_role FROM quarantine ORDER BY number")
      #expect(kept.map { $0["state"] as String } == ["released", "superseded", "released"])
      #expect(kept.map { $0["code"] as String } == ["B", "Q?", "H"], "texts stay as they came")
      #expect(kept.map { $0["corrects"] as Int? } == [nil, nil, numbers[1]])
      #expect(
        kept.allSatisfy {
          $0["settled_actor"] == "user-attendance-officer" && $0["settled_role"] == "attendance-officer"
        })
    }
  }

  /// Only the words are new: the mark waits on, and is not lost.
  @Test func aCorrectionThatChangesNoReasonWaitsOn() async throws {
    try await World.run { world in
      try await world.open()
      _ = try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,/"])
      let number = try #require(try await waiting(world).first)
      let answer = try await world.send(.post, "\(Self.path)/\(number)/correct", #"{"detail":"Really"}"#)
      let next = try #require(answer["waitsAs", as: Int.self])
      #expect(answer["state"] == "waiting" && next != number)
      let enrolled = try await world.send(
        .post, "/schools/\(World.school)/pupils", "{\"pupils\":[\(World.pupil(0))]}")
      #expect(enrolled["released"] == 1)
      #expect(try await waiting(world).isEmpty)
    }
  }

  @Test func whatCannotBeCorrectedIsRefused() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open("900102")
      try await world.enrol([0])
      _ = try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,H"])
      let number = try #require(try await waiting(world).first)
      for (body, status) in [
        (#"{"code":"F"}"#, 422), (#"{"code":""}"#, 422), ("{}", 422), (#"{"date":"x"}"#, 422),
        (#"{"session":"XM"}"#, 422), ("{", 400), ("{\"detail\":\"\(String(repeating: "x", count: 501))\"}", 422),
        (#"{"detail":"a\u0000b"}"#, 422),
      ] {
        #expect(try await world.send(.post, "\(Self.path)/\(number)/correct", body).status == status, "\(body)")
      }
      for other in ["/schools/900102/quarantine/\(number)", "\(Self.path)/999", "\(Self.path)/x", "\(Self.path)/-1"] {
        #expect(try await world.send(.post, "\(other)/correct", #"{"code":"C"}"#).status == 404)
        #expect(try await world.send(.post, "\(other)/discard", #"{"reason":"a"}"#).status == 404)
      }
      let stranger = try await world.send(
        .post, "\(Self.path)/\(number)/correct", as: .school, schools: ["900102"], #"{"code":"C"}"#)
      #expect(stranger.status == 403)
      #expect(try await waiting(world) == [number])
      #expect(try world.sql("SELECT count(*) AS n FROM receipts").first?["n"] == 1, "what was refused left nothing")
    }
  }

  @Test func aDiscardedMarkIsKept() async throws {
    try await World.run { world in
      try await world.open()
      _ = try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,/"])
      let number = try #require(try await waiting(world).first)
      #expect(try await world.send(.post, "\(Self.path)/\(number)/discard", #"{"reason":" "}"#).status == 422)
      let answer = try await world.send(
        .post, "\(Self.path)/\(number)/discard", #"{"reason":"Another school's child"}"#)
      #expect(answer.status == 200 && answer["state"] == "discarded")
      #expect(try await waiting(world).isEmpty)
      let row = try #require(try world.sql("SELECT state, settled_reason FROM quarantine").first)
      #expect(row["state"] == "superseded" && row["settled_reason"] == "Another school's child")
      #expect(try await world.send(.post, "\(Self.path)/\(number)/discard", #"{"reason":"Again"}"#).status == 409)
    }
  }

  @Test func reasonsAreCounted() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol([0])
      let answer = try await world.upload([
        "\(MadeUp.upn(5)),2026-09-07,AM,/", "\(MadeUp.upn(6)),2026-09-07,AM,/", "\(MadeUp.upn(0)),2026-09-07,AM,H",
        "\(MadeUp.upn(0)),2026-09-07,PM,F", "short,row",
      ])
      #expect(answer["quarantinedBy"] == ["unknown-pupil": 2, "code-no-longer-in-force": 1])
      #expect(answer["rejectedBy"] == ["code-no-longer-in-force": 1, "wrong-column-count": 1])
      let all = try await world.send(.get, Self.path)
      #expect(all["waiting"] == 3 && all["waitingBy"] == ["unknown-pupil": 2, "code-no-longer-in-force": 1])
      #expect(try await waiting(world, "?reason=unknown-pupil").count == 2)
      #expect(try await waiting(world, "?reason=nothing").isEmpty)
      #expect(try await world.send(.get, "\(Self.path)?reason=").status == 400)
    }
  }

  /// A mark on a day closed to the child's year group waits for the calendar; the group moves on from when it was stated.
  @Test func aMarkWaitsForTheCalendarOfItsYearGroup() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol([0, 1])
      try world.execute("UPDATE pupils SET year_group = '5', year_group_year = 2024 WHERE upn = '\(MadeUp.upn(1))'")
      try world.execute("UPDATE pupils SET year_group = NULL, year_group_year = NULL WHERE upn = '\(MadeUp.upn(0))'")
      try world.execute(
        """
        UPDATE calendars SET calendar = json_set(calendar, '$.yearGroupClosures',
          json('[{"yearGroups":["6"],"first":"2026-09-07","last":"2026-09-07"}]'))
        """)
      let rows = [0, 1].map { "\(MadeUp.upn($0)),2026-09-07,AM,/" }
      let answer = try await world.upload(rows)
      #expect(answer.counts == [1, 0, 0, 0, 1, 0] && answer["quarantinedBy"] == ["closed-for-year-group": 1])
      let calendar = #"{"terms":[{"first":"2026-09-01","last":"2026-12-18"}]}"#
      #expect(try await world.send(.put, "/schools/\(World.school)/calendars/2026-27", calendar)["released"] == 1)
      #expect(try await world.upload(rows).counts == [0, 0, 2, 0, 0, 0])
    }
  }
}
