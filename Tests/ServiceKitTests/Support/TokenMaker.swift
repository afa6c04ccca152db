import Crypto
import Foundation
import JWTKit
import Schemas

@testable import ServiceKit

/// Makes keys and tokens of every form, right ones and wrong ones.
struct TokenMaker: Sendable {
  static let now = Date(timeIntervalSince1970: 1_790_000_000)

  let ed = Curve25519.Signing.PrivateKey()
  let ec = P256.Signing.PrivateKey()

  static let rules = TokenRules(issuer: "issuer", authority: "880")

  /// A key of a set; every member can be changed, and is left out where it is `null`.
  func published(_ kind: String, name: String, _ changes: [String: JSONValue] = [:]) -> JSONValue {
    let point = ec.publicKey.rawRepresentation
    let parts: [String: JSONValue] =
      switch kind {
      case "OKP": ["crv": "Ed25519", "x": .string(Self.text(ed.publicKey.rawRepresentation))]
      case "EC": ["crv": "P-256", "x": .string(Self.text(point.prefix(32))), "y": .string(Self.text(point.suffix(32)))]
      default: ["n": .string(Self.modulus), "e": "AQAB"]
      }
    let own: [String: JSONValue] = ["kty": .string(kind), "kid": .string(name)]
    let members = own.merging(parts) { $1 }.merging(changes) { $1 }
    return .object(members.filter { $0.value != .null })
  }

  static func set(_ keys: JSONValue...) throws -> String {
    String(decoding: try JSONEncoder().encode(["keys": JSONValue.array(keys)] as JSONValue), as: UTF8.self)
  }

  /// A token whose header and claims can be changed, signed with a kind of key.
  func token(
    _ kind: String = "OKP", name: String = "a", header: [String: JSONValue] = [:], claims: [String: JSONValue] = [:]
  ) async throws -> String {
    let usual: [String: JSONValue] = [
      "iss": "issuer", "sub": "someone", "aud": "everyschoolday", "la": "880", "role": "manager",
      "iat": .integer(1_790_000_000), "exp": .integer(1_790_003_600),
    ]
    let names = ["OKP": "EdDSA", "EC": "ES256", "RSA": "RS256"]
    let head: [String: JSONValue] = ["alg": .string(names[kind] ?? kind), "kid": .string(name), "typ": "JWT"]
    let parts = try [head.merging(header) { $1 }, usual.merging(claims) { $1 }].map { members in
      Self.text(try JSONEncoder().encode(JSONValue.object(members.filter { $0.value != .null })))
    }
    let signed = parts.joined(separator: ".")
    return signed + "." + Self.text(try await signature(kind, Data(signed.utf8)))
  }

  private func signature(_ kind: String, _ bytes: Data) async throws -> Data {
    switch kind {
    case "OKP": return try ed.signature(for: bytes)
    case "EC": return try ec.signature(for: bytes).rawRepresentation
    default:
      let keys = JWTKeyCollection()
      try await keys.add(
        jwk: .rsa(
          .rs256, identifier: "a", modulus: Self.modulus, exponent: "AQAB", privateExponent: Self.privateExponent))
      return Data(try await keys.getKey(for: "a").sign(bytes))
    }
  }

  static func text(_ bytes: some DataProtocol) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// A key made for these tests only: 2,048 bits, and a public one of 1,024.
  static let modulus =
    "6lxftfk45a5Qkz2PGY1VUEyVoB9xF9a4CUfjvTLpik75jDiQi0asztpwfhagOj7Y_77O-I7MMlX9OmF-8S9yVCj4CvqBgjsYlIn9"
    + "X7Iig7akaMkNpSmI0H6fKKb1o6laHU3HUczaz6wpcwElxeijplsGz6OsKQG7L3fLx7pk4M4FbdNMyoeDoyBHb4VbVQKLQyKt-2OP"
    + "p-QSkRzp9wKG1xssIdgKtiOxX-pxMqMBNA4lCepqwxp0TOijL8HcG5z-uPBUCMKBGNZV6nyzak9nyGLAwhG2v_zKOOiYjE3Ls0vK"
    + "ymxFC7NnKYOA-V2A2ggyiWAsKsYfvc8cfTsxNCATSQ"
  private static let privateExponent =
    "IlAMflTjIPOk3e3rI-tWtJdF5-f6k6ovD0LMg_Cukz6tWDuW5CFgnzeJtVhENMrrVARggrFLkcoXtYK9RnwzIcHO0TKsn__dgS_z"
    + "3h0zYvPsfeAD5KzgWGBVlqrdN41NwZEX7_DNj47OEcW2_VMqlKpqpJ96zxUvDgvc1N0ENIqFozaL8Any6wjCSv46XHzSkEfD9hB8"
    + "sRAtORxmsUMHgixdkI_tgHX2wU1I1db-m1VxcGoB7R4UW66I15I41djNrgNafhkNRCqimiXm3Ez1X4lxcZSChI-VSIEtSMHfqKwo"
    + "rCwjpRbiowIQxZH8iQ15dE84ePoNBfIXg0cJ_1q4dQ"
  static let shortModulus =
    "p_ZyCiwUqbOgg-WLzSn8vAD9AYpSmXPn_KdcbZMVQH-OZZMchjKDvSnZ4F5anEe-ksBsM3nXODbyK4oFOdq2XerzBh3AGh0Wv_OS"
    + "xd2e8_rvtTlkZdbiqw7ROSfXeUBguxdqdnTQbYASzlan4Nj1Y1FnVU_3SbA80xnhwAAkFvs"
}

extension KeyRing {
  /// Whether the issuer has a key of a name.
  func has(_ name: String) async throws -> Bool { try await key(name) != nil }
}

extension TokenVerifier {
  /// The role of the bearer of a token.
  func role(of token: String) async throws -> Role { try await caller(bearer: token).role }
}

/// Time that a test moves.
final class ManualTime: Sendable {
  private let passed = Locked(Duration.zero)

  var stopwatch: Stopwatch { Stopwatch { [self] in passed.withLock { $0 } } }
  func pass(seconds: Int) { passed.withLock { $0 += .seconds(seconds) } }
}
