public import Rulebook
import SchoolFiles

/// Reads payments as banks and pay services export them: text in rows (``TextFile``), a header with the usual names in any
/// order, other columns and whatever is in them passed over.
public enum PaymentsCSV {
  /// Reads a file. A row that cannot be read costs no other row.
  ///
  /// - Parameters:
  ///   - source: whose file it is.
  ///   - today: a payment of a later day is refused.
  /// - Throws: ``PaymentFileError`` when no row can be read, or the days are written month first.
  public static func read(
    _ input: [UInt8], from source: PaymentSource, today: Day
  ) throws(PaymentFileError) -> PaymentFile {
    guard input.count <= PaymentLimits.fileBytes else { throw .tooLarge }
    let text: TextFile
    do throws(OtherFile) {
      text = try TextFile(input)
    } catch {
      throw .other(slug: error.slug, detail: error.detail)
    }
    let result = text.bytes.withUnsafeBufferPointer { bytes in
      Result { () throws(PaymentFileError) in try table(bytes, source, today) }
    }
    return try result.get()
  }

  private static func table(
    _ bytes: UnsafeBufferPointer<UInt8>, _ source: PaymentSource, _ today: Day
  ) throws(PaymentFileError) -> PaymentFile {
    let format = SheetFormat(
      columns: PaymentLimits.columns, fieldBytes: PaymentLimits.fieldBytes, rowBytes: PaymentLimits.rowBytes)
    let fields = format.fields()
    defer { fields.deallocate() }
    var sheet: OpenSheet<PaymentColumns>
    do throws(HeaderFault) {
      sheet = try format.open(bytes, fields) { names, _, _ throws(HeaderFault) in try PaymentColumns(names) }
    } catch {
      throw PaymentFileError(error)
    }
    var reader = PaymentRowReader(sheet.columns, source, today: today)
    var number = sheet.headerRow
    reading: while true {
      let outcome = sheet.scanner.next(into: fields)
      number += 1
      switch outcome {
      case .end: break reading
      case .blank: continue
      case .fault(let fault): reader.refuse(number, PaymentFault.row(fault))
      case .record(let count): reader.add(PaymentCells(fields[..<count], sheet), number)
      }
      guard reader.file.received <= PaymentLimits.rows else { throw .tooManyRows }
    }
    if let (row, dayFirstRow) = reader.days.monthFirst { throw .monthFirst(row: row, dayFirstRow: dayFirstRow) }
    return reader.file
  }
}

extension PaymentFileError {
  fileprivate init(_ fault: HeaderFault) {
    switch fault {
    case .empty: self = .empty
    case .tooManyColumns: self = .tooManyColumns
    case .missing(let columns): self = .missingColumns(columns)
    case .twice(let column): self = .columnTwice(column)
    case .unreadable, .unreadableDate, .otherWeekday, .dates: self = .unreadableHeader
    }
  }
}

/// The cells of one row as texts.
struct PaymentCells {
  let all: [String]
  /// Why cells of columns that are read cannot be.
  let broken: (column: Int, fault: CSVFault)?
  /// Whether the row has values behind the header's last column.
  let isTooLong: Bool

  init(_ fields: Slice<UnsafeMutableBufferPointer<CSVField>>, _ sheet: OpenSheet<PaymentColumns>) {
    let count = sheet.columns.count
    all = (0..<count).map { column in
      column < fields.count && !fields[column].isBroken ? sheet.scanner.text(fields[column]) : ""
    }
    isTooLong = fields.dropFirst(count).contains { !$0.isEmpty || $0.isBroken }
    broken =
      sheet.columns.used.lazy.filter { $0 < fields.count }
      .compactMap { column in fields[column].fault.map { (column, $0) } }.first
  }

  /// A cell in plain text; empty where there is no such column.
  subscript(column: Int?) -> String { column.map { SpreadsheetCell.read(all[$0]).inPlainSpaces } ?? "" }
}
