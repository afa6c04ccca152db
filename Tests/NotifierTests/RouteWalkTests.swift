import Contracts
import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import NIOCore
import NotifierDomain
import ServiceKit
import ServiceTestKit
import Testing

/// Every route of the notifier, called by those it is not for and by those it is for.
@Suite("Every route of the notifier", .timeLimit(.minutes(5))) struct RouteWalkTests {
  private static let school = "100001"

  private static func run(_ body: @Sendable @escaping (RouteWalk) async throws -> Void) async throws {
    try await WebTests.run { world, service in
      let id = try #require(try await world.create().json["id"] as? String)
      try await body(walk(service, world, id))
    }
  }

  private static func walk(_ service: BuiltService, _ world: WebTests.World, _ id: String) -> RouteWalk {
    RouteWalk(
      service.routes, school: school, otherSchool: "100002", path: ["id": id],
      rows: [
        "GET /audit/anchor": .init("head=120.9f86d081884c7d659a2feaa0&reader=notifier", holdsRecords: false),
        "POST /audit/chain/acknowledgements": .init(body: #"{"breaks":["1"],"reason":"Seen"}"#),
        "POST /subscriptions": .init(
          body: #"""
            {"name":"Larkspur Academy","recipientKind":"school","eventTypes":["\#(PenaltyNoticeProposed.type.name)"],
             "scope":{"schools":["100001"]},
             "level":"L2","lawfulBasis":"LB1","agreement":{"reference":"ISA-7","expiresOn":"2027-01-10"},
             "address":"https://hooks.larkspur.example/attendance","algorithm":"hmac"}
            """#),
        "POST /subscriptions/{id}/replay": .init(
          body: #"{"from":"2026-09-07T09:00:00Z","to":"2026-09-08T09:00:00Z"}"#),
        "GET /audit": .init("subject=\(id)&after=0&verify=page"),
        "GET /export": .init("table=subscriptions&format=jsonl&after=0"),
        "GET /pupils/{id}/subject-access": .init(path: ["id": "p0123456ab"], holdsRecords: false),
        "GET /disclosures": .init("subscription=\(id)&after=0"), "GET /events": .init("after=0&limit=10"),
        "POST /parked/{id}/retry": .init(path: ["id": "1"]), "POST /parked/{id}/discard": .init(path: ["id": "1"]),
      ], ofTheSchool: [id, school],
      send: { request in
        var headers = request.headers
        let token = try await world.issuer.token(
          subject: request.subject, role: request.role, authority: "880", schools: request.schools,
          validFrom: Sample.time.date, seconds: 600)
        headers[.authorization] = "Bearer \(token)"
        if request.body != nil { headers[.contentType] = request.type }
        return try await world.client.execute(
          uri: request.path, method: request.method, headers: headers, body: request.body.map { ByteBuffer(string: $0) }
        ) { .init(status: Int($0.status.code), text: String(buffer: $0.body)) }
      },
      contents: { try RouteWalk.contents(ofStore: world.path) })
  }

  @Test func foreignCallersAreKeptOut() async throws { try await Self.run { try await $0.foreignCallersAreKeptOut() } }
  @Test func ownCallersAreLetIn() async throws { try await Self.run { try await $0.ownCallersAreLetIn() } }
  @Test func queriesAreAsDescribed() async throws { try await Self.run { try await $0.queriesAreAsDescribed() } }
  @Test func writesAreDoneOnce() async throws {
    try await Self.run {
      try await $0.writesAreDoneOnce(
        refused: [
          "POST /parked/{id}/retry", "POST /parked/{id}/discard", "POST /audit/chain/acknowledgements",
          // The subscription is not suspended.
          "POST /subscriptions/{id}/resume",
        ])
    }
  }
  @Test func staleEditsAreRefused() async throws { try await Self.run { try await $0.staleEditsAreRefused() } }
  @Test func formsRefuseUnknownFields() async throws { try await Self.run { try await $0.formsRefuseUnknownFields() } }
}
