/// A code of the attendance register in canonical form: any that was ever in force. Whether it is on a date, and what
/// it then means, is in ``CodeScheme``.
public struct AttendanceCode: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// One printable ASCII byte a session in a pupil-year row. Codes of one character are themselves; C1, C2, J1 and
  /// Y1 to Y7 have a byte of their own. Frozen: stored rows are made of it.
  public let registerByte: UInt8

  /// What stands in a pupil-year row where there is no mark. Not a code.
  public static let noMark = UInt8(ascii: ".")

  private static let twoCharacter: [(String, UInt8)] = [
    ("C1", UInt8(ascii: "c")), ("C2", UInt8(ascii: "p")), ("J1", UInt8(ascii: "j")), ("Y1", UInt8(ascii: "1")),
    ("Y2", UInt8(ascii: "2")), ("Y3", UInt8(ascii: "3")), ("Y4", UInt8(ascii: "4")), ("Y5", UInt8(ascii: "5")),
    ("Y6", UInt8(ascii: "6")), ("Y7", UInt8(ascii: "7")),
  ]

  /// Reads a code in any case; `nil` when it never was one.
  public init?(_ token: some StringProtocol) { self.init(tokenBytes: token.utf8) }

  /// Reads a code in any case from ASCII bytes, without allocating.
  public init?(tokenBytes bytes: some Collection<UInt8>) {
    guard let first = bytes.first else { return nil }
    let upper = Self.uppercased(first)
    switch bytes.count {
    case 1:
      guard Self.isOneCharacter(upper) else { return nil }
      registerByte = upper
    case 2:
      let second = bytes[bytes.index(after: bytes.startIndex)]
      switch (upper, second) {
      case (UInt8(ascii: "C"), UInt8(ascii: "1")): registerByte = UInt8(ascii: "c")
      case (UInt8(ascii: "C"), UInt8(ascii: "2")): registerByte = UInt8(ascii: "p")
      case (UInt8(ascii: "J"), UInt8(ascii: "1")): registerByte = UInt8(ascii: "j")
      case (UInt8(ascii: "Y"), UInt8(ascii: "1")...UInt8(ascii: "7")): registerByte = second
      default: return nil
      }
    default: return nil
    }
  }

  /// Reads a byte of a pupil-year row; `nil` when it is no code.
  public init?(registerByte byte: UInt8) {
    guard Self.isOneCharacter(byte) || Self.twoCharacter.contains(where: { $0.1 == byte }) else { return nil }
    registerByte = byte
  }

  /// The canonical text.
  public var text: String {
    Self.twoCharacter.first { $0.1 == registerByte }?.0 ?? String(UnicodeScalar(registerByte))
  }

  public var description: String { text }

  public static func < (a: AttendanceCode, b: AttendanceCode) -> Bool { a.text < b.text }

  /// Every code that was ever in force.
  public static let all: [AttendanceCode] = (0...127).compactMap { AttendanceCode(registerByte: $0) }

  private static func uppercased(_ byte: UInt8) -> UInt8 {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte ? byte - 32 : byte
  }

  private static func isOneCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "B")...UInt8(ascii: "Z"), UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "#"): true
    default: false
    }
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
