public import Contracts
import Rulebook

/// A proposal to consider a penalty notice, for one pupil at one school. The program proposes; a person decides.
public struct Proposal: Hashable, Sendable {
  /// Where it stands.
  public enum State: String, Hashable, Sendable, Codable { case open, lapsed }

  /// What changed.
  public enum Fact: Hashable, Sendable {
    case proposed(ProposalGrounds)
    case revised(ProposalGrounds)
    case lapsed(mostSessions: Int)
  }

  public let state: State
  public let grounds: ProposalGrounds

  public init(state: State, grounds: ProposalGrounds) {
    self.state = state
    self.grounds = grounds
  }

  /// What a judgement changes (PN-5: a correction that takes the count below the threshold is never passed over).
  ///
  /// - Parameter existing: the latest proposal; `nil` when there was none. A new breach after a lapsed one is a new
  ///   proposal.
  /// - Returns: `nil` when nothing changes.
  public static func change(_ existing: Proposal?, _ judgement: PenaltyNoticeThreshold.Judgement) -> Fact? {
    let open = existing?.state == .open ? existing : nil
    switch (open, judgement.met.map(ProposalGrounds.init)) {
    case (nil, nil): return nil
    case (nil, let grounds?): return .proposed(grounds)
    case (_?, nil): return .lapsed(mostSessions: judgement.most)
    case (let open?, let grounds?): return open.grounds == grounds ? nil : .revised(grounds)
    }
  }
}

extension ProposalGrounds {
  /// What a breach gives as grounds. A reason not yet established counts, and how many there are is said (PN-4).
  init(_ breach: PenaltyNoticeThreshold.Breach) {
    self.init(
      metOn: breach.on, windowFirstWeek: breach.firstWeek, windowLastWeek: breach.lastWeek, sessions: breach.sessions,
      unresolved: breach.unresolved, rule: breach.rule.reference)
  }
}
