import Contracts
import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import RegistersService
import Rulebook
import ServiceKit
import TestKit
import Testing

/// The registers, built as the program builds them, with a store file of their own and a clock that stands.
struct World: Sendable {
  static let school = "900101"
  /// The first Monday of the made-up term, at nine o'clock.
  static let start = MadeUp.day("2026-09-07")

  let client: any TestClientProtocol
  let issuer: TokenIssuer
  let clock: ManualClock
  let storePath: String
  /// Every route of the program.
  let routes: [ServiceRouter.Route]

  struct Answer {
    let status: Int
    let text: String

    /// A member of the JSON object.
    subscript<Value>(_ name: String, as type: Value.Type = Value.self) -> Value? { json[name] as? Value }

    /// The answer as a JSON object; empty when it is none.
    var json: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:] }

    /// A list of JSON objects.
    func list(_ name: String) -> [[String: Any]] { json[name] as? [[String: Any]] ?? [] }

    /// recorded, amended, unchanged, missing, quarantined, rejected of an upload.
    var counts: [Int] {
      ["recorded", "amended", "unchanged", "missing", "quarantined", "rejected"].map { json[$0] as? Int ?? -1 }
    }
  }

  /// - Parameter codes: what marks are judged by.
  static func run(
    codes: CodeBook = .england, _ body: @Sendable @escaping (World) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "registers-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let issuer = try TokenIssuer(issuer: "https://sign-in.test")
    let keySet = folder.appending(path: "jwks.json")
    try issuer.keySetJSON.write(to: keySet, atomically: true, encoding: .utf8)
    let path = folder.appending(path: "registers.sqlite").path
    let source = try await ConfigurationSource(environment: [
      "AUDIT_KEY_FILE": TestAuditKeys.path, "AUTHORITY": "880", "STORE_PATH": path,
      "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "AUTH_JWKS": keySet.path,
      "AUTH_ISSUER": "https://sign-in.test",
    ])
    var logger = Logger(label: "registers")
    logger.logLevel = .critical
    let clock = ManualClock(Date(timeIntervalSince1970: Double(start.ordinal) * 86_400 + 9 * 3_600))
    let environment = ServiceEnvironment(
      name: "registers", configuration: try ServiceConfiguration(source), clock: clock, logger: logger,
      codes: codes)
    let service = try await Registers.build(environment, source)
    try await service.application.test(.router) { client in
      try await body(World(client: client, issuer: issuer, clock: clock, storePath: path, routes: service.routes))
    }
  }

  /// Moves the clock to an hour of a day, UTC.
  func move(to day: Day, hour: Int = 9) {
    clock.set(Date(timeIntervalSince1970: Double(day.ordinal) * 86_400 + Double(hour) * 3_600))
  }

  /// Sends a request as a role, or without a token.
  func send(
    _ method: HTTPRequest.Method, _ path: String, as role: Role? = .attendanceOfficer, schools: [String]? = nil,
    type: String = "application/json", key: String? = nil, headers more: HTTPFields = [:], subject: String? = nil,
    _ body: String? = nil
  ) async throws -> Answer {
    var headers = more
    if let role {
      let token = try await issuer.token(
        subject: subject ?? "user-\(role.rawValue)", role: role, authority: "880", schools: schools,
        validFrom: clock.now(), seconds: 600)
      headers[.authorization] = "Bearer \(token)"
    }
    if body != nil { headers[.contentType] = type }
    if let key, let name = HTTPField.Name("Idempotency-Key") { headers[name] = key }
    return try await client.execute(
      uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
    ) { Answer(status: Int($0.status.code), text: String(buffer: $0.body)) }
  }

  /// Uploads rows `upn,date,session,code` for the school.
  func upload(_ rows: [String], key: String? = nil, school: String = World.school) async throws -> Answer {
    let body = (["upn,date,session,code"] + rows).joined(separator: "\n")
    return try await send(.post, "/schools/\(school)/marks", type: "text/csv", key: key, body)
  }

  /// Opens a school with its calendar.
  func open(_ school: String = World.school) async throws {
    let opened = try await send(
      .put, "/schools/\(school)", #"{"name":"Harbour Lane Primary School","phase":"primary","type":"maintained"}"#)
    #expect(opened.status == 200)
    let calendar = """
      {"terms":[{"first":"2026-09-02","last":"2026-10-23"},{"first":"2026-11-02","last":"2026-12-18"}],
       "closed":["2026-09-04"],"oneSessionDays":{"2026-12-18":"AM"}}
      """
    #expect(try await send(.put, "/schools/\(school)/calendars/2026-27", calendar).status == 200)
  }

  static func pupil(_ number: Int, _ more: String = "") -> String {
    """
    {"upn":"\(MadeUp.upn(number))","givenName":"Zed\(number)","familyName":"Quarrington","dateOfBirth":"2016-05-04",
     "yearGroup":"5","enrolledOn":"2024-09-02"\(more)}
    """
  }

  /// Enrols made-up children and returns their opaque identifiers by row.
  @discardableResult
  func enrol(_ numbers: [Int], school: String = World.school) async throws -> [Int: String] {
    let answer = try await send(
      .post, "/schools/\(school)/pupils",
      "{\"pupils\":[\(numbers.map { Self.pupil($0) }.joined(separator: ","))]}")
    #expect(answer.status == 200 && answer["refused"] == 0)
    return Dictionary(
      uniqueKeysWithValues: answer.list("pupils").compactMap { row in
        (row["row"] as? Int).flatMap { place in (row["id"] as? String).map { (numbers[place], $0) } }
      })
  }

  /// All events of the outbox, through the feed.
  func events() async throws -> [Event] {
    let answer = try await send(.get, "/events?after=0&limit=100000", as: .service)
    return try JSONBatchFormat.decode(Array(answer.text.utf8))
  }

  /// The facts of the outbox in order, for example `marks-recorded`.
  func facts() async throws -> [String] {
    try await events().map { String($0.type.split(separator: ".")[3]) }
  }

  /// Asks the store file itself, past the service.
  func stored<T>(_ body: (Database) throws -> T) throws -> T { try DatabaseQueue(path: storePath).read(body) }

  /// Asks the store file itself, past the service.
  func sql(_ sql: String) throws -> [Row] { try stored { try Row.fetchAll($0, sql: sql) } }

  /// Changes the store file past the service; for proving that it refuses.
  func execute(_ sql: String) throws {
    let queue = try DatabaseQueue(path: storePath)
    try queue.write { try $0.execute(sql: sql) }
  }
}
