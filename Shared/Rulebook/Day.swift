/// A civil date in England, as the count of days since 1970-01-01 in the proleptic Gregorian calendar.
public struct Day: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// Days since 1970-01-01; negative before.
  public let ordinal: Int32

  public init(ordinal: Int32) { self.ordinal = ordinal }

  /// `nil` when there is no such date. Years 1900 to 2199.
  public init?(year: Int, month: Int, day: Int) {
    guard 1900...2199 ~= year, 1...12 ~= month, day >= 1, day <= Self.length(ofMonth: month, year: year) else {
      return nil
    }
    self.init(existingYear: year, month: month, day: day)
  }

  /// A date that exists, in any year: a school year reaches one year beyond the days that can be written.
  init(existingYear year: Int, month: Int, day: Int) {
    // Days from civil, after Howard Hinnant: the year begins in March, so that a leap day is its last.
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    ordinal = Int32(era * 146_097 + dayOfEra - 719_468)
  }

  /// Reads `YYYY-MM-DD` and nothing else.
  public init?(iso: some StringProtocol) { self.init(isoBytes: Array(iso.utf8)) }

  /// Reads `YYYY-MM-DD` and nothing else, from ASCII bytes.
  @inlinable
  public init?(isoBytes bytes: some Collection<UInt8>) {
    guard bytes.count == 10 else { return nil }
    var numbers = (0, 0, 0)
    var position = 0
    for byte in bytes {
      switch position {
      case 4, 7: guard byte == 0x2D else { return nil }
      default:
        guard 0x30...0x39 ~= byte else { return nil }
        let digit = Int(byte) - 0x30
        if position < 4 {
          numbers.0 = numbers.0 * 10 + digit
        } else if position < 7 {
          numbers.1 = numbers.1 * 10 + digit
        } else {
          numbers.2 = numbers.2 * 10 + digit
        }
      }
      position += 1
    }
    self.init(year: numbers.0, month: numbers.1, day: numbers.2)
  }

  /// `YYYY-MM-DD`.
  public var iso: String {
    let (year, month, day) = civil
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(year)-\(two(month))-\(two(day))"
  }

  public var description: String { iso }
  public var year: Int { civil.year }
  /// 1 to 12.
  public var month: Int { civil.month }
  /// 1 to 31.
  public var day: Int { civil.day }
  /// 1 for Monday to 7 for Sunday.
  public var weekday: Int { ((Int(ordinal) + 3) % 7 + 7) % 7 + 1 }
  /// The Monday of the day's week.
  public var monday: Day { adding(days: 1 - weekday) }

  /// The date so many days later; earlier for a negative number.
  public func adding(days: Int) -> Day { Day(ordinal: ordinal + Int32(days)) }

  /// The same day of the month so many calendar months later, clamped to the end of the month.
  public func adding(months: Int) -> Day {
    let (year, month, day) = civil
    let total = year * 12 + month - 1 + months
    let target = (year: total / 12, month: total % 12 + 1)
    let length = Self.length(ofMonth: target.month, year: target.year)
    return Day(year: target.year, month: target.month, day: min(day, length)) ?? self
  }

  /// The date on which somebody born on this day attains an age. A birthday on 29 February falls on 1 March in a
  /// common year (CSA-3).
  public func anniversary(_ years: Int) -> Day {
    let (year, month, day) = civil
    return Day(year: year + years, month: month, day: day)
      ?? Day(year: year + years, month: 3, day: 1) ?? self
  }

  /// Days from the right to the left.
  public static func - (a: Day, b: Day) -> Int { Int(a.ordinal) - Int(b.ordinal) }

  public static func < (a: Day, b: Day) -> Bool { a.ordinal < b.ordinal }

  static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private var civil: (year: Int, month: Int, day: Int) {
    let shifted = Int(ordinal) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let day = Day(iso: text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a date"))
    }
    self = day
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(iso)
  }
}
