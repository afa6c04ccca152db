import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Rulebook
import ServiceKit
import TestKit
import Testing

/// One folder of `Tests/FieldCases`: the files of an input as people really send it, and the world it is sent to.
struct FieldCase: Sendable {
  /// The day on which every case is sent.
  static let today = MadeUp.day("2026-11-28")

  let folder: URL

  /// - Parameter name: the folder's name, for example `01-twins-one-number`.
  init(_ name: String) { folder = projectFolder.appending(path: "Tests/FieldCases/\(name)") }

  /// The bytes of a file, exactly as they are sent.
  ///
  /// - Throws: when there is no such file.
  func bytes(_ file: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: file))) }

  /// Runs a body in registers of their own on the day of the cases, with schools whose calendars of 2025-26 and 2026-27
  /// are recorded.
  func run(schools: String..., body: @Sendable @escaping (World) async throws -> Void) async throws {
    try await World.run { world in
      world.move(to: Self.today)
      for school in schools { try await world.openForFieldCase(school) }
      try await body(world)
    }
  }
}

extension World {
  /// Sends a body of any bytes.
  func send(
    _ method: HTTPRequest.Method, _ path: String, as role: Role = .attendanceOfficer, schools: [String]? = nil,
    type: String, key: String? = nil, bytes: [UInt8]
  ) async throws -> Answer {
    let token = try await issuer.token(
      subject: "user-\(role.rawValue)", role: role, authority: "880", schools: schools, validFrom: clock.now(),
      seconds: 600)
    var headers: HTTPFields = [.authorization: "Bearer \(token)", .contentType: type]
    if let key, let name = HTTPField.Name("Idempotency-Key") { headers[name] = key }
    return try await client.execute(uri: path, method: method, headers: headers, body: ByteBuffer(bytes: bytes)) {
      Answer(status: Int($0.status.code), text: String(buffer: $0.body))
    }
  }

  /// Sends one file of a case as the school's own upload.
  func send(
    _ file: String, of fieldCase: FieldCase, to path: String, as role: Role = .school, schools: [String]? = nil,
    type: String = "text/csv"
  ) async throws -> Answer {
    let urn = path.split(separator: "/").dropFirst().first.map(String.init)
    return try await send(
      .post, path, as: role, schools: schools ?? (role == .school ? [urn].compactMap { $0 } : nil), type: type,
      bytes: try fieldCase.bytes(file))
  }

  /// A school with the terms of 2025-26 and 2026-27: INSET on 2 September 2026, half term from 24 October to
  /// 1 November 2026.
  fileprivate func openForFieldCase(_ school: String) async throws {
    let opened = try await send(
      .put, "/schools/\(school)", #"{"name":"Harbour Lane School \#(school)","phase":"primary","type":"maintained"}"#)
    #expect(opened.status == 200)
    for (year, calendar) in Self.fieldCalendars {
      #expect(try await send(.put, "/schools/\(school)/calendars/\(year)", calendar).status == 200, "\(year)")
    }
  }

  private static let fieldCalendars = [
    (
      "2025-26",
      """
      {"terms":[{"first":"2025-09-01","last":"2025-10-24"},{"first":"2025-11-03","last":"2025-12-19"},
       {"first":"2026-01-05","last":"2026-02-13"},{"first":"2026-02-23","last":"2026-03-27"},
       {"first":"2026-04-13","last":"2026-05-22"},{"first":"2026-06-01","last":"2026-07-21"}]}
      """
    ),
    (
      "2026-27",
      """
      {"terms":[{"first":"2026-09-02","last":"2026-10-23"},{"first":"2026-11-02","last":"2026-12-18"},
       {"first":"2027-01-04","last":"2027-02-12"},{"first":"2027-02-22","last":"2027-03-25"},
       {"first":"2027-04-12","last":"2027-05-28"},{"first":"2027-06-07","last":"2027-07-21"}],
       "training":["2026-09-02"]}
      """
    ),
  ]
}
