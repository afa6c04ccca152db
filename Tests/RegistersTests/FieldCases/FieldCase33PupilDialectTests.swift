import Foundation
import HTTPTypes
import Testing

/// A system's own export, and the program's own file after a spreadsheet had it.
@Suite(.timeLimit(.minutes(10))) struct FieldCase33PupilDialectTests {
  private let fieldCase = FieldCase("33-pupils-list-as-a-system-exports-it")
  private static let path = "/schools/971033/pupils"

  @Test func aSystemsExportIsTakenIn() async throws {
    try await fieldCase.run(schools: "971033") { world in
      let answer = try await world.send("1-export.csv", of: fieldCase, to: Self.path)
      #expect(answer.tally == [1, 0, 0, 0] && answer.list("notes").isEmpty)
      for dialect in ["sims", "arbor"] {
        let again = try await world.send("1-export.csv", of: fieldCase, to: Self.path + "?dialect=\(dialect)")
        #expect(again.tally == [0, 0, 1, 0], "\(dialect)")
      }
      let line = try #require(try await world.roll("971033").list("pupils").first)
      #expect(line["dateOfBirth"] as? String == "2016-05-04" && line["enrolledOn"] as? String == "2025-09-02")
      #expect(line["givenName"] as? String == "Ann" && line["yearGroup"] as? String == "5")
      let unknown = try await world.send("1-export.csv", of: fieldCase, to: Self.path + "?dialect=nothing")
      #expect(unknown.status == 400 && unknown.text.contains("unknown-dialect"))
    }
  }

  @Test func theProgramsOwnFileComesBackFromASpreadsheet() async throws {
    try await fieldCase.run(schools: "971033") { world in
      #expect(try await world.send("2-good.csv", of: fieldCase, to: Self.path).tally == [1, 0, 0, 0])
      let answer = try await world.send("3-own-file-saved-by-a-spreadsheet.csv", of: fieldCase, to: Self.path)
      #expect(answer.tally == [0, 0, 1, 0] && answer.list("problems").isEmpty && answer.list("notes").isEmpty)
    }
  }

  /// What is missing is said with the names that are taken, and dates with both ways of writing them.
  @Test func messagesLead() async throws {
    try await fieldCase.run(schools: "971033") { world in
      let headers = try await world.send(.post, Self.path, type: "text/csv", "Pupil,Tutor\nA,B\n")
      #expect(headers.status == 422)
      for word in ["missing-columns", "Legal Forename", "DOB", "Date of Admission", "?dialect="] {
        #expect(headers.text.contains(word), "\(word)")
      }
      let file = String(decoding: try fieldCase.bytes("2-good.csv"), as: UTF8.self).replacing(
        "2016-05-04", with: "May 16")
      let date = try await world.send(.post, Self.path, type: "text/csv", file)
      #expect(date.lines("problems") == ["2 dateOfBirth malformed-date"])
      #expect(date.text.contains("YYYY-MM-DD or DD/MM/YYYY") && !date.text.contains("May 16"))
    }
  }
}
