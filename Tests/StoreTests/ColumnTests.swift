import Contracts
import GRDB
import Rulebook
import Testing

@testable import Store

/// The values of the domain in columns: as they always lay there, and what is none of them is thrown, never trapped on.
@Suite("Columns") struct ColumnTests {
  /// A value comes back as it was written, NULL and garbage throw, and NULL is `nil` for an optional.
  private func check<Value: DatabaseValueConvertible & StatementColumnConvertible & Equatable>(
    _ value: Value, as raw: DatabaseValue, garbage: [any DatabaseValueConvertible],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try DatabaseQueue().read { db in
      #expect(value.databaseValue == raw, sourceLocation: sourceLocation)
      let row = try #require(
        try Row.fetchOne(db, sql: "SELECT ? AS value, NULL AS absent", arguments: [value]))
      #expect(try row.get("value") == value, sourceLocation: sourceLocation)
      #expect(try row.get(0) == value, sourceLocation: sourceLocation)
      #expect(try row.get("absent", as: Value?.self) == nil, sourceLocation: sourceLocation)
      #expect(throws: (any Error).self, sourceLocation: sourceLocation) {
        try row.get("absent", as: Value.self)
      }
      let cursor = try Row.fetchCursor(db, sql: "SELECT ?", arguments: [value])
      while let row = try cursor.next() {
        #expect(try row.get(0) == value, sourceLocation: sourceLocation)
      }
      for wrong in garbage {
        let copied = try #require(
          try Row.fetchOne(db, sql: "SELECT ? AS value", arguments: [wrong]))
        #expect(throws: (any Error).self, sourceLocation: sourceLocation) {
          try copied.get("value", as: Value.self)
        }
        #expect(throws: (any Error).self, sourceLocation: sourceLocation) {
          try copied.get("value", as: Value?.self)
        }
        let live = try Row.fetchCursor(db, sql: "SELECT ?", arguments: [wrong])
        while let row = try live.next() {
          #expect(throws: (any Error).self, sourceLocation: sourceLocation) {
            try row.get(0, as: Value.self)
          }
        }
      }
    }
  }

  @Test func valuesLieAsTheyAlwaysDid() throws {
    try check(Day(ordinal: 20_703), as: 20_703.databaseValue, garbage: [Int64.max])
    try check(
      Timestamp(millis: 1_790_000_000_001), as: 1_790_000_000_001.databaseValue, garbage: [])
    try check(Session.am, as: 0.databaseValue, garbage: [2, -1])
    try check(Session.pm, as: 1.databaseValue, garbage: [2])
    try check(URN("900101"), as: "900101".databaseValue, garbage: ["90010", "9001x1", ""])
    let id = try #require(PupilID("p0123456ab"))
    try check(id, as: "p0123456ab".databaseValue, garbage: ["p", "P0123456AB"])
    try check(AuthorityCode("880"), as: "880".databaseValue, garbage: ["88", "088"])
    let code = try #require(AttendanceCode("L"))
    try check(code, as: "L".databaseValue, garbage: ["", "none at all"])
  }

  @Test func aPupilNumberIsCheckedAsItIsRead() throws {
    let body = Array("880414026001".utf8)
    let letter = try #require(UPN.checkLetter(of: body))
    let text = String(decoding: [letter] + body, as: UTF8.self)
    try check(UPN(text), as: text.databaseValue, garbage: [String(text.dropLast()), "880"])
  }
}
