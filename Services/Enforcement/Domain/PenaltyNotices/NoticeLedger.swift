public import Rulebook

/// A session of the register: a day's morning or afternoon.
public struct RegisterSession: Hashable, Comparable, Sendable {
  public let date: Day
  public let session: Session

  public init(_ date: Day, _ session: Session) {
    self.date = date
    self.session = session
  }

  public static func < (a: RegisterSession, b: RegisterSession) -> Bool { (a.date, a.session) < (b.date, b.session) }
}

/// All penalty notices to one parent about one child, whichever school or authority gave them: whether another may be
/// given, and at what sums.
///
/// Each parent and each child has a ledger of their own: two parents and twins are four.
public struct NoticeLedger: Sendable {
  /// One notice.
  public struct Entry: Hashable, Sendable {
    public let id: String
    public let issued: Day
    public let standing: NoticeStanding
    /// The sessions that it was given for; empty when another authority gave it and did not say.
    public let sessions: Set<RegisterSession>

    public init(id: String, issued: Day, standing: NoticeStanding, sessions: Set<RegisterSession>) {
      self.id = id
      self.issued = issued
      self.standing = standing
      self.sessions = sessions
    }
  }

  /// Why no notice may be given.
  public enum Block: String, Hashable, Comparable, Sendable, Codable, CaseIterable {
    /// As many as there may be are counted: prosecution or another intervention is to be considered.
    case limit = "PNL-LIMIT"
    /// A session is in a live notice (PN-6).
    case sessionUsed = "PNL-SESSION-USED"
    /// Too few sessions that no live notice has, and no reason recorded for acting below the threshold.
    case tooFew = "PNL-TOO-FEW"

    public static func < (a: Block, b: Block) -> Bool { a.rawValue < b.rawValue }
  }

  /// What another notice would be.
  public struct Judgement: Hashable, Sendable {
    /// The first day on which an earlier notice still counts.
    public let lookbackFirstDay: Day
    /// The notices that count, by their ids in order.
    public let counted: [String]
    /// 1 for a first notice, 2 for a second; `nil` when there may be no more.
    public let level: Int?
    public let sums: PenaltyNoticeTerms.Sums?
    /// Sessions of the proposal that a live notice has.
    public let used: [RegisterSession]
    /// Sessions of the proposal that a withdrawn notice had: for them proceedings are barred (EN-6).
    public let ofWithdrawn: [RegisterSession]
    public let blocks: [Block]
    public var isAllowed: Bool { blocks.isEmpty }
  }

  private let entries: [Entry]

  public init(_ entries: [Entry]) { self.entries = entries }

  /// Judges a notice that is proposed for a day. What was judged before must be judged again in the transaction that
  /// issues the notice.
  ///
  /// The years of the look back end with the day (SI 2007/1867 as amended by SI 2024/210): a notice issued exactly three
  /// years before is outside.
  ///
  /// - Parameters:
  ///   - sessions: those that the notice would be for.
  ///   - isBelowThresholdExplained: whether an officer recorded a reason for acting below the national threshold.
  ///   - threshold: how many sessions the threshold asks for on the day.
  public func judge(
    _ sessions: Set<RegisterSession>, on day: Day, isBelowThresholdExplained: Bool = false,
    terms: PenaltyNoticeTerms, threshold: ThresholdRule
  ) -> Judgement {
    let firstDay = day.adding(months: -12 * terms.lookbackYears).adding(days: 1)
    let earliest = max(firstDay, terms.countedFrom ?? firstDay)
    let counted = entries.filter {
      terms.counted.contains($0.standing) && earliest <= $0.issued && $0.issued <= day
    }
    let used = sessions.intersection(entries.filter { $0.standing != .withdrawn }.flatMap(\.sessions))
    let ofWithdrawn = sessions.intersection(entries.filter { $0.standing == .withdrawn }.flatMap(\.sessions))
    let level = terms.sums.indices.contains(counted.count) ? counted.count + 1 : nil
    var blocks: [Block] = []
    if level == nil { blocks.append(.limit) }
    if !used.isEmpty { blocks.append(.sessionUsed) }
    if sessions.count - used.count < threshold.sessions, !isBelowThresholdExplained { blocks.append(.tooFew) }
    return Judgement(
      lookbackFirstDay: firstDay, counted: counted.map(\.id).sorted(), level: level,
      sums: level.map { terms.sums[$0 - 1] }, used: used.sorted(), ofWithdrawn: ofWithdrawn.sorted(),
      blocks: blocks.sorted())
  }
}
