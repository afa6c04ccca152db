import Foundation
import HTTPTypes
import Testing

/// What browsers call a list of pupils, and what is no list.
@Suite(.timeLimit(.minutes(10))) struct FieldCase75BrowserTests {
  private let fieldCase = FieldCase("75-pupils-from-a-windows-browser")
  private static let path = "/schools/971075/pupils"

  @Test func aListIsTakenWhateverTheComputerCallsIt() async throws {
    try await fieldCase.run(schools: "971075") { world in
      #expect(try await world.send("1-pupils.csv", of: fieldCase, to: Self.path).tally == [1, 0, 0, 0])
      for type in ["application/vnd.ms-excel", "application/octet-stream", "text/plain; charset=windows-1252"] {
        let answer = try await world.send("1-pupils.csv", of: fieldCase, to: Self.path, type: type)
        #expect(answer.tally == [0, 0, 1, 0], "\(type)")
      }
      let workbook = try await world.send("2-workbook-head.bin", of: fieldCase, to: Self.path)
      #expect(workbook.status == 422 && workbook.text.contains("/problems/workbook"))
      #expect(workbook.text.contains("CSV UTF-8"))
      let other = try await world.send("1-pupils.csv", of: fieldCase, to: Self.path, type: "image/png")
      #expect(other.status == 415 && other.text.contains("text/csv"))
      let xml = try await world.send(
        "2-workbook-head.bin", of: fieldCase, to: Self.path + "?enrolledOn=2026-09-02", type: "application/xml")
      #expect(xml.status == 400 && xml.text.contains("/problems/workbook"))
    }
  }
}
