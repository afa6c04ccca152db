import Foundation
import HTTPTypes
import Testing

/// Days as people write them, with the day of the week.
@Suite("Field case 97: days in words", .timeLimit(.minutes(5))) struct FieldCase97DaysInWordsTests {
  private let files = FieldCase("97-days-in-words")
  private static let path = "/schools/971097"

  @Test func whatCanOnlyBeOneDayIsRead() async throws {
    try await files.run(schools: "971097") { world in
      let pupils = try await world.send("1-pupils.csv", of: files, to: "\(Self.path)/pupils")
      #expect(pupils.tally == [2, 0, 0, 0], "\(pupils.text)")
      let marks = try await world.send("2-marks.csv", of: files, to: "\(Self.path)/marks?dialect=sims")
      #expect(marks.counts == [4, 0, 0, 0, 2, 0], "\(marks.text)")
      #expect(
        marks.list("problems").map { "\($0["row"] ?? "") \($0["detail"] ?? "")" } == [
          "6 9 September 2026 is a Wednesday, not a Tuesday.", "7 There is no such day as 31 September 2026.",
        ])
      let grid = try await world.send("3-grid.csv", of: files, to: "\(Self.path)/marks?dialect=scholarpack")
      #expect(grid.counts == [4, 0, 0, 0, 0, 0], "\(grid.text)")
      let days = try world.sql("SELECT DISTINCT day, session FROM entries")
      #expect(days.count == 8)
    }
  }

  @Test func aSheetOfAnotherWeekIsRefused() async throws {
    try await files.run(schools: "971097") { world in
      #expect(try await world.send("1-pupils.csv", of: files, to: "\(Self.path)/pupils").status == 200)
      let sheet = try await world.send(
        "4-grid-of-a-wrong-weekday.csv", of: files, to: "\(Self.path)/marks?dialect=scholarpack")
      #expect(sheet.status == 422, "\(sheet.text)")
      let detail: String = try #require(sheet["detail"])
      #expect(detail.contains("column 4") && detail.contains("15 September 2026 is a Tuesday, not a Monday."))
      let order = try await world.send("5-other-order.csv", of: files, to: "\(Self.path)/marks?dialect=sims")
      #expect(order.status == 422 && (order["type"] as String?)?.hasSuffix("dates-contradict-dialect") == true)
      #expect(try world.sql("SELECT * FROM entries").isEmpty && world.sql("SELECT * FROM quarantine").isEmpty)
    }
  }
}
