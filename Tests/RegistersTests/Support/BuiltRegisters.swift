import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import RegistersService
import ServiceKit
import TestKit

/// The registers as the program builds them, with any configuration, with or without a socket.
enum BuiltRegisters {
  typealias Tokens = @Sendable (Role) async throws -> String

  /// Runs a body with a client and a maker of `Authorization` fields.
  static func run<T: Sendable>(
    _ environment: [String: String] = [:], _ setup: TestingSetup,
    _ body: @Sendable @escaping (any TestClientProtocol, Tokens) async throws -> T
  ) async throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: "registers-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let issuer = try TokenIssuer(issuer: "https://sign-in.test")
    let keySet = folder.appending(path: "jwks.json")
    try issuer.keySetJSON.write(to: keySet, atomically: true, encoding: .utf8)
    let own = [
      "AUDIT_KEY_FILE": TestAuditKeys.path, "AUTHORITY": "880",
      "STORE_PATH": folder.appending(path: "registers.sqlite").path,
      "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "AUTH_JWKS": keySet.path, "AUTH_ISSUER": "https://sign-in.test",
    ]
    let source = try await ConfigurationSource(environment: own.merging(environment) { $1 })
    var logger = Logger(label: "registers")
    logger.logLevel = .critical
    let clock = ManualClock(Date(timeIntervalSince1970: 1_798_761_600))
    let service = try await Registers.build(
      ServiceEnvironment(
        name: "registers", configuration: try ServiceConfiguration(source), clock: clock, logger: logger), source)
    return try await service.application.test(setup) { client in
      try await body(client) { role in
        let token = try await issuer.token(
          subject: "user", role: role, authority: "880", validFrom: clock.now(), seconds: 600)
        return "Bearer \(token)"
      }
    }
  }
}
