import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit
import Store

extension AuditAction {
  static let indicatorsRead = AuditAction("figures.read")
  static let indicatorCasesRead = AuditAction("figures.cases.read")
}

/// The service's figures, the cases that each counts, and clusters side by side.
struct IndicatorRoutes: Sendable {
  let transactions: Transactions

  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .wholeAuthority)
  private static let everybody = Policy.roles(.attendanceOfficer, .manager, .agency, reach: .wholeAuthority)
  private static let from = QueryParameter<Day>("from", "The first day.")
  private static let to = QueryParameter<Day>("to", "The last day.")
  private static let cluster = QueryParameter<String>(
    "cluster", .string(pattern: "^[a-z0-9-]{1,40}$"), "Only the schools of this cluster on the last day.",
    { $0.wholeMatch(of: /[a-z0-9-]{1,40}/) == nil ? nil : $0 }
  ).optional
  private static let budget = QueryParameter<Int>(
    "budgetPence", .integer(minimum: 0), "The budget of the span, for what an open case costs.",
    { Int($0).flatMap { 0...100_000_000_000 ~= $0 ? $0 : nil } }
  ).optional
  private static let figure = QueryParameter<String>(
    "figure", .string(pattern: "^I[0-9]{2}$"), "The figure’s identifier.", { $0 })
  private static let part = QueryParameter<String>(
    "part", .string(pattern: "^[ -~]{0,120}$"), "What of it; empty for the whole.", { $0 }
  ).or("")
  private static let pageSize = 500

  struct Line: Codable, Sendable {
    let id, part: String
    /// What is counted; absent where the figure is neither a count nor a share.
    let numerator: Int?
    /// Of how many; absent where it is a count.
    let denominator: Int?
    /// Per cent to one decimal for a share, else the figure as it is shown; absent where nothing can be said.
    let value: String?
  }

  struct List: WholeList, Sendable {
    let from, to: Day
    let asOf: Timestamp
    let figures: [Line]
    /// What must be said beside the figures.
    let caution: String
    var list: (name: String, rows: [Line]) { ("casework-figures", figures) }
  }

  struct Case: Listed {
    static let list = "cases"

    let id: String
  }

  struct Cluster: Codable, Sendable {
    let cluster: String
    let schools: Int
    /// I07, I08, I10 and I12, and the closings that are measured; absent where small and not for the reader.
    let referrals, open, contracts, returned, measured: Int?
    /// I11, points to one decimal; absent below ten measured cases.
    let meanGain: String?
  }

  struct Clusters: WholeList, Sendable {
    let from, to: Day
    let clusters: [Cluster]
    var list: (name: String, rows: [Cluster]) { ("clusters", clusters) }
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/figures", Self.everybody,
      "Referrals, open cases, contracts, gain, timeliness, early help and cost of a span; for partners of a whole term, without small numbers",
      query: [Self.from.about, Self.to.about, Self.cluster.about, Self.budget.about],
      problems: [404], list)
    router.read(
      "/figures/cases", Self.officers, "The cases that a figure counts",
      query: [Self.from.about, Self.to.about, Self.cluster.about, Self.figure.about, Self.part.about, .after],
      problems: [404], cases)
    router.read(
      "/figures/clusters", Self.everybody,
      "Clusters side by side; for partners of a whole term, without small numbers",
      query: [Self.from.about, Self.to.about], clusters)
  }

  private func span(_ call: Call) throws -> DayRange {
    let days = DayRange(first: try call[Self.from], last: try call[Self.to])
    guard days.first <= days.last, days.last - days.first < 366 else {
      throw Problem.badRequest("span", "The days must be in order and at most 366")
    }
    guard call.caller.role != .agency || PublishedSpan.contains(days, today: transactions.today) else {
      throw Problem.badRequest(
        "span",
        "Ask for a whole term that is over: 1 September to 31 December, 1 January to 31 March or 1 April to 31 August")
    }
    return days
  }

  /// - Throws: `Problem` not found for a cluster that no school is allocated to.
  private static func indicators(_ days: DayRange, _ cluster: String?, _ unit: UnitOfWork) throws -> Indicators {
    let schools = try cluster.map { name -> Set<URN> in
      guard let schools = try CaseCounts.clusters(on: days.last, in: unit.db)[name] else {
        throw Problem.notFound("Cluster")
      }
      return schools
    }
    return try Indicators(days, of: schools, today: unit.today, in: unit.db)
  }

  private func list(_ call: Call) async throws -> List {
    let (days, cluster, budget) = (try span(call), try call[Self.cluster], try call[Self.budget])
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.indicatorsRead, of: .all)
      let figures = try Self.indicators(days, cluster, unit).all(budgetPence: budget)
      return List(
        from: days.first, to: days.last, asOf: unit.at,
        figures: unit.caller.role == .agency ? PublishedFigures.lines(figures) : figures.map(Self.line),
        caution: "Points of gain are not what casework caused: children are referred when attendance is at its lowest.")
    }
  }

  static func line(_ figure: Indicators.Figure) -> Line {
    let count = figure.cases.count
    let isCount = figure.value == nil || !figure.cases.isEmpty
    let share = figure.of.flatMap { $0 > 0 ? Fraction(100 * count, over: $0).oneDecimal : nil }
    return Line(
      id: figure.id, part: figure.part, numerator: isCount ? count : nil, denominator: figure.of,
      value: figure.value ?? share)
  }

  private func cases(_ call: Call) async throws -> Page<Case> {
    let (days, cluster, after) = (try span(call), try call[Self.cluster], try call.after)
    let (id, part) = (try call[Self.figure], try call[Self.part])
    return try await transactions.write(by: call.caller) { unit in
      let figures = try Self.indicators(days, cluster, unit).all(budgetPence: nil)
      guard let figure = figures.first(where: { $0.id == id && $0.part == part }) else {
        throw Problem.notFound("Figure")
      }
      try unit.audit(.indicatorCasesRead, of: .all, ["figure": id])
      let numbers = try Self.seen(figure.cases, unit).filter { $0 > after }.sorted().prefix(Self.pageSize)
      return Page(Array(numbers), of: Self.pageSize, endsAt: { $0 }) { Case(id: "c\($0)") }
    }
  }

  /// Those of some cases that the caller may know of.
  private static func seen(_ cases: [Int64], _ unit: UnitOfWork) throws -> Set<Int64> {
    let hidden = try unit.hiddenPupils
    guard !hidden.isEmpty else { return Set(cases) }
    return try Int64.fetchSet(
      unit.db.cachedStatement(
        sql: """
          SELECT number FROM case_file WHERE number IN (SELECT value FROM json_each(?))
            AND pupil NOT IN (SELECT value FROM json_each(?))
          """), arguments: [String(json: cases), hidden.list])
  }

  private func clusters(_ call: Call) async throws -> Clusters {
    let days = try span(call)
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.indicatorsRead, of: .all)
      let clusters = try CaseCounts.clusters(on: days.last, in: unit.db).sorted { $0.key < $1.key }
      let figures = try clusters.map { _, schools in
        try Indicators(days, of: schools, today: unit.today, in: unit.db).sideBySide()
      }
      let isPartner = unit.caller.role == .agency
      func column(_ count: (Indicators.Beside) -> Int) -> [Int?] {
        isPartner ? Suppression.published(figures.map(count)) : figures.map(count)
      }
      let (referrals, open, contracts) = (column(\.referrals), column(\.open), column(\.contracts))
      let (returned, measured) = (column(\.returned), column(\.measured))
      return Clusters(
        from: days.first, to: days.last,
        clusters: clusters.enumerated().map { place, cluster in
          Cluster(
            cluster: cluster.key, schools: cluster.value.count, referrals: referrals[place], open: open[place],
            contracts: contracts[place], returned: returned[place], measured: measured[place],
            meanGain: measured[place].flatMap { _ in figures[place].meanGain })
        })
    }
  }
}

/// Figures as partners and the public have them: no count of 1 to 4, none that the others of its kind give away, no
/// officer, and no share that tells a small count (`indicators.md` 3).
enum PublishedFigures {
  static func lines(_ figures: [Indicators.Figure]) -> [IndicatorRoutes.Line] {
    let shown = figures.filter { !$0.part.hasPrefix("officer ") }
    // The parts of one kind, for example the routes, add up to the whole.
    let kinds = Dictionary(grouping: shown.indices) { place in
      "\(shown[place].id) \(shown[place].id == "I07" ? shown[place].part.prefix { $0 != " " } : shown[place].part[...])"
    }
    let isSmall = shown.contains {
      $0.id == "I07" && $0.part.isEmpty && Suppression.small ~= $0.cases.count
    }
    var hidden: Set<Int> = Set(shown.indices.filter { isSmall && shown[$0].part == "mean age" })
    for places in kinds.values {
      let counts = places.map { shown[$0].cases.count }
      for (place, count) in zip(places, Suppression.published(counts)) where count == nil { hidden.insert(place) }
    }
    return shown.enumerated().map { place, figure in
      let line = IndicatorRoutes.line(figure)
      let rest = figure.of.map { $0 - figure.cases.count } ?? 0
      let isHidden =
        hidden.contains(place) || Suppression.small ~= rest || figure.of.map { Suppression.small ~= $0 } == true
        || line.numerator == nil && Int(line.value ?? "").map { Suppression.small ~= $0 } == true
      return isHidden ? .init(id: line.id, part: line.part, numerator: nil, denominator: nil, value: nil) : line
    }
  }
}
