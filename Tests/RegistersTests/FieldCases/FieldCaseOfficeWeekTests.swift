import Foundation
import GRDB
import HTTPTypes
import Testing

@testable import RegistersDomain

/// An office clerk's week: files of the project's own, made like those that schools complain about.
@Suite("Field cases 51 to 58: an office clerk's week", .timeLimit(.minutes(5)))
struct FieldCaseOfficeWeekTests {
  /// One file of a case and what becomes of it: the six counts, and the reason of each row that does not count.
  struct Expected: Sendable {
    let folder: String
    let file: String
    var dialect: String?
    let counts: [Int]
    var problems: [Int: String] = [:]
  }

  static let files: [Expected] = [
    Expected(
      folder: "51-report-with-title-and-totals", file: "2-marks.csv", counts: [3, 0, 0, 0, 0, 2],
      problems: [7: "not-a-mark", 10: "not-a-mark"]),
    Expected(
      folder: "52-pupil-numbers-as-people-write-them", file: "2-marks.csv", counts: [4, 0, 0, 0, 3, 0],
      problems: [6: "malformed-upn", 7: "malformed-upn", 8: "malformed-upn"]),
    Expected(
      folder: "53-codes-as-people-write-them", file: "2-marks.csv", counts: [5, 0, 0, 1, 1, 0],
      problems: [7: "unknown-code"]),
    Expected(
      folder: "54-spreadsheet-of-another-locale", file: "2-semicolons.csv", counts: [1, 0, 0, 0, 0, 0]),
    Expected(
      folder: "54-spreadsheet-of-another-locale", file: "3-sep.csv", counts: [1, 0, 0, 0, 1, 0],
      problems: [3: "unknown-code"]),
    Expected(
      folder: "54-spreadsheet-of-another-locale", file: "4-unicode-text.txt", counts: [1, 0, 0, 0, 0, 0]),
    Expected(
      folder: "55-dates-as-spreadsheets-write-them", file: "2-marks.csv", dialect: "sims", counts: [5, 0, 0, 0, 3, 0],
      problems: [7: "malformed-date", 8: "malformed-date", 9: "malformed-date"]),
    Expected(
      folder: "56-file-of-another-school", file: "2-other-school.csv", counts: [0, 0, 0, 0, 5, 0],
      problems: [2: "unknown-pupil", 3: "unknown-pupil", 4: "unknown-pupil", 5: "unknown-pupil", 6: "unknown-pupil"]),
    Expected(folder: "56-file-of-another-school", file: "3-own.csv", counts: [1, 0, 1, 0, 0, 0]),
    Expected(
      folder: "57-grid-with-weekdays-and-totals", file: "2-grid.csv", dialect: "scholarpack",
      counts: [5, 0, 0, 1, 0, 1], problems: [4: "not-a-mark"]),
    Expected(
      folder: "58-column-twice-and-columns-lost", file: "3-short.csv", counts: [2, 0, 0, 0, 0, 1],
      problems: [4: "wrong-column-count"]),
  ]

  @Test(arguments: files.indices) func whatCanBeReadIsReadAndTheRestIsNamed(_ index: Int) async throws {
    let expected = Self.files[index]
    let files = FieldCase(expected.folder)
    let school = "9710\(expected.folder.prefix(2))"
    try await files.run(schools: school) { world in
      let roll = try await world.send("1-pupils.csv", of: files, to: "/schools/\(school)/pupils")
      #expect(roll.status == 200 && roll["refused"] == 0, "\(roll.text)")
      let query = expected.dialect.map { "?dialect=\($0)" } ?? ""
      let answer = try await world.send(expected.file, of: files, to: "/schools/\(school)/marks\(query)")
      #expect(answer.counts == expected.counts, "\(expected.folder)/\(expected.file): \(answer.text)")
      let problems = answer.list("problems").compactMap { problem in
        (problem["row"] as? Int).flatMap { row in (problem["reason"] as? String).map { (row, $0) } }
      }
      #expect(Dictionary(problems, uniquingKeysWith: { first, _ in first }) == expected.problems)
    }
  }

  @Test func whatWasWrittenIsKeptBesideTheCode() async throws {
    let files = FieldCase("53-codes-as-people-write-them")
    try await files.run(schools: "971053") { world in
      _ = try await world.send("1-pupils.csv", of: files, to: "/schools/971053/pupils")
      _ = try await world.send("2-marks.csv", of: files, to: "/schools/971053/marks")
      let pupil = try world.sql("SELECT id FROM pupils")[0]["id"] as String
      for (day, session, code, token, minutes) in [
        ("2026-09-08", "AM", "L", "L(5)", 5), ("2026-09-10", "AM", "U", "u 12 mins", 12),
        ("2026-09-09", "AM", "/", "／", nil),
      ] as [(String, String, String, String, Int?)] {
        let mark = try await world.send(.get, "/pupils/\(pupil)/marks/\(day)/\(session)/why").list("marks").first
        let original = mark?["original"] as? [String: Any]
        #expect(mark?["code"] as? String == code && original?["token"] as? String == token, "\(day)")
        #expect(original?["minutesLate"] as? Int == minutes)
      }
    }
  }

  @Test func twoColumnsOfOneNameAreRefusedWithWhatToDo() async throws {
    let files = FieldCase("58-column-twice-and-columns-lost")
    try await files.run(schools: "971058") { world in
      let answer = try await world.send("2-twice.csv", of: files, to: "/schools/971058/marks")
      #expect(answer.status == 422 && (answer["type"] as String?)?.hasSuffix("column-twice") == true)
      #expect((answer["detail"] as String?)?.contains("Delete one of them") == true)
    }
  }
}
