import Foundation
import GRDB
import HTTPTypes
import Rulebook
import Seeded
import ServiceKit
import Store
import TestKit
import Testing

@testable import RegistersDomain

/// What is asked of the registers, by whom, and that it is on record.
@Suite(.timeLimit(.minutes(10))) struct ReadingTests {
  /// The figures of the service are the rulebook's, for random registers and spans.
  @Test func figuresAreTheRulebooks() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      let seed: UInt64 = 41
      print("seed \(seed)")
      var random = SeededGenerator(seed: seed)
      let last = MadeUp.day("2026-12-17")
      world.move(to: last)
      var marks: [(Day, AttendanceCode)] = []
      var rows: [String] = []
      for day in MadeUp.autumn.schoolDays where day <= last {
        for session in Session.allCases {
          let present = session == .am ? "/" : "\\"
          let code = random.pick([present, present, present, "I", "O", "L", "U", "M", "D", "Y4"])
          rows.append("\(MadeUp.upn(0)),\(day),\(session.rawValue),\(code)")
          if let code = AttendanceCode(code) { marks.append((day, code)) }
        }
      }
      #expect(try await world.upload(rows).counts[0] == marks.count)
      for _ in 0..<40 {
        let from = MadeUp.day("2026-09-01").adding(days: random.below(100))
        let to = from.adding(days: random.below(60))
        var expected = Statistics()
        for (day, code) in marks where from <= day && day <= to {
          expected.add(code, scheme: CodeBook.england.scheme(on: day))
        }
        let answer = try await world.send(.get, "/pupils/\(id)/attendance?from=\(from)&to=\(to)")
        let figures = try #require(answer["figures", as: [String: Any].self])
        #expect(figures["possible"] as? Int == expected.possible, "seed \(seed)")
        #expect(figures["present"] as? Int == expected.present, "seed \(seed)")
        #expect(figures["unauthorised"] as? Int == expected.unauthorised, "seed \(seed)")
        #expect(figures["attendancePercent"] as? String == expected.attendancePercent, "seed \(seed)")
      }
    }
  }

  /// The shared decision table, with the marks laid into pupil-year rows.
  @Test func figuresOfRowsAreTheTables() throws {
    struct Input: Decodable {
      let marks: [Mark]
      let scheme: String?
    }
    struct Mark: Decodable {
      let code: String
      let count: Int
      init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        code = try list.decode(String.self)
        count = try list.decode(Int.self)
      }
    }
    for row in try DecisionTable("statistics_cases.json", type: "pupil").cases {
      let input: Input = try row.input()
      let isNew = input.scheme == nil || input.scheme == "2024"
      let codes = input.marks.flatMap { Array(repeating: AttendanceCode($0.code), count: $0.count) }
      var sum = Statistics()
      var day = isNew ? MadeUp.day("2025-08-01") : MadeUp.day("2000-08-01")
      var year = PupilYear(year: SchoolYear(containing: day))
      func close() { sum = sum + year.statistics(in: DayRange(first: year.year.first, last: year.year.last)) }
      for (place, code) in codes.enumerated() {
        if place > 0, place % 2 == 0 { day = day.adding(days: 1) }
        if day > year.year.last {
          close()
          year = PupilYear(year: SchoolYear(containing: day))
        }
        year[day, place % 2 == 0 ? .am : .pm] = code
      }
      close()
      let expected = try #require(try JSONSerialization.jsonObject(with: row.expected) as? [String: Any])
      #expect(sum.possible == expected["possible"] as? Int, "\(row.id)")
      #expect(sum.present == expected["present"] as? Int, "\(row.id)")
      #expect(sum.notPossible == expected["not_possible"] as? Int, "\(row.id)")
      #expect(sum.attendancePercent == expected["attendance_pct"] as? String, "\(row.id)")
      #expect(sum.lateAfterClose == expected["late_after_close"] as? Int, "\(row.id)")
    }
  }

  @Test func missingRegistersAreNamed() async throws {
    try await World.run { world in
      for (school, first) in [("900101", 0), ("900102", 10), ("900103", 20), ("900104", 30)] {
        try await world.open(school)
        if school != "900104" { try await world.enrol([first, first + 1], school: school) }
      }
      _ = try await world.upload([0, 1].map { "\(MadeUp.upn($0)),2026-09-07,AM,/" })
      _ = try await world.upload(["\(MadeUp.upn(10)),2026-09-07,AM,/"], school: "900102")
      let answer = try await world.send(.get, "/registers/missing?date=2026-09-07&session=AM", as: .manager)
      #expect(answer["due"] == 4)
      #expect(answer.list("missing").compactMap { $0["school"] as? String } == ["900103"])
      #expect(answer.list("incomplete").compactMap { $0["school"] as? String } == ["900102"])
      let closed = try await world.send(.get, "/registers/missing?date=2026-10-28&session=AM")
      #expect(closed["due"] == 0)
      #expect(try await world.send(.get, "/registers/missing?date=x&session=AM").status == 400)
      #expect(try await world.send(.get, "/registers/missing?date=2026-09-07&session=AM", as: .school).status == 403)
    }
  }

  @Test func aSchoolSeesItsOwnChildrenOnly() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open("900102")
      let id = try #require(try await world.enrol([0])[0])
      let path = "/pupils/\(id)/attendance?from=2026-09-01&to=2026-09-30"
      #expect(try await world.send(.get, path, as: .school, schools: [World.school]).status == 200)
      #expect(try await world.send(.get, path, as: .school, schools: ["900102"]).status == 404)
      #expect(try await world.send(.get, path, as: .school).status == 404)
      #expect(try await world.send(.get, path, as: .integration).status == 403)
      #expect(try await world.send(.get, path, as: nil).status == 401)
      let roll = "/schools/\(World.school)/pupils"
      #expect(try await world.send(.get, roll, as: .school, schools: [World.school]).list("pupils").count == 1)
      #expect(try await world.send(.get, roll, as: .school, schools: ["900102"]).status == 403)
      for route in ["marks", "amendments", "pupils"] {
        let sent = try await world.send(
          .post, "/schools/\(World.school)/\(route)", as: .school, schools: ["900102"], "{}")
        #expect(sent.status == 403)
      }
      #expect(try await world.send(.get, "/pupils/p000000000/attendance?from=2026-09-01&to=2026-09-30").status == 404)
    }
  }

  /// A year beyond those that rows are kept for has no marks, and never another child's.
  @Test func yearsWithoutRowsHaveNoMarks() async throws {
    try await World.run { world in
      try await world.open()
      let ids = try await world.enrol([0, 1, 2])
      _ = try await world.upload((0..<3).map { "\(MadeUp.upn($0)),2026-09-07,AM,/" })
      for (_, id) in ids {
        for day in ["1900-01-01", "2156-09-04", "2182-09-02", "2199-12-31", "2026-09-08"] {
          #expect(try await world.send(.get, "/pupils/\(id)/marks/\(day)/AM/why").list("marks").isEmpty)
        }
      }
      for day in ["1900-01-01", "2199-12-31"] {
        #expect(try await world.upload(["\(MadeUp.upn(0)),\(day),AM,/"]).counts == [0, 0, 0, 0, 1, 0])
        #expect(try await world.send(.get, "/registers/missing?date=\(day)&session=AM")["due"] == 0)
        let id = try #require(ids[0])
        #expect(try await world.send(.get, "/pupils/\(id)/attendance?from=\(day)&to=\(day)").status == 200)
        let amended = try await world.send(
          .post, "/schools/\(World.school)/amendments", as: .school, schools: [World.school],
          #"{"pupil":"\#(id)","date":"\#(day)","session":"AM","code":"I","reason":"Late news"}"#)
        #expect(amended.status == 422)
      }
      for year in ["1900-01", "2198-99", "2155-56"] {
        let calendar = #"{"terms":[{"first":"\#(year.prefix(4))-09-01","last":"\#(year.prefix(4))-12-01"}]}"#
        let status = try await world.send(.put, "/schools/\(World.school)/calendars/\(year)", calendar).status
        #expect(status == (year == "2198-99" ? 422 : 200), "\(year)")
      }
    }
  }

  /// Every read of a child is in the audit log, in order and unbroken.
  @Test func readsAreOnRecord() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      _ = try await world.send(.get, "/pupils/\(id)/attendance?from=2026-09-01&to=2026-09-30", as: .manager)
      _ = try await world.send(.get, "/pupils/\(id)/marks/2026-09-07/AM/why", as: .legalOfficer)
      _ = try await world.send(.get, "/schools/\(World.school)/pupils")
      _ = try await world.send(.get, "/schools/\(World.school)/quarantine")
      let log = try world.sql("SELECT action, subject, role FROM audit_log WHERE action LIKE '%.read' ORDER BY number")
      #expect(
        log.map { $0["action"] as String } == [
          "pupil.attendance.read", "pupil.mark.read", "school.roll.read", "school.quarantine.read",
        ])
      #expect(log.map { $0["subject"] as String } == [id, id, World.school, World.school])
      #expect(try world.stored { try AuditLog.firstBreak(keys: TestAuditKeys.keys, in: $0) } == nil)
    }
  }
}
