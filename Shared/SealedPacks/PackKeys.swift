public import Crypto
public import Foundation
public import Rulebook
import Store

/// A published key of sealed packs, as a JSON Web Key (RFC 8037) with the days on which it signs.
public struct PackKey: Codable, Hashable, Sendable {
  public let kty: String
  public let crv: String
  public let alg: String
  public let use: String
  /// The key's identifier: the thumbprint of RFC 7638, so that a key cannot go under another's name.
  public let kid: String
  /// The public key's 32 bytes, base64url.
  public let x: String
  /// The first day on which it signs.
  public let firstDay: Day
  /// The last; absent while it lasts.
  public let lastDay: Day?
  /// That it must not be relied on; absent while it may.
  public let revocation: Revocation?

  /// That a key was revoked.
  public struct Revocation: Codable, Hashable, Sendable {
    public enum Reason: String, Codable, Hashable, Sendable, CaseIterable {
      /// Somebody else has, or may have, the secret key.
      case compromised
      /// The secret key is lost: it signs no more, and what it signed stands.
      case lost
    }

    /// The day of the revocation.
    public let on: Day
    /// The first day from which what it signed is not relied on.
    public let from: Day
    public let reason: Reason

    public init(on day: Day, from: Day, reason: Reason) {
      (on, self.from, self.reason) = (day, from, reason)
    }
  }

  public var id: String { kid }

  public init(
    _ key: Curve25519.Signing.PublicKey, firstDay: Day, lastDay: Day?, revocation: Revocation? = nil
  ) {
    self.revocation = revocation
    kty = "OKP"
    crv = "Ed25519"
    alg = "EdDSA"
    use = "sig"
    x = Self.base64URL(key.rawRepresentation)
    kid = Self.keyID(x)
    self.firstDay = firstDay
    self.lastDay = lastDay
  }

  /// The identifier of a key.
  public static func id(of key: Curve25519.Signing.PublicKey) -> String {
    keyID(base64URL(key.rawRepresentation))
  }

  /// The public key's 32 bytes; `nil` when it is none.
  public var publicBytes: Data? { publicKey?.rawRepresentation }

  /// The key itself; `nil` when it is none, or goes under another identifier than its own.
  var publicKey: Curve25519.Signing.PublicKey? {
    guard kty == "OKP", crv == "Ed25519", kid == Self.keyID(x) else { return nil }
    let text = x.replacing("-", with: "+").replacing("_", with: "/")
    guard let bytes = Data(base64Encoded: text + "=") else { return nil }
    return try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
  }

  private static func keyID(_ x: String) -> String {
    base64URL(Data(SHA256.hash(data: Data(#"{"crv":"Ed25519","kty":"OKP","x":"\#(x)"}"#.utf8))))
  }

  private static func base64URL(_ data: Data) -> String {
    data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}

/// The published keys: a JSON Web Key set.
public struct PackKeySet: Codable, Hashable, Sendable {
  /// The largest set that is read: bytes and keys.
  public static let mostBytes = 1 << 20
  public static let most = 200

  public let keys: [PackKey]

  public init(_ keys: [PackKey]) { self.keys = keys }

  /// Reads a set as it was published.
  ///
  /// - Returns: `nil` unless it is a set within the limits and every key in it is one.
  public init?(json data: Data) {
    guard data.count <= Self.mostBytes, let found = try? JSONDecoder().decode(PackKeySet.self, from: data),
      found.keys.count <= Self.most, found.keys.allSatisfy({ $0.publicKey != nil })
    else { return nil }
    self = found
  }

  /// The key that signed something; `nil` when none of them did.
  func signer(of data: Data, _ signature: Data) -> PackKey? {
    keys.first { $0.publicKey?.isValidSignature(signature, for: data) ?? false }
  }
}

/// The secret keys that sealed packs are signed with. They lie in a file outside the store.
///
/// The file has one key a line: the first day on which it signs, and 64 hexadecimal digits; lines that begin with `#`
/// are passed over. On each day the key signs whose first day came last.
public struct PackSigningKeys: Sendable {
  /// Why keys cannot be used. Texts never hold a key.
  public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no such file, or it cannot be read.
    case unreadable(path: String)
    /// Others than its owner and group can read it, or others than its owner can write it.
    case open(path: String)
    /// A line is not a day and 64 hexadecimal digits, or a day or key is there twice.
    case malformed(line: Int)
    /// There is no key in it.
    case empty

    public var description: String {
      switch self {
      case .unreadable(let path): "the key file \(path) cannot be read. Make one with suite pack-key --out \(path)"
      case .open(let path): "others can use the key file \(path). Run chmod 600 on it"
      case .malformed(let line): "line \(line) of the key file is not a day of its own and 64 hexadecimal digits"
      case .empty: "the key file holds no key"
      }
    }
  }

  private let keys: [(firstDay: Day, key: Curve25519.Signing.PrivateKey)]

  /// Reads a key file.
  public init(path: String) throws(Failure) {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw .unreadable(path: path) }
    guard let mode = FileMode.read(path), mode & 0o037 == 0 else { throw .open(path: path) }
    try self.init(text: text)
  }

  /// Reads a key file's text.
  public init(text: String) throws(Failure) {
    var keys: [(firstDay: Day, key: Curve25519.Signing.PrivateKey)] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.isEmpty || words[0].hasPrefix("#") { continue }
      guard words.count == 2, let day = Day(iso: String(words[0])), let bytes = Data(hex: words[1]),
        let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes),
        !keys.contains(where: { $0.firstDay == day || $0.key.rawRepresentation == bytes })
      else { throw .malformed(line: index + 1) }
      keys.append((day, key))
    }
    guard !keys.isEmpty else { throw .empty }
    self.keys = keys.sorted { $0.firstDay < $1.firstDay }
  }

  /// The keys as they are published, oldest first.
  public var published: [PackKey] {
    keys.indices.map { index in
      PackKey(
        keys[index].key.publicKey, firstDay: keys[index].firstDay,
        lastDay: index + 1 < keys.count ? keys[index + 1].firstDay.adding(days: -1) : nil)
    }
  }

  /// The identifier of the key that signs on a day; `nil` before the first.
  public func id(on day: Day) -> String? { key(on: day).map { PackKey.id(of: $0.publicKey) } }

  /// The signature of a manifest by the key of its day.
  ///
  /// - Returns: `nil` unless the manifest names that key.
  /// - Throws: swift-crypto's error; signing with a sound key does not fail.
  public func sign(_ manifest: SealedManifest) throws -> Data? {
    guard let key = key(on: manifest.day), PackKey.id(of: key.publicKey) == manifest.key else { return nil }
    return try key.signature(for: manifest.canonical())
  }

  private func key(on day: Day) -> Curve25519.Signing.PrivateKey? { keys.last { $0.firstDay <= day }?.key }

  /// The text of a key file with a new random key behind those that it has.
  ///
  /// - Parameters:
  ///   - text: the file's text; empty for a new file.
  ///   - day: the first day on which the new key signs.
  public static func adding(to text: String, from day: Day) throws(Failure) -> String {
    let line = "\(day.iso) \(Curve25519.Signing.PrivateKey().rawRepresentation.hex)\n"
    let joined = (text.isEmpty || text.last?.isNewline == true ? text : text + "\n") + line
    _ = try PackSigningKeys(text: joined)
    return joined
  }
}
