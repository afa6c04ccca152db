import Crypto
public import Foundation
import SystemPackage

/// The secrets that the audit chain is keyed with. They lie outside the store, so that who can write to the store alone
/// cannot make a chain that looks right.
///
/// The file has one key a line, its number and 64 hexadecimal digits; lines that begin with `#` are passed over. The
/// highest number is the one that new entries are made with; the others verify what was made with them.
public struct AuditKeys: Sendable {
  /// Why keys cannot be used. Texts never hold a key.
  public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no such file, or it cannot be read.
    case unreadable(path: String)
    /// Others than its owner and group can read it, or others than its owner can write it.
    case open(path: String)
    /// A line is not a number above 0 and 64 hexadecimal digits, or a number is there twice.
    case malformed(line: Int)
    /// There is no key in it.
    case empty

    public var description: String {
      switch self {
      case .unreadable(let path):
        "the audit key file \(path) cannot be read. Make one with suite audit-key --out \(path)"
      case .open(let path): "others can use the audit key file \(path). Run chmod 600 on it"
      case .malformed(let line):
        "line \(line) of the audit key file is not a number of its own and 64 hexadecimal digits"
      case .empty: "the audit key file holds no key"
      }
    }
  }

  /// How many bytes a key has.
  public static let bytes = 32

  /// The number of the key that new entries are made with.
  public let current: Int64
  private let keys: [Int64: SymmetricKey]

  /// - Parameter keys: by number, above 0; each of ``bytes`` bytes.
  /// - Throws: ``Failure/empty``.
  public init(_ keys: [Int64: Data]) throws(Failure) {
    guard let current = keys.keys.max() else { throw .empty }
    self.current = current
    self.keys = keys.mapValues { SymmetricKey(data: $0) }
  }

  /// Reads a key file.
  public init(path: String) throws(Failure) {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw .unreadable(path: path) }
    guard let mode = FileMode.read(path), mode & 0o037 == 0 else { throw .open(path: path) }
    try self.init(try Self.parse(text))
  }

  /// The keys of a file's text.
  static func parse(_ text: String) throws(Failure) -> [Int64: Data] {
    var keys: [Int64: Data] = [:]
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.isEmpty || words[0].hasPrefix("#") { continue }
      guard words.count == 2, let number = Int64(words[0]), number > 0, keys[number] == nil,
        let key = Data(hex: words[1]), key.count == bytes
      else { throw .malformed(line: index + 1) }
      keys[number] = key
    }
    return keys
  }

  /// A line for a key file with a new random key.
  public static func newLine(number: Int64) -> String {
    "\(number) " + SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.hex + "\n"
  }

  /// The text of a key file with a new key behind those that it has.
  ///
  /// - Parameter text: the file's text; empty for a new file.
  public static func adding(to text: String) throws(Failure) -> String {
    let last = try parse(text).keys.max() ?? 0
    return (text.isEmpty || text.last?.isNewline == true ? text : text + "\n") + newLine(number: last + 1)
  }

  /// Whether there is a key of the number.
  func has(_ number: Int64) -> Bool { keys[number] != nil }

  /// The code of a message under a key; `nil` when there is no such key.
  func code(_ message: Data, key number: Int64) -> Data? {
    keys[number].map { Data(HMAC<SHA256>.authenticationCode(for: message, using: $0)) }
  }
}

extension Data {
  /// Reads hexadecimal digits; `nil` when they are none or an odd number of them.
  public init?(hex text: some StringProtocol) {
    let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue.map(UInt8.init) }
    guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
    self.init(stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
  }

  /// As lower-case hexadecimal digits.
  public var hex: String {
    map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
