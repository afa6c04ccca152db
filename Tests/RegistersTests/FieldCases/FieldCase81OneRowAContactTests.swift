import Foundation
import GRDB
import HTTPTypes
import Testing

/// The same child in several rows.
@Suite(.timeLimit(.minutes(10))) struct FieldCase81OneRowAContactTests {
  private let fieldCase = FieldCase("81-one-row-a-contact")
  private static let path = "/schools/971081/pupils"

  @Test func rowsOfOneChildAreOneChildWithAllContacts() async throws {
    try await fieldCase.run(schools: "971081") { world in
      let answer = try await world.send("1-contacts.csv", of: fieldCase, to: Self.path)
      #expect(answer.tally == [1, 0, 1, 0] && answer["received"] == 2 && answer.list("notes").isEmpty)
      let contacts = try world.sql("SELECT given_name, relation FROM contacts WHERE last IS NULL ORDER BY number")
      #expect(contacts.map { $0["given_name"] as String } == ["Pat", "Lee"])
      #expect(contacts.map { $0["relation"] as String } == ["mother", "father"])
      #expect(try await world.send("1-contacts.csv", of: fieldCase, to: Self.path).tally == [0, 0, 2, 0])
    }
  }

  @Test func theSameRowTwiceIsNoFault() async throws {
    try await fieldCase.run(schools: "971081") { world in
      let answer = try await world.send("2-same-row-twice.csv", of: fieldCase, to: Self.path)
      #expect(answer.tally == [1, 0, 1, 0] && answer.list("problems").isEmpty)
    }
  }
}
