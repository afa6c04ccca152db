import Foundation
import GRDB
import HTTPTypes
import Rulebook
import SchoolFiles
import Testing

@testable import RegistersDomain

/// Files as spreadsheets leave them.
@Suite("Field cases 11, 13, 21, 27: what spreadsheets and browsers do", .timeLimit(.minutes(5)))
struct FieldCaseSheetTests {
  @Test func rowsOfCommasArePassedOver() async throws {
    let files = FieldCase("11-blank-rows-at-the-end")
    try await files.run(schools: "971011") { world in
      #expect(try await world.send("1-pupils.csv", of: files, to: "/schools/971011/pupils").status == 200)
      let answer = try await world.send("2-marks.csv", of: files, to: "/schools/971011/marks")
      #expect(answer.counts == [1, 0, 0, 0, 0, 0] && answer["received"] == 1, "\(answer.text)")
    }
  }

  @Test func anAccentInAColumnThatNobodyReadsCostsNothing() async throws {
    let files = FieldCase("13-accent-in-a-column-nobody-reads")
    try await files.run(schools: "971013") { world in
      #expect(try await world.send("1-pupils.csv", of: files, to: "/schools/971013/pupils").status == 200)
      let answer = try await world.send("2-marks.csv", of: files, to: "/schools/971013/marks")
      #expect(answer.counts == [2, 0, 0, 0, 0, 0], "\(answer.text)")
    }
  }

  @Test func aHalfTermBySessionIsRead() async throws {
    let files = FieldCase("21-half-term-sheet-by-session")
    try await files.run(schools: "971021") { world in
      #expect(try await world.send("1-pupil.csv", of: files, to: "/schools/971021/pupils").status == 200)
      let answer = try await world.send("2-grid.csv", of: files, to: "/schools/971021/marks?dialect=scholarpack")
      let sum = answer.counts.reduce(0, +)
      #expect(answer.status == 200 && sum == answer["received"], "\(answer.text)")
      #expect(answer.counts[0] > 60 && answer["rejected"] == 0, "\(answer.text)")
    }
  }

  /// A whole year by session is read too; what is wider is told how to come.
  @Test func aYearBySessionIsReadAndMoreIsTold() throws {
    let days = (0..<364).map { MadeUp.day("2026-08-03").adding(days: $0) }
    func sheet(_ days: [String]) -> [UInt8] {
      let heads = days.flatMap { ["\($0) AM", "\($0) PM"] }
      let cells = [String](repeating: "I", count: heads.count)
      return Array("UPN,\(heads.joined(separator: ","))\nA,\(cells.joined(separator: ","))\n".utf8)
    }
    let dialect = try #require(MarkDialect.ready["scholarpack"])
    let file = try MarksCSV.read(sheet(days.map(\.iso)), as: dialect)
    #expect(file.rows.count == 728 && file.places.last == 729)
    #expect(throws: MarkFileError.tooManyColumns) {
      try MarksCSV.read(sheet((days + days).map(\.iso)), as: dialect)
    }
    #expect(MarkFileError.tooManyColumns.detail.contains("Send the file in parts"))
  }

  @Test(arguments: TextFile.csvMediaTypes + ["Text/CSV; charset=windows-1252"])
  func aCSVFileIsOneWhateverItIsCalled(_ type: String) async throws {
    let files = FieldCase("27-csv-from-a-windows-browser")
    try await files.run(schools: "971027") { world in
      #expect(try await world.send("1-pupil.csv", of: files, to: "/schools/971027/pupils").status == 200)
      let answer = try await world.send("2-marks.csv", of: files, to: "/schools/971027/marks", type: type)
      #expect(answer.counts == [1, 0, 0, 0, 0, 0], "\(type): \(answer.text)")
    }
  }

  @Test func aWorkbookAndAFormAreNamed() async throws {
    let files = FieldCase("27-csv-from-a-windows-browser")
    try await files.run(schools: "971027") { world in
      let path = "/schools/971027/marks"
      let workbook = try await world.send("3-workbook-head.bin", of: files, to: path)
      #expect(workbook.status == 422 && (workbook["type"] as String?)?.hasSuffix("workbook") == true)
      #expect((workbook["detail"] as String?)?.contains("CSV UTF-8") == true)
      let form = try await world.send(.post, path, type: "multipart/form-data; boundary=x", "--x")
      #expect(form.status == 415 && (form["detail"] as String?)?.contains("and not as a form") == true)
      let other = try await world.send(.post, path, type: "image/png", "x")
      #expect(other.status == 415 && (other["detail"] as String?)?.contains("text/csv") == true)
    }
  }
}
