import Contracts
public import Rulebook

/// How the statutory hours of a term are shared out among schools by need (CW-10).
public struct StatutoryShare: Sendable {
  /// What counts how much: dated, the product's own.
  public struct Rule: Hashable, Sendable {
    public let persistent, severe, formal: Int
    /// The parts of a quarter by which a school's time moves at most.
    public let mostQuarters: Int

    public static let standard: Dated<Rule> = [
      InForce(Rule(persistent: 1, severe: 2, formal: 3, mostQuarters: 1), source: "CW-10")
    ]
  }

  /// What a school has.
  public struct Need: Hashable, Sendable {
    public let school: URN
    /// Enrolments that are persistently, and severely, absent.
    public let persistent, severe: Int
    /// Open cases at formal support or beyond.
    public let formal: Int
    /// The minutes of the term before; `nil` where it had none.
    public let before: Int?

    public init(school: URN, persistent: Int, severe: Int, formal: Int, before: Int?) {
      (self.school, self.persistent, self.severe, self.formal) = (school, persistent, severe, formal)
      self.before = before
    }
  }

  /// Why a school has as much.
  public enum Ground: String, Codable, Hashable, Sendable, CaseIterable {
    case need, floor
    /// More, or less, than a quarter away from the term before.
    case limitedUp = "limited-up"
    case limitedDown = "limited-down"
  }

  /// A school's time.
  public struct Share: Hashable, Sendable {
    public let need: Need
    /// What the weights add up to.
    public let weight: Int
    public let minutes: Int
    public let ground: Ground
  }

  /// In the order of the needs.
  public let shares: [Share]
  /// What is left of the hours, below 0 where the floors and the limits ask for more.
  public let leftMinutes: Int

  /// - Parameters:
  ///   - minutes: of all schools in the term.
  ///   - floor: the minutes of the termly meetings, which each school has at least.
  public init(_ needs: [Need], minutes: Int, floor: Int, rule: Rule) {
    let weights = needs.map { rule.persistent * $0.persistent + rule.severe * $0.severe + rule.formal * $0.formal }
    let all = max(weights.reduce(0, +), 1)
    shares = zip(needs, weights).map { need, weight in
      let raw = minutes * weight / all
      var (own, ground) = raw < floor ? (floor, Ground.floor) : (raw, .need)
      if let before = need.before, before > 0 {
        let step = before * rule.mostQuarters / 4
        if own > before + step { (own, ground) = (max(floor, before + step), .limitedUp) }
        if own < before - step { (own, ground) = (before - step, .limitedDown) }
      }
      return Share(need: need, weight: weight, minutes: own, ground: ground)
    }
    leftMinutes = minutes - shares.reduce(0) { $0 + $1.minutes }
  }
}
