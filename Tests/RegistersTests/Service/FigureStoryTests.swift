import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

@testable import RegistersDomain

/// Figures of groups, through the service.
@Suite(.timeLimit(.minutes(10))) struct FigureStoryTests {
  @Test func aSchoolsFigures() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol([0, 1, 2])
      // 40 sessions each: child 0 is ill for 4 of them, child 1 away for 20, late for 3.
      try await world.fill([0, 1, 2], from: "2026-09-07", to: "2026-10-02") { number, day, session in
        if number == 0, day.iso < "2026-09-09" { return "I" }
        if number == 1, session == .am { return day.iso < "2026-09-10" ? "U" : "G" }
        if number == 1, day.iso > "2026-09-29" { return "L" }
        return nil
      }
      let path = "/figures?scope=school:900101&from=2026-09-01&to=2026-10-31"
      let answer = try await world.send(.get, path, as: .school, schools: [World.school])
      #expect(answer.status == 200)
      #expect(answer.share("attendance") == [96, 120])
      #expect(answer.figure("attendance")?["percent"] as? String == "80.0")
      #expect(answer.share("authorised") == [4, 120])
      #expect(answer.share("unauthorised") == [20, 120])
      #expect(answer.share("persistent-absence") == [2, 3])
      #expect(answer.share("severe-absence") == [1, 3])
      #expect(answer.share("late-before") == [3, 96])
      #expect(answer.share("late-after") == [3, 96])
      #expect(answer["cohort"] == "local" && answer["suppressed"] == false && answer["asOf", as: String.self] != nil)
      let reasons = answer.object("total")["reasons"] as? [[String: Any]] ?? []
      let holiday = try #require(reasons.first { $0["code"] as? String == "G" })
      #expect(holiday["mornings"] as? Int == 17 && holiday["afternoons"] as? Int == 0)
      let weeks = try await world.send(.get, "\(path)&groupBy=week")
      #expect(
        weeks.list("groups").map { $0["key"] as? String } == [
          "2026-09-07", "2026-09-14", "2026-09-21", "2026-09-28",
        ])
      #expect(weeks.figure("persistent-absence") == nil)
      let half = try await world.send(.get, "/figures?scope=school:900101&period=half-term&on=2026-10-28")
      #expect(half["to"] == "2026-10-23" && half["period"] == "half-term")
      #expect(half.share("attendance") == [96, 120])
      // The child's own record is of the same calculation.
      let child = try world.sql("SELECT id FROM pupils ORDER BY number")[1]["id"] as String
      let own = try await world.send(.get, "/pupils/\(child)/attendance?from=2026-09-01&to=2026-10-31")
      #expect(own.object("figures")["present"] as? Int == 20)
      #expect(own["persistentlyAbsent"] == true && own["severelyAbsent"] == true && own["shortRecord"] == false)
    }
  }

  @Test func clustersAreThoseOfTheSessionsDay() async throws {
    try await World.run { world in
      for (school, first) in [("900101", 0), ("900102", 10)] {
        try await world.open(school)
        try await world.enrol([first, first + 1], school: school)
      }
      try await world.fill([0, 1], from: "2026-09-07", to: "2026-09-18") { _, day, _ in
        day.iso < "2026-09-14" ? "O" : nil
      }
      try await world.fill([10, 11], from: "2026-09-07", to: "2026-09-18", school: "900102")
      try world.assign("900101", "east", from: "2025-09-01", to: "2026-09-13")
      try world.assign("900101", "west", from: "2026-09-14", to: nil)
      try world.assign("900102", "west", from: "2025-09-01", to: nil)
      let span = "from=2026-09-01&to=2026-09-30"
      let east = try await world.send(.get, "/figures?scope=cluster:east&\(span)", as: .manager)
      #expect(east.share("attendance") == [0, 20])
      let west = try await world.send(.get, "/figures?scope=cluster:west&\(span)&groupBy=school")
      #expect(west.share("attendance") == [60, 60])
      #expect(west.share("attendance", of: "900101") == [20, 20])
      let all = try await world.send(.get, "/figures?scope=authority&\(span)&groupBy=cluster")
      #expect(all.share("unauthorised", of: "east") == [20, 20])
      #expect(all.share("attendance", of: "west") == [60, 60])
      #expect(all.share("attendance") == [60, 80])
      #expect(try await world.send(.get, "/figures?scope=cluster:north&\(span)").status == 404)
      #expect(try await world.send(.get, "/figures?scope=school:900199&\(span)").status == 404)
    }
  }

  @Test func whoMaySeeWhat() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol([0, 1, 2])
      try await world.fill([0, 1, 2], from: "2026-09-07", to: "2026-09-11")
      let span = "from=2026-09-01&to=2026-09-30"
      let own = "/figures?scope=school:900101&\(span)"
      let all = "/figures?scope=authority&\(span)"
      for role in [Role.attendanceOfficer, .legalOfficer, .cmeOfficer, .virtualSchool, .manager] {
        #expect(try await world.send(.get, own, as: role).status == 200, "\(role)")
        #expect(try await world.send(.get, all, as: role)["suppressed"] == false, "\(role)")
      }
      #expect(try await world.send(.get, own, as: .school, schools: [World.school]).status == 200)
      #expect(try await world.send(.get, own, as: .school, schools: ["900102"]).status == 403)
      for kind in ["youth-justice", "social-worker", "child-protection-plan", "free-meals"] {
        let status = try await world.send(
          .get, "\(own)&groupBy=flag:\(kind)", as: .school, schools: [World.school]
        ).status
        #expect(status == (kind == "free-meals" ? 200 : 403), "\(kind)")
      }
      #expect(try await world.send(.get, all, as: .school, schools: [World.school]).status == 403)
      #expect(try await world.send(.get, own, as: .integration).status == 403)
      #expect(try await world.send(.get, own, as: nil).status == 401)
      // Three children are too few for an agency, and a day more or less is not to be had.
      #expect(try await world.send(.get, own, as: .agency).status == 403)
      let agency = try await world.send(.get, "\(all)&suppress=false", as: .agency)
      #expect(agency["suppressed"] == true)
      #expect(agency.share("attendance") == [nil, nil])
      #expect(agency.object("total")["enrolments"] == nil)
      #expect(
        try await world.send(.get, "/figures?scope=authority&from=2026-09-01&to=2026-09-29", as: .agency).status == 422)
      let published = try await world.send(.get, "\(all)&suppress=true", as: .manager)
      #expect(published.figure("attendance")?["suppressed"] as? Bool == true)
      for wrong in [
        "scope=school:1&\(span)", "scope=authority&from=2026-09-30&to=2026-09-01", "scope=authority",
        "scope=authority&\(span)&groupBy=height", "scope=authority&\(span)&cohort=registered",
        "scope=authority&period=fortnight", "scope=pupil:p000000000&\(span)", "\(span)",
        "scope=authority&from=2000-01-01&to=2026-09-01", "scope=authority&period=term&on=2031-01-01",
      ] {
        let status = try await world.send(.get, "/figures?\(wrong)").status
        #expect(status == 400 || status == 422, "\(wrong)")
      }
    }
  }

  @Test func childrenInCare() async throws {
    try await World.run { world in
      try await world.open()
      let ids = try await world.enrol([0, 1, 2])
      let (first, second) = (try #require(ids[0]), try #require(ids[1]))
      // Child 0 lost four of 40 sessions before care; child 1 came into care six sessions ago, ill for two.
      try await world.fill([0, 1, 2], from: "2026-09-07", to: "2026-10-02") { number, day, _ in
        if number == 0, day.iso < "2026-09-09" { return "O" }
        return number == 1 && day.iso == "2026-10-01" ? "I" : nil
      }
      try world.flag(first, "looked-after", from: "2026-09-14")
      try world.flag(second, "looked-after", from: "2026-09-30")
      try world.flag(try #require(ids[2]), "looked-after", from: "2026-09-01", to: "2026-09-20")
      let path = "/figures/children-in-care?year=2026-27&on=2026-10-02"
      let answer = try await world.send(.get, path, as: .virtualSchool)
      #expect(answer.status == 200)
      func measure(_ name: String, _ part: String) -> [Int?] {
        let figure = answer.object(name)[part] as? [String: Any] ?? [:]
        return [figure["numerator"] as? Int, figure["denominator"] as? Int]
      }
      #expect(measure("sinceEntering", "headline") == [1, 2])
      #expect(measure("sinceEntering", "adjusted") == [0, 0], "30 and 6 sessions are fewer than 40")
      #expect(measure("yearToDate", "headline") == [0, 2], "36 of 40, and exactly 95%, are not above")
      #expect(measure("yearToDate", "adjusted") == [0, 2])
      let bands = answer.object("yearToDate")["bands"] as? [String: Any]
      #expect(bands?["from90To95"] as? Int == 2)
      let children = answer.list("children")
      #expect(children.map { $0["pupil"] as? String } == [first, second])
      let short = children[1]["sinceEntering"] as? [String: Any]
      #expect(short?["possible"] as? Int == 6 && short?["attendancePercent"] as? String == "66.7")
      #expect(children[1]["below90"] as? Bool == true && children[0]["below90"] as? Bool == false)
      let log = try world.sql("SELECT subject FROM audit_log WHERE action = 'pupil.care-figures.read' ORDER BY number")
      #expect(log.map { $0["subject"] as String } == [first, second])
      let manager = try await world.send(.get, path, as: .manager)
      #expect(manager.json["children"] == nil && manager.status == 200)
      let published = try await world.send(.get, "\(path)&suppress=true", as: .virtualSchool)
      #expect(published.json["children"] == nil)
      #expect((published.object("sinceEntering")["headline"] as? [String: Any])?["numerator"] == nil)
      #expect(try await world.send(.get, path, as: .school, schools: [World.school]).status == 403)
      #expect(try await world.send(.get, path, as: .agency).status == 403)
      for wrong in ["year=2026-28", "year=2026-27&on=2026-07-31", "on=2026-10-02"] {
        let status = try await world.send(.get, "/figures/children-in-care?\(wrong)", as: .virtualSchool).status
        #expect(status == 400 || status == 422, "\(wrong)")
      }
    }
  }
}
