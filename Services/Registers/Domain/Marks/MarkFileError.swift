import Schemas
public import SchoolFiles

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
  /// The head of a column of a grid, counted from 1, is a date with another day of the week.
  case otherWeekday(Int, DateFault)
  /// Its dates are not written as its dialect says.
  case dates(DateColumn.Contradiction)
  case tooManyRows
  case tooLarge
  /// One mark, or what stands beside the marks, holds more than a file of marks needs.
  case tooManyValues
  /// Not JSON, or not an object with an array `marks`.
  case malformedJSON
  /// An object around the marks has a name twice, or too many marks do.
  case repeatedName

  /// The last part of the problem's type.
  public var slug: String {
    switch self {
    case .empty: "empty-file"
    case .other(let file): file.slug
    case .missingColumns: "missing-columns"
    case .columnTwice: "column-twice"
    case .tooManyColumns: "too-many-columns"
    case .unreadableHeader, .unreadableDate, .otherWeekday: "unreadable-header"
    case .dates: "dates-contradict-dialect"
    case .tooManyRows: "too-many-rows"
    case .tooLarge: "file-too-large"
    case .tooManyValues: "too-many-values"
    case .malformedJSON: "malformed-json"
    case .repeatedName: "repeated-name"
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
    case .otherWeekday(let column, let fault): "The head of column \(column): \(fault.detail) \(fault.fix)"
    case .dates(let contradiction): contradiction.detail
    case .tooManyRows: "The file has more than \(MarkLimits.rows) rows. Send it in parts."
    case .tooLarge: "The file is larger than \(MarkLimits.fileBytes) bytes. Send it in parts."
    case .tooManyValues:
      "A mark holds more than \(MarkLimits.valuesOfMark) values, or the body holds too much beside the marks. Send only what a mark needs."
    case .malformedJSON: "The body is not a JSON object with an array of marks."
    case .repeatedName:
      "An object outside the marks has a name twice, or more than \(RepeatedNames.most) marks do. Send each name of an object once."
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
      case .otherWeekday(let column, let fault): .otherWeekday(column, fault)
      case .missing(let names): .missingColumns(names)
      case .twice(let name): .columnTwice(name)
      case .dates(let contradiction): .dates(contradiction)
      }
  }
}
