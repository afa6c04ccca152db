import Crypto
public import Foundation
public import HTTPTypes
public import Hummingbird
public import NIOCore
import Rulebook
import Schemas

extension Request {
  /// The whole body; JSON without the byte order mark that some programs put before it.
  ///
  /// - Throws: `Problem` 413 when it is larger than the limit; 415 when it is compressed.
  public func bytes(upTo limit: Int) async throws -> ByteBuffer {
    if let coding = headers[.contentEncoding], coding.lowercased() != "identity" {
      throw Problem(
        "content-encoding", "The body must not be compressed", .unsupportedMediaType,
        detail: "Send the body as it is, without Content-Encoding.")
    }
    do {
      var bytes = try await body.collect(upTo: limit)
      if mediaType.hasSuffix("json"), bytes.readableBytesView.starts(with: [0xEF, 0xBB, 0xBF]) {
        bytes.moveReaderIndex(forwardBy: 3)
      }
      return bytes
    } catch is NIOTooManyBytesError {
      throw Problem.tooLarge(limit: limit)
    }
  }

  /// The body as JSON of a type: a form, in which every field must be one of the type's.
  ///
  /// - Throws: `Problem` 415 when it is not declared as JSON, and as ``decodeJSON(_:from:checking:)``.
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
    QueryReads.note(name)
    guard let text = uri.queryParameters[Substring(name)].map(String.init) else {
      throw .invalidParameters([.init(name, "is required")])
    }
    guard let value = read(text) else { throw .invalidParameters([.init(name, Problem.unreadable)]) }
    return value
  }

  /// An optional query parameter: absent is `nil`, present and unreadable is an error.
  public func optionalQuery<Value>(_ name: String, _ read: (String) -> Value?) throws(Problem) -> Value? {
    QueryReads.note(name)
    return uri.queryParameters[Substring(name)] == nil ? nil : try query(name, read)
  }
}

/// How much of a body is checked before it is decoded.
public enum FormExtent: Sendable {
  /// Every field and every value.
  case everything
  /// Unknown fields only. The values, and names given twice in a row of the list of this name, are judged row by row by
  /// whoever reads them.
  case rows(of: String)
}

/// Decodes the JSON of a form and says everything that is wrong without repeating a value.
///
/// - Throws: `Problem` 400 for what is not JSON; 422 with every unknown, repeated or missing field, every value of
///   another type and every one outside the allowed ones, each with its pointer.
public func decodeJSON<Value: Decodable>(
  _ type: Value.Type, from data: Data, checking extent: FormExtent = .everything
) throws(Problem) -> Value {
  try checkForm(type, data, extent)
  func pointer(_ path: [any CodingKey]) -> String {
    path.map { JSONPointer.step($0.intValue.map(String.init) ?? $0.stringValue) }.joined()
  }
  do {
    return try JSONDecoder().decode(type, from: data)
  } catch DecodingError.keyNotFound(let key, let context) {
    throw .invalid([.init(pointer(context.codingPath + [key]), "is required")])
  } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
    throw .invalid([.init(pointer(context.codingPath), "has the wrong type")])
  } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
    throw .invalid([.init(pointer(context.codingPath), "cannot be read")])
  } catch {
    throw .badRequest("not-json", "The body is not JSON")
  }
}

/// The schemas of forms, found once.
private let formSchemas = Locked<[ObjectIdentifier: JSONSchema]>([:])

private func checkForm(_ type: any Decodable.Type, _ data: Data, _ extent: FormExtent) throws(Problem) {
  let found: FormCheck
  do {
    let schema = try formSchemas.withLock { known in
      let schema = try known[ObjectIdentifier(type)] ?? JSONSchema.describing(type)
      known[ObjectIdentifier(type)] = schema
      return schema
    }
    found = try FormCheck(data, of: schema, extent: extent)
  } catch FormCheck.Failure.notJSON {
    throw .badRequest("not-json", "The body is not JSON")
  } catch FormCheck.Failure.tooDeep {
    throw Problem(
      "too-deep", "The body has too many levels", .unprocessableContent,
      detail: "Objects and lists can be nested \(FormCheck.mostDeep) levels deep.")
  } catch {
    // Only a type that no description has: a test goes through the types of all routes.
    throw Problem("internal", "Something went wrong", .internalServerError)
  }
  guard found.faults.isEmpty else { throw .invalid(found.faults, more: found.omitted) }
}

extension Response {
  /// A value as every JSON answer writes it.
  public static func encoded(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value))
  }

  /// A JSON answer, never cached.
  public static func json(
    _ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) throws -> Response {
    let bytes = try encoded(value)
    var headers = headers
    if let guarded = value as? any PartlyGuarded { headers[.eTag] = try guarded.entityTag(of: bytes) }
    return .bytes(bytes, contentType: "application/json", status: status, headers: headers)
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

extension Response {
  /// The answer with a strong entity tag made of its bytes; 304 without them when the request's `If-None-Match` has it.
  ///
  /// Only a successful answer of a body that is at hand: the bytes are gone through once more.
  public func respecting(_ request: Request) async throws -> Response {
    guard status == .ok else { return self }
    let collector = BodyCollector()
    try await body.write(collector)
    let bytes = collector.bytes
    var headers = headers
    let tag = headers[.eTag] ?? Self.entityTag(bytes)
    headers[.eTag] = tag
    guard let given = request.headers[.ifNoneMatch], Self.names(given, tag) else {
      return Response(status: status, headers: headers, body: .init(byteBuffer: bytes))
    }
    headers[.contentType] = nil
    headers[.contentLength] = nil
    return Response(status: .notModified, headers: headers)
  }

  /// A strong entity tag: the first half of the bytes' SHA-256, in base64url.
  static func entityTag(_ bytes: ByteBuffer) -> String {
    let text = Data(SHA256.hash(data: bytes.readableBytesView).prefix(16)).base64EncodedString()
    return "\"" + text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "") + "\""
  }

  /// Whether an `If-None-Match` names a tag; compared weakly (RFC 9110, 13.1.2).
  static func names(_ field: String, _ tag: String) -> Bool {
    field.split(separator: ",").contains { part in
      let word = part.trimmingCharacters(in: .whitespaces)
      return word == "*" || (word.hasPrefix("W/") ? String(word.dropFirst(2)) : word) == tag
    }
  }
}

/// Takes a body's bytes as they are written.
private final class BodyCollector: ResponseBodyWriter {
  private(set) var bytes = ByteBuffer()

  func write(_ buffer: ByteBuffer) async throws { bytes.writeImmutableBuffer(buffer) }
  func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
