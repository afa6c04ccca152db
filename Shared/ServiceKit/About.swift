public import Schemas

/// What a route is for: what its OpenAPI description is made of.
///
/// ```swift
/// router.on(
///   .get, "/pupils/{id}/attendance", readers,
///   About(
///     "A child's attendance in a span of days", query: [.init("from", .day, "The first day."), .init("to", .day, "The last.")],
///     answer: Attendance.self)
/// ) { request, context in … }
/// ```
public struct About: Sendable {
  /// A query parameter.
  public struct Parameter: Sendable {
    public let name: String
    public let schema: JSONSchema
    public let required: Bool
    public let description: String

    public init(_ name: String, _ schema: JSONSchema, required: Bool = true, _ description: String) {
      self.name = name
      self.schema = schema
      self.required = required
      self.description = description
    }
  }

  public let summary: String
  public let query: [Parameter]
  /// The type that the JSON body is decoded as.
  public let body: (any (Decodable & Sendable).Type)?
  /// Other media types that the body may have, for example `text/csv`.
  public let uploads: [String]
  /// The type of the JSON answer; `nil` when it has no body or another media type.
  public let answer: (any (Decodable & Sendable).Type)?
  /// The media type of the answer when it is not JSON.
  public let download: String?
  /// The status of success.
  public let status: Int

  public init(
    _ summary: String, query: [Parameter] = [], body: (any (Decodable & Sendable).Type)? = nil, uploads: [String] = [],
    answer: (any (Decodable & Sendable).Type)? = nil, download: String? = nil, status: Int = 200
  ) {
    self.summary = summary
    self.query = query
    self.body = body
    self.uploads = uploads
    self.answer = answer
    self.download = download
    self.status = status
  }
}
