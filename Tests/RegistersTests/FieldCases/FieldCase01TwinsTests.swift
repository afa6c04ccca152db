import Contracts
import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

/// Twins sent under one pupil number, in two files and in one.
@Suite(.timeLimit(.minutes(10))) struct FieldCase01TwinsTests {
  private static let fieldCase = FieldCase("01-twins-one-number")
  private static let school = "971001"
  private static let path = "/schools/971001/pupils"

  @Test func theFirstTwinStaysTheFirstTwin() async throws {
    try await Self.fieldCase.run(schools: Self.school) { world in
      let first = try await world.send("1-first-twin.csv", of: Self.fieldCase, to: Self.path)
      #expect(first["enrolled"] == 1)
      let marks = try await world.send("2-marks.csv", of: Self.fieldCase, to: "/schools/\(Self.school)/marks")
      #expect(marks["recorded"] == 1)
      let before = try world.sql("SELECT * FROM pupils").map(\.debugDescription)
      let events = try await world.events().count

      let second = try await world.send("3-second-twin.csv", of: Self.fieldCase, to: Self.path)
      #expect(second.status == 200 && second["refused"] == 1 && second["changed"] == 0)
      let problem = try #require(second.list("problems").first)
      #expect(problem["reason"] as? String == "different-child" && problem["row"] as? Int == 2)
      #expect(try world.sql("SELECT * FROM pupils").map(\.debugDescription) == before, "the first twin's record")
      #expect(try await world.events().count == events)
      // Marks under the number go on being hers.
      let more = try await world.upload(["Q880999020101,2026-09-08,AM,/"], school: Self.school)
      #expect(more.counts == [1, 0, 0, 0, 0, 0])
    }
  }

  @Test func oneFileSaysThatTwoChildrenHaveOneNumber() async throws {
    try await Self.fieldCase.run(schools: Self.school) { world in
      let both = try await world.send("4-both-in-one-file.csv", of: Self.fieldCase, to: Self.path)
      #expect(both["enrolled"] == 0 && both["refused"] == 2 && both["received"] == 2)
      let problems = both.list("problems")
      #expect(problems.compactMap { $0["row"] as? Int } == [2, 3])
      for problem in problems {
        #expect(problem["reason"] as? String == "one-number-for-two-children")
        #expect((problem["detail"] as? String)?.contains("Rows 2, 3") == true, "both rows are named")
      }
      #expect(try world.sql("SELECT count(*) AS n FROM pupils").first?["n"] == 0)
      // The one that stands under the number already is not lost by the other's row.
      let ada = "upn,givenName,familyName,dateOfBirth,sex,enrolledOn\nE880999020102,Ada,Merrow,2016-05-04,F,2025-09-01"
      #expect(try await world.send(.post, Self.path, type: "text/csv", ada)["enrolled"] == 1)
      let again = try await world.send("4-both-in-one-file.csv", of: Self.fieldCase, to: Self.path)
      #expect(again["changed"] == 1 && again["refused"] == 1, "her year group is new")
      #expect(again.list("problems").compactMap { $0["row"] as? Int } == [3])
      #expect(try world.sql("SELECT given_name FROM pupils").first?["given_name"] == "Ada")
    }
  }

  private static func twin(_ given: String, sex: String, family: String = "Dunmore", born: String = "2016-05-04")
    -> String
  {
    "upn,givenName,familyName,dateOfBirth,sex,yearGroup,enrolledOn\n"
      + "Q880999020101,\(given),\(family),\(born),\(sex),5,2025-09-01"
  }

  /// A twin of the same sex: no rule can tell, so the record stays and an officer looks.
  @Test(arguments: ["text/csv", "application/json", "application/xml"])
  func aTwinOfTheSameSexGoesBeforeAnOfficer(_ type: String) async throws {
    try await Self.fieldCase.run(schools: Self.school) { world in
      _ = try await world.send("1-first-twin.csv", of: Self.fieldCase, to: Self.path)
      _ = try await world.send("2-marks.csv", of: Self.fieldCase, to: "/schools/\(Self.school)/marks")
      func send(_ given: String) async throws -> World.Answer {
        let fields = """
          "upn":"Q880999020101","givenName":"\(given)","familyName":"Dunmore","dateOfBirth":"2016-05-04","sex":"F"
          """
        let body =
          switch type {
          case "text/csv": Self.twin(given, sex: "F")
          case "application/json": "{\"pupils\":[{\(fields),\"enrolledOn\":\"2025-09-01\"}]}"
          default:
            """
            <CTfile><CTFpupilData><Pupil><UPN>Q880999020101</UPN><Surname>Dunmore</Surname><Forename>\(given)</Forename>
            <DOB>2016-05-04</DOB><Sex>F</Sex></Pupil></CTFpupilData></CTfile>
            """
          }
        let query = type == "application/xml" ? "?enrolledOn=2025-09-01" : ""
        return try await world.send(.post, Self.path + query, as: .school, schools: [Self.school], type: type, body)
      }
      let sent = try await send("Edith")
      #expect(sent.status == 200 && sent["waiting"] == 1 && sent["refused"] == 0, "\(sent.text)")
      #expect(sent.list("notes").map { $0["reason"] as? String } == ["waiting-for-confirmation"])
      #expect(sent.list("pupils").isEmpty && !sent.text.contains("Cara"))
      #expect(try world.sql("SELECT given_name FROM pupils").first?["given_name"] == "Cara")
      #expect(try await send("Edith")["waiting"] == 1)
      let waiting = try await world.send(.get, "/pupil-changes").list("changes")
      #expect(waiting.count == 1, "the same again is one")
      let change = try #require(waiting.first)
      #expect(change["kind"] as? String == "identity" && change["fields"] as? [String] == ["givenName"])
      #expect((change["stands"] as? [String: Any])?["givenName"] as? String == "Cara")
      #expect((change["said"] as? [String: Any])?["givenName"] as? String == "Edith")
      // The officer says that she is another child: the sender is told, and nothing changes.
      let number = try #require(change["number"] as? Int)
      let no = try await world.send(.post, "/pupil-changes/reject", #"{"numbers":[\#(number)],"reason":"Twins"}"#)
      #expect(no.status == 200)
      #expect(try await send("Edith").list("problems").map { $0["reason"] as? String } == ["different-child"])
      #expect(try await world.send(.get, "/pupil-changes").list("changes").isEmpty)
      #expect(try world.sql("SELECT given_name FROM pupils").first?["given_name"] == "Cara")
    }
  }

  /// One thing corrected is a correction, and counts at once.
  @Test func correctionsPass() async throws {
    try await Self.fieldCase.run(schools: Self.school) { world in
      _ = try await world.send("1-first-twin.csv", of: Self.fieldCase, to: Self.path)
      let corrections: [(sent: String, column: String, value: String)] = [
        (Self.twin("Kara", sex: "F"), "given_name", "Kara"),
        (Self.twin("Kara Mae", sex: "F"), "given_name", "Kara Mae"),
        (Self.twin("Kara Mae", sex: "F", family: "Vellacott"), "family_name", "Vellacott"),
        (Self.twin("Kara Mae", sex: "M", family: "Vellacott"), "sex", "M"),
      ]
      for correction in corrections {
        let answer = try await world.send(
          .post, Self.path, as: .school, schools: [Self.school], type: "text/csv", correction.sent)
        #expect(answer["changed"] == 1 && answer.list("notes").isEmpty, "\(correction.column)")
        #expect(try world.sql("SELECT \(correction.column) AS v FROM pupils").first?["v"] == correction.value)
      }
      let born = Self.twin("Kara Mae", sex: "M", family: "Vellacott", born: "2016-04-05")
      #expect(try await world.send(.post, Self.path, type: "text/csv", born)["changed"] == 1)
    }
  }

  /// The record on file had the other twin's number: it gets its own, and then the number is free for its owner.
  @Test func aWrongNumberOnFileIsPutRight() async throws {
    try await Self.fieldCase.run(schools: Self.school) { world in
      let first = try await world.send("1-first-twin.csv", of: Self.fieldCase, to: Self.path)
      let cara = try #require(first.list("pupils").first?["id"] as? String)
      let right =
        "upn,formerUpn,givenName,familyName,dateOfBirth,sex,yearGroup,enrolledOn\n"
        + "E880999020102,Q880999020101,Cara,Dunmore,2016-05-04,F,5,2025-09-01"
      #expect(try await world.send(.post, Self.path, type: "text/csv", right)["changed"] == 1)
      let dan = try await world.send("3-second-twin.csv", of: Self.fieldCase, to: Self.path)
      #expect(dan["enrolled"] == 1, "\(dan.text)")
      let found = try #require(dan.list("pupils").first?["id"] as? String)
      #expect(found != cara)
      #expect(try await world.send(.get, "/pupils/\(cara)")["givenName"] == "Cara")
      #expect(try await world.send(.get, "/pupils/\(found)")["givenName"] == "Dan")
      #expect(
        try await world.send(.get, "/matches").list("pairs").map { $0["grounds"] as? [String] } == [["former-upn"]])
      let marks = try await world.upload(["Q880999020101,2026-09-07,AM,/"], school: Self.school)
      #expect(marks.counts == [1, 0, 0, 0, 0, 0])
      let his = try await world.send(.get, "/pupils/\(found)/attendance?from=2026-09-01&to=2026-09-30")
      #expect(his.text.contains("\"present\":1"))
    }
  }

  /// An officer who says that it is the same child lets the row count as it was sent.
  @Test func anAcceptedRowCounts() async throws {
    try await Self.fieldCase.run(schools: Self.school) { world in
      let id = try #require(
        try await world.send("1-first-twin.csv", of: Self.fieldCase, to: Self.path).list("pupils").first?["id"]
          as? String)
      let renamed = Self.twin("Edith", sex: "F").replacing("Edith,Dunmore", with: "Edith,Vellacott")
      #expect(try await world.send(.post, Self.path, type: "text/csv", renamed)["waiting"] == 1)
      let number = try #require(try await world.send(.get, "/pupil-changes").list("changes").first?["number"] as? Int)
      let yes = try await world.send(
        .post, "/pupil-changes/accept", #"{"numbers":[\#(number)],"reason":"Adopted; court order seen"}"#)
      #expect(yes.status == 200, "\(yes.text)")
      let entry = try await world.send(.get, "/pupils/\(id)")
      #expect(entry["givenName"] == "Edith" && entry["familyName"] == "Vellacott")
      let audited = try world.sql("SELECT action FROM audit_log WHERE subject = '\(id)'").map { $0["action"] as String }
      for action in ["pupil.proposed.written", "pupil.decided.written", "pupil.entry.written"] {
        #expect(audited.contains(action), "\(action)")
      }
    }
  }
}
