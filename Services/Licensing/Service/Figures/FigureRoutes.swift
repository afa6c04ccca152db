import Contracts
import LicensingDomain
import Messaging
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  static let figuresRead = AuditAction("licensing.figures.read")
}

/// A share as answers write it.
enum Share {
  /// In percent, to one decimal, half up; `nil` of nothing.
  static func percent(_ part: Int, of whole: Int) -> String? {
    guard whole > 0 else { return nil }
    let tenths = (2000 * part + whole) / (2 * whole)
    return "\(tenths / 10).\(tenths % 10)"
  }
}

/// The figures of a period (I25, I26), and the cases behind each.
struct FigureRoutes: Sendable {
  let transactions: Transactions

  struct Line: Codable, Sendable {
    /// `I25` or `I26`.
    let indicator: String
    /// The kind of case.
    let kind: String
    let measure: LicensingFigures.Measure
    let count: Int
    /// Of how many, where it is a share.
    let of: Int?
    /// To one decimal; absent where it is no share, or of nothing.
    let percent: String?
  }

  struct Figures: WholeList, Sendable {
    let from, to: Day
    let lines: [Line]
    var list: (name: String, rows: [Line]) { ("licensing-figures", lines) }
  }

  struct CaseLine: Codable, Sendable {
    let id, kind: String
    let measure: LicensingFigures.Measure
    let on: Day
    /// Whether it is one that the share is about; absent where it is no share.
    let within: Bool?
  }

  struct CaseLines: WholeList, Sendable {
    let cases: [CaseLine]
    var list: (name: String, rows: [CaseLine]) { ("licensing-figure-cases", cases) }
  }

  private static let policy = Policy.roles(.licensingOfficer, .manager, reach: .wholeAuthority)
  private static let kinds = [WorkPermit.name, PerformanceLicence.name, ChaperoneApproval.name, BodyApproval.name]
  private static let from = QueryParameter<Day>("from", "The first day of the period.")
  private static let to = QueryParameter<Day>("to", "The last day of the period, at most a year later.")
  private static let kind = QueryParameter<String>(
    "kind", .oneOf(kinds), "The kind of case.", { kinds.contains($0) ? $0 : nil })
  private static let measure = QueryParameter<LicensingFigures.Measure>(
    "measure", .oneOf(LicensingFigures.Measure.allCases.map(\.rawValue)), "The figure.",
    { LicensingFigures.Measure(rawValue: $0) })

  func add(to router: ServiceRouter) {
    router.read(
      "/figures", Self.policy, "Permits, licences and approvals of a period: issued, refused, active, on time, late",
      query: [Self.from.about, Self.to.about], figures)
    router.read(
      "/figures/cases", Self.policy, "The cases behind a figure",
      query: [Self.from.about, Self.to.about, Self.kind.about, Self.measure.about], cases)
  }

  private func counted(_ call: Call) async throws -> (DayRange, [LicensingFigures.Counted]) {
    let period = DayRange(first: try call[Self.from], last: try call[Self.to])
    guard 0...366 ~= period.last - period.first else {
      throw Problem.invalid([.init("to", "must be at most a year after from, and not before it")])
    }
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.figuresRead, of: .all)
      return (period, try LicensingFigures.counted(in: period, unit.db))
    }
  }

  private func figures(_ call: Call) async throws -> Figures {
    let (period, counted) = try await counted(call)
    let groups = Dictionary(grouping: counted) { "\($0.kind) \($0.measure.rawValue)" }
    let lines = Self.kinds.flatMap { kind in
      LicensingFigures.Measure.allCases.compactMap { measure -> Line? in
        guard measure != .late || kind == PerformanceLicence.name else { return nil }
        let cases = groups["\(kind) \(measure.rawValue)"] ?? []
        let isShare = measure == .onTime || measure == .late
        let count = cases.count { $0.isWithin ?? true }
        return Line(
          indicator: measure == .late ? "I26" : "I25", kind: kind, measure: measure, count: count,
          of: isShare ? cases.count : nil, percent: isShare ? Share.percent(count, of: cases.count) : nil)
      }
    }
    return Figures(from: period.first, to: period.last, lines: lines)
  }

  private func cases(_ call: Call) async throws -> CaseLines {
    let (kind, measure) = (try call[Self.kind], try call[Self.measure])
    let (_, counted) = try await counted(call)
    return CaseLines(
      cases: counted.filter { $0.kind == kind && $0.measure == measure }.map {
        CaseLine(id: "c\($0.number)", kind: kind, measure: measure, on: $0.on, within: $0.isWithin)
      })
  }
}
