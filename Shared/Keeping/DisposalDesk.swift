import Contracts
import GRDB
public import Messaging
public import Rulebook
public import ServiceKit

/// Disposal by review of what has had its time (NT-3): the program proposes, two different people approve, it is carried
/// out step by step, and for ``Reversal/days`` it can be put back exactly as it was. While a child has a hold, what went of
/// it is not final.
public struct DisposalDesk<Work: Disposing>: Sendable {
  public typealias Report = DisposalReport<Work.Proposal, Work.Counts>

  /// How much one transaction does.
  public struct Steps: Sendable {
    /// The most things that go.
    let taken: Int
    /// The most rows that come back.
    let putBack: Int
    /// The most rows of the bin that are erased.
    let erased: Int

    public init(taken: Int = 500, putBack: Int = 2_000, erased: Int = 5_000) {
      self.taken = taken
      self.putBack = putBack
      self.erased = erased
    }
  }

  private let work: Work
  private var transactions: Transactions
  private let program: Caller
  private let steps: Steps

  /// - Parameter program: in whose name the program goes on with what two people approved.
  public init(_ work: Work, transactions: Transactions, program: Caller, steps: Steps = .init()) {
    self.work = work
    self.transactions = transactions
    self.program = program
    self.steps = steps
  }

  /// The desk for a decision about a disposal that must be as the caller read it.
  private func onlyIf(_ precondition: Precondition, _ number: Int64) -> DisposalDesk {
    var guarded = self
    guarded.transactions = transactions.onlyIf(precondition) { [work] db in
      try Disposals.find(number, Work.self, in: db).map { try Report($0, work, in: db) }
    }
    return guarded
  }

  /// Does what a request asks once for its `Idempotency-Key`.
  ///
  /// - Parameter number: the disposal that must be as the caller read it.
  func once(
    _ edit: Edit, of number: Int64? = nil, _ work: (DisposalDesk) async throws -> Report
  ) async throws -> Remembered<Report> {
    try await transactions.once(edit) { try await work(number.map { onlyIf(edit.precondition, $0) } ?? self) }
  }

  // MARK: Reading

  /// - Throws: `Problem` not found.
  public func one(_ number: Int64) async throws -> Report {
    try await transactions.read { [work] in try Self.report(number, work, in: $0) }
  }

  /// The latest disposals, the latest first.
  public func latest(_ most: Int = 50) async throws -> [Report] {
    try await transactions.read { [work] db in
      try Disposals.all(limit: most, Work.self, in: db).map { try Report($0, work, in: db) }
    }
  }

  private static func report(_ number: Int64, _ work: Work, in db: Database) throws -> Report {
    try Report(try found(number, in: db), work, in: db)
  }

  private static func found(_ number: Int64, in db: Database) throws -> Disposal<Work> {
    guard let found = try Disposals.find(number, Work.self, in: db) else { throw Problem.notFound("Disposal") }
    return found
  }

  private static func record(_ number: Int64) -> AuditedRecord { .record("disposal-\(number)") }

  // MARK: Deciding

  /// Finds what has had its time and proposes that it goes. Nothing is removed.
  ///
  /// - Throws: `Problem` conflict while another disposal is open, or when nothing has had its time.
  public func propose(by caller: Caller) async throws -> Report {
    let found = try await work.find(today: transactions.today)
    return try await transactions.write(by: caller) { [work] unit in
      guard try !Disposals.hasOpen(in: unit.db) else {
        throw Problem.conflict("disposal-open", "Another disposal is proposed or under way")
      }
      guard let proposed = try work.propose(found, in: unit) else {
        throw Problem.conflict("nothing-due", "Nothing is due for disposal")
      }
      let number = try Disposals.insert(
        before: proposed.before, proposed.proposal, nothing: Work.nothing, in: unit)
      try work.record(found, as: number, in: unit)
      try unit.audit(.disposalProposed, of: Self.record(number), proposed.facts)
      return try Self.report(number, work, in: unit.db)
    }
  }

  /// Approves; the second person's approval carries it out. On one that was approved and interrupted it goes on.
  ///
  /// - Throws: `Problem` not found, or conflict when it is not to be approved, or by somebody else.
  public func approve(_ number: Int64, by caller: Caller) async throws -> Report {
    try await transactions.write(by: caller) { unit in
      let found = try Self.found(number, in: unit.db)
      switch (found.state, found.firstApproval) {
      case (.approved, _): return
      case (.proposed, caller.subject): throw Problem.conflict("same-person", "A second person must approve")
      case (.proposed, let first):
        try Disposals.approve(number, by: caller.subject, isSecond: first != nil, in: unit.db)
        try unit.audit(.disposalApproved, of: Self.record(number), ["approval": first == nil ? 1 : 2])
      default: throw Problem.conflict("not-proposed", "The disposal is not waiting for approval")
      }
    }
    try await carryOut(number, by: caller)
    return try await one(number)
  }

  /// Takes a proposal back.
  ///
  /// - Throws: `Problem` not found, or conflict once it is approved by two people.
  public func withdraw(_ number: Int64, by caller: Caller) async throws -> Report {
    try await transactions.write(by: caller) { [work] unit in
      guard try Self.found(number, in: unit.db).state == .proposed else {
        throw Problem.conflict("not-proposed", "Only a proposed disposal can be withdrawn")
      }
      try Disposals.set(.withdrawn, of: number, in: unit.db)
      try unit.audit(.disposalWithdrawn, of: Self.record(number))
      return try Self.report(number, work, in: unit.db)
    }
  }

  /// Reverses a disposal that was carried out, wholly or in part. On one whose reversal was interrupted it goes on.
  ///
  /// - Throws: `Problem` not found, or conflict when there is nothing to put back or the month is over.
  public func reverse(_ number: Int64, by caller: Caller) async throws -> Report {
    try await transactions.write(by: caller) { [work] unit in
      let found = try Self.found(number, in: unit.db)
      switch found.state {
      case .reversing: return
      case .approved: break
      case .carriedOut:
        // What a child's hold keeps from being final can be put back for as long.
        guard try !found.isOver(on: unit.today) || work.heldNow(number, in: unit.db) > 0 else {
          throw Problem.conflict("too-late", "The time for reversing this disposal has ended")
        }
      default:
        throw Problem.conflict("not-carried-out", "This disposal was not carried out, so there is nothing to put back")
      }
      guard try !Disposals.hasOpen(besides: number, in: unit.db) else {
        throw Problem.conflict("disposal-open", "Another disposal is proposed or under way")
      }
      try Disposals.set(.reversing, of: number, in: unit.db)
      try unit.audit(
        .disposalReversed, of: Self.record(number), ["rows": try DisposalBin.count(number, in: unit.db)])
    }
    try await putBack(number, by: caller)
    return try await one(number)
  }

  // MARK: Doing

  /// Goes on with an approved disposal until it is carried out; nothing happens to any other.
  func carryOut(_ number: Int64, by caller: Caller) async throws {
    while try await carryOutStep(number, by: caller) {}
  }

  /// Runs one transaction of an approved disposal.
  ///
  /// - Returns: whether there is more to do.
  func carryOutStep(_ number: Int64, by caller: Caller) async throws -> Bool {
    try await transactions.write(by: caller) { [work, steps] unit in
      guard let found = try Disposals.find(number, Work.self, in: unit.db), found.state == .approved else {
        return false
      }
      let step = try DisposalBin.whileDisposing(number, in: unit.db) {
        try work.take(number, removed: found.removed, limit: steps.taken, in: unit)
      }
      if let step {
        try Disposals.setRemoved(step.removed, of: number, in: unit.db)
      } else {
        try Disposals.setCarriedOut(number, at: unit.at, in: unit.db)
      }
      try unit.audit(.disposalStep, of: Self.record(number), step?.facts ?? work.facts(of: found.removed))
      return step != nil
    }
  }

  /// Goes on with a reversal until everything is back; nothing happens to any other disposal.
  func putBack(_ number: Int64, by caller: Caller) async throws {
    while try await putBackStep(number, by: caller) {}
  }

  /// Runs one transaction of a reversal.
  ///
  /// - Returns: whether there is more to do.
  func putBackStep(_ number: Int64, by caller: Caller) async throws -> Bool {
    try await transactions.write(by: caller) { [work, steps] unit in
      guard try Disposals.find(number, Work.self, in: unit.db)?.state == .reversing else { return false }
      let rows = try DisposalBin.whileDisposing(number, in: unit.db) {
        try work.putBack(number, limit: steps.putBack, in: unit)
      }
      if rows == 0 {
        try work.returned(number, in: unit)
        try Disposals.set(.reversed, of: number, in: unit.db)
      }
      try unit.audit(.disposalPutBack, of: Self.record(number), ["rows": rows])
      return rows > 0
    }
  }

  /// Does the day's work: goes on with what was interrupted, and makes final what cannot be reversed any more. A disposal
  /// of which a child has a hold now stays reversible until the hold is released.
  ///
  /// - Returns: how many disposals became final.
  @discardableResult
  public func finalise(today: Day) async throws -> Int {
    let (approved, reversing) = try await transactions.read { db in
      (try Disposals.numbers(in: [.approved], in: db), try Disposals.numbers(in: [.reversing], in: db))
    }
    for number in approved { try await carryOut(number, by: program) }
    for number in reversing { try await putBack(number, by: program) }
    let count = try await transactions.write(by: program) { [work] unit in
      try Self.makeFinal(work, today: today, in: unit)
    }
    for number in try await transactions.read({ try Disposals.numbers(in: [.final], in: $0) }) {
      while try await erase(number) > 0 {}
    }
    return count
  }

  private static func makeFinal(_ work: Work, today: Day, in unit: UnitOfWork) throws -> Int {
    var count = 0
    for number in try Disposals.numbers(in: [.carriedOut], in: unit.db) {
      guard try found(number, in: unit.db).isOver(on: today), try work.heldNow(number, in: unit.db) == 0 else {
        continue
      }
      try Disposals.set(.final, of: number, in: unit.db)
      try work.erased(number, in: unit)
      try unit.audit(.disposalFinal, of: record(number), ["rows": try DisposalBin.count(number, in: unit.db)])
      count += 1
    }
    return count
  }

  private func erase(_ number: Int64) async throws -> Int {
    try await transactions.write(by: program) { [steps] unit in
      try DisposalBin.whileDisposing(number, in: unit.db) {
        try DisposalBin.empty(number, limit: steps.erased, in: unit.db)
      }
    }
  }
}

extension AuditAction {
  static let disposalApproved = AuditAction("disposal.approve")
  static let disposalFinal = AuditAction("disposal.final")
  static let disposalProposed = AuditAction("disposal.propose")
  static let disposalPutBack = AuditAction("disposal.put-back")
  static let disposalReversed = AuditAction("disposal.reverse")
  static let disposalStep = AuditAction("disposal.step")
  static let disposalWithdrawn = AuditAction("disposal.withdraw")
}
