import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Messaging
import NIOCore
import RollCopy
import Rulebook
import Schemas
import ServiceKit
import ServiceTestKit
import Store
import TestKit
import Testing

@testable import CaseworkService

/// The service as the program builds it, with an accepted case at each of two schools: what an accepted case rests on has
/// changed, and closing the first waits for a second person.
struct CaseworkApplication {
  static let school = "900101"
  static let theirs = "900102"
  static let pupil = "p000000001"
  static let now = Date(timeIntervalSince1970: 1_796_032_800)  // 2026-11-30

  let client: any TestClientProtocol
  let routes: [ServiceRouter.Route]
  let issuer: TokenIssuer
  let path: String

  static func run(_ body: @Sendable @escaping (CaseworkApplication) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "casework-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let issuer = try TokenIssuer(issuer: "https://sign-in.test")
    let keySet = folder.appending(path: "jwks.json")
    try issuer.keySetJSON.write(to: keySet, atomically: true, encoding: .utf8)
    let path = folder.appending(path: "casework.sqlite").path
    try await fill(path)
    let source = try await ConfigurationSource(environment: [
      "AUDIT_KEY_FILE": TestAuditKeys.path, "AUTHORITY": "880", "STORE_PATH": path,
      "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "AUTH_JWKS": keySet.path,
      "AUTH_ISSUER": "https://sign-in.test", "FEED_REGISTERS": "http://127.0.0.1:1",
      "LETTERS_SENDER": "Made-up Council;1 Made-up Street",
    ])
    var logger = Logger(label: "casework")
    logger.logLevel = .critical
    let environment = ServiceEnvironment(
      name: "casework", configuration: try ServiceConfiguration(source), clock: ManualClock(now), logger: logger)
    let service = try await Casework.build(environment, source)
    try await service.application.test(.router) { client in
      try await body(.init(client: client, routes: service.routes, issuer: issuer, path: path))
    }
  }

  private static func fill(_ path: String) async throws {
    let store = try Store(
      path: path, owner: "880.casework", migrations: MessagingSchema.migrations + CaseworkSchema.migrations,
      auditKeys: TestAuditKeys.keys)
    let outbox = Outbox(service: .casework, authority: "880", store: store)
    let transactions = Transactions(store: store, outbox: outbox, clock: ManualClock(now))
    let desk = CaseDesk(AttendanceCases(), timetable: Timetable())
    let officer = Actor<AttendanceCase.Role>.person("u-officer", .attendanceOfficer)
    for (number, school) in [school, theirs].enumerated() {
      let pupil = try #require(PupilID("p00000000\(number + 1)"))
      let finding = "finding-of-\(school)"
      try await transactions.write(by: .program(.casework)) { unit in
        _ = try Findings.raise(finding, of: pupil, at: try URN(school), in: unit.db)
        try Chronology.note(
          "persistent absence found", finding, of: pupil, at: try URN(school), on: unit.today, recorded: unit.at,
          in: unit.db)
        var stored = try desk.open(
          .init(.act(.propose), reason: "", evidence: [finding]), about: pupil.text, pupil, at: try URN(school),
          by: .program, in: unit)
        let accept = Intent<AttendanceCase>(
          .act(.accept), stating: .init([.safeguarding: .text("no")]), reason: "Reason of \(school)")
        try desk.move(&stored, .attempt(accept), by: officer, in: unit)
        try Findings.lapse(finding, in: unit.db)
        try desk.factsChanged(of: pupil, in: unit)
      }
    }
    try store.close()
  }

  func send(
    _ method: HTTPRequest.Method, _ path: String, as subject: String, _ role: Role, schools: [String]? = nil,
    headers more: HTTPFields = [:], type: String = "application/json", body: String? = nil
  ) async throws -> (status: Int, text: String, headers: HTTPFields) {
    var headers = more
    let token = try await issuer.token(
      subject: subject, role: role, authority: "880", schools: schools, validFrom: Self.now, seconds: 600)
    headers[.authorization] = "Bearer \(token)"
    if body != nil { headers[.contentType] = type }
    return try await client.execute(
      uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
    ) { (Int($0.status.code), String(buffer: $0.body), $0.headers) }
  }
}

/// Every route of casework, called by those it is not for and by those it is for.
@Suite("Every route of casework", .timeLimit(.minutes(5))) struct RouteWalkTests {
  private static let act =
    #"{"act":"close","reason":"Moved","facts":{"closing":"moved"},"overriding":[],"evidence":[],"owner":{"role":"manager"}}"#

  static let letter = """
    {"reason":"First contact","child":"Ada Made-Up","school":"Made-up Primary","writer":{"name":"An Officer",
    "role":"Attendance officer","contact":"01632 960000"},"figures":{"first":"2026-09-01","last":"2026-11-27",
    "possible":100,"missed":12,"unauthorised":3},"answerBy":"2026-12-11","recipients":[{"id":"k1","name":"A Parent",
    "address":["2 Made-up Street"]},{"id":"k2","name":"Another Parent","address":["3 Made-up Street"]}]}
    """

  private static func walk(_ body: @Sendable @escaping (RouteWalk) async throws -> Void) async throws {
    try await CaseworkApplication.run { service in
      let path = service.path
      try await body(
        RouteWalk(
          service.routes, school: CaseworkApplication.school, otherSchool: CaseworkApplication.theirs,
          path: ["id": "c1", "number": "2"],
          rows: [
            "GET /audit/anchor": .init("head=120.9f86d081884c7d659a2feaa0&reader=notifier", holdsRecords: false),
            "POST /audit/chain/acknowledgements": .init(body: #"{"breaks":["1"],"reason":"Seen"}"#),
            "GET /events": .init("after=0&limit=10"), "POST /parked/{id}/retry": .init(path: ["id": "1"]),
            "POST /parked/{id}/discard": .init(path: ["id": "1"]),
            "GET /audit": .init("subject=\(CaseworkApplication.pupil)&after=0&verify=page"),
            "GET /export": .init("table=cases&format=jsonl&after=0"),
            "GET /pupils/{id}/subject-access": .init(path: ["id": CaseworkApplication.pupil]),
            "GET /cases": .init("", "state=all&after=0"), "GET /cases/{id}": .init("", "asAt=2026-12-01T00:00:00Z"),
            "GET /cases/{id}/history": .init("", "after=1"),
            "POST /cases/{id}/acts": .init(body: act),
            "POST /cases/{id}/allocation": .init(
              body: #"{"owner":{"role":"attendance-officer","person":"u-officer"},"reason":"Named officer"}"#),
            "POST /cases/{id}/second": .init(body: #"{"agrees":false,"reason":"Not yet"}"#),
            "POST /cases/{id}/decisions/{number}/uphold": .init(
              body: #"{"reason":"Still needed","evidence":[],"overriding":[]}"#),
            "POST /cases/{id}/letters/first-contact": .init(body: letter),
            "GET /cases/{id}/letters/{document}": .init(
              path: ["document": "880-CA-2627-000001-K"], holdsRecords: false),
            "GET /tasks": .init("", "mine=false&dueBy=2027-01-01&after=0"),
            "GET /tasks/figures": .init(holdsRecords: false),
            "GET /children/{id}/chronology": .init(path: ["id": CaseworkApplication.pupil]),
          ],
          ofTheSchool: [CaseworkApplication.pupil, "finding-of-900101", "Reason of 900101"],
          send: { request in
            let answer = try await service.send(
              request.method, request.path, as: request.subject, request.role, schools: request.schools,
              headers: request.headers, type: request.type, body: request.body)
            return .init(status: answer.status, text: answer.text)
          }, contents: { try RouteWalk.contents(ofStore: path) }))
    }
  }

  @Test func foreignCallersAreKeptOut() async throws { try await Self.walk { try await $0.foreignCallersAreKeptOut() } }
  @Test func ownCallersAreLetIn() async throws { try await Self.walk { try await $0.ownCallersAreLetIn() } }
  @Test func queriesAreAsDescribed() async throws { try await Self.walk { try await $0.queriesAreAsDescribed() } }
  @Test func writesAreDoneOnce() async throws {
    try await Self.walk {
      try await $0.writesAreDoneOnce(
        refused: [
          "POST /parked/{id}/retry", "POST /parked/{id}/discard", "POST /audit/chain/acknowledgements",
          // The case waits for a second person who is another than the first.
          "POST /cases/{id}/second", "POST /cases/{id}/letters/first-contact",
          "POST /cases/{id}/decisions/{number}/uphold", "POST /cases/{id}/allocation",
        ])
    }
  }
  @Test func staleEditsAreRefused() async throws { try await Self.walk { try await $0.staleEditsAreRefused() } }
  @Test func formsRefuseUnknownFields() async throws { try await Self.walk { try await $0.formsRefuseUnknownFields() } }
}

/// What people do over HTTP.
@Suite("Casework over HTTP", .timeLimit(.minutes(5))) struct CaseworkWebTests {
  private static func json(_ text: String) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }

  private static let allocation =
    #"{"owner":{"role":"attendance-officer","person":"u-officer"},"reason":"Named officer"}"#

  @Test("A case is allocated once for each key, by who read it last, and its history, why and past can be asked")
  func acting() async throws {
    try await CaseworkApplication.run { service in
      let read = try await service.send(.get, "/cases/c1", as: "u-manager", .manager)
      #expect(read.status == 200 && read.text.contains(#""acts":["allocate","close"]"#), "\(read.text)")
      var headers: HTTPFields = [.ifMatch: read.headers[.eTag] ?? ""]
      headers[try #require(HTTPField.Name("Idempotency-Key"))] = "allocate-c1-once"
      let refused = try await service.send(
        .post, "/cases/c1/allocation", as: "u-officer", .attendanceOfficer, body: Self.allocation)
      #expect(refused.status == 403)
      var answers: [String] = []
      for _ in 0..<2 {
        let answer = try await service.send(
          .post, "/cases/c1/allocation", as: "u-manager", .manager, headers: headers, body: Self.allocation)
        #expect(answer.status == 200, "\(answer.text)")
        answers.append(answer.text)
      }
      #expect(Set(answers).count == 1 && answers[0].contains(#""state":"allocated""#), "\(answers)")
      headers[try #require(HTTPField.Name("Idempotency-Key"))] = "allocate-c1-again"
      let stale = try await service.send(
        .post, "/cases/c1/allocation", as: "u-manager", .manager, headers: headers, body: Self.allocation)
      #expect(stale.status == 412)
      let history = try await service.send(.get, "/cases/c1/history", as: "u-manager", .manager)
      #expect(history.text.contains("acted allocate") && history.text.contains("reconsidered"), "\(history.text)")
      let why = try await service.send(.get, "/cases/c1/why", as: "u-manager", .manager)
      #expect(
        why.text.contains(#""fact":"finding","now":false,"then":true"#) && why.text.contains("CW-2"), "\(why.text)")
      let before = try await service.send(.get, "/cases/c1?asAt=2020-01-01T00:00:00Z", as: "u-manager", .manager)
      #expect(before.status == 404)
    }
  }

  @Test("The first contact by letter is a document for each parent and the act, once for each key")
  func writing() async throws {
    try await CaseworkApplication.run { service in
      let path = "/cases/c1/letters/first-contact"
      let early = try await service.send(.post, path, as: "u-officer", .attendanceOfficer, body: RouteWalkTests.letter)
      #expect(early.status == 409 && early.text.contains("not-from-here"))
      _ = try await service.send(.post, "/cases/c1/allocation", as: "u-manager", .manager, body: Self.allocation)
      let headers: HTTPFields = [try #require(HTTPField.Name("Idempotency-Key")): "letter-of-c1"]
      var answers: [JSONValue] = []
      for _ in 0..<2 {
        let answer = try await service.send(
          .post, path, as: "u-officer", .attendanceOfficer, headers: headers, body: RouteWalkTests.letter)
        #expect(answer.status == 200, "\(answer.text)")
        answers.append(try Self.json(answer.text))
      }
      #expect(answers[0] == answers[1] && answers[0]["state"] == "assessing")
      guard case .string(let number)? = answers[0]["documents"].elements.first else {
        Issue.record("no document")
        return
      }
      #expect(answers[0]["documents"].elements.count == 2)
      let page = try await service.send(.get, "/cases/c1/letters/\(number)", as: "u-manager", .manager)
      #expect(page.status == 200 && page.text.contains("A Parent") && !page.text.contains("3 Made-up Street"))
      let elsewhere = try await service.send(.get, "/cases/c2/letters/\(number)", as: "u-manager", .manager)
      #expect(elsewhere.status == 404)
      let history = try await service.send(.get, "/cases/c1/history", as: "u-manager", .manager)
      #expect(history.text.contains(number))
    }
  }

  @Test("Closing waits for a second person; tasks and figures say what is to be done and what is late")
  func closing() async throws {
    try await CaseworkApplication.run { service in
      let close = #"{"act":"close","reason":"Moved away","facts":{"closing":"moved"}}"#
      let proposed = try await service.send(
        .post, "/cases/c1/acts", as: "u-officer", .attendanceOfficer, body: close)
      #expect(proposed.status == 200 && proposed.text.contains("Agree or disagree: Close the case"), "\(proposed.text)")
      let answer = #"{"agrees":true}"#
      let same = try await service.send(.post, "/cases/c1/second", as: "u-officer", .manager, body: answer)
      #expect(same.status == 409 && same.text.contains("same-person"))
      let figures = try await service.send(.get, "/tasks/figures", as: "u-manager", .manager)
      #expect(figures.text.contains(#""openCases":2"#) && figures.text.contains(#""openTasks":5"#), "\(figures.text)")
      let closed = try await service.send(.post, "/cases/c1/second", as: "u-manager", .manager, body: answer)
      #expect(closed.status == 200 && closed.text.contains(#""open":false"#), "\(closed.text)")
      let tasks = try await service.send(.get, "/tasks?dueBy=2026-12-02", as: "u-manager", .manager)
      #expect(try Self.json(tasks.text)["tasks"].elements.map { $0["case"] } == ["c2"], "\(tasks.text)")
      let wrong = try await service.send(
        .post, "/cases/c2/acts", as: "u-officer", .attendanceOfficer, body: #"{"act":"contact","reason":"Wrote"}"#)
      #expect(wrong.status == 409 && wrong.text.contains("not-from-here"))
      let unmet = try await service.send(
        .post, "/cases/c2/acts", as: "u-officer", .attendanceOfficer,
        body: #"{"act":"close","reason":"Done","facts":{"closing":"just so"}}"#)
      #expect(unmet.status == 409 && unmet.text.contains("closing-known") && unmet.text.contains("CW-11"))
    }
  }
}

extension JSONValue {
  fileprivate subscript(_ name: String) -> JSONValue {
    if case .object(let members) = self { members[name] ?? .null } else { .null }
  }
  fileprivate var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
}
