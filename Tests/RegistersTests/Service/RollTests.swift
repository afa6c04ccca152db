import Contracts
import GRDB
import HTTPTypes
import ServiceKit
import Testing

/// Schools, calendars and the admission register, and what the store itself refuses.
@Suite(.timeLimit(.minutes(10))) struct RollTests {
  @Test func everyChangeOfTheRollIsOneEvent() async throws {
    try await World.run { world in
      try await world.open()
      func enrol(_ pupil: String) async throws -> World.Answer {
        try await world.send(.post, "/schools/\(World.school)/pupils", "{\"pupils\":[\(pupil)]}")
      }
      /// The count of a request's outcome, and the facts it published.
      func expect(_ outcome: String, _ facts: [String], _ pupil: String) async throws {
        let before = try await world.facts().count
        #expect(try await enrol(pupil)[outcome] == 1)
        #expect(Array(try await world.facts().dropFirst(before)) == facts)
      }
      try await expect("enrolled", ["pupil-enrolled"], World.pupil(0))
      try await expect("unchanged", [], World.pupil(0))
      let left = #","leftOn":"2026-10-23""#
      try await expect("changed", ["pupil-left"], World.pupil(0, left))
      let back = World.pupil(0).replacing("2024-09-02", with: "2026-11-02")
      try await expect("enrolled", ["pupil-enrolled"], back)
      let renamed = back.replacing("Quarrington", with: "Vellacott")
      try await expect("changed", ["pupil-enrolled"], renamed)
      let both = World.pupil(0).replacing("2024-09-02", with: "2025-09-01")
      let refused = try await enrol(both)
      #expect(refused["refused"] == 1)
      #expect(refused.list("problems").first?["reason"] as? String == "overlapping-enrolments")
      #expect(try world.sql("SELECT count(*) AS n FROM pupils").first?["n"] == 1)
      #expect(try world.sql("SELECT count(*) AS n FROM registrations").first?["n"] == 2)
    }
  }

  @Test func badRowsOfARollCostNoOthers() async throws {
    try await World.run { world in
      try await world.open()
      let bad = World.pupil(1).replacing("2016-05-04", with: "2016-02-30")
      let answer = try await world.send(
        .post, "/schools/\(World.school)/pupils", "{\"pupils\":[\(World.pupil(0)),\(bad),7,\(World.pupil(2))]}")
      #expect(answer["enrolled"] == 2 && answer["refused"] == 2)
      #expect(Set(answer.list("problems").compactMap { $0["row"] as? Int }) == [1, 2])
      #expect(!answer.text.contains("2016-02-30"), "a problem never repeats a value")
    }
  }

  @Test func aSchoolIsOneEventAChange() async throws {
    try await World.run { world in
      let body = #"{"name":"Harbour Lane","phase":"primary","type":"maintained","openedOn":"1998-09-01"}"#
      func change(_ body: String, as role: Role = .attendanceOfficer) async throws -> Bool? {
        try await world.send(.put, "/schools/900101", as: role, body)["changed"]
      }
      #expect(try await change(body) == true)
      #expect(try await change(body) == false)
      #expect(try await change(body.replacing("Lane", with: "Road"), as: .operator) == true)
      #expect(try await world.facts() == ["school-recorded", "school-recorded"])
      let refused = try await world.send(.put, "/schools/900101", as: .school, schools: ["900101"], body)
      #expect(refused.status == 403)
    }
  }

  static let refusedCalendars = [
    #"{"terms":[]}"#, #"{"terms":[{"first":"2026-10-01","last":"2026-09-01"}]}"#,
    #"{"terms":[{"first":"2025-09-01","last":"2026-10-01"}]}"#,
    #"{"terms":[{"first":"2026-09-01","last":"2026-10-01"},{"first":"2026-10-01","last":"2026-11-01"}]}"#,
    #"{"terms":[{"first":"2026-09-01","last":"2026-10-01"}],"oneSessionDays":{"x":"AM"}}"#,
    #"{"terms":[{"first":"2026-09-01","last":"2026-10-01"}],"closed":["2026-13-01"]}"#,
  ]

  @Test func badCalendarsAreRefused() async throws {
    try await World.run { world in
      try await world.open()
      for body in Self.refusedCalendars {
        #expect(try await world.send(.put, "/schools/900101/calendars/2026-27", body).status == 422, "\(body)")
      }
      let good = #"{"terms":[{"first":"2026-09-01","last":"2026-10-01"}]}"#
      #expect(try await world.send(.put, "/schools/900101/calendars/2026-28", good).status == 422)
      #expect(try await world.send(.put, "/schools/999999/calendars/2026-27", good).status == 404)
      #expect(try await world.send(.put, "/schools/abc/calendars/2026-27", good).status == 404)
    }
  }

  /// Files that cannot be read at all change nothing and say why.
  @Test func unreadableFilesAreRefusedWhole() async throws {
    try await World.run { world in
      try await world.open()
      let refused: [(type: String, body: String, status: Int, slug: String)] = [
        ("text/csv", "", 400, "empty-file"), ("text/csv", "upn;date;code\n", 422, "missing-columns"),
        ("text/csv", "upn,upn,date,session,code\n", 422, "column-twice"),
        ("application/json", "{", 400, "malformed-json"), ("application/json", "{}", 400, "malformed-json"),
        ("image/png", "upn", 415, "unsupported-media-type"), ("", "x", 415, "unsupported-media-type"),
      ]
      for (type, body, status, slug) in refused {
        let answer = try await world.send(.post, "/schools/\(World.school)/marks", type: type, body)
        #expect(answer.status == status && answer.text.contains("/problems/\(slug)"), "\(slug)")
      }
      #expect(try await world.upload(["x"], school: "999999").status == 404)
      #expect(try await world.upload(["x"], key: "short").status == 400)
      #expect(try world.sql("SELECT count(*) AS n FROM receipts").first?["n"] == 0)
    }
  }

  static let violations = [
    "UPDATE entries SET day = 0", "DELETE FROM entries", "UPDATE receipts SET received = 0", "DELETE FROM receipts",
    "UPDATE amendments SET reason = 'x'", "DELETE FROM amendments", "UPDATE entry_words SET detail = 'x'",
    "DELETE FROM entry_words", "DELETE FROM registrations", "UPDATE pupil_years SET codes = x'2e'",
    "UPDATE schools SET urn = '1'", "UPDATE calendars SET calendar = '{'", "UPDATE pupils SET upn = 'x'",
    "UPDATE pupils SET address_protected = 2", "UPDATE registrations SET left_on = enrolled_on - 1",
    "UPDATE registrations SET number = 4294967296", "UPDATE quarantine SET state = 'gone'",
    "UPDATE quarantine SET state = 'released'", "UPDATE outbox SET type = 'x'",
    "INSERT INTO entries (receipt, school, day, session, marks) VALUES (1, '900101', 0, 0, x'00')",
    "INSERT INTO entries (receipt, school, day, session, marks) VALUES (1, '900101', 0, 2, x'0000000000')",
    """
    INSERT INTO receipts SELECT 99, school, kind, at_millis, actor, role, received + 1, recorded, amended, unchanged,
      missing, quarantined, rejected, NULL, source FROM receipts
    """,
    """
    INSERT INTO amendments SELECT 99, receipt, registration, day, session, to_code, to_code, kind, reason, detail,
      at_millis, actor, role, NULL, NULL FROM amendments
    """,
    "INSERT INTO pupil_years (number, codes) VALUES (25600, zeroblob(732))",
  ]

  /// SQLite itself guards the register.
  @Test func theStoreRefusesWhatMayNotBe() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol([0])
      let body = """
        upn,date,session,code,detail
        \(MadeUp.upn(0)),2026-09-07,AM,B,At the college
        \(MadeUp.upn(5)),2026-09-07,AM,/,
        """
      _ = try await world.send(.post, "/schools/\(World.school)/marks", type: "text/csv", body)
      _ = try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,I"])
      for violation in Self.violations {
        let error = #expect(throws: DatabaseError.self, "\(violation)") { try world.execute(violation) }
        #expect(error?.resultCode == .SQLITE_CONSTRAINT, "\(violation)")
      }
    }
  }
}
