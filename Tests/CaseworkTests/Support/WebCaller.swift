import Foundation
import GRDB
import HTTPTypes
import Schemas
import ServiceKit
import ServiceTestKit
import Store
import Testing

/// Somebody who calls casework.
struct WebCaller {
  let service: BuiltProgram
  let subject: String
  let role: Role
  var schools: [String]?

  /// The store, beside the program.
  func queue() throws -> DatabaseQueue { try DatabaseQueue(path: service.path) }

  @discardableResult
  func send(
    _ path: String, _ body: String? = nil, by method: HTTPRequest.Method = .post, _ status: Int = 200
  ) async throws -> JSONValue {
    let answer = try await service.send(method, path, as: subject, role, schools: schools, body: body)
    #expect(answer.status == status, "\(path): \(answer.text)")
    return try JSONValue.read(answer.text)
  }

  func get(_ path: String, _ status: Int = 200) async throws -> JSONValue {
    try await send(path, by: .get, status)
  }

  @discardableResult
  func post(_ path: String, _ body: String?, _ status: Int = 201) async throws -> JSONValue {
    try await send(path, body, status)
  }

  @discardableResult
  func act(_ act: String, on path: String, facts: String = "{}", _ status: Int = 200) async throws -> JSONValue {
    try await post("\(path)/acts", #"{"act":"\#(act)","reason":"A reason","facts":\#(facts)}"#, status)
  }
}

extension CaseworkApplication {
  /// The application, called by an officer, a manager, the first school and a partner.
  static func callers(
    at moment: Date = now,
    _ body:
      @Sendable @escaping (_ officer: WebCaller, _ manager: WebCaller, _ school: WebCaller, _ nurse: WebCaller)
      async throws -> Void
  ) async throws {
    try await run(at: moment) { service in
      try await body(
        WebCaller(service: service, subject: "u-officer", role: .attendanceOfficer),
        WebCaller(service: service, subject: "u-manager", role: .manager),
        WebCaller(service: service, subject: "u-lead", role: .school, schools: [school]),
        WebCaller(service: service, subject: "u-nurse", role: .agency))
    }
  }
}

extension JSONValue {
  /// An answer's body.
  static func read(_ text: String) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }

  subscript(_ name: String) -> JSONValue {
    if case .object(let members) = self { members[name] ?? .null } else { .null }
  }
  var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
  var word: String { if case .string(let text) = self { text } else { "" } }
  /// As it is written in JSON.
  var text: String { (try? String(json: self)) ?? "" }
  var number: Int { if case .integer(let number) = self { Int(number) } else { -1 } }
}
