import Foundation
import HTTPTypes
import Testing

/// Text that a system keeps by a formula.
@Suite(.timeLimit(.minutes(10))) struct FieldCase87FormulaTextTests {
  private let fieldCase = FieldCase("87-text-kept-by-a-formula")
  private static let path = "/schools/971087/pupils"

  @Test func theTextWithinIsRead() async throws {
    try await fieldCase.run(schools: "971087") { world in
      let answer = try await world.send("1-pupils.csv", of: fieldCase, to: Self.path)
      #expect(answer.tally == [2, 0, 0, 0] && answer.list("notes").isEmpty)
      let roll = try await world.roll("971087")
      #expect(roll.names == ["Kim Ashdown", "=A1 Carr"])
      #expect(roll.list("pupils").map { $0["yearGroup"] as? String } == ["8", "8"])
      let file = try await world.send(.get, Self.path + ".csv").text
      #expect(file.contains(",'=A1,Carr,"))
      #expect(try await world.send(.post, Self.path, type: "text/csv", file).tally == [0, 0, 2, 0])
    }
  }
}
