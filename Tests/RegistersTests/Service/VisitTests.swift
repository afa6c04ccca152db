import Contracts
import GRDB
import HTTPTypes
import ServiceKit
import Testing

/// Register inspection visits, from the plan to the last action.
@Suite(.timeLimit(.minutes(10))) struct VisitTests {
  private static let visits = "/schools/\(World.school)/visits"

  private static let report = """
    {"visitedOn":"2026-09-14","checks":[{"name":"codes","outcome":"met"},
      {"name":"reasons-established","outcome":"not-met","note":"N left for two weeks in one class"}],
     "actions":[{"action":"Replace N within five days","owner":"attendance lead","dueOn":"2026-09-21"},
      {"action":"Train office staff","owner":"head teacher","dueOn":"2026-10-05"}]}
    """

  private static func plan(_ world: World, _ day: String = "2026-09-14") async throws -> Int {
    let answer = try await world.send(.post, visits, "{\"plannedOn\":\"\(day)\"}")
    #expect(answer.status == 201)
    return answer["number"] ?? -1
  }

  @Test func aVisitFromPlanToLastAction() async throws {
    try await World.run { world in
      try await world.open()
      let officer = #"{"value":"aio-7","first":"2026-09-01"}"#
      #expect(try await world.send(.put, "/schools/\(World.school)/assignments/officer", officer).status == 200)
      let visit = try await Self.plan(world)
      let planned = try await world.send(.get, Self.visits).list("visits").first
      #expect(planned?["state"] as? String == "planned" && planned?["officer"] as? String == "aio-7")
      #expect((planned?["checks"] as? [Any])?.isEmpty == true)
      #expect(
        try await world.send(.post, "/visits/\(visit)/record", Self.report).status == 422, "the day is still to come")

      world.move(to: MadeUp.day("2026-09-14"))
      let made = try await world.send(.post, "/visits/\(visit)/record", Self.report)
      #expect(made.status == 200 && made["state"] == "made" && made["visitedOn"] == "2026-09-14")
      let outcomes = made.list("checks").map { "\($0["name"] ?? "") \($0["outcome"] ?? "")" }
      #expect(outcomes.contains("reasons-established not-met") && outcomes.contains("kept-six-years not-seen"))
      #expect(outcomes.count == 9 && made.list("checks").allSatisfy { ($0["source"] as? String)?.isEmpty == false })
      let actions = made.list("actions").compactMap { $0["number"] as? Int }
      try #require(actions.count == 2)
      #expect(try await world.send(.post, "/visits/\(visit)/record", Self.report).status == 409)
      #expect(try await world.send(.post, "/visits/\(visit)/cancel").status == 409)

      /// The actions overdue on a day, as `number days`.
      func overdue(_ day: String) async throws -> [String] {
        try await world.send(.get, "/visits/actions?overdueOn=\(day)", as: .manager).list("actions")
          .map { "\($0["number"] ?? "") \($0["daysOverdue"] ?? "")" }
      }
      #expect(try await overdue("2026-09-21") == [], "the day itself is in time")
      #expect(try await overdue("2026-09-22") == ["\(actions[0]) 1"])
      #expect(try await overdue("2026-10-06") == ["\(actions[0]) 15", "\(actions[1]) 1"])

      world.move(to: MadeUp.day("2026-09-24"))
      let done = "/visits/\(visit)/actions/\(actions[0])/done"
      #expect(try await world.send(.post, done, #"{"doneOn":"2026-09-25"}"#).status == 422, "not yet")
      #expect(try await world.send(.post, done, #"{"doneOn":"2026-09-13"}"#).status == 422, "before the visit")
      #expect(try await world.send(.post, done, "{}").list("actions").first?["doneOn"] as? String == "2026-09-24")
      #expect(try await world.send(.post, done, "{}").status == 200)
      #expect(try await world.send(.post, done, #"{"doneOn":"2026-09-23"}"#).status == 409)
      #expect(try await overdue("2026-09-23") == ["\(actions[0]) 2"], "as it was on that day")
      #expect(try await overdue("2026-09-24") == [])
      #expect(try await overdue("2026-10-06") == ["\(actions[1]) 1"])
      let audited = try world.sql("SELECT action FROM audit_log WHERE action LIKE 'visit.%' ORDER BY number")
      #expect(audited.map { $0["action"] as String } == ["visit.planned", "visit.recorded", "visit.action.done"])
    }
  }

  @Test func aPlanSentTwiceIsOneVisit() async throws {
    try await World.run { world in
      try await world.open()
      let body = #"{"plannedOn":"2026-09-14"}"#
      let first = try await world.send(.post, Self.visits, key: "plan-0001", body)
      let second = try await world.send(.post, Self.visits, key: "plan-0001", body)
      #expect(first.status == 201 && second.status == 201 && first.text == second.text)
      #expect(first["officer"] == "user-attendance-officer", "nobody is allocated: who plans it makes it")
      #expect(try world.sql("SELECT count(*) AS n FROM visits").first?["n"] == 1)
      let other = try await world.send(.post, Self.visits, key: "plan-0001", #"{"plannedOn":"2026-09-15"}"#)
      #expect(other.status == 422)
      world.move(to: MadeUp.day("2026-09-14"))
      let visit: Int = first["number"] ?? -1
      let made = try await world.send(.post, "/visits/\(visit)/record", key: "made-0001", Self.report)
      let again = try await world.send(.post, "/visits/\(visit)/record", key: "made-0001", Self.report)
      #expect(made.status == 200 && made.text == again.text)
      #expect(try world.sql("SELECT count(*) AS n FROM visit_actions").first?["n"] == 2)
    }
  }

  /// The officer of a visit is the one allocated on its day.
  @Test func theOfficerOfTheDayMakesTheVisit() async throws {
    try await World.run { world in
      try await world.open()
      for (officer, first) in [("aio-1", "2026-09-01"), ("aio-2", "2026-10-01")] {
        let body = "{\"value\":\"\(officer)\",\"first\":\"\(first)\"}"
        #expect(try await world.send(.put, "/schools/\(World.school)/assignments/officer", body).status == 200)
      }
      let days = [
        ("2026-08-31", "user-manager"), ("2026-09-30", "aio-1"), ("2026-10-01", "aio-2"), ("2027-01-11", "aio-2"),
      ]
      for (day, officer) in days {
        let answer = try await world.send(.post, Self.visits, as: .manager, "{\"plannedOn\":\"\(day)\"}")
        #expect(answer["officer"] == officer, "\(day)")
      }
    }
  }

  @Test func aCancelledVisitCannotBeRecorded() async throws {
    try await World.run { world in
      try await world.open()
      let visit = try await Self.plan(world)
      #expect(try await world.send(.post, "/visits/\(visit)/cancel")["state"] == "cancelled")
      #expect(try await world.send(.post, "/visits/\(visit)/cancel")["state"] == "cancelled")
      world.move(to: MadeUp.day("2026-09-14"))
      #expect(try await world.send(.post, "/visits/\(visit)/record", Self.report).status == 409)
      #expect(try world.sql("SELECT count(*) AS n FROM visit_checks").first?["n"] == 0)
    }
  }

  @Test func overdueActionsComeInPages() async throws {
    try await World.run { world in
      try await world.open()
      world.move(to: MadeUp.day("2026-09-14"))
      // 250 actions on two visits, so that more than a page is overdue; due days alternate so that order matters.
      for _ in 0..<5 {
        let visit = try await Self.plan(world)
        let actions = (0..<50).map { number in
          #"{"action":"Look again","owner":"head","dueOn":"2026-09-\#(number % 2 == 0 ? 21 : 18)"}"#
        }
        let body = """
          {"visitedOn":"2026-09-14","checks":[{"name":"codes","outcome":"met"}],
           "actions":[\(actions.joined(separator: ","))]}
          """
        #expect(try await world.send(.post, "/visits/\(visit)/record", body).status == 200)
      }
      var seen: [Int] = []
      var days: [String] = []
      var after: Int? = 0
      var pages = 0
      while let cursor = after, pages < 5 {
        let page = try await world.send(.get, "/visits/actions?overdueOn=2026-10-01&after=\(cursor)")
        seen += page.list("actions").compactMap { $0["number"] as? Int }
        days += page.list("actions").compactMap { $0["dueOn"] as? String }
        after = page["next"]
        pages += 1
      }
      #expect(seen.count == 250 && Set(seen).count == 250 && pages == 2)
      #expect(days == days.sorted())
    }
  }

  @Test func badVisitsAreRefused() async throws {
    try await World.run { world in
      try await world.open()
      let visit = try await Self.plan(world, "2026-09-07")
      let ok = #""checks":[{"name":"codes","outcome":"met"}]"#
      let refused: [(path: String, body: String, status: Int)] = [
        (Self.visits, #"{"plannedOn":"2028-09-14"}"#, 422), (Self.visits, #"{"plannedOn":"soon"}"#, 422),
        (Self.visits, #"{"plannedOn":"2026-09-14","officer":"a person"}"#, 422), (Self.visits, "{", 400),
        ("/schools/999999/visits", #"{"plannedOn":"2026-09-14"}"#, 404),
        ("/visits/99/record", "{\"visitedOn\":\"2026-09-07\",\(ok)}", 404),
        ("/visits/x/record", "{\"visitedOn\":\"2026-09-07\",\(ok)}", 404),
        ("/visits/\(visit)/record", #"{"visitedOn":"2026-09-07","checks":[]}"#, 422),
        ("/visits/\(visit)/record", #"{"visitedOn":"2026-09-07","checks":[{"name":"codes","outcome":"fine"}]}"#, 422),
        ("/visits/\(visit)/actions/1/done", "{}", 404), ("/visits/99/actions/1/done", "{}", 404),
      ]
      for (path, body, status) in refused {
        #expect(try await world.send(.post, path, body).status == status, "\(path) \(body)")
      }
      let plain = try await world.send(.post, Self.visits, type: "text/plain", "x")
      #expect(plain.status == 415)
      let named = try await world.send(
        .post, "/visits/\(visit)/record",
        #"{"visitedOn":"2026-09-07","checks":[{"name":"Zed Quarrington","outcome":"met"}]}"#)
      #expect(named.status == 422 && !named.text.contains("Quarrington"), "a problem never repeats a value")
      #expect(try await world.send(.get, "/visits/actions?after=-1").status == 400)
      #expect(try await world.send(.get, "/schools/999999/visits").status == 404)
    }
  }

  /// Schools see their own visits; planning, recording and the list of what is overdue are the authority's.
  @Test func aSchoolCannotUseOfficersRoutes() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open("900102")
      let visit = try await Self.plan(world)
      let closed: [(method: HTTPRequest.Method, path: String)] = [
        (.post, Self.visits), (.post, "/visits/\(visit)/record"), (.post, "/visits/\(visit)/cancel"),
        (.post, "/visits/\(visit)/actions/1/done"), (.get, "/visits/actions"), (.get, "/visits/checks"),
        (.get, "/schools/900102/visits"),
      ]
      for (method, path) in closed {
        let body = method == .post ? "{}" : nil
        #expect(
          try await world.send(method, path, as: .school, schools: [World.school], body).status == 403,
          "\(method) \(path)")
        #expect(try await world.send(method, path, as: .legalOfficer, body).status == 403, "\(method) \(path)")
      }
      let own = try await world.send(.get, Self.visits, as: .school, schools: [World.school])
      #expect(own.status == 200 && own.list("visits").count == 1)
      let checks = try await world.send(.get, "/visits/checks?on=2026-09-14").list("checks")
      #expect(checks.count == 9)
      #expect(try await world.send(.get, "/visits/checks?on=2024-08-18").list("checks").isEmpty)
    }
  }
}
