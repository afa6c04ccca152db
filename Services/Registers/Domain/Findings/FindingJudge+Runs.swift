import Contracts
public import Rulebook

/// Runs of absence and spells on a part-time timetable.
extension FindingJudge {
  /// Consecutive school days of absence without authority.
  struct Run {
    private(set) var first: Day?
    private(set) var last: Day?
    private(set) var days = 0
    /// Whether nothing has ended it yet.
    fileprivate(set) var goesOn = false
    /// Whether a mark of the year has ended what came before it.
    fileprivate(set) var isBroken = false
    /// Attendance and authorised absence end a run.
    static let ending: CodeTraits = [.present, .authorised]
    /// The days on which it reached a length.
    private(set) var reached: [Int: Day] = [:]

    /// Takes in one school day (ATT-12): every session counts toward a return, or it does not count; a mark of attendance
    /// or of authorised absence ends the run; others, and no mark, neither count nor end it.
    mutating func take(_ day: YearPlan.SchoolDay, _ codes: [UInt8], _ traits: [CodeTraits]) -> Run? {
      let none: CodeTraits = []
      let morning = day.hasMorning ? traits[Int(codes[day.position])] : none
      let afternoon = day.hasAfternoon ? traits[Int(codes[day.position + 1])] : none
      if !morning.union(afternoon).isDisjoint(with: Self.ending) {
        defer { self = Run(isBroken: true) }
        return days > 0 ? self : nil
      }
      guard !day.hasMorning || morning.contains(.attendanceReturn),
        !day.hasAfternoon || afternoon.contains(.attendanceReturn)
      else { return nil }
      if first == nil { first = day.day }
      last = day.day
      days += 1
      reached[days] = day.day
      return nil
    }
  }

  /// The ten-day and twenty-day absences that became so in this year.
  func runs(
    _ row: PupilYear, compulsory: DayRange, before: () throws -> YearBefore?
  ) rethrows -> [Finding] {
    try absences(row, compulsory: compulsory, before: before).flatMap { findings(of: $0) }
  }

  /// The runs of the year in order; the last goes on where the latest school day has not ended it.
  func absences(
    _ row: PupilYear, compulsory: DayRange, before: () throws -> YearBefore?
  ) rethrows -> [Run] {
    var runs: [Run] = []
    var run = Run()
    for day in plan.days where compulsory.contains(day.day) {
      if day.day > today { break }
      let traits = codes.scheme(on: day.day).traits
      if run.days == 0, !run.isBroken,
        traits[Int(row.codes[day.position])].union(traits[Int(row.codes[day.position + 1])]).contains(.attendanceReturn)
      {
        // Nothing has ended a run of last summer yet: it may go on.
        if let earlier = try before() { run = trailing(earlier, compulsory) }
        run.isBroken = true
      }
      if let ended = run.take(day, row.codes, traits) { runs.append(ended) }
    }
    if run.days > 0 {
      run.goesOn = true
      runs.append(run)
    }
    return runs
  }

  private func findings(of run: Run) -> [Finding] {
    let kinds: [(FindingKind, Dated<Int>)] = [
      (.tenDayAbsence, FindingRules.continuousAbsence), (.twentyDayAbsence, FindingRules.extendedAbsence),
    ]
    return kinds.compactMap { kind, lengths in
      guard let first = run.first, let last = run.last, let length = lengths.inForce(on: last)?.value,
        let on = run.reached[length], plan.year.first <= on
      else { return nil }
      return Finding(kind, occasion: first.ordinal, since: first, on: on, through: last, count: run.days)
    }
  }

  /// The run with which a year ends.
  private func trailing(_ year: YearBefore, _ compulsory: DayRange) -> Run {
    var run = Run()
    for day in year.plan.days where compulsory.contains(day.day) {
      _ = run.take(day, year.row.codes, codes.scheme(on: day.day).traits)
    }
    return run
  }

  /// Spells on a part-time timetable: from marks and from agreements, in elapsed days (ATT-11).
  func spells(
    _ row: PupilYear, onRoll: DayRange, agreed: [DayRange], before: () throws -> YearBefore?
  ) rethrows -> [Finding] {
    partTimeSpells(row, onRoll: onRoll, agreed: agreed, before: try before()).flatMap { findings(of: $0) }
  }

  /// Whether a spell that began on or before a day lasts until today.
  public func isOnPartTimeTimetable(
    _ row: PupilYear, time: TimeOnRoll, agreed: [DayRange], since: Day, before: YearBefore?
  ) -> Bool {
    partTimeSpells(
      plan.counting(row, for: time), onRoll: time.days, agreed: agreed, before: before?.counting(for: time)
    ).contains { $0.first <= since && $0.last >= today }
  }

  /// The spells up to today, each as long as it lasted: an agreement that has ended ends its spell on its last day; where
  /// only marks tell, a spell lasts until the gap that ends it has passed; all end when the child leaves.
  func partTimeSpells(
    _ row: PupilYear, onRoll: DayRange, agreed: [DayRange], before earlier: YearBefore?
  ) -> [DayRange] {
    let now = min(today, onRoll.last)
    let agreements = agreed.compactMap { $0.meeting(onRoll.first, now) }
    var spans = agreements.map { (days: $0, isAgreed: true) }
    for (marks, days) in [(earlier?.row.codes, earlier?.plan.days), (row.codes, plan.days)] {
      guard let marks, let days else { continue }
      for day in days where day.day <= today {
        let traits = codes.scheme(on: day.day).traits
        let isPartTime = traits[Int(marks[day.position])].union(traits[Int(marks[day.position + 1])]).contains(
          .partTime)
        guard isPartTime, !agreements.contains(where: { $0.contains(day.day) }) else { continue }
        spans.append((DayRange(first: day.day, last: day.day), false))
      }
    }
    let schoolDays = { (after: Day, until: Day) -> Int in
      let from = after.adding(days: 1)
      return [earlier?.plan, plan].compactMap { $0 }.reduce(0) {
        $0 + max(0, $1.schoolDays(before: until) - $1.schoolDays(before: from))
      }
    }
    var spells: [(days: DayRange, isAgreed: Bool)] = []
    for span in spans.sorted(by: { ($0.days.first, $0.days.last) < ($1.days.first, $1.days.last) }) {
      let gap = FindingRules.partTimeGap.inForce(on: span.days.first)?.value ?? 0
      if let last = spells.last, schoolDays(last.days.last, span.days.first) <= gap {
        let isLonger = span.days.last > last.days.last
        spells[spells.count - 1] = (
          DayRange(first: last.days.first, last: max(last.days.last, span.days.last)),
          isLonger ? span.isAgreed : last.isAgreed
        )
      } else {
        spells.append(span)
      }
    }
    return spells.map { days, isAgreed in
      let gap = FindingRules.partTimeGap.inForce(on: days.last)?.value ?? 0
      let lasts = !isAgreed && schoolDays(days.last, now) <= gap
      return DayRange(first: days.first, last: lasts ? max(days.last, now) : days.last)
    }
  }

  private func findings(of spell: DayRange) -> [Finding] {
    let kinds: [(FindingKind, Dated<Int>)] = [
      (.partTimeSixWeeks, FindingRules.partTimeChallenged), (.partTimeTwelveWeeks, FindingRules.partTimeMissingOut),
    ]
    return kinds.compactMap { kind, limits in
      guard let limit = limits.inForce(on: spell.last)?.value, spell.last - spell.first > limit else { return nil }
      let on = spell.first.adding(days: limit + 1)
      guard plan.year.first <= on, on <= plan.year.last else { return nil }
      return Finding(
        kind, occasion: spell.first.ordinal, since: spell.first, on: on, through: spell.last,
        count: spell.last - spell.first)
    }
  }
}
