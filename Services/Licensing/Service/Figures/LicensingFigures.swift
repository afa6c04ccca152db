import CaseFlow
import CaseKit
import Foundation
import GRDB
import LicensingDomain
import Rulebook

/// What the figures are counted from: the histories of cases, each counted on the day on which it was decided.
enum LicensingFigures {
  /// What is counted.
  enum Measure: String, Codable, Sendable, CaseIterable {
    case issued, refused, active
    /// Decided by the day on which the decision was due, of those decided.
    case onTime = "on-time"
    /// Applications that came less than the time before the first performance, of those that came (I26).
    case late
  }

  /// One case that counts toward a figure.
  struct Counted: Sendable {
    let measure: Measure
    let kind: String
    let number: Int64
    let on: Day
    /// Whether it is one that the share is about; `nil` for plain counts.
    let isWithin: Bool?
  }

  /// Every case that counts in a period, by kind, measure and number.
  static func counted(in period: DayRange, _ db: Database) throws -> [Counted] {
    var all: [Counted] = []
    all += try ofKind(
      WorkPermit.self, grants: [.grant], refusals: [.refuse], inForce: PermitCases.inForce, due: .decision, period, db)
    all += try ofKind(
      PerformanceLicence.self, grants: [.grant, .allow], refusals: [.refuse], inForce: LicenceCases.inForce,
      due: .decision, period, db)
    all += try ofKind(
      ChaperoneApproval.self, grants: [.approve], refusals: [.refuse], inForce: ChaperoneCases.inForce, due: .interview,
      period, db)
    all += try ofKind(
      BodyApproval.self, grants: [.approve], refusals: [.refuse], inForce: BodyCases.inForce, due: .decision, period, db
    )
    return all + (try late(in: period, db))
  }

  private static func ofKind<Kind: CaseKind>(
    _: Kind.Type, grants: Set<Kind.Act>, refusals: Set<Kind.Act>, inForce: Set<Kind.State>, due clock: Kind.Clock,
    _ period: DayRange, _ db: Database
  ) throws -> [Counted] {
    var found: [Counted] = []
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT e.case_number, e.json FROM case_entry e JOIN case_file f ON f.number = e.case_number
        WHERE f.kind = ? AND e.on_day <= ? ORDER BY e.case_number, e.number
        """, arguments: [Kind.name, period.last.ordinal])
    var states: [Int64: (state: Kind.State?, on: Day)] = [:]
    var due: [Int64: Day] = [:]
    while let row = try rows.next() {
      let number = row["case_number"] as Int64
      let entry = try JSONDecoder().decode(Entry<Kind>.self, from: Data((row["json"] as String).utf8))
      if let to = entry.to, to != states[number]?.state { states[number] = (to, entry.on) }
      if let running = entry.started[clock] { due[number] = running.due }
      guard case .acted(let act) = entry.what, period.contains(entry.on), grants.union(refusals).contains(act) else {
        continue
      }
      let measure: Measure = grants.contains(act) ? .issued : .refused
      found.append(.init(measure: measure, kind: Kind.name, number: number, on: entry.on, isWithin: nil))
      if let last = due[number] {
        found.append(
          .init(measure: .onTime, kind: Kind.name, number: number, on: entry.on, isWithin: entry.on <= last))
      }
    }
    for (number, now) in states.sorted(by: { $0.key < $1.key }) where now.state.map(inForce.contains) == true {
      found.append(.init(measure: .active, kind: Kind.name, number: number, on: now.on, isWithin: nil))
    }
    return found.sorted { ($0.measure.rawValue, $0.number) < ($1.measure.rawValue, $1.number) }
  }

  /// Applications for licences that were first entered in a period.
  private static func late(in period: DayRange, _ db: Database) throws -> [Counted] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT a.case_number, a.on_day, a.json FROM application a JOIN case_file f ON f.number = a.case_number
        WHERE f.kind = ? AND a.version = 1 AND a.on_day BETWEEN ? AND ? ORDER BY a.case_number
        """, arguments: [PerformanceLicence.name, period.first.ordinal, period.last.ordinal]
    ).compactMap { row in
      let application = try JSONDecoder().decode(LicenceApplication.self, from: Data((row["json"] as String).utf8))
      guard let timing = application.timing else { return nil }
      return Counted(
        measure: .late, kind: PerformanceLicence.name, number: row["case_number"], on: Day(ordinal: row["on_day"]),
        isWithin: timing.mayBeRefusedAsLate)
    }
  }
}
