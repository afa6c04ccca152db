import Contracts
import Rulebook

/// The number of an issued document: authority, service, school year, running number and check character, for example
/// `880-EN-2627-000042-J`. It names nobody, so that it may stand in the name of a file, a payment reference and a log.
///
/// The check character is that of ISO/IEC 7064, MOD 37,36, over the letters and digits before it: it finds every single
/// wrong character and nearly every two that were transposed (DOC-1).
public struct DocumentNumber: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The largest running number of a service in one school year.
  public static let most = 999_999

  public let text: String

  /// - Parameter running: 1 to ``most``.
  init(authority: AuthorityCode, service: ServiceName, year: SchoolYear, running: Int) {
    func two(_ year: Int) -> String { String(String(100 + year % 100).suffix(2)) }
    let parts = [
      authority.text, Self.letters(service), two(year.startYear) + two(year.startYear + 1),
      String(String(1_000_000 + running).suffix(6)),
    ]
    text = (parts + [String(Self.checkCharacter(of: parts.joined()))]).joined(separator: "-")
  }

  /// Reads a number as people write it: small letters and spaces around it are taken.
  ///
  /// - Returns: `nil` when it is not of the form, or its check character is wrong.
  public init?(_ text: some StringProtocol) {
    let text = text.uppercased().filter { $0 != " " }
    guard text.wholeMatch(of: /[0-9]{3}-[A-Z]{2}-[0-9]{4}-[0-9]{6}-[0-9A-Z]/) != nil,
      text.last == Self.checkCharacter(of: text.dropLast().filter { $0 != "-" })
    else { return nil }
    self.text = text
  }

  public var description: String { text }

  /// The first two letters of the service's name.
  static func letters(_ service: ServiceName) -> String { service.rawValue.prefix(2).uppercased() }

  /// - Parameter body: digits and capital letters.
  static func checkCharacter(of body: String) -> Character {
    let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    var product = 36
    for character in body {
      let value = alphabet.firstIndex(of: character) ?? 0
      let sum = (product + value) % 36
      product = (sum == 0 ? 36 : sum) * 2 % 37
    }
    return alphabet[(37 - product) % 36]
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
