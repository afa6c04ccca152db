import Foundation
import GRDB
import HTTPTypes
import Testing

@testable import RegistersDomain

/// A register that was not taken is nothing, wherever and whoever it would be of.
@Suite("Field case 09: a dash where there is no session", .timeLimit(.minutes(5)))
struct FieldCase09NoMarkTests {
  static let school = "971009"
  static let files = FieldCase("09-dash-where-there-is-no-session")

  @Test(arguments: ["2-dashes.csv", "3-empty.csv"]) func rowsWithoutAMarkAreMissing(_ file: String) async throws {
    try await Self.files.run(schools: Self.school) { world in
      #expect(try await world.send("1-pupil.csv", of: Self.files, to: "/schools/\(Self.school)/pupils").status == 200)
      let answer = try await world.send(file, of: Self.files, to: "/schools/\(Self.school)/marks")
      #expect(answer.counts == [0, 0, 0, 6, 0, 0], "\(answer.text)")
      #expect(answer.list("problems").isEmpty && answer.list("notes").isEmpty)
    }
  }

  /// As many rows as may wait: a file that would bring more is refused as a whole, one that says again what waits is not.
  @Test func aFullQuarantineLosesNoMark() async throws {
    try await Self.files.run(schools: Self.school) { world in
      #expect(try await world.send("1-pupil.csv", of: Self.files, to: "/schools/\(Self.school)/pupils").status == 200)
      let upn = try world.sql("SELECT upn FROM pupils")[0]["upn"] as String
      let path = "/schools/\(Self.school)"
      func send(_ rows: [String]) async throws -> World.Answer {
        let body = (["upn,date,session,code"] + rows).joined(separator: "\n")
        return try await world.send(.post, "\(path)/marks", type: "text/csv", body)
      }
      let full = (0..<50_000).map { "\(MadeUp.upn(1_000 + $0)),2026-09-07,AM,/" }
      #expect(try await send(full).counts == [0, 0, 0, 0, 50_000, 0])
      #expect(try await send(full).counts == [0, 0, 0, 0, 50_000, 0], "what waits already takes no more room")

      let refused = try await send(["\(upn),2026-09-07,AM,/", "\(upn),2026-09-07,PM,Q9"])
      #expect(refused.status == 409, "\(refused.text)")
      #expect((refused["type"] as String?)?.hasSuffix("quarantine-full") == true)
      #expect((refused["detail"] as String?)?.contains("Nothing of the file was entered") == true)
      #expect(try world.sql("SELECT * FROM entries").isEmpty && world.sql("SELECT * FROM receipts").count == 2)
      #expect(try await send(["\(upn),2026-09-07,AM,/", "\(upn),2026-09-05,PM,-"]).counts == [1, 0, 0, 1, 0, 0])

      let discard = "{\"reason\": \"unknown-pupil\", \"why\": \"A list of another school\"}"
      let first = try await world.send(.post, "\(path)/quarantine/discard", key: "discard-0001", discard)
      #expect(first["discarded"] == 50_000 && first["waiting"] == 0, "\(first.text)")
      #expect(
        try await world.send(.post, "\(path)/quarantine/discard", key: "discard-0001", discard).text == first.text)
      #expect(try await world.send(.post, "\(path)/quarantine/discard", discard)["discarded"] == 0)
      #expect(
        try world.sql("SELECT * FROM quarantine WHERE settled_reason = 'A list of another school'").count == 50_000)
      #expect(try world.sql("SELECT * FROM audit_log WHERE action = 'school.quarantine.discard'").count == 2)
      #expect(try await send(["\(upn),2026-09-07,PM,Q9"]).counts == [0, 0, 0, 0, 1, 0])
    }
  }

  @Test func aDiscardOfAllNamesItsReasonAndItsUpload() async throws {
    try await Self.files.run(schools: Self.school) { world in
      #expect(try await world.send("1-pupil.csv", of: Self.files, to: "/schools/\(Self.school)/pupils").status == 200)
      let upn = try world.sql("SELECT upn FROM pupils")[0]["upn"] as String
      let path = "/schools/\(Self.school)/quarantine/discard"
      var receipts: [String] = []
      for row in ["2026-09-05,AM,/", "2026-09-06,AM,/", "2026-09-07,AM,Q9"] {
        let answer = try await world.send(
          .post, "/schools/\(Self.school)/marks", type: "text/csv", "upn,date,session,code\n\(upn),\(row)")
        receipts.append(try #require(answer["receipt"]))
      }
      let one = try await world.send(
        .post, path, "{\"reason\": \"weekend\", \"receipt\": \"\(receipts[0])\", \"why\": \"No school\"}")
      #expect(one["discarded"] == 1 && one["waiting"] == 2)
      #expect(try await world.send(.post, path, "{\"reason\": \"weekend\", \"why\": \"No school\"}")["discarded"] == 1)
      for body in [
        "{\"reason\": \"weekend\", \"why\": \" \"}", "{\"reason\": \"\", \"why\": \"x\"}",
        "{\"reason\": \"weekend\", \"receipt\": \"12\", \"why\": \"x\"}", "{\"reason\": \"weekend\"}",
      ] {
        #expect(try await world.send(.post, path, body).status == 422, "\(body)")
      }
    }
  }

  /// Marks of pupils without a number, and two codes of one session, wait each; sent again they wait once.
  @Test func marksThatAreAlikeAllWait() async throws {
    try await Self.files.run(schools: Self.school) { world in
      let mark = "\"date\": \"2026-09-07\", \"session\": \"AM\", \"attendance_code\": \"N\", \"student_upn\": null"
      let upn = MadeUp.upn(5)
      let body = """
        {"data": [{\(mark)}, {\(mark)}, {\(mark)},
          {"date": "2026-09-07", "session": "AM", "attendance_code": "I", "student_upn": "\(upn)"},
          {"date": "2026-09-07", "session": "AM", "attendance_code": "O", "student_upn": "\(upn)"}]}
        """
      for _ in 0..<3 {
        let answer = try await world.send(
          .post, "/schools/\(Self.school)/marks", type: MarksWonde.mediaType, body)
        #expect(answer.counts == [0, 0, 0, 0, 5, 0])
        #expect(try world.sql("SELECT * FROM quarantine WHERE state = 'waiting'").count == 5)
      }
      #expect(try world.sql("SELECT * FROM quarantine").count == 5)
    }
  }
}
