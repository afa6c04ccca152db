public import Foundation
import Rulebook

/// A moment in UTC, to the millisecond, as it travels in events: RFC 3339.
public struct Timestamp: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public let millis: Int64

  public init(millis: Int64) { self.millis = millis }

  /// The moment, rounded down to the millisecond.
  public init(_ date: Date) { millis = Int64((date.timeIntervalSince1970 * 1000).rounded(.down)) }

  /// Reads RFC 3339 with or without a fraction, in any offset, in the years of ``Day``; `nil` when it is something
  /// else. What is finer than a millisecond is cut off; a leap second is refused.
  public init?(_ text: String) {
    let bytes = Array(text.utf8.prefix(Self.maximumBytes + 1))
    guard 20...Self.maximumBytes ~= bytes.count, let day = Day(isoBytes: bytes[0..<10]),
      bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"),
      let clock = Self.minutes(bytes[11..<16]), bytes[16] == UInt8(ascii: ":"),
      let seconds = Self.number(bytes[17..<19]), seconds < 60
    else { return nil }
    var rest = bytes[19...]
    var fraction = 0
    if rest.first == UInt8(ascii: ".") {
      let digits = rest.dropFirst().prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
      guard !digits.isEmpty else { return nil }
      fraction = (Array(digits.prefix(3)) + Array("00".utf8)).prefix(3).reduce(0) { $0 * 10 + Int($1 - 0x30) }
      rest = rest[digits.endIndex...]
    }
    guard let offset = Self.offsetMinutes(rest) else { return nil }
    let wholeMinutes = Int64(day.ordinal) * 1440 + Int64(clock - offset)
    millis = wholeMinutes * 60_000 + Int64(seconds * 1000 + fraction)
  }

  private static let maximumBytes = 40

  /// `Z` or `+01:00` as minutes east of UTC.
  private static func offsetMinutes(_ bytes: ArraySlice<UInt8>) -> Int? {
    switch bytes.first {
    case UInt8(ascii: "Z"), UInt8(ascii: "z"): bytes.count == 1 ? 0 : nil
    case UInt8(ascii: "+"): minutes(bytes.dropFirst())
    case UInt8(ascii: "-"): minutes(bytes.dropFirst()).map { -$0 }
    default: nil
    }
  }

  /// `HH:MM` as minutes of a day.
  private static func minutes(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count == 5, bytes[bytes.startIndex + 2] == UInt8(ascii: ":"), let hours = number(bytes.prefix(2)),
      let minutes = number(bytes.suffix(2)), hours < 24, minutes < 60
    else { return nil }
    return hours * 60 + minutes
  }

  /// Decimal digits and nothing else.
  private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    bytes.reduce(0) { sum, byte in
      guard let sum, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
      return sum * 10 + Int(byte - UInt8(ascii: "0"))
    }
  }

  public var date: Date { Date(timeIntervalSince1970: Double(millis) / 1000) }

  public var description: String {
    let dayMillis: Int64 = 86_400_000
    let days = Int32(millis >= 0 ? millis / dayMillis : (millis - dayMillis + 1) / dayMillis)
    let rest = Int(millis - Int64(days) * dayMillis)
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let clock = "\(padded(rest / 3_600_000, 2)):\(padded(rest / 60_000 % 60, 2)):\(padded(rest / 1000 % 60, 2))"
    return "\(Day(ordinal: days).iso)T\(clock).\(padded(rest % 1000, 3))Z"
  }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.millis < b.millis }

  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let value = Timestamp(text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not an RFC 3339 time"))
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
