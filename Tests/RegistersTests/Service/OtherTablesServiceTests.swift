import HTTPTypes
import Rulebook
import ServiceKit
import Testing

@testable import RegistersDomain

/// The whole service with a table of codes from 1 September 2027: everything it says of a day is by the day's own table.
@Suite struct OtherTablesServiceTests {
  private typealias T = InventedTables

  /// Marks of a child in both sessions of the school days of a span.
  private static func rows(_ pupil: Int, _ days: ClosedRange<String>, _ code: String) -> [String] {
    T.plan.days.map(\.day.iso).filter(days.contains).flatMap { day in
      Session.allCases.map { "\(MadeUp.upn(pupil)),\(day),\($0.rawValue),\(code)" }
    }
  }

  private static func open(_ world: World) async throws -> [Int: String] {
    try await world.open()
    let calendar = #"{"terms":[{"first":"2027-08-16","last":"2027-12-17"}]}"#
    #expect(try await world.send(.put, "/schools/\(World.school)/calendars/2027-28", calendar).status == 200)
    world.move(to: MadeUp.day("2027-09-14"))
    return try await world.enrol([0, 1, 2, 3])
  }

  private static let span = "from=2027-08-16&to=2027-09-14"

  @Test func marksFindingsAndTheirReasons() async throws {
    try await World.run(codes: T.book) { world in
      let ids = try await Self.open(world)
      let upload = try await world.upload(
        Self.rows(0, "2027-08-25"..."2027-08-31", "O") + Self.rows(0, "2027-09-01"..."2027-09-07", "H")
          + Self.rows(1, "2027-08-25"..."2027-09-07", "N") + ["\(MadeUp.upn(2)),2027-09-02,AM,I"]
          + Self.rows(2, "2027-09-03"..."2027-09-03", "O"))
      // recorded, amended, unchanged, missing, quarantined, rejected
      #expect(upload.counts == [41, 0, 0, 0, 2, 0])
      #expect(upload.text.contains("Use H."))
      let found = try await world.send(.get, "/findings?kind=ten-day-absence&state=open").list("findings")
      #expect(found.map { $0["pupil"] as? String } == [ids[0]] && found[0]["on"] as? String == "2027-09-07")
      let number = try #require(found[0]["finding"] as? String)
      let sessions = try await world.send(.get, "/findings/\(number)/why").list("sessions")
      #expect(sessions.count == 20 && Set(sessions.compactMap { $0["code"] as? String }) == ["O", "H"])
      for (day, scheme, to) in [("2027-08-31", "2024", "2027-08-31"), ("2027-09-01", "2027", nil)]
        as [(String, String, String?)]
      {
        let marks = try await world.send(.get, "/pupils/\(ids[1] ?? "")/marks/\(day)/AM/why").list("marks")
        let rule = try #require(marks.first?["rule"] as? [String: Any])
        #expect(rule["scheme"] as? String == scheme && rule["validTo"] as? String == to)
        #expect(rule["statisticalClass"] as? String == (scheme == "2024" ? "unauthorised_absence" : "attending"))
      }
      // A correction by hand, and one of a mark in quarantine, are judged by the same table.
      let amendment = #"{"pupil":"\#(ids[2] ?? "")","date":"2027-09-02","session":"AM","code":"U","reason":"A letter"}"#
      let refused = try await world.send(
        .post, "/schools/\(World.school)/amendments", as: .school, schools: [World.school], amendment)
      #expect(refused.status == 422 && refused.text.contains("31 August 2027"))
    }
  }

  @Test func figuresAndChecks() async throws {
    try await World.run(codes: T.book) { world in
      let ids = try await Self.open(world)
      _ = try await world.upload(
        Self.rows(0, "2027-08-30"..."2027-09-03", "N") + Self.rows(1, "2027-08-30"..."2027-08-31", "U")
          + Self.rows(1, "2027-09-01"..."2027-09-03", "Y") + Self.rows(2, "2027-08-30"..."2027-08-31", "C2")
          + Self.rows(2, "2027-09-01"..."2027-09-03", "J") + Self.rows(3, "2027-09-01"..."2027-09-03", "H"))
      let id = ids[0] ?? ""
      let own = try await world.send(.get, "/pupils/\(id)/attendance?\(Self.span)").object("figures")
      #expect(own["present"] as? Int == 6 && own["unauthorised"] as? Int == 4)
      let all = try await world.send(.get, "/figures?scope=authority&\(Self.span)")
      let figures = all.object("total")["figures"] as? [[String: Any]] ?? []
      func numerator(_ measure: String) -> Int? {
        figures.first { $0["measure"] as? String == measure }?["numerator"] as? Int
      }
      #expect(numerator("attendance") == 6 && numerator("late-after") == 10)
      #expect(numerator("authorised") == 10 && numerator("unauthorised") == 4 + 10 + 6)
      let patterns = try await world.send(.get, "/pupils/\(ids[1] ?? "")/patterns?\(Self.span)").object("patterns")
      let late = patterns["lateAfter"] as? [[String: Any]] ?? []
      #expect(late.compactMap { $0["observed"] as? Int }.reduce(0, +) == 10)
      let rules = try await world.send(.get, "/pupils/\(id)/sessions?\(Self.span)").list("rules")
      #expect(rules.compactMap { $0["scheme"] as? String } == ["2024", "2027"])

      let open = try await world.send(.get, "/schools/\(World.school)/unresolved").list("marks")
      let unresolved = open.compactMap { mark in (mark["date"] as? String).map { "\(mark["pupil"] ?? "") \($0)" } }
      let expected =
        ["2027-08-30", "2027-08-31"].map { "\(id) \($0)" }
        + ["2027-09-01", "2027-09-02", "2027-09-03"].map { "\(ids[3] ?? "") \($0)" }
      #expect(unresolved == expected.flatMap { [$0, $0] })
      let faults = try await world.send(.get, "/schools/\(World.school)/coding-faults?\(Self.span)")
      let part = faults.list("faults").filter { $0["rule"] as? String == "c2-without-part-time-timetable" }
      #expect(Set(part.compactMap { $0["code"] as? String }) == ["C2", "J"] && part.count == 10)
      #expect(faults.text.contains("J needs a part-time timetable"))
      for (code, day, isRecorded) in [
        ("P", "2027-09-20", true), ("P", "2027-08-20", false), ("H", "2027-09-21", false),
      ] {
        let leave = """
          {"pupil":"\(id)","kind":"leave","first":"\(day)","last":"\(day)","details":{"code":"\(code)"}}
          """
        let answer = try await world.send(
          .post, "/schools/\(World.school)/arrangements", as: .school, schools: [World.school], leave)
        #expect((answer.status < 300) == isRecorded, "\(code) \(answer.text)")
      }
    }
  }
}
