import CMEDomain
import CaseFlow
import Rulebook
import Seeded
import TestKit
import Testing

/// What holds of the clocks and figures whatever the days are.
@Suite("Properties of searches and alerts")
struct SearchPropertyTests {
  private static let calendar = SchoolCalendar(
    terms: [
      DayRange(first: day("2026-01-05"), last: day("2026-03-27")),
      DayRange(first: day("2026-04-13"), last: day("2026-07-21")),
      DayRange(first: day("2026-09-02"), last: day("2026-12-18")),
    ], closed: [day("2026-05-04")])

  private static func day(_ text: String) -> Day { Day(iso: text) ?? Day(ordinal: 0) }

  private var days: [Day] {
    var generator = SeededGenerator(seed: SeededGenerator.chosenSeed)
    return (0..<500).map { _ in Self.day("2026-01-01").adding(days: generator.below(300)) }
  }

  @Test("Each day of a search is the n-th of its kind, counted one by one")
  func searchDays() {
    for opened in days {
      let search = SearchDays(opened: opened, calendar: Self.calendar)
      func counted(_ until: Day, _ counts: (Day) -> Bool) -> Int {
        (1...max(1, until - opened)).count { counts(opened.adding(days: $0)) }
      }
      #expect(counted(search.triageBy, WorkingDays.isWorkingDay) == 1, "\(opened)")
      #expect(counted(search.firstContactBy, WorkingDays.isWorkingDay) == 2, "\(opened)")
      #expect(counted(search.visitBy, WorkingDays.isWorkingDay) == 5, "\(opened)")
      #expect([search.triageBy, search.firstContactBy, search.visitBy].allSatisfy(WorkingDays.isWorkingDay))
      #expect(search.earliestUnlocatedClosing - opened == 7 * 26)
      if let review = search.unlocatedReviewOn {
        #expect(counted(review, Self.calendar.isSchoolDay) == 20 && Self.calendar.isSchoolDay(review), "\(opened)")
      } else {
        #expect(counted(Self.day("2026-12-18"), Self.calendar.isSchoolDay) < 20, "\(opened)")
      }
    }
  }

  @Test("An alert waits, is asked about twice and escalates, in this order; a receipt ends it for good")
  func alertStandings() {
    let order = AlertDays.Standing.allCases
    for sent in days {
      let alert = AlertDays(sent: sent)
      let standings = (0...60).map { alert.standing(on: sent.adding(days: $0), acknowledged: nil) }
      let places = standings.compactMap { order.firstIndex(of: $0) }
      #expect(places == places.sorted() && Set(standings) == Set(order.dropLast()), "\(sent)")
      #expect(standings.filter { $0 == .waiting }.count == alert.firstReminderOn - sent)
      let received = sent.adding(days: 7)
      for later in 0...30 {
        let today = sent.adding(days: later)
        let standing = alert.standing(on: today, acknowledged: received)
        #expect((standing == .acknowledged) == (today >= received), "\(sent) \(later)")
        #expect(alert.isInTime(on: today, acknowledged: received) == (today < received ? nil : false))
      }
    }
  }

  @Test("The bands of duration follow each other without a gap")
  func bands() {
    let today = Self.day("2026-11-30")
    let names = (0...800).map { MissingDuration(became: today.adding(days: -$0), asOf: today).band }
    var starts: [String: Int] = [:]
    for (count, name) in names.enumerated() where starts[name] == nil { starts[name] = count }
    #expect(starts.values.sorted() == [0, 14, 28, 56, 84, 182, 365])
    #expect(zip(names, names.dropFirst()).count { $0 != $1 } == 6)
  }

  @Test("The share located is exact: what rounds up to a target does not reach it")
  func located() {
    var generator = SeededGenerator(seed: SeededGenerator.chosenSeed)
    let (first, last) = (Self.day("2026-01-01"), Self.day("2026-12-31"))
    let period = DayRange(first: first, last: last)
    for _ in 0..<200 {
      let searches = (0..<generator.below(60)).map { _ -> LocatedShare.Search in
        let opened = first.adding(days: generator.within(-300...400))
        guard generator.below(4) > 0 else { return .init(opened: opened) }
        return .init(
          opened: opened, closed: opened.adding(days: generator.below(300)), generator.pick(Outcome.allCases))
      }
      let share = LocatedShare(searches, in: period, calendar: Self.calendar)
      let closed = searches.filter { $0.closed.map(period.contains) ?? false && $0.opened <= last }
      #expect(share.located == closed.count { $0.outcome?.isLocated == true })
      #expect(share.unlocated == closed.count { $0.outcome == .unlocated })
      #expect((share.percent == nil) == (share.located + share.unlocated == 0))
    }
    let found = LocatedShare.Search(opened: first, closed: last, .onRoll)
    let lost = LocatedShare.Search(opened: first, closed: last, .unlocated)
    let nearly = LocatedShare(
      Array(repeating: found, count: 1979) + Array(repeating: lost, count: 21), in: period, calendar: nil)
    #expect(nearly.percent == "99.0" && !nearly.reaches(hundredths: 99) && nearly.reaches(hundredths: 98))
    #expect(LocatedShare([], in: period, calendar: nil).percent == nil)
    #expect(!LocatedShare([], in: period, calendar: nil).reaches(hundredths: 0))
  }

  @Test("A search is past its review from the day after the twentieth school day")
  func pastReview() throws {
    let opened = Self.day("2026-03-02")
    let review = try #require(SearchDays(opened: opened, calendar: Self.calendar).unlocatedReviewOn)
    for (later, count) in [(0, 0), (1, 1)] {
      let period = DayRange(first: opened, last: review.adding(days: later))
      #expect(LocatedShare([.init(opened: opened)], in: period, calendar: Self.calendar).openPastReview == count)
    }
    let closedLater = LocatedShare.Search(opened: opened, closed: review.adding(days: 9), .onRoll)
    let period = DayRange(first: opened, last: review.adding(days: 1))
    let share = LocatedShare([closedLater], in: period, calendar: Self.calendar)
    #expect(share.openPastReview == 1 && share.located == 0)
  }

  @Test("The collection's table counts each child once and tells no small count")
  func collection() throws {
    let today = Self.day("2026-11-30")
    let child = CollectionTable.Child(
      became: today.adding(days: -20), reason: .waitingToStart, sex: .female, yearGroup: YearGroup(number: 3))
    let other = CollectionTable.Child(became: nil, reason: .unknown, sex: nil, yearGroup: nil)
    let table = CollectionTable(Array(repeating: child, count: 5) + Array(repeating: other, count: 4), on: today)
    #expect(table.total == 9 && table.counts.count == 2)
    for (cell, count) in table.counts {
      #expect(table.published(cell) == (count == 5 ? .exactly(5) : .low))
      #expect(cell.band == (count == 5 ? "2 to 4 weeks" : "unknown"))
    }
    let empty = CollectionTable.Cell(reason: .other, band: "unknown", sex: nil, yearGroup: nil)
    #expect(table.published(empty) == .exactly(0))
  }

  @Test("Every trigger has a duty and a last day, or the enquiries that come before a deletion")
  func triggers() {
    let today = Self.day("2026-11-30")
    #expect(Trigger.allCases.map(\.rawValue) == (1...13).map { "T\($0)" })
    for trigger in Trigger.allCases {
      let rule = trigger.rule.value(on: today)
      let last = rule.limit.last(from: today, in: Self.calendar)
      #expect(!rule.duty.isEmpty && (last == nil) == (rule.ground?.needsJointEnquiries == true), "\(trigger)")
    }
    func last(_ trigger: Trigger) -> String? {
      trigger.rule.value(on: today).limit.last(from: today, in: Self.calendar)?.iso
    }
    #expect(last(.deletion) == "2026-11-30" && last(.neverStarted) == "2026-12-03")
    #expect(last(.continuousAbsence) == "2026-12-30" && last(.placeNotTaken) == "2026-12-14")
    #expect(last(.otherAuthority) == "2026-12-02" && last(.excluded) == "2026-12-07")
  }
}
