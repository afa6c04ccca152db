import Rulebook
import SchoolFiles

/// What a file's rows became: marks in the register's own form, and what could not be read.
struct ReadMarks {
  var rows: [MarkRow] = []
  var faults: [RowFault] = []
  /// For each row its code as it was written; empty where nothing is mapped.
  var tokens: [CSVField] = []
  /// For each row the column its code stood in, from 1; empty where a row of the file is one mark.
  var places: [UInt16] = []
  /// By position in ``rows``.
  var minutes: [Int32: UInt16] = [:]
  /// Positions in ``rows``.
  var unreadableDetails: Set<Int32> = []
}

/// Turns the rows of a dialect into marks in the register's own form: dates written YYYY-MM-DD, sessions AM and PM, codes
/// by the dialect's table, without what spreadsheets and people put around them. What it cannot read it leaves as it is, for
/// the judge to name.
struct MarkTranslator {
  private let dialect: MarkDialect
  private let columns: MarkColumns
  private let codes: CodeBook
  private let names: (am: CSVField, pm: CSVField)
  /// By word in upper case.
  private let sessions: [String: Session]
  /// By a one-byte token in upper case.
  private var oneByte = [Meaning?](repeating: nil, count: 256)
  private var longer: [String: Meaning] = [:]
  private(set) var dates: DateColumn
  private var days: [Int32: CSVField] = [:]
  private var last: (raw: CSVField, day: CSVField)?

  private struct Meaning {
    let am: CSVField
    let pm: CSVField
  }

  init(_ dialect: MarkDialect, columns: MarkColumns, codes: CodeBook, scanner: inout CSVScanner) {
    self.dialect = dialect
    self.codes = codes
    self.columns = columns
    dates = DateColumn(dialect.dates)
    sessions = dialect.sessionsInUpperCase
    names = (scanner.keep("AM".utf8), scanner.keep("PM".utf8))
    for (token, meaning) in dialect.codes {
      let isPresent = meaning == MarkDialect.present
      let mapped = Meaning(
        am: scanner.keep((isPresent ? AttendanceCode.present(.am) : meaning).utf8),
        pm: scanner.keep((isPresent ? AttendanceCode.present(.pm) : meaning).utf8))
      let upper = token.uppercased()
      if upper.utf8.count == 1, let byte = upper.utf8.first {
        oneByte[Int(byte)] = mapped
      } else {
        longer[upper] = mapped
      }
    }
  }

  /// Whether its files need no translation but for what people do to their cells.
  static func isIdentity(_ dialect: MarkDialect, _ columns: MarkColumns) -> Bool {
    dialect.layout == .marks && dialect.dates == .iso && dialect.sessions.isEmpty && dialect.codes.isEmpty
      && columns.minutesLate == nil
  }

  /// Adds a row that needs no translation, as nearly every one of an export does not.
  ///
  /// - Returns: whether it does not; else nothing is added.
  @inline(__always)
  func addPlain(
    _ number: Int32, _ fields: UnsafeMutableBufferPointer<CSVField>, _ scanner: CSVScanner, to read: inout ReadMarks
  ) -> Bool {
    guard let date = columns.date, let session = columns.session, let code = columns.code, !scanner.isOdd,
      Int(fields[columns.upn].length) == UPNKey.length, fields[date].length == 10, fields[session].length == 2,
      fields[code].length <= 1, scanner.with(fields[date], Self.hasMonthInTheMiddle)
    else { return false }
    read.rows.append(
      MarkRow(
        number: number, upn: fields[columns.upn], date: fields[date], session: fields[session], code: fields[code],
        detail: columns.detail.map { fields[$0] } ?? .empty))
    if !read.tokens.isEmpty { read.tokens.append(fields[code]) }
    return true
  }

  /// Whether ten bytes have a number of at most 12 where the month of YYYY-MM-DD is.
  private static func hasMonthInTheMiddle(_ date: UnsafeBufferPointer<UInt8>) -> Bool {
    date[4] == UInt8(ascii: "-") && (date[5] == 0x30 || (date[5] == 0x31 && date[6] <= 0x32))
  }

  /// Adds the marks of a row.
  mutating func add(
    _ number: Int32, _ fields: UnsafeMutableBufferPointer<CSVField>, _ scanner: inout CSVScanner,
    to read: inout ReadMarks
  ) {
    if scanner.isOdd, let fault = columns.fault(fields) {
      return read.faults.append(RowFault(number: number, reason: fault))
    }
    let upn = MarkCells.upn(fields[columns.upn], &scanner)
    if Int(upn.length) != UPNKey.length, isRemark(number, fields, &scanner) {
      return read.faults.append(RowFault(number: number, reason: .notAMark))
    }
    let detail = columns.detail.map { fields[$0] } ?? .empty
    let common = Common(
      number: number, upn: upn, detail: detail.isBroken ? .empty : detail, isDetailBroken: detail.isBroken,
      minutes: columns.minutesLate.flatMap { column in scanner.with(fields[column]) { Self.minutes($0) } })
    switch dialect.layout {
    case .marks:
      guard let date = columns.date, let session = columns.session, let code = columns.code else { return }
      let (name, which) = self.session(fields[session], scanner)
      put(common, day(fields[date], number, &scanner), name, which, fields[code], nil, &scanner, to: &read)
    case .days:
      guard let date = columns.date, let am = columns.am, let pm = columns.pm else { return }
      let day = day(fields[date], number, &scanner)
      put(common, day, names.am, .am, fields[am], am, &scanner, to: &read)
      put(common, day, names.pm, .pm, fields[pm], pm, &scanner, to: &read)
    case .grid:
      for cell in columns.cells { put(common, cell, fields[cell.column], &scanner, to: &read) }
      for column in columns.headless where !fields[column].isBroken && isCode(fields[column], scanner) {
        read.faults.append(RowFault(number: number, reason: .withoutDate, place: column + 1))
      }
    }
  }

  /// Whether a row without a pupil number is no mark at all: it has no date either, something where its codes are, and no
  /// code. Headings, totals and remarks of reports are such rows.
  private mutating func isRemark(
    _ number: Int32, _ fields: UnsafeMutableBufferPointer<CSVField>, _ scanner: inout CSVScanner
  ) -> Bool {
    if let date = columns.date, scanner.with(fields[date], { dates.day($0, row: Int(number)) }) != nil { return false }
    let cells = columns.cells.map(\.column) + [columns.code, columns.am, columns.pm].compactMap { $0 }
    let written = cells.map { fields[$0] }.filter { !$0.isEmpty }
    return !written.isEmpty && !written.contains { isCode($0, scanner) }
  }

  /// Whether a cell holds a code, a token of the dialect or the marks of a day.
  private func isCode(_ cell: CSVField, _ scanner: CSVScanner) -> Bool {
    scanner.with(cell) { bytes in
      func known(_ token: UnsafeBufferPointer<UInt8>) -> Bool {
        AttendanceCode(tokenBytes: token) != nil || meaning(of: token) != nil || token.elementsEqual("-".utf8)
          || token.elementsEqual("!".utf8)
      }
      if known(bytes) || AttendanceCode(SpreadsheetCell.unwrapped(String(decoding: bytes, as: UTF8.self))) != nil {
        return true
      }
      guard dialect.layout == .grid else { return false }
      guard let (am, pm) = Self.twoMarks(bytes, in: cell) else { return false }
      return [am, pm].contains { part in scanner.with(part, known) }
    }
  }

  /// What all marks of a row share.
  private struct Common {
    let number: Int32
    let upn: CSVField
    let detail: CSVField
    let isDetailBroken: Bool
    let minutes: UInt16?
  }

  private mutating func put(
    _ common: Common, _ cell: MarkColumns.Cell, _ field: CSVField, _ scanner: inout CSVScanner, to read: inout ReadMarks
  ) {
    if let session = cell.session {
      return put(
        common, cell.date, session == .am ? names.am : names.pm, session, field, cell.column, &scanner, to: &read)
    }
    guard let (am, pm) = scanner.with(field, { Self.twoMarks($0, in: field) }) else {
      read.faults.append(RowFault(number: common.number, reason: .notTwoMarks, place: cell.column + 1))
      return
    }
    put(common, cell.date, names.am, .am, am, cell.column, &scanner, to: &read)
    put(common, cell.date, names.pm, .pm, pm, cell.column, &scanner, to: &read)
  }

  private mutating func put(
    _ common: Common, _ date: CSVField, _ session: CSVField, _ which: Session?, _ token: CSVField, _ column: Int?,
    _ scanner: inout CSVScanner, to read: inout ReadMarks
  ) {
    var code = token
    var minutes = common.minutes
    if let which, let meaning = scanner.with(token, { meaning(of: $0) }) {
      code = which == .am ? meaning.am : meaning.pm
    } else if token.length > 1 {
      (code, minutes) = MarkCells.code(token, minutes, codes, &scanner)
    }
    if code != token, read.tokens.isEmpty { read.tokens = read.rows.map(\.code) }
    if !dialect.codes.isEmpty || code != token || !read.tokens.isEmpty { read.tokens.append(token) }
    if let column { read.places.append(UInt16(column + 1)) }
    if let minutes { read.minutes[Int32(read.rows.count)] = minutes }
    if common.isDetailBroken { read.unreadableDetails.insert(Int32(read.rows.count)) }
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

  private func session(_ field: CSVField, _ scanner: CSVScanner) -> (CSVField, Session?) {
    var text = scanner.with(field) { String(decoding: $0, as: UTF8.self).uppercased() }
    if text.utf8.count != 2 { text = SpreadsheetCell.unwrapped(text) }
    switch Session(rawValue: text) ?? sessions[text] ?? Self.word(text) {
    case .am: return (names.am, .am)
    case .pm: return (names.pm, .pm)
    case nil: return (field, nil)
    }
  }

  private static func word(_ text: String) -> Session? {
    guard text.utf8.count <= 24, text.allSatisfy({ $0.isLetter || " .-".contains($0) }) else { return nil }
    return words[text.filter(\.isLetter)]
  }

  /// What can be one session only, whatever the dialect; by letters alone.
  private static let words: [String: Session] = [
    "AM": .am, "PM": .pm, "MORNING": .am, "AFTERNOON": .pm, "AMREG": .am, "PMREG": .pm, "AMREGISTRATION": .am,
    "PMREGISTRATION": .pm, "AMSESSION": .am, "PMSESSION": .pm, "MORNINGSESSION": .am, "AFTERNOONSESSION": .pm,
  ]

  /// The date as YYYY-MM-DD, written once for each day; as it is when it is none.
  private mutating func day(_ field: CSVField, _ row: Int32, _ scanner: inout CSVScanner) -> CSVField {
    if let last, scanner.equal(last.raw, field) { return last.day }
    guard let day = scanner.with(field, { dates.day($0, row: Int(row)) }) else { return field }
    let written = days[day.ordinal] ?? scanner.keep(day.iso.utf8)
    days[day.ordinal] = written
    last = (field, written)
    return written
  }

  /// Both marks of a day that stand in one cell; both empty where the cell is.
  private static func twoMarks(_ bytes: UnsafeBufferPointer<UInt8>, in field: CSVField) -> (CSVField, CSVField)? {
    func part(_ start: Int, _ length: Int) -> CSVField {
      CSVField(offset: field.offset + UInt32(start), length: UInt16(length))
    }
    if bytes.isEmpty { return (.empty, .empty) }
    if bytes.count == 2, bytes[1] < 128 {
      // A code of two characters is one mark, not two.
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
    // A spreadsheet's number may have a decimal point.
    let text = String(decoding: bytes, as: UTF8.self)
    let whole = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    return UInt16(whole).flatMap { MarkLimits.minutesLate ~= Int($0) ? $0 : nil } ?? unreadableMinutes
  }
}
