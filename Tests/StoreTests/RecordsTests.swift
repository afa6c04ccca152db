import Foundation
import GRDB
import Rulebook
import Store
import Testing

/// Rows as values, and what is written of them.
@Suite("Rows as values") struct RecordsTests {
  private struct Terms: Codable, Equatable { let hours: Int }

  private struct Span: StoredRow, Equatable {
    let first: Day
    let lastDay: Day?
  }

  private enum State: String, Codable { case planned, made }

  private struct Visit: StoredRow, Equatable {
    let number: Int64
    let school: URN
    let state: State
    let isShort: Bool
    let terms: Terms
    /// Of the same row.
    let span: Span
  }

  private static func with<T>(_ body: (Database) throws -> T) throws -> T {
    try DatabaseQueue().write { db in
      try db.execute(
        sql: """
          CREATE TABLE visits (number INTEGER PRIMARY KEY, school TEXT NOT NULL, state TEXT NOT NULL, is_short INTEGER,
            terms TEXT, first INTEGER, last_day INTEGER, words TEXT NOT NULL DEFAULT '', UNIQUE (school, first)) STRICT
          """)
      return try body(db)
    }
  }

  private static func visit(_ school: URN, _ day: Day, last: Day?) -> ColumnValues {
    ["school": school, "state": "planned", "is_short": true, "terms": #"{"hours":3}"#, "first": day, "last_day": last]
  }

  @Test("A row is written by columns and read as a value, fields of JSON and of the same row with it")
  func reading() throws {
    let (school, day) = (try URN("900101"), try #require(Day(iso: "2026-09-07")))
    try Self.with { db in
      let number = try db.insert("visits", Self.visit(school, day, last: nil))
      let visit = try db.first("SELECT * FROM visits WHERE number = ?", [number], as: Visit.self)
      #expect(
        visit
          == Visit(
            number: number, school: school, state: .planned, isShort: true, terms: Terms(hours: 3),
            span: Span(first: day, lastDay: nil)))
      try db.update("visits", number, ["state": "made", "last_day": day])
      let all: [Visit] = try db.all("SELECT * FROM visits")
      #expect(all.map(\.state) == [.made] && all[0].span == Span(first: day, lastDay: day))
      #expect(try db.first("SELECT * FROM visits WHERE number = 99", as: Visit.self) == nil)
    }
  }

  @Test("What has the key is changed, and nothing else")
  func putting() throws {
    let (school, day) = (try URN("900101"), try #require(Day(iso: "2026-09-07")))
    try Self.with { db in
      try db.insert("visits", Self.visit(school, day.adding(days: 1), last: nil))
      for last in [day, day.adding(days: 3)] {
        try db.put("visits", ["school": school, "first": day], ["state": "planned", "last_day": last])
      }
      let last = try db.values("SELECT last_day FROM visits ORDER BY first", as: Day?.self)
      #expect(last == [day.adding(days: 3), nil])
    }
  }

  @Test("A row that is not as the type says throws")
  func damaged() throws {
    let (school, day) = (try URN("900101"), try #require(Day(iso: "2026-09-07")))
    try Self.with { db in
      let number = try db.insert("visits", Self.visit(school, day, last: nil))
      for columns: ColumnValues in [
        ["state": "lost"], ["state": "made", "school": "x"], ["school": school, "terms": "{}"],
      ] {
        try db.update("visits", number, columns)
        #expect(throws: (any Error).self) { _ = try db.all("SELECT * FROM visits", as: Visit.self) }
      }
    }
  }

  @Test("Words of a list are read in order; others are left out")
  func words() throws {
    try Self.with { db in
      try db.insert("visits", ["school": "900101", "state": "planned", "words": "made lost planned"])
      let row = try #require(try db.row("SELECT words FROM visits"))
      #expect(row.words("words", as: State.self) == [.made, .planned])
    }
  }
}
