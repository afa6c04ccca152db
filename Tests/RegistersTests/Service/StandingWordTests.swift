import Contracts
import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

/// Words about a child that wait for an officer, that stand on several rolls, and that were taken back.
@Suite(.timeLimit(.minutes(5))) struct StandingWordTests {
  private static let second = SecondSchoolTests.second

  private static func facts(_ world: World) throws -> [String?] {
    let row = try #require(try world.sql("SELECT family_name, year_group FROM pupils").first)
    return [row["family_name"], row["year_group"]]
  }

  /// The school that holds the child now says again what waits: that stays with the officer. What else its row says
  /// counts.
  @Test func whatWaitsDoesNotCountByBeingSaidAgain() async throws {
    try await SecondSchoolTests.run { world in
      _ = try await SecondSchoolTests.child(world)
      let said = World.pupil(0, #","sex":"F""#).replacing("Quarrington", with: "Vellacott")
      #expect(try await SecondSchoolTests.send(world, Self.second, said)["enrolled"] == 1)
      let left = World.pupil(0, #","sex":"F","leftOn":"2026-09-04","ground":"a""#)
      #expect(try await SecondSchoolTests.send(world, World.school, left)["changed"] == 1)

      let again = said.replacing(#""yearGroup":"5""#, with: #""yearGroup":"6""#)
      let answer = try await SecondSchoolTests.send(world, Self.second, again)
      #expect(answer["changed"] == 1, "\(answer.text)")
      #expect(answer.list("notes").map { $0["reason"] as? String } == ["proposed"])
      #expect(try Self.facts(world) == ["Quarrington", "6"])
      let changes = try await world.send(.get, "/pupil-changes").list("changes")
      #expect(changes.map { $0["fields"] as? [String] } == [["familyName"]])

      // Another word than the one that waits is the holding school's own, and counts.
      let own = again.replacing("Vellacott", with: "Tarn")
      #expect(try await SecondSchoolTests.send(world, Self.second, own)["changed"] == 1)
      #expect(try Self.facts(world) == ["Tarn", "6"])
      #expect(try await world.send(.get, "/pupil-changes").list("changes").isEmpty)
    }
  }

  /// What the holding school corrects is published for every roll that the child is on.
  @Test(arguments: [
    ("Quarrington", "Tarn"), ("2016-05-04", "2016-05-14"), (#""yearGroup":"5""#, #""yearGroup":"6""#),
    (#""yearGroup""#, #""addressProtected":true,"yearGroup""#),
  ])
  func aCorrectionIsPublishedForEveryRoll(_ stood: String, _ corrected: String) async throws {
    try await SecondSchoolTests.run { world in
      _ = try await SecondSchoolTests.child(world)
      let row = World.pupil(0, #","sex":"F""#)
      #expect(try await SecondSchoolTests.send(world, Self.second, row)["enrolled"] == 1)
      let before = try await world.all(PupilEnrolled.self)
      let known = try #require(before.last)
      #expect(
        try await SecondSchoolTests.send(world, World.school, row.replacing(stood, with: corrected))["changed"] == 1)
      let told = try await world.all(PupilEnrolled.self).dropFirst(before.count)
      #expect(told.map(\.school.text).sorted() == [World.school, Self.second])
      for event in told {
        #expect(event.pupil == known.pupil)
        let isOther =
          event.familyName != known.familyName || event.dateOfBirth != known.dateOfBirth
          || event.yearGroup != known.yearGroup || event.addressProtected != known.addressProtected
        #expect(isOther, "as it is now")
      }
      // The same again is told to nobody.
      _ = try await SecondSchoolTests.send(world, World.school, row.replacing(stood, with: corrected))
      #expect(try await world.all(PupilEnrolled.self).count == before.count + told.count)
    }
  }

  /// A first day that an officer took back is not the first day of an entry that stands.
  @Test func aFirstDayThatWasTakenBackStaysTakenBack() async throws {
    try await SecondSchoolTests.run { world in
      let id = try await SecondSchoolTests.child(world)
      let row = World.pupil(0, #","sex":"F""#)
      let path = "/schools/\(World.school)/withdrawals"
      let withdrawn = try await world.send(
        .post, path, #"{"entries":[{"pupil":"\#(id)"}],"reason":"Entered by mistake"}"#)
      #expect(withdrawn.list("withdrawn").count == 1, "\(withdrawn.text)")

      let later = row.replacing("2024-09-02", with: "2024-09-09")
      #expect(try await SecondSchoolTests.send(world, World.school, later)["waiting"] == 1)
      #expect(try await SecondSchoolTests.decide(world, "accept").list("decisions").count == 1)
      func firstDays() throws -> [Int32] {
        try world.sql("SELECT enrolled_on FROM standing_registrations").map { $0["enrolled_on"] }
      }
      let standing = [MadeUp.day("2024-09-09").ordinal]
      #expect(try firstDays() == standing)

      let refused = try await SecondSchoolTests.send(world, World.school, row)
      #expect(refused["refused"] == 1 && refused["waiting"] == 0)
      let problem = try #require(refused.list("problems").first)
      #expect(problem["reason"] as? String == "taken-back" && problem["column"] as? String == "enrolledOn")
      #expect(try firstDays() == standing)
      #expect(try await world.send(.get, "/pupil-changes").list("changes").isEmpty)
      // The entry that stands can still be sent.
      #expect(try await SecondSchoolTests.send(world, World.school, later)["unchanged"] == 1)
    }
  }
}
