import Foundation
import Schemas
import Testing

@testable import ServiceKit

@Suite("Verifying tokens")
struct TokenVerifierTests {
  private let maker = TokenMaker()
  private let clock = ManualClock(TokenMaker.now)

  private func verifier(_ keys: JSONValue..., rules: TokenRules = TokenMaker.rules) throws -> TokenVerifier {
    let set = String(decoding: try JSONEncoder().encode(["keys": JSONValue.array(keys)] as JSONValue), as: UTF8.self)
    return TokenVerifier(rules, clock: clock) { set }
  }

  private func fault(_ verifier: TokenVerifier, _ token: String) async throws -> TokenFault? {
    switch try await verifier.check(bearer: token) {
    case .success: nil
    case .failure(let fault): fault
    }
  }

  @Test("a key of every type signs, whether or not the set names its algorithm", arguments: ["OKP", "EC", "RSA"])
  func everyType(kind: String) async throws {
    for changes: [String: JSONValue] in [
      [:], ["alg": .string(["OKP": "EdDSA", "EC": "ES256", "RSA": "RS256"][kind] ?? "")],
    ] {
      let verifier = try verifier(maker.published(kind, name: "a", changes))
      let caller = try await verifier.caller(bearer: try await maker.token(kind))
      #expect(caller == Caller(subject: "someone", role: .manager))
    }
  }

  @Test(
    "the first token that names a key does not decide its algorithm",
    arguments: [
      ("RSA", "PS256"), ("RSA", "RS512"), ("EC", "ES384"), ("OKP", "ES256"), ("RSA", "none"), ("RSA", "HS256"),
    ])
  func junkFixesNothing(kind: String, junk: String) async throws {
    var rules = TokenMaker.rules
    rules.algorithms = [.edDSA, .es256, .rs256, .es384, .ps256]
    let verifier = try verifier(maker.published(kind, name: "a"), rules: rules)
    #expect(try await fault(verifier, try await maker.token(kind, header: ["alg": .string(junk)])) == .otherAlgorithm)
    #expect(try await fault(verifier, try await maker.token(kind)) == nil)
  }

  @Test(
    "a wrong token is refused for what is wrong with it",
    arguments: [
      ([:], [:], nil), (["kid": "b"], [:], .unknownKey), (["kid": nil], [:], .malformed),
      (["kid": 7], [:], .malformed), (["alg": nil], [:], .malformed), (["alg": "none"], [:], .otherAlgorithm),
      (["alg": "HS256"], [:], .otherAlgorithm), (["alg": "ES256"], [:], .otherAlgorithm),
      (["crit": ["b64"], "b64": false], [:], .malformed), (["typ": "at+jwt"], [:], nil), (["typ": nil], [:], nil),
      (["typ": "secevent+jwt"], [:], .malformed), ([:], ["iss": "other"], .otherIssuer),
      ([:], ["aud": "other"], .otherAudience), ([:], ["aud": ["other", "everyschoolday"]], nil),
      ([:], ["la": "383"], .otherAuthority), ([:], ["exp": .integer(1_790_000_000)], .expired),
      ([:], ["exp": nil], .badClaims), ([:], ["exp": "soon"], .badClaims),
      ([:], ["nbf": .integer(1_790_000_060)], nil), ([:], ["nbf": .integer(1_790_000_061)], .notYetValid),
      ([:], ["iat": .integer(1_790_000_060)], nil), ([:], ["iat": .integer(1_790_000_061)], .notYetValid),
      ([:], ["exp": .integer(1_790_086_460)], nil), ([:], ["exp": .integer(1_790_086_461)], .tooLongLived),
      ([:], ["iat": nil, "exp": .integer(1_790_086_460)], nil),
      ([:], ["iat": nil, "exp": .integer(1_790_086_461)], .tooLongLived),
      ([:], ["iat": .integer(1_789_900_000)], .tooLongLived), ([:], ["role": "king"], .unknownRole),
      ([:], ["role": nil], .badClaims), ([:], ["sub": nil], .badClaims),
    ] as [([String: JSONValue?], [String: JSONValue?], TokenFault?)])
  func faults(header: [String: JSONValue?], claims: [String: JSONValue?], expected: TokenFault?) async throws {
    let verifier = try verifier(maker.published("OKP", name: "a"))
    let token = try await maker.token(
      header: header.mapValues { $0 ?? .null }, claims: claims.mapValues { $0 ?? .null })
    #expect(try await fault(verifier, token) == expected)
  }

  @Test("a token of another form is refused without looking for its key")
  func forms() async throws {
    let asked = Locked(0)
    let verifier = TokenVerifier(TokenMaker.rules, clock: clock) {
      asked.withLock { $0 += 1 }
      return #"{"keys":[]}"#
    }
    let good = try await maker.token()
    let parts = good.split(separator: ".").map(String.init)
    for token in [
      "", ".", "..", "a.b.c", parts[0], parts[0] + "." + parts[1], "\(parts[0]).\(parts[1]).", good + ".x", " " + good,
      good + "=", "\(parts[0])=.\(parts[1]).\(parts[2])", String(repeating: "a", count: TokenVerifier.maximumBytes + 1),
      "e30.\(parts[1]).\(parts[2])", "bnVsbA.\(parts[1]).\(parts[2])",
    ] {
      let found = try await fault(verifier, token)
      #expect(found == .malformed || found == .tooLong, "\(token.prefix(40))")
    }
    let long = try await maker.token(claims: [
      "more": .string(String(repeating: "a", count: TokenVerifier.maximumBytes))
    ])
    #expect(try await fault(verifier, long) == .tooLong)
    #expect(try await fault(verifier, try await maker.token("OKP", header: ["alg": "HS256"])) == .otherAlgorithm)
    #expect(asked.withLock { $0 } == 0)
    #expect(try await fault(verifier, good) == .unknownKey)
    #expect(asked.withLock { $0 } == 1)
  }

  @Test("a changed token has a bad signature")
  func changed() async throws {
    let verifier = try verifier(maker.published("OKP", name: "a"))
    let parts = try await maker.token().split(separator: ".")
    let other = try await maker.token(claims: ["role": "operator"]).split(separator: ".")
    #expect(try await fault(verifier, "\(parts[0]).\(other[1]).\(parts[2])") == .badSignature)
    #expect(try await fault(verifier, "\(parts[0]).\(parts[1]).AAAA") == .badSignature)
    #expect(try await fault(verifier, try await TokenMaker().token()) == .badSignature)
  }

  @Test("a life that is configured holds")
  func longestLife() async throws {
    var rules = TokenMaker.rules
    rules.longestLifeSeconds = 600
    rules.skewSeconds = 0
    let verifier = try verifier(maker.published("OKP", name: "a"), rules: rules)
    #expect(try await fault(verifier, try await maker.token(claims: ["exp": .integer(1_790_000_600)])) == nil)
    #expect(try await fault(verifier, try await maker.token(claims: ["exp": .integer(1_790_000_601)])) == .tooLongLived)
  }

  @Test("the caller is refused without being told why")
  func silence() async throws {
    let verifier = try verifier(maker.published("OKP", name: "a"))
    for claims: [String: JSONValue] in [["exp": .integer(1)], ["la": "383"], ["role": "king"]] {
      let token = try await maker.token(claims: claims)
      await #expect(throws: Problem.unauthorized) { try await verifier.caller(bearer: token) }
    }
  }
}
