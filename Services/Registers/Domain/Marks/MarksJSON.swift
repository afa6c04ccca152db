public import Foundation

/// Reads marks as JSON: `{"marks": [{"upn", "date", "session", "code", "detail"?, "minutesLate"?}]}`. A mark that cannot be read is a
/// fault and costs no other; its number is its index, so that `/marks/<number>` points at it (RFC 6901).
public enum MarksJSON {
  /// Reads a body.
  ///
  /// - Throws: ``MarkFileError`` when no mark can be read.
  public static func read(_ body: Data) throws(MarkFileError) -> MarkFile {
    guard !body.isEmpty else { throw .empty }
    guard body.count <= MarkLimits.fileBytes else { throw .tooLarge }
    guard let upload = try? JSONDecoder().decode(Upload.self, from: body) else { throw .malformedJSON }
    guard upload.marks.count <= MarkLimits.rows else { throw .tooManyRows }
    return MarkFile(elements: upload.marks.map(\.mark))
  }

  private struct Upload: Decodable { let marks: [Element] }

  /// A mark, or what stands in its place.
  private struct Element: Decodable {
    let mark: MarkText?

    private enum Key: CodingKey { case upn, date, session, code, detail, minutesLate }

    init(from decoder: any Decoder) throws {
      guard let values = try? decoder.container(keyedBy: Key.self),
        let upn = try? values.decode(String.self, forKey: .upn),
        let date = try? values.decode(String.self, forKey: .date),
        let session = try? values.decode(String.self, forKey: .session),
        let code = try? values.decodeIfPresent(String.self, forKey: .code) ?? "",
        let detail = try? values.decodeIfPresent(String.self, forKey: .detail) ?? "",
        let minutes = try? values.decodeIfPresent(Int.self, forKey: .minutesLate) ?? Int.min
      else {
        mark = nil
        return
      }
      mark = MarkText(
        upn: upn.trimmed, date: date.trimmed, session: session.trimmed, code: code.trimmed, detail: detail.trimmed,
        minutesLate: minutes == Int.min ? nil : minutes)
    }
  }
}

extension String {
  /// Without white space at both ends.
  var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
