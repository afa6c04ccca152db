import CMEService
import CaseworkService
import EnforcementService
import Foundation
import LicensingService
import Logging
import NotifierService
import RegistersService
import Schemas
import ServiceKit
import TestKit
import Testing

/// What other suites use as well.
extension OpenAPITests {
  /// A service by its name, with its routes as the program builds them.
  struct Described: Sendable, CustomTestStringConvertible {
    let name: String
    let build: @Sendable (ServiceEnvironment, ConfigurationSource) async throws -> BuiltService

    var testDescription: String { name }
    var file: URL { Goldens.repository.appending(path: "docs/openapi/\(name).json") }

    func routes() async throws -> [ServiceRouter.Route] { try await built { service, _ in service.routes } }

    /// Builds the service on a store of its own, and gives the store's path beside it.
    func built<Value>(_ body: (BuiltService, String) throws -> Value) async throws -> Value {
      let folder = FileManager.default.temporaryDirectory.appending(path: "built-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let store = folder.appending(path: "store.sqlite").path
      let source = try await ConfigurationSource(environment: [
        "AUDIT_KEY_FILE": TestAuditKeys.path, "AUTHORITY": "880", "STORE_PATH": store,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "AUTH_JWKS": folder.appending(path: "jwks.json").path,
        "AUTH_ISSUER": "https://sign-in.test", "FEED_REGISTERS": "http://127.0.0.1:1",
        "FEED_ENFORCEMENT": "http://127.0.0.1:1", "LETTERS_SENDER": "Made-up Council;1 Made-up Street",
        "CODE_OF_CONDUCT": projectFolder.appending(path: "docs/examples/code-of-conduct.json").path,
      ])
      var logger = Logger(label: name)
      logger.logLevel = .critical
      let environment = ServiceEnvironment(
        name: name, configuration: try ServiceConfiguration(source), logger: logger)
      return try body(try await build(environment, source), store)
    }
  }

  static let services = [
    Described(name: "registers") { try await Registers.build($0, $1) },
    Described(name: "enforcement") { try await Enforcement.build($0, $1) },
    Described(name: "notifier") { try await Notifier.build($0, $1) },
    Described(name: "casework") { try await Casework.build($0, $1) },
    Described(name: "licensing") { try await Licensing.build($0, $1) },
    Described(name: "cme") { try await CME.build($0, $1) },
  ]
}
