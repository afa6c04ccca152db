import Foundation
import HTTPTypes
import Testing

/// Two columns of one name.
@Suite(.timeLimit(.minutes(10))) struct FieldCase82ColumnTwiceTests {
  private let fieldCase = FieldCase("82-a-column-twice")
  private static let path = "/schools/971082/pupils"

  @Test func columnsThatAgreeAreOne() async throws {
    try await fieldCase.run(schools: "971082") { world in
      #expect(try await world.send("1-same.csv", of: fieldCase, to: Self.path).tally == [1, 0, 0, 0])
      let other = try await world.send("2-other.csv", of: fieldCase, to: Self.path)
      #expect(other.status == 422 && other.text.contains("/problems/column-twice"))
      #expect(other.text.contains("date of birth (dateOfBirth)"))
    }
  }
}
