import HTTPTypes
import Rulebook
import Testing

/// Terms that change after marks came: shortened, begun later, moved, or replaced by another calendar.
@Suite("Field case 05: terms that change after marks came", .timeLimit(.minutes(5)))
struct FieldCase05TermsMovedTests {
  typealias Case = FieldCase05InsetMovedTests

  /// Autumn terms, and how many sessions of 7 to 11 and of 7 to 18 September are still in them.
  struct Change: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let autumn: String
    let firstWeek, bothWeeks: Int
    /// Whether the child's ten days of absence in a row are found still.
    var isTenDays = false

    var calendar: String {
      """
      {"terms":[\(autumn),{"first":"2027-01-04","last":"2027-02-12"},{"first":"2027-02-22","last":"2027-03-25"},
       {"first":"2027-04-12","last":"2027-05-28"},{"first":"2027-06-07","last":"2027-07-21"}]}
      """
    }
  }

  static let second = #"{"first":"2026-11-02","last":"2026-12-18"}"#
  static let changes = [
    Change(
      testDescription: "ends earlier", autumn: #"{"first":"2026-09-02","last":"2026-09-10"},\#(second)"#,
      firstWeek: 8, bothWeeks: 8),
    Change(
      testDescription: "begins later", autumn: #"{"first":"2026-09-08","last":"2026-10-23"},\#(second)"#,
      firstWeek: 8, bothWeeks: 18),
    Change(
      testDescription: "moved away", autumn: #"{"first":"2026-09-21","last":"2026-10-23"},\#(second)"#,
      firstWeek: 0, bothWeeks: 0),
    Change(
      testDescription: "moved within", autumn: #"{"first":"2026-09-10","last":"2026-10-30"},\#(second)"#,
      firstWeek: 4, bothWeeks: 14),
    Change(
      testDescription: "replaced by one with a gap",
      autumn: #"{"first":"2026-09-01","last":"2026-09-09"},{"first":"2026-09-11","last":"2026-10-16"},\#(second)"#,
      firstWeek: 8, bothWeeks: 18),
    Change(
      testDescription: "replaced by one that has them all", autumn: #"{"first":"2026-09-03","last":"2026-12-18"}"#,
      firstWeek: 10, bothWeeks: 20, isTenDays: true),
  ]

  /// Figures, threshold, findings and coding faults go by the calendar of now, and back again.
  @Test(arguments: changes) func everyAnswerFollows(_ change: Change) async throws {
    try await Case.fieldCase.run(schools: Case.school) { world in
      let enforcing = try Enforcing(beside: world)
      let enrolled = try await world.send("1-pupil.csv", of: Case.fieldCase, to: "/schools/\(Case.school)/pupils")
      let pupil = try #require(enrolled.list("pupils").first?["id"] as? String)
      _ = try await world.send("2-marks.csv", of: Case.fieldCase, to: "/schools/\(Case.school)/marks")
      let whole = Case.Seen(possible: 10, unauthorised: 10, threshold: 10, proposals: 1, tenDays: 0, faults: 0)
      #expect(try await Case.see(world, enforcing, pupil) == whole)
      let now = Case.Seen(
        possible: change.firstWeek, unauthorised: change.firstWeek, threshold: change.firstWeek,
        proposals: change.firstWeek >= 10 ? 1 : 0, tenDays: 0, faults: 10 - change.firstWeek)
      for _ in 0..<2 {
        #expect(try await world.send(.put, Case.calendars, change.calendar).status == 200)
        #expect(try await Case.see(world, enforcing, pupil) == now)
        #expect(try await world.send(.put, Case.calendars, Case.calendar(#""2026-09-02""#)).status == 200)
        #expect(try await Case.see(world, enforcing, pupil) == whole)
      }
    }
  }

  /// A finding lapses with the term and is made again, and each mark that counts no more is a fault with its fix.
  @Test(arguments: changes) func findingsFollow(_ change: Change) async throws {
    try await Case.fieldCase.run(schools: Case.school) { world in
      let enforcing = try Enforcing(beside: world)
      let enrolled = try await world.send("1-pupil.csv", of: Case.fieldCase, to: "/schools/\(Case.school)/pupils")
      let pupil = try #require(enrolled.list("pupils").first?["id"] as? String)
      let days = MadeUp.day("2026-09-07").ordinal...MadeUp.day("2026-09-18").ordinal
      let rows = days.map(Day.init(ordinal:)).filter { $0.weekday <= 5 }
        .flatMap { day in ["AM", "PM"].map { "N880999020501,\(day),\($0),O" } }
      #expect(try await world.upload(rows, school: Case.school).counts[0] == 20)
      #expect(try await Case.see(world, enforcing, pupil).tenDays == 1)
      let facts = try await world.facts().count
      #expect(try await world.send(.put, Case.calendars, change.calendar).status == 200)
      let seen = try await Case.see(world, enforcing, pupil)
      let expected = Case.Seen(
        possible: change.bothWeeks, unauthorised: change.bothWeeks, threshold: change.bothWeeks,
        proposals: change.bothWeeks >= 10 ? 1 : 0, tenDays: change.isTenDays ? 1 : 0, faults: 20 - change.bothWeeks)
      #expect(seen == expected)
      let lapsed = change.isTenDays ? [] : ["ten-day-absence-lapsed"]
      #expect(try await world.facts().dropFirst(facts) == ["calendar-recorded"] + lapsed)
      _ = try await world.send(.put, Case.calendars, Case.calendar(#""2026-09-02""#))
      #expect(try await Case.see(world, enforcing, pupil).tenDays == 1)
    }
  }
}
