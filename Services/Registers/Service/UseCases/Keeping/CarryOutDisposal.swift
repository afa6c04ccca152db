import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Approves a disposal and, when two people have, carries it out in transactions of bounded size. Each takes whole
/// registrations' years, so that a crash leaves every one of them either there or gone, and the rest to be gone on with.
struct CarryOutDisposal: Sendable {
  let registers: Registers
  /// The most registrations' years, or rows of uploads, of one transaction.
  var stepSize = 500

  /// Approves; the second person's approval carries it out. On one that was approved and interrupted it goes on.
  ///
  /// - Throws: `Problem` not found, or conflict when it is not to be approved, or by somebody else.
  func approve(_ number: Int64, by caller: Caller) async throws -> DisposalReport {
    try await registers.write(by: caller) { unit in
      guard let found = try Disposals.find(number, in: unit.db) else { throw Problem.notFound("Disposal") }
      switch (found.state, found.firstApproval) {
      case (.approved, _): return
      case (.proposed, caller.subject):
        throw Problem.conflict("same-person", "A second person must approve")
      case (.proposed, let first):
        try Disposals.approve(number, by: caller.subject, isSecond: first != nil, in: unit.db)
        try unit.audit(.disposalApproved, of: .record(DisposalReport.name(number)), ["approval": first == nil ? 1 : 2])
      default: throw Problem.conflict("not-proposed", "The disposal is not waiting for approval")
      }
    }
    try await finish(number, by: caller)
    return try await ReadDisposals(registers: registers).one(number)
  }

  /// Takes a proposal back.
  ///
  /// - Throws: `Problem` not found, or conflict once it is approved by two people.
  func withdraw(_ number: Int64, by caller: Caller) async throws -> DisposalReport {
    return try await registers.write(by: caller) { unit in
      guard let found = try Disposals.find(number, in: unit.db) else { throw Problem.notFound("Disposal") }
      guard found.state == .proposed else {
        throw Problem.conflict("not-proposed", "Only what is proposed can be withdrawn")
      }
      try Disposals.set(.withdrawn, of: number, in: unit.db)
      try unit.audit(.disposalWithdrawn, of: .record(DisposalReport.name(number)))
      return try DisposalReport(number, in: unit.db)
    }
  }

  /// Goes on with an approved disposal until it is carried out; nothing happens to any other.
  func finish(_ number: Int64, by caller: Caller) async throws {
    while try await step(number, by: caller) {}
  }

  /// Runs one transaction of an approved disposal: the next years of one school and school year, each judged again by
  /// the holds and dates of this moment; then what files left; then the end.
  ///
  /// - Returns: whether there is more to do.
  func step(_ number: Int64, by caller: Caller) async throws -> Bool {
    return try await registers.write(by: caller) { [stepSize] unit in
      guard let found = try Disposals.find(number, in: unit.db), found.state == .approved else { return false }
      func close(_ removal: Removal, _ facts: AuditFacts) throws {
        try Disposals.set(found.removed + removal.counts, of: number, in: unit.db)
        try unit.audit(.disposalStep, of: .record(DisposalReport.name(number)), facts)
      }
      if let waiting = try Disposals.nextWaiting(number, limit: stepSize, in: unit.db) {
        let (removal, facts, removed) = try Self.take(waiting, of: number, today: unit.today, in: unit.db)
        try DisposalNews(unit: unit, disposal: number)
          .disposed(removed, waiting.year, of: waiting.school)
        try close(removal, facts)
        return true
      }
      let removal = try Self.takeUploads(of: number, limit: stepSize, today: unit.today, in: unit.db)
      if removal.counts != Removal.Counts() {
        try close(removal, ["quarantined": removal.counts.quarantine, "receipts": removal.counts.receipts])
        return true
      }
      try Disposals.setCarriedOut(number, at: unit.at, in: unit.db)
      try close(removal, ["years": found.removed.pupilYears, "marks": found.removed.marks])
      return false
    }
  }

  private static func take(
    _ waiting: (school: URN, year: SchoolYear, registrations: [Int64]), of number: Int64, today: Day, in db: Database
  ) throws -> (Removal, AuditFacts, removed: [Int64]) {
    let log = try SchoolYearLog(waiting.school, waiting.year, in: db)
    let held = try Holds.heldRegistrations(at: waiting.school, in: db)
    let newest = try KeptYears.newest(in: db)
    var outcomes: [Disposals.Outcome: [Int64]] = [:]
    for registration in waiting.registrations {
      let verdict = Retention.verdict(
        touched: log.touched[registration] ?? log.year.last, isHeld: held.contains(registration), on: today)
      let outcome: Disposals.Outcome =
        switch verdict {
        case .recent: .recent
        case .held: .held
        case .mayGo: newest.contains(KeptYear(registration: registration, year: log.year)) ? .newest : .removed
        }
      outcomes[outcome, default: []].append(registration)
    }
    var removal = Removal(disposal: number, in: db)
    try Removal.whileDisposing(number, in: db) { try removal.take(Set(outcomes[.removed] ?? []), of: log) }
    for (outcome, registrations) in outcomes {
      try Disposals.set(outcome, registrations, log.school, log.year, of: number, in: db)
    }
    func count(_ outcome: Disposals.Outcome) -> Int { outcomes[outcome]?.count ?? 0 }
    let stayed = count(.recent) + count(.newest)
    return (
      removal, ["removed": count(.removed), "held": count(.held), "recent": stayed, "marks": removal.counts.marks],
      outcomes[.removed] ?? []
    )
  }

  private static func takeUploads(of number: Int64, limit: Int, today: Day, in db: Database) throws -> Removal {
    let before = Retention.firstMoment(of: Retention.firstKept(Retention.uploadYears, on: today)).millis
    var removal = Removal(disposal: number, in: db)
    try Removal.whileDisposing(number, in: db) {
      let quarantined = try removal.takeQuarantine(madeBefore: before, limit: limit)
      // What another disposal may put back needs its receipts.
      if quarantined == 0, try !DisposalBin.hasRows(besides: number, in: db) {
        _ = try removal.takeReceipts(madeBefore: before, limit: limit)
      }
    }
    return removal
  }
}
