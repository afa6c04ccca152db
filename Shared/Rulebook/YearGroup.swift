/// A national curriculum year group: nursery N1 and N2, reception R, then 1 to 14.
public struct YearGroup: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// -2 for N1, -1 for N2, 0 for reception, then the year's number.
  public let number: Int

  /// `nil` outside -2 to 14.
  public init?(number: Int) {
    guard (-2...14).contains(number) else { return nil }
    self.number = number
  }

  /// Reads `N1`, `N2`, `R` or `1` to `14`, in any case, also as `Y8`, `Year 8` or `Reception`; `nil` for anything else.
  public init?(_ text: some StringProtocol) {
    var word = text.uppercased().filter { $0 != " " }
    if word.hasPrefix("YEAR") { word.removeFirst(4) } else if word.hasPrefix("Y") { word.removeFirst() }
    switch word {
    case "N1", "E1": number = -2
    case "N2", "N", "E2", "NURSERY": number = -1
    case "R", "0", "RECEPTION": number = 0
    default:
      guard word.utf8.count <= 2, let value = Int(word), (1...14).contains(value) else { return nil }
      number = value
    }
  }

  /// The group in which children of an age are taught in a school year: reception from the September after the fourth
  /// birthday. `nil` for those too young or too old.
  public init?(dateOfBirth: Day, in year: SchoolYear) {
    self.init(number: year.startYear - Self.receptionYear(dateOfBirth: dateOfBirth))
  }

  /// The start of the school year in which a child is in reception.
  static func receptionYear(dateOfBirth: Day) -> Int {
    dateOfBirth.month >= 9 ? dateOfBirth.year + 5 : dateOfBirth.year + 4
  }

  /// The group so many school years later; `nil` beyond the last.
  public func advanced(years: Int) -> YearGroup? { YearGroup(number: number + years) }

  /// `N1`, `N2`, `R`, `1` to `14`.
  public var text: String {
    switch number {
    case -2: "N1"
    case -1: "N2"
    case 0: "R"
    default: String(number)
    }
  }

  public var description: String { text }

  public static func < (a: YearGroup, b: YearGroup) -> Bool { a.number < b.number }

  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let value = YearGroup(text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a year group"))
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
