import Foundation

/// Reads the Common Transfer File by which English schools hand a child's record on (Department for Education, CTF 24
/// and 25; Education (Pupil Information) (England) Regulations 2005, reg 9): `CTfile/CTFpupilData/Pupil`.
///
/// UTF-8, UTF-16, ISO-8859-1 and Windows-1252 are read, whichever of them the file names: its bytes say which it is.
///
/// It reads what the admission register keeps and passes over the rest. The file says when the child was at the old
/// school, not when it comes to the new one: whoever sends it says that. A child whose address reaches the register is
/// one with a contact that lives with it; the register keeps addresses of contacts.
public enum CTFReader {
  /// Reads a file. A child that cannot be read is a fault and costs no other.
  ///
  /// - Parameter enrolledOn: the first day on roll at the new school, `YYYY-MM-DD`, for every child of the file.
  /// - Throws: ``PupilFileError`` when nothing can be read.
  public static func read(_ input: [UInt8], enrolledOn: String) throws(PupilFileError) -> PupilFile {
    guard input.count <= PupilLimits.fileBytes else { throw .tooLarge }
    let text = TextFile(decoding: input).bytes
    try check(text)
    var scanner = XMLScanner(text, textBytes: PupilLimits.textBytes)
    var elements = CTFElements(enrolledOn: enrolledOn)
    reading: while true {
      switch try scanner.next() {
      case .open(let name): try elements.open(name)
      case .close(let text): elements.close(text)
      case .end: break reading
      }
    }
    return try PupilFile(rows: elements.rows, faults: [])
  }

  /// The encodings that a file may name. Which of them it is in its bytes say better than its first line.
  private static let encodings: Set = [
    "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "iso8859-1", "latin1",
    "windows-1252", "cp1252",
  ]

  /// Refuses beforehand what no transfer file is: unknown encodings, control characters, document types, entities.
  private static func check(_ bytes: [UInt8]) throws(PupilFileError) {
    let text = bytes[...]
    guard let first = text.first(where: { $0 != 32 && !(9...13).contains($0) }) else { throw .empty }
    if let other = OtherFile(bytes), other != .webPage { throw .otherThanTransfer(other) }
    // XML has no place for control characters.
    guard first == UInt8(ascii: "<"), !text.contains(where: { $0 < 32 && $0 != 9 && $0 != 10 && $0 != 13 }) else {
      throw .notXML
    }
    guard !contains("<!DOCTYPE", text), !contains("<!ENTITY", text) else { throw .documentType }
    if let encoding = declaredEncoding(text), !encodings.contains(encoding.lowercased()) { throw .unknownEncoding }
  }

  private static func contains(_ word: StaticString, _ text: ArraySlice<UInt8>) -> Bool {
    word.withUTF8Buffer { word in
      text.indices.contains { index in
        text[index] == word[0] && text[index...].starts(with: word)
      }
    }
  }

  private static func declaredEncoding(_ text: ArraySlice<UInt8>) -> Substring? {
    let head = String(decoding: text.prefix(200), as: UTF8.self)
    guard head.hasPrefix("<?xml"), let end = head.range(of: "?>"),
      let name = head.range(of: "encoding", range: head.startIndex..<end.lowerBound)
    else { return nil }
    let value = head[name.upperBound..<end.lowerBound].drop { $0 == " " || $0 == "=" || $0 == "'" || $0 == "\"" }
    return value.prefix { $0 != "'" && $0 != "\"" }
  }
}
