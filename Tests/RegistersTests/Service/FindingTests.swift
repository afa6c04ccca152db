import Contracts
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

/// Findings as a school, an officer and the other programs see them.
@Suite struct FindingTests {
  /// Marks of both sessions of some school days.
  private static func rows(_ pupil: Int, _ days: [String], _ code: String) -> [String] {
    days.flatMap { ["\(MadeUp.upn(pupil)),\($0),AM,\(code)", "\(MadeUp.upn(pupil)),\($0),PM,\(code)"] }
  }

  private static let tenDays = [
    "2026-09-07", "2026-09-08", "2026-09-09", "2026-09-10", "2026-09-11", "2026-09-14", "2026-09-15", "2026-09-16",
    "2026-09-17", "2026-09-18",
  ]

  private func facts(_ world: World) async throws -> [String] {
    try await world.facts().filter { $0.hasSuffix("-found") || $0.hasSuffix("-lapsed") }
  }

  @Test func tenDaysAreFoundOnceAndLapseWithTheCorrection() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      world.move(to: MadeUp.day("2026-09-21"))
      _ = try await world.upload(Self.rows(0, Self.tenDays, "O"))
      #expect(try await facts(world) == ["ten-day-absence-found"])
      _ = try await world.upload(Self.rows(0, Self.tenDays, "O"))
      #expect(try await facts(world).count == 1, "the same file says nothing new")
      let page = try await world.send(
        .get, "/schools/\(World.school)/findings?state=open", as: .school, schools: [World.school])
      let finding = try #require(page.list("findings").first)
      #expect(finding["pupil"] as? String == id && finding["on"] as? String == "2026-09-18")
      let number = try #require(finding["finding"] as? String)

      _ = try await world.upload(["\(MadeUp.upn(0)),2026-09-10,PM,I"])
      #expect(try await facts(world) == ["ten-day-absence-found", "ten-day-absence-lapsed"])
      let why = try await world.send(.get, "/findings/\(number)/why")
      let sessions = why.list("sessions")
      #expect(sessions.count == 20, "all that counted then")
      let changed = try #require(
        sessions.first { $0["date"] as? String == "2026-09-10" && $0["session"] as? String == "PM" })
      #expect(changed["code"] as? String == "I" && changed["then"] as? String == "O")
      #expect((changed["amendments"] as? [Any])?.count == 1)
      let rule = try #require(why.json["rule"] as? [String: Any])
      #expect((rule["source"] as? String)?.contains("reg 13") == true && rule["inForceFrom"] as? String == "2024-08-19")

      _ = try await world.upload(["\(MadeUp.upn(0)),2026-09-10,PM,O"])
      #expect(try await facts(world).suffix(1) == ["ten-day-absence-found"], "true again: found again")
    }
  }

  @Test func childrenOfConcernComeFirstTheSameMorning() async throws {
    try await World.run { world in
      try await world.open()
      let ids = try await world.enrol([0, 1, 2])
      let second = try #require(ids[1])
      try world.execute(
        """
        INSERT INTO flags (pupil, kind, first, at_millis, actor, role)
        SELECT number, 'social-worker', 20000, 0, 'user', 'attendance-officer' FROM pupils WHERE id = '\(second)'
        """)
      _ = try await world.upload((0..<3).map { "\(MadeUp.upn($0)),2026-09-07,AM,N" })
      let found = try await world.events().filter { $0.type == Found<UnexplainedAbsence>.type.name }
        .map { try Found<UnexplainedAbsence>.decode($0) }
      #expect(found.map(\.pupil.text) == [ids[1], ids[0], ids[2]])
      #expect(found[0].concerns == [.socialCare] && found[1].concerns.isEmpty)
      let absent = try await world.send(.get, "/findings?kind=unexplained-absence&on=2026-09-07&state=open")
      #expect(absent.list("findings").map { $0["pupil"] as? String } == [ids[1], ids[0], ids[2]])
      #expect(absent.list("findings")[0]["concerns"] as? [String] == ["social-care"])
      let manager = try await world.send(.get, "/findings?kind=unexplained-absence", as: .manager)
      #expect(manager.list("findings")[0]["concerns"] as? [String] == [], "a manager need not know")
      #expect(try await world.send(.get, "/findings?concern=social-care", as: .manager).status == 403)
      #expect(try await world.send(.get, "/findings", as: .school, schools: [World.school]).status == 403)
      _ = try await world.upload(["\(MadeUp.upn(1)),2026-09-07,AM,I"])
      #expect(try await facts(world).last == "unexplained-absence-lapsed")
    }
  }

  /// A flag may be recorded after the register: who must know is told then, once.
  @Test func aChildThatBecomesSomebodysConcernIsToldOfAgain() async throws {
    try await World.run { world in
      try await world.open()
      let ids = try await world.enrol([0, 1, 2])
      let child = try #require(ids[1])
      func set(_ kind: String, _ first: String) async throws {
        let answer = try await world.send(.put, "/pupils/\(child)/flags/\(kind)", "{\"first\":\"\(first)\"}")
        #expect(answer.status == 200)
      }
      func found() async throws -> [Found<UnexplainedAbsence>] {
        try await world.events().filter { $0.type == Found<UnexplainedAbsence>.type.name }
          .map { try Found<UnexplainedAbsence>.decode($0) }
      }
      _ = try await world.upload((0..<3).map { "\(MadeUp.upn($0)),2026-09-07,AM,N" })
      try await set("free-meals", "2026-09-01")
      #expect(try await found().count == 3, "nobody's concern")
      try await set("social-worker", "2026-09-07")
      try await set("social-worker", "2026-09-07")
      let told = try await found()
      #expect(told.count == 4 && told[3].pupil.text == child && told[3].concerns == [.socialCare])
      #expect(told[3].finding == told.first { $0.pupil.text == child }?.finding, "the same finding")
      #expect(told[3].session == .am && told[3].count == 1)
      let absent = try await world.send(.get, "/findings?kind=unexplained-absence&on=2026-09-07&state=open")
      #expect(absent.list("findings").first?["pupil"] as? String == child)
      // A flag that begins later is seen by the sweep of its day; yesterday's unexplained absence is not told then.
      try await set("youth-justice", "2026-09-08")
      world.move(to: MadeUp.day("2026-09-08"))
      _ = try await world.upload(["\(MadeUp.upn(0)),2026-09-08,AM,N"])
      _ = try await world.send(.post, "/sweeps", as: .operator)
      #expect(try await found().count == 5, "the other child's of this day only")
      _ = try await world.upload(["\(MadeUp.upn(1)),2026-09-07,AM,I"])
      let lapsed = try await world.events().filter { $0.type == Lapsed<UnexplainedAbsence>.type.name }
      #expect(try lapsed.map { try Lapsed<UnexplainedAbsence>.decode($0).finding } == [told[3].finding])
    }
  }

  @Test func theSweepTellsAgainOnTheDayThatAFlagBegins() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      world.move(to: MadeUp.day("2026-09-21"))
      _ = try await world.upload(Self.rows(0, Self.tenDays, "O"))
      _ = try await world.send(.put, "/pupils/\(id)/flags/social-worker", #"{"first":"2026-09-23"}"#)
      for (day, count) in [("2026-09-21", 1), ("2026-09-22", 1), ("2026-09-23", 2), ("2026-09-24", 2)] {
        world.move(to: MadeUp.day(day))
        _ = try await world.send(.post, "/sweeps", as: .operator)
        let found = try await world.events().filter { $0.type == Found<TenDayAbsence>.type.name }
        #expect(found.count == count, "\(day)")
        #expect(try Found<TenDayAbsence>.decode(try #require(found.last)).concerns == (count == 1 ? [] : [.socialCare]))
      }
      world.move(to: MadeUp.day("2027-09-02"))
      _ = try await world.send(.put, "/pupils/\(id)/flags/youth-justice", #"{"first":"2027-09-02"}"#)
      #expect(try await facts(world).count == 2, "last year's is not told")
    }
  }

  @Test func registersAreMissingByTheirHourAndReceivedLater() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol([0])
      world.move(to: World.start, hour: 8)
      #expect(try await world.send(.post, "/sweeps", as: .operator)["missing"] == 0, "nine in summer is too early")
      world.move(to: World.start, hour: 11)
      #expect(try await world.send(.post, "/sweeps", as: .operator)["missing"] == 1)
      #expect(try await world.send(.post, "/sweeps", as: .operator)["missing"] == 0, "once")
      _ = try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,/"])
      #expect(
        try await world.facts().filter { $0.hasPrefix("register-") } == ["register-missing", "register-received"])
    }
  }

  /// A school that cannot be looked at keeps nobody from the others.
  @Test func oneSchoolThatFailsStopsNoOther() async throws {
    try await World.run { world in
      let other = "900102"
      try await world.open()
      try await world.open(other)
      let born = World.pupil(1).replacing("2016-05-04", with: "2021-08-31").replacing("2024-09-02", with: "2025-09-02")
      _ = try await world.send(.post, "/schools/\(other)/pupils", "{\"pupils\":[\(born)]}")
      world.move(to: MadeUp.day("2026-08-31"))
      _ = try await world.send(.post, "/sweeps", as: .operator)
      // Neither which registers are due nor this school's children can be looked at.
      try world.execute("UPDATE calendars SET calendar = '{}' WHERE school = '\(World.school)'")
      world.move(to: MadeUp.day("2026-09-01"), hour: 11)
      let swept = try await world.send(.post, "/sweeps", as: .operator)
      #expect(swept.status == 500, "it is not hidden")
      #expect(try await world.facts().contains("compulsory-school-age-reached"))
    }
  }

  @Test func aChildComesOfSchoolAgeOnceAndASpellGrowsByTimeAlone() async throws {
    try await World.run { world in
      try await world.open()
      let born = World.pupil(0).replacing("2016-05-04", with: "2021-10-01").replacing("2024-09-02", with: "2026-09-02")
        .replacing("\"5\"", with: "\"R\"")
      _ = try await world.send(.post, "/schools/\(World.school)/pupils", "{\"pupils\":[\(born)]}")
      try await world.enrol([1])
      let days = ["2026-09-07", "2026-09-21", "2026-10-05", "2026-10-16"]
      world.move(to: MadeUp.day("2026-10-16"))
      _ = try await world.upload(Self.rows(1, days, "C2"))
      _ = try await world.send(.post, "/sweeps", as: .operator)
      #expect(try await facts(world).isEmpty)
      world.move(to: MadeUp.day("2026-10-20"))
      _ = try await world.send(.post, "/sweeps", as: .operator)
      #expect(try await facts(world) == ["part-time-over-six-weeks-found"], "day 43")
      for day in ["2026-12-30", "2026-12-31", "2027-01-01"] {
        world.move(to: MadeUp.day(day))
        _ = try await world.send(.post, "/sweeps", as: .operator)
        _ = try await world.send(.post, "/sweeps", as: .operator)
      }
      #expect(try await world.facts().filter { $0 == "compulsory-school-age-reached" }.count == 1)
    }
  }

  /// The outbox tells recorded marks from the log: a row there, no second copy.
  @Test func recordedMarksAreToldFromTheLog() async throws {
    try await World.run { world in
      try await world.open()
      let ids = try await world.enrol([0, 1])
      _ = try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,/", "\(MadeUp.upn(1)),2026-09-07,AM,L"])
      let event = try #require(try await world.events().first { $0.type == MarksRecorded.type.name })
      let data = try MarksRecorded.decode(event)
      #expect(data.marks.mapValues { $0.map(\.text) } == ["/": [ids[0]!], "L": [ids[1]!]])
      let kept = try world.sql("SELECT length(data) AS size, log_row FROM outbox WHERE type LIKE '%marks-recorded%'")
      #expect(kept.count == 1 && (kept[0]["size"] as Int) < 100 && kept[0]["log_row"] as Int? != nil)
    }
  }
}
