import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import ServiceKit

/// What attacks leave in the log and the metrics, how they are slowed down, and what every answer carries.
@Suite("Security events") struct SecurityEventTests {
  private func call(
    _ service: EdgeService, _ method: HTTPRequest.Method, _ path: String, token: String? = nil, body: String? = nil,
    media: String = "application/json"
  ) async throws -> TestResponse {
    var headers: HTTPFields = [.contentType: media]
    if let token { headers[.authorization] = "Bearer \(token)" }
    return try await service.built.application.test(.router) { [headers] client in
      try await client.execute(uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
    }
  }

  /// Whatever a label holds, a series is one line, and its label ends where it ends.
  @Test func aLabelEndsNoLine() async {
    let metrics = PrometheusMetrics()
    metrics.gauge("g") { [(labels: [("l", "a\r\nb\n\"\u{301}\\\u{20D2}")], 1)] }
    let text = await metrics.text()
    let lines = text.utf8.split { $0 == 10 || $0 == 13 }.map { String(decoding: $0, as: UTF8.self) }
    #expect(lines.contains("g{l=\"a  b \\\"\u{301}\\\\\u{20D2}\"} 1.0"), "\(text)")
  }

  private func metrics(_ service: EdgeService) async -> [String] {
    await service.environment.metrics.text().split(separator: "\n").map(String.init)
      .filter { $0.hasPrefix("security_events_total") }
  }

  @Test("a refused token is logged with the reason and no more, and counted")
  func refusedTokens() async throws {
    let service = try await EdgeService()
    let good = try await service.token("subject-CANARY")
    service.clock.set(service.clock.now().addingTimeInterval(700))
    for (token, reason) in [(nil, "missing"), ("CANARY.x.y", "malformed"), (good, "expired")] {
      #expect(try await call(service, .get, "/secret/CANARY", token: token).status == .unauthorized)
      let line = try #require(service.log.security.last)
      #expect(line.hasPrefix("notice security event") && line.contains(" reason=\(reason) "))
      #expect(line.contains("event=unauthorized") && line.contains("route=GET /secret/{name}"))
      #expect(line.contains(" request_id=") && !line.contains("role="))
    }
    #expect(service.log.all.allSatisfy { !$0.contains("CANARY") && !$0.contains(good) && !$0.contains("local") })
    #expect(
      await metrics(service) == [
        #"security_events_total{kind="unauthorized",reason="expired"} 1.0"#,
        #"security_events_total{kind="unauthorized",reason="malformed"} 1.0"#,
        #"security_events_total{kind="unauthorized",reason="missing"} 1.0"#,
      ])
  }

  @Test("a forbidden request is logged with the role, and a caller always has the same key")
  func forbidden() async throws {
    let service = try await EdgeService()
    let officer = try await service.token("officer-CANARY")
    let manager = try await service.token("manager-CANARY", .manager)
    #expect(try await call(service, .get, "/secret/x", token: officer).status == .forbidden)
    #expect(try await call(service, .get, "/secret/x", token: manager).status == .forbidden)
    #expect(try await call(service, .get, "/secret/y", token: officer).status == .forbidden)
    let lines = service.log.security
    #expect(lines.map { $0.contains("role=attendance-officer") } == [true, false, true])
    #expect(lines.allSatisfy { $0.contains("event=forbidden") && !$0.contains("CANARY") })
    let keys = lines.compactMap { $0.firstMatch(of: #/caller=([0-9a-f]{12})/#)?.output.1 }
    #expect(keys.count == 3 && keys[0] == keys[2] && keys[0] != keys[1])
    // Another start, other keys.
    let other = try await EdgeService()
    _ = try await call(other, .get, "/secret/x", token: try await other.token("officer-CANARY"))
    #expect(other.log.security.first?.contains("caller=\(keys[0])") == false)
  }

  @Test("refusals in number are answered 429, and a good token is good all the same")
  func limits() async throws {
    let time = ManualTime()
    let service = try await EdgeService(["HTTP_REFUSALS": "6"], time: time)
    let good = try await service.token()
    for _ in 0..<6 { #expect(try await call(service, .get, "/large/x", token: "a.b.c").status == .unauthorized) }
    let refused = try await call(service, .get, "/large/x", token: "a.b.c")
    #expect(refused.status == .tooManyRequests && refused.headers[.retryAfter] == "10")
    #expect(String(buffer: refused.body).contains("/problems/too-many-refusals"))
    #expect(try await call(service, .get, "/large/x", token: good).status == .ok)
    // What a caller may not have is counted apart, for each caller.
    for _ in 0..<6 { #expect(try await call(service, .get, "/secret/x", token: good).status == .forbidden) }
    #expect(try await call(service, .get, "/secret/x", token: good).status == .tooManyRequests)
    #expect(try await call(service, .get, "/large/x", token: good).status == .ok)
    let other = try await service.token("another")
    #expect(try await call(service, .get, "/secret/x", token: other).status == .forbidden)
    time.pass(seconds: 10)
    #expect(try await call(service, .get, "/large/x", token: "a.b.c").status == .unauthorized)
    #expect(try await call(service, .get, "/secret/x", token: good).status == .forbidden)
  }

  @Test("a flood writes sixty lines a minute, and says how many are missing")
  func linesAreBounded() async throws {
    let time = ManualTime()
    let service = try await EdgeService(time: time)
    for _ in 0..<300 { _ = try await call(service, .get, "/large/x") }
    #expect(service.log.security.count == 60)
    #expect(await metrics(service).first?.hasSuffix(" 300.0") == true)
    time.pass(seconds: 60)
    _ = try await call(service, .get, "/large/x")
    #expect(service.log.security.count == 61 && service.log.security.last?.contains("unwritten=240") == true)
  }

  @Test("refused bodies are events: too large, too many values, too deep")
  func bodies() async throws {
    let service = try await EdgeService()
    let token = try await service.token()
    func post(_ body: String, to path: String = "/forms") async throws -> TestResponse {
      try await call(service, .post, path, token: token, body: body)
    }
    #expect(try await post(#"{"a":[1,2,3]}"#).status == .ok)
    let many = "{\"a\":[\(Array(repeating: "1", count: 2_500).joined(separator: ","))]}"
    for (body, path, status, slug) in [
      (String(repeating: " ", count: 20_001), "/forms", 413, "too-large"), (many, "/forms", 413, "too-many-values"),
      (String(repeating: "[", count: 100), "/forms", 422, "too-deep"),
      (#"{"a":[1],"a":[2]}"#, "/files", 422, "repeated-name"),
    ] {
      let answer = try await post(body, to: path)
      #expect(answer.status.code == status && String(buffer: answer.body).contains("/problems/\(slug)"))
      #expect(service.log.security.last?.contains("event=\(slug)") == true)
    }
    #expect(String(buffer: try await post(#"{"a":[1],"a":[2]}"#).body).contains(#""pointer":"/a""#))
    let counted = Array(repeating: "1", count: 2_490).joined(separator: ",")
    #expect(try await post("{\"a\":[\(counted)]}").status == .ok)
  }

  @Test("every answer carries the security fields, whoever makes it")
  func fields() async throws {
    let service = try await EdgeService()
    let token = try await service.token()
    let names = [
      ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
      ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
      ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    ]
    for (method, path, token) in [
      (.get, "/health/live", nil), (.get, "/metrics", nil), (.get, "/openapi.json", nil), (.get, "/nothing", nil),
      (.delete, "/files", nil), (.get, "/large/x", nil), (.get, "/secret/x", token), (.head, "/health/live", nil),
    ] as [(HTTPRequest.Method, String, String?)] {
      let answer = try await call(service, method, path, token: token)
      for (name, value) in names {
        let field = try #require(HTTPField.Name(name))
        #expect(answer.headers[field] == value, "\(method) \(path)")
      }
    }
    let plain = try await EdgeService(["HTTP_HSTS_SECONDS": "0"])
    let name = try #require(HTTPField.Name("Strict-Transport-Security"))
    #expect(try await call(plain, .get, "/health/live").headers[name] == nil)
  }

  @Test(
    "limits outside their range end the start",
    arguments: [
      "HTTP_SHARE=0", "HTTP_BODIES_LIMIT=1", "HTTP_BODY_SECONDS=0", "HTTP_ANSWER_SECONDS=0", "HTTP_RATE=-1",
      "HTTP_RATE_SECONDS=0", "HTTP_IDLE_SECONDS=0", "HTTP_CONNECTIONS=7", "HTTP_REFUSALS=0", "HTTP_HSTS_SECONDS=-1",
      "AUTH_ALGORITHMS=HS256", "AUTH_ALGORITHMS=none", "AUTH_TOKEN_HOURS=0", "AUTH_SKEW_SECONDS=301",
      "AUTH_KEYS_SECONDS=141", "AUTH_KEYS_HOURS=169",
    ])
  func ranges(setting: String) async throws {
    let parts = setting.split(separator: "=").map(String.init)
    let error = await #expect(throws: ConfigurationError.self) { try await EdgeService([parts[0]: parts[1]]) }
    #expect(error?.key == parts[0].lowercased().replacing("_", with: "."))
  }
}
