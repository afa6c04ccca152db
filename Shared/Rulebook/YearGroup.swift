/// A national curriculum year group: nursery N1 and N2, reception R, then 1 to 14.
public struct YearGroup: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// -2 for N1, -1 for N2, 0 for reception, then the year's number.
  public let number: Int

  /// `nil` outside -2 to 14.
  public init?(number: Int) {
    guard (-2...14).contains(number) else { return nil }
    self.number = number
  }

  /// Reads `N1`, `N2`, `R` or `1` to `14`, in any case, as schools and spreadsheets write them: `Y8`, `Yr 8`, `Year 08`,
  /// `NC Year 8`, `8.0`, `Reception`, `Nursery 1`; `nil` for anything else.
  public init?(_ text: some StringProtocol) {
    if let kept = Self.kept(text.utf8) {
      number = kept
      return
    }
    var word = text.uppercased().filter { !$0.isWhitespace }
    if let prefix = Self.prefixes.first(where: { word.hasPrefix($0) && word.count > $0.count }) {
      word.removeFirst(prefix.count)
    }
    if let zeros = word.firstRange(of: #/\.0+$/#) { word.removeSubrange(zeros) }
    switch word {
    case "N1", "E1", "NURSERY1": number = -2
    case "N2", "N", "E2", "NURSERY2", "NURSERY", "NUR": number = -1
    case "R", "REC", "RECEPTION": number = 0
    default:
      guard 1...3 ~= word.utf8.count, word.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let value = Int(word),
        (0...14).contains(value)
      else { return nil }
      number = value
    }
  }

  /// The number of `R`, `N1`, `N2` or `1` to `14`, as year groups are kept: a figure reads every child's.
  private static func kept(_ bytes: some Collection<UInt8>) -> Int? {
    guard 1...2 ~= bytes.count, let first = bytes.first else { return nil }
    if bytes.count == 1 {
      return first == UInt8(ascii: "R") ? 0 : UInt8(ascii: "1")...UInt8(ascii: "9") ~= first ? Int(first) - 0x30 : nil
    }
    let second = bytes[bytes.index(after: bytes.startIndex)]
    switch (first, second) {
    case (UInt8(ascii: "N"), UInt8(ascii: "1")): return -2
    case (UInt8(ascii: "N"), UInt8(ascii: "2")): return -1
    case (UInt8(ascii: "1"), UInt8(ascii: "0")...UInt8(ascii: "4")): return 10 + Int(second) - 0x30
    default: return nil
    }
  }

  /// What may stand before a year's number; the longer first.
  private static let prefixes = [
    "NATIONALCURRICULUMYEAR", "NCYEAR", "YEARGROUP", "YEAR", "YRGROUP", "YR", "Y",
  ]

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

/// The national curriculum year that a school states for a child: a year group, or one of the two values of the national
/// data set (common basic data set, *NC year*) that are none.
public enum CurriculumYear: Hashable, Sendable, Codable {
  case group(YearGroup)
  /// `M`: taught in a class of several years.
  case mixed
  /// `X`: does not follow the national curriculum; for special schools.
  case notFollowed

  /// Reads what ``YearGroup`` reads, `M` and `X`; `nil` for anything else.
  public init?(_ text: some StringProtocol) {
    switch text.uppercased().filter({ !$0.isWhitespace }) {
    case "M", "MIXED": self = .mixed
    case "X": self = .notFollowed
    default:
      guard let group = YearGroup(text) else { return nil }
      self = .group(group)
    }
  }

  /// `N1`, `N2`, `R`, `1` to `14`, `M` or `X`.
  public var text: String {
    switch self {
    case .group(let group): group.text
    case .mixed: "M"
    case .notFollowed: "X"
    }
  }

  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let value = CurriculumYear(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not a curriculum year"))
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws { try text.encode(to: encoder) }
}
