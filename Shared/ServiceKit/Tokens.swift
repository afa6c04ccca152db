import Crypto
public import Foundation
import JWTKit

/// What the suite's tokens claim.
struct Claims: JWTPayload {
  let iss: IssuerClaim
  let sub: SubjectClaim
  let aud: AudienceClaim
  let exp: ExpirationClaim
  let nbf: NotBeforeClaim?
  let iat: IssuedAtClaim?
  /// The authority.
  let la: String
  let role: String
  let schools: [String]?
  let scope: String?

  /// The times are checked by the verifier against its own clock.
  func verify(using algorithm: some JWTAlgorithm) async throws {}
}

/// Checks bearer tokens with the issuer's published keys.
public actor TokenVerifier {
  /// The audience of every token of the suite.
  public static let audience = "everyschoolday"
  /// A longer token is not looked at, bytes.
  public static let maximumBytes = 8_192

  private let load: @Sendable () async throws -> String
  private let issuer: String
  private let authority: String
  private let clock: any WallClock
  private var keys: JWTKeyCollection?
  private var loading: (begunAt: Date, task: Task<JWTKeyCollection, any Error>)?

  /// - Parameters:
  ///   - issuer: the only accepted `iss`.
  ///   - authority: the only accepted `la`.
  ///   - keySet: gives the issuer's JWK set; asked at the first token, and again for an unknown key, at most every ten
  ///     seconds.
  public init(
    issuer: String, authority: String, clock: any WallClock, keySet: @escaping @Sendable () async throws -> String
  ) {
    self.issuer = issuer
    self.authority = authority
    self.clock = clock
    load = keySet
  }

  /// Who the bearer of a token is.
  ///
  /// - Throws: `Problem` unauthorized, without saying what is wrong with the token.
  public func caller(bearer token: String) async throws -> Caller {
    guard token.utf8.count <= Self.maximumBytes, let claims = try await verified(token) else {
      throw Problem.unauthorized
    }
    let now = clock.now()
    guard claims.iss.value == issuer, claims.aud.value.contains(Self.audience), claims.la == authority,
      claims.exp.value > now, claims.nbf.map({ $0.value <= now }) ?? true, let role = Role(rawValue: claims.role)
    else { throw Problem.unauthorized }
    return Caller(
      subject: claims.sub.value, role: role, schools: claims.schools.map(Set.init),
      scopes: Set((claims.scope ?? "").split(separator: " ").map(String.init)))
  }

  private func verified(_ token: String) async throws -> Claims? {
    if let keys, let claims = try? await keys.verify(token, as: Claims.self) { return claims }
    let fresh = try await freshKeys()
    return try? await fresh.verify(token, as: Claims.self)
  }

  /// The keys as they are published now, or were within the last ten seconds. Requests that come at the same time, as
  /// all do that waited for a program to start, wait for one and the same answer.
  private func freshKeys() async throws -> JWTKeyCollection {
    if let loading, Date().timeIntervalSince(loading.begunAt) < 10 { return try await loading.task.value }
    let task = Task { [load] in
      let fresh = JWTKeyCollection()
      try await fresh.add(jwksJSON: try await load())
      return fresh
    }
    loading = (begunAt: Date(), task: task)
    do {
      let fresh = try await task.value
      keys = fresh
      return fresh
    } catch {
      loading = nil
      throw error
    }
  }
}

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
