/// A table as comma-separated values (RFC 4180): UTF-8, a header row, one line a row.
public struct CSVTable: Hashable, Sendable {
  public let columns: [String]
  public private(set) var rows: [[String]] = []

  public init(_ columns: [String]) { self.columns = columns }

  /// Adds a row by the names of its columns; what it does not name is empty.
  ///
  /// - Precondition: it names none but the table's columns.
  public mutating func add(_ cells: [String: String?]) {
    precondition(cells.keys.allSatisfy(columns.contains), "a row names none but the table's columns")
    rows.append(columns.map { (cells[$0] ?? nil) ?? "" })
  }

  /// Adds a row in the order of the columns; what is `nil` is empty.
  ///
  /// - Precondition: it has a cell for each column.
  public mutating func add(_ cells: [String?]) {
    precondition(cells.count == columns.count, "a row has a cell for each column")
    rows.append(cells.map { $0 ?? "" })
  }

  /// The file. A cell that a spreadsheet would run is written with an apostrophe before it.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for row in [columns] + rows {
      for (place, cell) in row.enumerated() {
        if place > 0 { bytes.append(UInt8(ascii: ",")) }
        SpreadsheetCell.write(cell, to: &bytes)
      }
      bytes.append(contentsOf: [13, 10])
    }
    return bytes
  }
}
