import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import Messaging
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
    "part", .string(pattern: "^[A-Za-z0-9 ]{0,40}$"), "What of it; empty for the whole.", { $0 }
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
      "/figures", Self.officers, "Referrals, open cases, contracts, gain, timeliness, early help and cost of a span",
      query: [Self.from.about, Self.to.about, Self.cluster.about, Self.budget.about],
      problems: [404], list)
    router.read(
      "/figures/cases", Self.officers, "The cases that a figure counts",
      query: [Self.from.about, Self.to.about, Self.cluster.about, Self.figure.about, Self.part.about, .after],
      problems: [404], cases)
    router.read(
      "/figures/clusters", Self.everybody, "Clusters side by side; small numbers are left out for partners",
      query: [Self.from.about, Self.to.about], clusters)
  }

  private func span(_ call: Call) throws -> DayRange {
    let days = DayRange(first: try call[Self.from], last: try call[Self.to])
    guard days.first <= days.last, days.last - days.first < 366 else {
      throw Problem.badRequest("span", "The days must be in order and at most 366")
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
        from: days.first, to: days.last, asOf: unit.at, figures: figures.map(Self.line),
        caution: "Points of gain are not what casework caused: children are referred when attendance is at its lowest.")
    }
  }

  private static func line(_ figure: Indicators.Figure) -> Line {
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
      let numbers = Set(figure.cases).filter { $0 > after }.sorted().prefix(Self.pageSize)
      return Page(Array(numbers), of: Self.pageSize, endsAt: { $0 }) { Case(id: "c\($0)") }
    }
  }

  private func clusters(_ call: Call) async throws -> Clusters {
    let days = try span(call)
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.indicatorsRead, of: .all)
      let clusters = try CaseCounts.clusters(on: days.last, in: unit.db).sorted { $0.key < $1.key }
      let figures = try clusters.map { _, schools in
        try Indicators(days, of: schools, today: unit.today, in: unit.db).all(budgetPence: nil)
      }
      func column(_ id: String) -> [Int?] {
        let counts = figures.map { $0.first { $0.id == id && $0.part.isEmpty }?.cases.count ?? 0 }
        return unit.caller.role == .agency ? Suppression.published(counts) : counts
      }
      let measured = figures.map { $0.first { $0.id == "I11" }?.of ?? 0 }
      let shown = unit.caller.role == .agency ? Suppression.published(measured) : measured
      let (referrals, open, contracts, returned) = (column("I07"), column("I08"), column("I10"), column("I12"))
      return Clusters(
        from: days.first, to: days.last,
        clusters: clusters.enumerated().map { place, cluster in
          Cluster(
            cluster: cluster.key, schools: cluster.value.count, referrals: referrals[place], open: open[place],
            contracts: contracts[place], returned: returned[place], measured: shown[place],
            meanGain: figures[place].first { $0.id == "I11" }?.value)
        })
    }
  }
}
