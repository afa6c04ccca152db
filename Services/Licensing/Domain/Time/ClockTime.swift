/// A time of day as a clock in England shows it, in minutes since midnight: 0 to 1440, the last being the end of the day.
public struct ClockTime: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// Since midnight.
  public let minutes: Int

  /// `nil` outside one day.
  public init?(minutes: Int) {
    guard 0...1440 ~= minutes else { return nil }
    self.minutes = minutes
  }

  /// A time of a table: hours 0 to 24, minutes 0 to 59.
  init(_ hour: Int, _ minute: Int) { minutes = hour * 60 + minute }

  /// Reads `HH:MM` and nothing else.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":") else { return nil }
    let digits = [bytes[0], bytes[1], bytes[3], bytes[4]].map { Int($0) - 0x30 }
    guard digits.allSatisfy({ 0...9 ~= $0 }), digits[2] < 6 else { return nil }
    self.init(minutes: (digits[0] * 10 + digits[1]) * 60 + digits[2] * 10 + digits[3])
  }

  /// `HH:MM`.
  public var description: String {
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(two(minutes / 60)):\(two(minutes % 60))"
  }

  public static func < (a: ClockTime, b: ClockTime) -> Bool { a.minutes < b.minutes }

  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let time = ClockTime(text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a time of day"))
    }
    self = time
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// From one time of a day to a later one; the end is not part of it.
public struct ClockSpan: Hashable, Sendable, Codable {
  /// Its first minute.
  public let from: ClockTime
  /// The end, which is not part of it.
  public let to: ClockTime
  /// In minutes.
  public var length: Int { to.minutes - from.minutes }

  /// `nil` unless it ends after it begins.
  public init?(from: ClockTime, to: ClockTime) {
    guard from < to else { return nil }
    self.from = from
    self.to = to
  }

  init(_ from: ClockTime, _ to: ClockTime) {
    self.from = from
    self.to = to
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let (from, to) = (
      try container.decode(ClockTime.self, forKey: .from), try container.decode(ClockTime.self, forKey: .to)
    )
    guard let span = ClockSpan(from: from, to: to) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "ends before it begins"))
    }
    self = span
  }

  /// Whether they have a minute in common.
  public func overlaps(_ other: ClockSpan) -> Bool { from < other.to && other.from < to }

  /// Whether every minute of another is in it.
  public func covers(_ other: ClockSpan) -> Bool { from <= other.from && other.to <= to }

  /// What is left of it without some others, in order.
  public func without(_ others: [ClockSpan]) -> [ClockSpan] {
    var left: [ClockSpan] = []
    var start = from
    for other in others.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) {
      if let part = ClockSpan(from: start, to: min(other.from, to)) { left.append(part) }
      start = max(start, other.to)
    }
    if let part = ClockSpan(from: start, to: to) { left.append(part) }
    return left
  }
}
