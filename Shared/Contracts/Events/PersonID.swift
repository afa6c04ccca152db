/// The suite's own opaque identifier of a parent or another contact of a child within an authority: `c` and nine
/// characters of Crockford's base 32. It says nothing about the person. One person may have several, until somebody
/// decides that they are one: then the smallest of them stands for all.
public struct PersonID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// What a valid identifier matches.
  public static let pattern = "^c[0-9a-hjkmnp-tv-z]{9}$"

  public let text: String

  /// `nil` unless the text is of the exact form.
  public init?(_ text: some StringProtocol) { self.init(String(text)) }

  /// `nil` unless the text is of the exact form.
  public init?(_ text: String) {
    guard let text = OpaqueText.checked(text, letter: "c") else { return nil }
    self.text = text
  }

  /// A new identifier from 45 random bits. The caller checks that it is not taken.
  public static func random(using generator: inout some RandomNumberGenerator) -> PersonID {
    PersonID(checked: OpaqueText.random(letter: "c", using: &generator))
  }

  private init(checked: String) { text = checked }

  public var description: String { text }

  public static func < (a: PersonID, b: PersonID) -> Bool { a.text < b.text }

  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let value = PersonID(text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a person id"))
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
