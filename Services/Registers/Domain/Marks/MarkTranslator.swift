import Rulebook

/// What a file's rows became: marks in the register's own form, and what could not be read.
struct ReadMarks {
  var rows: [MarkRow] = []
  var faults: [RowFault] = []
  /// For each row its code as it was written; empty where nothing is mapped.
  var tokens: [Field] = []
  /// For each row the column its code stood in, from 1; empty where a row of the file is one mark.
  var places: [UInt8] = []
  /// By position in ``rows``.
  var minutes: [Int32: UInt16] = [:]
}

/// Where the columns of a dialect lie in one file.
struct MarkColumns {
  /// A column of a grid: a day and a session, or both sessions.
  struct Cell {
    let column: Int
    let date: Field
    let session: Session?
  }

  let count: Int
  let upn: Int
  let date, session, code, am, pm, detail, minutesLate: Int?
  var cells: [Cell] = []
}

/// Turns the rows of a dialect into marks in the register's own form: dates written YYYY-MM-DD, sessions AM and PM, codes
/// by the dialect's table. What it cannot read it leaves as it is, for the judge to name.
struct MarkTranslator {
  private let dialect: MarkDialect
  private let columns: MarkColumns
  private let names: (am: Field, pm: Field)
  /// By word in upper case.
  private let sessions: [String: Session]
  /// By a one-byte token in upper case.
  private var oneByte = [Meaning?](repeating: nil, count: 256)
  private var longer: [String: Meaning] = [:]
  private var days: [Int32: Field] = [:]
  private var last: (raw: Field, day: Field)?

  private struct Meaning {
    let am: Field
    let pm: Field
  }

  init(_ dialect: MarkDialect, columns: MarkColumns, scanner: inout CSVScanner) {
    self.dialect = dialect
    self.columns = columns
    sessions = dialect.sessionsInUpperCase
    names = (scanner.keep("AM".utf8), scanner.keep("PM".utf8))
    for (token, meaning) in dialect.codes {
      let isPresent = meaning == MarkDialect.present
      let mapped = Meaning(
        am: scanner.keep((isPresent ? "/" : meaning).utf8), pm: scanner.keep((isPresent ? "\\" : meaning).utf8))
      let upper = token.uppercased()
      if upper.utf8.count == 1, let byte = upper.utf8.first {
        oneByte[Int(byte)] = mapped
      } else {
        longer[upper] = mapped
      }
    }
  }

  /// Whether its files need no translation.
  static func isIdentity(_ dialect: MarkDialect, _ columns: MarkColumns) -> Bool {
    dialect.layout == .marks && dialect.dates == .iso && dialect.sessions.isEmpty && dialect.codes.isEmpty
      && columns.minutesLate == nil
  }

  /// Adds the marks of a row.
  mutating func add(
    _ number: Int32, _ fields: UnsafeMutableBufferPointer<Field>, _ scanner: inout CSVScanner, to read: inout ReadMarks
  ) {
    let common = Common(
      number: number, upn: fields[columns.upn], detail: columns.detail.map { fields[$0] } ?? .empty,
      minutes: columns.minutesLate.flatMap { column in scanner.with(fields[column]) { Self.minutes($0) } })
    switch dialect.layout {
    case .marks:
      guard let date = columns.date, let session = columns.session, let code = columns.code else { return }
      let (name, which) = self.session(fields[session], scanner)
      put(common, day(fields[date], &scanner), name, which, fields[code], nil, scanner, to: &read)
    case .days:
      guard let date = columns.date, let am = columns.am, let pm = columns.pm else { return }
      let day = day(fields[date], &scanner)
      put(common, day, names.am, .am, fields[am], am, scanner, to: &read)
      put(common, day, names.pm, .pm, fields[pm], pm, scanner, to: &read)
    case .grid:
      for cell in columns.cells { put(common, cell, fields[cell.column], scanner, to: &read) }
    }
  }

  /// What all marks of a row share.
  private struct Common {
    let number: Int32
    let upn: Field
    let detail: Field
    let minutes: UInt16?
  }

  private func put(
    _ common: Common, _ cell: MarkColumns.Cell, _ field: Field, _ scanner: CSVScanner, to read: inout ReadMarks
  ) {
    if let session = cell.session {
      return put(
        common, cell.date, session == .am ? names.am : names.pm, session, field, cell.column, scanner, to: &read)
    }
    guard let (am, pm) = scanner.with(field, { Self.twoMarks($0, in: field) }) else {
      read.faults.append(RowFault(number: common.number, reason: .notTwoMarks))
      return
    }
    put(common, cell.date, names.am, .am, am, cell.column, scanner, to: &read)
    put(common, cell.date, names.pm, .pm, pm, cell.column, scanner, to: &read)
  }

  private func put(
    _ common: Common, _ date: Field, _ session: Field, _ which: Session?, _ token: Field, _ column: Int?,
    _ scanner: CSVScanner, to read: inout ReadMarks
  ) {
    var code = token
    if !dialect.codes.isEmpty {
      read.tokens.append(token)
      if let which, let meaning = scanner.with(token, { meaning(of: $0) }) {
        code = which == .am ? meaning.am : meaning.pm
      }
    }
    if let column { read.places.append(UInt8(column + 1)) }
    if let minutes = common.minutes { read.minutes[Int32(read.rows.count)] = minutes }
    read.rows.append(
      MarkRow(
        number: common.number, upn: common.upn, date: date, session: session, code: code, detail: common.detail))
  }

  private func meaning(of token: UnsafeBufferPointer<UInt8>) -> Meaning? {
    if token.count == 1 {
      let byte = token[0]
      return oneByte[Int(UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte ? byte - 32 : byte)]
    }
    return longer.isEmpty || token.isEmpty ? nil : longer[String(decoding: token, as: UTF8.self).uppercased()]
  }

  private func session(_ field: Field, _ scanner: CSVScanner) -> (Field, Session?) {
    let text = scanner.with(field) { String(decoding: $0, as: UTF8.self).uppercased() }
    switch Session(rawValue: text) ?? sessions[text] {
    case .am: return (names.am, .am)
    case .pm: return (names.pm, .pm)
    case nil: return (field, nil)
    }
  }

  /// The date as YYYY-MM-DD, written once for each day; as it is when it is none.
  private mutating func day(_ field: Field, _ scanner: inout CSVScanner) -> Field {
    if let last, scanner.equal(last.raw, field) { return last.day }
    guard let day = scanner.with(field, { dialect.dates.day($0) }) else { return field }
    let written = days[day.ordinal] ?? scanner.keep(day.iso.utf8)
    days[day.ordinal] = written
    last = (field, written)
    return written
  }

  /// Both marks of a day that stand in one cell; both empty where the cell is.
  private static func twoMarks(_ bytes: UnsafeBufferPointer<UInt8>, in field: Field) -> (Field, Field)? {
    func part(_ start: Int, _ length: Int) -> Field {
      Field(offset: field.offset + UInt32(start), length: UInt16(length))
    }
    if bytes.isEmpty { return (.empty, .empty) }
    if bytes.count == 2, bytes[1] < 128 {
      // C2 is one mark, not C and 2.
      guard AttendanceCode(tokenBytes: bytes) == nil else { return nil }
      return (part(0, 1), part(1, 1))
    }
    guard let space = bytes.firstIndex(of: 32), !bytes[(space + 1)...].contains(32) else { return nil }
    return (part(0, space), part(space + 1, bytes.count - space - 1))
  }

  /// What stands for minutes that cannot be read.
  static let unreadableMinutes = UInt16.max

  private static func minutes(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt16? {
    guard !bytes.isEmpty else { return nil }
    return UInt16(String(decoding: bytes, as: UTF8.self)).flatMap { MarkLimits.minutesLate ~= Int($0) ? $0 : nil }
      ?? unreadableMinutes
  }
}

extension MarkColumns {
  /// Finds the columns by their headers.
  ///
  /// - Throws: ``MarkFileError`` when one is missing or there twice, or a grid's date cannot be read.
  init(_ dialect: MarkDialect, _ headers: [String], scanner: inout CSVScanner) throws(MarkFileError) {
    var found: [String: Int] = [:]
    for (name, wanted) in dialect.columns.named where !wanted.isEmpty {
      let names = Set(wanted.map { $0.lowercased() })
      let places = headers.indices.filter { names.contains(headers[$0]) }
      guard places.count <= 1 else { throw .columnTwice(name) }
      found[name] = places.first
    }
    let missing = dialect.required.filter { found[$0] == nil }
    guard missing.isEmpty, let upn = found["upn"] else { throw .missingColumns(missing) }
    count = headers.count
    self.upn = upn
    date = found["date"]
    session = found["session"]
    code = found["code"]
    am = found["am"]
    pm = found["pm"]
    detail = found["detail"]
    minutesLate = found["minutesLate"]
    guard dialect.layout == .grid else { return }
    let known = Set(found.values)
    let sessions = dialect.sessionsInUpperCase
    for column in headers.indices where !known.contains(column) {
      guard let first = headers[column].utf8.first, 0x30...0x39 ~= first else { continue }
      let words = headers[column].split(separator: " ", maxSplits: 1)
      let session = words.count == 2 ? words[1].uppercased() : nil
      let which = session.flatMap { Session(rawValue: $0) ?? sessions[$0] }
      guard let day = dialect.dates.day(words[0].utf8), session == nil || which != nil else { throw .unreadableHeader }
      cells.append(Cell(column: column, date: scanner.keep(day.iso.utf8), session: which))
    }
    guard !cells.isEmpty else { throw .missingColumns(["date"]) }
  }
}

extension MarkDialect {
  fileprivate var sessionsInUpperCase: [String: Session] {
    Dictionary(sessions.map { ($0.key.uppercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
  }
}
