import Contracts
import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

/// Returns: what a school owes of a child's place and absence, and what closes it.
@Suite(.timeLimit(.minutes(10))) struct ReturnTests {
  private static let path = "/schools/\(World.school)/returns"

  private static func expected(_ world: World, _ state: String) async throws -> [String] {
    try await world.send(.get, "\(path)?state=\(state)", as: .school, schools: [World.school]).list("expected").map {
      "\($0["pupil"] ?? "") \($0["kind"] ?? "") \($0["dueOn"] ?? "") \($0["finding"] ?? "")"
        .trimmingCharacters(in: .whitespaces)
    }
  }

  private static func file(_ world: World, _ id: String, _ kind: String, _ more: String = "") async throws
    -> World.Answer
  {
    try await world.send(
      .post, path, as: .school, schools: [World.school], #"{"pupil":"\#(id)","kind":"\#(kind)"\#(more)}"#)
  }

  /// A child of a year group that is on the roll from a day.
  private static func child(_ number: Int, _ group: String, from day: String = "2023-09-04", _ more: String = "")
    -> String
  {
    World.pupil(number, more).replacing(#""yearGroup":"5""#, with: #""yearGroup":"\#(group)""#)
      .replacing("2024-09-02", with: day)
  }

  /// Due on the fifth day after the entry; not for the most junior class on the first day of the school year.
  @Test func newPupilsAreTold() async throws {
    try await World.run { world in
      try await world.open()
      let ids = try await world.enter([
        Self.child(0, "R", from: "2026-09-02"), Self.child(1, "R", from: "2026-09-03"),
        Self.child(2, "5", from: "2026-09-02"), Self.child(3, "6"),
      ]).ids
      #expect(
        try await Self.expected(world, "due").sorted()
          == ["\(ids[1]) new-pupil 2026-09-08", "\(ids[2]) new-pupil 2026-09-07"].sorted())
      #expect(try await Self.expected(world, "overdue").isEmpty)
      world.move(to: MadeUp.day("2026-09-08"))
      #expect(try await Self.expected(world, "overdue") == ["\(ids[2]) new-pupil 2026-09-07"])
      let filed = try await Self.file(world, ids[2], "new-pupil", #","filedOn":"2026-09-07","note":"By letter""#)
      #expect(filed["dueOn"] == "2026-09-07" && filed["filedOn"] == "2026-09-07")
      #expect(try await Self.file(world, ids[2], "new-pupil")["number"] == filed["number", as: Int.self])
      #expect(try await Self.expected(world, "overdue").isEmpty)
      let events = try await world.all(ReturnFiled.self)
      #expect(
        events.count == 1 && events.first?.pupil.text == ids[2] && events.first?.dueOn == MadeUp.day("2026-09-07"))
      let kept = try await world.send(.get, "\(Self.path)?state=filed").list("filed")
      #expect(kept.map { $0["note"] as? String } == ["By letter"])
      #expect(try await world.send(.get, "/pupils/\(ids[2])").list("registrations").first?["returns"] != nil)
    }
  }

  /// What was found before a child left is answered when it is back.
  @Test func aReturnOfAnEarlierTimeOnTheRollIsFiled() async throws {
    try await World.run { world in
      try await world.open()
      let left = #","leftOn":"2026-09-25","ground":"h""#
      let id = try #require(try await world.enter([Self.child(0, "5")]).ids.first)
      world.move(to: MadeUp.day("2026-10-05"))
      _ = try await world.upload(
        MadeUp.autumn.schoolDays.filter { $0 <= MadeUp.day("2026-09-16") }.flatMap { day in
          ["AM", "PM"].map { "\(MadeUp.upn(0)),\(day),\($0),O" }
        })
      _ = try await world.enter([Self.child(0, "5", left), Self.child(0, "5", from: "2026-10-01")])
      let owed = try await Self.expected(world, "due").filter { $0.contains(" attendance ") }
      #expect(owed == ["\(id) attendance 2026-10-16 f1"])
      let filed = try await Self.file(world, id, "attendance")
      #expect(filed["finding"] == "f1" && filed["dueOn"] == "2026-10-16")
      #expect(try await Self.expected(world, "due").filter { $0.contains(" attendance ") }.isEmpty)
      #expect(try await Self.file(world, id, "attendance")["finding"] == "f1", "the same again")
      #expect(try world.sql("SELECT count(*) AS n FROM returns").first?["n"] == 1)
    }
  }

  /// Due when the name is deleted; not at the end of the last term in the most senior class.
  @Test func deletionsAreTold() async throws {
    try await World.run { world in
      let calendar = #"{"terms":[{"first":"2025-09-03","last":"2026-07-17"}]}"#
      try await world.open()
      #expect(try await world.send(.put, "/schools/\(World.school)/calendars/2025-26", calendar).status == 200)
      world.move(to: MadeUp.day("2026-07-06"))
      func leaves(_ last: String, _ deleted: String) -> String {
        #","leftOn":"\#(last)","deletedOn":"\#(deleted)","ground":"a""#
      }
      let ids = try await world.enter([
        Self.child(0, "6", leaves("2026-07-17", "2026-08-31")), Self.child(1, "6", leaves("2026-07-10", "2026-07-16")),
        Self.child(2, "5", leaves("2026-07-17", "2026-07-17")), Self.child(3, "6", leaves("2026-07-17", "2026-07-17")),
        Self.child(4, "4"),
      ]).ids
      #expect(
        try await Self.expected(world, "due").sorted()
          == ["\(ids[1]) deletion 2026-07-16", "\(ids[2]) deletion 2026-07-17"].sorted())
      _ = try await Self.file(world, ids[1], "deletion")
      world.move(to: MadeUp.day("2026-07-20"))
      #expect(try await Self.expected(world, "due").isEmpty)
      #expect(try await Self.expected(world, "overdue") == ["\(ids[2]) deletion 2026-07-17"])
    }
  }

  @Test func findingsAreAnsweredByTheirReturns() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enter([Self.child(0, "5")]).ids.first)
      func find(_ kind: String, _ occasion: Int, _ became: String, lapsed: String = "NULL") throws {
        try world.execute(
          """
          INSERT INTO findings (registration, school, kind, start_year, occasion, since, became, counted, concerns,
            raised_millis, known_receipt, known_amendment, lapsed_millis)
          SELECT number, school, '\(kind)', 2025, \(occasion), 0, \(MadeUp.day(became).ordinal), 10, '', 0, 0, 0, \(lapsed)
          FROM registrations
          """)
      }
      try find("ten-day-absence", 1, "2026-05-05")
      try find("ten-day-absence", 2, "2026-08-20")
      try find("ten-day-absence", 3, "2026-09-01", lapsed: "1")
      try find("fifteen-day-sickness", 1, "2026-09-07")
      try find("twenty-day-absence", 1, "2026-09-01")
      #expect(try await Self.expected(world, "overdue") == ["\(id) attendance 2026-06-05 f1"])
      #expect(
        try await Self.expected(world, "due")
          == ["\(id) sickness 2026-09-07 f4", "\(id) attendance 2026-09-20 f2"])
      let filed = try await Self.file(world, id, "attendance")
      #expect(filed["finding"] == "f2" && filed["dueOn"] == "2026-09-20", "the newest that is open")
      #expect(try await Self.file(world, id, "attendance")["number"] == filed["number", as: Int.self])
      #expect(try await Self.file(world, id, "sickness")["finding"] == "f4")
      #expect(try await Self.expected(world, "overdue") == ["\(id) attendance 2026-06-05 f1"], "owed still")
      for (kind, finding) in [("attendance", "f3"), ("sickness", "f1"), ("attendance", "f99"), ("attendance", "1")] {
        let refused = try await Self.file(world, id, kind, ",\"finding\":\"\(finding)\"")
        #expect(refused.status == 422 && refused.list("errors").first?["pointer"] as? String == "/finding")
      }
      let named = try await Self.file(world, id, "attendance", #","finding":"f1""#)
      #expect(named["finding"] == "f1" && named["dueOn"] == "2026-06-05")
      #expect(try await Self.expected(world, "overdue").isEmpty)
      #expect(try await Self.expected(world, "due").isEmpty)
      let events = try await world.all(ReturnFiled.self)
      #expect(events.map(\.kind) == [.attendance, .sickness, .attendance])
      #expect(events.map(\.finding) == ["f2", "f4", "f1"])
    }
  }

  /// A return that nothing asked for is kept as well, once a day.
  @Test func unexpectedReturnsAreKept() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enter([Self.child(0, "5")]).ids.first)
      let first = try await Self.file(world, id, "sickness", #","filedOn":"2026-09-03""#)
      #expect(first.status == 200 && first["finding", as: String.self] == nil)
      _ = try await Self.file(world, id, "sickness", #","filedOn":"2026-09-03""#)
      _ = try await Self.file(world, id, "sickness")
      #expect(try await world.all(ReturnFiled.self).map(\.filedOn.iso) == ["2026-09-03", "2026-09-07"])
    }
  }

  @Test func badReturnsAreRefused() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open("900102")
      let id = try #require(try await world.enter([Self.child(0, "5")]).ids.first)
      let tooLong = String(repeating: "x", count: 2_001)
      let refused: [(body: String, status: Int)] = [
        (#"{"pupil":"\#(id)","kind":"gossip"}"#, 422), (#"{"pupil":"X","kind":"deletion"}"#, 422),
        (#"{"pupil":"p000000000","kind":"deletion"}"#, 404), ("{", 400),
        (#"{"pupil":"\#(id)","kind":"deletion","filedOn":"2026-09-08"}"#, 422),
        (#"{"pupil":"\#(id)","kind":"deletion","filedOn":"2023-09-03"}"#, 422),
        (#"{"pupil":"\#(id)","kind":"deletion","note":"\#(tooLong)"}"#, 422),
      ]
      for (body, status) in refused {
        #expect(try await world.send(.post, Self.path, body).status == status, "\(body.prefix(60))")
      }
      let there = "/schools/900102/returns"
      let good = #"{"pupil":"\#(id)","kind":"new-pupil"}"#
      #expect(try await world.send(.post, there, good).status == 404, "never on that roll")
      #expect(try await world.send(.post, Self.path, as: .school, schools: ["900102"], good).status == 403)
      #expect(try await world.send(.get, "\(there)?state=due", as: .manager).status == 403)
      #expect(try await world.send(.get, "\(there)?state=lost").status == 400)
      #expect(try world.sql("SELECT count(*) AS n FROM returns").first?["n"] == 0)
    }
  }
}
