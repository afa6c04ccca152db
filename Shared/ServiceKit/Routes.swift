public import Contracts
import Foundation
public import HTTPTypes
public import Hummingbird
import NIOCore
public import Rulebook
public import Schemas

/// Routes by what they read and answer: the description, the checks and the encoding follow from the types.
///
/// A route is a named method of an area. It reads what was sent from its ``Call``, does one action and returns the answer:
///
/// ```swift
/// struct VisitRoutes: Sendable {
///   private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .ownRecords)
///   private static let overdueOn = QueryParameter<Day>("overdueOn", "The day; today when absent.").optional
///
///   let visits: Visits
///
///   func add(to router: ServiceRouter) {
///     router.read("/visits/actions", Self.officers, "Overdue actions", query: [Self.overdueOn.about, .after], overdue)
///     router.write(.post, "/visits/{number}/record", Self.officers, "Records a visit", ifMatch: true, record)
///   }
///
///   private func overdue(_ call: Call) async throws -> Page<OverdueAction> {
///     try await visits.overdue(on: call[Self.overdueOn], after: call.after, for: call.caller)
///   }
///
///   private func record(_ call: Call, _ form: VisitForm) async throws -> Remembered<Visit> {
///     try await visits.record(form, of: try call.number("Visit"), by: call.edit)
///   }
/// }
/// ```
///
/// What follows from the signature:
///
/// - the form: a second parameter is the JSON body; unknown, missing and wrong fields are answered 422, each by its JSON
///   pointer, before the method runs;
/// - the answer's type, and that a ``Page`` has a `Link` to the next one;
/// - that a ``Page``, and whatever else is a ``Sheet``, also comes as comma-separated values;
/// - that a method which returns ``Remembered`` takes an `Idempotency-Key`, and that one of ``Done`` has no body.
///
/// A question that is about a person is asked by `ask`; files come by `upload` and go by `download`. What is left for
/// `on(_:_:_:_:bodyLimitBytes:json:_:)` is open to everybody, or has a format of its own.
extension ServiceRouter {
  /// Adds a `GET` whose answer is JSON.
  ///
  /// - Parameters:
  ///   - summary: what it is for, as the description says it.
  ///   - path: the parameters of the path that are this route's own.
  ///   - query: the parameters that the method reads; nothing else may be sent.
  public func read<Answer: Codable & Sendable>(
    _ route: String, _ policy: Policy, _ summary: String, details: String = "", path: [About.Parameter] = [],
    query: [About.Parameter] = [], problems: [Int] = [],
    _ method: @Sendable @escaping (Call) async throws -> Answer
  ) {
    let about = About(
      summary, details: details, path: path, query: query, answer: Answer.self,
      sheet: Answer.self is any Sheet.Type, problems: problems)
    on(.get, route, policy, about) { request, context in
      try Response.answer(try await method(Call(request, context)), to: request)
    }
  }

  /// Adds a question whose parameters are about a person, so that they may not stand in an address: a JSON body. It
  /// changes nothing.
  ///
  /// - Parameter upTo: the largest body, bytes.
  public func ask<Form: Codable & Sendable, Answer: Codable & Sendable>(
    _ route: String, _ policy: Policy, _ summary: String, path: [About.Parameter] = [],
    upTo limit: Int = ServiceRouter.defaultBodyLimitBytes,
    _ method: @Sendable @escaping (Call, Form) async throws -> Answer
  ) {
    let about = About(summary, path: path, body: Form.self, answer: Answer.self)
    on(.post, route, policy, about, bodyLimitBytes: limit) { request, context in
      let form = try await request.json(Form.self, upTo: limit)
      return try .answer(try await method(Call(request, context), form), to: request)
    }
  }

  /// Adds a route that changes something and has no body.
  ///
  /// - Parameters:
  ///   - ifMatch: whether it edits a resource that others may edit too. The method must hold `call.edit` against it.
  ///   - status: that of success; 204 where the answer is ``Done``.
  public func write<Answer: Codable & Sendable>(
    _ method: HTTPRequest.Method, _ route: String, _ policy: Policy, _ summary: String, details: String = "",
    path: [About.Parameter] = [], query: [About.Parameter] = [], ifMatch: Bool = false, status: Int = 200,
    problems: [Int] = [], _ body: @Sendable @escaping (Call) async throws -> Remembered<Answer>
  ) {
    let about = About(
      summary, details: details, path: path, query: query, answer: Self.described(Answer.self),
      status: Self.status(status, of: Answer.self), takesIdempotencyKey: true, takesIfMatch: ifMatch,
      problems: problems)
    on(method, route, policy, about) { request, context in
      .remembered(try await body(Call(request, context)), status: .init(code: about.status))
    }
  }

  /// Adds a route that changes something by a form: a JSON body of a type.
  ///
  /// - Parameters:
  ///   - upTo: the largest body, bytes.
  ///   - bounds: how much JSON may hold; what the limit allows where nothing is said.
  ///   - isOptional: whether a request without a body is one whose form says nothing.
  ///   - location: the path of what was made.
  public func write<Form: Codable & Sendable, Answer: Codable & Sendable>(
    _ method: HTTPRequest.Method, _ route: String, _ policy: Policy, _ summary: String, details: String = "",
    path: [About.Parameter] = [], query: [About.Parameter] = [], ifMatch: Bool = false, status: Int = 200,
    upTo limit: Int = ServiceRouter.defaultBodyLimitBytes, bounds: JSONBounds? = nil, isOptional: Bool = false,
    problems: [Int] = [], location: (@Sendable (Answer) -> String)? = nil,
    _ body: @Sendable @escaping (Call, Form) async throws -> Remembered<Answer>
  ) {
    let about = About(
      summary, details: details, path: path, query: query, body: Form.self, bodyIsOptional: isOptional,
      answer: Self.described(Answer.self), status: Self.status(status, of: Answer.self), takesIdempotencyKey: true,
      takesIfMatch: ifMatch, problems: problems)
    on(method, route, policy, about, bodyLimitBytes: limit, json: bounds) { request, context in
      let isAbsent = isOptional ? try await request.bytes(upTo: limit).readableBytes == 0 : false
      let form =
        isAbsent
        ? try decodeJSON(Form.self, from: Data("{}".utf8)) : try await request.json(Form.self, upTo: limit)
      let answer = try await body(Call(request, context), form)
      var response = Response.remembered(answer, status: .init(code: about.status))
      if let location {
        let made = try answer.new ?? JSONDecoder().decode(Answer.self, from: Data(answer.json))
        response.headers[.location] = location(made)
      }
      return response
    }
  }

  private static func described<Answer: Codable & Sendable>(_: Answer.Type) -> (any (Decodable & Sendable).Type)? {
    Answer.self == Done.self ? nil : Answer.self
  }

  private static func status<Answer>(_ status: Int, of _: Answer.Type) -> Int {
    Answer.self == Done.self ? 204 : status
  }
}

/// The answer of a write that has nothing to say: 204 without a body.
public struct Done: Codable, Sendable {
  public init() {}
}

/// One request, as a route's method sees it.
public struct Call: Sendable {
  /// Who calls.
  public let caller: Caller
  /// What a change needs of the request: who acts, its `Idempotency-Key` and its `If-Match`.
  public let edit: Edit

  let request: Request
  private let context: ServiceRequestContext

  /// - Throws: `Problem` unauthorized on an open route, 400 for a key that is none.
  init(_ request: Request, _ context: ServiceRequestContext) async throws {
    caller = try context.caller
    let body = try await request.bytes(upTo: .max)
    edit = Edit(
      by: caller, key: try IdempotencyKey(request, caller: caller, body: body.readableBytesView),
      precondition: Precondition(request))
    self.request = request
    self.context = context
  }

  /// Behind what a page of a list begins: the position of a ``PageCursor``.
  public var after: Int64 {
    get throws(Problem) { try self[.after] }
  }

  /// A parameter of the query.
  ///
  /// - Throws: `Problem` 400 when it is missing or cannot be read.
  public subscript<Value>(parameter: QueryParameter<Value>) -> Value {
    get throws(Problem) { try parameter.read(request) }
  }

  /// A parameter of the path, read by a function.
  ///
  /// - Parameter what: the kind of resource that a caller misses when the function answers `nil`.
  /// - Throws: `Problem` not found.
  public func path<Value>(_ name: String, _ what: String, _ read: (String) -> Value?) throws(Problem) -> Value {
    guard let value = read(try context.parameter(name)) else { throw .notFound(what) }
    return value
  }

  /// The school that the path names as `{urn}`: one that the caller may act for.
  public var school: URN {
    get throws(Problem) {
      let urn = try path("urn", "School") { try? URN($0) }
      try caller.requireActing(forSchool: urn.text)
      return urn
    }
  }

  /// A text of the path, as it stands there.
  public func text(_ name: String) throws(Problem) -> String { try context.parameter(name) }

  /// The child that the path names.
  public func pupil(_ name: String = "id") throws(Problem) -> PupilID { try path(name, "Pupil") { PupilID($0) } }

  /// The number, from 1, that the path names.
  public func number(_ what: String, _ name: String = "number") throws(Problem) -> Int64 {
    try path(name, what) { Int64($0).flatMap { $0 > 0 ? $0 : nil } }
  }

  /// The session that the path names by `{date}` and `{session}`.
  public var session: (day: Day, session: Session) {
    get throws(Problem) {
      let day = try path("date", "Session") { Day(iso: $0) }
      return (day, try path("session", "Session") { Session(rawValue: $0.uppercased()) })
    }
  }
}

extension Optional {
  /// What a caller asks for and must be there.
  ///
  /// - Parameter what: the kind of resource that the caller misses.
  /// - Throws: `Problem` not found when it is not.
  public func orNotFound(_ what: String) throws(Problem) -> Wrapped {
    guard let self else { throw .notFound(what) }
    return self
  }
}

/// Who changes something, by which request.
public struct Edit: Sendable {
  public let caller: Caller
  /// The request's `Idempotency-Key`; `nil` when it has none.
  public let key: IdempotencyKey?
  /// The request's `If-Match`.
  public let precondition: Precondition

  /// - Parameter caller: who acts; without a request, nothing is remembered and nothing demanded.
  public init(by caller: Caller, key: IdempotencyKey? = nil, precondition: Precondition = .none) {
    self.caller = caller
    self.key = key
    self.precondition = precondition
  }
}

/// What a write answers: made now, or remembered from the first time its request came.
public struct Remembered<Answer: Sendable>: Sendable {
  /// The answer as JSON, the same bytes each time.
  public let json: [UInt8]
  /// The answer where it was made now; `nil` when the request came before and nothing was done.
  public let new: Answer?

  public init(json: [UInt8], new: Answer?) {
    self.json = json
    self.new = new
  }
}

extension Response {
  /// The JSON of an answer that may be remembered.
  public static func remembered<Answer>(
    _ answer: Remembered<Answer>, status: HTTPResponse.Status = .ok
  ) -> Response {
    status == .noContent ? .noContent : .bytes(answer.json, contentType: "application/json", status: status)
  }

  /// An answer as its type says: a sheet in the form that the caller asks for, a page with its `Link`.
  static func answer(_ answer: some Encodable, to request: Request) throws -> Response {
    if let sheet = answer as? any Sheet { try .sheet(sheet, of: request) } else { try .json(answer) }
  }
}
