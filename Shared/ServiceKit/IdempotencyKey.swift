import Crypto
public import Foundation
public import Hummingbird

/// A caller's name for one request, so that sending it again has no second effect
/// (draft-ietf-httpapi-idempotency-key-header).
public struct IdempotencyKey: Sendable, Hashable {
  /// The key, bound to the caller, as it is kept.
  public let scopedKey: String
  /// What the request was: method, address and body. The same key with another fingerprint is refused.
  public let fingerprint: Data

  /// `nil` when the request carries no key.
  ///
  /// - Throws: `Problem` 400 when the key is not 8 to 128 printable ASCII characters.
  public init?(_ request: Request, caller: Caller, body: some DataProtocol) throws(Problem) {
    guard let name = HTTPFieldName.idempotencyKey, let text = request.headers[name] else { return nil }
    let key =
      text.hasPrefix("\"") && text.hasSuffix("\"") && text.count > 2 ? String(text.dropFirst().dropLast()) : text
    guard (8...128).contains(key.utf8.count), key.utf8.allSatisfy({ (33...126).contains($0) }) else {
      throw .badRequest("invalid-idempotency-key", "The Idempotency-Key must be 8 to 128 printable characters")
    }
    scopedKey = "\(caller.subject) \(key)"
    let query = request.uri.query.map { "?\($0)" } ?? ""
    var hasher = SHA256()
    hasher.update(data: Data("\(request.method.rawValue) \(request.uri.path)\(query)\n".utf8))
    hasher.update(data: body)
    fingerprint = Data(hasher.finalize())
  }

  /// What to answer when a key comes with another request than before.
  public static let reused = Problem(
    "idempotency-key-reused", "The Idempotency-Key was used for another request", .unprocessableContent)
}
