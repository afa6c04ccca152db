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

/// A service of a few routes, in process.
struct TestService {
  let issuer: TokenIssuer
  let clock = ManualClock(Date(timeIntervalSince1970: 1_790_000_000))
  let environment: ServiceEnvironment
  let built: BuiltService
  /// How often a school was read.
  let reads = Locked(0)

  static let variables = [
    "AUDIT_KEY_FILE": "/nowhere", "AUTHORITY": "880", "STORE_PATH": "/nowhere",
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "AUTH_ISSUER": "test",
    "HTTP_CONCURRENCY": "2",
  ]

  struct Form: Codable, Sendable {
    let name: String
    let days: [Day]
  }

  /// A form as it is answered: fields may come to it.
  struct Taken: Codable, Sendable {
    let name: String
    let days: [Day]
  }

  struct Number: Listed {
    static let list = "numbers"

    let number: Int64
  }

  /// - Parameter more: adds routes.
  init(_ more: (ServiceRouter) -> Void = { _ in }) async throws {
    issuer = try TokenIssuer(issuer: "test")
    let keys = NSTemporaryDirectory() + "jwks-\(UUID().uuidString).json"
    try issuer.keySetJSON.write(toFile: keys, atomically: true, encoding: .utf8)
    let source = try await ConfigurationSource(
      environment: Self.variables.merging(["AUTH_JWKS": keys], uniquingKeysWith: { $1 }))
    environment = ServiceEnvironment(
      name: "test", configuration: try ServiceConfiguration(source), clock: clock,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let router = environment.makeRouter()
    router.on(
      .get, "/schools/{urn}", .roles(.school, .attendanceOfficer, reach: .ownSchool),
      About("A school", answer: [String: String].self)
    ) { [reads] _, context in
      reads.withLock { $0 += 1 }
      return try .json(["school": try context.parameter("urn")])
    }
    router.read(
      "/lists/{urn}", .roles(.attendanceOfficer, reach: .ownSchool), "A list",
      query: [
        .after, .init("kind", .string(), required: false, "Of a kind."),
        .init("x", .string(), required: false, "Anything."),
      ]
    ) {
      let after = try $0.after
      return Page([after + 1, after + 2], of: after < 4 ? 2 : 3, endsAt: { $0 }) { Number(number: $0) }
    }
    router.on(
      .post, "/forms", .roles(.attendanceOfficer, reach: .shared), About("A form", body: Form.self, answer: Taken.self),
      bodyLimitBytes: 2_000
    ) { request, _ in
      try .json(try await request.json(Form.self, upTo: 2_000))
    }
    router.on(.get, "/broken", .roles(.attendanceOfficer, reach: .shared), About("It fails")) { _, _ in
      struct Secret: Error { let name = "CANARY-in-an-error" }
      throw Secret()
    }
    router.on(
      .get, "/day", .roles(.attendanceOfficer, reach: .shared),
      About(
        "A day",
        query: [
          .init("day", .day, "The day."), .init("part", .session, required: false, "Which half."),
          .init("most", .integer(minimum: 1), required: false, "How many."),
          .init("all", .boolean, required: false, "Whether all."),
        ], answer: [String: Day].self)
    ) { request, _ in
      try .json(["day": try request.query("day") { Day(iso: $0) }])
    }
    more(router)
    built = BuiltService(environment, router: router, background: [])
  }

  func token(
    _ role: Role, schools: [String]? = nil, authority: String = "880", seconds: Double = 60, issuer: TokenIssuer? = nil
  ) async throws -> String {
    try await (issuer ?? self.issuer).token(
      subject: "someone", role: role, authority: authority, schools: schools, validFrom: clock.now(), seconds: seconds)
  }

  func call(
    _ method: HTTPRequest.Method, _ path: String, token: String? = nil, body: String? = nil,
    headers more: HTTPFields = [.contentType: "application/json"]
  ) async throws -> TestResponse {
    var headers = more
    if let token { headers[.authorization] = "Bearer \(token)" }
    return try await built.application.test(.router) { [headers] client in
      try await client.execute(
        uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
    }
  }
}

extension RouterTests {
  struct ProblemBody: Decodable {
    let type, title, instance: String
    let status: Int
    let errors: [Fault]?
  }

  func expectProblem(_ response: TestResponse, _ status: Int, _ slug: String) throws -> ProblemBody {
    #expect(response.status.code == status)
    #expect(response.headers[.contentType] == "application/problem+json")
    let body = try JSONDecoder().decode(ProblemBody.self, from: Data(response.body.readableBytesView))
    #expect(body.type == "https://everyschoolday.uk/problems/\(slug)" && body.status == status)
    return body
  }
}
