import Contracts
import Foundation
import GRDB
import HTTPTypes
import Schemas
import ServiceKit
import ServiceTestKit
import Testing

@testable import CaseworkDomain
@testable import CaseworkService

/// The service's books over HTTP: who writes and reads them, what is refused, and what their pages add up to.
@Suite("The books of casework", .timeLimit(.minutes(5))) struct BookTests {
  /// Stands in every free text that is sent.
  private static let canary = "zebra-canary-text"

  /// Writes every entry of ``BookRows`` once.
  private static func fill(_ manager: WebCaller) async throws {
    for entry in BookRows.entries { try await manager.post("/\(entry.book)", entry.body) }
  }

  @Test("Every book is written and read by the same two routes; an entry that names another closes it, once")
  func lives() async throws {
    try await CaseworkApplication.callers { officer, manager, school, _ in
      try await Self.fill(manager)
      for entry in BookRows.entries where !entry.book.hasPrefix("characteristic") {
        let lines = try await manager.get("/\(entry.book)?\(entry.query)")[entry.book].elements
        #expect(lines.count == 1, "\(entry.book)")
      }
      let open = try await officer.get("/school-actions?school=900101&open=true")
      #expect(open["school-actions"].elements.isEmpty)
      let closed = try await school.get("/school-actions?open=false")
      #expect(closed["school-actions"].elements.map { $0["outcome"] } == [4], "\(closed)")
      let twice = try await officer.post(
        "/school-action-outcomes", #"{"action":3,"on":"2026-11-30","outcome":"done","evidence":"Again"}"#, 409)
      #expect(twice["type"].word.contains("entry-closed"))
      // A school reads what is its own, writes nothing, and reads no book of the service.
      let foreign = WebCaller(service: school.service, subject: "u-else", role: .school, schools: ["900102"])
      #expect(try await foreign.get("/school-actions")["school-actions"].elements.isEmpty)
      _ = try await school.post("/school-actions", BookRows.entries[2].body, 403)
      _ = try await school.get("/intake-rules", 403)
      await #expect(throws: DatabaseError.self) {
        try await officer.queue().write {
          try $0.execute(sql: "UPDATE book_entry SET json = '{}' WHERE number = 1")
        }
      }
    }
  }

  @Test(
    "What is sent to a book is refused with its field and its reason, and nothing of it is kept",
    arguments: [
      ("school-allocations", #"{"urn":"900101","officer":"","cluster":"No Cluster","from":"2026-09-01"}"#, "/officer"),
      ("school-allocations", #"{"urn":"900101","officer":"u","cluster":"No Cluster","from":"2026-09-01"}"#, "/cluster"),
      ("targeting-meetings", #"{"urn":"900101","on":"2026-11-20","present":[],"agreed":"x"}"#, "/present"),
      ("blitz-outcomes", #"{"blitz":7,"on":"2026-11-30","visited":2,"seen":3,"back":0}"#, "/seen"),
      (
        "traded-agreements",
        #"{"urn":"900101","package":"x","from":"2026-09-01","to":"2026-08-01","hours":0,"pence":-1,"contact":"x"}"#,
        "/hours"
      ),
      (
        "support-organisations",
        #"{"title":"x","offers":"x","areas":["x"],"fromAge":30,"toAge":5,"referral":"x","checked":"2026-11-01"}"#,
        "/fromAge"
      ),
      (
        "coordinated-lists",
        #"{"title":"x","criterion":"longest-open","size":501,"from":"2026-11-01","to":"2026-12-18","purpose":"x"}"#,
        "/size"
      ),
      (
        "placements",
        #"{"child":"p000000001","urn":"900101","reason":"care","provider":"1 High Street","authority":"88","from":"2026-11-01"}"#,
        "/provider"
      ),
      ("placement-marks", #"{"placement":20,"on":"2026-11-30"}"#, ""),
      ("register-inspections", #"{"urn":"900101","on":"2026-11-30","officer":""}"#, "/officer"),
      (
        "register-inspection-reports",
        #"{"inspection":1,"on":"2026-11-30","wasMade":true,"checks":[],"summary":"x"}"#, "/checks"
      ),
      (
        "register-inspection-reports",
        #"{"inspection":1,"on":"2026-11-30","wasMade":true,"checks":[{"name":"none","outcome":"met","note":""}],"summary":"x"}"#,
        "/checks/0/name"
      ),
      (
        "register-inspection-reports",
        #"{"inspection":1,"on":"2026-11-30","wasMade":true,"checks":[{"name":"codes","outcome":"not-met","note":" "}],"summary":"x"}"#,
        "/checks/0/note"
      ),
      (
        "register-inspection-reports",
        #"{"inspection":1,"on":"2026-11-30","wasMade":false,"checks":[{"name":"codes","outcome":"met","note":""}],"summary":"x"}"#,
        "/checks"
      ),
      ("statutory-time", #"{"urn":"900101","from":"2026-09-01","minutes":-1,"reason":"x"}"#, "/minutes"),
      (
        "officer-bars",
        #"{"officer":"","child":"p000000001","urn":"900101","from":"2026-11-01","ground":"relative"}"#, "/officer"
      ),
      (
        "officer-involvements",
        #"{"officer":"u","child":"p000000001","urn":"900101","from":"2026-11-01","to":"2027-11-02","reason":"x"}"#,
        "/to"
      ),
      ("officer-departures", #"{"officer":"\#(String(repeating: "u", count: 101))","on":"2026-11-30"}"#, "/officer"),
      (
        "unmet-demands",
        #"{"child":"p000000001","urn":"900101","referral":"12","on":"2026-11-30","answer":"waiting","reason":" "}"#,
        "/reason"
      ),
    ])
  func hostile(book: String, body: String, pointer: String) async throws {
    try await CaseworkApplication.callers { _, manager, _, _ in
      let problem = try await manager.post("/\(book)", body, 422)
      #expect(problem["errors"].elements.contains { $0["pointer"].word == pointer }, "\(problem)")
      let count = try await manager.queue().read { try Int.fetchOne($0, sql: "SELECT count(*) FROM book_entry") }
      #expect(count == 0)
      let long = String(repeating: "x", count: 70_000)
      _ = try await manager.post("/targeting-meetings", #"{"agreed":"\#(long)"}"#, 413)
    }
  }

  @Test("A core function is never sold, what is used up needs the school's yes, and a statement says what is left")
  func traded() async throws {
    try await CaseworkApplication.callers { officer, _, school, _ in
      let agreed = try await officer.post("/traded-agreements", BookRows.entries[9].body)
      guard case .integer(let number) = agreed["number"] else { return #expect(Bool(false), "\(agreed)") }
      func delivery(_ kind: String, _ minutes: Int, _ yes: Bool = false) -> String {
        """
        {"agreement":\(number),"on":"2026-11-30","kind":"\(kind)","minutes":\(minutes),"officer":"u-officer","what":"x",
        "schoolAgreed":\(yes)}
        """
      }
      for kind in ["advice", "targeting-meeting", "multi-agency-help", "legal-intervention"] {
        _ = try await officer.post("/traded-deliveries", delivery(kind, 30), 422)
      }
      try await officer.post("/traded-deliveries", delivery("training", 570))
      let more = try await officer.post("/traded-deliveries", delivery("panel", 60), 409)
      #expect(more["type"].word.contains("hours-used-up"))
      try await officer.post("/traded-deliveries", delivery("panel", 60, true))
      let statements = try await school.get("/schools/900101/traded-statements")
      let statement = try #require(statements["statements"].elements.first)
      #expect(statement["boughtMinutes"] == 600 && statement["usedMinutes"] == 630 && statement["leftMinutes"] == -30)
    }
  }

  @Test("A partner sees nothing outside the agreement and the family's consent, and a leaver of it sees nothing more")
  func partners() async throws {
    try await CaseworkApplication.callers { officer, manager, _, nurse in
      func seen() async throws -> [String] {
        try await nurse.get("/shared-cases")["cases"].elements.map { $0["id"].word }
      }
      #expect(try await seen() == [])
      let agreed = try await manager.post("/sharing-agreements", BookRows.entries[22].body)
      #expect(try await seen() == [], "without the family's consent")
      try await officer.post(
        "/cases/c1/consents", #"{"agency":"Health","answer":"given","person":"c000000001","on":"2026-11-30"}"#, 200)
      #expect(try await seen() == ["c1"])
      try await nurse.post("/shared-cases/c1/notes", #"{"note":"\#(Self.canary)"}"#)
      _ = try await nurse.post("/shared-cases/c2/notes", #"{"note":"x"}"#, 404)
      _ = try await nurse.get("/cases/c1", 403)
      _ = try await nurse.get("/figures?from=2026-09-01&to=2026-11-30", 400)
      let notes = try await officer.get("/cases/c1/partner-notes")["notes"].elements
      #expect(notes.map { $0["note"].word } == [Self.canary] && notes[0]["readers"].elements.count == 3)
      let other = WebCaller(service: nurse.service, subject: "u-police", role: .agency)
      #expect(try await other.get("/shared-cases/c1/notes")["notes"].elements.isEmpty)
      #expect(try await nurse.get("/shared-cases/c1/notes")["notes"].elements.count == 1)
      guard case .integer(let number) = agreed["number"] else { return #expect(Bool(false), "\(agreed)") }
      try await manager.post(
        "/sharing-agreement-ends", #"{"agreement":\#(number),"on":"2026-11-30","reason":"Replaced"}"#)
      #expect(try await seen() == [])
      #expect(try await nurse.get("/shared-cases/c1/notes")["notes"].elements.isEmpty)
    }
  }

  @Test("No free text of a book, a note or a duty is in an event, a problem or the audit log")
  func canaries() async throws {
    try await CaseworkApplication.callers { officer, manager, _, _ in
      for entry in BookRows.entries {
        let text = try #require(
          try? JSONDecoder().decode(JSONValue.self, from: Data(entry.body.utf8))
        ).replacingWords(with: Self.canary)
        let body = String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
        let answer = try await manager.service.send(
          .post, "/\(entry.book)", as: manager.subject, manager.role, body: body)
        #expect(answer.status == 201, "\(entry.book): \(answer.text)")
      }
      try await officer.post(
        "/section-19/c5/acts",
        #"{"act":"consider","reason":"\#(Self.canary)","facts":{"evidence":"\#(Self.canary)"}}"#, 200)
      for (path, body) in [
        (
          "/cases/c1/contacts",
          #"{"on":"2026-11-30","way":"telephone","outcome":"reached","note":"%","next":"%","isSafeToContact":false,"conditions":"%"}"#
        ),
        ("/cases/c1/handovers", #"{"on":"2026-11-30","to":"u-next","summary":"%","next":[],"contact":"%"}"#),
        ("/section-19/c5/acts", #"{"act":"hear","reason":"%","facts":{"child-view":"%","parent-view":"%"}}"#),
      ] { try await officer.post(path, body.replacing("%", with: Self.canary), 200) }
      let problem = try await officer.service.send(
        .post, "/school-actions", as: officer.subject, officer.role, body: #"{"\#(Self.canary)":"\#(Self.canary)"}"#)
      #expect(problem.status == 422)
      let kept = try await officer.queue().read { db in
        try ["outbox", "audit_log", "chronology", "timetable", "case_task"].flatMap { table in
          try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\(table) \($0)" }
        }
      }
      #expect(!kept.isEmpty && kept.allSatisfy { !$0.contains(Self.canary) })
    }
  }

  @Test("Figures open to their cases; clusters stand side by side")
  func figures() async throws {
    try await CaseworkApplication.callers { officer, manager, _, nurse in
      let span = "from=2026-09-01&to=2026-11-30"
      for (urn, cluster) in [("900101", "north"), ("900102", "south")] {
        try await manager.post(
          "/school-allocations",
          #"{"urn":"\#(urn)","officer":"u-officer","cluster":"\#(cluster)","from":"2026-09-01"}"#)
      }
      let figures = try await officer.get("/figures?\(span)&budgetPence=25000000")["figures"].elements
      func one(_ id: String, _ part: String = "") -> JSONValue? {
        figures.first { $0["id"].word == id && $0["part"].word == part }
      }
      #expect(one("I07")?["numerator"] == 2 && one("I07", "route R8")?["numerator"] == 2, "\(figures)")
      #expect(one("I08")?["numerator"] == 2 && one("I27", "triage")?["denominator"] == 2)
      #expect(one("I27", "triage")?["value"].word == "100.0")
      #expect(one("I33", "pounds for each open case")?["value"].word == "125000.0")
      let cases = try await officer.get("/figures/cases?\(span)&figure=I08&cluster=north")["cases"].elements
      #expect(cases.map { $0["id"].word } == ["c1"])
      _ = try await officer.get("/figures?\(span)&cluster=east", 404)
      let clusters = try await officer.get("/figures/clusters?\(span)")["clusters"].elements
      #expect(clusters.map { $0["cluster"].word } == ["north", "south"] && clusters.allSatisfy { $0["open"] == 1 })
      // What partners are shown: `PublishedFigureTests`.
      _ = try await nurse.get("/figures/clusters?\(span)", 400)
    }
  }

  @Test("A small count is left out, and the next smallest where the sum would give it away")
  func suppression() {
    #expect(Suppression.published([3, 20, 7]) == [nil, 20, nil])
    #expect(Suppression.published([3, 2, 7]) == [nil, nil, 7])
    #expect(Suppression.published([0, 5, 30]) == [0, 5, 30])
    #expect(Suppression.published([4, 0]) == [nil, 0])
  }
}

extension JSONValue {
  /// With every text of several words, or of one that begins with a capital letter, replaced by another.
  fileprivate func replacingWords(with other: String) -> JSONValue {
    switch self {
    case .object(let members): .object(members.mapValues { $0.replacingWords(with: other) })
    case .array(let elements): .array(elements.map { $0.replacingWords(with: other) })
    case .string(let text) where text.first?.isUppercase == true && text.count > 2 && !text.hasPrefix("AP-"):
      .string(other)
    default: self
    }
  }
}
