import Contracts
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

/// What is missing is reported, whatever made it so and whenever: the list of missing registers and the events agree.
@Suite("A register is missing again when its marks no longer count", .timeLimit(.minutes(5)))
struct MissingAgainTests {
  private static let day = World.start
  private static let closed = #","closed":["2026-09-07"]"#
  private static let missing = "register-missing"
  private static let received = "register-received"

  private static func told(_ world: World) async throws -> [String] {
    try await world.facts().filter { $0.hasPrefix("register-") }
  }

  /// The lengths of the lists of a session.
  private static func lists(_ world: World, _ session: String = "AM") async throws -> [Int] {
    let answer = try await world.send(.get, "/registers/missing?date=\(day)&session=\(session)", as: .manager)
    return ["missing", "incomplete", "late"].map { answer.list($0).count }
  }

  private static func put(_ more: String, _ world: World) async throws {
    let calendar = #"{"terms":[{"first":"2026-09-02","last":"2026-10-23"}]\#(more)}"#
    #expect(try await world.send(.put, "/schools/\(World.school)/calendars/2026-27", calendar).status == 200)
  }

  private static func mark(_ number: Int, _ world: World, _ session: String = "AM") async throws {
    #expect(
      try await world.upload(["\(MadeUp.upn(number)),\(day),\(session),\(session == "AM" ? "/" : "\\")"]).counts[0] == 1
    )
  }

  private static func sweep(_ world: World) async throws -> Int? {
    try await world.send(.post, "/sweeps", as: .operator)["missing"]
  }

  private static func say(_ more: String, of number: Int, _ world: World) async throws {
    let path = "/schools/\(World.school)/pupils"
    #expect(try await world.send(.post, path, "{\"pupils\":[\(World.pupil(number, more))]}")["changed"] == 1)
  }

  private static func withdraw(_ pupil: String, _ world: World) async throws {
    let body = #"{"entries":[{"pupil":"\#(pupil)"}],"reason":"Sent to the wrong school"}"#
    #expect(try await world.send(.post, "/schools/\(World.school)/withdrawals", body).status == 200)
  }

  /// The only marks of a register that came late are of an entry made by mistake, or of a child who had left before.
  @Test(arguments: ["withdrawn", "left"]) func marksThatNoLongerCountAreNoRegister(_ way: String) async throws {
    try await World.run { world async throws in
      try await world.open()
      let pupils = try await world.enrol([0, 1])
      world.move(to: Self.day, hour: 15)
      #expect(try await Self.sweep(world) == 2)
      try await Self.mark(0, world)
      #expect(try await Self.told(world) == [Self.missing, Self.missing, Self.received])
      #expect(try await Self.lists(world) == [0, 1, 1])
      if way == "left" {
        try await Self.say(#","leftOn":"2026-09-03""#, of: 0, world)
      } else {
        try await Self.withdraw(try #require(pupils[0]), world)
      }
      #expect(try await Self.told(world).suffix(2) == [Self.received, Self.missing])
      #expect(try await Self.lists(world) == [1, 0, 0])
      #expect(try await Self.sweep(world) == 0)
      if way == "left" {
        // The child had not left: the marks count again.
        try await Self.say(#","leftOn":"2026-10-02""#, of: 0, world)
      } else {
        try await Self.mark(1, world)
      }
      #expect(try await Self.told(world).suffix(2) == [Self.missing, Self.received])
      #expect(try await Self.lists(world) == (way == "left" ? [0, 1, 1] : [0, 0, 1]))
    }
  }

  /// It came before its hour, so that it was never reported.
  @Test func aRegisterThatCameInTimeIsReportedWhenItsMarksAreTakenBack() async throws {
    try await World.run { world async throws in
      try await world.open()
      let pupils = try await world.enrol([0, 1])
      try await Self.mark(0, world)
      world.move(to: Self.day, hour: 15)
      #expect(try await Self.sweep(world) == 1)
      try await Self.withdraw(try #require(pupils[0]), world)
      let events = try await world.events().filter { $0.type.contains("register-missing") }
      #expect(events.count == 2)
      #expect(try await Self.lists(world) == [1, 0, 0])
    }
  }

  /// Nothing is reported before the hour: the sweep does it then.
  @Test func beforeItsHourNothingIsReported() async throws {
    try await World.run { world async throws in
      try await world.open()
      let pupils = try await world.enrol([0, 1])
      try await Self.mark(0, world)
      try await Self.withdraw(try #require(pupils[0]), world)
      #expect(try await Self.told(world).isEmpty)
      world.move(to: Self.day, hour: 15)
      #expect(try await Self.sweep(world) == 2)
    }
  }

  /// A day becomes a school day after its registers were looked at: today, or days ago.
  @Test(arguments: [0, 2]) func aDayThatOpensLateIsReported(_ later: Int) async throws {
    try await World.run { world async throws in
      try await world.open()
      _ = try await world.enrol([0])
      try await Self.put(Self.closed, world)
      world.move(to: Self.day.adding(days: later), hour: 15)
      #expect(try await Self.sweep(world) == (later == 0 ? 0 : 2))
      let before = try await Self.told(world).count
      try await Self.put("", world)
      #expect(try await Self.told(world).dropFirst(before) == [Self.missing, Self.missing])
      #expect(try await Self.lists(world)[0] == 1)
      try await Self.put(#","training":["2026-10-23"]"#, world)
      #expect(try await Self.sweep(world) == 0)
      #expect(try await Self.told(world).count == before + 2)
      try await Self.mark(0, world)
      #expect(try await Self.told(world).last == Self.received)
    }
  }

  /// A school that joins in the middle of a term owes today's registers, and not those of the days before.
  @Test func aSchoolThatJoinsOwesTodaysRegisters() async throws {
    try await World.run { world async throws in
      world.move(to: Self.day.adding(days: 2), hour: 15)
      #expect(try await Self.sweep(world) == 0)
      try await world.open()
      #expect(try await Self.told(world).isEmpty)
      _ = try await world.enrol([0])
      let days = try await world.events().filter { $0.type.contains("register-missing") }.map {
        String(decoding: $0.data ?? [], as: UTF8.self).contains("2026-09-09")
      }
      #expect(days == [true, true])
    }
  }
}
