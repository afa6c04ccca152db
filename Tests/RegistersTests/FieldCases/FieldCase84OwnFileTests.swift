import Foundation
import HTTPTypes
import Testing

/// The program's own file, saved by a spreadsheet with other settings.
@Suite(.timeLimit(.minutes(10))) struct FieldCase84OwnFileTests {
  private let fieldCase = FieldCase("84-own-file-with-semicolons")
  private static let path = "/schools/971084/pupils"

  @Test func nothingIsNewInIt() async throws {
    try await fieldCase.run(schools: "971084") { world in
      #expect(try await world.send("1-roll.csv", of: fieldCase, to: Self.path).tally == [2, 0, 0, 0])
      let own = try await world.send(.get, Self.path + ".csv").text
      #expect(try await world.send(.post, Self.path, type: "text/csv", own).tally == [0, 0, 2, 0])
      let saved = try await world.send("2-saved.csv", of: fieldCase, to: Self.path)
      #expect(saved.tally == [0, 0, 2, 0] && saved.list("problems").isEmpty && saved.list("notes").isEmpty)
    }
  }
}
