import Contracts
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

/// A school opens on one Saturday to make up for a closed day: the calendar can say so, and the mark then counts.
@Suite struct FieldCase29OneOpenSaturdayTests {
  private static let fieldCase = FieldCase("29-one-open-saturday")
  private static let school = "971029"
  private static let calendars = "/schools/971029/calendars/2026-27"

  private static func calendar(_ more: String) -> String {
    """
    {"terms":[{"first":"2026-09-02","last":"2026-10-23"},{"first":"2026-11-02","last":"2026-12-18"}],
     "closed":["2026-09-25"],"training":["2026-09-02"]\(more)}
    """
  }

  @Test func theCalendarOpensTheSaturday() async throws {
    try await Self.fieldCase.run(schools: Self.school) { world in
      let enrolled = try await world.send("1-pupil.csv", of: Self.fieldCase, to: "/schools/\(Self.school)/pupils")
      let pupil = try #require(enrolled.list("pupils").first?["id"] as? String)
      let sent = try await world.send("2-saturday.csv", of: Self.fieldCase, to: "/schools/\(Self.school)/marks")
      #expect(sent["quarantined"] == 1)
      let problem = try #require(sent.list("problems").first)
      #expect(problem["reason"] as? String == "weekend")
      #expect((problem["fix"] as? String)?.contains("ask the authority to add the day to the calendar") == true)

      let opened = try await world.send(.put, Self.calendars, Self.calendar(#","additionalDays":["2026-09-19"]"#))
      #expect(opened["released"] == 1, "the mark goes in by itself")
      let calendar = try await world.send(.get, Self.calendars)
      #expect((calendar["calendar"] as [String: Any]?)?["additionalDays"] as? [String] == ["2026-09-19"])
      let event = try #require(try await world.events().last { $0.type == CalendarRecorded.type.name })
      #expect(try CalendarRecorded.decode(event).additionalDays == [MadeUp.day("2026-09-19")])
      let figures = try await world.send(.get, "/pupils/\(pupil)/attendance?from=2026-09-01&to=2026-11-28")
      #expect((figures["figures"] as [String: Any]?)?["present"] as? Int == 1)
      let missing = try await world.send(.get, "/registers/missing?date=2026-09-19&session=PM", as: .manager)
      #expect(missing.text.contains(Self.school), "the afternoon is due too")
      let patterns = try await world.send(.get, "/pupils/\(pupil)/patterns?from=2026-09-01&to=2026-11-28")
      let weekdays = (patterns["patterns"] as [String: Any]?)?["weekdays"] as? [[String: Any]] ?? []
      #expect(weekdays.map { $0["name"] as? String }.last == "saturday")

      // Closed again, the mark is kept and counts nowhere.
      _ = try await world.send(.put, Self.calendars, Self.calendar(""))
      let closed = try await world.send(.get, "/pupils/\(pupil)/attendance?from=2026-09-01&to=2026-11-28")
      #expect((closed["figures"] as [String: Any]?)?["present"] as? Int == 0)
    }
  }

  /// PN-2: a week in which only the Saturday has a session is a school week.
  @Test func aWeekWithASaturdayIsASchoolWeek() {
    var calendar = SchoolCalendar(terms: [
      DayRange(first: MadeUp.day("2026-09-07"), last: MadeUp.day("2026-10-23")),
      DayRange(first: MadeUp.day("2026-11-02"), last: MadeUp.day("2026-12-18")),
    ])
    #expect(!calendar.schoolWeeks.contains(MadeUp.day("2026-10-26")))
    calendar.additionalDays = [MadeUp.day("2026-10-31")]
    #expect(calendar.schoolWeeks.contains(MadeUp.day("2026-10-26")))
    #expect(calendar.stretches.first?.last == MadeUp.day("2026-10-31"), "it belongs to the half term before it")
    #expect(calendar.hasSession(MadeUp.day("2026-10-31"), .pm) && !calendar.isSchoolDay(MadeUp.day("2026-11-01")))
  }

  @Test(arguments: [
    (#","additionalDays":["2026-09-25"]"#, "also a closed or a training day"),
    (#","additionalDays":["2026-09-02"]"#, "also a closed or a training day"),
    (#","additionalDays":["2026-09-21"]"#, "is a school day already"),
    (#","additionalDays":["2027-09-04"]"#, "must be days from 1 August to 31 July of the year"),
  ])
  func whatCannotBeIsRefused(days: String, message: String) async throws {
    try await Self.fieldCase.run(schools: Self.school) { world in
      let answer = try await world.send(.put, Self.calendars, Self.calendar(days))
      #expect(answer.status == 422 && answer.text.contains(message), "\(answer.text)")
    }
  }
}
