public import Rulebook

/// A production's schedule, child by child and day by day, judged as a whole.
public struct Schedule: Sendable {
  /// One child.
  public struct Child: Sendable {
    /// The production's own reference.
    public let who: String
    public let schedule: ChildSchedule
  }

  /// In the order of their references.
  public let children: [Child]
  /// Who is in charge: what is broken, by day.
  public let care: [PerformanceBreach]
  /// Rows that were not taken, by number.
  public let refused: [ScheduleFile.Refused]

  /// - Parameter approvals: the days for which each chaperone of the register is approved.
  public init(_ file: ScheduleFile, approvals: [String: DayRange]) {
    var refused = file.refused
    let ofChildren = file.rows.filter { !$0.row.isCare }
    let children = Dictionary(grouping: ofChildren) { $0.row.who }.sorted { $0.key < $1.key }
    self.children = children.compactMap { who, rows in
      Self.child(rows, &refused).map { Child(who: who, schedule: ChildSchedule($0)) }
    }
    self.refused = refused.sorted { ($0.number, $0.fault.rawValue) < ($1.number, $1.fault.rawValue) }
    care = Self.care(of: self.children, file.rows.map(\.row), approvals)
  }

  /// The chaperones that a file names.
  public static func chaperones(in file: ScheduleFile) -> Set<String> {
    Set(file.rows.lazy.filter { $0.row.what == .chaperone }.map(\.row.who))
  }

  /// The days of one child; `nil` when it has none.
  private static func child(
    _ rows: [(number: Int, row: ScheduleRow)], _ refused: inout [ScheduleFile.Refused]
  ) -> [PerformanceDay.Times]? {
    var born: Day?
    for (number, row) in rows {
      guard let other = row.born else { continue }
      if born ?? other != other { refused.append(.init(number: number, fault: .bornTwice)) }
      born = born ?? other
    }
    guard let born else {
      refused += rows.map { .init(number: $0.number, fault: .noBirth) }
      return nil
    }
    var stays: [(row: ScheduleRow, parts: [PerformanceDay.Part], breaks: [LocalSpan])] = []
    for (number, row) in rows.filter({ $0.row.isStay }).sorted(by: { $0.row.start < $1.row.start }) {
      if let last = stays.last?.row, row.start < last.end {
        refused.append(.init(number: number, fault: .twoStays))
      } else {
        stays.append((row, [], []))
      }
    }
    let times = stays.map(\.row)
    for (number, row) in rows where !row.isStay {
      guard let index = place(of: row, in: times), let span = LocalSpan(row.start, row.end) else {
        refused.append(.init(number: number, fault: .outside))
        continue
      }
      if let kind = row.part {
        stays[index].parts.append(.init(kind, span))
      } else {
        stays[index].breaks.append(span)
      }
    }
    return stays.compactMap { stay in
      LocalSpan(stay.row.start, stay.row.end).map { span in
        var times = PerformanceDay.Times(dateOfBirth: born, atPlace: span, parts: stay.parts, breaks: stay.breaks)
        times.isNightWorkPermitted = stay.row.what == .nightWork
        times.isHomeOrSchool = stay.row.what == .home
        return times
      }
    }
  }

  /// The stay that covers a row; stays are in order and do not overlap.
  private static func place(of row: ScheduleRow, in stays: [ScheduleRow]) -> Int? {
    var (low, high) = (0, stays.count)
    while low < high {
      let middle = (low + high) / 2
      if stays[middle].end < row.end { low = middle + 1 } else { high = middle }
    }
    guard low < stays.count, stays[low].start <= row.start, row.end <= stays[low].end else { return nil }
    return low
  }

  /// Every minute of every day, over midnight too (2014 Regulations reg 15).
  private static func care(
    of children: [Child], _ rows: [ScheduleRow], _ approvals: [String: DayRange]
  ) -> [PerformanceBreach] {
    var present: [Day: [ChaperonePlan.Child]] = [:]
    for child in children {
      for day in child.schedule.days {
        for (date, span) in day.times.atPlace.pieces {
          present[date, default: []].append(.init(id: child.who, span: span))
        }
      }
    }
    var adults: [Day: (chaperones: [ChaperonePlan.Chaperone], parents: [ChaperonePlan.Parent])] = [:]
    for row in rows where row.isCare {
      for (date, span) in LocalSpan(row.start, row.end)?.pieces ?? [] {
        if row.what == .parent {
          adults[date, default: ([], [])].parents.append(.init(child: row.who, span: span))
        } else {
          let nobody = DayRange(first: date.adding(days: 1), last: date.adding(days: -1))
          adults[date, default: ([], [])].chaperones.append(
            .init(id: row.who, span: span, approved: approvals[row.who] ?? nobody))
        }
      }
    }
    return present.sorted { $0.key < $1.key }.flatMap { day, children in
      let (chaperones, parents) = adults[day] ?? ([], [])
      return ChaperonePlan(on: day, children: children, chaperones: chaperones, parents: parents).breaches
    }
  }
}
