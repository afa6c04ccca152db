import Rulebook

/// A date as somebody wrote it, taken apart without its time: three numbers, or two and a month by its name, perhaps with
/// a day of the week before them.
struct DateParts {
  /// The most bytes of a date with a time: `2026-09-07T00:00:00.000000+01:00`.
  private static let longest = 40

  let a, b, c: Int
  let isYearFirst: Bool
  /// The month, where it stands by its name.
  let month: Int?
  /// The date without the day of the week, and where the month is a name the day before it.
  let text: String
  /// From 1 for Monday; `nil` where none is written.
  private let weekday: Int?

  var year: Int { isYearFirst ? a : c < 100 && text.suffix(3).first?.isNumber == false ? 2000 + c : c }

  init?(_ cell: some Collection<UInt8>) {
    guard cell.count <= Self.longest else { return nil }
    var text = SpreadsheetCell.unwrapped(String(decoding: cell, as: UTF8.self).withoutUnseen)
    if let date = Self.withoutMidnight(text) { text = date }
    (weekday, text) = Self.withoutWeekday(text)
    text = Self.withSeparators(Self.dayFirst(text))
    guard let separator = text.first(where: { "/-. ".contains($0) }) else { return nil }
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    guard parts.count == 3, let first = Self.number(parts[0]), let last = Self.number(parts[2]) else { return nil }
    let month = Self.month(parts[1])
    guard let second = month ?? Self.number(parts[1]) else { return nil }
    (a, b, c) = (first, second, last)
    isYearFirst = parts[0].count == 4
    self.month = month
    self.text = text
    if isYearFirst {
      guard separator != " ", month == nil, parts[2].count <= 2, parts[1].count <= 2 else { return nil }
    } else {
      guard parts[0].count <= 2, month != nil || parts[1].count <= 2, parts[2].count == 4 || parts[2].count == 2,
        separator != " " || month != nil
      else { return nil }
    }
  }

  /// The day that the date is if these are its month and its day; `nil` when there is none, or it is another day of the
  /// week than is written.
  func day(month: Int, day: Int) -> Day? {
    Day(year: year, month: month, day: day).flatMap {
      weekday == nil || weekday == $0.weekday ? $0 : nil
    }
  }

  /// The day that the date is, in whatever order, and the day of the week that is written, where they contradict each
  /// other.
  var otherWeekday: (day: Day, said: String)? {
    guard let weekday else { return nil }
    let orders = isYearFirst ? [(b, c), (c, b)] : month.map { [($0, a)] } ?? [(b, a), (a, b)]
    let days = orders.compactMap { Day(year: year, month: $0.0, day: $0.1) }
    guard let first = days.first, !days.contains(where: { $0.weekday == weekday }) else { return nil }
    return (first, Self.weekdays[weekday - 1].names[0])
  }

  /// The date before a time of midnight; `nil` when there is no such time.
  private static func withoutMidnight(_ text: String) -> String? {
    guard let colon = text.firstIndex(of: ":"),
      let gap = text[..<colon].lastIndex(where: { $0 == " " || $0 == "T" || $0 == "t" })
    else { return nil }
    let time = text[text.index(after: gap)...].uppercased()
    let isMidnight =
      time.hasPrefix("00:00") || time.hasPrefix("0:00") || (time.hasPrefix("12:00") && time.hasSuffix("AM"))
    guard isMidnight, time.allSatisfy({ "0:.Z+1 2AM".contains($0) }) else { return nil }
    return String(text[..<gap])
  }

  /// `Mon 26/10/2026`, `Monday, 26 October 2026`: the day of the week, and the date behind it.
  private static func withoutWeekday(_ text: String) -> (Int?, String) {
    let word = text.prefix { $0.isLetter }
    guard let place = weekdays.firstIndex(where: { $0.isNamed(word) }) else { return (nil, text) }
    return (place + 1, String(text[word.endIndex...].drop { " ,.".contains($0) }))
  }

  /// `26th October 2026`, `26 of October, 2026` and `October 26, 2026` as `26 October 2026`; anything else as it is.
  private static func dayFirst(_ text: String) -> String {
    let words = text.split { $0 == " " || $0 == "," }.filter { $0.lowercased() != "of" }
    guard words.count == 3 else { return text }
    let (day, name) = month(words[0]) == nil ? (words[0], words[1]) : (words[1], words[0])
    let digits = day.prefix { $0.isASCII && $0.isNumber }
    guard month(name) != nil, !digits.isEmpty, ordinals.contains(day[digits.endIndex...].lowercased()) else {
      return text
    }
    return "\(digits) \(name) \(words[2])"
  }

  /// `20260907` as `2026-09-07`; anything else as it is.
  private static func withSeparators(_ text: String) -> String {
    let isNumber = text.utf8.count == 8 && text.utf8.allSatisfy { 0x30...0x39 ~= $0 }
    guard isNumber, ["19", "20"].contains(text.prefix(2)) else { return text }
    return "\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.suffix(2))"
  }

  private static let ordinals: Set = ["", "st", "nd", "rd", "th"]

  /// One of the days of the week, or of the months.
  private struct Name {
    /// The first in full.
    let names: [String]

    init(_ names: String...) { self.names = names }

    /// Names in full, by three letters, or by another usual abbreviation.
    func isNamed(_ word: some StringProtocol) -> Bool {
      let word = word.lowercased()
      return names.contains { $0.lowercased() == word } || names[0].prefix(3).lowercased() == word
    }
  }

  private static let weekdays = [
    Name("Monday"), Name("Tuesday", "Tues"), Name("Wednesday", "Weds"), Name("Thursday", "Thur", "Thurs"),
    Name("Friday"), Name("Saturday"), Name("Sunday"),
  ]
  static func isWeekday(_ text: some StringProtocol) -> Bool { weekdays.contains { $0.isNamed(text) } }

  private static let months = [
    Name("January"), Name("February"), Name("March"), Name("April"), Name("May"), Name("June"), Name("July"),
    Name("August"), Name("September", "Sept"), Name("October"), Name("November"), Name("December"),
  ]

  private static func month(_ text: some StringProtocol) -> Int? {
    months.firstIndex { $0.isNamed(text) }.map { $0 + 1 }
  }

  private static func number(_ text: Substring) -> Int? {
    guard 1...4 ~= text.utf8.count, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    return Int(text)
  }
}

extension DateColumn {
  /// Whether a text is written as a date, whichever day it is and in whatever order.
  public static func isDate(_ text: some StringProtocol) -> Bool { DateParts(text.utf8) != nil }

  /// Whether a text is a day of the week, in full or abbreviated.
  public static func isWeekday(_ text: some StringProtocol) -> Bool { DateParts.isWeekday(text) }
}
