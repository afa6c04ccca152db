public import Contracts
import GRDB
public import Rulebook
import ServiceKit

/// What people are told of a disposal: counts, never a name.
public struct DisposalReport<Proposal: Codable & Sendable, Counts: Codable & Sendable>: Codable, Sendable {
  public let disposal: Int64
  public let state: DisposalState
  /// The first day of which nothing went when it was proposed.
  public let before: Day
  public let proposedAt: Timestamp
  public let proposedBy: String
  /// The opaque subjects of those who approved.
  public let approvedBy: [String]
  public let carriedOutAt: Timestamp?
  /// The last day on which it can be reversed.
  public let reversibleUntil: Day?
  public let proposal: Proposal
  /// The things that it takes in by what became of them; `waiting` while nothing has.
  public let outcomes: [String: Int]
  public let removed: Counts
  /// How many of the removed things belong to children who have a hold now: while there are any, nothing is final.
  public let heldNow: Int
  /// The rules that were applied.
  public let rules: [String]

  init<Work: Disposing>(_ found: Disposal<Work>, _ work: Work, in db: Database) throws
  where Work.Proposal == Proposal, Work.Counts == Counts {
    disposal = found.number
    state = found.state
    before = found.before
    proposedAt = found.proposedAt
    proposedBy = found.proposedBy
    approvedBy = [found.firstApproval, found.secondApproval].compactMap { $0 }
    carriedOutAt = found.carriedOutAt
    reversibleUntil = found.carriedOutAt.flatMap { Reversal.last(carriedOut: CivilTime.day(at: $0.date)) }
    proposal = found.proposal
    outcomes = try work.outcomes(found.number, in: db)
    removed = found.removed
    heldNow = try work.heldNow(found.number, in: db)
    let day = CivilTime.day(at: found.proposedAt.date)
    rules = work.rules(on: day) + [Reversal.days.inForce(on: day)?.source].compactMap { $0 }
  }
}
