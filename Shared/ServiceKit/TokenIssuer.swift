import Crypto
public import Foundation
import JWTKit

/// Issues tokens: the suite's local provider for demo and tests. A deployment uses Entra ID and DfE Sign-in instead.
public struct TokenIssuer: Sendable {
  private static let keyID = "suite-1"
  private let key: Curve25519.Signing.PrivateKey
  private let issuer: String

  /// - Parameter key: 32 bytes; a new key when there are none.
  public init(issuer: String, key: Data? = nil) throws {
    self.issuer = issuer
    self.key = try key.map { try Curve25519.Signing.PrivateKey(rawRepresentation: $0) } ?? .init()
  }

  /// The private key, to be kept.
  public var keyBytes: Data { key.rawRepresentation }

  /// The JWK set that ``TokenVerifier`` reads.
  public var keySetJSON: String {
    let x = key.publicKey.rawRepresentation.base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    return
      #"{"keys":[{"alg":"EdDSA","crv":"Ed25519","kid":"\#(Self.keyID)","kty":"OKP","use":"sig","x":"\#(x)"}]}"#
  }

  /// A signed token.
  public func token(
    subject: String, role: Role, authority: String, schools: [String]? = nil, scope: String = "", validFrom: Date,
    seconds: Double
  ) async throws -> String {
    let keys = JWTKeyCollection()
    await keys.add(eddsa: EdDSA.PrivateKey(backing: key), kid: JWKIdentifier(string: Self.keyID))
    let claims = Claims(
      iss: .init(value: issuer), sub: .init(value: subject), aud: .init(value: [TokenVerifier.audience]),
      exp: .init(value: validFrom.addingTimeInterval(seconds)), nbf: nil, iat: .init(value: validFrom), la: authority,
      role: role.rawValue, schools: schools, scope: scope.isEmpty ? nil : scope)
    return try await keys.sign(claims, kid: JWKIdentifier(string: Self.keyID))
  }
}
