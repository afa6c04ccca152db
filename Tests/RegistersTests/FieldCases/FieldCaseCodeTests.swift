import Foundation
import GRDB
import HTTPTypes
import Testing

@testable import RegistersDomain

@Suite("Field cases 23 and 25: subcodes of the pandemic, and pupils without a number", .timeLimit(.minutes(5)))
struct FieldCaseCodeTests {
  @Test func subcodesCountByTheirDate() async throws {
    let files = FieldCase("23-subcodes-of-2020-to-2022")
    try await files.run(schools: "971023") { world in
      let path = "/schools/971023"
      let calendar = """
        {"terms":[{"first":"2021-01-05","last":"2021-02-12"}]}
        """
      #expect(try await world.send(.put, "\(path)/calendars/2020-21", calendar).status == 200)
      #expect(try await world.send("1-pupil.csv", of: files, to: "\(path)/pupils").status == 200)
      let answer = try await world.send("2-history.csv", of: files, to: "\(path)/marks")
      #expect(answer.counts == [3, 0, 0, 0, 0, 0], "\(answer.text)")
      let pupil = try world.sql("SELECT id FROM pupils")[0]["id"] as String
      for (session, code, token) in [("AM", "X", "X02"), ("PM", "I", "I01")] {
        let mark = try await world.send(.get, "/pupils/\(pupil)/marks/2021-01-12/\(session)/why").list("marks").first
        #expect(mark?["code"] as? String == code)
        #expect((mark?["original"] as? [String: Any])?["token"] as? String == token)
      }
      let upn = try world.sql("SELECT upn FROM pupils")[0]["upn"] as String
      let later = try await world.send(
        .post, "\(path)/marks", type: "text/csv", "upn,date,session,code\n\(upn),2026-09-07,AM,X02")
      let problem = try #require(later.list("problems").first)
      #expect(later.counts == [0, 0, 0, 0, 1, 0] && problem["reason"] as? String == "code-no-longer-in-force")
      #expect(problem["detail"] as? String == "The code X02 ended on 31 August 2022.")
    }
  }

  @Test func aPupilWithoutANumberWaits() async throws {
    let files = FieldCase("25-wonde-child-without-a-number")
    try await files.run(schools: "971025") { world in
      let path = "/schools/971025"
      #expect(try await world.send("1-pupil.csv", of: files, to: "\(path)/pupils").status == 200)
      let answer = try await world.send("2-wonde.json", of: files, to: "\(path)/marks", type: MarksWonde.mediaType)
      #expect(answer.counts == [1, 0, 0, 0, 1, 0], "\(answer.text)")
      let problem = try #require(answer.list("problems").first)
      #expect(problem["row"] as? Int == 0 && problem["column"] as? String == "upn")
      #expect(problem["detail"] as? String == "The pupil number is empty.")

      let number = try #require(try await world.send(.get, "\(path)/quarantine").list("marks").first?["number"] as? Int)
      let upn = try world.sql("SELECT upn FROM pupils")[0]["upn"] as String
      let corrected = try await world.send(
        .post, "\(path)/quarantine/\(number)/correct", "{\"upn\": \"\(upn)\", \"session\": \"PM\", \"code\": \"N\"}")
      #expect(corrected["state"] == "released", "\(corrected.text)")

      let bare = try await world.send(
        "3-without-includes.json", of: files, to: "\(path)/marks", type: MarksWonde.mediaType)
      let fault = try #require(bare.list("problems").first)
      #expect(bare.counts == [0, 0, 0, 0, 0, 1] && fault["reason"] as? String == "without-includes")
      #expect(fault["column"] as? String == "student")
      #expect((fault["fix"] as? String)?.contains("include=student,attendance_code") == true)
    }
  }
}
