public import Rulebook
public import SchoolFiles

/// How one file of pupils writes its dates. Unless a dialect declares otherwise that is YYYY-MM-DD, or DD/MM/YYYY as
/// spreadsheets in England save them; a month by its name and the day number of a spreadsheet cannot be mistaken.
public struct PupilDates: Sendable {
  /// Why a text is not a day.
  public enum Unread: Error, Hashable, Sendable {
    case notADay
    /// The day of the week that stands before it is another one.
    case otherWeekday
    /// A year of another time.
    case impossibleYear
  }

  public static let standard = PupilDates(.iso)

  public let declared: DateFormat

  public init(_ declared: DateFormat) { self.declared = declared }

  private var order: DateFormat { declared == .monthFirst ? .monthFirst : .slashes }

  /// The day of a text.
  ///
  /// - Parameter today: pupils' days are near it.
  public func day(_ text: String, today: Day) throws(Unread) -> Day {
    var column = DateColumn(order)
    let read = column.read(text.utf8, row: 0)
    if case .success(let day) = read {
      // No register reaches back further than a century.
      guard abs(day.year - today.year) < 100 else { throw .impossibleYear }
      return day
    }
    if case .failure(let fault) = read, fault.isOtherWeekday { throw .otherWeekday }
    if let day = Self.serial(text) { return day }
    throw text.contains(#/^[0-9]{4}[-\/.][0-9]{1,2}[-\/.]|[-\/. ][0-9]{4}$/#) && Self.hasOtherYear(text)
      ? .impossibleYear : .notADay
  }

  /// Whether a year stands there that no date can have.
  private static func hasOtherYear(_ text: String) -> Bool {
    text.matches(of: #/[0-9]{4}/#).contains { match in
      Int(match.output).map { Day(year: $0, month: 1, day: 1) == nil } ?? false
    }
  }

  /// A day as spreadsheets number them, from 30 December 1899; whole and within a lifetime.
  private static func serial(_ text: String) -> Day? {
    guard let match = text.wholeMatch(of: #/([0-9]{5})(\.0+)?/#), let number = Int32(match.output.1),
      25_569..<73_051 ~= number
    else { return nil }
    return Day(ordinal: number - 25_569)
  }

  /// - Throws: ``PupilFileError/dates(_:)`` when a date of the file cannot be in the order in which its others are read.
  func requireOneOrder(_ rows: [PupilFile.Row]) throws(PupilFileError) {
    var column = DateColumn(order)
    for row in rows {
      for field in [PupilField.dateOfBirth, .enteredOn, .enrolledOn, .leftOn, .deletedOn] {
        guard let text = row.pupil[field] else { continue }
        _ = column.day(text.trimmed.utf8, row: row.number)
      }
    }
    if let contradiction = column.contradiction { throw .dates(contradiction) }
  }

  /// What is wrong and what to do; without the date itself, which may be one of birth.
  static func detail(of contradiction: DateColumn.Contradiction) -> String {
    let isMonthFirst = contradiction.declared == .monthFirst
    let read = isMonthFirst ? "MM/DD/YYYY (month first)" : "DD/MM/YYYY (day first)"
    let found =
      contradiction.written.prefix(4).allSatisfy(\.isNumber)
      ? "the year first and the day before the month" : isMonthFirst ? "the day first" : "the month first"
    let both = contradiction.otherRow.map { " Row \($0) has the day and the month the other way round." } ?? ""
    return
      "Row \(contradiction.row) has a date with \(found), but the dates of this file are read as \(read).\(both) No row was entered. Write every date like 2026-09-07, or all of them as \(read.prefix(10)); or name a dialect that declares the order."
  }
}

extension Fault {
  /// A text that is not a day.
  init(_ fault: PupilDates.Unread, _ column: String) {
    switch fault {
    case .impossibleYear: self = .impossibleYear(column)
    case .otherWeekday:
      self.init(
        "malformed-date", column, "The \(ColumnWords.phrase(column)) has the wrong day of the week.",
        "Correct the date, or leave out the day of the week.")
    case .notADay:
      self.init(
        "malformed-date", column, "The \(ColumnWords.phrase(column)) is not a day of the calendar.",
        "Write the day as YYYY-MM-DD or DD/MM/YYYY, for example 2026-09-07 or 07/09/2026.")
    }
  }
}
