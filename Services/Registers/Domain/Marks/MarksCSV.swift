/// Reads marks as management information systems export them: UTF-8, a header row, columns in any order by the names of
/// a dialect; other columns are passed over.
public enum MarksCSV {
  /// Reads a file. A row that cannot be read is a fault and costs no other row.
  ///
  /// - Throws: ``MarkFileError`` when no row can be read.
  public static func read(
    _ input: [UInt8], as dialect: MarkDialect = .standard
  ) throws(MarkFileError) -> MarkFile {
    guard input.count <= MarkLimits.fileBytes else { throw .tooLarge }
    let result = input.withUnsafeBufferPointer { bytes in
      Result { () throws(MarkFileError) in try marks(bytes, dialect) }
    }
    let (found, unescaped) = try result.get()
    return MarkFile(
      bytes: unescaped.isEmpty ? input : input + unescaped, rows: found.rows, faults: found.faults,
      tokens: found.tokens, places: found.places, minutes: found.minutes)
  }

  private static func marks(
    _ bytes: UnsafeBufferPointer<UInt8>, _ dialect: MarkDialect
  ) throws(MarkFileError) -> (ReadMarks, unescaped: [UInt8]) {
    var scanner = CSVScanner(bytes, from: try start(bytes), separator: dialect.separator.byte)
    let fields = UnsafeMutableBufferPointer<Field>.allocate(capacity: MarkLimits.columns + 1)
    fields.initialize(repeating: .empty)
    defer { fields.deallocate() }
    var number: Int32 = 0
    let columns = try readHeader(&scanner, fields, dialect, &number)
    var read = ReadMarks()
    if MarkTranslator.isIdentity(dialect, columns), let date = columns.date, let session = columns.session,
      let code = columns.code
    {
      read.rows.reserveCapacity(bytes.count / 30)
      try eachRecord(&scanner, fields, columns.count, &number, &read) { number, _, read in
        read.rows.append(
          MarkRow(
            number: number, upn: fields[columns.upn], date: fields[date], session: fields[session],
            code: fields[code], detail: columns.detail.map { fields[$0] } ?? .empty))
      }
    } else {
      var translator = MarkTranslator(dialect, columns: columns, scanner: &scanner)
      try eachRecord(&scanner, fields, columns.count, &number, &read) { number, scanner, read in
        translator.add(number, fields, &scanner, to: &read)
      }
    }
    return (read, scanner.unescaped)
  }

  @inline(__always)
  private static func eachRecord(
    _ scanner: inout CSVScanner, _ fields: UnsafeMutableBufferPointer<Field>, _ count: Int, _ number: inout Int32,
    _ read: inout ReadMarks, _ body: (Int32, inout CSVScanner, inout ReadMarks) -> Void
  ) throws(MarkFileError) {
    while true {
      let outcome = scanner.next(into: fields)
      if outcome == .end { return }
      number += 1
      switch outcome {
      case .record(count): body(number, &scanner, &read)
      case .record: read.faults.append(RowFault(number: number, reason: .wrongColumnCount))
      case .fault(let reason): read.faults.append(RowFault(number: number, reason: reason))
      case .blank, .end: break
      }
      guard read.rows.count + read.faults.count <= MarkLimits.rows else { throw .tooManyRows }
    }
  }

  /// Where the text begins, behind a byte order mark.
  private static func start(_ bytes: UnsafeBufferPointer<UInt8>) throws(MarkFileError) -> Int {
    if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) { throw .notUTF8 }
    return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  private static func readHeader(
    _ scanner: inout CSVScanner, _ fields: UnsafeMutableBufferPointer<Field>, _ dialect: MarkDialect,
    _ number: inout Int32
  ) throws(MarkFileError) -> MarkColumns {
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
        let headers = fields[..<count].map { field in
          scanner.with(field) { String(decoding: $0, as: UTF8.self).lowercased() }
        }
        return try MarkColumns(dialect, headers, scanner: &scanner)
      }
    }
  }
}
