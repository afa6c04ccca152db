import Foundation
import JWTKit
import Schemas

/// The keys of a published JWK set that may sign tokens, each with the one algorithm that it is used with.
///
/// The algorithm is the set's and the configuration's to say, never the token's: a key that names none gets the first
/// configured one that fits its type and curve. A key that cannot be read, names an algorithm that is not configured or
/// does not fit its type, or is meant for another use, is left out and costs no other.
struct TrustedKeys: Sendable {
  /// The longest JWK set that is read, bytes.
  static let maximumBytes = 1 << 20
  /// The most keys of a set; one with more is refused whole.
  static let maximumKeys = 100
  /// The longest name and the longest number of a key, bytes. 2,800 base64 characters are RSA with 16,384 bits.
  private static let maximumName = 256
  private static let maximumNumber = 2_800

  /// The set cannot be read as a whole.
  enum Failure: Error, Hashable { case notASet, tooLarge, tooManyKeys }

  private let keys: [String: any JWTAlgorithm]
  /// How many keys of the set were left out.
  let leftOut: Int

  /// How many keys there are.
  var count: Int { keys.count }

  /// Reads a JWK set (RFC 7517).
  ///
  /// - Throws: ``Failure`` when it is not one, or too large.
  static func read(_ json: String, accepting algorithms: [TokenAlgorithm]) async throws -> TrustedKeys {
    guard json.utf8.count <= maximumBytes else { throw Failure.tooLarge }
    guard let set = try? JSONDecoder().decode(JSONValue.self, from: Data(json.utf8)),
      case .object(let members) = set, case .array(let elements)? = members["keys"]
    else { throw Failure.notASet }
    guard elements.count <= maximumKeys else { throw Failure.tooManyKeys }
    var keys: [String: any JWTAlgorithm] = [:]
    for element in elements {
      guard let (name, key) = await read(element, accepting: algorithms), keys[name] == nil else { continue }
      keys[name] = key
    }
    return TrustedKeys(keys: keys, leftOut: elements.count - keys.count)
  }

  /// A key by its name; a name stands for one key, the first of the set that can be read.
  subscript(_ name: String) -> (any JWTAlgorithm)? { keys[name] }

  private static func read(
    _ value: JSONValue, accepting algorithms: [TokenAlgorithm]
  ) async -> (name: String, key: any JWTAlgorithm)? {
    guard case .object(let members) = value else { return nil }
    func text(_ name: String) -> String? {
      guard case .string(let text)? = members[name], text.utf8.count <= maximumNumber else { return nil }
      return text
    }
    guard let name = text("kid"), (1...maximumName).contains(name.utf8.count), let type = text("kty"),
      isForSigning(members), let algorithm = algorithm(members["alg"], type, text("crv"), of: algorithms),
      let fixed = JWK.Algorithm(rawValue: algorithm.rawValue)
    else { return nil }
    let identifier = JWKIdentifier(string: name)
    // Private parts are never taken, should a set hold them.
    let key: JWK? =
      switch type {
      case "RSA": .rsa(fixed, identifier: identifier, modulus: text("n"), exponent: text("e"))
      case "EC":
        .ecdsa(
          fixed, identifier: identifier, x: text("x"), y: text("y"),
          curve: text("crv").flatMap(ECDSACurve.init(rawValue:)))
      case "OKP":
        .octetKeyPair(
          fixed, identifier: identifier, x: text("x"), y: nil, curve: text("crv").flatMap(EdDSACurve.init(rawValue:)))
      default: nil
      }
    guard let key else { return nil }
    let collection = JWTKeyCollection()
    guard (try? await collection.add(jwk: key)) != nil,
      let verifier = try? await collection.getKey(for: identifier, alg: algorithm.rawValue),
      verifier.name == algorithm.rawValue
    else { return nil }
    return (name, verifier)
  }

  /// The algorithm that a key is used with.
  private static func algorithm(
    _ named: JSONValue?, _ type: String, _ curve: String?, of algorithms: [TokenAlgorithm]
  ) -> TokenAlgorithm? {
    let fitting = algorithms.filter { $0.fits(type: type, curve: curve) }
    switch named {
    case nil, .null?: return fitting.first
    case .string(let name)?: return fitting.first { $0.rawValue == name }
    default: return nil
    }
  }

  private static func isForSigning(_ members: [String: JSONValue]) -> Bool {
    switch members["use"] {
    case nil, .null?, "sig"?: break
    default: return false
    }
    guard let operations = members["key_ops"], operations != .null else { return true }
    guard case .array(let named) = operations else { return false }
    return named.contains("verify")
  }
}
