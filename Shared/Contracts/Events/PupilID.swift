/// The suite's own opaque identifier of a child within an authority: `p` and nine characters of Crockford's base 32.
/// It says nothing about the child and is the only thing about one that may stand in a URL.
public struct PupilID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// What a valid identifier matches.
  public static let pattern = "^p[0-9a-hjkmnp-tv-z]{9}$"

  public let text: String

  /// `nil` unless the text is of the exact form.
  public init?(_ text: some StringProtocol) { self.init(String(text)) }

  /// `nil` unless the text is of the exact form.
  public init?(_ text: String) {
    guard let text = OpaqueText.checked(text, letter: "p") else { return nil }
    self.text = text
  }

  /// A new identifier from 45 random bits. The caller checks that it is not taken.
  public static func random(using generator: inout some RandomNumberGenerator) -> PupilID {
    PupilID(checked: OpaqueText.random(letter: "p", using: &generator))
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
