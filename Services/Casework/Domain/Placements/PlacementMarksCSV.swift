public import Rulebook
public import SchoolFiles

/// A mark of a placed child as a provider's file has it.
public struct PlacementMark: Hashable, Sendable {
  /// The row of the file, from 1.
  public let row: Int
  /// The placement's number.
  public let placement: Int64
  public let on: Day
  public let session: Session
  public let code: AttendanceCode
}

/// Marks of placed children as a file: a header with `placement`, `date`, `session` and `code` in any order, other columns
/// passed over. A row that cannot be read costs no other row.
public struct PlacementMarksCSV: Sendable {
  /// A row that cannot be read.
  public struct BadRow: Hashable, Sendable {
    public let row: Int
    public let fault: Fault

    public init(row: Int, fault: Fault) { (self.row, self.fault) = (row, fault) }
  }

  /// Why no row of a file can be read.
  public enum Failure: Error, Hashable, Sendable {
    case other(OtherFile)
    case header(HeaderFault)
    case tooManyRows
    /// Dates are written month first in one row and day first in another.
    case dates(DateColumn.Contradiction)
  }

  /// The largest file, bytes, and the most rows.
  public static let mostBytes = 2 << 20
  public static let mostRows = 50_000

  public private(set) var marks: [PlacementMark] = []
  public private(set) var refused: [BadRow] = []

  /// - Parameter today: a mark of a later day is refused.
  /// - Throws: ``Failure`` when no row can be read.
  public init(_ sent: [UInt8], today: Day) throws(Failure) {
    let text: TextFile
    do throws(OtherFile) { text = try TextFile(sent) } catch { throw .other(error) }
    let read = text.bytes.withUnsafeBufferPointer { bytes in
      Result { () throws(Failure) in try Self.read(bytes, today) }
    }
    (marks, refused) = try read.get()
  }

  private struct Columns {
    let placement, date, session, code: Int
    let count: Int
    let names: [String]

    init(_ headers: [String]) throws(HeaderFault) {
      let keys = headers.map(HeaderName.key)
      var places: [String: Int] = [:]
      for name in ["placement", "date", "session", "code"] {
        let found = keys.indices.filter { keys[$0] == name }
        guard found.count <= 1 else { throw .twice(name) }
        places[name] = found.first
      }
      guard let placement = places["placement"], let date = places["date"], let session = places["session"],
        let code = places["code"]
      else { throw .missing(["placement", "date", "session", "code"].filter { places[$0] == nil }) }
      (self.placement, self.date, self.session, self.code) = (placement, date, session, code)
      count = headers.count
      names = keys
    }
  }

  private static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, _ today: Day
  ) throws(Failure) -> ([PlacementMark], [BadRow]) {
    let format = SheetFormat(columns: 40, fieldBytes: 200, rowBytes: 4_000)
    let fields = format.fields()
    defer { fields.deallocate() }
    var sheet: OpenSheet<Columns>
    do throws(HeaderFault) {
      sheet = try format.open(bytes, fields) { names, _, _ throws(HeaderFault) in try Columns(names) }
    } catch { throw .header(error) }
    var (marks, refused): ([PlacementMark], [BadRow]) = ([], [])
    var dates = DateColumn(.slashes)
    var number = sheet.headerRow
    reading: while true {
      let outcome = sheet.scanner.next(into: fields)
      number += 1
      do throws(Fault) {
        switch outcome {
        case .end: break reading
        case .blank: continue
        case .fault(let fault): throw Self.row(fault)
        case .record(let count):
          guard count <= sheet.columns.count else { throw Self.row(.wrongColumnCount) }
          let cells = (0..<sheet.columns.count).map { $0 < count ? fields[$0] : .empty }
          if let fault = cells.compactMap(\.fault).first { throw Self.row(fault) }
          marks.append(
            try mark(
              cells.map { SpreadsheetCell.read(sheet.scanner.text($0)).trimmed }, sheet.columns, number, today, &dates))
        }
      } catch { refused.append(BadRow(row: number, fault: error)) }
      guard marks.count + refused.count <= mostRows else { throw .tooManyRows }
    }
    if let contradiction = dates.contradiction { throw .dates(contradiction) }
    return (marks, refused)
  }

  private static func mark(
    _ cells: [String], _ columns: Columns, _ row: Int, _ today: Day, _ dates: inout DateColumn
  ) throws(Fault) -> PlacementMark {
    guard let placement = Int64(cells[columns.placement]), placement > 0 else {
      throw Fault(
        "unknown-placement", "placement", "The cell does not hold the number of a placement.",
        "Write the number that the authority gave, like 20.")
    }
    let day: Day
    switch dates.read(cells[columns.date].utf8, row: row) {
    case .success(let found): day = found
    case .failure(let fault): throw Fault("unreadable-date", "date", fault.detail, fault.fix)
    }
    guard day <= today else {
      throw Fault("future-date", "date", "The day is later than today.", "Check the date.")
    }
    guard let session = Session(rawValue: cells[columns.session].uppercased()) else {
      throw Fault("unknown-session", "session", "The session is neither AM nor PM.", "Write AM or PM.")
    }
    switch CodeBook.england.decide(token: cells[columns.code], on: day, session: session) {
    case .accept(let code), .acceptFlagged(let code, _):
      return PlacementMark(row: row, placement: placement, on: day, session: session, code: code)
    case .missing:
      throw Fault("no-code", "code", "The row has no code.", "Put in the code, or remove the row.")
    case .quarantine(let reason, let suggestion):
      throw Fault(
        reason, "code", "The code cannot stand for this day and session.",
        suggestion.map { "Use \($0), or check the session." } ?? "Use a code in force on the day.")
    case .reject(let reason):
      throw Fault(reason, "code", "The code cannot be taken in.", "Use a code in force on the day.")
    }
  }

  private static func row(_ fault: CSVFault) -> Fault {
    Fault(
      fault.rawValue, "", "The row cannot be read: \(fault.rawValue.replacing("-", with: " ")).",
      "Write one row for each mark, with as many cells as the header.")
  }
}
