public import Rulebook

/// Whether children have somebody in charge at every minute of a day (2014 Regulations reg 15).
public struct ChaperonePlan: Hashable, Sendable {
  /// A child at the place.
  public struct Child: Hashable, Sendable {
    public let id: String
    public let span: ClockSpan

    public init(id: String, span: ClockSpan) {
      self.id = id
      self.span = span
    }
  }

  /// A chaperone at the place, with the days of the approval.
  public struct Chaperone: Hashable, Sendable {
    public let id: String
    public let span: ClockSpan
    /// The days for which the approval is valid.
    public let approved: DayRange

    public init(id: String, span: ClockSpan, approved: DayRange) {
      self.id = id
      self.span = span
      self.approved = approved
    }
  }

  /// A parent at the place, for a child of their own.
  public struct Parent: Hashable, Sendable {
    /// The child that the parent takes.
    public let child: String
    public let span: ClockSpan

    public init(child: String, span: ClockSpan) {
      self.child = child
      self.span = span
    }
  }

  /// The most children at once that no parent has in charge.
  public let mostChildren: Int
  /// How many chaperones they need.
  public let chaperonesNeeded: Int
  /// The first minute with too few.
  public let firstShortfall: ClockTime?
  /// What is broken, with the first stretch, and how many chaperones would do.
  public let breaches: [PerformanceBreach]
  /// In the order of their ids.
  public var violations: [PerformanceRule] { Set(breaches.map(\.rule)).sorted() }

  public init(
    on day: Day, children: [Child], chaperones: [Chaperone], parents: [Parent] = [],
    terms law: Dated<ChaperoneTerms> = ChaperoneTerms.england
  ) {
    let most = law.value(on: day).mostChildren
    let approved = chaperones.filter { $0.approved.contains(day) }
    // Each person is a number: a day of many children has many stretches.
    var numbers: [String: Int] = [:]
    func number(_ id: String) -> Int {
      let number = numbers[id] ?? numbers.count
      numbers[id] = number
      return number
    }
    let present = children.map { (who: number($0.id), span: $0.span) }
    let withParent = parents.map { (who: number($0.child), span: $0.span) }
    let inCharge = approved.map { (who: number("chaperone " + $0.id), span: $0.span) }
    func there(_ people: [(who: Int, span: ClockSpan)], _ slice: ClockSpan) -> Set<Int> {
      var found: Set<Int> = []
      for person in people where person.span.covers(slice) { found.insert(person.who) }
      return found
    }
    var found: [PerformanceRule: PerformanceBreach] = [:]
    if approved.count < chaperones.count {
      found[.notApproved] = .init(.notApproved, on: day, instead: PerformanceRule.notApproved.fix)
    }
    var (mostChildren, needed) = (0, 0)
    var shortfall: ClockTime?
    for slice in Self.slices(children.map(\.span) + approved.map(\.span) + parents.map(\.span)) {
      let left = there(present, slice).subtracting(there(withParent, slice)).count
      let staff = there(inCharge, slice).count
      mostChildren = max(mostChildren, left)
      needed = max(needed, (left + most - 1) / most)
      guard left > most * staff else { continue }
      let rule: PerformanceRule = staff == 0 ? .noChaperone : .fewChaperones
      let enough = (left + most - 1) / most
      found[rule] =
        found[rule]
        ?? .init(
          rule, on: day, at: LocalSpan(LocalMoment(day, slice.from), LocalMoment(day, slice.to)),
          instead: "From \(slice.from) have \(enough) approved chaperone\(enough == 1 ? "" : "s") for \(left) children."
        )
      shortfall = shortfall ?? slice.from
    }
    self.mostChildren = mostChildren
    chaperonesNeeded = needed
    firstShortfall = shortfall
    breaches = found.values.sorted { $0.rule < $1.rule }
  }

  /// The stretches in which nobody comes or goes.
  private static func slices(_ spans: [ClockSpan]) -> [ClockSpan] {
    let edges = Set(spans.flatMap { [$0.from, $0.to] }).sorted()
    return zip(edges, edges.dropFirst()).compactMap { ClockSpan(from: $0, to: $1) }
  }
}
