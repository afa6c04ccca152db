import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Rulebook
import Schemas
import Testing

@testable import ServiceKit

@Suite("Routes and policies")
struct RouterTests {
  @Test func everyRouteThatSaysNothingOfAnybodyIsOpenAndNoOther() async throws {
    let open = try await TestService().built.routes.filter { $0.policy == .open }.map(\.path)
    #expect(Set(open) == ["/health/live", "/health/ready", "/metrics", "/openapi.json"])
  }

  @Test func healthNeedsNoToken() async throws {
    let service = try await TestService()
    #expect(try await service.call(.get, "/health/live").status == .ok)
    #expect(try await service.call(.get, "/health/ready").status == .ok)
    service.environment.health.require("store") { false }
    _ = try expectProblem(try await service.call(.get, "/health/ready"), 503, "not-ready")
    #expect(try await service.call(.get, "/health/live").status == .ok)
  }

  /// Every place is taken: what tells an operator so is answered all the same, and others are told to come again.
  @Test func whatTellsThatSomethingIsWrongIsNeverRefused() async throws {
    let (gate, opens) = AsyncStream<Void>.makeStream()
    let (begun, begins) = AsyncStream<Void>.makeStream()
    let service = try await TestService { router in
      router.on(.get, "/held", .roles(.attendanceOfficer, reach: .shared), About("It waits")) { _, _ in
        begins.yield()
        for await _ in gate {}
        return .noContent
      }
    }
    let token = try await service.token(.attendanceOfficer)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<2 { group.addTask { try await service.call(.get, "/held", token: token).status.code } }
      var waiting = 0
      for await _ in begun {
        waiting += 1
        if waiting == 2 { break }
      }
      for path in ["/health/live", "/health/ready", "/metrics"] {
        #expect(try await service.call(.get, path).status == .ok, "\(path)")
      }
      let refused = try await service.call(.get, "/day?day=2026-09-07", token: token)
      #expect(refused.status == .serviceUnavailable && refused.headers[.retryAfter] == "1")
      opens.finish()
      for try await status in group { #expect(status == 204) }
    }
    #expect(try await service.call(.get, "/day?day=2026-09-07", token: token).status == .ok)
  }

  @Test func aSchoolSeesItselfOnly() async throws {
    let service = try await TestService()
    let own = try await service.token(.school, schools: ["100001"])
    #expect(try await service.call(.get, "/schools/100001", token: own).status == .ok)
    _ = try expectProblem(try await service.call(.get, "/schools/100002", token: own), 403, "forbidden")
    let unbound = try await service.token(.school)
    _ = try expectProblem(try await service.call(.get, "/schools/100001", token: unbound), 403, "forbidden")
    let officer = try await service.token(.attendanceOfficer)
    #expect(try await service.call(.get, "/schools/100002", token: officer).status == .ok)
    let other = try await service.token(.integration)
    _ = try expectProblem(try await service.call(.get, "/schools/100001", token: other), 403, "forbidden")
  }

  @Test func badTokensAreAllTheSame() async throws {
    let service = try await TestService()
    let good = try await service.token(.attendanceOfficer)
    let parts = good.split(separator: ".")
    let bad = [
      nil, "nonsense", "a.b.c", String(parts[0] + "." + parts[1] + "."), good + "x",
      String(repeating: "a", count: 10_000),
      try await service.token(.attendanceOfficer, authority: "383"),
      try await service.token(.attendanceOfficer, seconds: -1),
      try await service.token(.attendanceOfficer, issuer: try TokenIssuer(issuer: "test")),
      try await service.token(
        .attendanceOfficer, issuer: try TokenIssuer(issuer: "other", key: service.issuer.keyBytes)),
    ]
    for token in bad {
      _ = try expectProblem(try await service.call(.get, "/schools/100001", token: token), 401, "unauthorized")
    }
    #expect(try await service.call(.get, "/schools/100001", token: good).status == .ok)
    service.clock.set(service.clock.now().addingTimeInterval(61))
    _ = try expectProblem(try await service.call(.get, "/schools/100001", token: good), 401, "unauthorized")
  }

  @Test func problemsNameTheFieldAndNeverTheValue() async throws {
    let service = try await TestService()
    let token = try await service.token(.attendanceOfficer)
    func post(_ body: String) async throws -> TestResponse {
      try await service.call(.post, "/forms", token: token, body: body)
    }
    #expect(try await post(#"{"name":"x","days":["2026-09-01"]}"#).status == .ok)
    let unknown = try expectProblem(
      try await post(#"{"name":"x","days":["2026-09-01"],"unknown":1,"CANARY is no name":1}"#), 422, "invalid")
    #expect(unknown.title == "The request failed validation")
    #expect(unknown.errors?.map(\.pointer) == ["/unknown", ""])
    let wrongDay = try expectProblem(try await post(#"{"name":"x","days":["2026-09-01","CANARY"]}"#), 422, "invalid")
    #expect(wrongDay.errors?.map(\.pointer) == ["/days/1"])
    let missing = try expectProblem(try await post(#"{"days":[]}"#), 422, "invalid")
    #expect(missing.errors?.map(\.pointer) == ["/name"])
    let wrongType = try expectProblem(try await post(#"{"name":{"CANARY":1},"days":[]}"#), 422, "invalid")
    #expect(wrongType.errors?.map(\.pointer) == ["/name"])
    let cut = try await post(#"{"name":"CANARY"#)
    _ = try expectProblem(cut, 400, "not-json")
    #expect(!String(buffer: cut.body).contains("CANARY"))
    _ = try expectProblem(try await post(String(repeating: " ", count: 3_000)), 413, "too-large")
    let xml = try await service.call(
      .post, "/forms", token: token, body: "<x/>", headers: [.contentType: "application/xml"])
    _ = try expectProblem(xml, 415, "unsupported-media-type")
    #expect(
      !String(buffer: try await post(#"{"name":"x","days":["CANARY"],"CANARY no":"CANARY"}"#).body).contains("CANARY"))
  }

  /// A query holds what its route describes, each once and as it is described, and nothing else; every fault is told.
  @Test(
    arguments: [
      ("/day?day=2026-09-07", []), ("/day?day=2026-09-07&part=AM&most=3&all=true", []),
      ("/day?day=yesterday", ["day must be a date like 2026-09-07"]), ("/day", ["day is required"]),
      ("/day?", ["day is required"]), ("/day?day=", ["day must be a date like 2026-09-07"]),
      (
        "/day?day=2026-02-30&part=am&most=0&all=yes",
        [
          "day must be a date like 2026-09-07", "part must be one of: AM, PM", "most must be a whole number, 1 or more",
          "all must be true or false",
        ]
      ),
      ("/day?day=2026-09-07&day=2026-09-08", ["day is given more than once"]),
      ("/day?day=2026-09-07&day=2026-09-08&day=2026-09-09", ["day is given more than once"]),
      (
        "/day?Day=2026-09-07&dya=1&dya=2",
        [
          "Day is not a parameter of this address. Use: day, part, most, all",
          "dya is not a parameter of this address. Use: day, part, most, all", "day is required",
        ]
      ),
      (
        "/day?day=2026-09-07&CANARY%20is%20no%20name=1",
        [
          " is not a parameter of this address. Use: day, part, most, all"
        ]
      ),
      ("/openapi.json?x=1", ["x is not a parameter of this address. This address takes no parameters"]),
    ]) func queriesHoldWhatTheirRouteDescribes(path: String, expected: [String]) async throws
  {
    let service = try await TestService()
    let response = try await service.call(.get, path, token: try await service.token(.attendanceOfficer))
    guard !expected.isEmpty else {
      #expect(response.status == .ok, "\(path)")
      return
    }
    let problem = try expectProblem(response, 400, "invalid-parameter")
    #expect(problem.errors?.map { "\($0.pointer) \($0.detail)" } == expected, "\(path)")
  }

  /// How a route confines callers who are bound to schools.
  @Test func boundCallersAreConfinedAsTheRouteSays() throws {
    let officer = Caller(subject: "a", role: .manager, schools: ["100001"])
    let all = Caller(subject: "b", role: .manager)
    let nowhere = Caller(subject: "c", role: .school)
    func isAdmitted(_ caller: Caller, _ reach: Reach, _ school: String?) -> Bool {
      (try? reach.admit(caller, school: school)) != nil
    }
    for reach in Reach.allCases { #expect(isAdmitted(all, reach, "100001") && isAdmitted(all, reach, nil)) }
    for reach in [Reach.ownRecords, .shared] {
      #expect(isAdmitted(officer, reach, "100002") && isAdmitted(nowhere, reach, nil))
    }
    #expect(isAdmitted(officer, .ownSchool, "100001"))
    for school in ["100002", "", nil] { #expect(!isAdmitted(officer, .ownSchool, school)) }
    #expect(!isAdmitted(nowhere, .ownSchool, "100001"))
    #expect(!isAdmitted(officer, .wholeAuthority, nil) && !isAdmitted(nowhere, .wholeAuthority, nil))
  }

  @Test func anUnforeseenErrorTellsNothing() async throws {
    let service = try await TestService()
    let response = try await service.call(.get, "/broken", token: try await service.token(.attendanceOfficer))
    let problem = try expectProblem(response, 500, "internal")
    #expect(!String(buffer: response.body).contains("CANARY"))
    #expect(problem.instance.hasPrefix("urn:request:"))
  }

  @Test func unknownPathsAreProblemsToo() async throws {
    let service = try await TestService()
    _ = try expectProblem(try await service.call(.get, "/nothing"), 404, "http-404")
  }

  @Test(
    arguments: [
      ("abcdefgh-1", true), ("short", false), ("with space in it", false), ("<script>alert(1)</script>", false),
    ])
  func requestIdsAreTakenWhereWellFormed(id: String, isTaken: Bool) async throws {
    let name = try #require(HTTPField.Name("X-Request-ID"))
    let response = try await TestService().call(.get, "/health/live", headers: [name: id])
    #expect((response.headers[name] == id) == isTaken)
    #expect(response.headers[name]?.isEmpty == false)
  }

  @Test func metricsNameRoutesAndNeverPaths() async throws {
    let service = try await TestService()
    let token = try await service.token(.attendanceOfficer)
    _ = try await service.call(.get, "/schools/100001", token: token)
    let text = String(buffer: try await service.call(.get, "/metrics").body)
    #expect(
      text.contains(#"http_server_requests_total{method="GET",route="/schools/{urn}",status="200"} 1.0"#), "\(text)")
    #expect(text.contains("http_server_request_duration_seconds_bucket"))
    #expect(!text.contains("100001"))
    let memory = text.split(separator: "\n").first { $0.hasPrefix("process_resident_memory_bytes") }
    #expect(Double(memory?.split(separator: " ").last ?? "") ?? 0 > 1_000_000)
  }
}
