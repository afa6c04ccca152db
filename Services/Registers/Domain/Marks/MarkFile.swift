/// One row of an upload: where its fields are, not yet what they mean.
public struct MarkRow: Sendable {
  /// The row as its sender counts: in CSV the header is row 1, in JSON the index in `/marks`.
  public let number: Int32
  let upn: Field
  let date: Field
  let session: Field
  let code: Field
  let detail: Field
}

/// A row that cannot be read.
public struct RowFault: Hashable, Sendable {
  /// As in ``MarkRow/number``.
  public let number: Int32
  public let reason: Reason
  /// The column of the file, from 1, where a row holds several marks.
  public var place: Int?

  /// The same, thrown.
  struct Failure: Error { let reason: Reason }

  /// Why a row cannot be read; the raw value is the slug that the sender sees.
  public enum Reason: String, Sendable, CaseIterable {
    case wrongColumnCount = "wrong-column-count"
    case controlCharacter = "control-character"
    case unterminatedQuote = "unterminated-quote"
    case strayQuote = "stray-quote"
    case fieldTooLong = "field-too-long"
    case rowTooLong = "row-too-long"
    case wrongType = "wrong-type"
    case notTwoMarks = "not-two-marks"
    case notAMark = "not-a-mark"
    case unknownIdentifier = "unknown-identifier"

    var detail: String {
      switch self {
      case .wrongColumnCount: "The row has a different number of columns from the header."
      case .controlCharacter: "A cell holds a control character."
      case .unterminatedQuote: "A quotation mark opens a cell and nothing closes it."
      case .strayQuote: "A cell has a quotation mark inside it, or text after a closing quotation mark."
      case .fieldTooLong: "A cell is longer than \(MarkLimits.fieldBytes) bytes."
      case .rowTooLong: "The row is longer than \(MarkLimits.rowBytes) bytes."
      case .wrongType: "The mark is not an object of texts."
      case .notTwoMarks: "The cell under a date does not hold the two marks of the day."
      case .notAMark:
        "The row holds no pupil number, no date and no attendance code: it is a heading, a total or a remark."
      case .unknownIdentifier: "No child with this identifier is or was on the school's roll."
      }
    }

    var fix: String {
      switch self {
      case .wrongColumnCount: "Send one value for every column; put values with a comma in quotation marks."
      case .controlCharacter: "Remove the character."
      case .unterminatedQuote, .strayQuote: "Quote the whole field and double the quotation marks within it."
      case .fieldTooLong, .rowTooLong: "Shorten the text."
      case .wrongType: "Send upn, date, session and code as JSON strings."
      case .notTwoMarks:
        "Write the morning's and the afternoon's mark in the cell, with a space between them where one has two characters, or use a column for each session."
      case .notAMark: "Nothing, if no mark is meant. Otherwise complete the row and send it again."
      case .unknownIdentifier: "Enrol the child, or correct the identifier."
      }
    }
  }
}

/// The limits of one upload.
public enum MarkLimits {
  /// A school of 1,500 for a whole year is about half of it.
  public static let rows = 1_000_000
  /// A whole year by session has about 400, one with a column for every day of the calendar 732.
  public static let columns = 800
  public static let fieldBytes = 1_000
  public static let rowBytes = 32_768
  /// How many minutes late a child can be within a session's day.
  public static let minutesLate = 0...720
  /// The most bytes of a body.
  public static let fileBytes = 48 * 1024 * 1024
}

/// Why a whole upload cannot be read. Nothing of it is applied.
public enum MarkFileError: Error, Hashable, Sendable {
  case empty
  /// Not a file of text in rows.
  case other(OtherFile)
  case missingColumns([String])
  case columnTwice(String)
  case tooManyColumns
  case unreadableHeader
  /// The head of a column of a grid, counted from 1, begins like a date and is none.
  case unreadableDate(Int)
  /// Its dates are not written as its dialect says.
  case dates(DateColumn.Contradiction)
  case tooManyRows
  case tooLarge
  /// Not JSON, or not an object with an array `marks`.
  case malformedJSON

  /// The last part of the problem's type.
  public var slug: String {
    switch self {
    case .empty: "empty-file"
    case .other(let file): file.slug
    case .missingColumns: "missing-columns"
    case .columnTwice: "column-twice"
    case .tooManyColumns: "too-many-columns"
    case .unreadableHeader, .unreadableDate: "unreadable-header"
    case .dates: "dates-contradict-dialect"
    case .tooManyRows: "too-many-rows"
    case .tooLarge: "file-too-large"
    case .malformedJSON: "malformed-json"
    }
  }

  /// What is wrong and what to do. Holds no value of the file but a date.
  public var detail: String {
    switch self {
    case .empty: "The file is empty. Send a header row and a row for each mark."
    case .other(let file): file.detail
    case .missingColumns(let names):
      "No row near the top of the file is a header with the columns \(names.joined(separator: ", ")). Add a first row with their names, or name the dialect that the file is in; GET /dialects shows each dialect's names."
    case .columnTwice(let name):
      "Two columns of the header can be the column \(name). Delete one of them, or give it another name."
    case .tooManyColumns:
      "The header has more than \(MarkLimits.columns) columns. Send the file in parts: a term or a half term in each, every part with the pupil number."
    case .unreadableHeader:
      "The header row cannot be read: a quotation mark in it opens a cell and nothing closes it, or it is longer than \(MarkLimits.rowBytes) bytes. Write the names of the columns without quotation marks."
    case .unreadableDate(let column):
      "The head of column \(column) begins like a date and is not one in the form that the dialect declares, with AM or PM after it. Write it like 2026-09-07 AM."
    case .dates(let contradiction): contradiction.detail
    case .tooManyRows: "The file has more than \(MarkLimits.rows) rows. Send it in parts."
    case .tooLarge: "The file is larger than \(MarkLimits.fileBytes) bytes. Send it in parts."
    case .malformedJSON: "The body is not a JSON object with an array of marks."
    }
  }
}

extension MarkFileError {
  init(_ fault: HeaderFault) {
    self =
      switch fault {
      case .empty: .empty
      case .tooManyColumns: .tooManyColumns
      case .unreadable: .unreadableHeader
      case .unreadableDate(let column): .unreadableDate(column)
      case .missing(let names): .missingColumns(names)
      case .twice(let name): .columnTwice(name)
      case .dates(let contradiction): .dates(contradiction)
      }
  }
}

/// An upload as it was read: its rows in order, and those that could not be read.
public struct MarkFile: Sendable {
  /// What the fields of the rows point into.
  let bytes: [UInt8]
  public let rows: [MarkRow]
  public let faults: [RowFault]
  /// For each row its code as it was written; empty where no row's code was mapped by a dialect.
  var tokens: [Field] = []
  /// For each row the column its code stood in, from 1; empty where a row of the file is one mark.
  var places: [UInt16] = []
  /// Minutes late by position in ``rows``.
  var minutes: [Int32: UInt16] = [:]
  /// Positions in ``rows`` of those whose detail cannot be read.
  var unreadableDetails: Set<Int32> = []

  /// How many marks were sent, and rows that could not be read.
  public var received: Int { rows.count + faults.count }

  /// A field as text.
  func text(_ field: Field) -> String {
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
    var tokens: [Field] = []
    var isMapped = false
    var minutes: [Int32: UInt16] = [:]
    func put(_ text: String) throws(RowFault.Failure) -> Field {
      guard text.utf8.count <= MarkLimits.fieldBytes else { throw RowFault.Failure(reason: .fieldTooLong) }
      guard !text.utf8.contains(where: { $0 < 32 && $0 != 9 && $0 != 10 && $0 != 13 || $0 == 127 }) else {
        throw RowFault.Failure(reason: .controlCharacter)
      }
      let field = Field(offset: UInt32(bytes.count), length: UInt16(text.utf8.count))
      bytes.append(contentsOf: text.utf8)
      return field
    }
    for (number, mark) in values {
      do throws(RowFault.Failure) {
        let row = MarkRow(
          number: number, upn: try put(mark.upn), date: try put(mark.date), session: try put(mark.session),
          code: try put(mark.code), detail: try put(mark.detail))
        tokens.append(try mark.token.map(put) ?? row.code)
        if let late = mark.minutesLate {
          minutes[Int32(rows.count)] =
            MarkLimits.minutesLate ~= late ? UInt16(late) : MarkTranslator.unreadableMinutes
        }
        rows.append(row)
        isMapped = isMapped || mark.token != nil
      } catch {
        faults.append(RowFault(number: number, reason: error.reason))
      }
    }
    self.init(bytes: bytes, rows: rows, faults: faults, tokens: isMapped ? tokens : [], minutes: minutes)
  }
}
