public import Rulebook

/// A day and a time of it as a clock in England shows them.
public struct LocalMoment: Hashable, Comparable, Sendable, Codable {
  public let day: Day
  public let time: ClockTime

  public init(_ day: Day, _ time: ClockTime) {
    self.day = day
    self.time = time
  }

  private static let separator = Character(UnicodeScalar(UInt8(ascii: "T")))

  /// Reads `YYYY-MM-DDTHH:MM` and nothing else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: Self.separator, omittingEmptySubsequences: false)
    guard parts.count == 2, let day = Day(iso: parts[0]), let time = ClockTime(parts[1]) else { return nil }
    self.init(day, time)
  }

  /// How many minutes pass until another moment; on the nights when clocks change not what they show (LIC-12).
  /// Of the hour that comes twice the first is meant.
  public func minutes(until other: LocalMoment) -> Int { other.elapsed - elapsed }

  /// Minutes of Greenwich time.
  private var elapsed: Int { Int(day.ordinal) * 1440 + time.minutes - (SummerTime.applies(self) ? 60 : 0) }

  public static func < (a: LocalMoment, b: LocalMoment) -> Bool { (a.elapsed, a.time) < (b.elapsed, b.time) }

  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let moment = LocalMoment(text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a local time"))
    }
    self = moment
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode("\(day.iso)T\(time)")
  }
}

/// A stretch of time by the clock in England.
public struct LocalSpan: Hashable, Sendable, Codable {
  public let start: LocalMoment
  public let end: LocalMoment
  /// In minutes that pass.
  public var length: Int { start.minutes(until: end) }

  /// `nil` when it ends before it starts.
  public init?(_ start: LocalMoment, _ end: LocalMoment) {
    guard start <= end else { return nil }
    self.start = start
    self.end = end
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let start = try container.decode(LocalMoment.self, forKey: .start)
    guard let span = LocalSpan(start, try container.decode(LocalMoment.self, forKey: .end)) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "ends before it starts"))
    }
    self = span
  }
}

/// When clocks are an hour ahead of Greenwich.
enum SummerTime {
  /// The months on whose last Sunday it begins and ends, and the hour that clocks show then, in minutes.
  private struct Rule {
    let begins: Int
    let ends: Int
    let changesAt: ClockTime
  }

  private static let law: Dated<Rule> = [
    InForce(
      Rule(begins: 3, ends: 10, changesAt: ClockTime(2, 0)), from: Day(year: 2002, month: 3, day: 11),
      source: "Summer Time Act 1972 as amended by the Summer Time Order 2002, SI 2002/262")
  ]

  static func applies(_ moment: LocalMoment) -> Bool {
    let rule = law.value(on: moment.day)
    let first = (lastSunday(rule.begins, moment.day), rule.changesAt)
    let last = (lastSunday(rule.ends, moment.day), rule.changesAt)
    return first <= (moment.day, moment.time) && (moment.day, moment.time) < last
  }

  private static func lastSunday(_ month: Int, _ day: Day) -> Day {
    let first = day.adding(days: 1 - day.day).adding(months: month - day.month)
    let end = first.adding(months: 1).adding(days: -1)
    return end.adding(days: -(end.weekday % 7))
  }
}
