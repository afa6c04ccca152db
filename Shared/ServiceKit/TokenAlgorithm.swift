/// A way of signing a token. Only those with a public key are here: with a shared secret, whoever checks could also sign.
public enum TokenAlgorithm: String, Sendable, Hashable, CaseIterable {
  case edDSA = "EdDSA"
  case es256 = "ES256"
  case es384 = "ES384"
  case es512 = "ES512"
  case rs256 = "RS256"
  case rs384 = "RS384"
  case rs512 = "RS512"
  case ps256 = "PS256"
  case ps384 = "PS384"
  case ps512 = "PS512"

  /// What is accepted where nothing else is configured: what the suite's own provider and Entra ID sign with, and ES256.
  public static let usual: [TokenAlgorithm] = [.edDSA, .es256, .rs256]

  /// Reads a list such as `EdDSA,RS256`; `nil` when it is empty, names an unknown algorithm, or one twice.
  public static func list(_ text: String) -> [TokenAlgorithm]? {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
    let read = names.compactMap { TokenAlgorithm(rawValue: $0) }
    return read.count == names.count && Set(read).count == read.count && !read.isEmpty ? read : nil
  }

  /// Whether a key of this type and curve signs this way (RFC 7518, 6; RFC 8037, 2).
  func fits(type: String, curve: String?) -> Bool {
    switch self {
    case .edDSA: type == "OKP" && curve == "Ed25519"
    case .es256: type == "EC" && curve == "P-256"
    case .es384: type == "EC" && curve == "P-384"
    case .es512: type == "EC" && curve == "P-521"
    case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: type == "RSA"
    }
  }
}
