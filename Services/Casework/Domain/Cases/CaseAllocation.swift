public import CaseFlow
public import Rulebook

/// Who a case is proposed to (CW-22). A manager decides.
public struct CaseAllocation: Sendable {
  /// Why it is proposed to an officer.
  public enum Ground: String, Codable, Hashable, Sendable, CaseIterable {
    /// The officer has the case of a sibling.
    case family
    /// The school's named officer, whose weight allows it.
    case named
    /// The lightest officer of the cluster.
    case cluster
    /// Nobody can take it.
    case nobody
  }

  /// An officer who might take it.
  public struct Candidate: Sendable {
    /// By an opaque identifier.
    public let officer: String
    /// The weight of open cases for a whole-time post (``Caseload``).
    public let weightOfWholeTime: Fraction
    public let open: Int
    /// The day on which the officer was last given a case; `nil` where there was none.
    public let lastGiven: Day?
    /// Whether the officer has left, or must not know of the child.
    public let isBarred: Bool

    public init(officer: String, weightOfWholeTime: Fraction, open: Int, lastGiven: Day?, isBarred: Bool) {
      (self.officer, self.weightOfWholeTime, self.open) = (officer, weightOfWholeTime, open)
      (self.lastGiven, self.isBarred) = (lastGiven, isBarred)
    }

    /// The lightest first; then who has the fewest cases, then who has waited longest for one.
    fileprivate static func comesFirst(_ a: Candidate, _ b: Candidate) -> Bool {
      if a.weightOfWholeTime != b.weightOfWholeTime { return a.weightOfWholeTime < b.weightOfWholeTime }
      if a.open != b.open { return a.open < b.open }
      let (first, second) = (a.lastGiven?.ordinal ?? .min, b.lastGiven?.ordinal ?? .min)
      return first != second ? first < second : a.officer < b.officer
    }
  }

  /// `nil` where nobody can take it.
  public let officer: String?
  public let ground: Ground
  /// Who might take it, the first first; those who are barred are left out.
  public let ranked: [Candidate]

  /// - Parameters:
  ///   - family: the officers of siblings' open cases.
  ///   - named: the school's named officer; `nil` where it has none.
  ///   - cluster: the officers of the school's cluster.
  ///   - candidates: whoever is named in the others, once each.
  public init(family: Set<String>, named: String?, cluster: Set<String>, candidates: [Candidate], rule: Caseload.Rule) {
    let free = candidates.filter { !$0.isBarred }.sorted(by: Candidate.comesFirst)
    ranked = free
    if let one = free.first(where: { family.contains($0.officer) }) {
      (officer, ground) = (one.officer, .family)
    } else if let one = free.first(where: { $0.officer == named && $0.weightOfWholeTime < rule.most }) {
      (officer, ground) = (one.officer, .named)
    } else if let one = free.first(where: { cluster.contains($0.officer) }) {
      (officer, ground) = (one.officer, .cluster)
    } else {
      (officer, ground) = (nil, .nobody)
    }
  }
}

/// How long an officer who gave a case away goes on seeing it: until the case is handed over in fact.
public enum CaseHandover {
  /// From the day on which another officer has the case (CW-21).
  public static let access: Dated<Span> = [InForce(.workingDays(10), source: "CW-21")]

  /// The first day on which the officer who gave it away sees it no more.
  ///
  /// - Parameter involvedUntil: the last day to which a manager found the officer still involved; `nil` without one.
  public static func firstDayWithout(from day: Day, involvedUntil: Day? = nil) -> Day {
    max(CaseClocks.lastDay(access, from: day), involvedUntil ?? day).adding(days: 1)
  }
}

/// How long officers stay with a school (CW-23).
public enum Continuity {
  /// The median length of an officer's times with a school, months; `nil` where there is none.
  ///
  /// - Parameters:
  ///   - allocations: who was named and from when; the same officer again is no new one.
  ///   - today: the last counted day.
  public static func medianMonths(_ allocations: [(officer: String, from: Day)], today: Day) -> Fraction? {
    var spells: [(officer: String, from: Day)] = []
    for one in allocations.sorted(by: { $0.from < $1.from })
    where one.from <= today && spells.last?.officer != one.officer {
      spells.append(one)
    }
    let ends = spells.dropFirst().map(\.from) + [today.adding(days: 1)]
    let lengths = zip(spells, ends).map { $1 - $0.from }.sorted()
    guard !lengths.isEmpty else { return nil }
    let middle = lengths[(lengths.count - 1) / 2] + lengths[lengths.count / 2]
    // Half the sum of the middle two, in days of which twelve months have 365 and a quarter.
    return Fraction(middle * 12 * 4, over: 2 * 1_461)
  }
}
