import Contracts
import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

/// Marks go in, the right ones count, nothing is lost: story 2 and what belongs to it.
@Suite(.timeLimit(.minutes(10))) struct MarkStoryTests {
  /// 3 bad rows in 1,200: 1,197 count at once, three come back with reason and fix; enrolment brings one in by itself.
  @Test func threeBadRowsInTwelveHundred() async throws {
    try await World.run { world in
      try await world.open()
      let ids = try await world.enrol(Array(0..<600))
      var rows = (0..<1_200).map { "\(MadeUp.upn($0 / 2)),2026-09-07,\($0 % 2 == 0 ? "AM,/" : "PM,\\")" }
      rows[10] = "\(MadeUp.upn(700)),2026-09-07,AM,/"
      rows[20] = "\(MadeUp.upn(10)),2026-09-07,AM,H"
      rows[30] = "\(MadeUp.upn(15)),2026-10-28,AM,/"
      world.move(to: MadeUp.day("2026-10-30"))
      let answer = try await world.upload(rows)
      #expect(answer.status == 200 && answer["received"] == 1_200)
      #expect(answer.counts == [1_197, 0, 0, 0, 3, 0])
      let problems = answer.list("problems")
      #expect(problems.compactMap { $0["row"] as? Int } == [12, 22, 32])
      let reasons = problems.compactMap { $0["reason"] as? String }
      #expect(reasons == ["unknown-pupil", "code-no-longer-in-force", "between-terms"])
      #expect(problems.allSatisfy { ($0["fix"] as? String)?.isEmpty == false && $0["column"] is String })
      #expect(!answer.text.contains(MadeUp.upn(700).text), "a problem never repeats a value")
      let waiting = try await world.send(.get, "/schools/\(World.school)/quarantine")
      #expect(waiting["waiting"] == 3)

      world.move(to: MadeUp.day("2026-11-03"))
      let enrolled = try await world.send(
        .post, "/schools/\(World.school)/pupils", "{\"pupils\":[\(World.pupil(700))]}")
      #expect(enrolled["enrolled"] == 1 && enrolled["released"] == 1)
      #expect(try await world.send(.get, "/schools/\(World.school)/quarantine")["waiting"] == 2)
      let events = try await world.events()
      let recorded = try events.filter { $0.type == MarksRecorded.type.name }.map(MarksRecorded.decode)
      let id = try #require(enrolled.list("pupils").first?["id"] as? String)
      #expect(recorded.last?.marks == ["/": [try #require(PupilID(id))]])
      #expect(recorded.map { $0.marks.values.reduce(0) { $0 + $1.count } }.reduce(0, +) == 1_198)
      #expect(events.map(\.sequence) == Array(1...Int64(events.count)))
      #expect(ids.count == 600)
    }
  }

  @Test func theSameFileAgainChangesNothing() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol(Array(0..<3))
      let rows = ["AM,/", "PM,\\"].flatMap { s in (0..<3).map { "\(MadeUp.upn($0)),2026-09-07,\(s)" } }
      let bad = "\(MadeUp.upn(9)),2026-09-07,AM,/"
      #expect(try await world.upload(rows + [bad]).counts == [6, 0, 0, 0, 1, 0])
      let before = try await world.events().count
      #expect(try await world.upload(rows + [bad]).counts == [0, 0, 6, 0, 1, 0])
      #expect(try await world.events().count == before)
      #expect(try await world.send(.get, "/schools/\(World.school)/quarantine")["waiting"] == 1)
    }
  }

  @Test func aLaterFileAmendsAndKeepsHistory() async throws {
    try await World.run { world in
      try await world.open()
      let ids = try await world.enrol([0, 1])
      let id = try #require(ids[0])
      _ = try await world.upload([0, 1].map { "\(MadeUp.upn($0)),2026-09-07,AM,N" })
      world.move(to: MadeUp.day("2026-09-08"))
      #expect(try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,I"]).counts == [0, 1, 0, 0, 0, 0])
      let amended = try #require(try await world.events().last { $0.type == MarksAmended.type.name })
      let data = try MarksAmended.decode(amended)
      #expect(amended.type == MarksAmended.type.name && amended.subject == World.school)
      #expect(
        data.amendments == [
          .init(
            pupil: try #require(PupilID(id)), date: World.start, session: .am, from: AttendanceCode("N"),
            to: AttendanceCode("I"), reason: .laterFile)
        ])
      let why = try await world.send(.get, "/pupils/\(id)/marks/2026-09-07/AM/why")
      let mark = try #require(why.list("marks").first)
      #expect(mark["code"] as? String == "I")
      #expect((mark["original"] as? [String: Any])?["code"] as? String == "N")
      let history = try #require(mark["amendments"] as? [[String: Any]])
      #expect(history.count == 1 && history[0]["from"] as? String == "N" && history[0]["to"] as? String == "I")
      #expect(history[0]["at"] as? String == "2026-09-08T09:00:00.000Z")
    }
  }

  @Test func aPersonAmendsWithAReason() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      _ = try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,O"])
      func amend(
        _ code: String, session: String = "AM", reason: String = "Hospital letter seen"
      ) async throws -> World.Answer {
        let body = """
          {"pupil":"\(id)","date":"2026-09-07","session":"\(session)","code":"\(code)","reason":"\(reason)"}
          """
        return try await world.send(
          .post, "/schools/\(World.school)/amendments", as: .school, schools: [World.school], body)
      }
      let answer = try await amend("M")
      #expect(answer.status == 200 && answer["from"] == "O" && answer["to"] == "M" && answer["amended"] == true)
      #expect(try await amend("M")["amended"] == false)
      #expect(try await amend("\\\\", session: "PM")["amended"] == true, "a session without a mark")
      for (code, status) in [("H", 422), ("X", 422), ("", 422), ("?", 422)] {
        #expect(try await amend(code).status == status)
      }
      #expect(try await amend("I", reason: " ").status == 422)
      let why = try await world.send(.get, "/pupils/\(id)/marks/2026-09-07/AM/why", as: .manager)
      let mark = try #require(why.list("marks").first)
      let history = try #require(mark["amendments"] as? [[String: Any]])
      #expect(history.count == 1 && history[0]["reason"] as? String == "Hospital letter seen")
      #expect(history[0]["role"] as? String == "school" && history[0]["actor"] as? String == "user-school")
      let rule = try #require(mark["rule"] as? [String: Any])
      #expect(rule["statisticalClass"] as? String == "authorised_absence" && rule["source"] is String)
      let marks = try await world.facts().filter { $0.hasPrefix("marks") }
      #expect(marks == ["marks-recorded", "marks-amended", "marks-amended"])
      let pm = try await world.send(.get, "/pupils/\(id)/marks/2026-09-07/PM/why")
      #expect(pm.list("marks").first?["original"] == nil)
    }
  }

  @Test func marksWaitForTheCalendarToo() async throws {
    try await World.run { world in
      _ = try await world.send(.put, "/schools/\(World.school)", #"{"name":"A","phase":"primary","type":"academy"}"#)
      try await world.enrol([0])
      #expect(try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,/"]).counts == [0, 0, 0, 0, 1, 0])
      let calendar = #"{"terms":[{"first":"2026-09-01","last":"2026-12-18"}]}"#
      let answer = try await world.send(.put, "/schools/\(World.school)/calendars/2026-27", calendar)
      #expect(answer["changed"] == true && answer["released"] == 1)
      #expect(
        try await world.facts() == ["school-recorded", "pupil-enrolled", "calendar-recorded", "marks-recorded"])
      #expect(try await world.send(.put, "/schools/\(World.school)/calendars/2026-27", calendar)["changed"] == false)
    }
  }

  /// A corrected row takes the place of the one that waited.
  @Test func aCorrectedRowSupersedesTheWaitingOne() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol([0])
      _ = try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,H", "\(MadeUp.upn(0)),2026-09-07,PM,Y"])
      _ = try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,C", "\(MadeUp.upn(0)),2026-09-07,PM,!"])
      let waiting = try await world.send(.get, "/schools/\(World.school)/quarantine")
      #expect(waiting["waiting"] == 1 && waiting.list("marks").first?["code"] as? String == "!")
    }
  }

  @Test func wordsAndOldTokensStayBesideTheCode() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      let body = """
        {"marks":[{"upn":"\(MadeUp.upn(0))","date":"2026-09-07","session":"AM","code":"B","detail":"At the college"},
          {"upn":"\(MadeUp.upn(0))","date":"2026-09-07","session":"PM","code":"J"}]}
        """
      let answer = try await world.send(.post, "/schools/\(World.school)/marks", body)
      #expect(answer.counts == [2, 0, 0, 0, 0, 0] && answer.list("notes").count == 1)
      let am = try await world.send(.get, "/pupils/\(id)/marks/2026-09-07/AM/why").list("marks").first
      #expect((am?["original"] as? [String: Any])?["detail"] as? String == "At the college")
      let pm = try await world.send(.get, "/pupils/\(id)/marks/2026-09-07/PM/why").list("marks").first
      #expect((pm?["original"] as? [String: Any])?["token"] as? String == "J" && pm?["code"] as? String == "J1")
    }
  }

  /// Two uploads of one school at once: each session is recorded once, and what differs is an amendment.
  @Test func uploadsAtOnceAreTakenOneAfterTheOther() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol(Array(0..<50))
      let counts = try await withThrowingTaskGroup(of: [Int].self) { group in
        for turn in 0..<8 {
          group.addTask {
            let code = turn % 2 == 0 ? "/" : "L"
            return try await world.upload((0..<50).map { "\(MadeUp.upn($0)),2026-09-07,AM,\(code)" }).counts
          }
        }
        return try await group.reduce(into: [Int](repeating: 0, count: 6)) { sum, one in
          for (index, count) in one.enumerated() { sum[index] += count }
        }
      }
      #expect(counts[0] == 50 && counts[1] + counts[2] == 350 && counts[4] + counts[5] == 0)
      let amendments = try await world.events().filter { $0.type == MarksAmended.type.name }
        .map { try MarksAmended.decode($0).amendments.count }.reduce(0, +)
      #expect(amendments == counts[1])
      #expect(try world.sql("SELECT sum(length(marks) / 5) AS n FROM entries").first?["n"] == 50)
    }
  }

  @Test func theSameKeyHasOneEffect() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol([0])
      let row = "\(MadeUp.upn(0)),2026-09-07,AM,/"
      let first = try await world.upload([row], key: "upload-0001")
      #expect(first.counts[0] == 1)
      #expect(try await world.upload([row], key: "upload-0001").text == first.text)
      #expect(try await world.upload([row + "X"], key: "upload-0001").status == 422)
      #expect(try world.sql("SELECT count(*) AS n FROM receipts").first?["n"] == 1)
    }
  }
}
