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
  /// A parameter of the query or the path.
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
  /// What a caller must know beside it; sentences.
  public let details: String
  /// The parameters of the path that are this route's own; those that every service shares need no words.
  public let path: [Parameter]
  public let query: [Parameter]
  /// The type that the JSON body is decoded as.
  public let body: (any (Decodable & Sendable).Type)?
  /// Whether the JSON body is a form, in which unknown fields are refused; not so for a file with a reader of its own.
  public let bodyIsForm: Bool
  /// Other media types that the body may have, for example `text/csv`.
  public let uploads: [String]
  /// Whether the body may be left out.
  public let bodyIsOptional: Bool
  /// The type of the JSON answer; `nil` when it has no body or is not JSON.
  public let answer: (any (Decodable & Sendable).Type)?
  /// The media types that the answer can have when it is not JSON.
  public let downloads: [String]
  /// Whether the JSON answer also comes as comma-separated values.
  public let sheet: Bool
  /// The status of success.
  public let status: Int
  /// Whether the route takes an `Idempotency-Key`.
  public let takesIdempotencyKey: Bool
  /// Whether the route edits a resource that others may edit too, and takes an `If-Match`.
  public let takesIfMatch: Bool
  /// Statuses of problems that the route can answer with, beside those that follow from what it takes.
  public let problems: [Int]

  /// Whether `GET` answers with a tag of its bytes and heeds `If-None-Match`: every JSON answer does.
  var isConditional: Bool { answer != nil && downloads.isEmpty && status == 200 }

  public init(
    _ summary: String, details: String = "", path: [Parameter] = [], query: [Parameter] = [],
    body: (any (Decodable & Sendable).Type)? = nil,
    uploads: [String] = [], bodyIsOptional: Bool = false, answer: (any (Decodable & Sendable).Type)? = nil,
    downloads: [String] = [], sheet: Bool = false, status: Int = 200, takesIdempotencyKey: Bool = false,
    takesIfMatch: Bool = false, bodyIsForm: Bool = true, problems: [Int] = []
  ) {
    self.summary = summary
    self.details = details
    self.path = path
    self.bodyIsOptional = bodyIsOptional
    self.takesIdempotencyKey = takesIdempotencyKey
    self.takesIfMatch = takesIfMatch
    self.bodyIsForm = bodyIsForm
    self.problems = problems
    self.query = query + (sheet ? [.format] : [])
    self.sheet = sheet
    self.body = body
    self.uploads = uploads
    self.answer = answer
    self.downloads = downloads
    self.status = status
  }
}
