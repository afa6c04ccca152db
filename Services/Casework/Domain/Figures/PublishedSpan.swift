public import Rulebook

/// The spans of which figures leave the service: whole terms that are over. Whoever could ask for any span would learn
/// small counts from the difference of two (CW-24).
public enum PublishedSpan {
  /// The first day of each term as month and day, in the order of the school year: dated, the product's own.
  private static let begins: Dated<[(month: Int, day: Int)]> = [
    InForce([(9, 1), (1, 1), (4, 1)], source: "CW-24")
  ]

  /// The term that a day lies in.
  public static func term(containing day: Day) -> DayRange? {
    let rule = begins.value(on: day)
    let year = SchoolYear(containing: day).startYear
    let firsts = [year - 1, year, year + 1].flatMap { start in
      rule.compactMap { Day(year: start + ($0.month < 9 ? 1 : 0), month: $0.month, day: $0.day) }
    }
    guard let first = firsts.last(where: { $0 <= day }), let next = firsts.first(where: { $0 > day }) else {
      return nil
    }
    return DayRange(first: first, last: next.adding(days: -1))
  }

  /// Whether some days are a whole term that is over.
  public static func contains(_ days: DayRange, today: Day) -> Bool {
    guard let term = term(containing: days.first) else { return false }
    return term.first == days.first && term.last == days.last && days.last < today
  }
}
