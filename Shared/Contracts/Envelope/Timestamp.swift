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
  /// else.
  public init?(_ text: String) {
    guard text.utf8.count <= 40 else { return nil }
    let styles: [Date.ISO8601FormatStyle] = [.init(includingFractionalSeconds: true), .init()]
    for style in styles {
      if let date = try? style.parse(text) {
        let value = (date.timeIntervalSince1970 * 1000).rounded()
        guard value >= Self.first, value < Self.end else { return nil }
        millis = Int64(value)
        return
      }
    }
    return nil
  }

  /// 1900-01-01 and 2200-01-01.
  private static let (first, end) = (-2_208_988_800_000.0, 7_258_118_400_000.0)

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
