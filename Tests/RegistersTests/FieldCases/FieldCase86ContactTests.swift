import Foundation
import GRDB
import HTTPTypes
import Testing

/// A contact that nobody can read.
@Suite(.timeLimit(.minutes(10))) struct FieldCase86ContactTests {
  private let fieldCase = FieldCase("86-a-contact-nobody-can-read")
  private static let path = "/schools/971086/pupils"

  @Test func nobodyLeavesTheListOnRecord() async throws {
    try await fieldCase.run(schools: "971086") { world in
      #expect(try await world.send("1-pupil.csv", of: fieldCase, to: Self.path).tally == [1, 0, 0, 0])
      let answer = try await world.send("2-nameless.csv", of: fieldCase, to: Self.path)
      #expect(answer.tally == [0, 0, 1, 0])
      #expect(
        answer.lines("notes") == [
          "2 contact1Telephone shortened-number", "2 contact2FamilyName missing-value",
        ])
      let contacts = try world.sql("SELECT given_name, telephone FROM contacts WHERE last IS NULL ORDER BY number")
      #expect(contacts.map { $0["given_name"] as String } == ["Pat", "Lee"])
      #expect(contacts.first?["telephone"] == "01632 960001")
    }
  }
}
