import Contracts
import Foundation
import GRDB
import HTTPTypes
import Rulebook
import Seeded
import ServiceKit
import Testing

@testable import RegistersDomain

/// What must hold of every register, whatever comes in and in whatever order.
@Suite(.timeLimit(.minutes(10))) struct MarkProperties {
  private static let pupils = 6
  private static let codes = ["L", "I", "O", "N", "M", "C2", "E", "G", "U", "K", "Y4"]

  /// One mark for each child and session of some days.
  private static func marks(_ random: inout SeededGenerator) -> [String] {
    let days = MadeUp.autumn.schoolDays.filter { $0 <= MadeUp.day("2026-10-02") }
    var rows: [String] = []
    for day in days {
      for session in Session.allCases {
        for pupil in 0..<pupils where random.below(10) > 0 {
          let code = random.below(3) > 0 ? (session == .am ? "/" : "\\") : random.pick(codes)
          rows.append("\(MadeUp.upn(pupil)),\(day),\(session.rawValue),\(code)")
        }
      }
    }
    return rows
  }

  /// Another code for some of the marks.
  private static func changed(_ rows: [String], _ random: inout SeededGenerator) -> [String] {
    rows.filter { _ in random.below(8) == 0 }.map { row in
      row.split(separator: ",").dropLast().joined(separator: ",") + ",\(random.pick(codes))"
    }
  }

  private struct Register: Equatable, Sendable {
    let rows: [Int64: Data]
    let statistics: [Statistics]
  }

  private static func register(_ world: World) throws -> Register {
    let stored = try world.sql("SELECT number, codes FROM pupil_years ORDER BY number")
    let rows = Dictionary(uniqueKeysWithValues: stored.map { ($0["number"] as Int64, $0["codes"] as Data) })
    return Register(
      rows: rows,
      statistics: try stored.map { row in
        let year = SchoolYear(startYear: 2026)
        return try #require(PupilYear(year: year, codes: Array(row["codes"] as Data)))
          .statistics(in: DayRange(first: year.first, last: year.last))
      })
  }

  private static func world(_ body: @Sendable @escaping (World) async throws -> Void) async throws {
    try await World.run { world in
      world.move(to: MadeUp.day("2026-10-05"))
      try await world.open()
      // One at a time, so that registrations have the same numbers in every world.
      for pupil in 0..<pupils { try await world.enrol([pupil]) }
      try await body(world)
    }
  }

  /// Marks in any order, resent, split and merged in any way give the same register.
  @Test(arguments: [UInt64(11), 12, 13]) func orderAndPartsDoNotMatter(seed: UInt64) async throws {
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let marks = Self.marks(&random)
    let expected = Once<Register>()
    try await Self.world { world in
      #expect(try await world.upload(marks).counts[0] == marks.count, "seed \(seed)")
      await expected.set(try Self.register(world))
    }
    for round in 0..<2 {
      var rest = marks.shuffled(using: &random)
      var files: [[String]] = []
      while !rest.isEmpty {
        let file = Array(rest.prefix(1 + random.below(80)))
        rest.removeFirst(file.count)
        files.append(file)
        // Some files again, some marks again in others.
        if random.below(3) == 0 { files.append(random.pick(files)) }
        if random.below(3) == 0 { files.append((random.pick(files) + file).shuffled(using: &random)) }
      }
      let sent = files
      try await Self.world { world in
        var recorded = 0
        for file in sent {
          let counts = try await world.upload(file).counts
          recorded += counts[0]
          #expect(counts[0] + counts[2] == file.count, "seed \(seed) round \(round)")
        }
        #expect(recorded == marks.count, "seed \(seed) round \(round)")
        let register = try Self.register(world)
        #expect(register == (await expected.value), "seed \(seed) round \(round)")
      }
    }
  }

  /// An amendment and its reverse give the same statistics, by a later file and by a person.
  @Test(arguments: [UInt64(21), 22]) func anAmendmentAndItsReverseCancelOut(seed: UInt64) async throws {
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let marks = Self.marks(&random)
    let changes = Self.changed(marks, &random)
    let byPerson = Array(changes.prefix(5))
    try await Self.world { world in
      _ = try await world.upload(marks)
      let before = try Self.register(world)
      let amended = try await world.upload(changes).counts
      let between = try Self.register(world)
      #expect(amended[1] > 0 && between != before, "seed \(seed)")
      #expect(try await world.upload(marks).counts[1] == amended[1], "seed \(seed)")
      #expect(try Self.register(world) == before, "seed \(seed)")
      let ids = Dictionary(
        uniqueKeysWithValues: try world.sql("SELECT upn, id FROM pupils").map {
          ($0["upn"] as String, $0["id"] as String)
        })
      for rows in [byPerson, marks.filter { row in byPerson.contains { Self.session($0) == Self.session(row) } }] {
        for row in rows {
          let parts = row.split(separator: ",").map(String.init)
          let code = parts[3].replacing("\\", with: "\\\\")
          let answer = try await world.send(
            .post, "/schools/\(World.school)/amendments", as: .school, schools: [World.school],
            """
            {"pupil":"\(try #require(ids[parts[0]]))","date":"\(parts[1])","session":"\(parts[2])","code":"\(code)",
             "reason":"Made up"}
            """)
          #expect(answer.status == 200, "seed \(seed)")
        }
      }
      #expect(try Self.register(world) == before, "seed \(seed)")
    }
  }

  private static func session(_ row: String) -> String { row.split(separator: ",").prefix(3).joined(separator: ",") }

  /// The rows, and the statistics of the rows, are what the log makes anew.
  @Test(arguments: [UInt64(31), 32, 33]) func rowsAreWhatTheLogMakes(seed: UInt64) async throws {
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let marks = Self.marks(&random).shuffled(using: &random)
    let files = [Array(marks.prefix(200)), Self.changed(marks, &random), marks, Self.changed(marks, &random)]
    let strangers = (0..<4).map { "\(MadeUp.upn(50 + $0)),2026-09-07,AM,/" }
    try await Self.world { world in
      for file in files { _ = try await world.upload(file + strangers) }
      for stranger in 50..<52 { try await world.enrol([stranger]) }
      let id = try #require(try world.sql("SELECT id FROM pupils ORDER BY number").first?["id"] as String?)
      let first = try await world.send(
        .post, "/schools/\(World.school)/amendments", as: .school, schools: [World.school],
        #"{"pupil":"\#(id)","date":"2026-10-05","session":"AM","code":"I","reason":"Made up"}"#)
      #expect(first["amended"] == true)

      let batches = try world.sql("SELECT day, session, marks FROM entries").map { row in
        (
          day: Day(ordinal: row["day"]), session: row["session"] == 0 ? Session.am : .pm,
          batch: try #require(EntryBatch(bytes: Array(row["marks"] as Data)))
        )
      }
      let amendments = try world.sql("SELECT * FROM amendments ORDER BY number").map { row in
        RegisterReplay.Amendment(
          registration: row["registration"], day: Day(ordinal: row["day"]),
          session: row["session"] == 0 ? .am : .pm, to: try #require(AttendanceCode(row["to_code"] as String)))
      }
      #expect(!amendments.isEmpty, "seed \(seed)")
      var shuffler = SeededGenerator(seed: seed)
      let replayed = RegisterReplay.rows(batches: batches.shuffled(using: &shuffler), amendments: amendments)
      let stored = try world.sql("SELECT number, codes FROM pupil_years").map { row in
        let number: Int64 = row["number"]
        let year = SchoolYear(startYear: Int(number & 255) + 1900)
        return (
          RegisterReplay.Key(registration: number >> 8, year: year),
          try #require(PupilYear(year: year, codes: Array(row["codes"] as Data)))
        )
      }
      #expect(replayed == Dictionary(uniqueKeysWithValues: stored), "seed \(seed)")
      let checked = try await world.send(.post, "/row-checks", as: .operator)
      #expect(checked["schools"] == 1 && checked.list("differing").isEmpty, "seed \(seed)")
      for (key, row) in stored {
        let whole = DayRange(first: key.year.first, last: key.year.last)
        #expect(replayed[key]?.statistics(in: whole) == row.statistics(in: whole), "seed \(seed)")
      }
    }
  }
}

/// A value that is set within one world and looked at from another.
private actor Once<Value: Sendable> {
  private(set) var value: Value?

  func set(_ value: Value) { self.value = value }
}
