import HTTPTypes
import Rulebook
import ServiceKit
import Testing

/// A register that was reported missing and turns out not to be due: the report is taken back, and made again when the
/// register is due after all.
@Suite("A report of a missing register follows the calendar and the roll", .timeLimit(.minutes(5)))
struct MissingLapseTests {
  private static let day = World.start

  private static func calendar(_ more: String = "") -> String {
    #"{"terms":[{"first":"2026-09-02","last":"2026-10-23"},{"first":"2026-11-02","last":"2026-12-18"}]\#(more)}"#
  }

  private static func put(_ calendar: String, _ world: World) async throws {
    #expect(try await world.send(.put, "/schools/\(World.school)/calendars/2026-27", calendar).status == 200)
  }

  /// The facts about registers so far, and how many the list of the day names for a session.
  private static func told(_ world: World) async throws -> [String] {
    try await world.facts().filter { $0.hasPrefix("register-") }
  }

  /// Opens the school with a child and reports both registers of the day missing.
  private static func begin(_ world: World) async throws -> String {
    try await world.open()
    try await put(calendar(), world)
    let pupil = try #require(try await world.enrol([0])[0])
    world.move(to: day, hour: 15)
    #expect(try await world.send(.post, "/sweeps", as: .operator)["missing"] == 2)
    return pupil
  }

  private static func listed(_ world: World) async throws -> Int {
    var count = 0
    for session in ["AM", "PM"] {
      let answer = try await world.send(.get, "/registers/missing?date=\(day)&session=\(session)", as: .manager)
      count += answer.list("missing").count
    }
    return count
  }

  private static let missing = "register-missing"
  private static let lapsed = "register-missing-lapsed"

  /// Every way in which a day or one of its sessions closes, with how many of its registers are due then.
  @Test(arguments: [
    (#","training":["2026-09-07"]"#, 0), (#","closed":["2026-09-07"]"#, 0),
    (#","oneSessionDays":{"2026-09-07":"AM"}"#, 1),
    (#","yearGroupClosures":[{"yearGroups":["5"],"first":"2026-09-07","last":"2026-09-07"}]"#, 0),
    (#","yearGroupClosures":[{"yearGroups":["6"],"first":"2026-09-07","last":"2026-09-07"}]"#, 2),
  ])
  func aClosedDayTakesTheReportBack(_ closure: String, due: Int) async throws {
    try await World.run { world async throws in
      _ = try await Self.begin(world)
      var facts = [Self.missing, Self.missing]
      for _ in 0..<2 {
        try await Self.put(Self.calendar(closure), world)
        facts += Array(repeating: Self.lapsed, count: 2 - due)
        #expect(try await Self.told(world) == facts)
        #expect(try await Self.listed(world) == due)
        #expect(try await world.send(.post, "/sweeps", as: .operator)["missing"] == 0)
        try await Self.put(Self.calendar(), world)
        facts += Array(repeating: Self.missing, count: 2 - due)
        #expect(try await Self.told(world) == facts)
        #expect(try await Self.listed(world) == 2)
      }
    }
  }

  /// A term that is moved does so too, days later.
  @Test func aMovedTermTakesTheReportBack() async throws {
    try await World.run { world async throws in
      _ = try await Self.begin(world)
      world.move(to: MadeUp.day("2026-09-15"))
      try await Self.put(#"{"terms":[{"first":"2026-09-08","last":"2026-10-23"}]}"#, world)
      #expect(try await Self.told(world) == [Self.missing, Self.missing, Self.lapsed, Self.lapsed])
    }
  }

  /// Marks that waited while the day was closed go in with the calendar: nothing is told of a report that had lapsed.
  @Test func marksThatCameMeanwhileEndIt() async throws {
    try await World.run { world async throws in
      _ = try await Self.begin(world)
      try await Self.put(Self.calendar(#","closed":["2026-09-07"]"#), world)
      let rows = ["AM", "PM"].map { "\(MadeUp.upn(0)),2026-09-07,\($0),\($0 == "AM" ? "/" : "\\")" }
      #expect(try await world.upload(rows).counts == [0, 0, 0, 0, 2, 0])
      try await Self.put(Self.calendar(), world)
      #expect(try await Self.told(world) == [Self.missing, Self.missing, Self.lapsed, Self.lapsed])
      #expect(try await Self.listed(world) == 0)
      #expect(try world.sql("SELECT * FROM missing_registers WHERE received_millis IS NULL").isEmpty)
    }
  }

  /// A report that was made again is taken back by marks, in a file or by an amendment.
  @Test func aReportMadeAgainIsReceivedLikeAnyOther() async throws {
    try await World.run { world async throws in
      let pupil = try await Self.begin(world)
      try await Self.put(Self.calendar(#","closed":["2026-09-07"]"#), world)
      try await Self.put(Self.calendar(), world)
      _ = try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,/"])
      #expect(try await Self.told(world).last == "register-received")
      let amended = try await world.send(
        .post, "/schools/\(World.school)/amendments", as: .school, schools: [World.school],
        #"{"pupil":"\#(pupil)","date":"2026-09-07","session":"PM","code":"L","reason":"Came late"}"#)
      #expect(amended["amended"] == true)
      #expect(try await Self.told(world).suffix(2) == ["register-received", "register-received"])
      // What has come is not taken back with the day.
      try await Self.put(Self.calendar(#","closed":["2026-09-07"]"#), world)
      #expect(try await Self.told(world).last == "register-received")
    }
  }

  /// Nobody is on the roll for the day any more: a list sent to the wrong school, or a child that had left before.
  @Test(arguments: ["withdrawn", "left"]) func aRollWithoutAnybodyTakesTheReportBack(_ way: String) async throws {
    try await World.run { world async throws in
      let pupil = try await Self.begin(world)
      if way == "left" {
        let left = World.pupil(0, #","leftOn":"2026-09-03""#)
        let answer = try await world.send(.post, "/schools/\(World.school)/pupils", "{\"pupils\":[\(left)]}")
        #expect(answer["changed"] == 1)
      } else {
        let answer = try await world.send(
          .post, "/schools/\(World.school)/withdrawals",
          #"{"entries":[{"pupil":"\#(pupil)"}],"reason":"Sent to the wrong school"}"#)
        #expect(answer.status == 200, "\(answer.text)")
      }
      #expect(try await Self.told(world) == [Self.missing, Self.missing, Self.lapsed, Self.lapsed])
      #expect(try await Self.listed(world) == 0)
    }
  }
}
