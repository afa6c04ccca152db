public import Rulebook
import Search

extension Sex {
  /// Reads `F` and `M`, the words, and the numbers of the national data standards (1 male, 2 female).
  init?(written text: String) {
    switch text.lowercased() {
    case "f", "female", "girl", "2": self = .female
    case "m", "male", "boy", "1": self = .male
    default: return nil
    }
  }

  /// Whether a text says that the sex is not known or not stated.
  static func isNotKnown(_ text: String) -> Bool {
    ["u", "x", "0", "9", "-", "?", "n/a", "unknown", "not known", "not stated", "unspecified", "not specified", "null"]
      .contains(text.lowercased())
  }
}

extension RegistrationStatus {
  /// Reads `single`, `main` and `subsidiary`, as they are or as systems name them. `C` and `M` are those of the national
  /// data set; its `S` could also be short for single and is not read.
  init?(written text: String) {
    switch text.lowercased().filter({ $0.isLetter }) {
    case "single", "singleregistration", "current", "currentsingle", "currentsingleregistration", "c": self = .single
    case "main", "maindualregistration", "currentmain", "currentmaindualregistration", "dualmain", "maindual", "m":
      self = .main
    case "subsidiary", "subsidiarydualregistration", "currentsubsidiary", "currentsubsidiarydualregistration",
      "dualsubsidiary", "subsidiarydual":
      self = .subsidiary
    default: return nil
    }
  }
}

extension DeletionGround {
  /// Reads `a` to `o`, also as `(a)`, `9(1)(a)` or `ground a`.
  init?(written text: String) {
    var word = text.lowercased().filter { !$0.isWhitespace && $0 != "." }
    for prefix in ["regulation", "reg", "ground", "paragraph", "para"] where word.hasPrefix(prefix) && word != prefix {
      word.removeFirst(prefix.count)
    }
    if word.hasPrefix("9(1)") { word.removeFirst(4) }
    if word.hasPrefix("("), word.hasSuffix(")") { word = String(word.dropFirst().dropLast()) }
    self.init(rawValue: word)
  }
}

extension UPN {
  /// The authority of numbers that nobody gave: there is no authority 000.
  private static let noAuthority = "000"

  /// Whether the register made it for a child that has none yet. It is never handed out as the child's number.
  public var isProvisional: Bool { Self.isProvisional(text) }

  /// The same of a text.
  public static func isProvisional(_ text: String) -> Bool {
    text.utf8.count == 13 && text.dropFirst().hasPrefix(noAuthority)
  }

  /// The number under which a child without one is entered at a school. The same child of the same school always gets
  /// the same, so that its next row finds it, with its own number too. It is a temporary number: it ends in a letter, and
  /// never takes the place of another.
  public static func provisional(
    at school: URN, givenName: String, familyName: String, dateOfBirth: Day
  ) -> UPN {
    let key = [school.text, NameFolding.fold(givenName), NameFolding.fold(familyName), dateOfBirth.iso]
    // FNV-1a: the same on every machine and in every version.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in key.joined(separator: "|").utf8 {
      hash ^= UInt64(byte)
      hash &*= 0x100_0000_01B3
    }
    hash ^= hash >> 32
    let digits = String(hash % 100_000_000)
    let letters = Array("ABCDEFGHJKLMNPQRTUVWXYZ".utf8)
    let last = letters[Int((hash / 100_000_000) % UInt64(letters.count))]
    let body =
      Array(noAuthority.utf8) + Array(repeating: UInt8(ascii: "0"), count: 8 - digits.utf8.count)
      + Array(digits.utf8) + [last]
    guard let letter = checkLetter(of: body), let upn = try? UPN(String(decoding: [letter] + body, as: UTF8.self))
    else {
      preconditionFailure("eleven digits and a letter always have a check letter")
    }
    return upn
  }
}
