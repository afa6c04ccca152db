import Crypto
import Foundation

/// Verifies a webhook as the standard tells receivers to, written apart from the code that signs.
enum Verify {
  struct Mismatch: Error {}

  static func hmac(_ request: Receiver.Request, key: String) throws {
    let secret = try bytes(key, prefix: "whsec_")
    try anySignature(of: request, label: "v1") { signature, content in
      HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: content, using: SymmetricKey(data: secret))
    }
  }

  static func ed25519(_ request: Receiver.Request, key: String) throws {
    let publicKey = try Curve25519.Signing.PublicKey(rawRepresentation: try bytes(key, prefix: "whpk_"))
    try anySignature(of: request, label: "v1a") { publicKey.isValidSignature($0, for: $1) }
  }

  private static func bytes(_ key: String, prefix: String) throws -> Data {
    guard key.hasPrefix(prefix), let data = Data(base64Encoded: String(key.dropFirst(prefix.count))) else {
      throw Mismatch()
    }
    return data
  }

  private static func anySignature(
    of request: Receiver.Request, label: String, _ isValid: (Data, Data) -> Bool
  ) throws {
    let timestamp = request.headers["webhook-timestamp"] ?? ""
    let content = Data("\(request.id).\(timestamp).".utf8) + Data(request.body)
    for entry in (request.headers["webhook-signature"] ?? "").split(separator: " ") {
      let parts = entry.split(separator: ",", maxSplits: 1)
      guard parts.count == 2, parts[0] == label, let signature = Data(base64Encoded: String(parts[1])) else { continue }
      if isValid(signature, content) { return }
    }
    throw Mismatch()
  }
}
