import Contracts
import GRDB
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// What people are told of a disposal: counts, never a name.
struct DisposalReport: Codable, Sendable {
  let disposal: Int64
  let state: Disposal.State
  /// The first day of which nothing went when it was proposed.
  let before: Day
  let proposedAt: Timestamp
  let proposedBy: String
  /// The opaque subjects of those who approved.
  let approvedBy: [String]
  let carriedOutAt: Timestamp?
  /// The last day on which it can be reversed.
  let reversibleUntil: Day?
  let proposal: Disposal.Proposal
  /// Registrations' years by what became of them: waiting, removed, held, recent, newest, returned.
  let outcomes: [String: Int]
  let removed: Removal.Counts
  /// How many of the removed years belong to children who have a hold now: while there are any, nothing is final.
  let heldNow: Int
  /// The rules that were applied.
  let rules: [String]

  /// - Throws: `Problem` not found.
  init(_ number: Int64, in db: Database) throws {
    guard let found = try Disposals.find(number, in: db) else { throw Problem.notFound("Disposal") }
    try self.init(found, in: db)
  }

  init(_ found: Disposal, in db: Database) throws {
    disposal = found.number
    state = found.state
    before = found.before
    proposedAt = found.proposedAt
    proposedBy = found.proposedBy
    approvedBy = [found.firstApproval, found.secondApproval].compactMap { $0 }
    carriedOutAt = found.carriedOutAt
    reversibleUntil = found.carriedOutAt.flatMap { Retention.reversibleUntil(carriedOut: CivilTime.day(at: $0.date)) }
    proposal = found.proposal
    outcomes = try Disposals.outcomes(found.number, in: db)
    removed = found.removed
    heldNow = try Disposals.heldNow(found.number, in: db)
    let day = CivilTime.day(at: found.proposedAt.date)
    rules = [Retention.entryYears, Retention.uploadYears, Retention.reversibleDays].compactMap {
      $0.inForce(on: day)?.source
    }
  }

  /// A disposal's name in the audit log.
  static func name(_ number: Int64) -> String { "disposal-\(number)" }
}

/// Disposals as they stand.
struct ReadDisposals: Sendable {
  let registers: Registers

  struct Page: Codable, Sendable {
    /// The latest first.
    let disposals: [DisposalReport]
  }

  /// The most disposals told at once: there is about one a year.
  private static let most = 50

  /// - Throws: `Problem` not found.
  func one(_ number: Int64) async throws -> DisposalReport {
    try await registers.read { try DisposalReport(number, in: $0) }
  }

  func all() async throws -> Page {
    try await registers.read { db in
      Page(disposals: try Disposals.all(limit: Self.most, in: db).map { try DisposalReport($0, in: db) })
    }
  }
}
