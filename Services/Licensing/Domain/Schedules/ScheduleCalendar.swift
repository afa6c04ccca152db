import Rulebook
import SchoolFiles

/// Reads a schedule as iCalendar (RFC 5545): each event is a row, with the reference as its `SUMMARY`, what happens as its
/// `CATEGORIES`, and the date of birth as `X-BORN`. Times are of Europe/London, floating, or in UTC. What else is in a
/// calendar is passed over; an event that cannot be read costs no other.
public enum ScheduleCalendar {
  /// The longest line of a calendar, unfolded, in bytes.
  private static let longestLine = 2_000

  /// - Throws: ``ScheduleFileError``.
  public static func read(_ input: [UInt8]) throws(ScheduleFileError) -> ScheduleFile {
    let lines = unfolded(TextFile(decoding: input).bytes)
    guard lines.first.map({ $0.uppercased() }) == "BEGIN:VCALENDAR" else {
      throw .notAFile("its first line is not BEGIN:VCALENDAR")
    }
    var file = ScheduleFile()
    var event: Event?
    // What is within an event, such as an alarm, has times of its own.
    var inner = 0
    for line in lines {
      let property = Property(line)
      switch (property?.name, property?.value.uppercased()) {
      case ("BEGIN", "VEVENT") where event == nil: event = Event()
      case ("BEGIN", _) where event != nil: inner += 1
      case ("END", "VEVENT") where inner == 0:
        if let event { file.add(event.row, file.received + 1) }
        event = nil
      case ("END", _) where inner > 0: inner -= 1
      default:
        guard event != nil, inner == 0 else { continue }
        guard let property else {
          event?.isUnreadable = true
          continue
        }
        event?.take(property)
      }
      guard file.received <= ScheduleRow.mostRows else { throw .tooManyRows }
    }
    // One that has no end.
    if event != nil { file.refuse(.unreadable, file.received + 1) }
    return file
  }

  /// The lines, with those joined that go on behind a space; one that is too long is cut where it is.
  private static func unfolded(_ bytes: [UInt8]) -> [String] {
    var lines: [[UInt8]] = []
    for line in bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
      if let first = line.first, first == 32 || first == 9, !lines.isEmpty {
        let room = longestLine - lines[lines.count - 1].count
        lines[lines.count - 1] += line.dropFirst().prefix(max(0, room))
      } else {
        lines.append(Array(line.prefix(longestLine)))
      }
    }
    return lines.map { String(decoding: $0, as: UTF8.self) }
  }

  /// One line: `NAME;PARAMETER=value:value`.
  private struct Property {
    let name: String
    let parameters: [String: String]
    let value: String

    init?(_ line: String) {
      var isQuoted = false
      // By scalars: a colon with a combining mark behind it is one character of Swift and not a colon.
      guard
        let colon = line.unicodeScalars.firstIndex(where: { scalar in
          if scalar == "\"" { isQuoted.toggle() }
          return scalar == ":" && !isQuoted
        })
      else { return nil }
      let words = line[..<colon].split(separator: ";", omittingEmptySubsequences: false)
      name = words[0].uppercased()
      parameters = Dictionary(
        words.dropFirst().compactMap { word in
          word.firstIndex(of: "=").map { equals in
            (word[..<equals].uppercased(), String(word[word.index(after: equals)...].filter { $0 != "\"" }))
          }
        }
      ) { first, _ in first }
      value = String(line.unicodeScalars[line.unicodeScalars.index(after: colon)...])
    }
  }

  private struct Event {
    var isUnreadable = false
    private var repeats = false
    private var who = ""
    private var what: ScheduleRow.What?
    private var born: Result<Day, ScheduleFault>?
    private var start: Result<LocalMoment, ScheduleFault>?
    private var end: Result<LocalMoment, ScheduleFault>?

    mutating func take(_ property: Property) {
      switch property.name {
      case "SUMMARY": who = property.value
      case "CATEGORIES": what = ScheduleRow.What(rawValue: property.value.lowercased())
      case "X-BORN": born = Day(iso: property.value).map { .success($0) } ?? .failure(.born)
      case "DTSTART": start = Self.moment(property)
      case "DTEND": end = Self.moment(property)
      case "RRULE", "RDATE", "DURATION": repeats = true
      default: break
      }
    }

    var row: Result<ScheduleRow, ScheduleFault> {
      if isUnreadable { return .failure(.unreadable) }
      if repeats { return .failure(.repeats) }
      guard let what else { return .failure(.what) }
      guard let start, let end else { return .failure(.time) }
      return Result { () throws(ScheduleFault) in
        ScheduleRow(who: who, born: try born?.get(), what: what, start: try start.get(), end: try end.get())
      }
    }

    /// `20261205T143000`, with a `Z` in UTC.
    private static func moment(_ property: Property) -> Result<LocalMoment, ScheduleFault> {
      if property.parameters["VALUE"]?.uppercased() == "DATE" { return .failure(.repeats) }
      let zone = property.parameters["TZID"]
      guard zone == nil || zone == "Europe/London" else { return .failure(.otherZone) }
      let isUTC = property.value.utf8.last == 90
      let text = Array((isUTC ? property.value.dropLast() : property.value[...]).utf8)
      guard text.count == 15, text[8] == UInt8(ascii: "T") else { return .failure(.time) }
      let digits = text.enumerated().filter { $0.offset != 8 }.map { Int($0.element) - 0x30 }
      guard digits.allSatisfy({ 0...9 ~= $0 }), digits[12] < 6 else { return .failure(.time) }
      func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
      guard let day = Day(year: number(0..<4), month: number(4..<6), day: number(6..<8)), number(8..<10) < 24,
        number(10..<12) < 60, let time = ClockTime(minutes: number(8..<10) * 60 + number(10..<12))
      else { return .failure(.time) }
      return .success(isUTC ? LocalMoment(utc: day, time) : LocalMoment(day, time))
    }
  }
}
