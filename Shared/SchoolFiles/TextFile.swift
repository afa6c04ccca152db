/// A file of rows of text, whatever program wrote it: its text as UTF-8 without a byte order mark.
///
/// UTF-16 is converted. A byte that is not part of UTF-8 is read as Windows-1252, in which spreadsheets write a plain CSV
/// file in England; its five unused bytes become U+FFFD. What a file's end is padded with (NUL, and the end-of-file
/// character of DOS) goes.
public struct TextFile: Sendable {
  /// How the text was written.
  public enum Encoding: Sendable { case utf8, utf16, windows1252 }

  public let bytes: [UInt8]
  public let encoding: Encoding

  /// - Throws: ``OtherFile`` when the bytes are not text in rows.
  public init(_ sent: [UInt8]) throws(OtherFile) {
    if let other = OtherFile(sent) { throw other }
    self.init(decoding: sent)
  }

  /// Text of any kind, for readers of something else than rows: its bytes say the encoding better than a first line does.
  public init(decoding sent: [UInt8]) {
    if let isBigEndian = Self.isBigEndianUTF16(sent) {
      encoding = .utf16
      bytes = Self.withoutPadding(Self.utf8(sent, isBigEndian: isBigEndian))
      return
    }
    let text = Self.withoutPadding(sent.starts(with: Self.mark) ? Array(sent.dropFirst(Self.mark.count)) : sent)
    if Self.isUTF8(text) {
      encoding = .utf8
      bytes = text
    } else {
      encoding = .windows1252
      bytes = Self.utf8(fromMixed: text)
    }
  }

  /// The media types under which browsers and systems send CSV: a file is CSV by its bytes, whatever the computer that it
  /// comes from calls it.
  public static let csvMediaTypes = [
    "text/csv", "application/csv", "text/x-csv", "application/x-csv", "text/comma-separated-values",
    "text/tab-separated-values", "text/plain", "application/vnd.ms-excel", "application/octet-stream",
  ]

  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private static func withoutPadding(_ bytes: [UInt8]) -> [UInt8] {
    guard let last = bytes.last, last == 0 || last == 0x1A else { return bytes }
    return Array(bytes[..<((bytes.lastIndex { $0 != 0 && $0 != 0x1A }).map { $0 + 1 } ?? 0)])
  }

  /// Whether UTF-16 has its high byte first; `nil` when the bytes are not UTF-16, by their mark or by the zeros that
  /// Latin letters have in it.
  private static func isBigEndianUTF16(_ bytes: [UInt8]) -> Bool? {
    if bytes.starts(with: [0xFF, 0xFE]) { return false }
    if bytes.starts(with: [0xFE, 0xFF]) { return true }
    guard bytes.count >= 4 else { return nil }
    switch (bytes[0] == 0, bytes[1] == 0, bytes[2] == 0, bytes[3] == 0) {
    case (false, true, false, true): return false
    case (true, false, true, false): return true
    default: return nil
    }
  }

  private static func utf8(_ bytes: [UInt8], isBigEndian: Bool) -> [UInt8] {
    let hasMark = bytes.starts(with: isBigEndian ? [0xFE, 0xFF] : [0xFF, 0xFE])
    let start = hasMark ? 2 : 0
    let units = (0..<(bytes.count - start) / 2).lazy.map { unit in
      let place = start + 2 * unit
      return UInt16(bytes[isBigEndian ? place : place + 1]) << 8 | UInt16(bytes[isBigEndian ? place + 1 : place])
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  /// Whether all bytes are UTF-8. ASCII, which nearly every file is, is passed over eight bytes at a time.
  private static func isUTF8(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var place = 0
      while place < bytes.count {
        if place + 8 <= bytes.count,
          bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
          place += 8
          continue
        }
        let length = sequence(bytes, at: place)
        if length == 0 { return false }
        place += length
      }
      return true
    }
  }

  private static func utf8(fromMixed text: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.count + text.count / 16)
    text.withUnsafeBytes { bytes in
      var place = 0
      while place < bytes.count {
        let length = sequence(bytes, at: place)
        if length == 0 {
          out.append(contentsOf: String(windows1252(bytes[place])).utf8)
        } else {
          out.append(contentsOf: bytes[place..<place + length])
        }
        place += max(1, length)
      }
    }
    return out
  }

  /// How many bytes the character at a place has in UTF-8; 0 when there is none (Unicode, table 3-7).
  private static func sequence(_ bytes: UnsafeRawBufferPointer, at place: Int) -> Int {
    let first = bytes[place]
    let (length, second): (Int, ClosedRange<UInt8>)
    switch first {
    case ..<0x80: return 1
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard place + length <= bytes.count, second.contains(bytes[place + 1]) else { return 0 }
    for next in place + 2..<max(place + 2, place + length) where !(0x80...0xBF).contains(bytes[next]) { return 0 }
    return length
  }

  private static func windows1252(_ byte: UInt8) -> Character {
    let scalar: Unicode.Scalar = 0x80...0x9F ~= byte ? high[Int(byte) - 0x80] : Unicode.Scalar(byte)
    return Character(scalar)
  }

  /// A text as it was before its UTF-8 was read as Windows-1252 and saved again (`JosÃ©`); the text itself where it
  /// cannot have been.
  public static func undoublyEncoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      if let place = high.firstIndex(of: scalar), scalar != "\u{FFFD}" {
        bytes.append(UInt8(0x80 + place))
      } else {
        guard let byte = UInt8(exactly: scalar.value) else { return text }
        bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self) ?? text
  }

  /// A text as it was before a web page's program escaped it (`O&#39;Neil`).
  public static func unescaped(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    let reference = #/&(?:#(?<decimal>[0-9]{1,7})|#[xX](?<hex>[0-9a-fA-F]{1,6})|(?<name>[a-z]{2,4}));/#
    return text.replacing(reference) { match in
      let found = match.output
      let number = found.decimal.flatMap { UInt32($0) } ?? found.hex.flatMap { UInt32($0, radix: 16) }
      let scalar = number.flatMap(Unicode.Scalar.init) ?? found.name.flatMap { names[String($0)] }
      return scalar.map { String($0) } ?? String(text[match.range])
    }
  }

  private static let names: [String: Unicode.Scalar] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ",
  ]

  /// What 80 to 9F are in Windows-1252; the others are as in Latin-1.
  private static let high: [Unicode.Scalar] = Array(
    "€\u{FFFD}‚ƒ„…†‡ˆ‰Š‹Œ\u{FFFD}Ž\u{FFFD}\u{FFFD}‘’“”•–—˜™š›œ\u{FFFD}žŸ".unicodeScalars)
}

/// What was sent where rows of text were expected.
public enum OtherFile: String, Error, Hashable, Sendable, CaseIterable {
  /// A packed workbook (.xlsx, .ods), which is a ZIP file.
  case workbook
  /// A workbook of an old Excel (.xls).
  case oldWorkbook = "old-workbook"
  case pdf
  /// HTML or XML; some systems name a web page .xls.
  case webPage = "web-page"
  case json
  /// A picture, a packed file or a program.
  case notText = "not-text"

  /// What the first bytes tell; `nil` for what may be text in rows.
  public init?(_ bytes: [UInt8]) {
    func begins(_ magic: [UInt8]) -> Bool { bytes.starts(with: magic) }
    if begins([0x50, 0x4B, 3, 4]) || begins([0x50, 0x4B, 5, 6]) {
      self = .workbook
    } else if begins([0xD0, 0xCF, 0x11, 0xE0]) {
      self = .oldWorkbook
    } else if begins(Array("%PDF".utf8)) {
      self = .pdf
    } else if begins([0x1F, 0x8B]) || begins([0x89, 0x50, 0x4E, 0x47]) || begins([0xFF, 0xD8, 0xFF])
      || begins(Array("{\\rtf".utf8)) || begins([0xFF, 0xFE, 0, 0]) || begins([0, 0, 0xFE, 0xFF])
    {
      self = .notText
    } else {
      let text = bytes.prefix(Self.lookedAt).drop { $0 <= 32 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
      switch text.first {
      case UInt8(ascii: "<"): self = .webPage
      case UInt8(ascii: "{"): self = .json
      case UInt8(ascii: "[") where text.dropFirst().first { $0 > 32 } == UInt8(ascii: "{"): self = .json
      default: return nil
      }
    }
  }

  /// How far white space before the first character is passed over, bytes.
  private static let lookedAt = 1_024

  /// The last part of the problem's type.
  public var slug: String { rawValue }

  /// What is wrong and what to do.
  public var detail: String {
    switch self {
    case .workbook, .oldWorkbook: "This is a workbook and not a CSV file. \(Self.save)"
    case .pdf: "This is a PDF. Export the data as CSV from the school's system, or from the spreadsheet it came from."
    case .webPage: "This is a web page or an XML file and not a CSV file. Open it in a spreadsheet. \(Self.save)"
    case .json: "This is JSON and not a CSV file. Send it as application/json."
    case .notText: "This is not a text file. Send a CSV file. \(Self.save)"
    }
  }

  /// How a spreadsheet writes a file that can be read.
  public static let save =
    "In Excel choose File, Save As, and the type CSV UTF-8 (Comma delimited); in LibreOffice File, Save As, Text CSV; in Google Sheets File, Download, Comma-separated values. Send the new file."
}
