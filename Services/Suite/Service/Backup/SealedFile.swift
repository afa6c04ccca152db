import Crypto
import Foundation

/// A file sealed to a public key by HPKE (RFC 9180: X25519, HKDF-SHA256, ChaCha20-Poly1305), part by part: what is
/// changed, left out, put elsewhere or cut off shows.
enum SealedFile {
  private static let suite = HPKE.Ciphersuite.Curve25519_SHA256_ChachaPoly
  private static let magic = Data("ESD backup 1\n".utf8)
  private static let keyBytes = 32
  private static let partBytes = 1 << 20
  private static let tagBytes = 16

  /// Set in the size of the last part.
  private static let lastMark: UInt32 = 1 << 31

  /// The parts are numbered by HPKE itself; the last one says so.
  private static func aad(isLast: Bool) -> Data { Data([isLast ? 1 : 0]) }

  /// Seals a head and a file.
  static func seal(
    _ head: Data, _ path: String, to key: Curve25519.KeyAgreement.PublicKey, into target: String
  ) throws {
    guard FileManager.default.createFile(atPath: target, contents: nil, attributes: [.posixPermissions: 0o600]),
      let output = FileHandle(forWritingAtPath: target), let input = FileHandle(forReadingAtPath: path)
    else { throw SuiteError.unexpected("\(target) cannot be written") }
    defer {
      try? output.close()
      try? input.close()
    }
    var sender = try HPKE.Sender(recipientKey: key, ciphersuite: suite, info: magic)
    try output.write(contentsOf: magic + sender.encapsulatedKey)
    var part = head
    var isLast = false
    while !isLast {
      let next = try input.read(upToCount: partBytes) ?? Data()
      isLast = next.isEmpty
      let sealed = try sender.seal(part, authenticating: aad(isLast: isLast))
      let size = UInt32(sealed.count) | (isLast ? lastMark : 0)
      try output.write(contentsOf: Data(withUnsafeBytes(of: size.bigEndian) { Array($0) }) + sealed)
      part = next
    }
    try output.synchronize()
  }

  /// Opens a file into another.
  ///
  /// - Returns: its head.
  /// - Throws: ``SuiteError/invalid(_:)`` when it is not what was sealed to the key.
  static func open(
    _ path: String, with key: Curve25519.KeyAgreement.PrivateKey, into target: String
  ) throws -> Data {
    guard let input = FileHandle(forReadingAtPath: path) else { throw SuiteError.invalid("\(path) cannot be read") }
    guard FileManager.default.createFile(atPath: target, contents: nil, attributes: [.posixPermissions: 0o600]),
      let output = FileHandle(forWritingAtPath: target)
    else { throw SuiteError.unexpected("\(target) cannot be written") }
    defer {
      try? output.close()
      try? input.close()
    }
    let damaged = SuiteError.invalid("\(path) is damaged, is no backup, or was sealed to another key")
    guard try input.read(upToCount: magic.count) == magic, let sent = try input.read(upToCount: keyBytes),
      var recipient = try? HPKE.Recipient(
        privateKey: key, ciphersuite: suite, info: magic, encapsulatedKey: sent)
    else { throw damaged }
    var head: Data?
    var isLast = false
    while !isLast {
      guard let bytes = try input.read(upToCount: 4), bytes.count == 4 else { throw damaged }
      let size = bytes.reduce(0) { $0 << 8 | UInt32($1) }
      isLast = size & lastMark != 0
      let count = Int(size & ~lastMark)
      guard (tagBytes...partBytes + tagBytes).contains(count), let sealed = try input.read(upToCount: count),
        sealed.count == count, let part = try? recipient.open(sealed, authenticating: aad(isLast: isLast))
      else { throw damaged }
      if head == nil { head = part } else { try output.write(contentsOf: part) }
    }
    guard let head, try input.read(upToCount: 1)?.isEmpty ?? true else { throw damaged }
    try output.synchronize()
    return head
  }
}
