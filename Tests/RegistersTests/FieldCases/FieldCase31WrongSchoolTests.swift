import Contracts
import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

/// A class list entered at the wrong school, and how it is taken back.
@Suite(.timeLimit(.minutes(10))) struct FieldCase31WrongSchoolTests {
  private static let fieldCase = FieldCase("31-list-sent-to-the-wrong-school")
  private static let wrong = "971031"
  private static let right = "971531"
  private static let pupils = ["Y880999023101", "M880999023102"]

  /// Both lists sent; the upload at the wrong school and the children.
  private static func run(
    _ body: @Sendable @escaping (World, _ upload: String, _ ids: [String]) async throws -> Void
  ) async throws {
    try await fieldCase.run(schools: wrong, right) { world in
      let first = try await world.send("1-list-to-A.csv", of: fieldCase, to: "/schools/\(wrong)/pupils")
      #expect(first["enrolled"] == 2 && first.list("notes").isEmpty)
      let second = try await world.send("2-list-to-B.csv", of: fieldCase, to: "/schools/\(right)/pupils")
      #expect(second["enrolled"] == 2)
      #expect(second.list("notes").map { $0["reason"] as? String } == ["single-elsewhere", "single-elsewhere"])
      #expect(!second.text.contains(wrong), "the other school is not named")
      let upload: String = try #require(first["upload"])
      try await body(world, upload, first.list("pupils").compactMap { $0["id"] as? String })
    }
  }

  @Test func theSenderIsToldWhatToDo() async throws {
    try await Self.run { world, _, _ in
      let path = "/schools/\(Self.wrong)/pupils"
      for (file, reason) in [
        ("3-undo-before-first-day.csv", "impossible-date"), ("4-undo-same-day.csv", "ground-missing"),
      ] {
        let answer = try await world.send(file, of: Self.fieldCase, to: path)
        let problem = try #require(answer.list("problems").first)
        #expect(problem["reason"] as? String == reason && problem["row"] as? Int == 2)
        #expect((problem["fix"] as? String)?.contains("entered by mistake") == true, "\(file)")
      }
      let doubles = try await world.send(.get, "/double-registrations")
      #expect(doubles.list("children").count == 2)
      let places = doubles.list("children").first?["places"] as? [[String: Any]] ?? []
      #expect(places.compactMap { $0["school"] as? String } == [Self.wrong, Self.right])
    }
  }

  @Test func anOfficerTakesAnUploadBack() async throws {
    try await Self.run { world, upload, ids in
      // Marks came with the wrong list, and something was found of them.
      var rows: [String] = []
      for day in 16...27 where ![21, 22].contains(day) {
        rows += ["AM", "PM"].map { "\(Self.pupils[0]),2026-11-\(day),\($0),O" }
      }
      #expect(try await world.upload(rows, school: Self.wrong)["recorded"] == rows.count)
      #expect(try await world.upload([rows[0]], school: Self.right)["recorded"] == 1)
      let returns = "/schools/\(Self.wrong)/returns?state=due"
      #expect(try await !world.send(.get, returns).list("expected").isEmpty)
      #expect(try await !world.send(.get, "/schools/\(Self.wrong)/findings").list("findings").isEmpty)
      let figures = "/schools/\(Self.wrong)/figures?from=2026-09-01&to=2026-11-28"
      #expect(try await world.send(.get, figures).list("enrolments").count == 1)
      let moment = "2026-11-28T09:30:00.000Z"
      world.move(to: FieldCase.today, hour: 10)

      let form = #"{"upload":"\#(upload)","reason":"List sent to the wrong school"}"#
      let path = "/schools/\(Self.wrong)/withdrawals"
      #expect(try await world.send(.post, path, as: .school, schools: [Self.wrong], form).status == 403)
      #expect(try await world.send(.post, "/schools/\(Self.right)/withdrawals", form).status == 404, "its own uploads")
      let taken = try await world.send(.post, path, form)
      #expect(taken.status == 200, "\(taken.text)")
      #expect(taken.list("withdrawn").map { $0["pupil"] as? String } == ids)
      #expect(taken.list("withdrawn").compactMap { $0["marks"] as? Int } == [rows.count, 0])
      #expect(try await world.send(.post, path, form).status == 404, "nothing of it stands any more")

      try await Self.expectNothing(at: world, figures: figures, returns: returns, ids)
      // The right school's entries stand, its marks count, and nobody is on two rolls.
      #expect(try await world.send(.get, "/schools/\(Self.right)/pupils").list("pupils").count == 2)
      let there = "/schools/\(Self.right)/figures?from=2026-09-01&to=2026-11-28"
      #expect(try await world.send(.get, there).list("enrolments").count == 1)
      #expect(try await world.send(.get, "/double-registrations").list("children").isEmpty)
      // The log keeps the marks, and what was known before is told as it was known.
      #expect(
        try world.sql("SELECT count(*) AS n FROM entries WHERE school = '\(Self.wrong)'").first?["n"] == rows.count)
      #expect(try await world.send(.get, figures + "&asOf=\(moment)").list("enrolments").count == 1)
      let events = try await world.all(RegistrationWithdrawn.self)
      #expect(events.map(\.pupil.text) == ids && events.allSatisfy { $0.school.text == Self.wrong })
      #expect(try await world.facts().contains { $0.hasSuffix("-lapsed") })
      #expect(try await world.all(PupilLeft.self).isEmpty, "it is no deletion")

      let list = try await world.send(.get, path)
      #expect(
        list.list("entries").map { $0["reason"] as? String }
          == Array(repeating: "List sent to the wrong school", count: 2))
      let audited = try world.sql("SELECT subject FROM audit_log WHERE action = 'pupil.withdrawn.written'")
      #expect(audited.map { $0["subject"] as String } == ids)
    }
  }

  private static func expectNothing(
    at world: World, figures: String, returns: String, _ ids: [String]
  ) async throws {
    #expect(try await world.send(.get, "/schools/\(wrong)/pupils").list("pupils").isEmpty)
    #expect(try await !world.send(.get, "/schools/\(wrong)/pupils.csv").text.contains("Kid1"))
    #expect(try await !world.send(.get, "/schools/\(wrong)/pupils.ctf.xml").text.contains("Kid1"))
    #expect(try await world.send(.get, returns).list("expected").isEmpty, "no return is owed")
    #expect(try await world.send(.get, "/schools/\(wrong)/returns?state=overdue").list("expected").isEmpty)
    #expect(try await world.send(.get, figures).list("enrolments").isEmpty)
    let open = try world.sql("SELECT count(*) AS n FROM findings WHERE lapsed_millis IS NULL AND school = '\(wrong)'")
    #expect(open.first?["n"] == 0)
    for path in ["/pupils/\(ids[0])", "/pupils/\(ids[0])/attendance?from=2026-09-01&to=2026-11-28"] {
      #expect(try await world.send(.get, path, as: .school, schools: [wrong]).status == 404, "\(path)")
    }
    let more = try await world.upload(["\(pupils[0]),2026-11-27,AM,/"], school: wrong)
    #expect(more.counts == [0, 0, 0, 0, 1, 0] && more.text.contains("unknown-pupil"))
    let attendance = try await world.send(.get, "/pupils/\(ids[0])/attendance?from=2026-09-01&to=2026-11-28")
    #expect(attendance.list("registrations").map { $0["school"] as? String } == [right])
    let access = try await world.send(.get, "/pupils/\(ids[0])/subject-access")
    #expect(access.text.contains("List sent to the wrong school"), "it stays on record")
  }

  /// One entry of several, and entered again by a person's word only.
  @Test func whatWasTakenBackComesBackByAnOfficerOnly() async throws {
    try await Self.run { world, _, ids in
      let path = "/schools/\(Self.wrong)/withdrawals"
      let form = #"{"entries":[{"pupil":"\#(ids[0])"}],"reason":"Never came"}"#
      #expect(try await world.send(.post, path, form).list("withdrawn").count == 1)
      #expect(try await world.send(.get, "/schools/\(Self.wrong)/pupils").list("pupils").count == 1)
      // The school's system sends its list again every night.
      let again = try await world.send("1-list-to-A.csv", of: Self.fieldCase, to: "/schools/\(Self.wrong)/pupils")
      #expect(again["waiting"] == 1 && again["unchanged"] == 1, "\(again.text)")
      let marks = try await world.upload(["\(Self.pupils[0]),2026-11-27,AM,/"], school: Self.wrong)
      #expect(marks.text.contains("waiting-for-confirmation"))
      let waiting = try await world.send(.get, "/pupil-changes").list("changes")
      #expect(waiting.map { $0["kind"] as? String } == ["arrival"])
      let number = try #require(waiting.first?["number"] as? Int)
      let yes = try await world.send(
        .post, "/pupil-changes/accept", #"{"numbers":[\#(number)],"reason":"It was right"}"#)
      let decision = try #require(yes.list("decisions").first)
      #expect(decision["released"] as? Int == 1, "\(yes.text)")
      #expect(try await world.send(.get, "/schools/\(Self.wrong)/pupils").list("pupils").count == 2)
      #expect(try world.sql("SELECT count(*) AS n FROM registrations").first?["n"] == 4, "no entry twice")
    }
  }
}
