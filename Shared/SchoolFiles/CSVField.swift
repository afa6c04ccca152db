/// Why a cell or a row of a file cannot be read; the raw value is the slug that the sender sees.
public enum CSVFault: String, Hashable, Sendable, CaseIterable {
  case wrongColumnCount = "wrong-column-count"
  case controlCharacter = "control-character"
  case unterminatedQuote = "unterminated-quote"
  case strayQuote = "stray-quote"
  case fieldTooLong = "field-too-long"
  case rowTooLong = "row-too-long"
  /// An error of a spreadsheet stands in place of the value (``SpreadsheetCell/isError(_:)``); the scanner does not look.
  case spreadsheetError = "spreadsheet-error"
}

/// Where a cell lies in a file's bytes, or why it cannot be read.
public struct CSVField: Hashable, Sendable {
  public let offset: UInt32
  public let length: UInt16

  public static let empty = CSVField(offset: 0, length: 0)

  @inlinable
  public init(offset: UInt32, length: UInt16) {
    self.offset = offset
    self.length = length
  }

  /// A cell that cannot be read: it holds nothing.
  init(broken fault: CSVFault) {
    let place = CSVFault.allCases.firstIndex(of: fault) ?? 0
    self.init(offset: UInt32.max - UInt32(place), length: 0)
  }

  @inlinable public var isEmpty: Bool { length == 0 }
  /// Whether it is a cell that cannot be read. No file is so long that a cell lies there.
  @inlinable public var isBroken: Bool { offset > UInt32.max - 64 }
  /// Why it cannot be read; `nil` when it can.
  public var fault: CSVFault? { isBroken ? CSVFault.allCases[Int(UInt32.max - offset)] : nil }
}
