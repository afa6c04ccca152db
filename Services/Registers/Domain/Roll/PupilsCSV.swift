import Rulebook
import SchoolFiles

/// Reads and writes pupils as comma-separated values: a header row, columns in any order, under the register's names or
/// the usual ones, or as a dialect names them; columns that it does not know are passed over, and rows without any value
/// that it does.
///
/// A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return would be run by a spreadsheet. It is written
/// with an apostrophe before it, and read without.
public enum PupilsCSV {
  /// The columns of a contact, after `contact1`, `contact2` and `contact3`.
  public static let contactColumns = [
    "GivenName", "FamilyName", "Relation", "ParentalResponsibility", "LivesWith", "Emergency", "SafeToContact",
    "AddressProtected", "Telephone", "Email", "Address", "Postcode",
  ]
  /// Every column that is read and written.
  public static let columns =
    PupilField.columns.map(\.column)
    + (1...PupilLimits.contactsInCSV).flatMap { number in contactColumns.map { "contact\(number)\($0)" } }
  /// The columns that must be there.
  public static let requiredColumns = PupilField.columns.filter(\.declaration.isNeeded).map(\.column)

  /// Reads a file. A row that cannot be read is a fault and costs no other row; a cell that cannot be read costs no other
  /// cell. Titles above the header, the header once more, blank rows and totals are passed over. A row may be shorter
  /// than the header by columns that need not be there, as spreadsheets save it.
  ///
  /// - Throws: ``PupilFileError`` when no row can be read.
  public static func read(
    _ input: [UInt8], as dialect: MarkDialect = .standard
  ) throws(PupilFileError) -> PupilFile {
    guard input.count <= PupilLimits.fileBytes else { throw .tooLarge }
    let text: TextFile
    do throws(OtherFile) {
      text = try TextFile(input)
    } catch {
      throw .other(error)
    }
    let layout = dialect.pupils ?? .standard
    let result = text.bytes.withUnsafeBufferPointer { bytes in
      Result { () throws(PupilFileError) in try table(bytes, dialect, layout) }
    }
    let read = try result.get()
    return try PupilFile(
      rows: read.rows, faults: read.faults, asides: read.asides, dates: PupilDates(dialect.dates),
      joinsContacts: true)
  }

  private struct Table {
    var rows: [PupilFile.Row] = []
    var faults: [PupilFile.BadRow] = []
    var asides: [PupilFile.Aside] = []
  }

  private static func table(
    _ bytes: UnsafeBufferPointer<UInt8>, _ dialect: MarkDialect, _ layout: PupilLayout
  ) throws(PupilFileError) -> Table {
    // More than a value may have, and quoted twice over: whatever is accepted can be written and read again.
    let format = SheetFormat(
      separator: dialect.separator.byte, columns: PupilLimits.columns, fieldBytes: PupilLimits.textBytes + 100,
      rowBytes: 3 * PupilLimits.rowBytes)
    let fields = format.fields()
    defer { fields.deallocate() }
    var sheet: OpenSheet<PupilColumns>
    do throws(HeaderFault) {
      sheet = try format.open(bytes, fields) { names, _, _ throws(HeaderFault) in try PupilColumns(names, layout) }
    } catch {
      throw PupilFileError(error)
    }
    var number = sheet.headerRow
    var table = Table()
    reading: while true {
      let outcome = sheet.scanner.next(into: fields)
      number += 1
      switch outcome {
      case .end: break reading
      case .blank: continue
      case .record(let count):
        try add(PupilCells(fields[..<count], sheet, layout), number, sheet.columns, to: &table)
      case .fault(let reason): table.faults.append(.init(number: number, refusal: Fault(reason)))
      }
      guard table.rows.count + table.faults.count <= PupilLimits.pupils else { throw .tooManyPupils }
    }
    return table
  }

  private static func add(
    _ cells: PupilCells, _ number: Int, _ columns: PupilColumns, to table: inout Table
  ) throws(PupilFileError) {
    if cells.areEmpty || columns.isHeader(cells.texts) { return }
    if cells.areOfAReport {
      table.asides.append(.init(number: number, note: .notAChild))
    } else if cells.count < columns.reach || cells.isLonger(than: columns.count) {
      table.faults.append(.init(number: number, refusal: Fault(.wrongColumnCount)))
    } else {
      do throws(Fault) {
        table.rows.append(PupilFile.Row(number: number, pupil: try cells.pupil()))
      } catch {
        if error.reason == Fault.columnsDiffer { throw .columnTwice(error.column) }
        table.faults.append(PupilFile.BadRow(number: number, refusal: error))
      }
    }
  }
}

extension PupilFileError {
  fileprivate init(_ fault: HeaderFault) {
    switch fault {
    case .empty: self = .empty
    case .tooManyColumns: self = .tooManyColumns
    case .missing(let columns): self = .missingColumns(columns)
    case .twice(let column): self = .columnTwice(column)
    case .dates(let contradiction): self = .dates(contradiction)
    case .unreadable, .unreadableDate, .otherWeekday: self = .unreadableHeader
    }
  }
}
