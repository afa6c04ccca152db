import Rulebook
import SchoolFiles

/// What spreadsheets and people do to the cells of a mark, undone.
enum MarkCells {
  /// A pupil number without an apostrophe before it and spaces in it; the cell itself where that makes none.
  static func upn(_ cell: CSVField, _ scanner: inout CSVScanner) -> CSVField {
    guard Int(cell.length) > UPNKey.length, cell.length <= 60 else { return cell }
    let text = scanner.with(cell) { bytes in
      String(decoding: bytes, as: UTF8.self).unicodeScalars.filter {
        !$0.properties.isWhitespace && !ignored.contains($0)
      }
    }
    let bytes = Array(String(String.UnicodeScalarView(text)).utf8)
    return bytes.count == UPNKey.length ? scanner.keep(bytes) : cell
  }

  private static let ignored: Set<Unicode.Scalar> = ["'", "’", "\u{200B}", "\u{FEFF}", "-", "\"", "="]

  /// A code without an apostrophe before it, with the slash or dash that was meant, and the minutes late that stand behind
  /// a code for lateness: in brackets, after a space or colon, with a unit or without. The cell itself where that makes no
  /// code.
  static func code(
    _ cell: CSVField, _ minutes: UInt16?, _ codes: CodeBook, _ scanner: inout CSVScanner
  ) -> (CSVField, UInt16?) {
    guard cell.length <= 24 else { return (cell, minutes) }
    let text = scanner.with(cell) { String(decoding: $0, as: UTF8.self) }
    if AttendanceCode(text) != nil { return (cell, minutes) }
    let plain = SpreadsheetCell.unwrapped(text).filter { !$0.isWhitespace }
    if let meant = lookalikes[plain] { return (scanner.keep(meant.utf8), minutes) }
    if plain != text, AttendanceCode(plain) != nil || plain == "-" { return (scanner.keep(plain.utf8), minutes) }
    guard let code = AttendanceCode(plain.prefix(1)), codes.isEverLate(code), let late = lateness(plain.dropFirst())
    else {
      return (cell, minutes)
    }
    return (scanner.keep(plain.prefix(1).utf8), minutes ?? late)
  }

  /// The minutes of `(5)`, `5`, `:5` or `5mins`.
  private static func lateness(_ text: Substring) -> UInt16? {
    var text = text.lowercased()[...]
    if text.hasPrefix("(") && text.hasSuffix(")") { text = text.dropFirst().dropLast() }
    if text.hasPrefix(":") { text = text.dropFirst() }
    for unit in ["minutes", "mins", "min", "m"] where text.hasSuffix(unit) {
      text = text.dropLast(unit.count)
      break
    }
    guard let minutes = UInt16(text), MarkLimits.minutesLate ~= Int(minutes) else { return nil }
    return minutes
  }

  /// What word processors and spreadsheets make of a slash, a backslash and a dash, and databases of nothing.
  private static let lookalikes = [
    "／": "/", "⁄": "/", "∕": "/", "╱": "/", "＼": "\\", "∖": "\\", "⧵": "\\", "\\\\": "\\", "–": "-", "—": "-",
    "−": "-", "‐": "-", "--": "-", "NULL": "-", "null": "-", "Null": "-", "(null)": "-", "(NULL)": "-",
  ]
}

extension CodeBook {
  /// Whether a code is one for lateness under any table.
  fileprivate func isEverLate(_ code: AttendanceCode) -> Bool {
    tables.contains { !$0.value.traits(code).isDisjoint(with: [.lateBeforeClose, .lateAfterClose]) }
  }
}
