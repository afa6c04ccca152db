/// The suite's own opaque identifier of a child within an authority: `p` and nine characters of Crockford's base 32.
/// It says nothing about the child and is the only thing about one that may stand in a URL.
public struct PupilID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// Digits and lower-case letters without i, l, o and u.
  public static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
  /// What a valid identifier matches.
  public static let pattern = "^p[0-9a-hjkmnp-tv-z]{9}$"

  public let text: String

  /// `nil` unless the text is of the exact form.
  public init?(_ text: some StringProtocol) { self.init(String(text)) }

  /// `nil` unless the text is of the exact form. Every event of marks holds hundreds of identifiers: what is no string
  /// yet is made one first, so that this reads bytes.
  public init?(_ text: String) {
    var text = text
    let isWellFormed = text.withUTF8 { bytes in
      bytes.count == 10 && bytes[0] == UInt8(ascii: "p") && bytes.dropFirst().allSatisfy(Self.isInAlphabet)
    }
    guard isWellFormed else { return nil }
    self.text = text
  }

  private static func isInAlphabet(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "i"), UInt8(ascii: "l"), UInt8(ascii: "o"), UInt8(ascii: "u"): false
    case UInt8(ascii: "a")...UInt8(ascii: "z"): true
    default: false
    }
  }

  /// A new identifier from 45 random bits. The caller checks that it is not taken.
  public static func random(using generator: inout some RandomNumberGenerator) -> PupilID {
    var bits = generator.next() as UInt64
    var text = "p"
    for _ in 0..<9 {
      text.unicodeScalars.append(Unicode.Scalar(alphabet[Int(bits & 31)]))
      bits >>= 5
    }
    return PupilID(checked: text)
  }

  private init(checked: String) { text = checked }

  public var description: String { text }

  public static func < (a: PupilID, b: PupilID) -> Bool { a.text < b.text }

  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let value = PupilID(text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a pupil id"))
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
