public import Foundation
public import HTTPTypes
public import Hummingbird
public import NIOCore

extension Request {
  /// The whole body.
  ///
  /// - Throws: `Problem` 413 when it is larger than the limit.
  public func bytes(upTo limit: Int) async throws -> ByteBuffer {
    do {
      return try await body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw Problem("too-large", "The body is too large", .contentTooLarge)
    }
  }

  /// The body as JSON of a type. Unknown fields are ignored.
  ///
  /// - Throws: `Problem` 415 when it is not declared as JSON, 400 when it is not JSON, 422 with the field at fault when
  ///   it is of another shape.
  public func json<Value: Decodable>(
    _ type: Value.Type, upTo limit: Int = ServiceRouter.defaultBodyLimitBytes
  ) async throws -> Value {
    guard mediaType == "application/json" else {
      throw Problem("unsupported-media-type", "The body must be application/json", .unsupportedMediaType)
    }
    return try decodeJSON(type, from: Data(try await bytes(upTo: limit).readableBytesView))
  }

  /// The declared media type without parameters, in lower case.
  public var mediaType: String {
    let value = headers[.contentType] ?? ""
    return value.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
  }

  /// A query parameter read by a function.
  ///
  /// - Throws: `Problem` 400 when it is absent or the function answers `nil`.
  public func query<Value>(_ name: String, _ read: (String) -> Value?) throws(Problem) -> Value {
    guard let text = uri.queryParameters[Substring(name)].map(String.init), let value = read(text) else {
      throw Problem(
        "invalid-parameter", "A query parameter is missing or cannot be read", .badRequest,
        faults: [.init(name, "is missing or cannot be read")])
    }
    return value
  }

  /// An optional query parameter: absent is `nil`, present and unreadable is an error.
  public func optionalQuery<Value>(_ name: String, _ read: (String) -> Value?) throws(Problem) -> Value? {
    uri.queryParameters[Substring(name)] == nil ? nil : try query(name, read)
  }
}

/// Decodes JSON and says what is wrong without repeating it.
///
/// - Throws: `Problem` 400 for what is not JSON, 422 with a pointer for another shape.
public func decodeJSON<Value: Decodable>(_ type: Value.Type, from data: Data) throws(Problem) -> Value {
  func pointer(_ path: [any CodingKey]) -> String {
    path.map { "/" + ($0.intValue.map(String.init) ?? $0.stringValue) }.joined()
  }
  do {
    return try JSONDecoder().decode(type, from: data)
  } catch DecodingError.keyNotFound(let key, let context) {
    throw .invalid([.init(pointer(context.codingPath + [key]), "is required")])
  } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
    throw .invalid([.init(pointer(context.codingPath), "is of another type")])
  } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
    throw .invalid([.init(pointer(context.codingPath), "cannot be read")])
  } catch {
    throw .badRequest("not-json", "The body is not JSON")
  }
}

extension Response {
  /// A JSON answer, never cached.
  public static func json(
    _ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) throws -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return .bytes(Array(try encoder.encode(value)), contentType: "application/json", status: status, headers: headers)
  }

  /// An answer of given bytes, never cached.
  public static func bytes(
    _ bytes: [UInt8], contentType: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) -> Response {
    var headers = headers
    headers[.contentType] = contentType
    headers[.cacheControl] = "no-store"
    return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  /// An answer without a body.
  public static var noContent: Response { Response(status: .noContent) }
}
