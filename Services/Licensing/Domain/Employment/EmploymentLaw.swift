public import Rulebook

/// The law on children's work at one authority's workplaces: the Act and the byelaws, by day.
public struct EmploymentLaw: Sendable {
  private let regimes: Dated<EmploymentRegime>
  private let byelaws: [Byelaws]

  /// - Parameter byelaws: those of the workplace's authority, of every time; the model of 1998 stands in for a day
  ///   that none of them covers (LIC-18).
  public init(_ regimes: Dated<EmploymentRegime> = EmploymentRegime.england, byelaws: [Byelaws] = []) {
    self.regimes = regimes
    self.byelaws = byelaws
  }

  /// What applies on a day.
  public func rules(on day: Day) -> WorkRules {
    let regime = regimes.value(on: day)
    let source = regimes.source(on: day)
    let ofAct = regime.limits.map { SourcedLimit(limit: $0, source: source) }
    guard regime.hasByelaws else { return WorkRules(regime: regime, limits: ofAct, source: source, byelaws: nil) }
    let own = byelaws.last { $0.applies(on: day) }
    let reference = own?.reference ?? "Model byelaws 1998"
    let local = (own?.rows ?? Byelaws.model1998).map {
      SourcedLimit(limit: $0, source: "\(reference), \($0.kind.rawValue)")
    }
    return WorkRules(regime: regime, limits: ofAct + local, source: source, byelaws: reference)
  }
}

/// The rules of one day, the strictest first found among the Act and the byelaws.
public struct WorkRules: Sendable {
  /// The Act of the day.
  public let regime: EmploymentRegime
  let limits: [SourcedLimit]
  /// The Act.
  public let source: String
  /// The byelaws that apply beside it, as documents name them; `nil` where there are none any more.
  public let byelaws: String?

  /// The strictest limit of a kind.
  public func limit(
    _ kind: WorkLimit.Kind, age: Int, period: WorkLimit.Period? = nil, weekday: Int = 1
  ) -> SourcedLimit? {
    limits.filter {
      $0.limit.kind == kind && $0.limit.period == period && $0.limit.isFor(age: age) && $0.limit.isFor(weekday: weekday)
    }.reduce(nil) { strictest, next in
      strictest.map { next.limit.allowsMore(than: $0.limit) || !$0.limit.allowsMore(than: next.limit) ? $0 : next }
        ?? next
    }
  }

  /// Why a child of an age may not do a job; empty when nothing forbids it.
  func faults(of job: String, age: Int, isForParents: Bool) -> [(WorkRule, String)] {
    var faults: [(WorkRule, String)] = []
    if age < regime.lowestAge {
      faults.append((.age, source))
    } else if age == regime.lowestAge, !isListed(job, isForParents: isForParents) {
      faults.append((.list, byelaws ?? source))
    }
    if let row = named(job, .prohibited).first(where: { $0.limit.isFor(age: age) }) {
      faults.append((.prohibited, row.source))
    } else if job == WorkList.streetTrading, limit(.streetTrading, age: age) == nil {
      faults.append((.prohibited, source))
    }
    return faults
  }

  private func isListed(_ job: String, isForParents: Bool) -> Bool {
    !named(job, .allowedAt13).isEmpty || (isForParents && !named(job, .exemptFamily).isEmpty)
  }

  private func named(_ job: String, _ kind: WorkLimit.Kind) -> [SourcedLimit] {
    limits.filter { $0.limit.kind == kind && $0.limit.job == job }
  }
}
