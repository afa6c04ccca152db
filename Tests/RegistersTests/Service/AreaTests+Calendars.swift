import Contracts
import GRDB
import HTTPTypes
import RegistersDomain
import Rulebook
import ServiceKit
import Testing

@testable import RegistersService

/// Calendars and term dates.
extension AreaTests {
  static let calendar = """
    {"terms":[{"first":"2026-09-02","last":"2026-10-23"}],"closed":["2026-09-10"],"training":["2026-09-01","2026-09-02"],
     "oneSessionDays":{"2026-10-23":"AM"},
     "yearGroupClosures":[{"yearGroups":["Y8","R","8"],"first":"2026-09-03","last":"2026-09-04"}]}
    """

  static let refusedCalendars: [(from: String, to: String, pointer: String)] = [
    (#""2026-09-01","#, #""2027-08-01","#, "/training"), (#""2026-09-10""#, #""2026-07-31""#, "/closed"),
    (#""2026-10-23":"AM""#, #""2027-09-01":"AM""#, "/oneSessionDays"),
    (#"["Y8","R","8"]"#, #"["15"]"#, "/yearGroupClosures/0/yearGroups/0"),
    (#"["Y8","R","8"]"#, "[]", "/yearGroupClosures/0/yearGroups"),
    (#""2026-09-04"}]"#, #""2026-09-02"}]"#, "/yearGroupClosures/0"),
    (#""2026-09-04"}]"#, #""2027-08-01"}]"#, "/yearGroupClosures/0"),
    (
      #""training":["#, "\"training\":[" + String(repeating: "\"2026-09-01\",", count: 400), "/training"
    ),
    (
      #""yearGroupClosures":["#,
      "\"yearGroupClosures\":["
        + String(repeating: #"{"yearGroups":["R"],"first":"2026-09-03","last":"2026-09-03"},"#, count: 200),
      "/yearGroupClosures"
    ),
  ]

  @Test func aCalendarComesBackAsItWasSent() async throws {
    try await World.run { world in
      try await world.open()
      let path = "/schools/\(World.school)/calendars/2026-27"
      for (from, to, pointer) in Self.refusedCalendars {
        let answer = try await world.send(.put, path, Self.calendar.replacing(from, with: to))
        #expect(answer.status == 422, "\(pointer)")
        #expect(answer.list("errors").first?["pointer"] as? String == pointer, "\(answer.text.prefix(300))")
      }
      let before = try await world.facts().count
      #expect(try await world.send(.put, path, Self.calendar)["changed"] == true)
      #expect(Array(try await world.facts().dropFirst(before)) == ["calendar-recorded"])
      let answer = try await world.send(.get, path)
      // 38 weekdays without a training day and a closed one; one of them is a morning.
      #expect(answer["schoolDays"] == 36 && answer["sessions"] == 71)
      let calendar = try #require(answer.json["calendar"] as? [String: Any])
      #expect(calendar["training"] as? [String] == ["2026-09-01", "2026-09-02"])
      #expect(calendar["closed"] as? [String] == ["2026-09-10"])
      let closure = try #require((calendar["yearGroupClosures"] as? [[String: Any]])?.first)
      #expect(closure["yearGroups"] as? [String] == ["R", "8"])
      #expect(try await world.send(.put, path, Self.calendar)["changed"] == false)
      #expect(try await world.send(.get, "/schools/\(World.school)/calendars/2027-28").status == 404)
      #expect(try await world.send(.get, "/schools/\(World.school)/calendars/2027").status == 422)
    }
  }

  /// Two schools and a neighbour, of whom one trains its staff on a day when the others are open.
  @Test func termDatesAreComparedWithNeighbours() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open(Self.other)
      _ = try await world.send(
        .put, "/schools/900103", #"{"name":"Fern Hill School","phase":"secondary","type":"academy"}"#)
      let neighbour = """
        {"terms":[{"first":"2026-09-02","last":"2026-10-23"},{"first":"2026-11-02","last":"2026-12-18"}],
         "closed":["2026-09-04"],"training":["2026-09-25"],"oneSessionDays":{"2026-12-18":"AM"}}
        """
      let path = "/authorities/879/calendars/2026-27"
      #expect(try await world.send(.put, path, neighbour)["changed"] == true)
      #expect(try await world.send(.put, path, neighbour)["changed"] == false)
      let answer = try await world.send(.get, "/term-dates?year=2026-27", as: .school, schools: [World.school])
      let groups = answer.list("groups")
      #expect(groups.count == 2 && answer["schoolYear"] == "2026/27")
      let schools = groups.first?["schools"] as? [[String: Any]]
      #expect(schools?.compactMap { $0["urn"] as? String } == [World.school, Self.other])
      #expect((groups.last?["neighbours"] as? [[String: Any]])?.first?["name"] as? String == "Plymouth")
      #expect(groups.last?["training"] as? [String] == ["2026-09-25"])
      #expect(groups.last?["closed"] as? [String] == ["2026-09-04"])
      let differences = answer.list("differences")
      #expect(differences.count == 1 && differences.first?["first"] as? String == "2026-09-25")
      #expect(differences.first?["open"] as? [String] == ["g1"])
      #expect(differences.first?["closed"] as? [String] == ["g2"])
      #expect(answer.list("withoutCalendar").compactMap { $0["urn"] as? String } == ["900103"])
      let refused: [(path: String, status: Int)] = [
        ("880/calendars/2026-27", 422), ("999/calendars/2026-27", 422), ("909/calendars/2026-27", 422),
        ("12/calendars/2026-27", 404), ("879/calendars/2026", 422),
      ]
      for (path, status) in refused {
        #expect(try await world.send(.put, "/authorities/\(path)", neighbour).status == status, "\(path)")
      }
      let ended = neighbour.replacing("2026-", with: "2022-")
      #expect(try await world.send(.put, "/authorities/909/calendars/2022-23", ended).status == 200)
      #expect(try await world.send(.get, "/term-dates?year=2022-23").list("groups").count == 1)
      #expect(try await world.send(.get, "/term-dates?year=2026").status == 400)
      #expect(try await world.send(.get, "/term-dates").status == 400)
    }
  }
}
