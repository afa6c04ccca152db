import Contracts
import Hummingbird
import Schemas
import ServiceKit

extension About.Parameter {
  /// A past moment; read by `Request.asOf()`.
  static let asOf = About.Parameter(
    "asOf", .string(format: "date-time"), required: false,
    "A moment that is over: marks and days on roll as they were known then. What is known now when absent.")
}

extension Request {
  /// - Throws: `Problem` invalid unless it is a moment as RFC 3339 writes it.
  func asOf() throws(Problem) -> Timestamp? { try optionalQuery("asOf") { Timestamp($0) } }
}
