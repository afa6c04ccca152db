import Contracts
import GRDB
import Messaging
import Rulebook
import ServiceKit
public import Store

/// Where a disposal stands.
public enum DisposalState: String, Codable, Sendable, CaseIterable {
  case proposed, approved
  case carriedOut = "carried-out"
  case reversing, reversed, final, withdrawn
}

/// One disposal as it stands.
struct Disposal<Work: Disposing>: StoredRow {
  let number: Int64
  /// The first day of which nothing went when it was proposed.
  let before: Day
  let state: DisposalState
  let proposedAt: Timestamp
  let proposedBy: String
  let firstApproval, secondApproval: String?
  let carriedOutAt: Timestamp?
  let proposal: Work.Proposal
  let removed: Work.Counts

  /// Whether it cannot be reversed any more, holds aside.
  func isOver(on today: Day) -> Bool {
    guard let carriedOutAt, let last = Reversal.last(carriedOut: CivilTime.day(at: carriedOutAt.date)) else {
      return false
    }
    return last < today
  }
}

/// The tables of disposals.
public enum Disposals {
  /// For the migrations of a program that has none of these tables yet; what the disposals take in is the program's own.
  public static let migration = Migration(
    "keeping 0001 disposals and holds",
    sql: """
      -- Another program needs a child's records kept.
      CREATE TABLE holds (
        source TEXT NOT NULL, hold TEXT NOT NULL, pupil TEXT NOT NULL, matter TEXT NOT NULL,
        placed_millis INTEGER NOT NULL, released_millis INTEGER, PRIMARY KEY (source, hold)) STRICT, WITHOUT ROWID;
      CREATE INDEX holds_pupil ON holds (pupil) WHERE released_millis IS NULL;

      -- One disposal: proposed by the program, approved by two people, carried out, and final after a month. It is done
      -- in several transactions: 'approved' and 'reversing' go on where they were left.
      CREATE TABLE disposals (
        number INTEGER PRIMARY KEY, before_day INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN
          ('proposed', 'approved', 'carried-out', 'reversing', 'reversed', 'final', 'withdrawn')),
        proposed_millis INTEGER NOT NULL, proposed_by TEXT NOT NULL, first_approval TEXT, second_approval TEXT,
        carried_out_millis INTEGER, report TEXT NOT NULL CHECK (json_valid(report)),
        removed TEXT NOT NULL CHECK (json_valid(removed)),
        CHECK (second_approval IS NULL OR (first_approval IS NOT NULL AND first_approval <> second_approval)),
        CHECK (state IN ('proposed', 'withdrawn') OR second_approval IS NOT NULL)) STRICT;
      CREATE UNIQUE INDEX disposals_one_at_once ON disposals ((1))
        WHERE state IN ('proposed', 'approved', 'reversing');

      -- What a disposal removed, row by row, for the month in which it can be reversed.
      CREATE TABLE disposal_bin (
        number INTEGER PRIMARY KEY, disposal INTEGER NOT NULL REFERENCES disposals, source TEXT NOT NULL,
        content BLOB NOT NULL) STRICT;
      CREATE INDEX disposal_bin_source ON disposal_bin (disposal, source, number);

      -- While a disposal is carried out, and only then, append-only tables give way.
      CREATE TABLE disposing (disposal INTEGER PRIMARY KEY REFERENCES disposals) STRICT;
      """)

  private static let selected = """
    SELECT number, before_day AS "before", state, proposed_millis AS proposed_at, proposed_by, first_approval,
      second_approval, carried_out_millis AS carried_out_at, report AS proposal, removed FROM disposals\u{20}
    """

  static func find<Work: Disposing>(_ number: Int64, _: Work.Type, in db: Database) throws -> Disposal<Work>? {
    try db.first(selected + "WHERE number = ?", [number])
  }

  /// The latest first.
  static func all<Work: Disposing>(limit: Int, _: Work.Type, in db: Database) throws -> [Disposal<Work>] {
    try db.all(selected + "ORDER BY number DESC LIMIT ?", [limit])
  }

  static func numbers(in states: [DisposalState], in db: Database) throws -> [Int64] {
    try Int64.fetchAll(
      db,
      sql: """
        SELECT number FROM disposals WHERE state IN (\(states.map { _ in "?" }.joined(separator: ", "))) ORDER BY number
        """, arguments: StatementArguments(states.map(\.rawValue)))
  }

  /// Whether one is open, or one besides a given one: there is one at once.
  static func hasOpen(besides number: Int64? = nil, in db: Database) throws -> Bool {
    try numbers(in: [.proposed, .approved, .reversing], in: db).contains { $0 != number }
  }

  static func insert(
    before: Day, _ proposal: some Encodable, nothing: some Encodable, in unit: UnitOfWork
  ) throws -> Int64 {
    try unit.db.insert(
      "disposals",
      [
        "before_day": before, "state": DisposalState.proposed.rawValue, "proposed_millis": unit.at,
        "proposed_by": unit.caller.subject, "report": try String(json: proposal), "removed": try String(json: nothing),
      ])
  }

  static func approve(_ number: Int64, by subject: String, isSecond: Bool, in db: Database) throws {
    let approval: ColumnValues = ["\(isSecond ? "second" : "first")_approval": subject]
    let state = isSecond ? DisposalState.approved : .proposed
    try db.update("disposals", number, approval + ["state": state.rawValue])
  }

  static func set(_ state: DisposalState, of number: Int64, in db: Database) throws {
    try db.update("disposals", number, ["state": state.rawValue])
  }

  static func setCarriedOut(_ number: Int64, at moment: Timestamp, in db: Database) throws {
    try db.update("disposals", number, ["state": DisposalState.carriedOut.rawValue, "carried_out_millis": moment])
  }

  static func setRemoved(_ removed: some Encodable, of number: Int64, in db: Database) throws {
    try db.update("disposals", number, ["removed": try String(json: removed)])
  }
}
