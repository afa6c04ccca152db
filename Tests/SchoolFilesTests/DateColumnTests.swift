import Rulebook
import Testing

@testable import SchoolFiles

@Suite("Dates as they are written") struct DateColumnTests {
  static let read: [(format: DateFormat, text: String, day: String?)] = [
    (.iso, "2026-09-07", "2026-09-07"), (.iso, "2026-9-7", "2026-09-07"), (.iso, "07/09/2026", nil),
    (.iso, "07-Sep-26", "2026-09-07"), (.iso, "2026-09-07T00:00:00", "2026-09-07"),
    (.iso, "2026-09-07 00:00:00.000000", "2026-09-07"), (.iso, "2026-09-07T00:00:00+01:00", "2026-09-07"),
    (.iso, "2026-09-06T23:00:00Z", nil), (.iso, "2026-09-07 08:45", nil), (.iso, "2026-02-29", nil),
    (.iso, "'2026-09-07", "2026-09-07"), (.iso, "46272", nil), (.iso, "", nil), (.iso, "20260907", "2026-09-07"),
    (.iso, "2026/9/7", "2026-09-07"), (.iso, "20263107", nil),
    (.slashes, "07/09/2026", "2026-09-07"), (.slashes, "7/9/26", "2026-09-07"), (.slashes, "07.09.2026", "2026-09-07"),
    (.slashes, "07-09-2026", "2026-09-07"), (.slashes, "07/09/2026 00:00", "2026-09-07"),
    (.slashes, "07/09/2026 12:00:00 AM", "2026-09-07"), (.slashes, "07/09/2026 12:00:00 PM", nil),
    (.slashes, "2026-09-07", "2026-09-07"), (.slashes, "7 September 2026", "2026-09-07"),
    (.slashes, "\u{200E}07/\u{200E}09/\u{200E}2026", "2026-09-07"), (.slashes, "29/02/2024", "2024-02-29"),
    (.slashes, "29/02/2026", nil), (.slashes, "07/09/226", nil),
    (.slashes, "9/14/2026", nil), (.slashes, "07 09 2026", nil), (.slashes, "٧/09/2026", nil),
    (.monthFirst, "9/7/2026", "2026-09-07"), (.monthFirst, "9/14/26", "2026-09-14"), (.monthFirst, "14/9/2026", nil),
    (.monthName, "7-Sept-2026", "2026-09-07"), (.monthName, "07-Sep-26", "2026-09-07"), (.monthName, "07/09/2026", nil),
  ]

  /// Days in words, and days of the week before them.
  static let words: [(format: DateFormat, text: String, day: String?)] = [
    (.iso, "Mon 26 Oct 2026", "2026-10-26"), (.iso, "Monday 26 October 2026", "2026-10-26"),
    (.iso, "26th October 2026", "2026-10-26"), (.iso, "Monday, 26th of October, 2026", "2026-10-26"),
    (.iso, "1st Sept 2026", "2026-09-01"), (.iso, "2nd SEP 26", "2026-09-02"),
    (.iso, "Thurs 3rd Sep 2026", "2026-09-03"),
    (.iso, "October 26, 2026", "2026-10-26"), (.iso, "Oct 26 2026", "2026-10-26"),
    (.iso, "Mon 26-Oct-26", "2026-10-26"),
    (.iso, "Mon 2026-10-26", "2026-10-26"), (.iso, "Monday 26 October 2026 00:00", "2026-10-26"),
    (.slashes, "Mon 26/10/2026", "2026-10-26"), (.slashes, "Mon. 07/09/2026", "2026-09-07"),
    (.monthFirst, "Mon 9/7/2026", "2026-09-07"), (.iso, "Mon 07/09/2026", nil),
    (.iso, "Tue 26 Oct 2026", nil), (.iso, "Tue 2026-10-26", nil), (.slashes, "Tue 26/10/2026", nil),
    (.iso, "26 Oct", nil), (.iso, "Mon", nil), (.iso, "Mon 26 Oct", nil), (.iso, "Oct 2026", nil),
    (.iso, "26xx October 2026", nil), (.iso, "31st September 2026", nil), (.iso, "Mor 26 Oct 2026", nil),
    (.iso, "26 27 October 2026", nil), (.iso, "October October 2026", nil), (.iso, "26 Octember 2026", nil),
  ]

  @Test(arguments: words) func readsDaysInWords(_ example: (format: DateFormat, text: String, day: String?)) {
    var column = DateColumn(example.format)
    #expect(column.day(example.text.utf8, row: 2)?.iso == example.day, "\(example)")
  }

  @Test(arguments: read) func reads(_ example: (format: DateFormat, text: String, day: String?)) {
    var column = DateColumn(example.format)
    #expect(column.day(example.text.utf8, row: 2)?.iso == example.day, "\(example)")
  }

  /// One date tells the order of all.
  static let columns: [(format: DateFormat, dates: [String], row: Int?, other: Int?)] = [
    (.slashes, ["09/03/2026", "9/14/2026", "03/09/2026"], 3, nil), (.slashes, ["09/03/2026", "14/09/2026"], nil, nil),
    (.slashes, ["14/09/2026", "9/15/2026"], 3, 2), (.slashes, ["03/09/2026", "04/09/2026"], nil, nil),
    (.slashes, ["03/09/2026", "31/02/2026", "9/31/2026", "40/50/2026"], nil, nil),
    (.slashes, ["2026-09-03", "2026-09-14"], nil, nil), (.slashes, ["2026-14-09"], 2, nil),
    (.monthFirst, ["9/3/2026", "14/9/2026"], 3, nil), (.iso, ["2026-09-03", "2026-14-09"], 3, nil),
    (.iso, ["9/14/2026", "14/09/2026"], nil, nil),
    // 7 September is a Monday, 9 July a Thursday: the day of the week tells the order.
    (.slashes, ["Mon 07/09/2026"], nil, nil), (.monthFirst, ["Mon 07/09/2026"], 2, nil),
    (.slashes, ["Tue 07/09/2026"], nil, nil),
  ]

  @Test(arguments: columns)
  func theWholeColumnTellsItsOrder(_ example: (format: DateFormat, dates: [String], row: Int?, other: Int?)) {
    var column = DateColumn(example.format)
    for (place, date) in example.dates.enumerated() { _ = column.day(date.utf8, row: place + 2) }
    #expect(column.contradiction?.row == example.row, "\(example)")
    #expect(column.contradiction?.otherRow == example.other, "\(example)")
    if let row = example.row {
      let date = example.dates[row - 2].replacing("Mon ", with: "")
      #expect(column.contradiction?.detail.contains(date) == true)
    }
  }

  private static let monday = Day(iso: "2026-10-26") ?? Day(ordinal: 0)

  static let faults: [(text: String, fault: DateFault)] = [
    ("", .empty), ("29/02/2026", .noSuchDay("29/02/2026")), ("2026-02-29", .noSuchDay("2026-02-29")),
    ("07/09/2026", .otherForm("07/09/2026")), ("46272", .serialNumber("46272")), ("2026-09-07 08:45", .timeOfDay),
    ("0206-09-07", .impossibleYear("0206")), ("07/09/6209", .impossibleYear("6209")), ("Quarrington", .unknown),
    ("2026-09-06T23:00:00Z", .timeOfDay), ("12345", .unknown),
    ("Tuesday 26 October 2026", .otherWeekday(monday, said: "Tuesday")),
    ("Tue 26/10/2026", .otherWeekday(monday, said: "Tuesday")),
    ("Mon 07/09/2026", .otherForm("07/09/2026")), ("31st September 2026", .noSuchDay("31 September 2026")),
  ]

  @Test(arguments: faults) func saysWhatIsWrong(_ example: (text: String, fault: DateFault)) {
    #expect(DateFault(example.text) == example.fault)
    #expect(!example.fault.detail.contains("Quarrington") && !example.fault.fix.isEmpty)
  }

  @Test func namesTheRightDayOfTheWeek() {
    #expect(DateFault("Tue 26 Oct 2026").detail == "26 October 2026 is a Monday, not a Tuesday.")
  }
}
