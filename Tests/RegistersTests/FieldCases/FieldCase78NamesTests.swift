import Foundation
import HTTPTypes
import RegistersDomain
import Testing

/// Names as people type them.
@Suite(.timeLimit(.minutes(10))) struct FieldCase78NamesTests {
  private let fieldCase = FieldCase("78-names-as-people-type-them")
  private static let path = "/schools/971078/pupils"

  @Test func theBetterSpellingStays() async throws {
    try await fieldCase.run(schools: "971078") { world async throws in
      #expect(try await world.send("1-pupils.csv", of: fieldCase, to: Self.path).tally == [2, 0, 0, 0])
      #expect(try await world.send("2-in-capitals.csv", of: fieldCase, to: Self.path).tally == [0, 0, 2, 0])
      #expect(try await world.roll("971078").names == ["Mary Ann O'Brien", "Jo McCall"])
      #expect(try await world.send("3-other-spelling.csv", of: fieldCase, to: Self.path).tally == [0, 1, 0, 0])
      #expect(try await world.roll("971078").names.first == "Mary Anne O'Brien")
    }
  }

  static let spellings: [(known: String, sent: String, kept: String)] = [
    ("O'Brien", "O’Brien", "O'Brien"), ("O’Brien", "O'BRIEN", "O’Brien"), ("McCall", "MCCALL", "McCall"),
    ("MCCALL", "McCall", "McCall"), ("mccall", "McCall", "McCall"), ("Mccall", "McCall", "McCall"),
    ("Ann-Marie", "Ann\u{2011}Marie", "Ann-Marie"), ("Ann Marie", "Ann-Marie", "Ann-Marie"), ("Zoe", "Zoë", "Zoë"),
  ]

  @Test(arguments: spellings) func oneSpellingIsKept(_ example: (known: String, sent: String, kept: String)) {
    #expect(NameSpelling.kept(example.known, sent: example.sent) == example.kept)
  }
}
