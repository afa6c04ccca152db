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

  private static let header = "upn,givenName,familyName,dateOfBirth,sex,yearGroup,enrolledOn"
  private static let numberless = "\(header)\n,Kit,Marlow,2021-03-17,F,R,2026-09-02\n"

  private static func numbered(_ numbers: [Int], from day: String = "2026-09-02") -> String {
    ([header] + numbers.map { "\(MadeUp.upn($0)),Kit,Marlow,2021-03-17,F,R,\(day)" }).joined(separator: "\n")
  }

  /// Two children of the same names and date of birth are on the roll: the row is of neither.
  @Test func ofTwoNamesakesNoneIsTaken() async throws {
    try await fieldCase.run(schools: "971076") { world in
      let twins = try await world.send(.post, Self.path, type: "text/csv", Self.numbered([1, 2]))
      #expect(twins.tally == [2, 0, 0, 0], "\(twins.text)")
      let third = try await world.send(.post, Self.path, type: "text/csv", Self.numberless)
      #expect(third.tally == [1, 0, 0, 0] && Set(third.ids).isDisjoint(with: twins.ids), "\(third.text)")
    }
  }

  /// A namesake of another school's roll, or of an entry that was taken back, is not the child.
  @Test func aNamesakeOfAnotherRollIsNotTaken() async throws {
    try await fieldCase.run(schools: "971076", "971077") { world in
      let elsewhere = try await world.send(.post, "/schools/971077/pupils", type: "text/csv", Self.numbered([1]))
      #expect(elsewhere.tally == [1, 0, 0, 0], "\(elsewhere.text)")
      let mistake = try await world.send(.post, Self.path, type: "text/csv", Self.numbered([2]))
      let id = try #require(mistake.ids.first)
      let withdrawn = try await world.send(
        .post, "/schools/971076/withdrawals", #"{"entries":[{"pupil":"\#(id)"}],"reason":"Sent to the wrong school"}"#)
      #expect(withdrawn.status == 200, "\(withdrawn.text)")
      let own = try await world.send(.post, Self.path, type: "text/csv", Self.numberless)
      #expect(own.tally == [1, 0, 0, 0], "\(own.text)")
      #expect(Set(own.ids).isDisjoint(with: elsewhere.ids + mistake.ids), "\(own.text)")
    }
  }

  /// A number comes to the child that waits for it at the same school only.
  @Test func aNumberFromAnotherSchoolIsOfAnotherChild() async throws {
    try await fieldCase.run(schools: "971076", "971077") { world in
      let waiting = try await world.send(.post, Self.path, type: "text/csv", Self.numberless)
      #expect(waiting.tally == [1, 0, 0, 0])
      let other = try await world.send(.post, "/schools/971077/pupils", type: "text/csv", Self.numbered([1]))
      #expect(other.tally == [1, 0, 0, 0] && other.ids != waiting.ids, "\(other.text)")
      let roll = try await world.send(.get, Self.path + ".csv").text
      #expect(!roll.contains(MadeUp.upn(1).text))
    }
  }
}
