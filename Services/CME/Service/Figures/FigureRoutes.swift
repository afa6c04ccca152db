import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import Foundation
import GRDB
import Messaging
import RollCopy
import Rulebook
import ServiceKit

extension AuditAction {
  static let collectionRead = AuditAction("searches.collection.read")
  static let shareRead = AuditAction("searches.share.read")
}

/// The national collection, and the share of children located.
struct FigureRoutes: Sendable {
  let transactions: Transactions

  private static let readers = Policy.roles(.cmeOfficer, .manager, reach: .wholeAuthority)
  private static let on = QueryParameter<Day>("on", "The day of the count; today when absent.").optional
  private static let from = QueryParameter<Day>("from", "The first day of the period.")
  private static let to = QueryParameter<Day>("to", "The last day of the period.")

  /// The children missing on a day by reason, how long, sex and year group. A small count is low and has no number.
  struct Collection: WholeList, Sendable {
    struct Line: Codable, Sendable {
      let reason, duration: String
      /// F or M; absent where the roll does not say.
      let sex: String?
      let yearGroup: String?
      let count: Int?
      let low: Bool
    }

    let on: Day
    let definition: String
    let total: Int?
    let lines: [Line]
    var list: (name: String, rows: [Line]) { ("collection", lines) }
  }

  /// The share located of the searches closed in a period (I17).
  struct Share: Codable, Sendable {
    let definition: String
    let from, to: Day
    let located, unlocated, openPastReview: Int
    /// To one decimal; absent where no search was closed.
    let percent: String?
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/collection", Self.readers, "The children missing education on a day, as the national collection asks",
      query: [Self.on.about], collection)
    router.read(
      "/figures/located", Self.readers, "The share of children located, of the searches closed in a period",
      query: [Self.from.about, Self.to.about], located)
  }

  private func collection(_ call: Call) async throws -> Collection {
    let day = try call[Self.on]
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.collectionRead, of: .all)
      let day = day ?? unit.today
      return Collection(CollectionTable(try SearchFigures.children(on: day, in: unit.db), on: day), on: day)
    }
  }

  private func located(_ call: Call) async throws -> Share {
    let period = DayRange(first: try call[Self.from], last: try call[Self.to])
    guard period.first <= period.last else { throw Problem.invalid([.init("to", "must not be before from")]) }
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.shareRead, of: .all)
      let share = LocatedShare(try SearchFigures.searches(in: unit.db), in: period, calendar: nil)
      return Share(
        definition: "I17", from: period.first, to: period.last, located: share.located, unlocated: share.unlocated,
        openPastReview: share.openPastReview, percent: share.percent)
    }
  }
}

extension FigureRoutes.Collection {
  fileprivate init(_ table: CollectionTable, on day: Day) {
    let lines = table.counts.keys.map { cell -> Line in
      let year = cell.yearGroup?.description
      return switch table.published(cell) {
      case .low:
        Line(
          reason: cell.reason.rawValue, duration: cell.band, sex: cell.sex?.rawValue, yearGroup: year, count: nil,
          low: true)
      case .exactly(let count):
        Line(
          reason: cell.reason.rawValue, duration: cell.band, sex: cell.sex?.rawValue, yearGroup: year, count: count,
          low: false)
      }
    }.sorted {
      ($0.reason, $0.duration, $0.yearGroup ?? "", $0.sex ?? "")
        < ($1.reason, $1.duration, $1.yearGroup ?? "", $1.sex ?? "")
    }
    // The sum would give a single low count away.
    self.init(
      on: day, definition: "I18", total: lines.contains(where: \.low) ? nil : table.total, lines: lines)
  }
}

/// What figures are counted from.
enum SearchFigures {
  /// Every search as its history has it.
  static func searches(in db: Database) throws -> [LocatedShare.Search] {
    try all(in: db).map { file in
      let opened = file.openedOn ?? Day(ordinal: 0)
      guard !MissingChild.flow.isOpen(file.state),
        let ending = file.decisions.last(where: { $0.stands && endings.contains($0.act) }),
        let outcome = ending.grounds.text(.outcome).flatMap(Outcome.init)
      else { return .init(opened: opened) }
      return .init(opened: opened, closed: ending.on, outcome)
    }
  }

  private static let endings: Set<MissingChild.Act> = [.close, .ageOut, .closeUnlocated]

  /// The children for whom a search is open on a day, with what is known now.
  static func children(on day: Day, in db: Database) throws -> [CollectionTable.Child] {
    try Row.fetchAll(
      db, sql: "SELECT number, pupil FROM case_file WHERE kind = ? AND is_open = 1 AND opened <= ? ORDER BY number",
      arguments: [MissingChild.name, day.ordinal]
    ).compactMap { row in
      guard let stored = try Cases<MissingChild>.find("c\(row[0] as Int64)", in: db) else { return nil }
      let stated = stored.file.stated
      let taught = try Roll.pupil(stored.pupil, in: db)?.taught
      return .init(
        became: stated.day(.becameOn), reason: stated.text(.reason).flatMap(MissingReason.init) ?? .notRecorded,
        sex: try Roll.sex(of: stored.pupil, in: db), yearGroup: taught?.group(in: SchoolYear(containing: day)))
    }
  }

  private static func all(in db: Database) throws -> [CaseFile<MissingChild>] {
    try String.fetchAll(
      db, sql: "SELECT json FROM case_file WHERE kind = ? AND state <> '' ORDER BY number",
      arguments: [MissingChild.name]
    ).map { try JSONDecoder().decode(CaseFile<MissingChild>.self, from: Data($0.utf8)) }
  }
}
