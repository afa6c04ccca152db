/// What stands in a document where its template names a particular.
public indirect enum Filling: Hashable, Sendable, Codable {
  case text(String)
  case statement(Bool)
  /// One for a group, any number for a list.
  case rows([[String: Filling]])

  /// Fills all particulars; those that the facts do not have are absent.
  static func fill<Facts>(
    _ particulars: [Particular<Facts>], _ facts: Facts
  ) throws(LetterError) -> [String: Filling] {
    var filled: [String: Filling] = [:]
    for particular in particulars { filled[particular.outline.name] = try particular.fill(facts) }
    return filled
  }

  /// As the template engine takes it.
  var rendered: Any {
    switch self {
    case .text(let text): text
    case .statement(let isSaid): isSaid
    case .rows(let rows): rows.map { $0.mapValues(\.rendered) }
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let isSaid = try? container.decode(Bool.self) {
      self = .statement(isSaid)
    } else {
      self = .rows(try container.decode([[String: Filling]].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .statement(let isSaid): try container.encode(isSaid)
    case .rows(let rows): try container.encode(rows)
    }
  }
}

/// Texts as documents print them.
public enum LetterText {
  /// The longest text of a particular, in characters.
  public static let mostCharacters = 4_000
  /// The longest list.
  public static let mostRows = 2_000

  /// A text without control characters and without those that turn the direction of the text around them; white space
  /// is one space.
  static func clean(_ text: String, for particular: String) throws(LetterError) -> String {
    guard text.unicodeScalars.count <= mostCharacters else { throw .tooLong(particular: particular) }
    var words = String.UnicodeScalarView()
    var isSpaceDue = false
    for scalar in text.unicodeScalars where !turnsText(scalar) {
      if scalar.properties.isWhitespace || scalar.properties.generalCategory == .control {
        isSpaceDue = !words.isEmpty
      } else {
        if isSpaceDue { words.append(" ") }
        isSpaceDue = false
        words.append(scalar)
      }
    }
    return String(words)
  }

  /// Marks, embeddings, overrides and isolates (Unicode annex 9).
  private static func turnsText(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// A text as HTML. Escaped by scalars: a quotation mark with a combining mark behind it is one character of Swift and
  /// not a quotation mark. What is written from right to left is isolated from the words around it.
  public static func html(_ text: String) -> String {
    var escaped = ""
    var isRightToLeft = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
      switch scalar.value {
      case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFC, 0x10800...0x10FFF, 0x1E800...0x1EFFF: isRightToLeft = true
      default: break
      }
    }
    return isRightToLeft ? "\u{2068}\(escaped)\u{2069}" : escaped
  }

  /// A sum in words of a document: `£160`, or `£2,500.50` where there are thousands and pence.
  public static func pounds(pence: Int) -> String {
    let (whole, rest) = pence.quotientAndRemainder(dividingBy: 100)
    var pounds = ""
    for (index, digit) in String(whole).reversed().enumerated() {
      if index > 0, index.isMultiple(of: 3) { pounds.insert(",", at: pounds.startIndex) }
      pounds.insert(digit, at: pounds.startIndex)
    }
    return rest == 0 ? "£\(pounds)" : "£\(pounds).\(rest < 10 ? "0" : "")\(rest)"
  }
}
