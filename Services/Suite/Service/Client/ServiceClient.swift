public import AsyncHTTPClient
public import Foundation
public import HTTPTypes
import NIOCore
import NIOHTTP1
public import ServiceKit

/// Calls one service over HTTP in one role.
public struct ServiceClient: Sendable {
  /// An answer with its body.
  public struct Answer: Sendable {
    public let status: Int
    public let body: Data
    public let contentType: String

    public var isSuccess: Bool { (200..<300).contains(status) }

    /// The body as JSON of a type.
    public func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
      try JSONDecoder().decode(type, from: body)
    }
  }

  public let base: String
  private let http: HTTPClient
  private let token: @Sendable () async throws -> String

  /// How long a call may take, seconds.
  public static let timeoutSeconds = 60
  /// The largest answer that is read, bytes.
  private static let answerLimit = 64_000_000

  /// - Parameter token: gives a bearer token; asked before every call.
  public init(
    base: String, http: HTTPClient = OutgoingHTTP.shared, token: @escaping @Sendable () async throws -> String
  ) {
    self.base = base
    self.http = http
    self.token = token
  }

  /// Calls, and gives whatever is answered.
  ///
  /// - Throws: when nothing is answered.
  public func call(
    _ method: HTTPRequest.Method, _ path: String, body: [UInt8]? = nil, contentType: String = "application/json",
    headers: [String: String] = [:]
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: base + path)
    request.method = HTTPMethod(rawValue: method.rawValue)
    request.headers.add(name: "authorization", value: "Bearer \(try await token())")
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body {
      request.headers.add(name: "content-type", value: contentType)
      request.body = .bytes(body)
    }
    let answer = try await OutgoingHTTP.answer(
      to: request, from: http, within: .seconds(Self.timeoutSeconds), atMost: Self.answerLimit)
    return Answer(
      status: Int(answer.status.code), body: Data(answer.body.readableBytesView),
      contentType: answer.headers.first(name: "content-type") ?? "")
  }

  /// Calls, and reads a successful answer.
  ///
  /// - Throws: ``SuiteError/unexpected(_:)`` with the problem for any other answer.
  public func get<Value: Decodable>(_ type: Value.Type, _ path: String) async throws -> Value {
    try Self.read(type, try await call(.get, path), "GET \(path)")
  }

  /// Sends JSON, and reads a successful answer.
  ///
  /// - Throws: ``SuiteError/unexpected(_:)`` with the problem for any other answer.
  public func send<Value: Decodable>(
    _ type: Value.Type, _ method: HTTPRequest.Method, _ path: String, json: some Encodable
  ) async throws -> Value {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = Array(try encoder.encode(json))
    return try Self.read(type, try await call(method, path, body: body), "\(method.rawValue) \(path)")
  }

  static func read<Value: Decodable>(_ type: Value.Type, _ answer: Answer, _ what: String) throws -> Value {
    guard answer.isSuccess else {
      throw SuiteError.unexpected(
        "\(what) was answered \(answer.status): \(String(decoding: answer.body.prefix(600), as: UTF8.self))")
    }
    if let nothing = Nothing() as? Value { return nothing }
    return try answer.json(type)
  }
}

/// An answer without content that matters.
public struct Nothing: Codable, Sendable {
  public init() {}
}
