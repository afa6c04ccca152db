import Crypto
import Foundation

/// Verifies a webhook as a receiver does (Standard Webhooks 1.0.0): the suite's own receiver, apart from the code that
/// signs.
enum StandardWebhook {
  /// How old or new the timestamp may be, seconds.
  static let toleranceSeconds: Int64 = 300

  /// Whether one of the signatures is by the key, over these bytes, and of now.
  ///
  /// - Parameter key: `whsec_…` for HMAC-SHA256, `whpk_…` for Ed25519.
  static func isGenuine(
    id: String, timestamp: String, signatures: String, body: [UInt8], key: String, now: Date = Date()
  ) -> Bool {
    guard let seconds = Int64(timestamp), abs(seconds - Int64(now.timeIntervalSince1970)) <= toleranceSeconds,
      let underscore = key.firstIndex(of: "_"),
      let keyBytes = Data(base64Encoded: String(key[key.index(after: underscore)...]))
    else { return false }
    let content = Data("\(id).\(timestamp).".utf8) + Data(body)
    let isShared = key.hasPrefix("whsec_")
    return signatures.split(separator: " ").contains { entry in
      let parts = entry.split(separator: ",", maxSplits: 1)
      guard parts.count == 2, parts[0] == (isShared ? "v1" : "v1a"),
        let signature = Data(base64Encoded: String(parts[1]))
      else { return false }
      if isShared {
        return HMAC<SHA256>.isValidAuthenticationCode(
          signature, authenticating: content, using: SymmetricKey(data: keyBytes))
      }
      let publicKey = try? Curve25519.Signing.PublicKey(rawRepresentation: keyBytes)
      return publicKey?.isValidSignature(signature, for: content) ?? false
    }
  }
}
