import Contracts
import GRDB
import RegistersDomain
import Rulebook
import ServiceKit

/// Approves a disposal and, when two people have, carries it out in transactions of bounded size. Each takes whole
/// registrations' years, so that a crash leaves every one of them either there or gone, and the rest to be gone on with.
struct CarryOutDisposal: Sendable {
  let desk: RegisterDesk
  /// The most registrations' years, or rows of uploads, of one transaction.
  var stepSize = 500

  /// Approves; the second person's approval carries it out. On one that was approved and interrupted it goes on.
  ///
  /// - Throws: `Problem` not found, or conflict when it is not to be approved, or by somebody else.
  func approve(_ number: Int64, by caller: Caller) async throws -> DisposalReport {
    try await desk.write(by: caller) { writer, db in
      guard let found = try Disposals.find(number, in: db) else { throw Problem.notFound("Disposal") }
      switch (found.state, found.firstApproval) {
      case (.approved, _): return
      case (.proposed, caller.subject):
        throw Problem.conflict("same-person", "A second person must approve")
      case (.proposed, let first):
        try Disposals.approve(number, by: caller.subject, isSecond: first != nil, in: db)
        try RegisterDesk.audit(
          "disposal.approve", DisposalReport.name(number), by: writer, requestID: first == nil ? "first" : "second",
          in: db)
      default: throw Problem.conflict("not-proposed", "The disposal is not waiting for approval")
      }
    }
    try await finish(number, by: caller)
    return try await ReadDisposals(desk: desk).one(number)
  }

  /// Takes a proposal back.
  ///
  /// - Throws: `Problem` not found, or conflict once it is approved by two people.
  func withdraw(_ number: Int64, by caller: Caller) async throws -> DisposalReport {
    return try await desk.write(by: caller) { writer, db in
      guard let found = try Disposals.find(number, in: db) else { throw Problem.notFound("Disposal") }
      guard found.state == .proposed else {
        throw Problem.conflict("not-proposed", "Only what is proposed can be withdrawn")
      }
      try Disposals.set(.withdrawn, of: number, in: db)
      try RegisterDesk.audit("disposal.withdraw", DisposalReport.name(number), by: writer, requestID: "", in: db)
      return try DisposalReport(number, in: db)
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
    let today = desk.clock.today()
    return try await desk.write(by: caller) { [stepSize, desk] writer, db in
      guard let found = try Disposals.find(number, in: db), found.state == .approved else { return false }
      func close(_ removal: Removal, _ what: String) throws {
        try Disposals.set(found.removed + removal.counts, of: number, in: db)
        try RegisterDesk.audit(
          "disposal.step", DisposalReport.name(number), by: writer, requestID: what,
          in: db)
      }
      if let waiting = try Disposals.nextWaiting(number, limit: stepSize, in: db) {
        let (removal, what, removed) = try Self.take(waiting, of: number, today: today, in: db)
        try DisposalNews(desk: desk, writer: writer, disposal: number, db: db)
          .disposed(removed, waiting.year, of: waiting.school)
        try close(removal, what)
        return true
      }
      let removal = try Self.takeUploads(of: number, limit: stepSize, today: today, in: db)
      if removal.counts != Removal.Counts() {
        try close(removal, "quarantined \(removal.counts.quarantine) receipts \(removal.counts.receipts)")
        return true
      }
      try Disposals.setCarriedOut(number, at: writer.at, in: db)
      try close(removal, "carried out: years \(found.removed.pupilYears) marks \(found.removed.marks)")
      return false
    }
  }

  private static func take(
    _ waiting: (school: URN, year: SchoolYear, registrations: [Int64]), of number: Int64, today: Day, in db: Database
  ) throws -> (Removal, String, removed: [Int64]) {
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
      removal, "removed \(count(.removed)) held \(count(.held)) recent \(stayed) marks \(removal.counts.marks)",
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
