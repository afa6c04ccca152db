public import Rulebook

/// Until when an information may be laid, or a written charge issued, for an offence (Magistrates' Courts Act 1980 s127).
public enum Limitation {
  /// In how many calendar months.
  public static let months: Dated<Int> = [
    InForce(6, from: Day(year: 1981, month: 7, day: 6), source: "Magistrates' Courts Act 1980 s127(1)")
  ]

  /// After how many calendar months from the first absence the authority is warned (EN-11).
  public static let warningMonths: Dated<Int> = [InForce(4, source: "interpretation EN-11")]

  /// The day on which the authority is warned that the time runs out.
  public static func warningDay(for offence: Day) -> Day { offence.adding(months: warningMonths.value(on: offence)) }

  /// The last day for an offence of a day: the day of the same number so many months on, clamped to the end of the month
  /// (EN-1).
  public static func lastDay(for offence: Day) -> Day { offence.adding(months: months.value(on: offence)) }
}

/// Which absences may still be charged on the day on which proceedings are to begin (EN-1, EN-2).
public struct ChargeableDates: Hashable, Sendable {
  /// Those inside the limitation, in order.
  public let chargeable: [Day]
  public let timeBarred: [Day]
  /// The last day for the last of them; `nil` when there is none.
  public let lastDayToLay: Day?
  /// The first day after the time to pay the penalty notice, when that has not come.
  public let tooEarlyUntil: Day?
  /// Whether the notice's time to pay ends after the last day to lay: to be said when the notice is proposed.
  public let neverOpens: Bool
  public var mayLay: Bool { !chargeable.isEmpty && tooEarlyUntil == nil }

  /// - Parameters:
  ///   - dates: the days of absence that are relied on.
  ///   - day: when proceedings are to begin.
  ///   - firstDayOfProceedings: that of the penalty notice for these absences; `nil` when there is none.
  public init(of dates: [Day], laidOn day: Day, firstDayOfProceedings: Day? = nil) {
    let dates = Set(dates).sorted()
    chargeable = dates.filter { day <= Limitation.lastDay(for: $0) }
    timeBarred = dates.filter { Limitation.lastDay(for: $0) < day }
    let lastDay = dates.last.map(Limitation.lastDay)
    lastDayToLay = lastDay
    tooEarlyUntil = firstDayOfProceedings.flatMap { day < $0 ? $0 : nil }
    neverOpens = firstDayOfProceedings.flatMap { first in lastDay.map { $0 < first } } ?? false
  }
}
