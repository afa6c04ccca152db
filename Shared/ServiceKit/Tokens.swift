import Foundation
import JWTKit
public import Logging

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

/// Why a token is refused: for the log and the metrics. A caller is never told.
enum TokenFault: String, Error, Sendable, CaseIterable {
  case missing
  case tooLong = "too-long"
  case malformed
  case unknownKey = "unknown-key"
  case otherAlgorithm = "other-algorithm"
  case badSignature = "bad-signature"
  case badClaims = "bad-claims"
  case expired
  case notYetValid = "not-yet-valid"
  /// It lives longer than a token may.
  case tooLongLived = "too-long-lived"
  case otherIssuer = "other-issuer"
  case otherAudience = "other-audience"
  case otherAuthority = "other-authority"
  case unknownRole = "unknown-role"
}

/// What is accepted of tokens.
public struct TokenRules: Sendable {
  /// The only accepted `iss`.
  public let issuer: String
  /// The only accepted `la`.
  public let authority: String
  /// The only accepted algorithms; the first that fits a key is used with one that names none.
  public var algorithms = TokenAlgorithm.usual
  /// The longest time from a token's `iat`, or from now where it has none, to its `exp`, seconds.
  public var longestLifeSeconds = 24.0 * 3_600
  /// How far the issuer's clock may be ahead of ours, seconds. A token's end is never put off.
  public var skewSeconds = 60.0
  /// Keys older than this are asked for again, seconds.
  public var refreshSeconds = 120
  /// How long keys are used while the issuer does not answer, seconds.
  public var staleSeconds = 24 * 3_600
  /// The longest attempt to read the keys.
  var keyDeadline = Duration.seconds(5)

  public init(issuer: String, authority: String) {
    self.issuer = issuer
    self.authority = authority
  }
}

/// Checks bearer tokens with the issuer's published keys.
///
/// A token is looked at from the outside in: its length and form, its algorithm and the name of its key, its signature,
/// and only then what it claims. What fails before the signature costs next to nothing.
public final class TokenVerifier: Sendable {
  /// The audience of every token of the suite.
  public static let audience = "everyschoolday"
  /// A longer token is not looked at, bytes.
  public static let maximumBytes = 8_192

  private let rules: TokenRules
  private let clock: any WallClock
  let ring: KeyRing

  /// - Parameter keySet: gives the issuer's JWK set: at the first token, when the keys grow old, and for an unknown key;
  ///   at most every ten seconds.
  public init(
    _ rules: TokenRules, clock: any WallClock, stopwatch: Stopwatch = .machine(),
    logger: Logger = Logger(label: "tokens") { _ in SwiftLogNoOpLogHandler() },
    keySet: @escaping @Sendable () async throws -> String
  ) {
    self.rules = rules
    self.clock = clock
    var settings = KeyRingSettings()
    settings.algorithms = rules.algorithms
    settings.refresh = .seconds(rules.refreshSeconds)
    settings.fresh = .seconds(2 * rules.refreshSeconds)
    settings.stale = .seconds(rules.staleSeconds)
    settings.deadline = rules.keyDeadline
    ring = KeyRing(settings, stopwatch: stopwatch, logger: logger, load: keySet)
  }

  /// How old the keys are, seconds; `nil` without any.
  var keyAgeSeconds: Double? {
    get async { await ring.age.map { Double($0.components.seconds) } }
  }

  /// Who the bearer of a token is.
  ///
  /// - Throws: `Problem` unauthorized, without saying what is wrong with the token; 503 when tokens cannot be checked.
  public func caller(bearer token: String) async throws(Problem) -> Caller {
    switch try await check(bearer: token) {
    case .success(let caller): return caller
    case .failure: throw .unauthorized
    }
  }

  /// Who the bearer of a token is, or what is wrong with it.
  ///
  /// - Throws: `Problem` 503 when tokens cannot be checked.
  func check(bearer token: String) async throws(Problem) -> Result<Caller, TokenFault> {
    guard token.utf8.count <= Self.maximumBytes else { return .failure(.tooLong) }
    guard let parts = SignedParts(token) else { return .failure(.malformed) }
    guard rules.algorithms.contains(where: { $0.rawValue == parts.algorithm }) else {
      return .failure(.otherAlgorithm)
    }
    guard let key = try await ring.key(parts.key) else { return .failure(.unknownKey) }
    guard key.name == parts.algorithm else { return .failure(.otherAlgorithm) }
    guard (try? key.verify(parts.signature, signs: parts.signed)) == true else { return .failure(.badSignature) }
    guard let claims = try? parser.decode(Claims.self, from: parts.payload) else { return .failure(.badClaims) }
    return caller(claims)
  }

  private var parser: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .secondsSince1970
    return decoder
  }

  private func caller(_ claims: Claims) -> Result<Caller, TokenFault> {
    let now = clock.now()
    let soon = now.addingTimeInterval(rules.skewSeconds)
    let begins = claims.iat?.value ?? now
    guard claims.iss.value == rules.issuer else { return .failure(.otherIssuer) }
    guard claims.aud.value.contains(Self.audience) else { return .failure(.otherAudience) }
    guard claims.la == rules.authority else { return .failure(.otherAuthority) }
    guard claims.exp.value > now else { return .failure(.expired) }
    guard claims.nbf.map({ $0.value <= soon }) ?? true, begins <= soon else { return .failure(.notYetValid) }
    guard claims.exp.value.timeIntervalSince(begins) <= rules.longestLifeSeconds + rules.skewSeconds else {
      return .failure(.tooLongLived)
    }
    guard let role = Role(rawValue: claims.role) else { return .failure(.unknownRole) }
    return .success(
      Caller(
        subject: claims.sub.value, role: role, schools: claims.schools.map(Set.init),
        scopes: Set((claims.scope ?? "").split(separator: " ").map(String.init))))
  }
}

/// A token in its three parts (RFC 7515, 7.1), its header read and nothing verified.
private struct SignedParts {
  let algorithm: String
  let key: String
  let signed: Data
  let payload: Data
  let signature: Data

  /// `nil` when it has another form, names no key, or asks for an extension that is not understood.
  init?(_ token: String) {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Self.bytes(parts[0]), let payload = Self.bytes(parts[1]),
      let signature = Self.bytes(parts[2]), !signature.isEmpty,
      let read = try? JSONDecoder().decode(Header.self, from: header), read.isOrdinary, let name = read.kid
    else { return nil }
    algorithm = read.alg
    key = name
    signed = Data("\(parts[0]).\(parts[1])".utf8)
    self.payload = payload
    self.signature = signature
  }

  private struct Header: Decodable {
    let alg: String
    let kid, typ: String?
    let isOrdinary: Bool

    private enum Key: CodingKey { case alg, kid, typ, crit }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Key.self)
      alg = try values.decode(String.self, forKey: .alg)
      kid = try values.decodeIfPresent(String.self, forKey: .kid)
      typ = try values.decodeIfPresent(String.self, forKey: .typ)
      // RFC 7515, 4.1.11: an extension that must be understood and is not; RFC 9068, 2.1: the type of access tokens.
      isOrdinary =
        !values.contains(.crit) && ["jwt", "at+jwt", "application/at+jwt"].contains(typ?.lowercased() ?? "jwt")
    }
  }

  /// The bytes of base64url without padding (RFC 7515, 2).
  private static func bytes(_ text: Substring) -> Data? {
    guard
      text.utf8.allSatisfy({ byte in
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
          || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
      })
    else { return nil }
    let plain = text.replacing("-", with: "+").replacing("_", with: "/")
    return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4))
  }
}
