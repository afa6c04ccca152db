public import Rulebook

/// The sessions that a prosecution charges, and those that may not be charged (EN-2, EN-6, EN-21).
public struct Charge: Hashable, Sendable {
  /// Why a session may not be charged.
  public enum Bar: String, Hashable, Sendable, CaseIterable {
    /// Payment of a notice discharged the offence.
    case paid
    /// The notice for it was withdrawn (EN-6).
    case withdrawn
    /// A court has dealt with it, or the proceedings for it were discontinued.
    case tried
    /// More than six months ago (EN-1).
    case timeBarred = "time-barred"
  }

  /// How many sessions a charge needs, unless two persons go on with fewer: those of the national threshold (EN-21).
  public static let fewest: Dated<Int> = ThresholdRule.national.mapValues(\.sessions)

  /// Those that may be charged, in order.
  public let sessions: [RegisterSession]
  public let barred: [RegisterSession: Bar]
  public let isEnough: Bool

  /// - Parameters:
  ///   - proposed: those that the referral names, or that are in the charge now.
  ///   - notices: all notices to the parent about the child.
  ///   - tried: the sessions of the parent's earlier prosecutions about the child.
  ///   - day: the day on which it would be laid.
  public init(
    _ proposed: Set<RegisterSession>, notices: [NoticeLedger.Entry], tried: Set<RegisterSession> = [], on day: Day
  ) {
    func sessions(_ standing: NoticeStanding) -> Set<RegisterSession> {
      Set(notices.filter { $0.standing == standing }.flatMap(\.sessions))
    }
    let (paid, withdrawn) = (sessions(.paid), sessions(.withdrawn))
    var barred: [RegisterSession: Bar] = [:]
    for session in proposed {
      if paid.contains(session) {
        barred[session] = .paid
      } else if withdrawn.contains(session) {
        barred[session] = .withdrawn
      } else if tried.contains(session) {
        barred[session] = .tried
      } else if Limitation.lastDay(for: session.date) < day {
        barred[session] = .timeBarred
      }
    }
    self.barred = barred
    self.sessions = proposed.filter { barred[$0] == nil }.sorted()
    isEnough = self.sessions.count >= Self.fewest.value(on: day)
  }
}
