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

/// What other suites use as well.
extension WebTests {
  /// What a test does with the interface.
  struct World: Sendable {
    let client: any TestClientProtocol
    let issuer: TokenIssuer

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
        try await body(World(client: client, issuer: issuer), service)
      }
    }
  }

  /// Schools that the service has heard of when it starts.
  fileprivate static func recordSchools(_ folder: URL) async throws {
    let store = try Store(
      path: folder.appending(path: "notifier.sqlite").path, owner: "880.notifier",
      migrations: MessagingSchema.migrations + NotifierSchema.migrations, auditKeys: TestAuditKeys.keys)
    let school = SchoolRecorded(urn: Sample.school, name: "Larkspur Academy", phase: .secondary, kind: .academy)
    let event = Harness.event(raw: try school.encoded(), type: SchoolRecorded.type, id: "school")
    try await store.write {
      try RegistersHandler(reports: ReportQueue(queued: { _ in })).handle(
        event, context: EventContext(recordedAt: Sample.time), in: $0)
    }
    try store.close()
  }
}
