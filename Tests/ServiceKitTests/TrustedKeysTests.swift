import Foundation
import JWTKit
import Schemas
import Testing

@testable import ServiceKit

/// Which keys of a published set sign, and with which algorithm.
@Suite("Reading keys") struct TrustedKeysTests {
  private let maker = TokenMaker()

  private func read(
    _ keys: JSONValue, accepting algorithms: [TokenAlgorithm] = TokenAlgorithm.usual
  ) async throws -> TrustedKeys {
    let json = try JSONEncoder().encode(["keys": keys] as JSONValue)
    return try await TrustedKeys.read(String(decoding: json, as: UTF8.self), accepting: algorithms)
  }

  @Test(
    "the algorithm is the set's and the configuration's",
    arguments: [
      ("OKP", [:], [.edDSA], "EdDSA"), ("OKP", ["alg": "EdDSA"], [.edDSA], "EdDSA"), ("OKP", [:], [.es256], nil),
      ("EC", [:], TokenAlgorithm.usual, "ES256"), ("EC", ["alg": "ES256"], [.es256], "ES256"),
      ("EC", ["alg": "ES384"], [.es256, .es384], nil), ("EC", ["alg": "RS256"], TokenAlgorithm.usual, nil),
      ("EC", [:], [.es384], nil), ("EC", ["crv": "P-384"], [.es384], nil), ("EC", ["crv": nil], [.es256], nil),
      ("RSA", [:], TokenAlgorithm.usual, "RS256"), ("RSA", [:], [.ps256, .rs256], "PS256"),
      ("RSA", ["alg": "RS256"], [.ps256, .rs256], "RS256"), ("RSA", ["alg": "RS512"], TokenAlgorithm.usual, nil),
      ("RSA", ["alg": "EdDSA"], TokenAlgorithm.usual, nil), ("RSA", ["alg": "HS256"], TokenAlgorithm.usual, nil),
      ("RSA", ["alg": "none"], TokenAlgorithm.usual, nil), ("RSA", ["alg": 7], TokenAlgorithm.usual, nil),
      ("RSA", ["n": .string(TokenMaker.shortModulus)], TokenAlgorithm.usual, nil),
      ("RSA", ["n": nil], TokenAlgorithm.usual, nil), ("RSA", ["n": "!"], TokenAlgorithm.usual, nil),
      ("RSA", ["n": .string(String(repeating: "A", count: 3_000))], TokenAlgorithm.usual, nil),
      ("RSA", ["use": "sig"], TokenAlgorithm.usual, "RS256"), ("RSA", ["use": "enc"], TokenAlgorithm.usual, nil),
      ("RSA", ["key_ops": ["verify"]], TokenAlgorithm.usual, "RS256"),
      ("RSA", ["key_ops": ["encrypt"]], TokenAlgorithm.usual, nil), ("RSA", ["kid": nil], TokenAlgorithm.usual, nil),
      ("RSA", ["kid": ""], TokenAlgorithm.usual, nil), ("oct", ["k": "c2VjcmV0"], TokenAlgorithm.usual, nil),
      ("oct", ["k": "c2VjcmV0", "alg": "HS256"], TokenAlgorithm.usual, nil),
    ] as [(String, [String: JSONValue?], [TokenAlgorithm], String?)])
  func algorithms(
    kind: String, changes: [String: JSONValue?], accepting: [TokenAlgorithm], expected: String?
  ) async throws {
    let key = maker.published(kind, name: "a", changes.mapValues { $0 ?? .null })
    let keys = try await read([key], accepting: accepting)
    #expect(keys["a"]?.name == expected && keys.count == (expected == nil ? 0 : 1))
    #expect(keys.leftOut == (expected == nil ? 1 : 0))
  }

  @Test("a key that cannot be read costs no other")
  func unreadableKeys() async throws {
    let keys = try await read([
      7, "key", [], [:], ["kty": "EC", "kid": "b", "crv": "P-256", "x": "AA", "y": "AA"],
      maker.published("OKP", name: "a"), ["kty": "AKP", "kid": "c", "alg": "ML-DSA-44", "pub": "AA"],
      maker.published("EC", name: "a"),
    ])
    #expect(keys.count == 1 && keys.leftOut == 7)
    // A name stands for one key, the first.
    #expect(keys["a"]?.name == "EdDSA")
  }

  @Test("what is not a set is refused whole", arguments: ["", "{", "[]", "{}", #"{"keys":{}}"#, "<html>", "null"])
  func noSet(json: String) async {
    await #expect(throws: TrustedKeys.Failure.notASet) {
      try await TrustedKeys.read(json, accepting: TokenAlgorithm.usual)
    }
  }

  @Test("a set has limits") func limits() async throws {
    let key = maker.published("OKP", name: "a")
    #expect(try await read(.array(Array(repeating: key, count: TrustedKeys.maximumKeys))).count == 1)
    await #expect(throws: TrustedKeys.Failure.tooManyKeys) {
      try await read(.array(Array(repeating: key, count: TrustedKeys.maximumKeys + 1)))
    }
    let long = #"{"keys":[],"x":""# + String(repeating: "a", count: TrustedKeys.maximumBytes) + "\"}"
    await #expect(throws: TrustedKeys.Failure.tooLarge) {
      try await TrustedKeys.read(long, accepting: TokenAlgorithm.usual)
    }
    #expect(try await read([]).count == 0)
  }

  @Test(
    "a list of algorithms is read",
    arguments: [
      ("EdDSA,ES256,RS256", TokenAlgorithm.usual), ("PS256", [.ps256]), ("EdDSA, RS256", [.edDSA, .rs256]), ("", nil),
      ("HS256", nil), ("none", nil), ("EdDSA,", nil), ("EdDSA,EdDSA", nil), ("eddsa", nil),
    ] as [(String, [TokenAlgorithm]?)])
  func lists(text: String, expected: [TokenAlgorithm]?) { #expect(TokenAlgorithm.list(text) == expected) }
}
