import Foundation
import Rulebook
import ScheduleSimulator
import Seeded
import TestKit
import Testing

@testable import LicensingDomain

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The rules of whole schedules against a slow count of minutes, and what the answer says instead.
@Suite("Schedules") struct ScheduleTests {
  /// How many schedules are tried: `SCHEDULES=100000` for all.
  private static let count = ProcessInfo.processInfo.environment["SCHEDULES"].flatMap { Int($0) } ?? 3_000

  @Test("The engines say what a count of minutes says, both changes of the clock among them")
  func oracle() async {
    let seed = SeededGenerator.chosenSeed
    let report = await ScheduleCampaign(from: seed, count: Self.count).run(threads: 2)
    for violation in report.first { Issue.record("seed \(violation.seed): \(violation.text)") }
    print("schedules: \(report.runs) from seed \(seed); breaches \(report.tally)")
    let all: [PerformanceRule] = [
      .early, .late, .present, .total, .continuous, .breaks, .gap, .overnight, .consecutive, .nightRest, .nightRun,
      .noChaperone, .fewChaperones, .notApproved,
    ]
    let work = Set(WorkRule.allCases).subtracting([.notified, .permit, .rest])
    #expect(Set(report.tally.keys) == Set(all.map(\.rawValue) + work.map(\.rawValue)), "every rule is reached")
  }

  @Test("A mistake in the engines is seen", arguments: ScheduleMistake.allCases)
  func mistakes(_ mistake: ScheduleMistake) {
    #expect(ScheduleCampaign(from: 1, count: 2_000, mistake: mistake).firstViolation() != nil)
  }

  @Test("What is said to be lawful instead is: arriving and leaving as the answer says breaks the rule no more")
  func instead() {
    for part in 0..<1_000 {
      var random = SeededGenerator(seed: SeededGenerator.chosenSeed, part: UInt64(part))
      for stay in RandomSchedule.make(&random) {
        let day = PerformanceDay(stay.day)
        guard let breach = day.breaches.first(where: { $0.rule == .present }), let at = breach.at,
          let shorter = LocalSpan(stay.day.atPlace.start, at.start)
        else { continue }
        #expect(breach.instead.contains("\(at.start.time)"))
        let again = PerformanceDay.Times(
          dateOfBirth: stay.day.dateOfBirth, atPlace: shorter, parts: [], breaks: stay.day.breaks)
        #expect(!PerformanceDay(again).violations.contains(.present), "part \(part)")
      }
    }
  }

  private static let csv = """
    what,who,start,end,born
    place,c1,2026-12-05T10:00,2026-12-05T23:30,2014-05-31
    performance,c1,2026-12-05T14:00,2026-12-05T16:00,
    performance,c1,2026-12-05T17:00,2026-12-05T19:00,
    break,c1,2026-12-05T12:00,2026-12-05T13:00,
    chaperone,party-3,2026-12-05T10:00,2026-12-05T20:00,
    rehearsal,c1,2026-12-05T09:00,2026-12-05T09:30,
    place,c2,2026-12-05T10:00,2026-12-05T12:00,
    sing,c1,2026-12-05T10:00,2026-12-05T12:00,
    place,Ada Smith,2026-12-05T10:00,2026-12-05T12:00,2014-05-31
    """

  @Test("A file of rows: each breach with its place and what would be lawful; a bad row costs no other")
  func rows() throws {
    let file = try ScheduleCSV.read(Array(Self.csv.utf8))
    let day = MadeUp.day(2026, 12, 5)
    let schedule = Schedule(file, approvals: ["party-3": DayRange(first: day, last: day)])
    let child = try #require(schedule.children.first)
    #expect(schedule.children.map(\.who) == ["c1"])
    #expect(child.schedule.breaches.map(\.rule) == [.breaks, .gap, .late, .present])
    #expect(
      child.schedule.breaches.map(\.instead) == [
        "Give a meal of 45 minutes and 2 rests of 15: there is a meal and 0 of the rests.",
        "Begin the next performance at 17:30 or later.", "Leave by 23:00, or apply for night work.",
        "Leave by 19:30: at most 9 hours 30 minutes at the place.",
      ])
    #expect(schedule.care.map(\.rule) == [.noChaperone] && schedule.care.first?.at?.start.time == ClockTime(20, 0))
    #expect(schedule.refused.map(\.fault) == [.outside, .noBirth, .what, .reference])
    #expect(schedule.refused.map(\.number) == [7, 8, 9, 10])
    let picture = DayPicture(child.schedule.days[0], child.schedule.breaches).svg
    for text in ["<svg", "PF-LATE", "Leave by 23:00", "17:30", "<desc>At the place 10:00 to 23:30."] {
      #expect(picture.contains(text), "\(text)")
    }
    #expect(XMLParser(data: Data(picture.utf8)).parse())
  }

  @Test("The same as a calendar, in London's time and in UTC; what repeats or is of another zone is refused")
  func calendar() throws {
    func event(_ lines: String) -> String { "BEGIN:VEVENT\r\nUID:1\r\n\(lines)\r\nEND:VEVENT\r\n" }
    let text =
      "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
      + event(
        "SUMMARY:c\r\n 1\r\nCATEGORIES:PLACE\r\nX-BORN:2014-05-31\r\nDTSTART;TZID=Europe/London:20270620T100000\r\n"
          + "DTEND:20270620T120000Z\r\nBEGIN:VALARM\r\nSUMMARY:alarm\r\nEND:VALARM")
      + event("SUMMARY:c1\r\nCATEGORIES:take\r\nDTSTART:20270620T110000\r\nDTEND:20270620T113000\r\nRRULE:FREQ=DAILY")
      + event("SUMMARY:c1\r\nCATEGORIES:take\r\nDTSTART;TZID=Europe/Paris:20270620T110000\r\nDTEND:20270620T113000")
      + event("SUMMARY:c1\r\nCATEGORIES:take\r\nDTSTART;VALUE=DATE:20270620\r\nDTEND;VALUE=DATE:20270621")
      + "END:VCALENDAR\r\n"
    let file = try ScheduleCalendar.read(Array(text.utf8))
    let row = try #require(file.rows.first?.row)
    #expect(row.who == "c1" && row.start.time == ClockTime(10, 0) && row.end.time == ClockTime(13, 0))
    #expect(file.refused.map(\.fault) == [.repeats, .otherZone, .repeats])
    #expect(throws: ScheduleFileError.self) { try ScheduleCalendar.read(Array("who,what\n".utf8)) }
    // A sign with a combining mark behind it is that sign still.
    let quoted = text.replacing("TZID=Europe/London", with: "X=\"\u{301}:\"")
    #expect(try ScheduleCalendar.read(Array(quoted.utf8)).rows.first?.row == row)
    let marked = text.replacing("SUMMARY:c\r\n 1", with: "SUMMARY:\u{301}c")
    #expect(try ScheduleCalendar.read(Array(marked.utf8)).refused.first?.fault == .reference)
  }

  @Test("200 children on 60 days are judged within the time of one answer")
  func large() {
    var rows: [ScheduleRow] = []
    let first = MadeUp.day(2026, 10, 1)
    for child in 0..<200 {
      for offset in 0..<60 where offset % 7 != 6 {
        let day = first.adding(days: offset)
        func row(_ what: ScheduleRow.What, _ from: Int, _ to: Int) -> ScheduleRow {
          ScheduleRow(
            who: "c\(child)", born: MadeUp.day(2014, 5, 31), what: what, start: LocalMoment(day, ClockTime(from, 0)),
            end: LocalMoment(day, ClockTime(to, 0)))
        }
        rows += [row(.place, 12, 20), row(.rehearsal, 12, 13), row(.pause, 13, 14), row(.performance, 14, 16)]
        rows += [row(.pause, 16, 17), row(.pause, 17, 18), row(.performance, 18, 20)]
      }
    }
    let started = ContinuousClock.now
    let schedule = Schedule(ScheduleFile(rows), approvals: [:])
    let taken = started.duration(to: .now)
    print("schedule: 200 children, 60 days, \(rows.count) rows judged in \(taken)")
    #expect(schedule.children.count == 200 && schedule.refused.isEmpty)
    #expect(schedule.children.allSatisfy { $0.schedule.breaches.isEmpty })
    #expect(schedule.care.count == 60 - 8 && schedule.care.allSatisfy { $0.rule == .noChaperone })
  }
}

extension [PerformanceRule: Int] {
  fileprivate func mapKeys(_ name: (PerformanceRule) -> String) -> String {
    sorted { $0.key < $1.key }.map { "\(name($0.key)) \($0.value)" }.joined(separator: ", ")
  }
}
