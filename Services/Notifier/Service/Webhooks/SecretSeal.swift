import Crypto
public import Foundation
import SystemPackage

/// Encrypts signing keys at rest with a key that lies in a file of its own beside the store, so that a copy of the
/// store alone gives no secret away.
public struct SecretSeal: Sendable {
  /// Why secrets cannot be sealed or opened. No text holds one.
  public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The store holds sealed keys and the file that opens them is gone.
    case keyFileMissing(path: String)
    /// The file is not 32 bytes, or cannot be read or written.
    case keyFileUnusable(path: String)
    /// A sealed key was made with another file or was changed.
    case cannotOpen

    public var description: String {
      switch self {
      case .keyFileMissing(let path): "the key file is missing: \(path)"
      case .keyFileUnusable(let path): "the key file cannot be used: \(path)"
      case .cannotOpen: "a sealed key cannot be opened"
      }
    }
  }

  private let key: SymmetricKey

  /// - Parameters:
  ///   - path: the key file, readable by its owner only.
  ///   - mayCreate: whether a missing file is made; `false` once anything was sealed.
  public init(path: String, mayCreate: Bool) throws(Failure) {
    let bytes: Data
    if FileManager.default.fileExists(atPath: path) {
      guard let found = try? Data(contentsOf: URL(filePath: path)) else { throw .keyFileUnusable(path: path) }
      bytes = found
    } else {
      guard mayCreate else { throw .keyFileMissing(path: path) }
      bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
      try Self.create(path, bytes)
    }
    guard bytes.count == 32 else { throw .keyFileUnusable(path: path) }
    key = SymmetricKey(data: bytes)
  }

  /// The secret, encrypted and bound to the row it belongs to.
  public func seal(_ secret: Data, for row: String) throws(Failure) -> Data {
    guard let sealed = try? ChaChaPoly.seal(secret, using: key, authenticating: Data(row.utf8)) else {
      throw .cannotOpen
    }
    return sealed.combined
  }

  /// The secret of ``seal(_:for:)``.
  public func open(_ sealed: Data, for row: String) throws(Failure) -> Data {
    guard let box = try? ChaChaPoly.SealedBox(combined: sealed),
      let secret = try? ChaChaPoly.open(box, using: key, authenticating: Data(row.utf8))
    else { throw .cannotOpen }
    return secret
  }

  private static func create(_ path: String, _ bytes: Data) throws(Failure) {
    do {
      let file = try FileDescriptor.open(
        FilePath(path), .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
      try file.closeAfter { _ = try file.writeAll(bytes) }
    } catch {
      throw .keyFileUnusable(path: path)
    }
  }
}
