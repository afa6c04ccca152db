import Contracts
import GRDB
import HTTPTypes
import RegistersDomain
import Rulebook
import ServiceKit
import Testing

@testable import RegistersService

/// Clusters, localities, offers and officers of schools from day to day, and calendars with all their exceptions.
@Suite(.timeLimit(.minutes(10))) struct AreaTests {
  static let other = "900102"

  static func openAreas(_ world: World) async throws {
    for (path, name) in [
      ("cluster/north", "North Bay"), ("cluster/south", "South Bay"), ("locality/town", "Town"),
    ] {
      #expect(try await world.send(.put, "/areas/\(path)", "{\"name\":\"\(name)\"}")["changed"] == true)
    }
  }

  static func assign(
    _ world: World, _ kind: String, _ value: String, _ first: String, _ last: String? = nil,
    school: String = World.school, as role: Role = .manager
  ) async throws -> World.Answer {
    let last = last.map { ",\"last\":\"\($0)\"" } ?? ""
    return try await world.send(
      .put, "/schools/\(school)/assignments/\(kind)", as: role, "{\"value\":\"\(value)\",\"first\":\"\(first)\"\(last)}"
    )
  }

  static func spans(_ answer: World.Answer, _ name: String) -> [String] {
    answer.list(name).map { "\($0["value"] ?? "") \($0["first"] ?? "")..\($0["last"] ?? "")" }
  }

  @Test func areasAreKeptByKindAndCode() async throws {
    try await World.run { world in
      try await Self.openAreas(world)
      #expect(try await world.send(.put, "/areas/cluster/north", #"{"name":" North Bay "}"#)["changed"] == false)
      #expect(try await world.send(.put, "/areas/cluster/north", #"{"name":"North"}"#)["changed"] == true)
      let clusters = try await world.send(.get, "/areas/cluster")
      #expect(clusters.list("areas").compactMap { $0["name"] as? String } == ["North", "South Bay"])
      let refused: [(path: String, body: String, status: Int)] = [
        ("/areas/ward/north", #"{"name":"x"}"#, 404), ("/areas/cluster/-x", #"{"name":"x"}"#, 422),
        ("/areas/cluster/\(String(repeating: "x", count: 41))", #"{"name":"x"}"#, 422),
        ("/areas/cluster/x", #"{"name":" "}"#, 422), ("/areas/cluster/x", #"{"name":"a\u0007"}"#, 422),
        ("/areas/cluster/x", "{}", 422), ("/areas/cluster/x", "{", 400),
      ]
      for (path, body, status) in refused {
        #expect(try await world.send(.put, path, body).status == status, "\(path) \(body)")
      }
      #expect(try world.sql("SELECT count(*) AS n FROM areas").first?["n"] == 3)
    }
  }

  /// A school moves from one cluster to another; each day keeps the one it had.
  @Test func aSchoolMovesCluster() async throws {
    try await World.run { world in
      try await world.open()
      try await Self.openAreas(world)
      #expect(try await Self.assign(world, "cluster", "north", "2025-09-01").json["ended"] == nil)
      #expect(try await Self.assign(world, "cluster", "north", "2025-09-01")["changed"] == false)
      let moved = try await Self.assign(world, "cluster", "south", "2026-04-01")
      #expect((moved.json["ended"] as? [String: Any])?["last"] as? String == "2026-03-31")
      #expect(try await Self.assign(world, "cluster", "north", "2025-10-01", "2025-10-31").status == 409)
      #expect(try await Self.assign(world, "cluster", "north", "2025-01-01").status == 409)
      let school = try await world.send(.get, "/schools/\(World.school)")
      #expect(Self.spans(school, "clusters") == ["north 2025-09-01..2026-03-31", "south 2026-04-01.."])
      #expect(school.list("officers").isEmpty && school.json["calendars"] as? [String] == ["2026/27"])
      #expect(school["phase"] == "primary" && school["type"] == "maintained")
      let days = [("2025-08-31", nil), ("2026-03-31", "north"), ("2026-04-01", "south"), ("2030-01-01", "south")]
      for (day, cluster) in days as [(String, String?)] {
        let line = try await world.send(.get, "/schools?on=\(day)").list("schools").first
        #expect(line?["cluster"] as? String == cluster, "\(day)")
      }
      try world.stored { db in
        let urn = try URN(World.school)
        #expect(try Assignments.value(.cluster, of: urn, on: MadeUp.day("2025-08-31"), in: db) == nil)
        #expect(try Assignments.value(.cluster, of: urn, on: MadeUp.day("2026-03-31"), in: db) == "north")
        #expect(try Assignments.value(.cluster, of: urn, on: MadeUp.day("2026-04-01"), in: db) == "south")
        let spans = try Assignments.spans(.cluster, of: urn, in: db)
        #expect(spans.map(\.value) == ["north", "south"])
        #expect(spans.map(\.last) == [MadeUp.day("2026-03-31"), nil])
        #expect(try Assignments.spans(.locality, of: urn, in: db).isEmpty)
      }
      let audited = try world.sql("SELECT action FROM audit_log WHERE action LIKE 'school.%'")
      #expect(audited.count == 2, "what changed nothing and what was refused are no changes")
    }
  }

  /// A slip is mended by saying the assignment of the same day again.
  @Test func anAssignmentIsCorrectedAndEnded() async throws {
    try await World.run { world in
      try await world.open()
      #expect(try await Self.assign(world, "officer", "aio-1", "2026-09-01").status == 200)
      #expect(try await Self.assign(world, "officer", "aio-2", "2026-09-01")["changed"] == true)
      #expect(try await Self.assign(world, "officer", "aio-2", "2026-09-01", "2026-12-31")["changed"] == true)
      #expect(try await Self.assign(world, "officer", "aio-3", "2026-12-31", "2027-01-31").status == 409)
      #expect(try await Self.assign(world, "officer", "aio-3", "2027-01-01").status == 200)
      let school = try await world.send(.get, "/schools/\(World.school)")
      #expect(Self.spans(school, "officers") == ["aio-2 2026-09-01..2026-12-31", "aio-3 2027-01-01.."])
    }
  }

  @Test func badAssignmentsAreRefused() async throws {
    try await World.run { world in
      try await world.open()
      try await Self.openAreas(world)
      let refused: [(kind: String, value: String, status: Int)] = [
        ("cluster", "town", 422), ("locality", "north", 422), ("offer", "free", 422), ("ward", "north", 404),
        ("officer", "a.person@council.test", 422), ("officer", "", 422),
        ("officer", String(repeating: "x", count: 101), 422),
      ]
      for (kind, value, status) in refused {
        let answer = try await Self.assign(world, kind, value, "2026-09-01")
        #expect(answer.status == status && (value.isEmpty || !answer.text.contains("\"\(value)\"")), "\(kind)")
      }
      #expect(try await Self.assign(world, "offer", "traded", "2026-09-02", "2026-09-01").status == 422)
      #expect(try await Self.assign(world, "offer", "traded", "2026-09-31").status == 422)
      #expect(try await Self.assign(world, "offer", "traded", "2026-09-01", school: "999999").status == 404)
      #expect(try world.sql("SELECT count(*) AS n FROM school_assignments").first?["n"] == 0)
    }
  }

  static let violations = [
    "INSERT INTO areas VALUES ('ward', 'x', 'X')", "INSERT INTO areas VALUES ('cluster', 'x', '')",
    "INSERT INTO school_assignments (school, kind, value, first) VALUES ('900101', 'ward', 'x', 30000)",
    "INSERT INTO school_assignments (school, kind, value, first) VALUES ('900101', 'offer', 'free', 30000)",
    "INSERT INTO school_assignments (school, kind, value, first) VALUES ('999999', 'officer', 'x', 30000)",
    "INSERT INTO school_assignments (school, kind, value, first) VALUES ('900101', 'officer', 'x', 19999)",
    "INSERT INTO school_assignments (school, kind, value, first) VALUES ('900101', 'officer', 'x', 20010)",
    "INSERT INTO school_assignments (school, kind, value, first) VALUES ('900101', 'officer', 'x', 20000)",
    "UPDATE school_assignments SET last = first - 1", "UPDATE school_assignments SET last = NULL",
    "INSERT INTO neighbour_calendars VALUES ('87', 2026, '{}')",
    "INSERT INTO neighbour_calendars VALUES ('879', 2026, '{')",
    "INSERT INTO visits (school, planned_on, officer, state) VALUES ('900101', 20000, 'x', 'made')",
    "INSERT INTO visits (school, planned_on, officer, state) VALUES ('900101', 20000, 'x', 'gone')",
    "INSERT INTO visit_actions (visit, action, owner, due_on) VALUES (9, 'x', 'x', 20000)",
    "INSERT INTO visit_checks VALUES (9, 'codes', 'met', '')",
  ]

  /// SQLite itself keeps two assignments of a kind from sharing a day.
  @Test func theStoreRefusesWhatMayNotBe() async throws {
    try await World.run { world in
      try await world.open()
      let first = MadeUp.day("1970-01-01").adding(days: 20_000)
      let officers = [(first, 5), (first.adding(days: 6), 20)]
      for (day, length) in officers {
        let last = day.adding(days: length).iso
        #expect(try await Self.assign(world, "officer", "aio-1", day.iso, last).status == 200)
      }
      for violation in Self.violations {
        let error = #expect(throws: DatabaseError.self, "\(violation)") { try world.execute(violation) }
        #expect(error?.resultCode == .SQLITE_CONSTRAINT, "\(violation)")
      }
      #expect(try world.sql("SELECT count(*) AS n FROM school_assignments").first?["n"] == 2)
    }
  }

  @Test func schoolsAreListedInPagesAndByWhatTheyBelongTo() async throws {
    try await World.run { world in
      try await Self.openAreas(world)
      let schools = ["900101", "900102", "900103"]
      for school in schools {
        try await world.open(school)
        #expect(try await Self.assign(world, "officer", "aio-1", "2026-09-01", school: school).status == 200)
      }
      #expect(try await Self.assign(world, "cluster", "north", "2026-09-01", school: "900101").status == 200)
      #expect(try await Self.assign(world, "cluster", "north", "2026-09-01", school: "900103").status == 200)
      #expect(try await Self.assign(world, "locality", "town", "2026-09-01", school: "900103").status == 200)
      #expect(try await Self.assign(world, "officer", "aio-2", "2026-10-01", school: "900101").status == 200)
      #expect(try await Self.assign(world, "offer", "traded", "2026-09-01", school: "900101").status == 200)
      let questions: [(query: String, schools: [String])] = [
        ("", schools), ("cluster=north", ["900101", "900103"]), ("cluster=south", []),
        ("cluster=north&locality=town", ["900103"]), ("officer=aio-1", schools),
        ("officer=aio-1&on=2026-10-01", ["900102", "900103"]), ("officer=aio-2&on=2026-10-01", ["900101"]),
        ("cluster=north&on=2026-08-31", []), ("after=900101", ["900102", "900103"]), ("after=900103", []),
      ]
      for (query, expected) in questions {
        let answer = try await world.send(.get, "/schools?\(query)")
        #expect(answer.list("schools").compactMap { $0["urn"] as? String } == expected, "\(query)")
        #expect(answer.json["next"] == nil, "\(query)")
      }
      #expect(try await world.send(.get, "/schools").list("schools").first?["offer"] as? String == "traded")
      var pages: [[String]] = []
      var after = ""
      repeat {
        let page = try await world.send(.get, "/schools?limit=1\(after)")
        pages.append(page.list("schools").compactMap { $0["urn"] as? String })
        after = (page.json["next"] as? String).map { "&after=\($0)" } ?? ""
      } while !after.isEmpty && pages.count < 5
      #expect(pages == schools.map { [$0] })
      for bad in ["on=2026-13-01", "after=12", "limit=x", "cluster=%20", "officer="] {
        #expect(try await world.send(.get, "/schools?\(bad)").status == 400, "\(bad)")
      }
      #expect(try await world.send(.get, "/schools?limit=0").status == 400)
    }
  }

  /// Routes of the authority's people are closed to schools and agencies; a school sees itself alone.
  @Test func aSchoolCannotUseOfficersRoutes() async throws {
    try await World.run { world in
      try await world.open()
      try await world.open(Self.other)
      let closed: [(method: HTTPRequest.Method, path: String)] = [
        (.put, "/areas/cluster/north"), (.get, "/areas/cluster"), (.get, "/schools"),
        (.put, "/schools/\(World.school)/assignments/officer"), (.put, "/authorities/879/calendars/2026-27"),
        (.put, "/schools/\(World.school)/calendars/2026-27"), (.get, "/schools/\(Self.other)"),
        (.get, "/schools/\(Self.other)/calendars/2026-27"),
      ]
      for (method, path) in closed {
        let body = method == .put ? "{}" : nil
        let answer = try await world.send(method, path, as: .school, schools: [World.school], body)
        #expect(answer.status == 403, "\(method) \(path)")
        #expect(try await world.send(method, path, as: .agency, body).status == 403, "\(method) \(path)")
        #expect(try await world.send(method, path, as: nil, body).status == 401, "\(method) \(path)")
      }
      for path in ["/schools/\(World.school)", "/schools/\(World.school)/calendars/2026-27"] {
        #expect(try await world.send(.get, path, as: .school, schools: [World.school]).status == 200, "\(path)")
      }
      #expect(try await world.send(.put, "/areas/cluster/north", as: .legalOfficer, "{}").status == 403)
    }
  }
}
