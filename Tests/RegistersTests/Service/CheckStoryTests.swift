import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

@testable import RegistersDomain

/// What schools and officers check, through the service.
@Suite(.timeLimit(.minutes(10))) struct CheckStoryTests {
  @Test func reasonsNotEstablished() async throws {
    try await World.run { world in
      for school in ["900101", "900102"] { try await world.open(school) }
      let ids = try await world.enrol([0, 1])
      try await world.enrol([10], school: "900102")
      try await world.fill([10], from: "2026-09-07", to: "2026-09-07", school: "900102")
      try await world.fill([0, 1], from: "2026-09-07", to: "2026-09-08") { number, day, session in
        number == 1 && session == .am ? "N" : nil
      }
      let path = "/schools/900101/unresolved"
      func states() async throws -> [String?] {
        try await world.send(.get, path, as: .school, schools: [World.school]).list("marks")
          .map { $0["state"] as? String }
      }
      #expect(try await states() == ["open", "open"])
      world.move(to: MadeUp.day("2026-09-10"))
      #expect(try await states() == ["due", "open"])
      // The fifth school day after Monday the 7th is Monday the 14th.
      world.move(to: MadeUp.day("2026-09-14"))
      let answer = try await world.send(.get, path)
      #expect(answer.list("marks").map { $0["amendBy"] as? String } == ["2026-09-14", "2026-09-15"])
      #expect(answer.list("marks").allSatisfy { $0["pupil"] as? String == ids[1] })
      #expect(answer.json["next"] == nil)
      let second = try world.sql("SELECT max(r.number) AS n FROM registrations r WHERE r.school = '900101'")
      let number: Int64 = second[0]["n"]
      #expect(try await world.send(.get, "\(path)?after=\(number)").list("marks").isEmpty)
      #expect(try await world.send(.get, "\(path)?after=\(number - 1)").list("marks").count == 2)
      world.move(to: MadeUp.day("2026-09-15"))
      #expect(try await states() == ["overdue", "due"])
      let all = try await world.send(.get, "/registers/unresolved", as: .manager).list("schools")
      #expect(all.count == 1 && all[0]["school"] as? String == "900101")
      #expect(["open", "due", "overdue"].map { all[0][$0] as? Int } == [0, 1, 1])
      #expect(all[0]["oldest"] as? String == "2026-09-07")
      // Once it is replaced, nothing is owed.
      let amended = try await world.send(
        .post, "/schools/900101/amendments", as: .school, schools: [World.school],
        """
        {"pupil":"\(try #require(ids[1]))","date":"2026-09-07","session":"AM","code":"I","reason":"Parent telephoned"}
        """)
      #expect(amended.status == 200)
      #expect(try await states() == ["due"])
      #expect(try await world.send(.get, path, as: .school, schools: ["900102"]).status == 403)
      #expect(try await world.send(.get, path, as: .agency).status == 403)
      #expect(
        try await world.send(.get, "/registers/unresolved", as: .school, schools: [World.school]).status == 403)
    }
  }

  @Test func codingFaultsGoWhenTheRecordIsMade() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0, 1])[0])
      try await world.fill([0, 1], from: "2026-09-07", to: "2026-09-09") { number, day, session in
        guard number == 0 else { return day.iso == "2026-09-09" ? "Y4" : nil }
        switch day.iso {
        case "2026-09-07": return session == .pm ? "C2" : nil
        case "2026-09-08": return "E"
        default: return nil
        }
      }
      let path = "/schools/900101/coding-faults?from=2026-09-01&to=2026-09-30"
      let before = try await world.send(.get, path, as: .school, schools: [World.school])
      #expect(
        before.list("faults").map { $0["rule"] as? String } == [
          "c2-without-part-time-timetable", "e-without-suspension", "e-without-suspension",
        ])
      #expect(before.list("partialClosures").map { $0["session"] as? String } == ["AM", "PM"])
      #expect(before.list("rules").allSatisfy { ($0["source"] as? String)?.isEmpty == false })
      let counts = try await world.send(
        .get, "/registers/coding-faults?from=2026-09-01&to=2026-09-30", as: .manager
      ).list("schools")
      #expect(counts.count == 1 && counts[0]["errors"] as? Int == 3 && counts[0]["worthALook"] as? Int == 2)
      let suspended = try await world.send(
        .post, "/schools/900101/arrangements", as: .school, schools: [World.school],
        """
        {"pupil":"\(id)","kind":"suspension","first":"2026-09-08","last":"2026-09-08","details":{"kind":"suspended"}}
        """)
      #expect(suspended.status == 200)
      let after = try await world.send(.get, path)
      #expect(after.list("faults").map { $0["rule"] as? String } == ["c2-without-part-time-timetable"])
      #expect(after.list("faults")[0]["pupil"] as? String == id)
      #expect(
        try await world.send(.get, "/registers/coding-faults?from=2026-01-01&to=2026-09-30").status == 422)
      #expect(try await world.send(.get, path, as: .school, schools: ["900102"]).status == 403)
      let log = try world.sql("SELECT count(*) AS n FROM audit_log WHERE action = 'school.coding-faults.read'")
      #expect(log[0]["n"] == 2)
    }
  }

  @Test func aChildOnTwoRolls() async throws {
    try await World.run { world in
      for school in ["900101", "900102"] {
        try await world.open(school)
        try await world.enrol([0], school: school)
        try await world.fill([0], from: "2026-09-07", to: "2026-09-07", school: school) { _, _, session in
          session == .am ? "D" : nil
        }
      }
      for school in ["900101", "900102"] {
        let answer = try await world.send(
          .get, "/schools/\(school)/coding-faults?from=2026-09-01&to=2026-09-30", as: .school, schools: [school])
        #expect(
          answer.list("faults").map { $0["rule"] as? String } == [
            "d-at-both-schools", "present-at-both-schools",
          ])
      }
    }
  }

  @Test func arrangementsBeginAndEnd() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open("900102")
      let id = try #require(try await world.enrol([0])[0])
      let path = "/schools/900101/arrangements"
      func send(_ body: String, schools: [String] = [World.school]) async throws -> World.Answer {
        try await world.send(.post, path, as: .school, schools: schools, body)
      }
      let timetable = """
        {"pupil":"\(id)","kind":"part-time-timetable","first":"2026-09-07","details":{"reason":"reintegration",
         "hoursPerWeek":12.5,"reviewOn":"2026-09-28","parentAgreedOn":"2026-09-04","sessions":["MON-AM","TUE-AM"],
         "provider":"not kept"}}
        """
      let made = try await send(timetable)
      #expect(made.status == 200)
      let number = try #require(made["number", as: Int.self])
      #expect(made.object("details")["hoursPerWeek"] as? Double == 12.5)
      #expect(made.object("details")["provider"] == nil)
      #expect(try await send(timetable).status == 409)
      #expect(try await send(timetable, schools: ["900102"]).status == 403)
      let incomplete = try await send(
        #"{"pupil":"\#(id)","kind":"part-time-timetable","first":"2020-01-01","details":{"reason":"secret words"}}"#)
      #expect(incomplete.status == 422 && !incomplete.text.contains("secret"))
      #expect(incomplete.list("errors").compactMap { $0["pointer"] as? String }.contains("/details/hoursPerWeek"))
      #expect(
        try await send(
          #"{"pupil":"p000000000","kind":"suspension","first":"2026-09-07","details":{"kind":"suspended"}}"#
        ).status == 404)
      let end = "/arrangements/\(number)/end"
      let body = #"{"last":"2026-10-02"}"#
      #expect(try await world.send(.post, end, as: .school, schools: ["900102"], body).status == 404)
      #expect(try await world.send(.post, end, as: .school, schools: [World.school], body)["last"] == "2026-10-02")
      for wrong in [#"{"last":"2026-09-06"}"#, #"{"last":"2026-10-03"}"#] {
        #expect(try await world.send(.post, end, as: .attendanceOfficer, wrong).status == 422)
      }
      #expect(try await world.send(.post, "/arrangements/77/end", body).status == 404)
      #expect(
        try await send(
          timetable.replacing("2026-09-07", with: "2026-10-03").replacing("2026-09-28", with: "2026-10-20")
        ).status == 200)
      let list = try await world.send(.get, path, as: .school, schools: [World.school]).list("arrangements")
      #expect(list.map { $0["first"] as? String } == ["2026-09-07", "2026-10-03"])
      #expect(list.allSatisfy { $0["pupil"] as? String == id })
      let log = try world.sql("SELECT action FROM audit_log WHERE action LIKE '%.arrangement%' ORDER BY number")
      #expect(
        log.map { $0["action"] as String } == [
          "pupil.arrangement.recorded", "pupil.arrangement.ended", "pupil.arrangement.recorded",
          "school.arrangements.read",
        ])
    }
  }

  @Test func patternsOfAChildAndItsFamily() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open("900102")
      let ids = try await world.enrol([0, 1])
      let other = try #require(try await world.enrol([10], school: "900102")[10])
      let (id, sibling) = (try #require(ids[0]), try #require(ids[1]))
      try world.execute("INSERT INTO family_members (family, pupil) SELECT 7, number FROM pupils")
      try await world.fill([0, 1], from: "2026-09-07", to: "2026-10-23") { _, day, _ in day.weekday == 5 ? "O" : nil }
      try await world.fill([10], from: "2026-09-07", to: "2026-10-23", school: "900102")
      let path = "/pupils/\(id)/patterns?from=2026-09-01&to=2026-12-31"
      let answer = try await world.send(.get, path)
      let weekdays = answer.object("patterns")["weekdays"] as? [[String: Any]] ?? []
      #expect(weekdays.map { $0["observed"] as? Int } == [0, 0, 0, 0, 7])
      #expect(weekdays.map { $0["isNotable"] as? Bool } == [false, false, false, false, true])
      #expect(weekdays[4]["expected"] as? String == "1.4")
      let together = answer.list("siblings")
      #expect(together.map { $0["pupil"] as? String } == [sibling, other])
      #expect(together.map { ($0["together"] as? [String: Any])?["observed"] as? Int } == [7, 0])
      // A school sees brothers and sisters on its own roll only.
      let school = try await world.send(.get, path, as: .school, schools: [World.school])
      #expect(school.list("siblings").map { $0["pupil"] as? String } == [sibling])
      #expect(try await world.send(.get, path, as: .school, schools: ["900102"]).status == 404)
      #expect(try await world.send(.get, path, as: .manager).status == 403)
      let log = try world.sql("SELECT subject FROM audit_log WHERE action = 'pupil.patterns.read' ORDER BY number")
      #expect(log.map { $0["subject"] as String } == [id, sibling, other, id, sibling])
    }
  }
}
