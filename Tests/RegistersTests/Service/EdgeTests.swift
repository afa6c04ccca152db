import Contracts
import Foundation
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

/// Days at the ends of what can be written, schools of which little is known, children who came back.
@Suite(.timeLimit(.minutes(10))) struct EdgeTests {
  private static let days = [
    "0000-01-01", "0001-01-01", "1899-12-31", "1900-01-01", "1969-12-31", "2024-02-29", "2026-09-07", "2026-12-31",
    "2027-08-01", "2028-02-29", "2155-08-01", "2156-07-31", "9999-08-01", "9999-12-31",
  ]
  private static let years = ["1899-00", "1900-01", "1999-00", "2023-24", "2026-27", "2155-56", "2198-99"]

  /// Every described question with every such day: nothing falls over.
  @Test(arguments: [true, false]) func everyDayThatCanBeWrittenHasAnAnswer(hasCalendar: Bool) async throws {
    try await World.run { world in
      if hasCalendar {
        try await world.open()
      } else {
        let school = #"{"name":"Harbour Lane Primary School","phase":"primary","type":"maintained"}"#
        #expect(try await world.send(.put, "/schools/\(World.school)", school).status == 200)
      }
      let id = try #require(try await world.enrol([0, 1])[0])
      let flag = try await world.send(.put, "/pupils/\(id)/flags/looked-after", #"{"first":"2020-02-29"}"#)
      #expect(flag.status == 200)
      _ = try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,N"])
      var asked = 0
      for (path, parameters) in try await Self.questions(world) {
        let real = path.replacing("{id}", with: id).replacing("{urn}", with: World.school)
          .replacing("{session}", with: "AM").replacing("{kind}", with: "cluster").replacing("{finding}", with: "f1")
          .replacing("{number}", with: "1")
        for day in Self.days {
          for year in Self.years where parameters.contains("year") || path.contains("{year}") || year == "2026-27" {
            let query = parameters.compactMap { name -> String? in
              switch name {
              // Most of the days are not over: the other questions are of now.
              case "asOf" where asked % 2 == 0: nil
              case "scope": "scope=authority"
              case "year": "year=\(year)"
              case "session": "session=AM"
              case "period": "period=\(["days", "half-term", "term", "year-to-date", "year"][asked % 5])"
              case "asOf": "asOf=\(day)T09:00:00.000Z"
              case "groupBy": "groupBy=\(["none", "year-group", "week", "month"][asked % 4])"
              default: "\(name)=\(day)"
              }
            }
            let full = real.replacing("{date}", with: day).replacing("{year}", with: year)
            let answer = try await world.send(
              .get, "\(full)?\(query.joined(separator: "&"))", as: .attendanceOfficer)
            #expect(answer.status < 500, "\(path) \(query): \(answer.status)")
            asked += 1
          }
        }
      }
      #expect(asked > 300)
    }
  }

  /// The paths that can be read and take a day or a year, with the parameters that matter.
  private static func questions(_ world: World) async throws -> [(path: String, parameters: [String])] {
    let described = try await world.send(.get, "/openapi.json", as: nil).json
    let paths = try #require(described["paths"] as? [String: [String: Any]])
    let names = ["from", "to", "on", "date", "session", "year", "overdueOn", "scope", "period", "groupBy", "asOf"]
    return paths.compactMap { path, operations in
      guard let get = operations["get"] as? [String: Any], path != "/events" else { return nil }
      let all = (get["parameters"] as? [[String: Any]] ?? []).filter { $0["in"] as? String == "query" }
        .compactMap { $0["name"] as? String }
      let parameters = all.filter(names.contains)
      let isDated = ["{date}", "{year}"].contains(where: path.contains) || !Set(parameters).isDisjoint(with: names)
      return isDated ? (path, parameters) : nil
    }.sorted { $0.path < $1.path }
  }

  /// What can be written down with such days is written down or refused.
  @Test func everyDayThatCanBeWrittenIsTakenOrRefused() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      for day in Self.days {
        let bodies: [(HTTPRequest.Method, String, String)] = [
          (.put, "/pupils/\(id)/flags/ehc-plan", #"{"first":"\#(day)"}"#),
          (.put, "/pupils/\(id)/flags/sen-support", #"{"first":"\#(day)","last":"9999-12-31"}"#),
          (
            .post, "/schools/\(World.school)/arrangements",
            #"{"pupil":"\#(id)","kind":"suspension","first":"\#(day)","details":{"kind":"suspended"}}"#
          ),
          (.post, "/schools/\(World.school)/returns", #"{"pupil":"\#(id)","kind":"new-pupil","filedOn":"\#(day)"}"#),
          (.post, "/schools/\(World.school)/visits", #"{"plannedOn":"\#(day)"}"#),
          (.put, "/schools/\(World.school)/assignments/cluster", #"{"first":"\#(day)","value":"east"}"#),
          (.post, "/disposals", #"{"before":"\#(day)"}"#),
          (.post, "/pupils/search", #"{"dateOfBirth":"\#(day)"}"#),
          (
            .post, "/schools/\(World.school)/pupils",
            "{\"pupils\":[\(World.pupil(3).replacing("2016-05-04", with: day))]}"
          ),
          (
            .post, "/schools/\(World.school)/pupils",
            "{\"pupils\":[\(World.pupil(4).replacing("2024-09-02", with: day))]}"
          ),
          (
            .post, "/schools/\(World.school)/pupils",
            "{\"pupils\":[\(World.pupil(5, #","leftOn":"\#(day)","ground":"h""#))]}"
          ),
          (.put, "/schools/\(World.school)/registers/\(day)/AM", #"{"marks":{"/":["\#(id)"]}}"#),
        ]
        for (method, path, body) in bodies {
          for role in [Role.attendanceOfficer, .manager] {
            let answer = try await world.send(method, path, as: role, body)
            #expect(answer.status < 500, "\(method) \(path) \(day): \(answer.status)")
          }
        }
        let upload = try await world.upload(["\(MadeUp.upn(0)),\(day),AM,/", "\(MadeUp.upn(3)),\(day),PM,O"])
        #expect(upload.status == 200, "\(day)")
      }
      #expect(try await world.send(.post, "/sweeps?again=true", as: .operator).status == 200)
      for path in ["/schools/\(World.school)/returns?state=due", "/schools/\(World.school)/returns?state=overdue"] {
        #expect(try await world.send(.get, path).status == 200, "\(path)")
      }
    }
  }

  /// A child that left and came back to the same school has two times on its roll, and the days between are in neither.
  @Test func aChildThatCameBackHasTwoTimesOnTheRoll() async throws {
    try await World.run { world in
      try await world.open()
      let first = try await world.enter([World.pupil(0, #","leftOn":"2026-09-09","ground":"h""#)]).ids
      let back = World.pupil(0).replacing("2024-09-02", with: "2026-09-14")
      #expect(try await world.enter([back]).ids == first)
      let id = try #require(first.first)
      world.move(to: MadeUp.day("2026-09-16"))
      let days = ["2026-09-08", "2026-09-09", "2026-09-10", "2026-09-14", "2026-09-15"]
      let sent = try await world.upload(days.map { "\(MadeUp.upn(0)),\($0),AM,O" })
      #expect(sent.counts == [4, 0, 0, 0, 1, 0], "the day between waits")
      let attendance = try await world.send(.get, "/pupils/\(id)/attendance?from=2026-09-01&to=2026-09-30")
      #expect(attendance.object("figures")["unauthorised"] as? Int == 4)
      #expect(
        attendance.list("registrations").compactMap { ($0["figures"] as? [String: Any])?["possible"] as? Int } == [
          2, 2,
        ])
      for (day, count) in [("2026-09-09", 1), ("2026-09-10", 0), ("2026-09-14", 1)] {
        let register = try await world.send(.get, "/schools/\(World.school)/registers/\(day)/AM")
        #expect(register.list("marks").count == count, "\(day)")
      }
      // The mark of the day between goes in when the leaving turns out to have been later.
      _ = try await world.enter([World.pupil(0, #","leftOn":"2026-09-10","ground":"h""#)])
      #expect(try world.sql("SELECT 1 FROM quarantine WHERE state = 'waiting'").isEmpty)
      // An amendment is of the time on roll that has the day.
      let body = #"{"pupil":"\#(id)","date":"2026-09-08","session":"AM","code":"I","reason":"Rang"}"#
      let amended = try await world.send(
        .post, "/schools/\(World.school)/amendments", as: .school, schools: [World.school], body)
      #expect(amended["from"] == "O")
    }
  }
}
