public import Crypto
public import Foundation
public import NotifierDomain

/// A key with which a subscription's messages are signed. Never printed, logged or put into an error.
public enum SigningKey: Sendable, CustomStringConvertible {
  case hmac(SymmetricKey)
  case ed25519(Curve25519.Signing.PrivateKey)

  /// A new random key.
  public static func generate(_ algorithm: SigningAlgorithm) -> SigningKey {
    switch algorithm {
    case .hmac: .hmac(SymmetricKey(size: SymmetricKeySize(bitCount: SignedContent.secretBytes * 8)))
    case .ed25519: .ed25519(Curve25519.Signing.PrivateKey())
    }
  }

  /// From the bytes of ``rawBytes``; `nil` when they are no key.
  public init?(_ algorithm: SigningAlgorithm, rawBytes: Data) {
    switch algorithm {
    case .hmac:
      guard rawBytes.count == SignedContent.secretBytes else { return nil }
      self = .hmac(SymmetricKey(data: rawBytes))
    case .ed25519:
      guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: rawBytes) else { return nil }
      self = .ed25519(key)
    }
  }

  /// How it signs.
  public var algorithm: SigningAlgorithm {
    switch self {
    case .hmac: .hmac
    case .ed25519: .ed25519
    }
  }

  /// The secret itself, to be sealed before it is stored.
  public var rawBytes: Data {
    switch self {
    case .hmac(let key): key.withUnsafeBytes { Data($0) }
    case .ed25519(let key): key.rawRepresentation
    }
  }

  /// What the receiver is given, once: `whsec_` and the shared secret, or `whpk_` and the public key.
  public var receiverText: String {
    switch self {
    case .hmac: SignedContent.secretPrefix + rawBytes.base64EncodedString()
    case .ed25519(let key): SignedContent.publicKeyPrefix + key.publicKey.rawRepresentation.base64EncodedString()
    }
  }

  /// One entry of the `webhook-signature` header.
  ///
  /// - Throws: swift-crypto's error; signing with a sound key does not fail.
  public func signature(over content: [UInt8]) throws -> String {
    let bytes =
      switch self {
      case .hmac(let key): Data(HMAC<SHA256>.authenticationCode(for: content, using: key))
      case .ed25519(let key): try key.signature(for: content)
      }
    return "\(SignedContent.label(of: algorithm)),\(bytes.base64EncodedString())"
  }

  /// Says what it is and never what it holds.
  public var description: String { "SigningKey(\(algorithm.rawValue), hidden)" }
}

/// The headers of one attempt (Standard Webhooks 1.0.0, "Webhook headers").
public struct WebhookHeaders: Sendable {
  /// `webhook-id`.
  public let id: String
  /// `webhook-timestamp`.
  public let timestamp: String
  /// `webhook-signature`: one entry a key.
  public let signature: String

  /// - Parameters:
  ///   - keys: the current one and those that still sign because they were replaced a short time ago.
  ///   - timestampSeconds: the moment of this attempt, seconds since 1970.
  public init(messageID: String, timestampSeconds: Int64, body: [UInt8], keys: [SigningKey]) throws {
    let content = SignedContent.bytes(messageID: messageID, timestampSeconds: timestampSeconds, body: body)
    id = messageID
    timestamp = String(timestampSeconds)
    signature = try keys.map { try $0.signature(over: content) }.joined(separator: " ")
  }
}
