import Foundation
import HTTPTypes
import Testing

/// Years that cannot be right.
@Suite(.timeLimit(.minutes(10))) struct FieldCase74PupilYearsTests {
  private let fieldCase = FieldCase("74-pupils-with-years-typed-wrong")

  @Test func theYearIsSaid() async throws {
    try await fieldCase.run(schools: "971074") { world in
      let answer = try await world.send("1-pupils.csv", of: fieldCase, to: "/schools/971074/pupils")
      #expect(answer.tally == [2, 0, 0, 5])
      #expect(
        answer.lines("problems") == [
          "2 dateOfBirth impossible-date", "3 dateOfBirth impossible-date", "4 dateOfBirth impossible-date",
          "5 enrolledOn impossible-date", "6 enrolledOn impossible-date",
        ])
      for problem in answer.list("problems") {
        #expect((problem["detail"] as? String ?? "").contains("cannot be right"))
      }
      #expect(answer.lines("notes") == ["8 leftOn impossible-date"])
      let roll = try await world.roll("971074").list("pupils")
      #expect(roll.map { $0["dateOfBirth"] as? String } == ["2016-05-04", "2016-05-04"])
      #expect(roll.map { $0["enrolledOn"] as? String } == ["2025-09-01", "2025-09-01"])
      #expect(roll.map { $0["leftOn"] as? String } == [nil, nil])
    }
  }
}
