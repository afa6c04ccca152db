import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Compares the findings that the marks imply with those on record, and publishes each difference once: within the
/// transaction that changed the marks, or when a new day has made a finding true or untrue.
struct JudgeFindings {
  let work: SchoolWork

  private var registers: Registers { work.registers }
  private var school: URN { work.school }
  private var roll: Roll { work.roll }
  private var unit: UnitOfWork { work.unit }
  private var db: Database { work.db }
  private var calendars: CalendarYears { work.calendars }
  private var today: Day { work.today }

  /// One thing to be told.
  private struct News {
    let registration: Int64
    let pupil: PupilID
    let year: SchoolYear
    let raised: Finding?
    let lapsed: OpenFinding?
    let concerns: [Concern]
  }

  /// A time on the roll does not count any more: nothing that was found of it is true.
  func lapseAll(of registration: Int64, _ pupil: PupilID) throws {
    let concerns = try Flags.concerns(of: pupil, on: today, in: db)
    let open = try Findings.open(of: registration, from: Day(ordinal: .min), in: db)
    try tell(
      open.map { found in
        News(
          registration: registration, pupil: pupil, year: SchoolYear(containing: found.on), raised: nil,
          lapsed: OpenFinding(number: found.number, kind: found.kind, occasion: 0, since: found.since, on: found.on),
          concerns: concerns)
      })
  }

  /// Judges the rows that a change has touched, and those of the year after, where a run or a spell may go on.
  func judge(_ changed: [(entry: Int, row: PupilYear)]) throws {
    guard !changed.isEmpty else { return }
    var open: [SchoolYear: [Int64: [OpenFinding]]] = [:]
    let agreed = try Findings.agreedPartTime(school, today: today, in: db)
    let shelf = try PupilYearTable(db)
    var news: [News] = []
    for (position, row) in try withYearAfter(changed, shelf) {
      guard let plan = calendars.plans[row.year] else { continue }
      if open[row.year] == nil { open[row.year] = try Findings.open(school, row.year, in: db) }
      let entry = roll.entries[position]
      let before = open[row.year]?[entry.registration] ?? []
      let now = try FindingJudge(plan: plan, today: today, codes: registers.codes).findings(
        row, time: entry.time, compulsory: entry.compulsory, agreed: agreed[entry.registration] ?? [], open: before
      ) {
        let year = SchoolYear(startYear: row.year.startYear - 1)
        guard let plan = calendars.plans[year] else { return nil }
        return .init(row: try shelf.read(entry.registration, year), plan: plan)
      }
      if before.isEmpty, now.isEmpty { continue }
      let difference = FindingDifference(open: before, now: now)
      if difference.isEmpty { continue }
      let concerns = try Flags.concerns(of: entry.pupil, on: today, in: db)
      news += difference.raised.map {
        News(
          registration: entry.registration, pupil: entry.pupil, year: row.year, raised: $0, lapsed: nil,
          concerns: concerns)
      }
      news += difference.lapsed.map {
        News(
          registration: entry.registration, pupil: entry.pupil, year: row.year, raised: nil, lapsed: $0,
          concerns: concerns)
      }
    }
    try tell(news)
  }

  private func withYearAfter(
    _ changed: [(entry: Int, row: PupilYear)], _ shelf: PupilYearTable
  ) throws -> [(entry: Int, row: PupilYear)] {
    struct Place: Hashable {
      let entry: Int
      let year: SchoolYear
    }
    func next(_ row: PupilYear) -> SchoolYear { SchoolYear(startYear: row.year.startYear + 1) }
    // Mostly the year after has not begun: then nothing can be found in it.
    let begun = Set(calendars.plans.keys.filter { $0.first <= today })
    guard changed.contains(where: { begun.contains(next($0.row)) }) else { return changed }
    let given = Set(changed.map { Place(entry: $0.entry, year: $0.row.year) })
    return try changed
      + changed.compactMap { entry, row in
        let year = next(row)
        guard begun.contains(year), !given.contains(Place(entry: entry, year: year)) else { return nil }
        return try shelf.find(roll.entries[entry].registration, year).map { (entry, $0) }
      }
  }

  /// Judges every row of the school in some school years.
  func judgeAll(in years: [SchoolYear]) throws {
    try judge(years, Array(roll.entries.indices))
  }

  /// Judges all rows of some children: something beside their marks is other than it was.
  func judge(_ children: Set<PupilID>) throws {
    try judge(
      calendars.plans.keys.filter { $0.first <= today }.sorted(),
      roll.entries.indices.filter { children.contains(roll.entries[$0].pupil) })
  }

  private func judge(_ years: [SchoolYear], _ positions: [Int]) throws {
    let shelf = try PupilYearTable(db)
    let agreed = try Findings.agreedPartTime(school, today: today, in: db)
    try judge(
      years.filter { calendars.plans[$0] != nil }.flatMap { year in
        try positions.compactMap { position -> (entry: Int, row: PupilYear)? in
          let registration = roll.entries[position].registration
          if let row = try shelf.find(registration, year) { return (position, row) }
          // An agreed timetable is true of a child without marks as well.
          return agreed[registration] == nil ? nil : (position, PupilYear(year: year))
        }
      })
  }

  /// Children with a social worker or youth worker come first: their workers must know the same morning.
  private func tell(_ news: [News]) throws {
    guard !news.isEmpty else { return }
    let known = try Knowledge.now(in: db)
    for item in news.filter({ !$0.concerns.isEmpty }) + news.filter(\.concerns.isEmpty) {
      if let finding = item.raised {
        guard let rule = FindingRules.rule(of: finding.kind, on: finding.on) else { continue }
        let number = try Findings.add(
          finding, registration: item.registration, school: school, item.year, concerns: item.concerns,
          at: unit.at, known: known, in: db)
        try append(finding, number, item.pupil, item.concerns, rule)
      } else if let lapsed = item.lapsed {
        try Findings.lapse(lapsed.number, at: unit.at, in: db)
        try append(lapsed, item)
      }
    }
    registers.telemetry.countFindings(raised: news.count { $0.raised != nil }, lapsed: news.count { $0.lapsed != nil })
  }

  /// Tells what was found of a child this school year and is open again, when it has become somebody's concern: who must
  /// know was not told then. An unexplained absence is told on its day only.
  func tellAgain(_ child: PupilID) throws {
    let concerns = try Flags.concerns(of: child, on: today, in: db)
    let year = SchoolYear(containing: today)
    for entry in roll.entries where entry.pupil == child && entry.covers(today) {
      for found in try Findings.open(of: entry.registration, from: year.first, in: db) {
        guard found.kind != .unexplainedAbsence || found.on == today,
          !Set(concerns).isSubset(of: found.concerns), let rule = FindingRules.rule(of: found.kind, on: found.on)
        else { continue }
        let all = Concern.allCases.filter { concerns.contains($0) || found.concerns.contains($0) }
        try Findings.set(all, of: found.number, in: db)
        let finding = Finding(
          found.kind, occasion: 0, since: found.since, on: found.on, through: found.on, session: found.session,
          count: found.count, outOf: found.outOf)
        try append(finding, found.number, child, all, rule)
      }
    }
  }

  private func append(
    _ finding: Finding, _ number: Int64, _ pupil: PupilID, _ concerns: [Concern], _ rule: RuleReference
  ) throws {
    func send<Topic: FindingTopic>(_ topic: Topic.Type) throws {
      let event = Found<Topic>(
        finding: Findings.name(number), pupil: pupil, school: school, since: finding.since, on: finding.on,
        session: finding.session, count: finding.count, outOf: finding.outOf, concerns: concerns, rule: rule)
      try unit.publish(event, subject: school.text)
    }
    try send(finding.kind.topic)
  }

  private func append(_ lapsed: OpenFinding, _ item: News) throws {
    func send<Topic: FindingTopic>(_ topic: Topic.Type) throws {
      let event = Lapsed<Topic>(
        finding: Findings.name(lapsed.number), pupil: item.pupil, school: school, on: today,
        concerns: item.concerns)
      try unit.publish(event, subject: school.text)
    }
    try send(lapsed.kind.topic)
  }
}
