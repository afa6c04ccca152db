import Contracts
import GRDB
import Keeping
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Disposal of the register's entries: whole registrations' school years, each judged by its last entry and the holds on
/// its child, and what files left (ATT-3, NT-3).
struct RegisterDisposal: Disposing {
  let registers: Registers

  /// What was proposed.
  struct Proposal: Codable, Hashable, Sendable {
    /// What was proposed of one school and school year.
    struct Line: Codable, Hashable, Sendable {
      let school: URN
      let schoolYear: String
      /// Registrations whose year may go.
      let mayGo: Int
      /// Registrations whose year stays because a hold on the child is open.
      let held: Int
    }

    let years: [Line]
    /// Quarantined rows and receipts that had their time.
    let quarantined, receipts: Int
  }

  struct Found: Sendable {
    fileprivate(set) var years: [Proposal.Line] = []
    fileprivate(set) var items: [(school: URN, item: DisposalItems.Item)] = []
  }

  static let nothing = Removal.Counts()

  // MARK: Proposing

  /// The registers are read school by school, so that nobody waits meanwhile.
  func find(today: Day) async throws -> Found {
    let (schools, newest) = try await registers.read { db in
      (try db.values("SELECT urn FROM schools ORDER BY urn", as: String.self), try KeptYears.newest(in: db))
    }
    var found = Found()
    for school in try schools.map({ try URN($0) }) {
      let one = try await registers.read { try Self.find(at: school, newest: newest, today: today, in: $0) }
      found.years += one.years
      found.items += one.items
    }
    return found
  }

  private static func find(
    at school: URN, newest: Set<KeptYear>, today: Day, in db: Database
  ) throws -> Found {
    var found = Found()
    let held = try Holds.heldRegistrations(at: school, in: db)
    let before = Retention.entries.firstKept(on: today)
    for year in try KeptYears.years(of: school, upTo: SchoolYear(containing: before), in: db) {
      let judge = Judge(touched: try SchoolYearLog(school, year, in: db).touched, year, held, newest, today)
      var (mayGo, stays) = (0, 0)
      for registration in try KeptYears.registrations(of: school, year, in: db) {
        let outcome = judge.outcome(of: registration)
        if outcome == .recent { continue }
        if outcome == .held { stays += 1 }
        if outcome == .removed { mayGo += 1 }
        found.items.append(
          (
            school,
            .init(
              year: KeptYear(registration: registration, year: year), outcome: outcome == .removed ? nil : outcome)
          ))
      }
      if mayGo + stays > 0 {
        found.years.append(.init(school: school, schoolYear: year.label, mayGo: mayGo, held: stays))
      }
    }
    return found
  }

  /// What becomes of a registration's year.
  private struct Judge {
    let touched: [Int64: Day]
    let year: SchoolYear
    let held: Set<Int64>
    let newest: Set<KeptYear>
    let today: Day

    init(touched: [Int64: Day], _ year: SchoolYear, _ held: Set<Int64>, _ newest: Set<KeptYear>, _ today: Day) {
      self.touched = touched
      self.year = year
      self.held = held
      self.newest = newest
      self.today = today
    }

    /// A row without a log behind it is judged by the end of its year.
    func outcome(of registration: Int64) -> DisposalItems.Outcome {
      let isHeld = held.contains(registration)
      switch Retention.entries.verdict(touched: touched[registration] ?? year.last, isHeld: isHeld, on: today) {
      case .recent: return .recent
      case .held: return .held
      case .mayGo: return newest.contains(KeptYear(registration: registration, year: year)) ? .newest : .removed
      }
    }
  }

  func propose(_ found: Found, in unit: UnitOfWork) throws -> DisposalProposal<Proposal>? {
    let uploads = try Uploads.countOver(madeBefore: Self.uploadsBefore(unit.today), in: unit.db)
    guard found.items.contains(where: { $0.item.outcome == nil }) || uploads.quarantine + uploads.receipts > 0 else {
      return nil
    }
    return DisposalProposal(
      before: Retention.entries.firstKept(on: unit.today),
      proposal: Proposal(years: found.years, quarantined: uploads.quarantine, receipts: uploads.receipts),
      facts: ["mayGo": found.years.reduce(0) { $0 + $1.mayGo }, "held": found.years.reduce(0) { $0 + $1.held }])
  }

  func record(_ found: Found, as disposal: Int64, in unit: UnitOfWork) throws {
    for (school, item) in found.items { try DisposalItems.add(item, of: school, to: disposal, in: unit.db) }
  }

  // MARK: Carrying out

  /// The next years of one school and school year; then what files left.
  func take(
    _ disposal: Int64, removed: Removal.Counts, limit: Int, in unit: UnitOfWork
  ) throws -> DisposalStep<Removal.Counts>? {
    if let waiting = try DisposalItems.nextWaiting(disposal, limit: limit, in: unit.db) {
      return try take(waiting, of: disposal, removed, in: unit)
    }
    let before = Self.uploadsBefore(unit.today)
    var removal = Removal(disposal: disposal, in: unit.db)
    let quarantined = try removal.takeQuarantine(madeBefore: before, limit: limit)
    // What another disposal may put back needs its receipts.
    if quarantined == 0, try !DisposalBin.hasRows(besides: disposal, in: unit.db) {
      _ = try removal.takeReceipts(madeBefore: before, limit: limit)
    }
    guard removal.counts != Self.nothing else { return nil }
    return DisposalStep(
      removed: removed + removal.counts,
      facts: ["quarantined": removal.counts.quarantine, "receipts": removal.counts.receipts])
  }

  private func take(
    _ waiting: (school: URN, year: SchoolYear, registrations: [Int64]), of disposal: Int64, _ removed: Removal.Counts,
    in unit: UnitOfWork
  ) throws -> DisposalStep<Removal.Counts> {
    let log = try SchoolYearLog(waiting.school, waiting.year, in: unit.db)
    let judge = Judge(
      touched: log.touched, log.year, try Holds.heldRegistrations(at: waiting.school, in: unit.db),
      try KeptYears.newest(in: unit.db), unit.today)
    let outcomes = Dictionary(grouping: waiting.registrations) { judge.outcome(of: $0) }
    let gone = outcomes[.removed] ?? []
    var removal = Removal(disposal: disposal, in: unit.db)
    try removal.take(Set(gone), of: log)
    for (outcome, registrations) in outcomes {
      try DisposalItems.set(outcome, registrations, log.school, log.year, of: disposal, in: unit.db)
    }
    try DisposalNews(unit: unit, disposal: disposal).disposed(gone, waiting.year, of: waiting.school)
    func count(_ outcome: DisposalItems.Outcome) -> Int { outcomes[outcome]?.count ?? 0 }
    return DisposalStep(
      removed: removed + removal.counts,
      facts: [
        "removed": gone.count, "held": count(.held), "recent": count(.recent) + count(.newest),
        "marks": removal.counts.marks,
      ])
  }

  private static func uploadsBefore(_ today: Day) -> Int64 {
    let first = Retention.uploads.firstKept(on: today)
    let midnight = Int64(first.ordinal) * 86_400_000
    let hourBefore = Timestamp(millis: midnight - 3_600_000)
    // The first moment of the day in England.
    return CivilTime.day(at: hourBefore.date) == first ? hourBefore.millis : midnight
  }

  // MARK: Reversing

  func putBack(_ disposal: Int64, limit: Int, in unit: UnitOfWork) throws -> Int {
    let returning = Returning(unit: unit)
    var years: [KeptYear] = []
    let rows = try DisposalBin.putBack(
      disposal, into: RemovedTable.allCases.map(\.rawValue), limit: limit, in: unit.db
    ) { table, values in
      let table = try RemovedTable(rawValue: table).orDamaged()
      try returning.insert(values, into: table)
      if table == .pupilYears, case .integer(let number) = values["number"] { years.append(KeptYear(row: number)) }
    }
    try DisposalNews(unit: unit, disposal: disposal).restored(years)
    return rows
  }

  func returned(_ disposal: Int64, in unit: UnitOfWork) throws { try DisposalItems.setReturned(disposal, in: unit.db) }

  func erased(_ disposal: Int64, in unit: UnitOfWork) throws {
    try DisposalNews(unit: unit, disposal: disposal).erased()
  }

  // MARK: Reading

  func outcomes(_ disposal: Int64, in db: Database) throws -> [String: Int] {
    try DisposalItems.outcomes(disposal, in: db)
  }

  func heldNow(_ disposal: Int64, in db: Database) throws -> Int { try DisposalItems.heldNow(disposal, in: db) }

  func rules(on day: Day) -> [String] { [Retention.entries, Retention.uploads].compactMap { $0.source(on: day) } }

  func facts(of removed: Removal.Counts) -> AuditFacts { ["years": removed.pupilYears, "marks": removed.marks] }
}

extension Registers {
  /// Disposal by review of what has had its time.
  func disposals(_ steps: DisposalDesk<RegisterDisposal>.Steps = .init()) -> DisposalDesk<RegisterDisposal> {
    DisposalDesk(
      RegisterDisposal(registers: self), transactions: transactions, program: .program(.registers), steps: steps)
  }
}
