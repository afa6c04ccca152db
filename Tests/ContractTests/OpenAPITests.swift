import CaseworkService
import EnforcementService
import Foundation
import Logging
import NotifierService
import RegistersService
import Schemas
import ServiceKit
import TestKit
import Testing

/// `docs/openapi` is made from the routes of the services. `bin/contracts` writes it.
@Suite("OpenAPI documents") struct OpenAPITests {
  @Test("docs/openapi is what the routes are, each with a summary and no unknown path parameter", arguments: services)
  func documentIsCurrent(service: Described) async throws {
    let document = try OpenAPI.document(of: service.name, routes: try await service.routes()).document()
    if ProcessInfo.processInfo.environment["UPDATE_CONTRACTS"] == "1" {
      try FileManager.default.createDirectory(
        at: service.file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(document.utf8).write(to: service.file)
    }
    let found = try? String(contentsOf: service.file, encoding: .utf8)
    #expect(found == document, "docs/openapi/\(service.name).json is not current: run bin/contracts")
  }

  @Test("What every route reads and answers is as its schema says", arguments: services)
  func typesAreDescribed(service: Described) async throws {
    let routes = try await service.routes()
    #expect(routes.count > 8)
    for route in routes {
      for type in [route.about.body, route.about.answer].compactMap({ $0 }) {
        try expectDescribed(type, "\(route.method) \(route.path)")
      }
    }
  }

  /// Whose body is read row by row so that a bad row costs no other, and never written.
  private static let onlyRead: Set = ["POST /schools/{urn}/pupils"]

  /// The made-up value, written as JSON, has every field of the schema and nothing else, and each is of its type.
  private func expectDescribed<Value: Decodable>(_ type: Value.Type, _ route: String) throws {
    let (schema, sample) = try JSONSchema.probing(type)
    guard let writable = sample as? any Encodable else {
      #expect(Self.onlyRead.contains(route), "\(route): \(type) is not Codable")
      return
    }
    let value = try JSONDecoder().decode(JSONValue.self, from: try JSONEncoder().encode(writable))
    #expect(schema.faults(in: value).isEmpty, "\(route): \(type): \(schema.faults(in: value))")
    #expect(schema.fieldPaths(in: value) == schema.fieldPaths(), "\(route): \(type)")
  }

  @Test("Every operation has a name of its own, and says who may use it", arguments: services)
  func operations(service: Described) async throws {
    let routes = try await service.routes()
    let document = try OpenAPI.document(of: service.name, routes: routes)
    let operations = document["paths"].members.flatMap(\.value.members).map(\.value)
    #expect(operations.count == routes.count)
    #expect(Set(operations.map { $0["operationId"] }).count == routes.count)
    for route in routes {
      let operation = document["paths"][route.path][route.method.lowercased()]
      let statuses = Set(operation["responses"].members.keys)
      switch route.policy {
      case .open:
        #expect(
          operation["security"] == [] && operation["x-roles"] == .null && operation["x-reach"] == .null
            && !statuses.contains("401"))
      case .roles(let roles, let reach):
        #expect(operation["x-reach"] == .string(reach.rawValue))
        #expect(operation["security"] == [["bearer": []]] && statuses.isSuperset(of: ["401", "403"]))
        #expect(operation["x-roles"] == .array(roles.map(\.rawValue).sorted().map { .string($0) }))
      }
    }
  }

  @Test("The marks of a school are described in every media type, with key and problems")
  func anUpload() async throws {
    let document = try OpenAPI.document(of: "registers", routes: try await Self.services[0].routes())
    let operation = document["paths"]["/schools/{urn}/marks"]["post"]
    #expect(
      Set(operation["requestBody"]["content"].members.keys)
        == ["application/json", "application/vnd.wonde+json", "text/csv"])
    #expect(operation["requestBody"]["required"] == true)
    #expect(
      Set(operation["responses"].members.keys)
        == ["200", "400", "401", "403", "404", "408", "409", "413", "415", "422", "429", "503"])
    guard case .array(let parameters) = operation["parameters"] else {
      Issue.record("no parameters")
      return
    }
    #expect(parameters.map { $0["name"] } == ["urn", "dialect", "Idempotency-Key"])
    #expect(parameters.map { $0["in"] } == ["path", "query", "header"])
    #expect(parameters.map { $0["required"] } == [true, false, false])
    #expect(parameters[0]["schema"]["pattern"] == "^[0-9]{6}$")
    let roll = document["paths"]["/schools/{urn}/pupils"]["get"]["responses"]
    #expect(
      Set(roll["200"]["headers"].members.keys) == ["Content-Disposition", "ETag", "Link"] && roll["304"] != .null)
    let problem = document["components"]["schemas"]["Problem.Body"]
    #expect(problem["required"] == ["type", "title", "status", "instance"])
  }
}

extension JSONValue {
  /// The members of an object; none of anything else.
  var members: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }

  /// A member of an object; `null` when there is none.
  subscript(_ name: String) -> JSONValue { members[name] ?? .null }
}
