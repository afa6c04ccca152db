public import Rulebook

/// How dates are written. What cannot be mistaken is read whatever is declared: YYYY-MM-DD, and a month by its name, as
/// in `26 October 2026`.
public enum DateFormat: String, Codable, Sendable, CaseIterable {
  case iso = "YYYY-MM-DD"
  case slashes = "DD/MM/YYYY"
  case monthFirst = "MM/DD/YYYY"
  case monthName = "DD-MMM-YYYY"
}

/// Reads the dates of a file as they are declared to be written, and notices when they are written otherwise: one date
/// such as 9/14/2026 tells the order of all. Whoever reads the file asks at its end for the ``contradiction``.
///
/// Between the numbers there may be `/`, `-` or `.`; day and month may have one digit; a year of two digits is of this
/// century. A time behind the date is passed over when it is midnight. A day of the week before the date must fit it.
public struct DateColumn: Sendable {
  /// A date that is not as it was declared.
  public struct Contradiction: Error, Hashable, Sendable {
    /// The row of the first such date.
    public let row: Int
    /// The date as it was written: digits and separators.
    public let written: String
    /// How the file was declared to write dates.
    public let declared: DateFormat
    /// A row whose date is as declared and cannot be the other order: the file has both.
    public let otherRow: Int?

    /// What is wrong and what to do.
    public var detail: String {
      let isYearFirst = written.prefix(4).allSatisfy(\.isNumber)
      let order = isYearFirst ? "with the day before the month" : declared == .slashes ? "month first" : "day first"
      let both = otherRow.map { " Row \($0) has the other order." } ?? ""
      return
        "Row \(row): the date \(written) is written \(order), but this file was sent as one with dates written \(declared.rawValue).\(both) No row was entered. Write all dates like 2026-09-07 and send the file again, or name a dialect whose dates are in this order."
    }
  }

  public let format: DateFormat
  private var contrary: (row: Int, written: String)?
  private var agreeing: Int?

  public init(_ format: DateFormat) { self.format = format }

  /// The first date that cannot have been written as declared; `nil` when there is none.
  public var contradiction: Contradiction? {
    contrary.map { Contradiction(row: $0.row, written: $0.written, declared: format, otherRow: agreeing) }
  }

  /// The day of a cell; `nil` when it is none in this form.
  @inlinable
  public mutating func day(_ cell: some Collection<UInt8>, row: Int) -> Day? { try? read(cell, row: row).get() }

  /// The day of a cell, or why it is none.
  ///
  /// - Parameter row: where it stands in the file, for the ``contradiction``.
  @inlinable
  public mutating func read(_ cell: some Collection<UInt8>, row: Int) -> Result<Day, DateFault> {
    if let day = Day(isoBytes: cell) { return .success(day) }
    return readOther(Array(cell), row: row)
  }

  /// A cell that is not YYYY-MM-DD.
  @usableFromInline
  mutating func readOther(_ cell: [UInt8], row: Int) -> Result<Day, DateFault> {
    guard let parts = DateParts(cell) else { return .failure(DateFault(unread: cell)) }
    guard let day = day(parts, row) else { return .failure(DateFault(parts, declared: format)) }
    return .success(day)
  }

  private mutating func day(_ parts: DateParts, _ row: Int) -> Day? {
    if parts.isYearFirst {
      let day = parts.day(month: parts.b, day: parts.c)
      if day == nil { note(parts.day(month: parts.c, day: parts.b), parts, row) }
      return day
    }
    if let month = parts.month { return parts.day(month: month, day: parts.a) }
    let dayFirst = parts.day(month: parts.b, day: parts.a)
    let monthFirst = parts.day(month: parts.a, day: parts.b)
    switch format {
    case .slashes: return decide(dayFirst, other: monthFirst, parts, row)
    case .monthFirst: return decide(monthFirst, other: dayFirst, parts, row)
    case .iso, .monthName: return nil
    }
  }

  private mutating func decide(_ day: Day?, other: Day?, _ parts: DateParts, _ row: Int) -> Day? {
    if day == nil { note(other, parts, row) } else if other == nil, agreeing == nil { agreeing = row }
    return day
  }

  private mutating func note(_ other: Day?, _ parts: DateParts, _ row: Int) {
    if other != nil, contrary == nil { contrary = (row, parts.text) }
  }
}

/// Why a cell is not a date, in the words of a school office.
public enum DateFault: Error, Hashable, Sendable {
  case empty
  /// There is no such day: the cell as it was written, digits and separators.
  case noSuchDay(String)
  /// The day of the week that stands before the date is another one.
  case otherWeekday(Day, said: String)
  /// A day that can be read by another order than the declared one, or by two where none is declared.
  case otherForm(String)
  /// The year is not one of 1900 to 2199.
  case impossibleYear(String)
  /// A spreadsheet's count of days.
  case serialNumber(String)
  /// A moment within a day.
  case timeOfDay
  /// The `#####` of a spreadsheet whose column is too narrow for the date.
  case narrowColumn
  case unknown

  /// What is wrong with a cell, whatever order is declared.
  public init(_ cell: String) { self = Self.fault(cell) }

  fileprivate init(unread cell: some Collection<UInt8>) {
    self = Self.fault(String(decoding: cell.prefix(Self.longest), as: UTF8.self))
  }

  fileprivate init(_ parts: DateParts, declared: DateFormat) {
    let (first, second) = parts.isYearFirst ? (parts.b, parts.c) : (parts.a, parts.b)
    if !(1900...2199).contains(parts.year) {
      self = .impossibleYear(String(parts.isYearFirst ? parts.text.prefix(4) : parts.text.suffix(4)))
    } else if let (day, said) = parts.otherWeekday {
      self = .otherWeekday(day, said: said)
    } else if parts.month == nil, (1...12).contains(first) || (1...12).contains(second),
      Day(year: parts.year, month: first, day: second) != nil || Day(year: parts.year, month: second, day: first) != nil
    {
      self = .otherForm(parts.text)
    } else {
      self = .noSuchDay(parts.text)
    }
  }

  private static let longest = 60

  private static func fault(_ cell: String) -> DateFault {
    if cell.isEmpty { return .empty }
    if cell.allSatisfy({ $0 == "#" }) { return .narrowColumn }
    if let parts = DateParts(cell.utf8) { return DateFault(parts, declared: .iso) }
    if cell.count == 5, let number = Int(cell), serials.contains(number) { return .serialNumber(cell) }
    let words = cell.split { $0 == " " || $0 == "T" }
    if words.count >= 2, words[1].contains(":"), let date = words.first, DateParts(date.utf8) != nil {
      return .timeOfDay
    }
    return .unknown
  }

  /// The days of 2009 to 2064 as spreadsheets count them.
  private static let serials = 40_000...60_000

  /// Whether the day of the week that is written is another than the date's.
  public var isOtherWeekday: Bool { if case .otherWeekday = self { true } else { false } }

  /// What is wrong. Names a value only where it is a date or a number.
  public var detail: String {
    switch self {
    case .empty: "There is no date."
    case .noSuchDay(let text): "There is no such day as \(text)."
    case .otherWeekday(let day, let said): "\(day.inWords) is a \(day.weekdayInWords), not a \(said)."
    case .otherForm(let text): "The date \(text) is not written in the order that the file was declared to have."
    case .impossibleYear(let year): "The year \(year) cannot be right."
    case .serialNumber(let text):
      "The date is the number \(text): a spreadsheet shows a date like this when its cell is formatted as a number."
    case .timeOfDay: "The date includes a time of day, so it is not clear which day it is in England."
    case .narrowColumn: "The spreadsheet saved # in place of the date: its column was too narrow."
    case .unknown: "The cell does not hold a date."
    }
  }

  /// What to do.
  public var fix: String {
    switch self {
    case .serialNumber: "Format the column as a date written YYYY-MM-DD, save the file as CSV and send it again."
    case .otherForm:
      "Write dates like 2026-09-07, or name the dialect that the file is in; GET /dialects shows how each writes dates."
    case .timeOfDay: "Write the date alone, like 2026-09-07."
    case .narrowColumn: "Widen the column until the dates show, save the file as CSV again and send it."
    case .noSuchDay, .impossibleYear: "Correct the date."
    case .otherWeekday: "Correct the date or the day of the week."
    case .empty, .unknown: "Write the date like 2026-09-07."
    }
  }
}
