public import Foundation
import SchoolFiles

/// Reads marks as JSON: `{"marks": [{"upn", "date", "session", "code", "detail"?, "minutesLate"?}]}`. A mark that cannot be read is a
/// fault and costs no other; its number is its index, so that `/marks/<number>` points at it (RFC 6901).
public enum MarksJSON {
  /// Reads a body.
  ///
  /// - Throws: ``MarkFileError`` when no mark can be read.
  public static func read(_ body: Data) throws(MarkFileError) -> MarkFile {
    guard !body.isEmpty else { throw .empty }
    guard body.count <= MarkLimits.fileBytes else { throw .tooLarge }
    return try MarkFile(json: body, of: "marks", within: Upload.self, as: Element.self) { $0.mark }
  }

  private struct Upload: Decodable { let marks: [Element] }

  /// A mark, or what is wrong with what stands in its place.
  private struct Element: Decodable {
    let mark: Result<MarkText, RowFault.Failure>

    private enum Key: String, CodingKey { case upn, date, session, code, detail, minutesLate }

    init(from decoder: any Decoder) throws {
      mark = Result { () throws(RowFault.Failure) in
        guard let values = try? decoder.container(keyedBy: Key.self) else {
          throw RowFault.Failure(reason: .wrongType)
        }
        return try Self.read(values)
      }
    }

    private static func read(_ values: KeyedDecodingContainer<Key>) throws(RowFault.Failure) -> MarkText {
      /// A text; `nil` where it is absent or null.
      func text(_ key: Key) throws(RowFault.Failure) -> String? {
        do { return try values.decodeIfPresent(String.self, forKey: key)?.trimmed } catch {
          throw RowFault.Failure(reason: .wrongType, column: key.rawValue)
        }
      }
      func needed(_ key: Key) throws(RowFault.Failure) -> String {
        guard let text = try text(key) else { throw RowFault.Failure(reason: .wrongType, column: key.rawValue) }
        return text
      }
      let minutes: Int?
      do { minutes = try values.decodeIfPresent(Int.self, forKey: .minutesLate) } catch {
        throw RowFault.Failure(reason: .wrongType, column: Key.minutesLate.rawValue)
      }
      // A pupil without a number yet: the mark waits for one.
      return MarkText(
        upn: values.contains(.upn) ? try text(.upn) ?? "" : try needed(.upn), date: try needed(.date),
        session: try needed(.session), code: try text(.code) ?? "", detail: try text(.detail) ?? "",
        minutesLate: minutes)
    }
  }
}
