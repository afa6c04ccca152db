import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import Messaging
import Rulebook
import Store

/// What was shown of a window, and when.
extension CaseFigures {
  /// A figure with the moment from which it was shown.
  struct Shown: Codable, Sendable {
    let at: Timestamp
    let first, last: Day
    let present, possible: Int
    /// To one decimal; absent without a possible session.
    let percentage: String?
  }

  /// A window with its figures, the oldest first: the last is what it is now.
  struct History: Codable, Sendable {
    let window: WindowKind
    /// The review or the contract that it was made for; absent for the case itself.
    let reference: String?
    let figures: [Shown]
  }

  /// The latest figure of a window; `nil` while there is none.
  static func latest(
    _ kind: WindowKind, of number: Int64, for reference: Int64 = 0, in db: Database
  ) throws -> Figure? {
    try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT f.* FROM case_figure f JOIN case_window w ON w.number = f.window
          WHERE w.case_number = ? AND w.kind = ? AND w.reference = ? ORDER BY f.number DESC LIMIT 1
          """), arguments: [number, kind.rawValue, reference]
    ).flatMap { row in
      guard let attended = Attended(present: row["present"], possible: row["possible"]) else { return nil }
      return Figure(first: try row.get("first"), last: try row.get("last"), attended: attended)
    }
  }

  /// Every window of a case with all its figures.
  static func history(of number: Int64, in db: Database) throws -> [History] {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT w.number AS window_number, w.kind, w.reference, f.at_millis, f.first, f.last, f.present, f.possible
          FROM case_window w JOIN case_figure f ON f.window = w.number WHERE w.case_number = ? ORDER BY w.number, f.number
          """), arguments: [number])
    let groups = Dictionary(grouping: rows) { $0["window_number"] as Int64 }
    return try groups.sorted { $0.key < $1.key }.compactMap { _, rows in
      guard let first = rows.first, let kind = WindowKind(rawValue: first["kind"]) else { return nil }
      let reference: Int64 = first["reference"]
      return History(
        window: kind, reference: reference == 0 ? nil : kind == .contract ? "c\(reference)" : "r\(reference)",
        figures: try rows.map { row in
          Shown(
            at: Timestamp(millis: row["at_millis"]), first: try row.get("first"), last: try row.get("last"),
            present: row["present"], possible: row["possible"],
            percentage: Attended(present: row["present"], possible: row["possible"])?.shown)
        })
    }
  }

  /// The gain of a case; `nil` while a window has no figure.
  static func gain(of number: Int64, to kind: WindowKind = .closing, in db: Database) throws -> Gain? {
    guard let before = try latest(.referral, of: number, in: db), let after = try latest(kind, of: number, in: db)
    else {
      return nil
    }
    return Gain(
      referral: before.attended, closure: after.attended, rule: Gain.Rule.standard.value(on: after.last))
  }

  /// Figures that were shown have changed: it stands in the child's chronology, so that who relied on them is told.
  static func note(_ window: Window, _ unit: UnitOfWork) throws {
    try Chronology.note(
      "figures that were shown have changed: \(window.kind.rawValue)", "c\(window.case)", of: window.pupil,
      at: window.school, on: unit.today, recorded: unit.at, in: unit.db)
  }
}
