import Rulebook
import SchoolFiles

/// Where the columns of a dialect lie in one file.
struct MarkColumns {
  /// A column of a grid: a day and a session, or both sessions.
  struct Cell {
    let column: Int
    let date: CSVField
    let session: Session?
  }

  let count: Int
  let upn: Int
  let date, session, code, am, pm, detail, minutesLate: Int?
  var cells: [Cell] = []
  /// Columns of a grid without a head, behind its first date: a mark in one is nobody's, and is not passed over.
  private(set) var headless: [Int] = []
  /// How many cells a row must have at least: a spreadsheet leaves out those that are empty at the end.
  private(set) var needed = 1

  /// Finds the columns by their headers.
  ///
  /// - Throws: ``HeaderFault`` when one is missing or there twice, or a grid's date cannot be read.
  init(_ dialect: MarkDialect, _ headers: [String], row: Int, scanner: inout CSVScanner) throws(HeaderFault) {
    let keys = headers.map(HeaderName.key)
    var found: [String: Int] = [:]
    for (name, wanted) in dialect.columns.named where !wanted.isEmpty {
      let names = Set(wanted.map(HeaderName.key))
      var places = keys.indices.filter { names.contains(keys[$0]) }
      if places.isEmpty {
        let alike = headers.indices.filter { names.contains(HeaderName.keyWithoutRemarks(headers[$0])) }
        if alike.count == 1 { places = alike }
      }
      guard places.count <= 1 else { throw .twice(name) }
      found[name] = places.first
    }
    let missing = dialect.required.filter { found[$0] == nil }
    guard missing.isEmpty, let upn = found["upn"] else { throw .missing(missing) }
    count = headers.count
    self.upn = upn
    date = found["date"]
    session = found["session"]
    code = found["code"]
    am = found["am"]
    pm = found["pm"]
    detail = found["detail"]
    minutesLate = found["minutesLate"]
    needed = dialect.required.filter { $0 != "pm" }.compactMap { found[$0] }.reduce(0, max) + 1
    guard dialect.layout == .grid else { return }
    let known = Set(found.values)
    var dates = DateColumn(dialect.dates)
    for column in headers.indices where !known.contains(column) {
      guard let head = GridHead(headers[column], dialect) else { continue }
      switch dates.read(head.date.utf8, row: row) {
      case .success(let day) where head.isRead:
        cells.append(Cell(column: column, date: scanner.keep(day.iso.utf8), session: head.session))
      case .failure(let fault) where fault.isOtherWeekday: throw .otherWeekday(column + 1, fault)
      case .success, .failure:
        if let contradiction = dates.contradiction { throw .dates(contradiction) }
        throw .unreadableDate(column + 1)
      }
    }
    if let contradiction = dates.contradiction { throw .dates(contradiction) }
    guard let first = cells.first?.column else { throw .missing(["date"]) }
    headless = headers.indices.filter { $0 > first && headers[$0].isEmpty }
  }

  /// The heads of a grid whose dates are merged across their sessions, which stand in the row below: each date goes with
  /// every session until the next head. `nil` where the rows are no such header.
  static func joined(_ upper: [String], _ lower: [String], _ dialect: MarkDialect) -> [String]? {
    guard dialect.layout == .grid else { return nil }
    let sessions = dialect.sessionsInUpperCase
    var (heads, date, found) = ([String](), String?.none, 0)
    for column in 0..<max(upper.count, lower.count) {
      let above = column < upper.count ? upper[column] : ""
      let below = column < lower.count ? lower[column] : ""
      if !above.isEmpty { date = GridHead(above, dialect).flatMap { $0.session == nil ? above : nil } }
      let word = below.uppercased()
      if let date, Session(rawValue: word) != nil || sessions[word] != nil {
        heads.append("\(date) \(below)")
        found += 1
      } else {
        heads.append(below.isEmpty ? above : below)
      }
    }
    return found > 0 ? heads : nil
  }

  /// Whether a row of another length than the header's can be read: what it lacks is at its end and empty, and what it has
  /// more is empty. Fills up what it lacks.
  func fit(_ read: Int, _ fields: UnsafeMutableBufferPointer<CSVField>) -> Bool {
    if read > count { return fields[count..<read].allSatisfy { $0.isEmpty && !$0.isBroken } }
    for column in read..<count { fields[column] = .empty }
    return true
  }

  /// Whether a cell that is read is none: then why the row cannot be read.
  func fault(_ fields: UnsafeMutableBufferPointer<CSVField>) -> RowFault.Reason? {
    for column in [upn, date, session, code, am, pm, minutesLate].lazy.compactMap({ $0 }) {
      if let fault = fields[column].fault { return RowFault.Reason(fault) }
    }
    return cells.lazy.compactMap { fields[$0.column].fault }.first.map(RowFault.Reason.init)
  }
}

/// The head of a column of a grid: a date, with or without its day of the week, and a session behind or before it.
private struct GridHead {
  let date: String
  let session: Session?
  /// Whether nothing else is there.
  let isRead: Bool

  /// `nil` for a head that names no date.
  init?(_ head: String, _ dialect: MarkDialect) {
    let sessions = dialect.sessionsInUpperCase
    let words = head.split { $0.isWhitespace }
    guard let place = Self.date(words) else { return nil }
    let others = (words[..<place.lowerBound] + words[place.upperBound...]).joined(separator: " ").uppercased()
    date = words[place].joined(separator: " ")
    session = Session(rawValue: others) ?? sessions[others]
    isRead = others.isEmpty || session != nil
  }

  /// Where the date is: the most words that are written as one. Else a word that is meant as one: it begins with a digit
  /// where the head begins, but for the day of the week, or has two separators elsewhere.
  private static func date(_ words: [Substring]) -> Range<Int>? {
    for length in stride(from: min(words.count, longest), to: 0, by: -1) {
      for start in 0...words.count - length
      where DateColumn.isDate(words[start..<start + length].joined(separator: " ")) {
        return start..<start + length
      }
    }
    return words.indices.first { place in
      guard let first = words[place].utf8.first, 0x30...0x39 ~= first else { return false }
      return words[..<place].allSatisfy(DateColumn.isWeekday) || words[place].count { "/-.".contains($0) } == 2
    }.map { $0..<$0 + 1 }
  }

  /// Words of `Monday 26th of October 2026`.
  private static let longest = 5
}

extension MarkDialect {
  var sessionsInUpperCase: [String: Session] {
    Dictionary(sessions.map { ($0.key.uppercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
  }
}
