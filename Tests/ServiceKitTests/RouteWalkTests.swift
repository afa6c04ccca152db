import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Schemas
import ServiceTestKit
import Testing

@testable import ServiceKit

/// The walk that goes through all routes of a program finds what each of its checks is for.
@Suite("The walk of all routes") struct RouteWalkTests {
  /// A route, how it is called, and what of the walk must find fault with it; nothing with one that is right.
  struct Planted: Sendable, CustomTestStringConvertible {
    typealias Walk = @Sendable (RouteWalk) async throws -> Void

    let testDescription: String
    let walk: Walk
    var rows: [String: RouteWalk.Row] = [:]
    let add: @Sendable (ServiceRouter) -> Void
  }

  private struct Form: Codable, Sendable { let name: String }

  private static let records = About("Records", query: [.after], answer: [String].self)
  private static let edit = About("An edit", body: Form.self, answer: Form.self, takesIfMatch: true)
  private static let row: [String: RouteWalk.Row] = ["PUT /planted/thing": .init(body: #"{"name":"x"}"#)]
  private static let own = Policy.roles(.school, .attendanceOfficer, reach: .ownRecords)
  private static let all = Policy.roles(.attendanceOfficer, reach: .wholeAuthority)
  private static let shared = Policy.roles(.attendanceOfficer, reach: .shared)

  private static let walks: [(name: String, walk: Planted.Walk)] = [
    ("foreign callers", { try await $0.foreignCallersAreKeptOut() }),
    ("own callers", { try await $0.ownCallersAreLetIn() }), ("queries", { try await $0.queriesAreAsDescribed() }),
    ("forms", { try await $0.formsRefuseUnknownFields() }), ("stale edits", { try await $0.staleEditsAreRefused() }),
    ("writes", { try await $0.writesAreDoneOnce(refused: []) }),
  ]

  static let wrong = [
    Planted(testDescription: "a list that forgets whom it is for", walk: walks[0].walk) { router in
      router.on(.get, "/planted/records", own, records) { request, _ in
        _ = try request.optionalQuery("after") { Int64($0) }
        return try .json(["CHILD"])
      }
    },
    Planted(testDescription: "a route that nobody covers", walk: walks[0].walk) { router in
      router.on(.get, "/planted/{thing}", own, About("A thing", answer: [String].self)) { _, _ in try .json(["CHILD"]) }
    },
    Planted(testDescription: "what is for all and is not the same for all", walk: walks[0].walk) { router in
      router.on(.get, "/planted/shared", shared, About("Shared", answer: [String].self)) { _, context in
        try .json(try context.caller.schools?.sorted() ?? [])
      }
    },
    Planted(testDescription: "a list that gives nothing to those it is for", walk: walks[1].walk) { router in
      router.on(.get, "/planted/records", own, About("Records", answer: [String].self)) { _, _ in try .json([String]())
      }
    },
    Planted(testDescription: "a parameter that is read and not described", walk: walks[2].walk) { router in
      router.on(.get, "/planted/records", all, records) { request, _ in
        _ = try request.optionalQuery("after") { Int64($0) }
        return try .json([try request.optionalQuery("extra") { $0 } ?? ""])
      }
    },
    Planted(testDescription: "a parameter that is described and not read", walk: walks[2].walk) { router in
      router.on(.get, "/planted/records", all, records) { _, _ in try .json([String]()) }
    },
    Planted(testDescription: "a form that passes unknown fields over", walk: walks[3].walk, rows: row) { router in
      router.on(.put, "/planted/thing", all, edit) { request, _ in
        let bytes = try await request.bytes(upTo: 1_000)
        return try .json(try JSONDecoder().decode(Form.self, from: Data(bytes.readableBytesView)))
      }
    },
    Planted(testDescription: "a write that takes no key", walk: walks[5].walk) { router in
      router.on(.post, "/planted/made", all, About("Makes", answer: [String].self)) { _, _ in try .json(["made"]) }
    },
    Planted(testDescription: "a write that takes a key and does not heed it", walk: walks[5].walk) { router in
      router.write(.post, "/planted/made", all, "Makes") { _ in
        let answer = [UUID().uuidString]
        return Remembered(json: try Response.encoded(answer), new: answer)
      }
    },
    Planted(testDescription: "a write that heeds the key alone and not the request", walk: walks[5].walk) { router in
      router.write(.post, "/planted/made", all, "Makes") { _ in
        Remembered(json: try Response.encoded(["the same"]), new: ["the same"])
      }
    },
    Planted(testDescription: "an edit that takes an If-Match and does not heed it", walk: walks[4].walk, rows: row) {
      router in
      router.on(.put, "/planted/thing", all, edit) { request, _ in try .json(try await request.json(Form.self)) }
    },
  ]

  private func run(_ planted: Planted, _ walk: Planted.Walk) async throws {
    let service = try await TestService(planted.add)
    let routes = service.built.routes.filter { $0.path.hasPrefix("/planted") }
    // One client for the whole walk: starting the application for each request is most of its time.
    try await service.built.application.test(.router) { client in
      try await walk(
        RouteWalk(
          routes, school: "100001", otherSchool: "100002", path: [:], rows: planted.rows, ofTheSchool: ["CHILD"],
          send: { request in
            var headers = request.headers
            headers[.contentType] = request.type
            let token = try await service.issuer.token(
              subject: request.subject, role: request.role, authority: "880", schools: request.schools,
              validFrom: service.clock.now(), seconds: 60)
            headers[.authorization] = "Bearer \(token)"
            return try await client.execute(
              uri: request.path, method: request.method, headers: headers,
              body: request.body.map { ByteBuffer(string: $0) }
            ) { .init(status: Int($0.status.code), text: String(buffer: $0.body)) }
          }, contents: { [:] }))
    }
  }

  @Test(arguments: wrong) func whatIsWrongIsFound(planted: Planted) async throws {
    await withKnownIssue { try await run(planted, planted.walk) }
  }

  @Test func whatIsRightPasses() async throws {
    let right = Planted(testDescription: "right", walk: Self.walks[0].walk, rows: Self.row) { router in
      router.on(.get, "/planted/records", Self.own, Self.records) { request, context in
        _ = try request.optionalQuery("after") { Int64($0) }
        return try .json(try context.caller.mayActFor(school: "100001") ? ["CHILD"] : [])
      }
      router.on(.get, "/planted/shared", Self.shared, About("Shared", answer: [String].self)) { _, _ in
        try .json(["the same"])
      }
      router.on(.put, "/planted/thing", Self.all, Self.edit) { request, _ in
        let form = try await request.json(Form.self)
        try Precondition(request).require { form }
        return try .json(form)
      }
    }
    for (_, walk) in Self.walks.dropLast() { try await run(right, walk) }
    let kept = Locked<[String: Data]>([:])
    let once = Planted(testDescription: "once", walk: Self.walks[5].walk) { router in
      router.write(.post, "/planted/made", Self.all, "Makes") { call in
        let key = try #require(call.edit.key)
        let known = kept.withLock { kept in
          defer { kept[key.scopedKey] = kept[key.scopedKey] ?? key.fingerprint }
          return kept[key.scopedKey]
        }
        guard known == nil || known == key.fingerprint else { throw IdempotencyKey.reused }
        return Remembered(json: try Response.encoded(["made"]), new: ["made"])
      }
    }
    try await run(once, once.walk)
  }
}
