import Crypto
import Foundation
import Store

/// The keys of backups: who makes them has the public half alone and cannot read them again.
enum BackupKey {
  /// How many bytes a key has.
  private static let bytes = 32

  /// Makes a key file, for its owner alone; one that is there stays.
  ///
  /// - Returns: the public half, 64 hexadecimal digits.
  static func make(path: String) throws -> String {
    if !FileManager.default.fileExists(atPath: path) {
      let key = Curve25519.KeyAgreement.PrivateKey()
      try StateFolder(path: (path as NSString).deletingLastPathComponent).write(
        Data((key.rawRepresentation.hex + "\n").utf8), to: path)
    }
    return try secret(path: path).publicKey.rawRepresentation.hex
  }

  static func secret(path: String) throws -> Curve25519.KeyAgreement.PrivateKey {
    let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    guard let digits = Data(hex: text.trimmingCharacters(in: .whitespacesAndNewlines)), digits.count == bytes,
      let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: digits)
    else { throw SuiteError.invalid("\(path) is not a backup key. Make one with suite backup-key --out FILE") }
    guard let mode = FileMode.read(path), mode & 0o077 == 0 else {
      throw SuiteError.invalid("others can use the backup key \(path). Run chmod 600 on it")
    }
    return key
  }

  static func recipient(_ text: String) throws -> Curve25519.KeyAgreement.PublicKey {
    guard let digits = Data(hex: text), digits.count == bytes,
      let key = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: digits)
    else { throw SuiteError.invalid("--to must be the 64 digits that suite backup-key prints") }
    return key
  }
}
