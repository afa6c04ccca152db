import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Messaging
import NIOCore
import NotifierDomain
import RollCopy
import ServiceKit
import Store
import TestKit
import Testing

@testable import NotifierService

/// The notifier's HTTP interface, built as the program builds it.
@Suite(.timeLimit(.minutes(10))) struct WebTests {
  /// What a test does with the interface.
  struct World: Sendable {
    let client: any TestClientProtocol
    let issuer: TokenIssuer
    /// Of the program's store.
    let path: String

    /// Sends a request as a role, or without a token; answers the status and the JSON.
    func send(
      _ method: HTTPRequest.Method, _ path: String, as role: Role? = .integration, _ body: String? = nil
    ) async throws -> (status: Int, json: [String: Any], text: String) {
      var headers: HTTPFields = [:]
      if let role {
        let token = try await issuer.token(
          subject: "user-1", role: role, authority: "880", validFrom: Sample.time.date, seconds: 600)
        headers[.authorization] = "Bearer \(token)"
      }
      if body != nil { headers[.contentType] = "application/json" }
      return try await client.execute(
        uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
      ) { response in
        let text = String(buffer: response.body)
        let json = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return (Int(response.status.code), json ?? [:], text)
      }
    }

    /// Asks for a subscription with some fields changed.
    func create(_ changes: [String: Any] = [:]) async throws -> (status: Int, json: [String: Any], text: String) {
      let form: [String: Any] = [
        "name": "Larkspur Academy", "recipientKind": "school", "eventTypes": Sample.proposalTypes,
        "scope": ["schools": ["100001"]], "level": "L2", "lawfulBasis": "LB1",
        "agreement": ["reference": "ISA-7", "expiresOn": "2027-01-10"],
        "address": "https://hooks.larkspur.example/attendance", "algorithm": "hmac",
      ]
      let changed = form.merging(changes) { $1 }
      let body = String(decoding: try JSONSerialization.data(withJSONObject: changed), as: UTF8.self)
      return try await send(.post, "/subscriptions", body)
    }
  }

  /// - Parameter settings: further configuration.
  static func run(
    settings: [String: String] = [:], _ body: @Sendable @escaping (World, BuiltService) async throws -> Void
  ) async throws {
    try await withFolder { folder in
      try await recordSchools(folder)
      let issuer = try TokenIssuer(issuer: "https://sign-in.test")
      let keySet = folder.appending(path: "jwks.json")
      try issuer.keySetJSON.write(to: keySet, atomically: true, encoding: .utf8)
      let source = try await ConfigurationSource(
        environment: [
          "AUDIT_KEY_FILE": TestAuditKeys.path, "AUTHORITY": "880",
          "STORE_PATH": folder.appending(path: "notifier.sqlite").path,
          "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "AUTH_JWKS": keySet.path, "AUTH_ISSUER": "https://sign-in.test",
          "FEED_REGISTERS": "http://127.0.0.1:1", "FEED_ENFORCEMENT": "http://127.0.0.1:1",
        ].merging(settings) { $1 })
      var logger = Logger(label: "notifier")
      logger.logLevel = .critical
      let environment = ServiceEnvironment(
        name: "notifier", configuration: try ServiceConfiguration(source), clock: ManualClock(Sample.time.date),
        logger: logger)
      let service = try await Notifier.build(environment, source)
      try await service.application.test(.router) { client in
        let path = folder.appending(path: "notifier.sqlite").path
        try await body(World(client: client, issuer: issuer, path: path), service)
      }
    }
  }

  /// Schools that the service has heard of when it starts.
  private static func recordSchools(_ folder: URL) async throws {
    let store = try Store(
      path: folder.appending(path: "notifier.sqlite").path, owner: "880.notifier",
      migrations: MessagingSchema.migrations + NotifierSchema.migrations, auditKeys: TestAuditKeys.keys)
    let school = SchoolRecorded(urn: Sample.school, name: "Larkspur Academy", phase: .secondary, kind: .academy)
    let event = Harness.event(raw: try school.encoded(), type: SchoolRecorded.type, id: "school")
    let transactions = Transactions(
      store: store, outbox: Outbox(service: .notifier, authority: "880", store: store),
      clock: ManualClock(Sample.time.date))
    try await transactions.write(by: .program(.registers)) {
      try RegistersHandler(reports: ReportQueue(queued: { _ in })).handle(event, in: $0)
    }
    try store.close()
  }

  @Test func aSubscriptionIsCreatedReadRotatedAndDeleted() async throws {
    try await Self.run { world, _ in
      let created = try await world.create()
      #expect(created.status == 201)
      let secret = try #require(created.json["secret"] as? String)
      #expect(secret.hasPrefix("whsec_") && Data(base64Encoded: String(secret.dropFirst(6)))?.count == 32)
      let id = try #require(created.json["id"] as? String)

      let read = try await world.send(.get, "/subscriptions/\(id)")
      #expect(read.status == 200 && !read.text.contains("whsec_"))
      #expect(read.json["status"] as? String == "active")
      #expect((read.json["agreement"] as? [String: Any])?["daysLeft"] as? Int == 51)
      #expect((read.json["scope"] as? [String: Any])?["schools"] as? [String] == ["100001"])
      let list = try await world.send(.get, "/subscriptions", as: .manager)
      #expect((list.json["subscriptions"] as? [[String: Any]])?.count == 1)

      let rotated = try await world.send(.post, "/subscriptions/\(id)/keys", #"{"overlapHours":48}"#)
      #expect(rotated.status == 201 && rotated.json["secret"] as? String != secret)
      #expect(try await world.send(.post, "/subscriptions/\(id)/keys").status == 201)
      #expect(try await world.send(.post, "/subscriptions/\(id)/keys", #"{"overlapHours":999}"#).status == 422)

      #expect(try await world.send(.delete, "/subscriptions/\(id)").status == 204)
      for (method, path) in [(HTTPRequest.Method.get, ""), (.delete, ""), (.post, "/keys"), (.post, "/resume")] {
        #expect(try await world.send(method, "/subscriptions/\(id)\(path)").status == 404)
      }
    }
  }

  @Test func anEd25519SubscriptionTellsThePublicKeyOnly() async throws {
    try await Self.run { world, _ in
      let created = try await world.create(["algorithm": "ed25519"])
      #expect(created.status == 201 && created.json["secret"] == nil)
      #expect((created.json["publicKey"] as? String)?.hasPrefix("whpk_") == true)
    }
  }

  @Test func everyFaultOfARequestIsListedWithItsPointer() async throws {
    try await Self.run { world, _ in
      let answer = try await world.create([
        "level": "L4", "address": "http://10.0.0.1/", "agreement": ["reference": "", "expiresOn": "2020-01-01"],
      ])
      #expect(answer.status == 422)
      let pointers = (answer.json["errors"] as? [[String: Any]] ?? []).compactMap { $0["pointer"] as? String }
      #expect(Set(pointers) == ["/level", "/address", "/agreement/reference", "/agreement/expiresOn"])
      #expect(!answer.text.contains("10.0.0.1"))
    }
  }

  static let shapes = [
    "", "7", "{}", "[", #"{"scope":{"schools":"some"}}"#, #"{"name":7}"#, String(repeating: "[", count: 20_000),
  ]

  @Test(arguments: shapes.indices)
  func aBodyOfAnotherShapeIsAProblem(index: Int) async throws {
    try await Self.run { world, _ in
      let answer = try await world.send(.post, "/subscriptions", Self.shapes[index])
      #expect([400, 422].contains(answer.status))
      #expect((answer.json["type"] as? String)?.hasPrefix("https://everyschoolday.uk/problems/") == true)
    }
  }

  @Test func scopeAllIsForThoseWhoAreNoSchool() async throws {
    try await Self.run { world, _ in
      #expect(try await world.create(["scope": ["schools": "all"]]).status == 422)
      let partner = try await world.create(["scope": ["schools": "all"], "recipientKind": "early-help"])
      #expect(partner.status == 201)
      #expect((partner.json["scope"] as? [String: Any])?["schools"] as? String == "all")
    }
  }

  static let agencies: [(kind: String, facts: [String], level: String)] = [
    ("social-care", ["unexplained-absence-found", "unexplained-absence-lapsed"], "L2"),
    ("youth-justice", ["unexplained-absence-found", "unexplained-absence-lapsed"], "L2"),
    ("virtual-school", ["ten-day-absence-found", "severe-absence-found", "pupil-left"], "L3"),
  ]

  @Test(arguments: agencies.indices)
  func anAgencyIsToldOfItsOwnChildrenInAllSchools(index: Int) async throws {
    let agency = Self.agencies[index]
    let types = agency.facts.map { "uk.everyschoolday.registers.\($0).v1" }
    try await Self.run { world, _ in
      let answer = try await world.create([
        "recipientKind": agency.kind, "eventTypes": types, "level": agency.level, "scope": ["schools": "all"],
      ])
      #expect(answer.status == 201)
      #expect(Set(answer.json["eventTypes"] as? [String] ?? []) == Set(types))
    }
  }

  @Test func whoMayNotBeToldOfAnAbsenceOrOfWhatNoEventEstablishesIsRefused() async throws {
    let unexplained = "uk.everyschoolday.registers.unexplained-absence-found.v1"
    let ended = "uk.everyschoolday.registers.compulsory-school-age-ended.v1"
    for (kind, type) in [("school", unexplained), ("early-help", unexplained), ("virtual-school", ended)] {
      try await Self.run { world, _ in
        let answer = try await world.create(["recipientKind": kind, "eventTypes": [type]])
        #expect(answer.status == 422)
        let pointers = (answer.json["errors"] as? [[String: Any]] ?? []).compactMap { $0["pointer"] as? String }
        #expect(pointers == ["/recipientKind"], "\(kind)")
      }
    }
  }

  @Test func replayAndResumeSayWhatTheyDid() async throws {
    try await Self.run { world, _ in
      let id = try #require(try await world.create().json["id"] as? String)
      let replay = #"{"from":"2026-11-01T00:00:00Z","to":"2026-11-20T00:00:00Z"}"#
      let answer = try await world.send(.post, "/subscriptions/\(id)/replay", replay)
      #expect(answer.status == 202 && answer.json["queued"] as? Int == 0)
      let turned = #"{"from":"2026-11-20T00:00:00Z","to":"2026-11-01T00:00:00Z"}"#
      #expect(try await world.send(.post, "/subscriptions/\(id)/replay", turned).status == 422)
      #expect(try await world.send(.post, "/subscriptions/\(id)/replay", #"{"from":"x","to":"y"}"#).status == 422)
      #expect(try await world.send(.post, "/subscriptions/\(id)/resume").status == 409)
      #expect(try await world.send(.post, "/subscriptions/sub_nobody/resume").status == 404)
      let log = try await world.send(.get, "/disclosures?subscription=\(id)&after=0", as: .manager)
      #expect(log.status == 200 && (log.json["disclosures"] as? [Any])?.isEmpty == true)
      #expect(try await world.send(.get, "/disclosures?after=x").status == 400)
    }
  }

  @Test func whileDeliveryIsOffAnOperatorReadsTestsAndDeletes() async throws {
    try await Self.run(settings: ["WEBHOOK_DELIVERY": "false"]) { world, _ in
      let id = try #require(try await world.create().json["id"] as? String)
      let list = try await world.send(.get, "/subscriptions", as: .operator)
      #expect((list.json["subscriptions"] as? [[String: Any]])?.first?["id"] as? String == id)
      #expect((list.json["unreadable"] as? [String])?.isEmpty == true)
      let answer = try await world.send(.post, "/subscriptions/\(id)/test", as: .operator)
      #expect(answer.status == 200 && answer.json["outcome"] as? String == "unreachable")
      #expect((answer.json["explanation"] as? String)?.hasPrefix("The receiver cannot be reached") == true)
      let again = try await world.send(.post, "/subscriptions/\(id)/test", as: .operator)
      #expect(again.status == 429)
      #expect(try await world.send(.post, "/subscriptions", as: .operator, "{}").status == 403)
      #expect(try await world.send(.delete, "/subscriptions/\(id)", as: .operator).status == 204)
      #expect(try await world.send(.post, "/subscriptions/\(id)/test").status == 404)
    }
  }

  @Test func aSchoolThatIsNotKnownIsNamedWithWhatToDo() async throws {
    try await Self.run { world, _ in
      let answer = try await world.create(["scope": ["schools": ["100001", "100099"]], "lawfulBasis": "LB9"])
      #expect(answer.status == 422)
      let errors = answer.json["errors"] as? [[String: Any]] ?? []
      #expect(errors.compactMap { $0["pointer"] as? String } == ["/lawfulBasis", "/scope/schools/1"])
      let details = errors.compactMap { $0["detail"] as? String }
      #expect(details.first == "must be one of LB1, LB2, LB3, LB4, LB5, LB6, LB7")
      #expect(details.last?.contains("PUT /schools/100099") == true)
    }
  }

  @Test func onlyTheRolesOfARouteMayUseIt() async throws {
    try await Self.run { world, service in
      let own = service.routes.filter { $0.path.hasPrefix("/subscriptions") || $0.path == "/disclosures" }
      #expect(own.count == 9)
      let upkeep = ["GET", "DELETE"]
      for route in own {
        let path = route.path.replacing("{id}", with: "sub_x")
        let method = try #require(HTTPRequest.Method(route.method))
        #expect(try await world.send(method, path, as: nil).status == 401)
        let isUpkeep =
          route.path.hasPrefix("/subscriptions")
          && (upkeep.contains(route.method) || route.path.hasSuffix("/test") || route.path.hasSuffix("/resume"))
        let allowed: Set<Role> = isUpkeep ? [.integration, .manager, .operator] : [.integration, .manager]
        for role in Role.allCases where !allowed.contains(role) {
          #expect(try await world.send(method, path, as: role).status == 403, "\(route.method) \(path) \(role)")
        }
      }
      for route in service.routes where route.policy == .open {
        #expect(["/health/live", "/health/ready", "/metrics", "/openapi.json"].contains(route.path))
      }
    }
  }
}
