import Contracts
import EnforcementDomain
import HTTPTypes
import Messaging
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  fileprivate static let figuresRead = AuditAction("figures.read")
  fileprivate static let figureOpened = AuditAction("figure.opened")
}

/// What enforcement counts in a time, as data: penalty notices (I13), why none was issued (I14), orders and prosecutions
/// (I15). Each figure opens to its cases.
struct FigureRoutes: Sendable {
  let codes: CodeBook
  let transactions: Transactions

  private static let pageSize = 100
  /// The longest time, in days: a school year and the one before it.
  private static let longest = 800
  private static let readers = Policy.roles(.attendanceOfficer, .legalOfficer, .manager, reach: .ownRecords)
  private static let from = QueryParameter<Day>("from", "The first day.")
  private static let to = QueryParameter<Day>("to", "The last day.")
  private static let figure = QueryParameter<EnforcementFigure>(
    "figure", .oneOf(EnforcementFigure.allCases.map(\.rawValue)), "The figure.", { EnforcementFigure(rawValue: $0) })
  private static let reason = QueryParameter<String>(
    "reason", .string(), "Only what is counted for this reason.", { $0 }
  ).optional

  func add(to router: ServiceRouter) {
    router.read(
      "/figures", Self.readers, "What enforcement did in a time: penalty notices, orders and prosecutions, by reason",
      query: [Self.from.about, Self.to.about], figures)
    router.read(
      "/figures/cases", Self.readers, "The cases that a figure counts",
      query: [Self.figure.about, Self.from.about, Self.to.about, Self.reason.about, .after], cases)
  }

  struct Figures: WholeList, Sendable {
    struct Row: Codable, Sendable {
      /// I13, I14 or I15.
      let indicator, figure: String
      /// Why, or of what kind; `all` for the whole.
      let reason: String
      let count: Int
    }

    let from, to: Day
    let rows: [Row]

    var list: (name: String, rows: [Row]) { ("enforcement-\(from.iso)-\(to.iso)", rows) }
  }

  private func figures(_ call: Call) async throws -> Figures {
    let days = try Self.days(call)
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.figuresRead, of: .all)
      let counting = FigureCases(db: unit.db, codes: codes, days: days, schools: unit.caller.confinedTo)
      let rows = try EnforcementFigure.allCases.flatMap { figure in
        let counts = try counting.all(of: figure).reduce(into: [String: Int]()) { $0[$1.reason, default: 0] += 1 }
        return [Self.row(figure, "all", counts.values.reduce(0, +))]
          + counts.sorted { $0.key < $1.key }.map { Self.row(figure, $0.key, $0.value) }
      }
      return Figures(from: days.first, to: days.last, rows: rows)
    }
  }

  private static func row(_ figure: EnforcementFigure, _ reason: String, _ count: Int) -> Figures.Row {
    Figures.Row(indicator: figure.indicator, figure: figure.rawValue, reason: reason, count: count)
  }

  private func cases(_ call: Call) async throws -> Page<FigureCase> {
    let (days, reason, after) = (try Self.days(call), try call[Self.reason], try call.after)
    let figure = try call[Self.figure]
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.figureOpened, of: .record(figure.rawValue))
      let found = try FigureCases(db: unit.db, codes: codes, days: days, schools: unit.caller.confinedTo)
        .all(of: figure).filter { reason == nil || $0.reason == reason }
      let rows = found.enumerated().dropFirst(Int(clamping: after)).prefix(Self.pageSize)
      return Page(Array(rows), of: Self.pageSize, endsAt: { Int64($0.offset + 1) }) { $0.element }
    }
  }

  private static func days(_ call: Call) throws -> DayRange {
    let (first, last) = (try call[from], try call[to])
    guard first <= last, last - first < longest else {
      throw Problem.invalid([.init("/to", "must be from the first day to \(longest) days after it")])
    }
    return DayRange(first: first, last: last)
  }
}
