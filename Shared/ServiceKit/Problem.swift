import Foundation
public import HTTPTypes
public import Hummingbird
import NIOCore
public import Rulebook

/// An error of a kit that is a certain problem to the caller.
public protocol ProblemError: Error {
  /// `nil` when the caller cannot do anything about it: the answer is then a bare 500, and the log has its type.
  var problem: Problem? { get }
}

/// An error as the caller sees it: RFC 9457. Texts never repeat a value that was sent, nor anything of a person.
public struct Problem: Error, Hashable, Sendable {
  public typealias Fault = Rulebook.Fault
  public typealias Faults = Rulebook.Faults

  /// The kind of problem; the last part of its `type`.
  public let slug: String
  public let title: String
  public let status: HTTPResponse.Status
  public let detail: String?
  public let faults: [Fault]
  /// Seconds after which trying again makes sense.
  public let retryAfterSeconds: Int?
  /// The methods that would have been allowed.
  let allowedMethods: [String]

  public init(
    _ slug: String, _ title: String, _ status: HTTPResponse.Status, detail: String? = nil, faults: [Fault] = [],
    retryAfterSeconds: Int? = nil
  ) {
    self.init(slug, title, status, detail: detail, faults: faults, retryAfterSeconds: retryAfterSeconds, allowed: [])
  }

  private init(
    _ slug: String, _ title: String, _ status: HTTPResponse.Status, detail: String? = nil, faults: [Fault] = [],
    retryAfterSeconds: Int? = nil, allowed: [String]
  ) {
    self.slug = slug
    self.title = title
    self.status = status
    self.detail = detail
    self.faults = faults
    self.retryAfterSeconds = retryAfterSeconds
    allowedMethods = allowed
  }

  public static func badRequest(_ slug: String, _ title: String, detail: String? = nil) -> Problem {
    Problem(slug, title, .badRequest, detail: detail)
  }
  public static func notFound(_ what: String) -> Problem { Problem("not-found", "\(what) not found", .notFound) }
  public static func conflict(_ slug: String, _ title: String, detail: String? = nil) -> Problem {
    Problem(slug, title, .conflict, detail: detail)
  }
  /// The request could be read and failed validation.
  ///
  /// - Parameter more: how many faults there are beside these.
  public static func invalid(_ faults: [Fault], more: Int = 0) -> Problem {
    Problem("invalid", "The request failed validation", .unprocessableContent, shortening: faults, more: more)
  }

  /// The most faults that a problem lists.
  static let mostFaults = 50

  /// A problem with the first of many faults, which says how many there are.
  init(_ slug: String, _ title: String, _ status: HTTPResponse.Status, shortening faults: [Fault], more: Int = 0) {
    let omitted = max(0, faults.count - Self.mostFaults) + more
    self.init(
      slug, title, status,
      detail: omitted == 0 ? nil : "There are \(omitted) more faults than the \(Self.mostFaults) listed.",
      faults: Array(faults.prefix(Self.mostFaults)))
  }

  public static let unauthorized = Problem("unauthorized", "This request needs a valid bearer token", .unauthorized)
  public static let forbidden = Problem("forbidden", "You do not have permission to do this", .forbidden)

  /// The path is known, with other methods.
  static func methodNotAllowed(_ allowed: [String]) -> Problem {
    Problem("method-not-allowed", "This address does not support this method", .methodNotAllowed, allowed: allowed)
  }

  /// A problem as it is written.
  struct Body: Codable, Sendable {
    let type, title: String
    let status: Int
    let detail: String?
    let instance: String
    let errors: [Fault]?
  }

  /// The problem as an answer.
  ///
  /// - Parameter instance: the request's id, under which the log has more.
  public func response(instance: String) -> Response {
    let body = Body(
      type: "https://everyschoolday.uk/problems/\(slug)", title: title, status: status.code, detail: detail,
      instance: "urn:request:\(instance)", errors: faults.isEmpty ? nil : faults)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var headers: HTTPFields = [.contentType: "application/problem+json", .cacheControl: "no-store"]
    if let seconds = retryAfterSeconds { headers[.retryAfter] = String(seconds) }
    if !allowedMethods.isEmpty { headers[.allow] = allowedMethods.joined(separator: ", ") }
    if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
    if closesConnection { headers[.connection] = "close" }
    let bytes = (try? encoder.encode(body)) ?? Data()
    return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}

extension Faults {
  /// - Throws: `Problem` invalid with every fault that was noted.
  public func refuse() throws(Problem) {
    guard all.isEmpty else { throw .invalid(all) }
  }

  /// Why somebody decides something, as its one field `reason` says it: 1 to 500 bytes.
  public static func reason(_ text: String) throws(Problem) -> String {
    var faults = Faults()
    let reason = faults.text(text, "/reason", bytes: 1...500)
    try faults.refuse()
    return reason
  }
}
