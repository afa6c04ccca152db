import Foundation
import Rulebook
import SchoolFiles
import Testing

@testable import RegistersDomain

/// What a row says at the edges of what can be read.
@Suite struct RowEdgeTests {
  private static let header = "upn,givenName,familyName,dateOfBirth,enrolledOn"
  private static let child = "\(MadeUp.upn(0)),Zed,Tarn,2016-05-04,2024-09-02"

  private static func pupils(_ text: String...) throws -> PupilFile {
    try PupilsCSV.read(Array(text.joined(separator: "\n").utf8))
  }

  @Test(arguments: [
    ("1926-11-28", PupilDates.Unread.impossibleYear), ("1926-12-31", .impossibleYear), ("2126-05-04", .impossibleYear),
    ("Thu 04/05/2016", .otherWeekday), ("Thursday 2016-05-04", .otherWeekday), ("25568", .notADay), ("73051", .notADay),
    ("10000", .notADay),
  ]) func noDayOfAPupil(_ text: String, _ reason: PupilDates.Unread) {
    #expect(throws: reason) { try PupilDates.standard.day(text, today: MadeUp.today) }
  }

  @Test(arguments: [
    ("1927-01-01", "1927-01-01"), ("Wed 04/05/2016", "2016-05-04"), ("25569", "1970-01-01"), ("73050", "2099-12-31"),
  ]) func aDayOfAPupil(_ text: String, _ day: String) throws {
    #expect(try PupilDates.standard.day(text, today: MadeUp.today) == MadeUp.day(day))
  }

  /// Any day of any column tells the order of all.
  @Test(arguments: ["enteredOn", "leftOn", "deletedOn"]) func anyColumnTellsTheOrder(_ column: String) throws {
    for date in ["9/14/2026", "2026-14-09"] {
      #expect(throws: PupilFileError.self, "\(date)") {
        try Self.pupils("\(Self.header),\(column)", "\(Self.child),\(date)")
      }
    }
    #expect(try Self.pupils("\(Self.header),\(column)", "\(Self.child),14/09/2026").rows.count == 1)
  }

  /// A value of the wrong type is told once, and not as missing too.
  @Test func aValueOfTheWrongTypeIsToldOnce() throws {
    let json = """
      {"upn":"\(MadeUp.upn(0))","givenName":"Zed","familyName":["Tarn"],"dateOfBirth":5,"enrolledOn":"2024-09-02"}
      """
    let checked = try JSONDecoder().decode(PupilSubmission.self, from: Data(json.utf8))
      .checked(at: MadeUp.school, today: MadeUp.today)
    #expect(checked.refusals.map(\.column).sorted() == ["dateOfBirth", "familyName"])
  }

  /// Two rows of a child are one only when they say the same of its protection.
  @Test func aProtectionIsPartOfWhatARowSays() {
    func row(_ isProtected: Bool?) -> PupilSubmission {
      PupilSubmission([.givenName: "Zed"], addressProtected: isProtected, contacts: nil)
    }
    #expect(row(true).saysTheSame(as: row(true)))
    #expect(!row(true).saysTheSame(as: row(false)) && !row(true).saysTheSame(as: row(nil)))
  }

  @Test func aDetailThatCannotBeReadCostsNoMark() throws {
    let row = "\(MadeUp.upn(0)),2026-09-07,AM,I,he said \"no\""
    let judged = MadeUp.judge().judge(try MarksCSV.read(MadeUp.csv([row], header: "upn,date,session,code,detail")))
    #expect(judged.slugs == [2: "detail-unreadable"] && judged.slots.map { $0.codes[0] } == [UInt8(ascii: "I")])
  }

  /// A mark of a session that does not take place any more may become what it is, and nothing else.
  @Test func aMarkOfAClosedDayBecomesAClosureOnly() throws {
    let judge = MadeUp.judge()
    let entry = judge.roll.entries[0]
    func check(_ token: String) throws -> AttendanceCode? {
      try judge.check(entry, MadeUp.day("2026-09-04"), .am, token: token, replacing: InventedTables.code("/"))
    }
    #expect(try check("#")?.text == "#")
    #expect(throws: MarkRefusal.self) { try check("/") }
    #expect(throws: MarkRefusal.self) {
      try judge.check(entry, MadeUp.day("2026-09-04"), .am, token: "#")
    }
  }

  /// Whether a code needs its detail is said by the table of the day.
  @Test func aDetailIsNeededByTheTableOfTheDay() throws {
    let change = MadeUp.day("2026-11-01")
    let rules = CodeBook.england.scheme(on: change).rules.filter { $0.code.text != "M" }
    let table = CodeScheme(
      "invented", rules + [CodeRule(InventedTables.code("M"), .authorisedAbsence, "invented", traits: [.needsDetail])])
    let judge = MarkJudge(
      roll: Roll([MadeUp.entry(0)]), calendars: MadeUp.calendars, today: MadeUp.today,
      codes: CodeBook.england.adding(table, from: change, source: "an invented table"))
    let marks = ["2026-09-07", "2026-11-09"].map { "\(MadeUp.upn(0)),\($0),AM,M" }
    #expect(judge.judge(try MarksCSV.read(MadeUp.csv(marks))).slugs == [3: "detail-missing"])
  }
}
