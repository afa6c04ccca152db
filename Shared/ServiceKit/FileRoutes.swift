import HTTPTypes
public import Hummingbird
public import NIOCore
public import Schemas

/// Files in and out.
extension ServiceRouter {
  /// Adds a route that takes a file, and the same as JSON where there is a type for it.
  ///
  /// - Parameters:
  ///   - json: the type that a JSON body is of, for the description; the method reads it.
  ///   - isForm: whether unknown fields of the JSON are refused.
  ///   - mediaTypes: what else the file may be.
  ///   - upTo: the largest file, bytes.
  ///   - bounds: how much JSON may hold; what the limit allows where nothing is said.
  public func upload<Answer: Codable & Sendable>(
    _ route: String, _ policy: Policy, _ summary: String, path: [About.Parameter] = [],
    query: [About.Parameter] = [],
    json: (any (Decodable & Sendable).Type)? = nil, isForm: Bool = true, mediaTypes: [String], upTo limit: Int,
    bounds: JSONBounds? = nil, _ method: @Sendable @escaping (Call, Upload) async throws -> Remembered<Answer>
  ) {
    let about = About(
      summary, path: path, query: query, body: json, uploads: mediaTypes, answer: Answer.self,
      takesIdempotencyKey: true,
      bodyIsForm: isForm)
    on(.post, route, policy, about, bodyLimitBytes: limit, json: bounds) { request, context in
      let file = Upload(mediaType: request.mediaType, bytes: try await request.bytes(upTo: limit))
      return .remembered(try await method(Call(request, context), file))
    }
  }

  /// Adds a question that comes as a file, or as JSON where there is a type for it. It changes nothing.
  ///
  /// - Parameters: as of ``upload(_:_:_:path:query:json:isForm:mediaTypes:upTo:bounds:_:)``.
  public func askByFile<Answer: Codable & Sendable>(
    _ route: String, _ policy: Policy, _ summary: String, query: [About.Parameter] = [],
    json: (any (Decodable & Sendable).Type)? = nil, mediaTypes: [String], upTo limit: Int, bounds: JSONBounds? = nil,
    _ method: @Sendable @escaping (Call, Upload) async throws -> Answer
  ) {
    let about = About(summary, query: query, body: json, uploads: mediaTypes, answer: Answer.self)
    on(.post, route, policy, about, bodyLimitBytes: limit, json: bounds) { request, context in
      let file = Upload(mediaType: request.mediaType, bytes: try await request.bytes(upTo: limit))
      return try .answer(try await method(Call(request, context), file), to: request)
    }
  }

  /// Adds a `GET` whose answer is a file or a stream.
  ///
  /// - Parameters:
  ///   - mediaTypes: what the answer can be.
  ///   - problems: statuses that the route can answer with beside those that follow from what it takes.
  public func download(
    _ route: String, _ policy: Policy, _ summary: String, path: [About.Parameter] = [], query: [About.Parameter] = [],
    mediaTypes: [String], problems: [Int] = [], _ method: @Sendable @escaping (Call) async throws -> Download
  ) {
    let about = About(summary, path: path, query: query, downloads: mediaTypes, problems: problems)
    on(.get, route, policy, about) { request, context in try await method(Call(request, context)).response }
  }
}

/// A file that came.
public struct Upload: Sendable {
  /// As it was declared, without parameters, in lower case.
  public let mediaType: String
  public let bytes: ByteBuffer

  public init(mediaType: String, bytes: ByteBuffer) {
    self.mediaType = mediaType
    self.bytes = bytes
  }

  /// - Throws: `Problem` 413 when it is larger than what it is may be.
  public func require(upTo limit: Int) throws(Problem) {
    guard bytes.readableBytes <= limit else { throw .tooLarge(limit: limit) }
  }
}

/// A file that goes.
public struct Download: Sendable {
  public let contentType: String
  private let name: String?
  private let body: ResponseBody

  /// - Parameter name: what the file is called where it is one to keep; nothing about a person.
  public init(_ bytes: [UInt8], contentType: String, name: String? = nil) {
    self.init(.init(byteBuffer: ByteBuffer(bytes: bytes)), contentType: contentType, name: name)
  }

  /// What is made on the way.
  public init(_ body: ResponseBody, contentType: String, name: String? = nil) {
    self.contentType = contentType
    self.name = name
    self.body = body
  }

  var response: Response {
    var headers: HTTPFields = [.contentType: contentType, .cacheControl: "no-store"]
    if let name { headers[.contentDisposition] = "attachment; filename=\"\(name)\"" }
    return Response(status: .ok, headers: headers, body: body)
  }
}
