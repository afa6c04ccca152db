import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

@testable import RegistersDomain

/// The head amends a mark with a reason; what was sent before is sent again, in every way that there is.
@Suite("Field case 07: the night's export after the head's amendment", .timeLimit(.minutes(5)))
struct FieldCase07ResendTests {
  static func why(_ pupil: String, _ world: World) async throws -> [String: Any] {
    let answer = try await world.send(.get, "/pupils/\(pupil)/marks/2026-09-11/PM/why")
    return try #require(answer.list("marks").first)
  }

  @Test func theSameFileChangesNothing() async throws {
    try await Self.files.run(schools: Self.school) { world in
      let pupil = try await Self.begin(world)
      try await Self.amend(pupil, to: "I", world)
      let events = try await world.events().count
      let answer = try await world.send("2-marks.csv", of: Self.files, to: "/schools/\(Self.school)/marks")
      #expect(answer.counts == [0, 0, 10, 0, 0, 0] && answer.list("notes").isEmpty, "\(answer.text)")
      let why = try await Self.why(pupil, world)
      #expect(why["code"] as? String == "I" && (why["amendments"] as? [Any])?.count == 1)
      #expect(try await world.events().count == events, "what says nothing new publishes nothing")
    }
  }

  @Test(arguments: ways) func theSameByEveryWayIn(_ way: String) async throws {
    try await Self.files.run(schools: Self.school) { world in
      let pupil = try await Self.begin(world)
      #expect(try await Self.again(way, "O", pupil, world).counts == [0, 0, 1, 0, 0, 0])
      try await Self.amend(pupil, to: "I", world)
      let same = try await Self.again(way, "O", pupil, world)
      #expect(same.counts == [0, 0, 1, 0, 0, 0] && same.list("notes").isEmpty, "\(same.text)")
      let other = try await Self.again(way, "G", pupil, world)
      #expect(other.counts == [0, 0, 1, 0, 0, 0], "\(other.text)")
      let note = try #require(other.list("notes").first)
      #expect(note["reason"] as? String == "amended-by-person")
      #expect((note["detail"] as? String)?.contains("says G") == true && (note["fix"] as? String)?.isEmpty == false)
      #expect(note["row"] as? Int == ["csv": 2, "sims": 2, "json": 0, "wonde": 0][way])
      #expect(try await Self.why(pupil, world)["code"] as? String == "I")
    }
  }

  /// The school sees both codes, at the mark and in a list, until the file says the same.
  @Test func theSchoolSeesBothUntilTheFileAgrees() async throws {
    try await Self.files.run(schools: Self.school) { world in
      let pupil = try await Self.begin(world)
      func list() async throws -> [[String: Any]] {
        let path = "/schools/\(Self.school)/differences"
        return try await world.send(.get, path, as: .school, schools: [Self.school]).list("differences")
      }
      try await Self.amend(pupil, to: "I", world)
      #expect(try await list().isEmpty)
      _ = try await Self.again("csv", "G", pupil, world)
      let line = try #require(try await list().first)
      #expect(
        line["stands"] as? String == "I" && line["said"] as? String == "G" && line["source"] as? String == "files")
      #expect(line["pupil"] as? String == pupil && line["date"] as? String == "2026-09-11")
      let said = try #require(try await Self.why(pupil, world)["differences"] as? [[String: Any]])
      #expect(said.map { $0["said"] as? String } == ["G"])
      let sessions = try await world.send(.get, "/pupils/\(pupil)/sessions?from=2026-09-11&to=2026-09-11")
      #expect((sessions.list("sessions").last?["differences"] as? [Any])?.count == 1)
      #expect(
        try await world.send(
          .get, "/schools/\(Self.school)/differences", as: .school, schools: ["971008"]
        ).status == 403)

      #expect(try await Self.again("csv", "I", pupil, world).counts == [0, 0, 1, 0, 0, 0])
      #expect(try await list().isEmpty, "they agree")
      #expect(
        try await Self.again("csv", "O", pupil, world).counts == [0, 1, 0, 0, 0, 0], "the school changes its mind")
    }
  }

  /// A register that was typed in is not undone by the night's file either, nor it by the register.
  @Test func filesAndRegistersDoNotUndoEachOther() async throws {
    try await Self.files.run(schools: Self.school) { world in
      let pupil = try await Self.begin(world)
      #expect(try await Self.again("mark", "I", pupil, world).counts == [0, 1, 0, 0, 0, 0])
      #expect(try await Self.again("csv", "O", pupil, world).counts == [0, 0, 1, 0, 0, 0])
      #expect(try await Self.again("json", "N", pupil, world).counts == [0, 1, 0, 0, 0, 0])
      #expect(try await Self.again("register", "I", pupil, world).counts == [0, 0, 1, 0, 0, 0])
      let why = try await Self.why(pupil, world)
      #expect(why["code"] as? String == "N")
      #expect(
        (why["amendments"] as? [[String: Any]])?.map { $0["reason"] as? String } == [
          "A later register or mark held another code", "A later file held another code",
        ])
    }
  }

  /// A person who takes the amendment back leaves nothing behind.
  @Test func anAmendmentTakenBackLeavesNothing() async throws {
    try await Self.files.run(schools: Self.school) { world in
      let pupil = try await Self.begin(world)
      try await Self.amend(pupil, to: "I", world)
      #expect(try world.sql("SELECT * FROM source_codes").count == 1)
      try await Self.amend(pupil, to: "O", world)
      #expect(try world.sql("SELECT * FROM source_codes").isEmpty)
      #expect(try await Self.again("csv", "N", pupil, world).counts == [0, 1, 0, 0, 0, 0])
    }
  }

  /// A mark that waited and was corrected or discarded by a person: the file that says it again brings nothing back.
  @Test func aSettledMarkDoesNotComeBack() async throws {
    try await Self.files.run(schools: Self.school) { world in
      let pupil = try await Self.begin(world)
      let upn = try world.sql("SELECT upn FROM pupils")[0]["upn"] as String
      let file = "upn,date,session,code\n\(upn),2026-09-14,AM,H\n\(upn),2026-09-14,PM,Q9\n"
      let path = "/schools/\(Self.school)"
      func send() async throws -> World.Answer {
        try await world.send(.post, "\(path)/marks", type: "text/csv", file)
      }
      #expect(try await send().counts == [0, 0, 0, 0, 2, 0])
      let waiting = try await world.send(.get, "\(path)/quarantine").list("marks").compactMap { $0["number"] as? Int }
      let corrected = try await world.send(.post, "\(path)/quarantine/\(waiting[0])/correct", "{\"code\": \"C\"}")
      #expect(corrected["state"] == "released", "\(corrected.text)")
      _ = try await world.send(.post, "\(path)/quarantine/\(waiting[1])/discard", "{\"reason\": \"A slip\"}")
      let again = try await send()
      #expect(again.counts == [0, 0, 2, 0, 0, 0], "\(again.text)")
      #expect(again.list("notes").allSatisfy { $0["reason"] as? String == "settled-by-person" })
      let other = try await world.send(
        .post, "\(path)/marks", type: "text/csv", "upn,date,session,code\n\(upn),2026-09-14,AM,O")
      #expect(other.list("notes").first?["reason"] as? String == "amended-by-person", "\(other.text)")
      let why = try await world.send(.get, "/pupils/\(pupil)/marks/2026-09-14/AM/why").list("marks").first
      #expect(why?["code"] as? String == "C")
    }
  }
}
