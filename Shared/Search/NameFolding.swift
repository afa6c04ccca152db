import Foundation

/// Names as they are compared: without case, accents, spaces, hyphens and apostrophes.
public enum NameFolding {
  /// The folded name; the name in lower case when nothing of it is a letter or a digit.
  public static func fold(_ name: String) -> String {
    if name.utf8.allSatisfy({ $0 < 0x80 }) {
      let bytes = name.utf8.compactMap { byte -> UInt8? in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        default: nil
        }
      }
      return bytes.isEmpty ? name : String(decoding: bytes, as: UTF8.self)
    }
    let plain = name.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
    let kept = plain.unicodeScalars.filter { $0.properties.isAlphabetic || ("0"..."9").contains($0) }
    return kept.isEmpty ? name.lowercased() : String(String.UnicodeScalarView(kept))
  }

  /// The words of a name, each folded.
  public static func words(_ name: String) -> [String] {
    name.split { $0.isWhitespace || $0 == "-" }.map { fold(String($0)) }
  }

  /// Whether one letter more, less or other, or two neighbours exchanged, makes one word of the other.
  public static func isOneEdit(_ a: String, _ b: String) -> Bool {
    let (left, right) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
    guard abs(left.count - right.count) <= 1, left != right else { return false }
    let shorter = min(left.count, right.count)
    let start = (0..<shorter).first { left[$0] != right[$0] } ?? shorter
    let rest = shorter - start
    let end = (0..<rest).first { left[left.count - 1 - $0] != right[right.count - 1 - $0] } ?? rest
    let (x, y) = (left[start..<(left.count - end)], right[start..<(right.count - end)])
    if x.count <= 1, y.count <= 1 { return true }
    return x.count == 2 && y.count == 2 && x.first == y.last && x.last == y.first
  }
}
