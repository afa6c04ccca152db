public import Rulebook

/// The number of an issued document: authority, service, school year, running number and check character, for example
/// `880-EN-2627-000042-B`. It names nobody, so that it may stand in the name of a file, a payment reference and a log.
///
/// The check character is that of ISO/IEC 7064, MOD 37,36, over the letters and digits before it: it finds every single
/// wrong character and nearly every two that were transposed (DOC-1).
public struct DocumentNumber: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The largest running number of a service in one school year.
  public static let most = 999_999

  public let text: String

  /// - Parameter running: 1 to ``most``.
  public init(authority: AuthorityCode, service: ServiceName, year: SchoolYear, running: Int) {
    self.init(authority: authority, series: Self.letters(service), year: year, running: running)
  }

  /// A number of a series that has letters of its own.
  ///
  /// - Parameters:
  ///   - series: two capital letters, no service's.
  ///   - running: 1 to ``most``.
  public init(authority: AuthorityCode, series: String, year: SchoolYear, running: Int) {
    func two(_ year: Int) -> String { String(String(100 + year % 100).suffix(2)) }
    let parts = [
      authority.text, series, two(year.startYear) + two(year.startYear + 1),
      String(String(1_000_000 + running).suffix(6)),
    ]
    let check = Self.checkCharacter(of: parts.joined()).map(String.init)
    text = (parts + [check].compactMap { $0 }).joined(separator: "-")
  }

  /// Reads a number as people write it: small letters, spaces and absent hyphens are taken.
  ///
  /// - Returns: `nil` when it is not of the form, or its check character is wrong.
  public init?(_ text: some StringProtocol) {
    let bytes = text.utf8.lazy.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "-") }.prefix(Self.length + 1)
    self.init(compact: bytes.map { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 ? $0 - 32 : $0 })
  }

  /// A number as the bytes of its capital letters and digits, without hyphens; `nil` when it is none.
  public init?(compact: [UInt8]) {
    guard compact.count == Self.length else { return nil }
    for (place, byte) in compact.enumerated() {
      let isDigit = UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
      let isLetter = UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
      guard Self.letterPlaces ~= place ? isLetter : isDigit || isLetter && place == Self.length - 1 else { return nil }
    }
    guard let check = Self.check(compact.dropLast()), check == compact.last else { return nil }
    var text = String(decoding: compact, as: UTF8.self)
    for place in Self.breaks.reversed() { text.insert("-", at: text.index(text.startIndex, offsetBy: place)) }
    self.text = text
  }

  /// How many letters and digits a number has, and where the service's letters and the hyphens stand in it.
  public static let length = 16
  private static let letterPlaces = 3..<5
  private static let breaks = [3, 5, 9, 15]

  public var description: String { text }

  /// The first two letters of the service's name.
  static func letters(_ service: ServiceName) -> String { service.rawValue.prefix(2).uppercased() }

  /// - Parameter body: digits and capital letters.
  /// - Returns: `nil` when there is another character.
  private static func check(_ body: some Sequence<UInt8>) -> UInt8? {
    var product = 36
    for byte in body {
      guard let value = alphabet.firstIndex(of: byte) else { return nil }
      let sum = (product + value) % 36
      product = (sum == 0 ? 36 : sum) * 2 % 37
    }
    return alphabet[(37 - product) % 36]
  }

  private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)

  /// - Parameter body: digits and capital letters.
  static func checkCharacter(of body: String) -> Character? {
    check(body.utf8).map { Character(Unicode.Scalar($0)) }
  }

  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let number = DocumentNumber(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not a document number"))
    }
    self = number
  }

  public func encode(to encoder: any Encoder) throws { try text.encode(to: encoder) }
}
