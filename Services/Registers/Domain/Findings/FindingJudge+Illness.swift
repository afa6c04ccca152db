import Contracts
import Rulebook

/// The school days of a school year that hold a mark of illness, one session or two (ATT-13).
struct Illness {
  private(set) var days = 0
  private(set) var sessions = 0
  private(set) var first: Day?
  private(set) var last: Day?
  /// The day on which a sickness return became due.
  private(set) var became: Day?

  /// Takes in the days of a span that are in a row's year.
  mutating func take(_ row: PupilYear, _ plan: YearPlan, in span: DayRange, codes: CodeBook) {
    for day in plan.days where span.contains(day.day) {
      let traits = codes.scheme(on: day.day).traits
      let ill =
        (traits[Int(row.codes[day.position])].contains(.illness) ? 1 : 0)
        + (traits[Int(row.codes[day.position + 1])].contains(.illness) ? 1 : 0)
      guard ill > 0 else { continue }
      if first == nil { first = day.day }
      last = day.day
      days += 1
      sessions += ill
      if became == nil, let enough = FindingRules.sickness.inForce(on: day.day)?.value, days >= enough {
        became = day.day
      }
    }
  }

  fileprivate func finding(occasion: Int32) -> Finding? {
    guard let first, let became, let last else { return nil }
    return Finding(.fifteenDaySickness, occasion: occasion, since: first, on: became, through: last, count: days)
  }
}

extension FindingJudge {
  /// Days of illness since 1 September. Days of August are of the school year that ends with them (ATT-13): it may have
  /// begun in the year before.
  func sickness(
    _ row: PupilYear, compulsory: DayRange, before: () throws -> YearBefore?
  ) rethrows -> [Finding] {
    let days = compulsory.meeting(Day(ordinal: .min), today) ?? DayRange(first: today, last: today.adding(days: -1))
    var found: [Finding] = []
    let august = days.meeting(row.year.first, row.year.september.adding(days: -1))
    if let august, mayBeIll(row, in: august) {
      var illness = Illness()
      if let earlier = try before(), let span = days.meeting(earlier.plan.year.september, earlier.plan.year.last) {
        illness.take(earlier.row, earlier.plan, in: span, codes: codes)
      }
      let wasDue = illness.became != nil
      illness.take(row, plan, in: august, codes: codes)
      if !wasDue, let finding = illness.finding(occasion: row.year.first.ordinal) { found.append(finding) }
    }
    if let rest = days.meeting(row.year.september, row.year.last) {
      var illness = Illness()
      illness.take(row, plan, in: rest, codes: codes)
      if let finding = illness.finding(occasion: 0) { found.append(finding) }
    }
    return found
  }

  /// Whether a span of the row's year has a mark of illness.
  private func mayBeIll(_ row: PupilYear, in span: DayRange) -> Bool {
    var isIll = false
    codes.forEachTable(of: span) { days, scheme in
      isIll =
        isIll
        || row.codes[row.year.position(of: days.first, .am)...row.year.position(of: days.last, .pm)]
          .contains { scheme.traits[Int($0)].contains(.illness) }
    }
    return isIll
  }
}
