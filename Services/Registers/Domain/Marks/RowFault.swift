import SchoolFiles

/// A row that cannot be read.
public struct RowFault: Hashable, Sendable {
  /// As in ``MarkRow/number``.
  public let number: Int32
  public let reason: Reason
  /// The column of the file, from 1, where a row holds several marks.
  public var place: Int?
  /// The name of the value at fault; `nil` where it is the row as a whole.
  public var column: String?

  /// The same, thrown.
  struct Failure: Error {
    let reason: Reason
    var column: String?
  }

  /// Why a row cannot be read; the raw value is the slug that the sender sees.
  public enum Reason: String, Sendable, CaseIterable {
    case wrongColumnCount = "wrong-column-count"
    case controlCharacter = "control-character"
    case unterminatedQuote = "unterminated-quote"
    case strayQuote = "stray-quote"
    case fieldTooLong = "field-too-long"
    case rowTooLong = "row-too-long"
    case wrongType = "wrong-type"
    case repeatedName = "repeated-name"
    case notTwoMarks = "not-two-marks"
    case withoutDate = "without-date"
    case notAMark = "not-a-mark"
    case withoutIncludes = "without-includes"
    case unknownIdentifier = "unknown-identifier"
    case spreadsheetError = "spreadsheet-error"

    /// A row or a cell that cannot be taken apart.
    init(_ fault: CSVFault) {
      self =
        switch fault {
        case .wrongColumnCount: .wrongColumnCount
        case .controlCharacter: .controlCharacter
        case .unterminatedQuote: .unterminatedQuote
        case .strayQuote: .strayQuote
        case .fieldTooLong: .fieldTooLong
        case .rowTooLong: .rowTooLong
        case .spreadsheetError: .spreadsheetError
        }
    }

    /// What is wrong.
    ///
    /// - Parameter column: the value at fault.
    func detail(_ column: String? = nil) -> String {
      switch self {
      case .wrongColumnCount: "The row has a different number of columns from the header."
      case .controlCharacter: "A cell holds a control character."
      case .unterminatedQuote: "A quotation mark opens a cell and nothing closes it."
      case .strayQuote: "A cell has a quotation mark inside it, or text after a closing quotation mark."
      case .fieldTooLong: "A cell is longer than \(MarkLimits.fieldBytes) bytes."
      case .rowTooLong: "The row is longer than \(MarkLimits.rowBytes) bytes."
      case .wrongType:
        column.map { "The value of \($0) is missing, or is not of the right type." } ?? "The mark is not a JSON object."
      case .repeatedName:
        "\(column.map { "The name \($0)" } ?? "A name") is in the mark more than once, so that nobody can tell which value is meant."
      case .withoutIncludes:
        "The value of \(column ?? "student") is Wonde's own identifier or is missing: the answer of Wonde does not have the pupil number and the code in it."
      case .notTwoMarks: "The cell under a date does not hold the two marks of the day."
      case .withoutDate: "A code stands in a column that has no date above it."
      case .notAMark:
        "The row holds no pupil number, no date and no attendance code: it is a heading, a total or a remark."
      case .unknownIdentifier: "No pupil with this identifier is or was on the school's roll."
      case .spreadsheetError:
        "A cell holds a spreadsheet's error such as #N/A, or the ##### that stands for a value its column is too narrow to show."
      }
    }

    var fix: String {
      switch self {
      case .wrongColumnCount: "Send one value for every column; put values with a comma in quotation marks."
      case .controlCharacter: "Remove the character."
      case .unterminatedQuote, .strayQuote: "Quote the whole field and double the quotation marks within it."
      case .fieldTooLong, .rowTooLong: "Shorten the text."
      case .wrongType:
        "Send each mark as a JSON object with upn, date, session and code as strings, and minutesLate as a whole number."
      case .repeatedName: "Send each name of a mark once, with the value that is right."
      case .withoutIncludes:
        "Ask Wonde for the attendance with include=student,attendance_code and send its answer as it is."
      case .notTwoMarks:
        "Write the morning's and the afternoon's mark in the cell, with a space between them where one has two characters, or use a column for each session."
      case .withoutDate: "Write the date and the session above every column of marks, and send the file again."
      case .notAMark: "Nothing, if no mark is meant. Otherwise complete the row and send it again."
      case .unknownIdentifier: "Enrol the pupil, or correct the identifier."
      case .spreadsheetError: "Type the value in place of the formula, or widen the column; save the file as CSV again."
      }
    }
  }
}
