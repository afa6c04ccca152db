import Foundation
import HTTPTypes
import Testing

/// Days as spreadsheets write them.
@Suite(.timeLimit(.minutes(10))) struct FieldCase80SpreadsheetDaysTests {
  private let fieldCase = FieldCase("80-days-as-spreadsheets-write-them")

  @Test func eachIsTheSameDay() async throws {
    try await fieldCase.run(schools: "971080") { world in
      let answer = try await world.send("1-pupils.csv", of: fieldCase, to: "/schools/971080/pupils")
      #expect(answer.tally == [6, 0, 0, 0])
      let roll = try await world.roll("971080").list("pupils")
      #expect(Set(roll.map { $0["dateOfBirth"] as? String }) == ["2014-05-04"])
      #expect(Set(roll.map { $0["enrolledOn"] as? String }) == ["2025-09-01"])
    }
  }
}
