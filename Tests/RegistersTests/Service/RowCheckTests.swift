import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

/// A derived row that a foreign hand has changed is found by comparing it with the log, and made anew on an operator's
/// word only.
@Suite(.timeLimit(.minutes(10))) struct RowCheckTests {
  /// What is done to the rows, and how many of them differ then.
  static let attacks = [
    "UPDATE pupil_years SET codes = CAST(replace(CAST(codes AS TEXT), 'O', '/') AS BLOB) WHERE registration = 1",
    "DELETE FROM pupil_years WHERE registration = 1",
    "UPDATE pupil_years SET codes = CAST('/' || substr(CAST(codes AS TEXT), 2) AS BLOB) WHERE registration = 1",
    "UPDATE pupil_years SET number = number + 1 WHERE registration = 1",
  ]

  private static func prepare(_ world: World) async throws -> String {
    try await world.open()
    let ids = try await world.enrol([0, 1])
    world.move(to: MadeUp.day("2026-09-14"))
    let rows = (0...1).flatMap { child in
      ["07", "08", "09", "10", "11"].map { "\(MadeUp.upn(child)),2026-09-\($0),AM,O" }
    }
    #expect(try await world.upload(rows).counts[0] == 10)
    return try #require(ids[0])
  }

  private static func rows(_ world: World) throws -> [String] {
    try world.sql("SELECT number || ' ' || hex(codes) AS row FROM pupil_years ORDER BY number").map { $0["row"] }
  }

  @Test(arguments: attacks) func aChangedRowIsFoundAndMadeAnew(attack: String) async throws {
    try await World.run { world in
      let id = try await Self.prepare(world)
      #expect(try await world.send(.post, "/row-checks", as: .operator).list("differing").isEmpty)
      let before = try Self.rows(world)
      try world.execute(attack)
      let found = try await world.send(.post, "/row-checks?school=\(World.school)", as: .manager)
      let differing = found.list("differing")
      #expect(!differing.isEmpty && differing.allSatisfy { $0["registration"] as? Int == 1 }, "\(found.text)")
      #expect(!found.text.contains(id), "registrations only")

      func alarms() async throws -> [[String: Any]] {
        try await world.send(.get, "/status", as: .operator).list("alarms").filter {
          $0["name"] as? String == "pupil-years"
        }
      }
      let alarm = try await alarms()
      #expect((alarm.first?["detail"] as? String)?.contains("registrations 1 (") == true)
      #expect(try Self.rows(world) != before, "never by itself")
      // Looking again does not mend it either.
      _ = try await world.send(.post, "/row-checks", as: .operator)
      #expect(try await world.send(.get, "/row-checks", as: .operator).list("differing").count == differing.count)

      #expect(try await world.send(.post, "/row-checks/repairs", as: .manager).status == 403)
      let repaired = try await world.send(.post, "/row-checks/repairs", as: .operator)
      #expect(repaired["repaired"] == differing.count && repaired.list("differing").isEmpty)
      // A row without any mark is as good as none.
      let empty = String(repeating: "2E", count: 732)
      #expect(try Self.rows(world).filter { !$0.hasSuffix(empty) } == before)
      #expect(try await alarms().isEmpty)
      let audited = try world.sql("SELECT subject, role FROM audit_log WHERE action = 'register.row.repair'")
      #expect(audited.count == differing.count && audited.allSatisfy { $0["subject"] == "registration-1" })
    }
  }

  @Test func theFindingsOfARowMadeAnewAreJudgedAgain() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol([0])
      // Ten days of unauthorised absence in a row.
      let days = ["07", "08", "09", "10", "11", "14", "15", "16", "17", "18"]
      world.move(to: MadeUp.day("2026-09-21"))
      let marks = days.flatMap { day in ["AM", "PM"].map { "\(MadeUp.upn(0)),2026-09-\(day),\($0),O" } }
      #expect(try await world.upload(marks).counts[0] == 20)
      func open() throws -> Int {
        try world.sql("SELECT count(*) AS n FROM findings WHERE lapsed_millis IS NULL").first?["n"] ?? -1
      }
      let before = try open()
      #expect(before > 0)
      // Late instead of absent: a code of either session.
      try world.execute("UPDATE pupil_years SET codes = CAST(replace(CAST(codes AS TEXT), 'O', 'L') AS BLOB)")
      // What was found lapses on the row as it now is: the alarm is what says that it did so wrongly.
      _ = try await world.send(.post, "/sweeps?again=true", as: .operator)
      #expect(try open() < before)
      #expect(try await world.send(.post, "/row-checks", as: .operator).list("differing").count == 1)
      _ = try await world.send(.post, "/row-checks/repairs", as: .operator)
      #expect(try open() == before)
    }
  }

  @Test func theSweepLooksInTheNight() async throws {
    try await World.run { world in
      _ = try await Self.prepare(world)
      try world.execute(Self.attacks[0])
      func found() async throws -> Int {
        _ = try await world.send(.post, "/sweeps", as: .operator)
        return try await world.send(.get, "/row-checks", as: .operator).list("differing").count
      }
      #expect(try await found() == 0, "not by day")
      world.move(to: MadeUp.day("2026-09-15"), hour: 1)
      #expect(try await found() == 1)
      _ = try await world.send(.post, "/row-checks/repairs", as: .operator)
      try world.execute(Self.attacks[0])
      #expect(try await found() == 0, "a school's turn comes once in seven days")
      world.move(to: MadeUp.day("2026-09-22"), hour: 1)
      #expect(try await found() == 1)
    }
  }
}
