import Contracts
public import Rulebook

/// Finds what is true of a registration by one school year of its marks. Pure and quick: it is asked at every mark, and
/// for every child of an authority each night.
public struct FindingJudge: Sendable {
  let plan: YearPlan
  let today: Day
  let codes: CodeBook

  /// - Parameters:
  ///   - plan: the school's year.
  ///   - today: the civil date; unexplained absence is raised on its day, a spell lasts until today.
  ///   - codes: what each day's marks are judged by.
  public init(plan: YearPlan, today: Day, codes: CodeBook = .england) {
    self.plan = plan
    self.today = today
    self.codes = codes
  }

  /// The year before, where a run or a spell may have begun.
  public struct YearBefore: Sendable {
    let row: PupilYear
    let plan: YearPlan

    public init(row: PupilYear, plan: YearPlan) {
      self.row = row
      self.plan = plan
    }

    func counting(for time: TimeOnRoll) -> YearBefore { YearBefore(row: plan.counting(row, for: time), plan: plan) }
  }

  /// Everything that is true. A mark outside the time on roll or the calendar is ignored, as in every figure
  /// (`attendance.md` 2.7, 15).
  ///
  /// - Parameters:
  ///   - row: the registration's marks of the plan's year.
  ///   - time: the registration's days, and the year group that the calendar is asked for.
  ///   - compulsory: the child's compulsory school age: returns concern it only (`attendance.md` 1).
  ///   - agreed: spans of agreed part-time timetables, open ones up to today.
  ///   - open: what was raised before; an unexplained absence of an earlier day stays while its mark does.
  ///   - before: the year before; asked for only when it matters.
  /// - Throws: what `before` throws.
  public func findings(
    _ row: PupilYear, time: TimeOnRoll, compulsory: DayRange, agreed: [DayRange] = [],
    open: [OpenFinding] = [], before: () throws -> YearBefore? = { nil }
  ) rethrows -> [Finding] {
    let row = plan.counting(row, for: time)
    let tally = Tally(row, codes)
    var found: [Finding] = []
    if tally.unexplained > 0 { found += unexplained(row, open: open) }
    if mayHaveRun(tally, row) {
      found += try runs(row, compulsory: compulsory) { try before()?.counting(for: time) }
    }
    if mayBeSickEnough(tally) {
      found += try sickness(row, compulsory: compulsory) { try before()?.counting(for: time) }
    }
    found += shares(Self.isWhole(compulsory, row.year) ? tally : Tally(row.within(compulsory), codes))
    if tally.partTime > 0 || !agreed.isEmpty {
      found += try spells(row, onRoll: time.days, agreed: agreed) { try before()?.counting(for: time) }
    }
    return found
  }

  /// Whether there are sessions enough for a run of absence; or the year began with absence, which may have begun before
  /// it.
  private func mayHaveRun(_ tally: Tally, _ row: PupilYear) -> Bool {
    guard tally.returned > 0, let days = FindingRules.continuousAbsence.inForce(on: plan.year.last)?.value else {
      return tally.returned > 0
    }
    let first = row.year.first.adding(days: tally.first / 2)
    return plan.can(tally.returned, fill: days)
      || codes.scheme(on: first).traits[Int(row.codes[tally.first])].isDisjoint(with: Run.ending)
  }

  /// Whether there are sessions of illness enough; days of August go on from the year before.
  private func mayBeSickEnough(_ tally: Tally) -> Bool {
    let enough = FindingRules.sickness.inForce(on: plan.year.last)?.value ?? 1
    return tally.ill >= enough || (tally.ill > 0 && tally.first < plan.year.position(of: plan.year.september, .am))
  }

  /// One pass over the row.
  struct Tally {
    var present = 0
    var authorised = 0
    var unauthorised = 0
    var returned = 0
    var ill = 0
    var partTime = 0
    var unexplained = 0
    var first = -1
    var last = -1

    var absent: Int { authorised + unauthorised }
    var possible: Int { present + absent }

    init(_ row: PupilYear, _ book: CodeBook) {
      row.codes.withUnsafeBufferPointer { codes in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 256) { counts in
          book.forEachTable(of: row.year.days) { days, scheme in
            count(
              codes, row.year.position(of: days.first, .am)..<row.year.position(of: days.last, .pm) + 1, scheme, counts)
          }
        }
      }
    }

    private mutating func count(
      _ codes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ scheme: CodeScheme,
      _ counts: UnsafeMutableBufferPointer<Int32>
    ) {
      counts.initialize(repeating: 0)
      for position in range { counts[Int(codes[position])] += 1 }
      guard counts[Int(AttendanceCode.noMark)] < range.count else { return }
      if first < 0 { first = range.first { codes[$0] != AttendanceCode.noMark } ?? -1 }
      last = range.last { codes[$0] != AttendanceCode.noMark } ?? last
      for byte in 0..<128 where counts[byte] > 0 {
        let trait = scheme.traits[byte]
        if !trait.isDisjoint(with: .present) { present += Int(counts[byte]) }
        if trait.contains(.authorised) { authorised += Int(counts[byte]) }
        if trait.contains(.unauthorised) { unauthorised += Int(counts[byte]) }
        if trait.contains(.attendanceReturn) { returned += Int(counts[byte]) }
        if trait.contains(.illness) { ill += Int(counts[byte]) }
        if trait.contains(.partTime) { partTime += Int(counts[byte]) }
        if trait.contains(.unexplained) { unexplained += Int(counts[byte]) }
      }
    }
  }

  /// Today's unexplained absence, and those of earlier days that are unexplained still.
  private func unexplained(_ row: PupilYear, open: [OpenFinding]) -> [Finding] {
    var days = open.lazy.filter { $0.kind == .unexplainedAbsence }.map(\.on) as [Day]
    if row.year.first <= today, today <= row.year.last, !days.contains(today) { days.append(today) }
    return days.compactMap { day in
      guard let counted = FindingRules.unexplained.inForce(on: day)?.value else { return nil }
      let traits = codes.scheme(on: day).traits
      let sessions = Session.allCases.filter {
        !traits[Int(row.codes[row.year.position(of: day, $0)])].isDisjoint(with: counted)
      }
      guard let first = sessions.first else { return nil }
      return Finding(
        .unexplainedAbsence, occasion: day.ordinal, since: day, on: day, through: day, session: first,
        count: sessions.count)
    }
  }

  /// Whether a span has all days of a year, as mostly.
  private static func isWhole(_ days: DayRange, _ year: SchoolYear) -> Bool {
    days.first <= year.first && year.last <= days.last
  }

  /// Persistent and severe absence: by the threshold of the year, once the record is not short any more (ATT-9).
  ///
  /// - Parameter tally: of the sessions of compulsory school age, as in every figure of an authority (ATT-7).
  private func shares(_ tally: Tally) -> [Finding] {
    guard tally.last >= 0 else { return [] }
    let first = plan.year.first.adding(days: tally.first / 2)
    let last = plan.year.first.adding(days: tally.last / 2)
    guard let short = FindingRules.shortRecord.inForce(on: last)?.value, tally.possible >= short else {
      return []
    }
    func share(_ kind: FindingKind, _ thresholds: Dated<AbsenceThreshold>) -> Finding? {
      guard let threshold = thresholds.inForce(on: last)?.value,
        tally.absent * threshold.outOf >= tally.possible * threshold.parts
      else { return nil }
      return Finding(
        kind, occasion: 0, since: first, on: last, through: last, count: tally.absent, outOf: tally.possible)
    }
    var found: [Finding] = []
    if let persistent = share(.persistentAbsence, AbsenceThreshold.persistent) { found.append(persistent) }
    if let severe = share(.severeAbsence, AbsenceThreshold.severe) { found.append(severe) }
    return found
  }
}

extension YearPlan {
  /// A row of the year with only the marks that count (``TimeOnRoll/counts(_:_:in:)``).
  func counting(_ row: PupilYear, for time: TimeOnRoll) -> PupilYear {
    row.within(time.days).within(sessions.mask(for: time.taught.group(in: year)))
  }
}

extension DayRange {
  /// All days.
  public static let always = DayRange(first: Day(ordinal: .min), last: Day(ordinal: .max))
}
