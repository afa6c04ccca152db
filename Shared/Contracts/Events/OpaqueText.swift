/// The form of the suite's own identifiers of people: a letter that says of what kind it is, and nine characters of
/// Crockford's base 32.
enum OpaqueText {
  /// Digits and lower-case letters without i, l, o and u.
  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".unicodeScalars)

  /// The text when it is of the exact form. Every event of marks holds hundreds of identifiers: what is no string yet is
  /// made one first, so that this reads bytes.
  static func checked(_ text: String, letter: Unicode.Scalar) -> String? {
    var text = text
    let isWellFormed = text.withUTF8 { bytes in
      bytes.count == 10 && bytes[0] == UInt8(ascii: letter) && bytes.dropFirst().allSatisfy(isInAlphabet)
    }
    return isWellFormed ? text : nil
  }

  private static func isInAlphabet(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "i"), UInt8(ascii: "l"), UInt8(ascii: "o"), UInt8(ascii: "u"): false
    case UInt8(ascii: "a")...UInt8(ascii: "z"): true
    default: false
    }
  }

  /// A new text from 45 random bits.
  static func random(letter: Unicode.Scalar, using generator: inout some RandomNumberGenerator) -> String {
    var bits = generator.next() as UInt64
    var text = String(letter)
    for _ in 0..<9 {
      text.unicodeScalars.append(alphabet[Int(bits & 31)])
      bits >>= 5
    }
    return text
  }
}
