public import Rulebook
import SchoolFiles

/// Reads marks as management information systems and spreadsheets write them: text in rows (``TextFile``), a header,
/// columns in any order by the names of a dialect. Other columns are passed over, whatever is in them, and rows without any
/// value.
public enum MarksCSV {
  /// Reads a file. A row that cannot be read is a fault and costs no other row.
  ///
  /// - Throws: ``MarkFileError`` when no row can be read, or the dates are not written as the dialect says.
  public static func read(
    _ input: [UInt8], as dialect: MarkDialect = .standard, codes: CodeBook = .england
  ) throws(MarkFileError) -> MarkFile {
    guard input.count <= MarkLimits.fileBytes else { throw .tooLarge }
    let text = try text(input)
    let result = text.bytes.withUnsafeBufferPointer { bytes in
      Result { () throws(MarkFileError) in try marks(bytes, dialect, codes) }
    }
    let (found, unescaped) = try result.get()
    return MarkFile(
      bytes: unescaped.isEmpty ? text.bytes : text.bytes + unescaped, rows: found.rows, faults: found.faults,
      tokens: found.tokens, places: found.places, minutes: found.minutes, unreadableDetails: found.unreadableDetails)
  }

  private static func text(_ input: [UInt8]) throws(MarkFileError) -> TextFile {
    do throws(OtherFile) { return try TextFile(input) } catch { throw .other(error) }
  }

  private static func marks(
    _ bytes: UnsafeBufferPointer<UInt8>, _ dialect: MarkDialect, _ codes: CodeBook
  ) throws(MarkFileError) -> (ReadMarks, unescaped: [UInt8]) {
    let format = SheetFormat(
      separator: dialect.separator.byte, columns: MarkLimits.columns, fieldBytes: MarkLimits.fieldBytes,
      rowBytes: MarkLimits.rowBytes)
    let fields = format.fields()
    defer { fields.deallocate() }
    var sheet = try header(bytes, format, fields, dialect)
    var translator = MarkTranslator(dialect, columns: sheet.columns, codes: codes, scanner: &sheet.scanner)
    var read = ReadMarks()
    let isPlain = MarkTranslator.isIdentity(dialect, sheet.columns)
    if isPlain { read.rows.reserveCapacity(bytes.count / 30) }
    var number = Int32(sheet.headerRow)
    while true {
      let outcome = sheet.scanner.next(into: fields)
      if outcome == .end { break }
      number += 1
      switch outcome {
      case .record(let count):
        if count < sheet.columns.needed {
          read.faults.append(RowFault(number: number, reason: .wrongColumnCount))
        } else if count != sheet.columns.count, !sheet.columns.fit(count, fields) {
          read.faults.append(RowFault(number: number, reason: .wrongColumnCount))
        } else if !isPlain || !translator.addPlain(number, fields, sheet.scanner, to: &read) {
          translator.add(number, fields, &sheet.scanner, to: &read)
        }
      case .fault(let fault): read.faults.append(RowFault(number: number, reason: RowFault.Reason(fault)))
      case .blank, .end: break
      }
      guard read.rows.count + read.faults.count <= MarkLimits.rows else { throw .tooManyRows }
    }
    if let contradiction = translator.dates.contradiction { throw .dates(contradiction) }
    return (read, sheet.scanner.unescaped)
  }

  private static func header(
    _ bytes: UnsafeBufferPointer<UInt8>, _ format: SheetFormat, _ fields: UnsafeMutableBufferPointer<CSVField>,
    _ dialect: MarkDialect
  ) throws(MarkFileError) -> OpenSheet<MarkColumns> {
    func joined(_ upper: [String], _ lower: [String]) -> [String]? { MarkColumns.joined(upper, lower, dialect) }
    do throws(HeaderFault) {
      return try format.open(bytes, fields, joined: joined) { names, row, scanner throws(HeaderFault) in
        try MarkColumns(dialect, names, row: row, scanner: &scanner)
      }
    } catch {
      throw MarkFileError(error)
    }
  }
}
