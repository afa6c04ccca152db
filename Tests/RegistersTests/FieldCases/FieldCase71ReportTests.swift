import Foundation
import HTTPTypes
import Testing

/// A list of pupils as a report.
@Suite(.timeLimit(.minutes(10))) struct FieldCase71ReportTests {
  private let fieldCase = FieldCase("71-pupils-in-a-report")

  @Test func linesThatAreNoChildrenArePassedOver() async throws {
    try await fieldCase.run(schools: "971071") { world in
      let answer = try await world.send("1-report.csv", of: fieldCase, to: "/schools/971071/pupils")
      #expect(answer.tally == [2, 0, 0, 0] && answer["received"] == 2)
      #expect(answer.list("pupils").compactMap { $0["row"] as? Int } == [5, 9])
      #expect(answer.lines("notes") == ["6  not-a-child", "11  not-a-child"])
      #expect(answer.list("problems").isEmpty)
    }
  }

  /// The blank rows of the shown case, on the pupils' side.
  @Test func rowsOfCommasArePassedOver() async throws {
    let blank = FieldCase("11-blank-rows-at-the-end")
    try await blank.run(schools: "971011") { world in
      let answer = try await world.send("1-pupils.csv", of: blank, to: "/schools/971011/pupils")
      #expect(answer.tally == [1, 0, 0, 0] && answer["received"] == 1 && answer.list("notes").isEmpty)
    }
  }
}
