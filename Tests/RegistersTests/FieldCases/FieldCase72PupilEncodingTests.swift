import Foundation
import HTTPTypes
import Testing

/// A list of pupils in the encodings of spreadsheets.
@Suite(.timeLimit(.minutes(10))) struct FieldCase72PupilEncodingTests {
  private let fieldCase = FieldCase("72-pupils-in-windows-1252")

  @Test func accentsArriveAsTheyAre() async throws {
    try await fieldCase.run(schools: "971072") { world in
      let answer = try await world.send("1-pupils.csv", of: fieldCase, to: "/schools/971072/pupils")
      #expect(answer.tally == [2, 0, 0, 0])
      #expect(try await world.roll("971072").names == ["Zoë O’Brien-Ågren", "Sam Müller"])
      let again = try await world.send("2-utf-16.csv", of: fieldCase, to: "/schools/971072/pupils")
      #expect(again.tally == [0, 0, 2, 0])
    }
  }
}
