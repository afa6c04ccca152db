import Foundation
import GRDB
import Rulebook
import Testing

@testable import Store

/// Asking a store and telling it, and values of closed lists.
@Suite struct StatementsTests {
  private enum Colour: String { case red, green }

  private func store(_ body: (Database) throws -> Void) throws {
    try DatabaseQueue().write { db in
      try db.execute(sql: "CREATE TABLE things (number INTEGER PRIMARY KEY, colour TEXT, day INTEGER) STRICT")
      try db.run("INSERT INTO things (colour, day) VALUES (?, ?), (?, NULL)", ["red", Day(ordinal: 7), "green"])
      try body(db)
    }
  }

  @Test func questionsAreAnswered() throws {
    try store { db in
      #expect(try db.rows("SELECT * FROM things ORDER BY number").count == 2)
      #expect(try db.row("SELECT * FROM things WHERE number = ?", [3]) == nil)
      #expect(try db.values("SELECT number FROM things ORDER BY number", as: Int64.self) == [1, 2])
      #expect(try db.value("SELECT day FROM things WHERE number = ?", [1], as: Day.self) == Day(ordinal: 7))
      #expect(try db.value("SELECT day FROM things WHERE number = ?", [2], as: Day.self) == nil)
      #expect(try db.has("SELECT 1 FROM things WHERE colour = ?", ["green"]))
      #expect(try !db.has("SELECT 1 FROM things WHERE colour = ?", ["blue"]))
      var seen = 0
      let cursor = try db.cursor("SELECT * FROM things")
      while try cursor.next() != nil { seen += 1 }
      #expect(seen == 2)
    }
  }

  @Test func aValueOutsideItsListIsDamage() throws {
    try store { db in
      let rows = try db.rows("SELECT colour FROM things ORDER BY number")
      #expect(try rows.map { try $0.get("colour", as: Colour.self) } == [.red, .green])
      try db.run("UPDATE things SET colour = CASE number WHEN 1 THEN 'blue' END")
      let damaged = try db.rows("SELECT colour FROM things ORDER BY number")
      #expect(throws: DatabaseError.self) { try damaged[0].get("colour", as: Colour.self) }
      #expect(throws: DatabaseError.self) { try damaged[0].get("colour", as: Colour?.self) }
      #expect(try damaged[1].get("colour", as: Colour?.self) == nil)
      #expect(throws: DatabaseError.self) { try (nil as Int?).orDamaged() }
    }
  }
}
