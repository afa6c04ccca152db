import Foundation

/// Texts that people write into forms.
public enum PlainText {
  /// The text without white space around it; `nil` when it is empty, too long or has control characters.
  ///
  /// - Parameters:
  ///   - bytes: the most bytes of UTF-8.
  ///   - lines: whether it may have several lines.
  public static func checked(_ text: String, upTo bytes: Int, lines: Bool = false) -> String? {
    let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !text.isEmpty, text.utf8.count <= bytes else { return nil }
    let hasControls = text.unicodeScalars.contains {
      $0.properties.generalCategory == .control && !(lines && ($0 == "\n" || $0 == "\r"))
    }
    return hasControls ? nil : text
  }

  /// Whether a text can be a code or an opaque identifier: ASCII letters, digits, and `-`, `_`, `.` or `:` between them.
  /// Never an e-mail address, which would name a person.
  public static func isCode(_ text: String, upTo bytes: Int) -> Bool {
    func isLetterOrDigit(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"):
        true
      default: false
      }
    }
    guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= bytes else { return false }
    return isLetterOrDigit(first) && isLetterOrDigit(last)
      && text.utf8.allSatisfy { isLetterOrDigit($0) || "-_.:".utf8.contains($0) }
  }
}

extension String {
  /// Whether it holds a control character.
  public var hasControls: Bool { unicodeScalars.contains { $0.properties.generalCategory == .control } }

  /// With one plain space wherever there is white space of any kind within, and none at the ends or of no width.
  public var inPlainSpaces: String {
    let seen = unicodeScalars.filter { !Self.noWidth.contains($0) }
    return seen.split { $0.properties.isWhitespace && $0.properties.generalCategory != .control }
      .map { String(String.UnicodeScalarView($0)) }.joined(separator: " ").trimmed
  }

  /// Without the signs of no width that nobody sees and that come with what is copied from other programs.
  public var withoutUnseen: String {
    String(String.UnicodeScalarView(unicodeScalars.filter { !Self.noWidth.contains($0) }))
  }

  /// Zero-width space, word joiner, byte order mark, soft hyphen; and the marks of direction, which Windows puts into
  /// dates that are copied from its windows.
  private static let noWidth: Set<Unicode.Scalar> = Set(
    ([0x200B, 0x2060, 0xFEFF, 0xAD, 0x061C, 0x200E, 0x200F] + Array(0x202A...0x202E) + Array(0x2066...0x2069))
      .compactMap { Unicode.Scalar($0 as UInt32) })

  /// Line ends and tabs stay; other control characters become spaces.
  public var withoutControls: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { scalar in
          scalar.properties.generalCategory == .control && !["\n", "\r", "\t"].contains(scalar) ? " " : scalar
        }))
  }

  /// Without white space at its ends.
  public var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
