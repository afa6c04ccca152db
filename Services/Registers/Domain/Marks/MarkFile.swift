import SchoolFiles

/// One row of an upload: where its fields are, not yet what they mean.
public struct MarkRow: Sendable {
  /// The row as its sender counts: in CSV the header is row 1, in JSON the index in `/marks`.
  public let number: Int32
  let upn: CSVField
  let date: CSVField
  let session: CSVField
  let code: CSVField
  let detail: CSVField
}

/// The limits of one upload.
public enum MarkLimits {
  /// A school of 1,500 for a whole year is about half of it.
  public static let rows = 1_000_000
  /// A whole year by session has about 400, one with a column for every day of the calendar 732.
  public static let columns = 800
  public static let fieldBytes = 1_000
  public static let rowBytes = 32_768
  /// The most values of one mark that comes as JSON, with all that other systems say beside it.
  public static let valuesOfMark = 200
  /// How many minutes late a child can be within a session's day.
  public static let minutesLate = 0...720
  /// The most bytes of a body.
  public static let fileBytes = 48 * 1024 * 1024
}

/// An upload as it was read: its rows in order, and those that could not be read.
public struct MarkFile: Sendable {
  /// What the fields of the rows point into.
  let bytes: [UInt8]
  public let rows: [MarkRow]
  public let faults: [RowFault]
  /// For each row its code as it was written; empty where no row's code was mapped by a dialect.
  var tokens: [CSVField] = []
  /// For each row the column its code stood in, from 1; empty where a row of the file is one mark.
  var places: [UInt16] = []
  /// Minutes late by position in ``rows``.
  var minutes: [Int32: UInt16] = [:]
  /// Positions in ``rows`` of those whose detail cannot be read.
  var unreadableDetails: Set<Int32> = []

  /// How many marks were sent, and rows that could not be read.
  public var received: Int { rows.count + faults.count }

  /// A field as text.
  func text(_ field: CSVField) -> String {
    let start = Int(field.offset)
    return String(decoding: bytes[start..<start + Int(field.length)], as: UTF8.self)
  }
}

/// The values of one row, to be kept aside until they can be applied.
public struct MarkText: Hashable, Sendable {
  public let upn: String
  public let date: String
  public let session: String
  public let code: String
  public let detail: String
  /// The code as it was written, where a dialect mapped it.
  public let token: String?
  public let minutesLate: Int?

  public init(
    upn: String, date: String, session: String, code: String, detail: String, token: String? = nil,
    minutesLate: Int? = nil
  ) {
    self.token = token
    self.minutesLate = minutesLate
    self.upn = upn
    self.date = date
    self.session = session
    self.code = code
    self.detail = detail
  }
}

extension MarkFile {
  /// The values of a row.
  func values(at index: Int) -> MarkText {
    let row = rows[index]
    let minutes = minutes[Int32(index)].flatMap { $0 == MarkTranslator.unreadableMinutes ? nil : Int($0) }
    let code = text(row.code)
    let token = token(at: index)
    return MarkText(
      upn: text(row.upn), date: text(row.date), session: text(row.session), code: code, detail: text(row.detail),
      token: token == code ? nil : token, minutesLate: minutes)
  }

  /// A row's code as it was written.
  func token(at index: Int) -> String { text(tokens.isEmpty ? rows[index].code : tokens[index]) }

  /// A file of values, each with a number of its own. Values that are too long for a field, or hold a control character,
  /// become faults.
  public init(_ values: some Sequence<(number: Int32, mark: MarkText)>) {
    var bytes: [UInt8] = []
    var rows: [MarkRow] = []
    var faults: [RowFault] = []
    var tokens: [CSVField] = []
    var isMapped = false
    var minutes: [Int32: UInt16] = [:]
    func put(_ text: String, _ column: String) throws(RowFault.Failure) -> CSVField {
      guard text.utf8.count <= MarkLimits.fieldBytes else {
        throw RowFault.Failure(reason: .fieldTooLong, column: column)
      }
      guard !text.utf8.contains(where: { $0 < 32 && $0 != 9 && $0 != 10 && $0 != 13 || $0 == 127 }) else {
        throw RowFault.Failure(reason: .controlCharacter, column: column)
      }
      let field = CSVField(offset: UInt32(bytes.count), length: UInt16(text.utf8.count))
      bytes.append(contentsOf: text.utf8)
      return field
    }
    for (number, mark) in values {
      do throws(RowFault.Failure) {
        let row = MarkRow(
          number: number, upn: try put(mark.upn, "upn"), date: try put(mark.date, "date"),
          session: try put(mark.session, "session"), code: try put(mark.code, "code"),
          detail: try put(mark.detail, "detail"))
        tokens.append(try mark.token.map { token throws(RowFault.Failure) in try put(token, "code") } ?? row.code)
        if let late = mark.minutesLate {
          minutes[Int32(rows.count)] =
            MarkLimits.minutesLate ~= late ? UInt16(late) : MarkTranslator.unreadableMinutes
        }
        rows.append(row)
        isMapped = isMapped || mark.token != nil
      } catch {
        faults.append(RowFault(number: number, reason: error.reason, column: error.column))
      }
    }
    self.init(bytes: bytes, rows: rows, faults: faults, tokens: isMapped ? tokens : [], minutes: minutes)
  }
}
