import Foundation
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

/// A day becomes INSET after its marks came: they are kept, listed with the fix, and count nowhere, until the calendar is
/// put back.
@Suite struct FieldCase05InsetMovedTests {
  static let fieldCase = FieldCase("05-inset-moved-after-marks")
  static let school = "971005"
  static let calendars = "/schools/971005/calendars/2026-27"

  static func calendar(_ training: String, _ more: String = "") -> String {
    """
    {"terms":[{"first":"2026-09-02","last":"2026-10-23"},{"first":"2026-11-02","last":"2026-12-18"},
     {"first":"2027-01-04","last":"2027-02-12"},{"first":"2027-02-22","last":"2027-03-25"},
     {"first":"2027-04-12","last":"2027-05-28"},{"first":"2027-06-07","last":"2027-07-21"}],
     "training":[\(training)]\(more)}
    """
  }

  struct Seen: Equatable {
    let possible, unauthorised, threshold, proposals: Int
    let tenDays, faults: Int
  }

  static func see(_ world: World, _ enforcing: Enforcing, _ pupil: String) async throws -> Seen {
    try await enforcing.catchUp(world)
    let span = "from=2026-09-01&to=2026-11-28"
    let figures = try await world.send(.get, "/pupils/\(pupil)/attendance?\(span)")
    let whole = try #require(figures["figures"] as [String: Any]?)
    let ofSchool = try await world.send(.get, "/figures?scope=school:\(school)&\(span)")
    let total = try #require((ofSchool["total"] as [String: Any]?)?["figures"] as? [[String: Any]])
    let shown = total.first { $0["measure"] as? String == "unauthorised" }
    #expect(shown?["numerator"] as? Int == whole["unauthorised"] as? Int, "one answer for the child and the school")
    let reasons = (ofSchool["total"] as [String: Any]?)?["reasons"] as? [[String: Any]] ?? []
    let byReason = reasons.compactMap { ($0["figure"] as? [String: Any])?["numerator"] as? Int }.reduce(0, +)
    #expect(byReason == shown?["denominator"] as? Int, "the reasons add up to the figure")
    let open = try await world.send(.get, "/schools/\(school)/findings?state=open").list("findings")
    let faults = try await world.send(.get, "/schools/\(school)/coding-faults?\(span)")
    return Seen(
      possible: whole["possible"] as? Int ?? -1, unauthorised: whole["unauthorised"] as? Int ?? -1,
      threshold: try await enforcing.sessions(of: pupil, at: school).count,
      proposals: try await enforcing.openProposals().count,
      tenDays: open.count { $0["kind"] as? String == "ten-day-absence" },
      faults: faults.list("faults").count { $0["rule"] as? String == "mark-on-closed-session" })
  }

  @Test func marksOfAClosedDayCountNowhereUntilTheCalendarIsPutBack() async throws {
    try await Self.fieldCase.run(schools: Self.school) { world in
      let enforcing = try Enforcing(beside: world)
      let enrolled = try await world.send("1-pupil.csv", of: Self.fieldCase, to: "/schools/\(Self.school)/pupils")
      let pupil = try #require(enrolled.list("pupils").first?["id"] as? String)
      let marks = try await world.send("2-marks.csv", of: Self.fieldCase, to: "/schools/\(Self.school)/marks")
      #expect(marks["recorded"] == 10)
      let before = try await Self.see(world, enforcing, pupil)
      #expect(before == Seen(possible: 10, unauthorised: 10, threshold: 10, proposals: 1, tenDays: 0, faults: 0))
      let then = world.clock.now()
      world.clock.set(then.addingTimeInterval(60))

      let inset = try await world.send(
        .put, Self.calendars, String(decoding: try Self.fieldCase.bytes("3-calendar.json"), as: UTF8.self))
      #expect(inset["changed"] == true)
      let after = try await Self.see(world, enforcing, pupil)
      #expect(after == Seen(possible: 8, unauthorised: 8, threshold: 8, proposals: 0, tenDays: 0, faults: 2))
      let faults = try await world.send(
        .get, "/schools/\(Self.school)/coding-faults?from=2026-09-01&to=2026-11-28")
      let rule = try #require(faults.list("rules").first { $0["rule"] as? String == "mark-on-closed-session" })
      #expect((rule["fix"] as? String)?.contains("ask the authority to correct the calendar") == true)
      let sessions = try await world.send(.get, "/pupils/\(pupil)/sessions?from=2026-09-10&to=2026-09-11")
      #expect(sessions.list("sessions").map { $0["inCalendar"] as? Bool } == [true, true, false, false])

      // The same mark now waits, and one that stands may become the closure that it is.
      let now = try await world.send("4-same-day-now.csv", of: Self.fieldCase, to: "/schools/\(Self.school)/marks")
      #expect(now["quarantined"] == 1)
      let amended = try await world.send(
        .post, "/schools/\(Self.school)/amendments", as: .school, schools: [Self.school],
        ##"{"pupil":"\##(pupil)","date":"2026-09-11","session":"PM","code":"#","reason":"The school was closed"}"##)
      #expect(amended["amended"] == true)
      #expect(try await Self.see(world, enforcing, pupil).faults == 1)

      // Asked as of the moment before, the day was open.
      let past = try await world.send(
        .get, "/pupils/\(pupil)/attendance?from=2026-09-01&to=2026-11-28&asOf=2026-11-28T09:00:30.000Z")
      #expect((past["figures"] as [String: Any]?)?["possible"] as? Int == 10)

      let back = try await world.send(.put, Self.calendars, Self.calendar(#""2026-09-02""#))
      #expect(back["released"] == 1, "the mark that waited goes in")
      let again = try await Self.see(world, enforcing, pupil)
      #expect(again == Seen(possible: 9, unauthorised: 8, threshold: 8, proposals: 0, tenDays: 0, faults: 0))
    }
  }

  /// Every way in which a session can stop being one, and back: a shorter term, a morning only, a year group's closure.
  @Test(arguments: [
    #","closed":["2026-09-11"]"#, #","oneSessionDays":{"2026-09-10":"AM","2026-09-11":"PM"}"#,
    #","yearGroupClosures":[{"yearGroups":["8"],"first":"2026-09-11","last":"2026-09-14"}]"#,
  ])
  func everyKindOfClosure(closure: String) async throws {
    try await Self.fieldCase.run(schools: Self.school) { world in
      let enforcing = try Enforcing(beside: world)
      let enrolled = try await world.send("1-pupil.csv", of: Self.fieldCase, to: "/schools/\(Self.school)/pupils")
      let pupil = try #require(enrolled.list("pupils").first?["id"] as? String)
      _ = try await world.send("2-marks.csv", of: Self.fieldCase, to: "/schools/\(Self.school)/marks")
      for _ in 0..<2 {
        #expect(try await world.send(.put, Self.calendars, Self.calendar(#""2026-09-02""#, closure)).status == 200)
        let closed = try await Self.see(world, enforcing, pupil)
        #expect(closed == Seen(possible: 8, unauthorised: 8, threshold: 8, proposals: 0, tenDays: 0, faults: 2))
        #expect(try await world.send(.put, Self.calendars, Self.calendar(#""2026-09-02""#)).status == 200)
        let open = try await Self.see(world, enforcing, pupil)
        #expect(open == Seen(possible: 10, unauthorised: 10, threshold: 10, proposals: 1, tenDays: 0, faults: 0))
      }
    }
  }

  /// What was found lapses with the calendar and is found again, in the transaction that changed it.
  @Test func findingsFollowTheCalendar() async throws {
    try await Self.fieldCase.run(schools: Self.school) { world in
      let enforcing = try Enforcing(beside: world)
      let enrolled = try await world.send("1-pupil.csv", of: Self.fieldCase, to: "/schools/\(Self.school)/pupils")
      let pupil = try #require(enrolled.list("pupils").first?["id"] as? String)
      let days = MadeUp.day("2026-09-07").ordinal...MadeUp.day("2026-09-18").ordinal
      let rows = days.map(Day.init(ordinal:)).filter { $0.weekday <= 5 }
        .flatMap { day in ["AM", "PM"].map { "N880999020501,\(day),\($0),O" } }
      #expect(try await world.upload(rows, school: Self.school).counts[0] == 20)
      #expect(try await Self.see(world, enforcing, pupil).tenDays == 1)
      let facts = try await world.facts().count
      _ = try await world.send(.put, Self.calendars, Self.calendar(#""2026-09-02","2026-09-09""#))
      let closed = try await Self.see(world, enforcing, pupil)
      #expect(closed == Seen(possible: 18, unauthorised: 18, threshold: 18, proposals: 1, tenDays: 0, faults: 2))
      #expect(try await world.facts().dropFirst(facts) == ["calendar-recorded", "ten-day-absence-lapsed"])
      _ = try await world.send(.put, Self.calendars, Self.calendar(#""2026-09-02""#))
      #expect(try await Self.see(world, enforcing, pupil).tenDays == 1)
      #expect(try await world.facts().last == "ten-day-absence-found")
    }
  }
}
