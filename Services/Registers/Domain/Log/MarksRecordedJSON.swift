public import Contracts
public import Rulebook

/// Writes the data of a marks-recorded event as JSON straight into bytes: the one event that is made for every session
/// of every school. A test holds it to what `MarksRecorded` itself encodes.
public enum MarksRecordedJSON {
  /// The event's data.
  ///
  /// - Parameter marks: pupils with the register byte of their code.
  public static func encode(
    school: URN, day: Day, session: Session, marks: some Collection<(pupil: PupilID, code: UInt8)>
  ) -> [UInt8] {
    var groups = [[PupilID]](repeating: [], count: 128)
    for mark in marks { groups[Int(mark.code)].append(mark.pupil) }
    let codes = groups.indices.compactMap { byte -> (text: String, byte: Int)? in
      guard !groups[byte].isEmpty, let code = AttendanceCode(registerByte: UInt8(byte)) else { return nil }
      return (code.text, byte)
    }.sorted { $0.text < $1.text }
    var json: [UInt8] = []
    json.reserveCapacity(128 + marks.count * 13)
    json.append(contentsOf: "{\"date\":\"\(day.iso)\",\"marks\":{".utf8)
    for (position, code) in codes.enumerated() {
      if position > 0 { json.append(UInt8(ascii: ",")) }
      json.append(UInt8(ascii: "\""))
      for byte in code.text.utf8 {
        if byte == UInt8(ascii: "\\") { json.append(byte) }
        json.append(byte)
      }
      json.append(contentsOf: "\":[".utf8)
      for (place, pupil) in groups[code.byte].enumerated() {
        if place > 0 { json.append(UInt8(ascii: ",")) }
        json.append(UInt8(ascii: "\""))
        json.append(contentsOf: pupil.text.utf8)
        json.append(UInt8(ascii: "\""))
      }
      json.append(UInt8(ascii: "]"))
    }
    json.append(contentsOf: "},\"school\":\"\(school.text)\",\"session\":\"\(session.rawValue)\"}".utf8)
    return json
  }
}
