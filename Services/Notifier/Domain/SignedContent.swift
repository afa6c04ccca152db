/// What a signature covers and how keys and signatures are written (Standard Webhooks 1.0.0, "Signature scheme").
public enum SignedContent {
  /// `id.timestamp.body`.
  ///
  /// - Parameters:
  ///   - messageID: without a full stop.
  ///   - timestampSeconds: the moment of the attempt, seconds since 1970.
  public static func bytes(messageID: String, timestampSeconds: Int64, body: [UInt8]) -> [UInt8] {
    Array("\(messageID).\(timestampSeconds).".utf8) + body
  }

  /// What stands before the shared secret of HMAC-SHA256.
  public static let secretPrefix = "whsec_"
  /// What stands before an Ed25519 public key.
  public static let publicKeyPrefix = "whpk_"
  /// How long a shared secret is, in bytes; the standard asks for 24 to 64.
  public static let secretBytes = 32

  /// The name before a signature.
  public static func label(of algorithm: SigningAlgorithm) -> String {
    switch algorithm {
    case .hmac: "v1"
    case .ed25519: "v1a"
    }
  }
}
