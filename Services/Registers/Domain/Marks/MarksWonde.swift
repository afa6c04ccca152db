public import Foundation
import SchoolFiles

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
    return try MarkFile(json: body, of: "data", within: Upload.self, as: Element.self) { $0.mark }
  }

  private struct Upload: Decodable { let data: [Element] }

  /// `{"data": {…}}`, as Wonde nests what belongs to another object.
  private struct Nested<Value: Decodable>: Decodable { let data: Value }

  /// The code that Wonde includes, and the pupil. A body without the key was asked for other fields; `nil` for null.
  private struct Code: Decodable {
    let code: String?

    private enum Key: CodingKey { case code }

    init(from decoder: any Decoder) throws { code = try decoder.container(keyedBy: Key.self).present(.code) }
  }

  private struct Student: Decodable {
    let upn: String?

    private enum Key: CodingKey { case upn }

    init(from decoder: any Decoder) throws { upn = try decoder.container(keyedBy: Key.self).present(.upn) }
  }

  private struct Moment: Decodable { let date: String }

  /// A mark, or what is wrong with what stands in its place.
  private struct Element: Decodable {
    let mark: Result<MarkText, RowFault.Failure>

    private enum Key: String, CodingKey {
      case date, session, code, student, comment, upn
      case attendanceCode = "attendance_code"
      case studentUPN = "student_upn"
      case minutesLate = "minutes_late"
    }

    init(from decoder: any Decoder) throws {
      mark = Result { () throws(RowFault.Failure) in
        guard let values = try? decoder.container(keyedBy: Key.self) else {
          throw RowFault.Failure(reason: .wrongType)
        }
        return try Self.read(values)
      }
    }

    private static func read(_ values: KeyedDecodingContainer<Key>) throws(RowFault.Failure) -> MarkText {
      func text(_ key: Key) -> String? { (try? values.decodeIfPresent(String.self, forKey: key)) ?? nil }
      func needed(_ text: String?, _ key: Key) throws(RowFault.Failure) -> String {
        guard let text else { throw RowFault.Failure(reason: .wrongType, column: key.rawValue) }
        return text.trimmed
      }
      let date = try needed(text(.date) ?? (try? values.decode(Moment.self, forKey: .date))?.date, .date)
      let session = try needed(text(.session), .session)
      let upn = try upn(values, text)
      let code = try code(values, text)
      let comment: String?
      do { comment = try values.decodeIfPresent(String.self, forKey: .comment) } catch {
        throw RowFault.Failure(reason: .wrongType, column: Key.comment.rawValue)
      }
      let minutes: Int?
      do { minutes = try values.decodeIfPresent(Int.self, forKey: .minutesLate) } catch {
        throw RowFault.Failure(reason: .wrongType, column: Key.minutesLate.rawValue)
      }
      // Zero minutes is what Wonde writes for a child who was not late.
      return MarkText(
        upn: upn.trimmed, date: day(date), session: session, code: code.trimmed, detail: (comment ?? "").trimmed,
        minutesLate: minutes == 0 ? nil : minutes)
    }

    /// The pupil number; empty for a child who has none yet.
    private static func upn(
      _ values: KeyedDecodingContainer<Key>, _ text: (Key) -> String?
    ) throws(RowFault.Failure) -> String {
      if let upn = text(.studentUPN) ?? text(.upn) { return upn }
      if let student = try? values.decode(Nested<Student>.self, forKey: .student) { return student.data.upn ?? "" }
      let isNull = [Key.studentUPN, .upn].contains { (try? values.decodeNil(forKey: $0)) == true }
      guard isNull else { throw RowFault.Failure(reason: .withoutIncludes, column: Key.student.rawValue) }
      return ""
    }

    /// The code; empty for none.
    private static func code(
      _ values: KeyedDecodingContainer<Key>, _ text: (Key) -> String?
    ) throws(RowFault.Failure) -> String {
      if let code = text(.attendanceCode) ?? text(.code) {
        // Longer than any code: Wonde's identifier of one.
        guard code.utf8.count < 6 else {
          throw RowFault.Failure(reason: .withoutIncludes, column: Key.attendanceCode.rawValue)
        }
        return code
      }
      if let code = try? values.decode(Nested<Code>.self, forKey: .attendanceCode) { return code.data.code ?? "" }
      guard (try? values.decodeNil(forKey: .attendanceCode)) == true else {
        throw RowFault.Failure(reason: .withoutIncludes, column: Key.attendanceCode.rawValue)
      }
      return ""
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

extension KeyedDecodingContainer {
  /// A text whose key must be there; `nil` for null.
  fileprivate func present(_ key: Key) throws -> String? {
    guard contains(key) else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "not included"))
    }
    return try decodeIfPresent(String.self, forKey: key)
  }
}

extension MarkFile {
  /// A file of the elements of a JSON array, numbered by index; `nil` for what could not be read.
  public init(elements: [MarkText?], otherwise reason: RowFault.Reason) {
    self.init(elements: elements.map { $0.map(Result.success) ?? .failure(RowFault.Failure(reason: reason)) })
  }

  /// A file of the elements of a JSON array, numbered by index, with what is wrong with those that could not be read.
  init(elements: [Result<MarkText, RowFault.Failure>]) {
    var readable: [(number: Int32, mark: MarkText)] = []
    var unreadable: [RowFault] = []
    for (index, element) in elements.enumerated() {
      switch element {
      case .success(let mark): readable.append((Int32(index), mark))
      case .failure(let fault):
        unreadable.append(RowFault(number: Int32(index), reason: fault.reason, column: fault.column))
      }
    }
    let file = MarkFile(readable)
    self.init(
      bytes: file.bytes, rows: file.rows, faults: (file.faults + unreadable).sorted { $0.number < $1.number },
      tokens: file.tokens, minutes: file.minutes)
  }
}
