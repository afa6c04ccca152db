import Rulebook
import Schemas

extension MarksRecorded {
  /// Reads the data of an event: a year of an authority has hundreds of thousands, each with hundreds of children. What
  /// has exactly the fields, and no other escapes, is read in one pass over its bytes; all else is left to the decoder,
  /// which also says what is wrong.
  public static func decode(_ event: Event) throws(ContractError) -> MarksRecorded {
    try decode(event, only: nil)
  }

  /// Reads the data of an event for somebody to whom only some codes matter. Every code that the event names is told; who
  /// has one of the others is passed over and may be left out.
  public static func decode(_ event: Event, only codes: Set<String>?) throws(ContractError) -> MarksRecorded {
    if let data = event.data, let marks = plain(data, only: codes) { return marks }
    return try decodeJSON(event)
  }

  /// What is read in one pass; `nil` for anything but the plain form.
  static func plain(_ data: [UInt8], only codes: Set<String>? = nil) -> MarksRecorded? {
    data.withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(bytes)
      return try? plain(&scanner, only: codes)
    }
  }

  private static func plain(_ scanner: inout JSONScanner, only codes: Set<String>?) throws -> MarksRecorded {
    var (school, date, session, marks): (URN?, Day?, Session?, [String: [PupilID]]?)
    try scanner.object { scanner, name in
      switch text(name, scanner.bytes) {
      case "school" where school == nil: school = try URN(text(&scanner))
      case "date" where date == nil: date = Day(iso: try text(&scanner))
      case "session" where session == nil: session = Session(rawValue: try text(&scanner))
      case "marks" where marks == nil: marks = try pupils(&scanner, only: codes)
      default: throw JSONScanner.Failure.malformed
      }
    }
    try scanner.end()
    guard let school, let date, let session, let marks else { throw JSONScanner.Failure.malformed }
    return MarksRecorded(school: school, date: date, session: session, marks: marks)
  }

  private static func pupils(_ scanner: inout JSONScanner, only codes: Set<String>?) throws -> [String: [PupilID]] {
    var marks: [String: [PupilID]] = [:]
    try scanner.object { scanner, name in
      // The afternoon's mark of presence is the one code that is written with an escape.
      let isBackslash = scanner.bytes[name].elementsEqual(#"\\"#.utf8)
      guard let code = isBackslash ? #"\"# : text(name, scanner.bytes) else { throw JSONScanner.Failure.malformed }
      var pupils: [PupilID] = []
      if codes?.contains(code) ?? true {
        try scanner.array { scanner in
          guard let pupil = PupilID(try text(&scanner)) else { throw JSONScanner.Failure.malformed }
          pupils.append(pupil)
        }
      } else {
        guard scanner.peek() == UInt8(ascii: "[") else { throw JSONScanner.Failure.malformed }
        _ = try scanner.value()
      }
      guard marks.updateValue(pupils, forKey: code) == nil else { throw JSONScanner.Failure.malformed }
    }
    return marks
  }

  private static func text(_ scanner: inout JSONScanner) throws -> String {
    guard let text = text(try scanner.text(), scanner.bytes) else { throw JSONScanner.Failure.malformed }
    return text
  }

  /// `nil` for what is written with escapes or beyond ASCII.
  private static func text(_ place: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    let raw = UnsafeBufferPointer(rebasing: bytes[place])
    guard raw.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: "\\") }) else { return nil }
    return String(decoding: raw, as: UTF8.self)
  }
}
