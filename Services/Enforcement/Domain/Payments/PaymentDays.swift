import Contracts
import Rulebook
import SchoolFiles

/// Reads the days of a file of payments: as dates, day before month, or as moments, of which the day in England counts. A
/// moment without its zone is one of England.
struct PaymentDays {
  private var dates = DateColumn(.slashes)

  /// The first date that is written month first, and a row with the day first.
  var monthFirst: (row: Int, dayFirstRow: Int?)? { dates.contradiction.map { ($0.row, $0.otherRow) } }

  mutating func read(_ cell: String, row: Int) -> Result<Day, DateFault> {
    let text = SpreadsheetCell.unwrapped(cell)
    guard let colon = text.firstIndex(of: ":"),
      let gap = text[..<colon].lastIndex(where: { $0 == " " || $0 == "T" || $0 == "t" || $0 == "," })
    else { return dates.read(text.utf8, row: row) }
    let date = text[..<gap].trimmingSuffix { $0 == " " || $0 == "," }
    let time = text[text.index(after: gap)...].uppercased()
    if time.wholeMatch(of: Self.localTime) != nil { return dates.read(date.utf8, row: row) }
    guard let zoned = time.wholeMatch(of: Self.zonedTime), let day = try? dates.read(date.utf8, row: row).get() else {
      return .failure(.timeOfDay)
    }
    let offset = zoned.offset.map { $0.count == 5 ? "\($0.prefix(3)):\($0.suffix(2))" : String($0) } ?? "Z"
    let moment = Timestamp("\(day.iso)T\(zoned.minutes):\(zoned.seconds ?? "00")\(offset)")
    return moment.map { .success(CivilTime.day(at: $0.date)) } ?? .failure(.timeOfDay)
  }

  private static var localTime: Regex<Substring> { /[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?[AP]M)?/ }
  private static var zonedTime: Regex<(Substring, minutes: Substring, seconds: Substring?, offset: Substring?)> {
    /(?<minutes>[0-9]{2}:[0-9]{2})(?::(?<seconds>[0-9]{2}(?:\.[0-9]+)?))? ?(?:Z|UTC|GMT|(?<offset>[+-][0-9]{2}:?[0-9]{2}))/
  }
}

extension Substring {
  fileprivate func trimmingSuffix(_ isLeftOut: (Character) -> Bool) -> Substring {
    var text = self
    while let last = text.last, isLeftOut(last) { text.removeLast() }
    return text
  }
}
