import ArgumentParser
import Foundation
import LicensingDomain
import Rulebook
import SuiteDomain

/// The schedule of a large production, judged as `POST /schedules/check` judges it.
struct LicensingBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "licensing", abstract: "Reading and judging the schedule of a production of many children and days.")

  @Option(help: "How many children.") var children = 200
  @Option(help: "How many days.") var days = 60
  @Option(help: "How often each figure is measured; the median is told.") var rounds = 11
  @Option(help: "Where the same figures are written as JSON.") var json: String?

  func validate() throws {
    guard 1...ScheduleRow.mostChildren ~= children, 1...200 ~= days, 1...1_000 ~= rounds,
      children * days * 7 + days * chaperones <= ScheduleRow.mostRows
    else { throw ValidationError("a schedule has at most \(ScheduleRow.mostRows) rows: seven for each child and day") }
  }

  /// Twelve children to each.
  private var chaperones: Int { (children + 11) / 12 }

  func run() async throws {
    guard let first = Day(year: 2026, month: 9, day: 7) else { return }
    let rows = rows(from: first)
    let csv = Array(
      (["who,born,what,start,end"]
        + rows.map {
          "\($0.who),\($0.born?.iso ?? ""),\($0.what.rawValue),\($0.start.day)T\($0.start.time),\($0.end.day)T\($0.end.time)"
        }).joined(separator: "\n").utf8)
    let approvals = Dictionary(
      uniqueKeysWithValues: (0..<chaperones).map {
        ("party-\($0 + 1)", DayRange(first: first, last: first.adding(days: 400)))
      })
    let file = ScheduleFile(rows)
    let clock = ContinuousClock()
    func median(_ body: () throws -> Int) rethrows -> Double {
      var times: [Double] = []
      for _ in 0..<rounds {
        let started = clock.now
        let found = try body()
        times.append((clock.now - started) / .milliseconds(1))
        guard found >= 0 else { break }
      }
      return times.sorted()[times.count / 2]
    }
    var table = Table()
    let schedule = Schedule(file, approvals: approvals)
    table.add("schedule_rows", Double(rows.count), "rows", "\(children) children, \(days) days")
    table.add(
      "schedule_breaches", Double(schedule.children.reduce(schedule.care.count) { $0 + $1.schedule.breaches.count }),
      "breaches", "one child in twenty leaves too late each day")
    table.add(
      "schedule_judged", median { Schedule(file, approvals: approvals).children.count }, "ms",
      "aim 100 ms: every rule of each child's days, and who is in charge at every minute")
    table.add(
      "schedule_read", try median { try ScheduleCSV.read(csv).received }, "ms",
      "the same as a file of \(csv.count >> 10) KiB")
    table.print()
    if let json { try table.write(to: json) }
  }

  /// Six days a week: a stay with a rehearsal, two parts, a meal and two rests.
  private func rows(from first: Day) -> [ScheduleRow] {
    func time(_ minutes: Int) -> ClockTime {
      guard let time = ClockTime(minutes: minutes) else { preconditionFailure("a day has 1440 minutes") }
      return time
    }
    var rows: [ScheduleRow] = []
    for number in 0..<days {
      let day = first.adding(days: number / 6 * 7 + number % 6)
      func add(_ who: String, _ what: ScheduleRow.What, _ from: Int, _ to: Int, born: Day? = nil) {
        rows.append(
          .init(
            who: who, born: born, what: what, start: LocalMoment(day, time(from)), end: LocalMoment(day, time(to))))
      }
      for child in 0..<children {
        let (who, shift) = ("child-\(child)", child % 4 * 5)
        let born = first.adding(days: -(2_000 + child * 17))
        add(who, .place, 780 + shift, child % 20 == 0 ? 1_400 : 1_230 + shift, born: born)
        add(who, .rehearsal, 800 + shift, 860 + shift)
        add(who, .pause, 870 + shift, 920 + shift)
        add(who, .performance, 930 + shift, 990 + shift)
        add(who, .pause, 1_000 + shift, 1_020 + shift)
        add(who, .performance, 1_090 + shift, 1_150 + shift)
        add(who, .pause, 1_160 + shift, 1_180 + shift)
      }
      for chaperone in 0..<chaperones { add("party-\(chaperone + 1)", .chaperone, 770, 1_410) }
    }
    return rows
  }
}
