/// The names of columns, as people write them.
public enum HeaderName {
  /// What the spellings of one name have in common: `Minutes late`, `minutes_late`, `minutesLate` and `Minutes late*` are
  /// one. A name without letters and digits is itself.
  public static func key(_ name: String) -> String {
    let name = name.lowercased()
    let key = String(String.UnicodeScalarView(name.unicodeScalars.filter(\.properties.isLetterOrDigit)))
    return key.isEmpty ? name : key
  }

  /// The key of a name without the remarks on how to fill it in that people add in brackets: `Date of birth (dd/mm/yyyy)`,
  /// `First name(s)`. Any other remark may say that it is somebody else's, and stays.
  public static func keyWithoutRemarks(_ name: String) -> String {
    key(
      name.replacing(
        #/[(\[]\s*([dmyhs0-9\/.:\- ]+|m\/f|f\/m|am\/pm|y\/n|yes\/no|required|mandatory|optional|text|date)\s*[)\]]/#
          .ignoresCase(), with: ""))
  }
}

extension Unicode.Scalar.Properties {
  fileprivate var isLetterOrDigit: Bool { isAlphabetic || numericType != nil }
}

/// What is wrong with the header of a sheet.
public enum HeaderFault: Error, Hashable, Sendable {
  case empty
  case tooManyColumns
  /// It cannot be taken apart.
  case unreadable
  /// The head of a column, counted from 1, begins like a date and is none.
  case unreadableDate(Int)
  /// The head of a column, counted from 1, is a date with another day of the week.
  case otherWeekday(Int, DateFault)
  case missing([String])
  case twice(String)
  case dates(DateColumn.Contradiction)

  /// How far it is from a header: of several rows that are none, the nearest is spoken of.
  fileprivate var distance: Int {
    switch self {
    case .unreadableDate, .otherWeekday, .twice, .dates, .tooManyColumns: 0
    case .missing(let names): names.count
    case .unreadable: 3
    case .empty: 1_000
    }
  }
}

/// A sheet whose header was found: the scanner stands before its first row.
public struct OpenSheet<Columns> {
  public var scanner: CSVScanner
  public let columns: Columns
  /// The header's row, from 1.
  public let headerRow: Int
}

/// What readers of one kind of sheet have in common.
public struct SheetFormat {
  /// What stands between columns unless the file itself says or shows otherwise.
  let separator: UInt8
  let columns: Int
  /// As ``CSVScanner/init(_:from:separator:fieldBytes:rowBytes:)`` has them.
  let fieldBytes: Int
  let rowBytes: Int

  /// - Parameter columns: the most columns.
  public init(separator: UInt8 = UInt8(ascii: ","), columns: Int, fieldBytes: Int, rowBytes: Int) {
    self.separator = separator
    self.columns = columns
    self.fieldBytes = fieldBytes
    self.rowBytes = rowBytes
  }

  /// How many rows are looked at for the header: reports have their title above it.
  public static let searchedRows = 20

  /// Room for one row.
  public func fields() -> UnsafeMutableBufferPointer<CSVField> {
    let fields = UnsafeMutableBufferPointer<CSVField>.allocate(capacity: columns + 1)
    fields.initialize(repeating: .empty)
    return fields
  }

  /// Finds the header: the first row that the body takes, by the declared separator or by another that spreadsheets
  /// write. A first line `sep=;` names the separator and is no row, as spreadsheets count.
  ///
  /// - Parameters:
  ///   - joined: the names of a header of two rows, as cells that are merged across columns make it; `nil` when the rows
  ///     are none.
  ///   - body: makes the columns of the names and of the row's number.
  /// - Throws: ``HeaderFault`` of the row that is nearest to a header.
  public func open<Columns>(
    _ bytes: UnsafeBufferPointer<UInt8>, _ fields: UnsafeMutableBufferPointer<CSVField>,
    joined: (_ upper: [String], _ lower: [String]) -> [String]? = { _, _ in nil },
    _ body: (_ names: [String], _ row: Int, _ scanner: inout CSVScanner) throws(HeaderFault) -> Columns
  ) throws(HeaderFault) -> OpenSheet<Columns> {
    let named = Self.namedSeparator(bytes)
    var separators = [separator, UInt8(ascii: ","), UInt8(ascii: ";"), 9, UInt8(ascii: "|")]
    if let named { separators.insert(named.separator, at: 0) }
    var nearest = HeaderFault.empty
    for (place, separator) in separators.enumerated() where separators.firstIndex(of: separator) == place {
      var scanner = CSVScanner(
        bytes, from: named?.start ?? 0, separator: separator, fieldBytes: fieldBytes, rowBytes: rowBytes)
      var row = 0
      while row < Self.searchedRows {
        row += 1
        do throws(HeaderFault) {
          guard let names = try names(&scanner, fields) else { continue }
          var ahead = scanner
          if let lower = try? self.names(&ahead, fields), let both = joined(names, lower),
            let columns = try? body(both, row + 1, &ahead)
          {
            return OpenSheet(scanner: ahead, columns: columns, headerRow: row + 1)
          }
          let columns = try body(names, row, &scanner)
          return OpenSheet(scanner: scanner, columns: columns, headerRow: row)
        } catch {
          if error == .empty { break }
          if error.distance < nearest.distance { nearest = error }
        }
      }
    }
    throw nearest
  }

  /// The texts of a row's cells; `nil` for a blank row.
  private func names(
    _ scanner: inout CSVScanner, _ fields: UnsafeMutableBufferPointer<CSVField>
  ) throws(HeaderFault) -> [String]? {
    switch scanner.next(into: fields) {
    case .end: throw .empty
    case .blank: return nil
    case .fault(.wrongColumnCount): throw .tooManyColumns
    case .fault: throw .unreadable
    case .record(let count):
      guard count <= columns else { throw .tooManyColumns }
      return fields[..<count].map { field in scanner.with(field) { String(decoding: $0, as: UTF8.self) } }
    }
  }

  /// The separator that a first line `sep=;` names, and where the next line begins.
  private static func namedSeparator(_ bytes: UnsafeBufferPointer<UInt8>) -> (separator: UInt8, start: Int)? {
    guard bytes.count > 5, bytes[..<4].map({ $0 | 0x20 }) == Array("sep=".utf8).map({ $0 | 0x20 }),
      bytes[5] == 10 || bytes[5] == 13
    else { return nil }
    return (bytes[4], bytes[5] == 13 && bytes.count > 6 && bytes[6] == 10 ? 7 : 6)
  }
}
