public import LicensingDomain
public import Rulebook
public import Seeded

/// Who is in charge of the children of one day, minute by minute: the engine looks at stretches.
public enum CareOracle {
  /// What is judged.
  public struct Question: Sendable {
    public let day: Day
    public let children: [ChaperonePlan.Child]
    public let chaperones: [ChaperonePlan.Chaperone]
    public let parents: [ChaperonePlan.Parent]
  }

  /// The rules that are broken, the first minute with too few, and the most children at once.
  public static func judge(_ question: Question) -> (rules: Set<PerformanceRule>, shortfall: Int?, most: Int) {
    let day = question.day
    let approved = question.chaperones.filter { $0.approved.first <= day && day <= $0.approved.last }
    var rules: Set<PerformanceRule> = approved.count < question.chaperones.count ? [.notApproved] : []
    // Who is there in each minute, a bit a person.
    func minutes(_ spans: [(id: String, span: ClockSpan)]) -> [UInt64] {
      var bits: [String: UInt64] = [:]
      var there = Array(repeating: UInt64(0), count: 1440)
      for (id, span) in spans {
        let bit = bits[id] ?? 1 << UInt64(bits.count)
        bits[id] = bit
        for minute in span.from.minutes..<span.to.minutes { there[minute] |= bit }
      }
      return there
    }
    let children = minutes(question.children.map { ($0.id, $0.span) })
    let staff = minutes(approved.map { ($0.id, $0.span) })
    // The children's own bits, where a parent is there for one: children come first and in the same order.
    var withParents = Array(repeating: UInt64(0), count: 1440)
    for parent in question.parents {
      guard let number = question.children.firstIndex(where: { $0.id == parent.child }) else { continue }
      for minute in parent.span.from.minutes..<parent.span.to.minutes { withParents[minute] |= 1 << UInt64(number) }
    }
    var (shortfall, most): (Int?, Int) = (nil, 0)
    for minute in 0..<1440 {
      let left = (children[minute] & ~withParents[minute]).nonzeroBitCount
      most = max(most, left)
      guard left > 12 * staff[minute].nonzeroBitCount else { continue }
      rules.insert(staff[minute] == 0 ? .noChaperone : .fewChaperones)
      shortfall = shortfall ?? minute
    }
    return (rules, shortfall, most)
  }

  /// Twelve children to one, thirteen, a parent for one's own, approvals that begin or end on the day, gaps of a minute.
  public static func make(_ random: inout SeededGenerator) -> Question {
    let day = date(2026, 12, 5)
    func span() -> ClockSpan {
      let from = random.pick([0, 539, 540, 541, 600, 720])
      let to = from + random.pick([1, 60, 179, 180, 420, 720])
      guard let span = ClockSpan(from: clock(from), to: clock(min(to, 1440))) else { preconditionFailure("in order") }
      return span
    }
    let usual = span()
    let children = (0..<random.pick([1, 2, 11, 12, 13, 24, 25])).map {
      ChaperonePlan.Child(id: "\($0)", span: random.below(8) == 0 ? span() : usual)
    }
    let chaperones = (0..<random.below(4)).map { number in
      let first = day.adding(days: random.pick([-400, -1, 0, 0, 1]))
      return ChaperonePlan.Chaperone(
        id: "\(random.below(6) == 0 ? 0 : number)", span: random.below(2) == 0 ? usual : span(),
        approved: DayRange(first: first, last: max(first, day.adding(days: random.pick([-1, 0, 0, 365])))))
    }
    let parents = (0..<random.below(3)).map { _ in
      ChaperonePlan.Parent(child: random.pick(children).id, span: random.below(2) == 0 ? usual : span())
    }
    return Question(day: day, children: children, chaperones: chaperones, parents: parents)
  }
}
