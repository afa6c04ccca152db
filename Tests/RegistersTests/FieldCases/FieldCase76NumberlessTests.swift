import Contracts
import Foundation
import GRDB
import HTTPTypes
import Rulebook
import Testing

/// New starters who have no pupil number yet.
@Suite(.timeLimit(.minutes(10))) struct FieldCase76NumberlessTests {
  private let fieldCase = FieldCase("76-pupil-without-a-number")
  private static let path = "/schools/971076/pupils"

  @Test func theChildIsOnTheRegisterAndItsMarksStay() async throws {
    try await fieldCase.run(schools: "971076") { world in
      let first = try await world.send("1-new-starter.csv", of: fieldCase, to: Self.path)
      #expect(first.tally == [2, 0, 0, 0])
      #expect(first.lines("notes") == ["2 upn number-missing", "3 upn number-missing"])
      let id = try #require(first.ids.first)
      let again = try await world.send("1-new-starter.csv", of: fieldCase, to: Self.path)
      #expect(again.tally == [0, 0, 2, 0] && again.ids == first.ids)
      let marked = try await world.send(
        .put, "/schools/971076/registers/2026-09-07/AM", "{\"marks\":{\"/\":[\"\(id)\"]}}")
      #expect(marked.status == 200 && marked["recorded"] == 1)

      // The register's own number is nobody's: it does not leave.
      let file = try await world.send(.get, Self.path + ".csv").text
      #expect(!file.contains("000") && file.contains(",Kit,Marlow,"))
      #expect(try await world.send(.post, Self.path, type: "text/csv", file).tally == [0, 0, 2, 0])
      let transfer = try await world.send(.get, Self.path + ".ctf.xml").text
      #expect(transfer.contains("Marlow") && !transfer.contains("<UPN>"))

      let numbered = try await world.send("2-with-number.csv", of: fieldCase, to: Self.path)
      #expect(numbered.tally == [0, 1, 0, 0] && numbered.ids == [id] && numbered.list("notes").isEmpty)
      let known = try await world.send("3-number-left-out.csv", of: fieldCase, to: Self.path)
      #expect(known.tally == [0, 0, 1, 0] && known.ids == [id])
      #expect(known.list("notes").count == 1 && known.text.contains("on the roll"))
      #expect(try world.sql("SELECT count(*) AS n FROM pupils").first?["n"] == 2)
      let sessions = try await world.send(.get, "/pupils/\(id)/attendance?from=2026-09-07&to=2026-09-07")
      #expect((sessions.json["figures"] as? [String: Any])?["present"] as? Int == 1)
      let after = try await world.send(.get, Self.path + ".csv").text
      let upn = String(decoding: try fieldCase.bytes("2-with-number.csv"), as: UTF8.self).split(separator: "\n")[1]
        .prefix(13)
      #expect(after.contains("\(upn),,Kit"), "the number, and no former one")
    }
  }

  /// Of a school whose roll has the child under a number from the start.
  @Test func aRowWithoutANumberMakesNoSecondChild() async throws {
    try await fieldCase.run(schools: "971076") { world in
      let numbered = try await world.send("2-with-number.csv", of: fieldCase, to: Self.path)
      let known = try await world.send("3-number-left-out.csv", of: fieldCase, to: Self.path)
      #expect(numbered.tally == [1, 0, 0, 0] && known.tally == [0, 0, 1, 0] && known.ids == numbered.ids)
    }
  }

  /// One name is not one child: cousins, or a year's two of a common name. What differs is another child's.
  @Test(arguments: [",KIT,Marlow,18/03/2021,F,R", ",Kat,Marlow,2021-03-17,F,R", ",Kit,Barlow,2021-03-17,F,R"])
  func aRowWithoutANumberIsOfNobodyElse(_ row: String) async throws {
    try await fieldCase.run(schools: "971076") { world in
      let numbered = try await world.send("2-with-number.csv", of: fieldCase, to: Self.path)
      let other = try await world.send(
        .post, Self.path, type: "text/csv",
        "upn,givenName,familyName,dateOfBirth,sex,yearGroup,enrolledOn\n\(row),2026-09-02\n")
      #expect(other.tally == [1, 0, 0, 0] && other.ids != numbered.ids, "\(other.text)")
    }
  }
}
