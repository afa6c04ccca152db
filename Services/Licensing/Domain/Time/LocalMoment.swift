public import Rulebook

/// A day and a time of it as a clock in England shows them.
public struct LocalMoment: Hashable, Comparable, Sendable, Codable {
  public let day: Day
  public let time: ClockTime
  /// Minutes of Greenwich time.
  private let elapsed: Int

  public init(_ day: Day, _ time: ClockTime) {
    self.day = day
    self.time = time
    elapsed = Int(day.ordinal) * 1440 + time.minutes - (SummerTime.applies(on: day, at: time) ? 60 : 0)
  }

  /// A moment of Greenwich time. Of the hour that comes twice the second cannot be said and is its end.
  public init(utc day: Day, _ time: ClockTime) {
    self = Self.at(Int(day.ordinal) * 1440 + time.minutes)
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

  /// The moment so many minutes later, as they pass. In the hour that the clock shows a second time nothing can be said:
  /// it is the end of that hour.
  ///
  /// - Parameter atMost: whether it is the last minute before that hour instead.
  public func adding(minutes: Int, atMost: Bool = false) -> LocalMoment { Self.at(elapsed + minutes, atMost: atMost) }

  private static func at(_ elapsed: Int, atMost: Bool = false) -> LocalMoment {
    for moment in [elapsed + 60, elapsed].map(shown) where moment.elapsed == elapsed { return moment }
    let end = SummerTime.changes
    return LocalMoment(shown(elapsed).day, atMost ? ClockTime(0, end.minutes - 1) : end)
  }

  /// What a clock that counts so many minutes shows.
  private static func shown(_ minutes: Int) -> LocalMoment {
    let time = ((minutes % 1440) + 1440) % 1440
    return LocalMoment(Day(ordinal: Int32((minutes - time) / 1440)), ClockTime(time / 60, time % 60))
  }

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

  /// The stretches of each day that it touches; times that the clock shows.
  public var pieces: [(day: Day, span: ClockSpan)] {
    (0...(end.day - start.day)).compactMap { offset in
      let day = start.day.adding(days: offset)
      let from = offset == 0 ? start.time : ClockTime(0, 0)
      return ClockSpan(from: from, to: day == end.day ? end.time : ClockTime(24, 0)).map { (day, $0) }
    }
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

  /// The hour at which clocks change.
  static var changes: ClockTime { law[0].value.changesAt }

  static func applies(on day: Day, at time: ClockTime) -> Bool {
    let rule = law.value(on: day)
    let month = day.month
    guard month == rule.begins || month == rule.ends else { return rule.begins < month && month < rule.ends }
    let isAfter = (lastSunday(ofMonth: day), rule.changesAt) <= (day, time)
    return month == rule.begins ? isAfter : !isAfter
  }

  private static func lastSunday(ofMonth day: Day) -> Day {
    let end = day.adding(days: 1 - day.day).adding(months: 1).adding(days: -1)
    return end.adding(days: -(end.weekday % 7))
  }
}
