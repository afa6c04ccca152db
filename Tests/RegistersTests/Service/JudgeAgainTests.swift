import Contracts
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

/// What was found is judged again when something beside the marks is other than it was.
@Suite(.timeLimit(.minutes(10))) struct JudgeAgainTests {
  private static let second = "900102"

  private func facts(_ world: World) async throws -> [String] {
    try await world.facts().filter { $0.hasSuffix("-found") || $0.hasSuffix("-lapsed") }
  }

  /// Marks of both sessions of some days.
  private static func rows(_ pupil: Int, _ days: [String], _ code: String) -> [String] {
    days.flatMap { ["\(MadeUp.upn(pupil)),\($0),AM,\(code)", "\(MadeUp.upn(pupil)),\($0),PM,\(code)"] }
  }

  private static let tenDays = [
    "2026-09-07", "2026-09-08", "2026-09-09", "2026-09-10", "2026-09-11", "2026-09-14", "2026-09-15", "2026-09-16",
    "2026-09-17", "2026-09-18",
  ]

  @Test func anAgreedTimetableIsJudgedWhenItIsRecordedAndWhenItEnds() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      world.move(to: MadeUp.day("2026-10-20"))
      let arranged = try await world.send(
        .post, "/schools/\(World.school)/arrangements",
        """
        {"pupil":"\(id)","kind":"part-time-timetable","first":"2026-09-02",
         "details":{"reason":"reintegration",
         "hoursPerWeek":12.5,"reviewOn":"2026-09-28","parentAgreedOn":"2026-09-01"}}
        """)
      #expect(arranged.status == 200, "\(arranged.text)")
      #expect(try await facts(world) == ["part-time-over-six-weeks-found"], "no mark of the child is needed")
      let number = try #require(arranged["number", as: Int.self])
      let ended = try await world.send(.post, "/arrangements/\(number)/end", #"{"last":"2026-09-30"}"#)
      #expect(ended.status == 200)
      #expect(
        try await facts(world) == ["part-time-over-six-weeks-found", "part-time-over-six-weeks-lapsed"])
    }
  }

  @Test func aLeavingThatIsCorrectedChangesWhatIsTrue() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol([0, 1])
      world.move(to: MadeUp.day("2026-09-21"))
      _ = try await world.upload(Self.rows(0, Self.tenDays, "O") + Self.rows(1, Self.tenDays, "O"))
      #expect(try await facts(world) == ["ten-day-absence-found", "ten-day-absence-found"])
      _ = try await world.enter([World.pupil(0, #","leftOn":"2026-09-17","ground":"h""#)])
      #expect(try await facts(world).dropFirst(2) == ["ten-day-absence-lapsed"], "of the child that left, and no other")
      _ = try await world.enter([World.pupil(0, #","leftOn":"2026-09-18","ground":"h""#)])
      #expect(try await facts(world).dropFirst(3) == ["ten-day-absence-found"])
      // Nobody is told of a child whose entry says what it said.
      _ = try await world.enter([World.pupil(0, #","leftOn":"2026-09-18","ground":"h""#)])
      #expect(try await facts(world).count == 4)
    }
  }

  /// A leaving that turns out to have been years ago changes what was found then.
  @Test func whatWasFoundYearsAgoIsJudgedToo() async throws {
    try await World.run { world in
      try await world.open()
      let calendar = #"{"terms":[{"first":"2024-09-02","last":"2024-12-20"}]}"#
      #expect(try await world.send(.put, "/schools/\(World.school)/calendars/2024-25", calendar).status == 200)
      try await world.enrol([0])
      let days = ["02", "03", "04", "05", "06", "09", "10", "11", "12", "13"].map { "2024-09-\($0)" }
      _ = try await world.upload(Self.rows(0, days, "O"))
      #expect(try await facts(world) == ["ten-day-absence-found"])
      _ = try await world.enter([World.pupil(0, #","leftOn":"2024-09-12","ground":"h""#)])
      #expect(try await facts(world) == ["ten-day-absence-found", "ten-day-absence-lapsed"])
    }
  }

  /// The date of birth decides about compulsory school age, wherever the child is on roll.
  @Test func aDateOfBirthThatOneSchoolCorrectsCountsAtTheOther() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open(Self.second)
      func child(_ born: String, _ status: String) -> String {
        World.pupil(0, #","status":"\#(status)""#).replacing("2016-05-04", with: born)
      }
      _ = try await world.enter([child("2021-10-04", "main")])
      _ = try await world.enter([child("2021-10-04", "subsidiary")], school: Self.second)
      world.move(to: MadeUp.day("2026-09-21"))
      _ = try await world.upload(Self.rows(0, Self.tenDays, "O"), school: Self.second)
      #expect(try await facts(world).isEmpty, "not yet five")
      _ = try await world.enter([child("2020-10-04", "main")])
      #expect(try await facts(world) == ["ten-day-absence-found"])
      let found = try await world.send(.get, "/schools/\(Self.second)/findings").list("findings")
      #expect(found.count == 1)
    }
  }

  /// Marks that a school sent under the number of the other record go in when a person says that they are one child.
  @Test func whatWaitedForAMergeGoesInAndIsJudged() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open(Self.second)
      _ = try await world.enter([World.pupil(0)])
      let arrival = World.pupil(9).replacing("Zed9", with: "Zed0")
      _ = try await world.enter([arrival], school: Self.second)
      #expect(try await world.upload(["\(MadeUp.upn(9)),2026-09-07,AM,N"]).counts == [0, 0, 0, 0, 1, 0])
      let pair = try #require(try await world.send(.get, "/matches").list("pairs").first?["number"] as? Int)
      let decided = try await world.send(.post, "/matches/\(pair)/same", #"{"reason":"Seen"}"#)
      #expect(decided.status == 200)
      #expect(try world.sql("SELECT 1 FROM quarantine WHERE state = 'waiting'").isEmpty)
      #expect(try await facts(world) == ["unexplained-absence-found"])
      // What is in memory is what was committed.
      #expect(try await world.upload(["\(MadeUp.upn(9)),2026-09-07,AM,N"]).counts == [0, 0, 1, 0, 0, 0])
    }
  }

  /// A correction in July changes a run that was found in September.
  @Test func aRunOverTheSummerIsJudgedByBothYears() async throws {
    try await World.run { world in
      try await world.open()
      let calendar = #"{"terms":[{"first":"2026-06-01","last":"2026-07-17"}]}"#
      #expect(
        try await world.send(.put, "/schools/\(World.school)/calendars/2025-26", calendar).status == 200)
      try await world.enrol([0])
      let july = ["2026-07-13", "2026-07-14", "2026-07-15", "2026-07-16", "2026-07-17"]
      let september = ["2026-09-02", "2026-09-03", "2026-09-07", "2026-09-08", "2026-09-09"]
      world.move(to: MadeUp.day("2026-09-10"))
      _ = try await world.upload(Self.rows(0, july, "O"))
      _ = try await world.upload(Self.rows(0, september, "O"))
      #expect(try await facts(world) == ["ten-day-absence-found"])
      _ = try await world.upload(["\(MadeUp.upn(0)),2026-07-15,AM,/"])
      #expect(try await facts(world) == ["ten-day-absence-found", "ten-day-absence-lapsed"])
      _ = try await world.upload(["\(MadeUp.upn(0)),2026-07-15,AM,O"])
      #expect(try await facts(world).last == "ten-day-absence-found")
    }
  }

  /// A mark that waits under a number that the child no longer has waits no more once its session is amended.
  @Test func anAmendmentSettlesWhatWaitsUnderAFormerNumber() async throws {
    try await World.run { world in
      try await world.open()
      let former = #","formerUPN":"\#(MadeUp.upn(7))""#
      let id = try #require(try await world.enter([World.pupil(7)]).ids.first)
      _ = try await world.enter([World.pupil(0, former).replacing("Zed0", with: "Zed7")])
      #expect(try await world.send(.get, "/pupils/\(id)")["upn"] == MadeUp.upn(0).text)
      _ = try await world.upload(["\(MadeUp.upn(7)),2026-09-07,AM,H", "\(MadeUp.upn(0)),2026-09-07,PM,H"])
      #expect(try world.sql("SELECT 1 FROM quarantine WHERE state = 'waiting'").count == 2)
      let body = #"{"pupil":"\#(id)","date":"2026-09-07","session":"AM","code":"I","reason":"Rang"}"#
      let amended = try await world.send(
        .post, "/schools/\(World.school)/amendments", as: .school, schools: [World.school], body)
      #expect(amended.status == 200, "\(amended.text)")
      let waiting = try world.sql("SELECT upn FROM quarantine WHERE state = 'waiting'").map { $0["upn"] as String }
      #expect(waiting == [MadeUp.upn(0).text])
    }
  }
}
