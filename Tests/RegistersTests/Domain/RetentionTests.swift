import Keeping
import Rulebook
import Seeded
import Testing

@testable import RegistersDomain

/// Six years from the later of entry and amendment (ATT-3), and longer while a hold is open.
@Suite struct RetentionTests {
  @Test(arguments: [
    ("2026-09-07", "2032-09-06", RetentionSchedule.Verdict.recent), ("2026-09-07", "2032-09-07", .recent),
    ("2026-09-07", "2032-09-08", .mayGo),
    // A leap day has its sixth anniversary on 1 March (CSA-3).
    ("2024-02-29", "2030-03-01", .recent), ("2024-02-29", "2030-03-02", .mayGo),
    // The law of the day that is asked about: three years until August 2024.
    ("2020-09-07", "2023-09-08", .mayGo), ("2020-09-07", "2024-08-18", .mayGo), ("2020-09-07", "2024-08-19", .recent),
    ("2020-09-07", "2026-09-08", .mayGo),
  ])
  func timeIsOverTheDayAfterTheAnniversary(touched: String, today: String, verdict: RetentionSchedule.Verdict) {
    #expect(Retention.entries.verdict(touched: MadeUp.day(touched), isHeld: false, on: MadeUp.day(today)) == verdict)
  }

  @Test func aHoldKeepsWhatMayGoAndChangesNothingElse() {
    let touched = MadeUp.day("2026-09-07")
    #expect(Retention.entries.verdict(touched: touched, isHeld: true, on: MadeUp.day("2040-01-01")) == .held)
    #expect(Retention.entries.verdict(touched: touched, isHeld: true, on: MadeUp.day("2030-01-01")) == .recent)
  }

  @Test func whatHasNoAnniversaryIsKept() {
    #expect(!Retention.entries.isOver(MadeUp.day("2199-12-31"), on: MadeUp.day("2199-12-31")))
  }

  /// The first kept day is exactly where the verdict changes, for every day of nine years.
  @Test func theFirstKeptDayIsWhereTheVerdictChanges() {
    var today = MadeUp.day("2024-01-01")
    while today < MadeUp.day("2033-01-01") {
      let first = Retention.entries.firstKept(on: today)
      #expect(!Retention.entries.isOver(first, on: today), "\(today)")
      #expect(Retention.entries.isOver(first.adding(days: -1), on: today), "\(today)")
      today = today.adding(days: 1)
    }
  }

  @Test func aMonthToReverse() {
    #expect(Reversal.last(carriedOut: MadeUp.day("2032-09-10")) == MadeUp.day("2032-10-10"))
  }

  @Test func everyPeriodHasItsSource() {
    for rule in Array(Retention.entries.years) + Array(Retention.uploads.years) + Array(Reversal.days) {
      #expect(!rule.source.isEmpty)
    }
    #expect(Retention.entries.years.last?.source.contains("ATT-3") == true)
  }

  /// Taking entries out of a batch and putting them back, in any parts and in any order, gives the same bytes.
  @Test func aBatchPutBackIsTheSameBytes() throws {
    let seed: UInt64 = 62
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      var batch = EntryBatch()
      var registration: Int64 = 0
      for _ in 0..<random.below(60) {
        registration += Int64(1 + random.below(70_000_000))
        batch.append(registration, random.pick(AttendanceCode.all).registerByte)
      }
      var all: [Int64] = []
      batch.forEachEntry { number, _ in all.append(number) }
      let first = Set(all.filter { _ in random.below(3) == 0 })
      let second = Set(all.filter { _ in random.below(2) == 0 }).subtracting(first)
      let (takenFirst, leftFirst) = batch.split(first)
      let (takenSecond, left) = leftFirst.split(second)
      #expect(takenFirst.count == first.count && left.count == all.count - first.count - second.count, "seed \(seed)")
      #expect(left.joined(with: takenFirst).joined(with: takenSecond) == batch, "seed \(seed)")
      #expect(left.joined(with: takenSecond).joined(with: takenFirst) == batch, "seed \(seed)")
    }
  }

  @Test func aYearIsFilledWhereItHasNoMark() {
    let year = SchoolYear(startYear: 2026)
    let (monday, tuesday) = (MadeUp.day("2026-09-07"), MadeUp.day("2026-09-08"))
    var older = PupilYear(year: year)
    older[monday, .am] = AttendanceCode("/")
    older[tuesday, .am] = AttendanceCode("I")
    var newer = PupilYear(year: year)
    newer[monday, .am] = AttendanceCode("N")
    let filled = newer.filled(from: older)
    #expect(filled[monday, .am] == AttendanceCode("N") && filled[tuesday, .am] == AttendanceCode("I"))
  }
}
