import Crypto
public import Foundation
public import Rulebook
import Store

/// The national root: the key that signs the directory of all authorities. Its file lies on a machine without a network;
/// what leaves it is the signed directory, and the public key that every authority has in its settings.
public struct DirectoryRoot: Sendable {
  private let key: Curve25519.Signing.PrivateKey

  private static let signedAs = Data("uk.everyschoolday national.cme directory v1\n".utf8)

  /// Reads the file with the secret key, which its owner alone may read.
  ///
  /// - Throws: ``AlertKeyFault``.
  public init(path: String) throws(AlertKeyFault) {
    let words = try KeyFile.text(path, isSecret: true).split(whereSeparator: \.isWhitespace)
    guard words.count == 2, words[0] == "root", let bytes = Data(digits: words[1]) else { throw .malformed(line: 1) }
    do { key = try Curve25519.Signing.PrivateKey(rawRepresentation: bytes) } catch { throw .malformed(line: 1) }
  }

  /// Makes a file with a new secret key unless there is one.
  ///
  /// - Throws: ``AlertKeyFault/unreadable(path:)`` when it cannot be made.
  public static func make(path: String) throws(AlertKeyFault) {
    guard !FileManager.default.fileExists(atPath: path) else { return }
    try KeyFile.write("root \(Curve25519.Signing.PrivateKey().rawRepresentation.hex)\n", path: path)
  }

  /// The public key, as the setting of every authority has it.
  public var publicKey: Data { key.publicKey.rawRepresentation }
  public var publicDigits: String { publicKey.hex }
  /// What is read aloud to compare it.
  public var fingerprint: String { KeyFile.readAloud(publicKey) }

  /// Signs the lines of all authorities as a directory. Their order does not matter.
  ///
  /// - Parameter number: one more than that of the directory before.
  /// - Throws: ``AlertKeyFault`` for what is no line of a directory, or stands there twice.
  public func sign(_ lines: [String], number: Int, on day: Day) throws(AlertKeyFault) -> String {
    guard Set(lines).count == lines.count else { throw .repeated }
    let body = "directory \(number) \(day.iso)\n" + lines.sorted().map { $0 + "\n" }.joined()
    let signature: Data
    do { signature = try key.signature(for: Self.signedAs + Data(body.utf8)) } catch { throw .unsigned }
    let text = body + "signature \(signature.hex)\n"
    _ = try KeyDirectory(text: text, roots: [publicKey])
    return text
  }

  /// What stands at the head of a directory.
  struct Head: Hashable, Sendable {
    let number: Int
    let signed: Day
  }

  /// The lines of keys of a signed directory.
  ///
  /// - Throws: ``AlertKeyFault/unsigned`` unless one of the roots signed every byte before the signature.
  static func proven(_ text: String, by roots: [Data]) throws(AlertKeyFault) -> (head: Head, lines: String) {
    let lines = text.split(separator: "\n", maxSplits: KeyFile.mostLines + 2, omittingEmptySubsequences: false)
    guard lines.count >= 3, lines.last?.isEmpty == true, let last = lines.dropLast().last,
      last.hasPrefix("signature "), let signature = Data(digits: last.dropFirst("signature ".count))
    else { throw .unsigned }
    let rest = lines.dropLast(2)
    let body = Data(rest.map { $0 + "\n" }.joined().utf8)
    let isSigned = roots.contains { root in
      (try? Curve25519.Signing.PublicKey(rawRepresentation: root))?.isValidSignature(signature, for: signedAs + body)
        ?? false
    }
    guard isSigned else { throw .unsigned }
    let words = rest[0].split(separator: " ")
    guard words.count == 3, words[0] == "directory", let number = Int(words[1]), number > 0,
      let day = Day(iso: words[2])
    else { throw .malformed(line: 1) }
    // The head becomes a comment, so that faults name the file's own lines.
    return (Head(number: number, signed: day), (["#"] + rest.dropFirst()).joined(separator: "\n"))
  }

  /// The lines of keys of a directory, for the next one.
  ///
  /// - Throws: ``AlertKeyFault``.
  public func lines(of text: String) throws(AlertKeyFault) -> (number: Int, lines: [String]) {
    let (head, lines) = try Self.proven(text, by: [publicKey])
    return (head.number, lines.split(separator: "\n").dropFirst().map(String.init))
  }

  /// Reads public keys of the root as a setting has them: 64 hexadecimal digits each, with commas between.
  ///
  /// - Throws: ``AlertKeyFault/malformed(line:)``.
  public static func publicKeys(_ setting: String) throws(AlertKeyFault) -> [Data] {
    var keys: [Data] = []
    for text in setting.split(separator: ",") {
      guard let key = Data(digits: text[...]), key.count == 32 else { throw .malformed(line: 1) }
      keys.append(key)
    }
    return keys
  }
}
