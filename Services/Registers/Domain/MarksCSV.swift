/// Reads marks as management information systems export them: UTF-8, a header row, the columns `upn`, `date`, `session`
/// and `code` in any order, optionally `detail`; other columns are passed over.
public enum MarksCSV {
  /// The columns that must be there.
  public static let requiredColumns = ["upn", "date", "session", "code"]

  /// Reads a file. A row that cannot be read is a fault and costs no other row.
  ///
  /// - Throws: ``MarkFileError`` when no row can be read.
  public static func read(_ input: [UInt8]) throws(MarkFileError) -> MarkFile {
    guard input.count <= MarkLimits.fileBytes else { throw .tooLarge }
    let result = input.withUnsafeBufferPointer { bytes in
      Result { () throws(MarkFileError) in try read(bytes) }
    }
    let (rows, faults, unescaped) = try result.get()
    return MarkFile(bytes: unescaped.isEmpty ? input : input + unescaped, rows: rows, faults: faults)
  }

  private typealias Parts = (rows: [MarkRow], faults: [RowFault], unescaped: [UInt8])

  private static func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(MarkFileError) -> Parts {
    var scanner = CSVScanner(bytes, from: try start(bytes))
    let fields = UnsafeMutableBufferPointer<Field>.allocate(capacity: MarkLimits.columns + 1)
    fields.initialize(repeating: .empty)
    defer { fields.deallocate() }
    var number: Int32 = 0
    let columns = try readHeader(&scanner, fields, bytes, &number)

    var rows: [MarkRow] = []
    rows.reserveCapacity(bytes.count / 30)
    var faults: [RowFault] = []
    while true {
      let outcome = scanner.next(into: fields)
      if outcome == .end { break }
      number += 1
      switch outcome {
      case .record(columns.count):
        rows.append(
          MarkRow(
            number: number, upn: fields[columns.upn], date: fields[columns.date], session: fields[columns.session],
            code: fields[columns.code], detail: columns.detail.map { fields[$0] } ?? .empty))
      case .record: faults.append(RowFault(number: number, reason: .wrongColumnCount))
      case .fault(let reason): faults.append(RowFault(number: number, reason: reason))
      case .blank, .end: break
      }
      guard rows.count + faults.count <= MarkLimits.rows else { throw .tooManyRows }
    }
    return (rows, faults, scanner.unescaped)
  }

  /// Where the text begins, behind a byte order mark.
  private static func start(_ bytes: UnsafeBufferPointer<UInt8>) throws(MarkFileError) -> Int {
    if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) { throw .notUTF8 }
    return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  private struct Columns {
    let count: Int
    let upn: Int
    let date: Int
    let session: Int
    let code: Int
    let detail: Int?
  }

  private static func readHeader(
    _ scanner: inout CSVScanner, _ fields: UnsafeMutableBufferPointer<Field>, _ bytes: UnsafeBufferPointer<UInt8>,
    _ number: inout Int32
  ) throws(MarkFileError) -> Columns {
    while true {
      number += 1
      switch scanner.next(into: fields) {
      case .end: throw .empty
      case .blank: continue
      case .fault(.notUTF8): throw .notUTF8
      case .fault(.wrongColumnCount): throw .tooManyColumns
      case .fault: throw .unreadableHeader
      case .record(let count):
        guard count <= MarkLimits.columns else { throw .tooManyColumns }
        let names = fields[..<count].map { field -> String in
          // A quoted name with doubled quotation marks lies elsewhere and is none of ours.
          guard Int(field.offset) + Int(field.length) <= bytes.count else { return "" }
          let start = Int(field.offset)
          return String(decoding: bytes[start..<start + Int(field.length)], as: UTF8.self).lowercased()
        }
        return try columns(names)
      }
    }
  }

  private static func columns(_ names: [String]) throws(MarkFileError) -> Columns {
    for name in requiredColumns + ["detail"] where names.count(where: { $0 == name }) > 1 { throw .columnTwice(name) }
    guard let upn = names.firstIndex(of: "upn"), let date = names.firstIndex(of: "date"),
      let session = names.firstIndex(of: "session"), let code = names.firstIndex(of: "code")
    else { throw .missingColumns(requiredColumns.filter { !names.contains($0) }) }
    return Columns(
      count: names.count, upn: upn, date: date, session: session, code: code, detail: names.firstIndex(of: "detail"))
  }
}
