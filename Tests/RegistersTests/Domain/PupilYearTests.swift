import Contracts
import Foundation
import Rulebook
import Seeded
import Testing

@testable import RegistersDomain

@Suite struct PupilYearTests {
  private let year = SchoolYear(startYear: 2027)

  @Test func keepsEverySessionOfALeapYearApart() {
    var row = PupilYear(year: year)
    let codes = AttendanceCode.all
    var expected: [AttendanceCode] = []
    for ordinal in year.first.ordinal...year.last.ordinal {
      for session in Session.allCases {
        let code = codes[expected.count % codes.count]
        row[Day(ordinal: ordinal), session] = code
        expected.append(code)
      }
    }
    var found: [AttendanceCode] = []
    row.forEachMark(in: DayRange(first: year.first, last: year.last)) { _, _, code in found.append(code) }
    #expect(expected.count == 732 && found == expected)
    #expect(PupilYear(year: year, codes: row.codes) == row)
    #expect(PupilYear(year: year, codes: Array(row.codes.dropLast())) == nil)
  }

  @Test func aSpanHasItsFirstAndItsLastDayAndNoOther() {
    var row = PupilYear(year: year)
    for day in [year.first, year.first.adding(days: 1), year.last.adding(days: -1), year.last] {
      row[day, .pm] = AttendanceCode("/")
    }
    func left(_ first: Int, _ last: Int) -> [Day] {
      var days: [Day] = []
      row.within(DayRange(first: year.first.adding(days: first), last: year.last.adding(days: last)))
        .forEachMark(in: year.days) { day, _, _ in days.append(day) }
      return days
    }
    #expect(left(0, 0).count == 4 && left(-9, 9).count == 4)
    #expect(left(1, 0) == [year.first.adding(days: 1), year.last.adding(days: -1), year.last])
    #expect(left(0, -1) == [year.first, year.first.adding(days: 1), year.last.adding(days: -1)])
    #expect(left(2, -2).isEmpty)
  }

  @Test func rangesAreInclusiveAndClippedToTheYear() {
    var row = PupilYear(year: year)
    let monday = MadeUp.day("2027-09-06")
    row[monday, .am] = AttendanceCode("/")
    row[monday.adding(days: 1), .pm] = AttendanceCode("O")
    #expect(row.tallies(in: DayRange(first: monday, last: monday)).count == 1)
    #expect(row.tallies(in: DayRange(first: MadeUp.day("1999-01-01"), last: MadeUp.day("2099-01-01"))).count == 2)
    #expect(row.statistics(in: DayRange(first: monday.adding(days: 1), last: monday.adding(days: 9))).unauthorised == 1)
    #expect(row[MadeUp.day("2026-09-07"), .am] == nil)
  }

  /// Each session by the codes of its own day: J is attendance before 19 August 2024 and no code after.
  @Test func eachSessionIsJudgedByTheCodesOfItsDay() {
    var row = PupilYear(year: SchoolYear(startYear: 2024))
    row[MadeUp.day("2024-08-16"), .am] = AttendanceCode("J")
    row[MadeUp.day("2024-08-19"), .am] = AttendanceCode("J1")
    let statistics = row.statistics(in: DayRange(first: row.year.first, last: row.year.last))
    #expect(statistics.present == 1 && statistics.authorised == 1)
  }

  @Test func marksRecordedIsWrittenAsTheContractEncodesIt() throws {
    var random = SeededGenerator(seed: 7)
    for round in 0..<50 {
      let codes = AttendanceCode.all.shuffled(using: &random).prefix(Int.random(in: 1...12, using: &random))
      let marks = (0..<100).map { (pupil: MadeUp.pupil($0), code: random.pick(Array(codes)).registerByte) }
      let grouped = Dictionary(grouping: marks) { AttendanceCode(registerByte: $0.code)?.text ?? "" }
      let event = MarksRecorded(
        school: MadeUp.school, date: MadeUp.day("2026-09-07"), session: .pm,
        marks: grouped.mapValues { $0.map(\.pupil) })
      let bytes = MarksRecordedJSON.encode(
        school: MadeUp.school, day: MadeUp.day("2026-09-07"), session: .pm, marks: marks)
      #expect(bytes == (try event.encoded()))
      #expect(try JSONDecoder().decode(MarksRecorded.self, from: Data(bytes)) == event, "round \(round)")
    }
  }

  @Test func anEntryBatchGivesBackWhatWasPutIn() {
    var batch = EntryBatch()
    let numbers: [Int64] = [1, 255, 256, 70_000, 4_294_967_295]
    for (place, number) in numbers.enumerated() { batch.append(number, Array("/\\IO#".utf8)[place]) }
    #expect(batch.count == 5)
    #expect(numbers.map { batch.code(of: $0)?.text } == ["/", "\\", "I", "O", "#"])
    #expect(batch.code(of: 2) == nil)
    #expect(EntryBatch(bytes: batch.bytes) == batch && EntryBatch(bytes: [1, 2, 3]) == nil)
  }
}
