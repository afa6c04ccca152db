import Foundation

/// Reads the Common Transfer File by which English schools hand a child's record on (Department for Education, CTF 24
/// and 25; Education (Pupil Information) (England) Regulations 2005, reg 9): `CTfile/CTFpupilData/Pupil`.
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
    try check(input)
    var scanner = XMLScanner(input, textBytes: PupilLimits.textBytes)
    var elements = CTFElements(enrolledOn: enrolledOn)
    reading: while true {
      switch try scanner.next() {
      case .open(let name): try elements.open(name)
      case .close(let text): elements.close(text)
      case .end: break reading
      }
    }
    return PupilFile(rows: elements.rows, faults: elements.faults)
  }

  /// Refuses beforehand what no transfer file is: other encodings, control characters, document types, entities.
  private static func check(_ input: [UInt8]) throws(PupilFileError) {
    guard input.count <= PupilLimits.fileBytes else { throw .tooLarge }
    let text = input.starts(with: [0xEF, 0xBB, 0xBF]) ? input[3...] : input[...]
    guard let first = text.first(where: { $0 != 32 && !(9...13).contains($0) }) else { throw .empty }
    guard !text.contains(0), String(validating: text, as: UTF8.self) != nil else { throw .notUTF8 }
    // XML has no place for control characters.
    guard first == UInt8(ascii: "<"), !text.contains(where: { $0 < 32 && $0 != 9 && $0 != 10 && $0 != 13 }) else {
      throw .notXML
    }
    guard !contains("<!DOCTYPE", text), !contains("<!ENTITY", text) else { throw .documentType }
    if let encoding = declaredEncoding(text), encoding.uppercased() != "UTF-8" { throw .notUTF8 }
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
