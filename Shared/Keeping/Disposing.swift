public import GRDB
public import Messaging
public import Rulebook

/// What a program disposes of: how it finds what has had its time, how that goes, and how it comes back. The rest is the
/// same for every program: ``DisposalDesk``.
///
/// What goes is kept in the ``DisposalBin`` until it cannot come back any more. Each step is one transaction of bounded
/// size, so that a crash leaves each thing either there or gone, and the rest to be gone on with. A program whose tables
/// are append-only lets them give way while the table `disposing` has a row.
///
/// ```swift
/// struct NoticeDisposal: Disposing {
///   func find(today: Day) async throws -> [Int64] {
///     try await store.read { try Notices.closed(before: schedule.firstKept(on: today), in: $0) }
///   }
///   func propose(_ found: [Int64], in unit: UnitOfWork) throws -> DisposalProposal<Counts>? {
///     found.isEmpty ? nil : .init(before: schedule.firstKept(on: unit.today), proposal: Counts(notices: found.count))
///   }
///   func take(_ disposal: Int64, removed: Counts, limit: Int, in unit: UnitOfWork) throws -> DisposalStep<Counts>? {
///     let rows = try Notices.waiting(in: disposal, limit: limit, in: unit.db)
///     guard !rows.isEmpty else { return nil }
///     for row in rows where try !Holds.isHeld(row["pupil"], in: unit.db) {
///       try DisposalBin.take(row, of: "notice", disposal: disposal, in: unit.db)
///     }
///     return .init(removed: removed + rows.count, facts: ["notices": rows.count])
///   }
///   …
/// }
/// ```
public protocol Disposing: Sendable {
  /// What was found to have had its time.
  associatedtype Found: Sendable
  /// What is proposed, in counts: people decide by it. Nothing of a person.
  associatedtype Proposal: Codable & Sendable
  /// What went, in counts.
  associatedtype Counts: Codable & Sendable

  /// Nothing went.
  static var nothing: Counts { get }

  /// Finds what has had its time. It may read piece by piece; what changes after that is seen when it is to go.
  func find(today: Day) async throws -> Found

  /// What is to be proposed; `nil` when nothing has had its time.
  func propose(_ found: Found, in unit: UnitOfWork) throws -> DisposalProposal<Proposal>?

  /// Writes down what a proposal takes in.
  func record(_ found: Found, as disposal: Int64, in unit: UnitOfWork) throws

  /// Takes the next things out, each judged again by the holds and dates of this moment. The log gives way.
  ///
  /// - Parameters:
  ///   - removed: what went before.
  ///   - limit: the most things.
  /// - Returns: what has gone now; `nil` when nothing is left to go.
  func take(_ disposal: Int64, removed: Counts, limit: Int, in unit: UnitOfWork) throws -> DisposalStep<Counts>?

  /// Puts the next rows back. The log gives way.
  ///
  /// - Returns: how many; 0 when all are back.
  func putBack(_ disposal: Int64, limit: Int, in unit: UnitOfWork) throws -> Int

  /// Everything of a disposal is there again.
  func returned(_ disposal: Int64, in unit: UnitOfWork) throws

  /// Nothing of a disposal comes back any more.
  func erased(_ disposal: Int64, in unit: UnitOfWork) throws

  /// How many of its things have which outcome.
  func outcomes(_ disposal: Int64, in db: Database) throws -> [String: Int]

  /// How many of the things that went belong to a child who has a hold now: while there are any, nothing is final.
  func heldNow(_ disposal: Int64, in db: Database) throws -> Int

  /// The rules that a proposal of a day goes by.
  func rules(on day: Day) -> [String]

  /// What the audit log keeps of all that went, in counts.
  func facts(of removed: Counts) -> AuditFacts
}

/// What is to be proposed.
public struct DisposalProposal<Proposal: Codable & Sendable> {
  let before: Day
  let proposal: Proposal
  let facts: AuditFacts

  /// - Parameters:
  ///   - before: the first day of which nothing goes.
  ///   - facts: counts for the audit log.
  public init(before: Day, proposal: Proposal, facts: AuditFacts = [:]) {
    self.before = before
    self.proposal = proposal
    self.facts = facts
  }
}

/// What one step took.
public struct DisposalStep<Counts: Codable & Sendable> {
  let removed: Counts
  let facts: AuditFacts

  /// - Parameters:
  ///   - removed: what went in all, this step's with it.
  ///   - facts: counts for the audit log.
  public init(removed: Counts, facts: AuditFacts) {
    self.removed = removed
    self.facts = facts
  }
}

/// For how long a disposal can be reversed.
public enum Reversal {
  /// In days, from the day on which it was carried out.
  public static let days: Dated<Int> = [InForce(30, source: "NT-3: purge is reversible for 30 days")]

  /// The last day on which a disposal can be reversed; `nil` when no rule says so.
  public static func last(carriedOut day: Day) -> Day? { days.inForce(on: day).map { day.adding(days: $0.value) } }
}
