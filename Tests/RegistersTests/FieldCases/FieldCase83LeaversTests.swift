import Foundation
import GRDB
import HTTPTypes
import Rulebook
import Testing

/// Leavers and joiners in one list.
@Suite(.timeLimit(.minutes(10))) struct FieldCase83LeaversTests {
  private let fieldCase = FieldCase("83-leavers-and-joiners-in-one-list")
  private static let path = "/schools/971083/pupils"

  @Test func aListOfChangesChangesTheseAndALeaverStaysGone() async throws {
    try await fieldCase.run(schools: "971083") { world in
      #expect(try await world.send("1-roll.csv", of: fieldCase, to: Self.path).tally == [2, 0, 0, 0])
      let changes = try await world.send("2-changes.csv", of: fieldCase, to: Self.path)
      #expect(changes.tally == [1, 1, 0, 0] && changes.list("notes").isEmpty)
      let unread = try await world.send("3-leaving-nobody-can-read.csv", of: fieldCase, to: Self.path)
      #expect(unread.tally == [0, 0, 1, 0] && unread.lines("notes") == ["2 leftOn malformed-date"])
      #expect(unread.text.contains("The leaving is not recorded"))
      let left = try world.sql(
        "SELECT r.left_on, r.ground FROM registrations r ORDER BY r.number")
      #expect(left.map { $0["left_on"] as Int32? } == [MadeUp.day("2026-10-23").ordinal, nil, nil])
      #expect(left.first?["ground"] == "a")
      // The same where the cell itself cannot be taken apart.
      let file = String(decoding: try fieldCase.bytes("3-leaving-nobody-can-read.csv"), as: UTF8.self)
      let broken = try await world.send(
        .post, Self.path, type: "text/csv", file.replacing("end of term", with: "2026-10-\u{1}23"))
      #expect(broken.tally == [0, 0, 1, 0] && broken.lines("notes") == ["2 leftOn malformed-date"])
      let nobody = try await world.send("4-nobody.csv", of: fieldCase, to: Self.path)
      #expect(nobody.status == 200 && nobody["received"] == 0 && nobody.tally == [0, 0, 0, 0])
    }
  }
}
