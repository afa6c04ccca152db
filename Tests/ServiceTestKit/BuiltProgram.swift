public import Foundation
public import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
public import ServiceKit
import TestKit

/// A program as its `build` makes it, on a store of its own, called without a socket.
public struct BuiltProgram: Sendable {
  public let routes: [ServiceRouter.Route]
  /// Where the store is.
  public let path: String

  private let client: any TestClientProtocol
  private let issuer: TokenIssuer
  private let now: Date

  /// Builds a program and gives it to a body.
  ///
  /// - Parameters:
  ///   - name: the program's.
  ///   - now: what its clock says.
  ///   - prepare: fills the store, whose path and folder it is given; the environment that the program needs beside what
  ///     every program does.
  ///   - build: the program's own.
  public static func run(
    _ name: String, at now: Date, preparing prepare: (_ path: String, _ folder: URL) async throws -> [String: String],
    build: (ServiceEnvironment, ConfigurationSource) async throws -> BuiltService,
    _ body: @Sendable @escaping (BuiltProgram) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(name)-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let issuer = try TokenIssuer(issuer: "https://sign-in.test")
    let keySet = folder.appending(path: "jwks.json")
    try issuer.keySetJSON.write(to: keySet, atomically: true, encoding: .utf8)
    let path = folder.appending(path: "\(name).sqlite").path
    let common = [
      "AUDIT_KEY_FILE": TestAuditKeys.path, "AUTHORITY": "880", "STORE_PATH": path,
      "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "AUTH_JWKS": keySet.path, "AUTH_ISSUER": "https://sign-in.test",
      "FEED_REGISTERS": "http://127.0.0.1:1",
    ]
    let source = try await ConfigurationSource(environment: common.merging(try await prepare(path, folder)) { $1 })
    var logger = Logger(label: name)
    logger.logLevel = .critical
    // However slow the machine is, no time passes for limits over time.
    let service = try await build(
      ServiceEnvironment(
        name: name, configuration: try ServiceConfiguration(source), clock: ManualClock(now), logger: logger,
        stopwatch: Stopwatch { .zero }), source)
    try await service.application.test(.router) { client in
      try await body(BuiltProgram(routes: service.routes, path: path, client: client, issuer: issuer, now: now))
    }
  }

  /// Asks the program as somebody.
  public func send(
    _ method: HTTPRequest.Method, _ path: String, as subject: String, _ role: Role, schools: [String]? = nil,
    headers more: HTTPFields = [:], type: String = "application/json", body: String? = nil
  ) async throws -> (status: Int, text: String, headers: HTTPFields) {
    var headers = more
    let token = try await issuer.token(
      subject: subject, role: role, authority: "880", schools: schools, validFrom: now, seconds: 600)
    headers[.authorization] = "Bearer \(token)"
    if body != nil { headers[.contentType] = type }
    return try await client.execute(
      uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
    ) { (Int($0.status.code), String(buffer: $0.body), $0.headers) }
  }
}

extension BuiltProgram {
  /// Sends a file of any bytes.
  public func upload(
    _ path: String, _ bytes: [UInt8], type: String, as subject: String, _ role: Role
  ) async throws -> (status: Int, text: String) {
    let token = try await issuer.token(
      subject: subject, role: role, authority: "880", schools: nil, validFrom: now, seconds: 600)
    return try await client.execute(
      uri: path, method: .post, headers: [.authorization: "Bearer \(token)", .contentType: type],
      body: ByteBuffer(bytes: bytes)
    ) { (Int($0.status.code), String(buffer: $0.body)) }
  }

  /// Asks the program as somebody without a token.
  public func openly(
    _ method: HTTPRequest.Method, _ path: String, type: String = "application/json", body: String? = nil
  ) async throws -> (status: Int, text: String) {
    let headers: HTTPFields = body == nil ? [:] : [.contentType: type]
    return try await client.execute(
      uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
    ) { (Int($0.status.code), String(buffer: $0.body)) }
  }
}

extension RouteWalk {
  /// A walk through a program's routes; parameters as of ``init(_:school:otherSchool:path:rows:ofTheSchool:send:contents:)``.
  public init(
    _ program: BuiltProgram, school: String, otherSchool: String, path: [String: String], rows: [String: Row],
    ofTheSchool: [String]
  ) {
    self.init(
      program.routes, school: school, otherSchool: otherSchool, path: path, rows: rows, ofTheSchool: ofTheSchool,
      send: { request in
        let answer = try await program.send(
          request.method, request.path, as: request.subject, request.role, schools: request.schools,
          headers: request.headers, type: request.type, body: request.body)
        return .init(status: answer.status, text: answer.text)
      }, contents: { try RouteWalk.contents(ofStore: program.path) })
  }
}
