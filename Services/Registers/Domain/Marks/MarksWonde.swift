public import Foundation

/// Reads marks as Wonde's interface hands them out: `{"data": [{"id", "date", "session", "attendance_code", "student",
/// "comment", "minutes_late"}]}`, with the code and the pupil number plain or within `{"data": {…}}`. A mark that cannot
/// be read is a fault and costs no other; its number is its index in `/data`.
public enum MarksWonde {
  /// The media type of such a body.
  public static let mediaType = "application/vnd.wonde+json"

  /// Reads a body.
  ///
  /// - Throws: ``MarkFileError`` when no mark can be read.
  public static func read(_ body: Data) throws(MarkFileError) -> MarkFile {
    guard !body.isEmpty else { throw .empty }
    guard body.count <= MarkLimits.fileBytes else { throw .tooLarge }
    guard let upload = try? JSONDecoder().decode(Upload.self, from: body) else { throw .malformedJSON }
    guard upload.data.count <= MarkLimits.rows else { throw .tooManyRows }
    return MarkFile(elements: upload.data.map(\.mark))
  }

  private struct Upload: Decodable { let data: [Element] }

  /// `{"data": {…}}`, as Wonde nests what belongs to another object.
  private struct Nested<Value: Decodable>: Decodable { let data: Value }
  private struct Code: Decodable { let code: String }
  private struct Student: Decodable { let upn: String }
  private struct Moment: Decodable { let date: String }

  /// A mark, or what stands in its place.
  private struct Element: Decodable {
    let mark: MarkText?

    private enum Key: String, CodingKey {
      case date, session, code, student, comment, upn
      case attendanceCode = "attendance_code"
      case studentUPN = "student_upn"
      case minutesLate = "minutes_late"
    }

    init(from decoder: any Decoder) throws {
      mark = (try? decoder.container(keyedBy: Key.self)).flatMap(Self.read)
    }

    private static func read(_ values: KeyedDecodingContainer<Key>) -> MarkText? {
      func text(_ key: Key) -> String? { (try? values.decodeIfPresent(String.self, forKey: key)) ?? nil }
      let isCodeNull = (try? values.decodeNil(forKey: .attendanceCode)) == true
      guard
        let date = text(.date) ?? (try? values.decode(Moment.self, forKey: .date))?.date,
        let session = text(.session),
        let code = text(.attendanceCode) ?? text(.code)
          ?? (try? values.decode(Nested<Code>.self, forKey: .attendanceCode))?.data.code ?? (isCodeNull ? "" : nil),
        let upn = text(.studentUPN) ?? text(.upn)
          ?? (try? values.decode(Nested<Student>.self, forKey: .student))?.data.upn,
        let comment = try? values.decodeIfPresent(String.self, forKey: .comment) ?? "",
        let minutes = try? values.decodeIfPresent(Int.self, forKey: .minutesLate) ?? Int.min
      else { return nil }
      // Zero minutes is what Wonde writes for a child who was not late.
      return MarkText(
        upn: upn.trimmed, date: day(date.trimmed), session: session.trimmed, code: code.trimmed,
        detail: comment.trimmed, minutesLate: minutes == Int.min || minutes == 0 ? nil : minutes)
    }

    /// The date of `2026-09-07 00:00:00.000000` or `2026-09-07T00:00:00+00:00`; midnight of a date and no other moment.
    private static func day(_ text: String) -> String {
      let bytes = Array(text.utf8)
      guard bytes.count > 11, bytes[10] == 32 || bytes[10] == UInt8(ascii: "T"),
        text.dropFirst(11).hasPrefix("00:00")
      else { return text }
      return String(text.prefix(10))
    }
  }
}

extension MarkFile {
  /// A file of the elements of a JSON array, numbered by index; `nil` for what could not be read.
  public init(elements: [MarkText?], otherwise reason: RowFault.Reason = .wrongType) {
    let readable = elements.enumerated().compactMap { index, mark in mark.map { (number: Int32(index), mark: $0) } }
    let unreadable = elements.indices.filter { elements[$0] == nil }
      .map { RowFault(number: Int32($0), reason: reason) }
    let file = MarkFile(readable)
    self.init(
      bytes: file.bytes, rows: file.rows, faults: (file.faults + unreadable).sorted { $0.number < $1.number },
      tokens: file.tokens, minutes: file.minutes)
  }
}
