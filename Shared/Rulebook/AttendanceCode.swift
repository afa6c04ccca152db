/// A code of the attendance register in canonical form: any that ``CodeTables`` spells. Whether it is in force on a date,
/// and what it then means, is in ``CodeBook``.
public struct AttendanceCode: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// One printable ASCII byte a session in a pupil-year row. Codes of one character are themselves; those of two have a
  /// byte of their own. Frozen: stored rows are made of it.
  public let registerByte: UInt8

  /// What stands in a pupil-year row where there is no mark. Not a code.
  public static let noMark = UInt8(ascii: ".")

  /// The texts by register byte; empty where a byte is no code.
  private static let texts: [String] = {
    var texts = [String](repeating: "", count: 256)
    for byte in CodeTables.oneCharacter { texts[Int(byte)] = String(UnicodeScalar(byte)) }
    for (text, byte) in CodeTables.twoCharacters { texts[Int(byte)] = text }
    return texts
  }()
  private static let isOneCharacter: [Bool] = (0...255).map { CodeTables.oneCharacter.contains($0) }
  private static let pairs = CodeTables.twoCharacters.map { text, byte in (Array(text.utf8), byte) }

  /// Reads a code in any case; `nil` when it is none.
  public init?(_ token: some StringProtocol) { self.init(tokenBytes: token.utf8) }

  /// Reads a code in any case from ASCII bytes, without allocating.
  public init?(tokenBytes bytes: some Collection<UInt8>) {
    guard let first = bytes.first else { return nil }
    let upper = Self.uppercased(first)
    switch bytes.count {
    case 1:
      guard Self.isOneCharacter[Int(upper)] else { return nil }
      registerByte = upper
    case 2:
      let second = bytes[bytes.index(after: bytes.startIndex)]
      guard let pair = Self.pairs.first(where: { $0.0[0] == upper && $0.0[1] == second }) else { return nil }
      registerByte = pair.1
    default: return nil
    }
  }

  /// Reads a byte of a pupil-year row; `nil` when it is no code.
  public init?(registerByte byte: UInt8) {
    guard !Self.texts[Int(byte)].isEmpty else { return nil }
    registerByte = byte
  }

  /// The canonical text.
  public var text: String { Self.texts[Int(registerByte)] }

  public var description: String { text }

  public static func < (a: AttendanceCode, b: AttendanceCode) -> Bool { a.text < b.text }

  /// Every code that is spelt.
  public static let all: [AttendanceCode] = (0...127).compactMap { AttendanceCode(registerByte: $0) }

  private static func uppercased(_ byte: UInt8) -> UInt8 {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte ? byte - 32 : byte
  }

  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let code = AttendanceCode(text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a code"))
    }
    self = code
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
