/// The text of a cell so that a spreadsheet shows it and does not run it.
public enum SpreadsheetCell {
  private static let dangerous: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\r"]

  private static func isDangerous(behindApostrophes text: String) -> Bool {
    text.unicodeScalars.first { $0 != "'" }.map(dangerous.contains) ?? false
  }

  /// Takes away the apostrophe that ``write(_:to:)`` put there, or the formula `="…"` by which systems have a spreadsheet
  /// keep a text as it is.
  public static func read(_ text: String) -> String {
    if text.utf8.count > 3, text.hasPrefix("=\""), text.hasSuffix("\""), !text.dropFirst(2).dropLast().contains("\"") {
      return String(text.dropFirst(2).dropLast()).trimmed
    }
    guard text.unicodeScalars.first == "'", isDangerous(behindApostrophes: text) else { return text }
    return String(text.unicodeScalars.dropFirst())
  }

  /// A text without an apostrophe before it, or without the formula `="…"` around it.
  public static func unwrapped(_ text: String) -> String {
    let text = read(text)
    return String(text.drop { $0 == "'" })
  }

  /// Whether a spreadsheet wrote an error in place of a value, or the `#####` of a column that is too narrow for it.
  public static func isError(_ text: String) -> Bool {
    text.first == "#" && (errors.contains(text.uppercased()) || text.count >= 3 && text.allSatisfy { $0 == "#" })
  }

  private static let errors: Set<String> = [
    "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#ERROR!",
  ]

  /// Writes a cell, quoted where it must be. Control characters, which no reader takes, become spaces.
  public static func write(_ text: String, to bytes: inout [UInt8]) {
    let clean = text.hasControls ? text.withoutControls : text
    let safe = isDangerous(behindApostrophes: clean) ? "'" + clean : clean
    let needsQuotes =
      safe.utf8.contains { $0 == 44 || $0 == 34 || $0 == 10 || $0 == 13 } || safe.first?.isWhitespace == true
      || safe.last?.isWhitespace == true
    guard needsQuotes else {
      bytes.append(contentsOf: safe.utf8)
      return
    }
    bytes.append(34)
    for byte in safe.utf8 {
      if byte == 34 { bytes.append(34) }
      bytes.append(byte)
    }
    bytes.append(34)
  }
}
