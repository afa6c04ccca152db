import CMEDomain
import CaseKit
import Contracts
import GRDB
import HTTPTypes
import Messaging
import Rulebook
import ServiceKit

extension AuditAction {
  static let missingOutRead = AuditAction("figures.missing-out.read")
  static let mobilityRead = AuditAction("figures.mobility.read")
}

/// Children missing out on education by quarter, and how much rolls change within the year.
struct QuarterRoutes: Sendable {
  let transactions: Transactions

  private static let readers = Policy.roles(.cmeOfficer, .manager, reach: .wholeAuthority)
  private static let from = QueryParameter<Day>("from", "The first day of the period.")
  private static let to = QueryParameter<Day>("to", "The last day of the period.")

  struct MissingOutFigure: Codable, Sendable {
    struct School: Codable, Sendable {
      let school: String
      let count: Int
    }

    let from, to: Day
    /// Children on the last day, on the last day before the period, and what changed between.
    let count, before, joined, left: Int
    /// Whether there are fewer than before, which is the aim.
    let isReduced: Bool
    let schools: [School]
  }

  struct MobilityFigure: WholeList, Sendable {
    struct School: Codable, Sendable {
      let school: String
      /// Children who joined or left within the year, and those on roll on the first day.
      let joined, left, base: Int
      /// Joined and left over those on roll, to one decimal; absent without any.
      let percent: String?
    }

    let from, to: Day
    let schools: [School]
    var list: (name: String, rows: [School]) { ("schools", schools) }
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/figures/missing-out", Self.readers,
      "Children missing out on education on the last day of a quarter, and against the quarter before",
      query: [Self.from.about, Self.to.about], missingOut)
    router.read(
      "/figures/mobility", Self.readers, "How many children joined and left each school within the year",
      query: [Self.from.about, Self.to.about], mobility)
  }

  private func missingOut(_ call: Call) async throws -> MissingOutFigure {
    let period = try Self.period(call)
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.missingOutRead, of: .all)
      let table = MissingOutTable(try MissingOut.spells(in: unit.db), in: period)
      return MissingOutFigure(
        from: period.first, to: period.last, count: table.count, before: table.before, joined: table.joined,
        left: table.left, isReduced: table.isReduced,
        schools: table.bySchool.sorted { $0.key < $1.key }.map { .init(school: $0.key, count: $0.value) })
    }
  }

  private func mobility(_ call: Call) async throws -> MobilityFigure {
    let period = try Self.period(call)
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.mobilityRead, of: .all)
      let schools = try Moves.all(in: period, unit.db)
      return MobilityFigure(
        from: period.first, to: period.last,
        schools: schools.sorted { $0.key < $1.key }.map {
          .init(
            school: $0.key, joined: $0.value.joined, left: $0.value.left, base: $0.value.base,
            percent: $0.value.percent)
        })
    }
  }

  private static func period(_ call: Call) throws -> DayRange {
    let period = DayRange(first: try call[from], last: try call[to])
    guard period.first <= period.last else { throw Problem.invalid([.init("to", "must not be before from")]) }
    return period
  }
}

/// Joining and leaving, from the copy of the roll.
enum Moves {
  static func all(in period: DayRange, _ db: Database) throws -> [String: Mobility] {
    var (joined, left, base): ([String: Int], [String: Int], [String: Int]) = ([:], [:], [:])
    let rows = try Row.fetchCursor(
      db,
      sql: "SELECT school, first, last FROM roll_registration WHERE withdrawn = 0 AND (first IS NULL OR first <= ?)",
      arguments: [period.last.ordinal])
    while let row = try rows.next() {
      let school: String = row["school"]
      let first = (row["first"] as Int32?).map(Day.init(ordinal:))
      let last = (row["last"] as Int32?).map(Day.init(ordinal:))
      if first.map({ $0 <= period.first }) ?? true, last.map({ period.first <= $0 }) ?? true {
        base[school, default: 0] += 1
      }
      if let first, period.contains(first), Mobility.isInYear(first) { joined[school, default: 0] += 1 }
      if let last, period.contains(last), Mobility.isInYear(last) { left[school, default: 0] += 1 }
    }
    return Set(joined.keys).union(left.keys).union(base.keys).reduce(into: [:]) {
      $0[$1] = Mobility(joined: joined[$1, default: 0], left: left[$1, default: 0], base: base[$1, default: 0])
    }
  }
}
