import Contracts
import Foundation
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// One disposal as it stands.
struct Disposal: Sendable {
  enum State: String, Codable, Sendable, CaseIterable {
    case proposed, approved
    case carriedOut = "carried-out"
    case reversing, reversed, final, withdrawn
  }

  /// What was proposed of one school and school year.
  struct Line: Codable, Hashable, Sendable {
    let school: URN
    let schoolYear: String
    /// Registrations whose year may go.
    let mayGo: Int
    /// Registrations whose year stays because a hold on the child is open.
    let held: Int
  }

  /// What was proposed.
  struct Proposal: Codable, Hashable, Sendable {
    let years: [Line]
    /// Quarantined rows and receipts that had their time.
    let quarantined, receipts: Int
  }

  let number: Int64
  /// The first day of which nothing went when it was proposed.
  let before: Day
  let state: State
  let proposedAt: Timestamp
  let proposedBy: String
  let firstApproval, secondApproval: String?
  let carriedOutAt: Timestamp?
  let proposal: Proposal
  let removed: Removal.Counts
}

/// The tables of disposals.
enum Disposals {
  enum Outcome: String, Codable, Sendable, CaseIterable { case removed, held, recent, newest, returned }

  struct Item: Sendable {
    let year: KeptYear
    /// `nil` while it waits.
    let outcome: Outcome?
  }

  static func find(_ number: Int64, in db: Database) throws -> Disposal? {
    try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM disposals WHERE number = ?"), arguments: [number])
      .map(disposal)
  }

  /// The latest first.
  static func all(limit: Int, in db: Database) throws -> [Disposal] {
    try Row.fetchAll(db, sql: "SELECT * FROM disposals ORDER BY number DESC LIMIT ?", arguments: [limit]).map(disposal)
  }

  static func numbers(in states: [Disposal.State], in db: Database) throws -> [Int64] {
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
    before: Day, _ proposal: Disposal.Proposal, in unit: UnitOfWork
  ) throws -> Int64 {
    try unit.db.execute(
      sql: """
        INSERT INTO disposals (before_day, state, proposed_millis, proposed_by, report, removed)
        VALUES (?, 'proposed', ?, ?, ?, ?)
        """,
      arguments: [
        before, unit.at, unit.caller.subject, try json(proposal), try json(Removal.Counts()),
      ])
    return unit.db.lastInsertedRowID
  }

  static func add(_ item: Item, of school: URN, to disposal: Int64, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO disposal_items (disposal, school, start_year, registration, outcome) VALUES (?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      disposal, school, item.year.year.startYear, item.year.registration, item.outcome?.rawValue,
    ])
  }

  static func approve(_ number: Int64, by subject: String, isSecond: Bool, in db: Database) throws {
    try db.execute(
      sql: isSecond
        ? "UPDATE disposals SET second_approval = ?, state = 'approved' WHERE number = ?"
        : "UPDATE disposals SET first_approval = ? WHERE number = ?", arguments: [subject, number])
  }

  static func set(_ state: Disposal.State, of number: Int64, in db: Database) throws {
    try db.execute(sql: "UPDATE disposals SET state = ? WHERE number = ?", arguments: [state.rawValue, number])
  }

  static func setCarriedOut(_ number: Int64, at moment: Timestamp, in db: Database) throws {
    try db.execute(
      sql: "UPDATE disposals SET state = 'carried-out', carried_out_millis = ? WHERE number = ?",
      arguments: [moment, number])
  }

  static func set(_ removed: Removal.Counts, of number: Int64, in db: Database) throws {
    try db.execute(
      sql: "UPDATE disposals SET removed = ? WHERE number = ?", arguments: [try json(removed), number])
  }

  /// The next registrations of one school and school year that wait; `nil` when none does.
  static func nextWaiting(
    _ number: Int64, limit: Int, in db: Database
  ) throws -> (school: URN, year: SchoolYear, registrations: [Int64])? {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT school, start_year, registration FROM disposal_items WHERE disposal = ? AND outcome IS NULL
          ORDER BY school, start_year, registration LIMIT ?
          """), arguments: [number, limit])
    guard let first = rows.first else { return nil }
    let (school, year): (String, Int) = (first["school"], first["start_year"])
    return (
      try URN(school), SchoolYear(startYear: year),
      rows.filter { $0["school"] == school && $0["start_year"] == year }.map { $0["registration"] }
    )
  }

  static func set(
    _ outcome: Outcome, _ registrations: some Sequence<Int64>, _ school: URN, _ year: SchoolYear, of number: Int64,
    in db: Database
  ) throws {
    for registration in registrations {
      try db.cachedStatement(
        sql: """
          UPDATE disposal_items SET outcome = ? WHERE disposal = ? AND school = ? AND start_year = ? AND registration = ?
          """
      ).execute(arguments: [outcome.rawValue, number, school, year.startYear, registration])
    }
  }

  /// What was removed is there again.
  static func setReturned(_ number: Int64, in db: Database) throws {
    try db.execute(
      sql: "UPDATE disposal_items SET outcome = 'returned' WHERE disposal = ? AND outcome = 'removed'",
      arguments: [number])
  }

  /// How many registrations' years have which outcome; those that wait under `waiting`.
  static func outcomes(_ number: Int64, in db: Database) throws -> [String: Int] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT coalesce(outcome, 'waiting') AS outcome, count(*) AS years FROM disposal_items WHERE disposal = ?
        GROUP BY 1
        """, arguments: [number])
    return Dictionary(uniqueKeysWithValues: rows.map { ($0["outcome"], $0["years"]) })
  }

  /// How many of the years that were removed belong to children who have a hold now.
  static func heldNow(_ number: Int64, in db: Database) throws -> Int {
    try Int.fetchOne(
      db,
      sql: Holds.heldPupils + """
         SELECT count(*) FROM disposal_items i JOIN registrations r ON r.number = i.registration
        WHERE i.disposal = ? AND i.outcome = 'removed' AND r.pupil IN (SELECT pupil FROM held)
        """, arguments: [number]) ?? 0
  }

  private static func disposal(_ row: Row) throws -> Disposal {
    guard let state = Disposal.State(rawValue: row["state"]) else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
    let decoder = JSONDecoder()
    return Disposal(
      number: row["number"], before: try row.get("before_day"), state: state,
      proposedAt: try row.get("proposed_millis"), proposedBy: row["proposed_by"],
      firstApproval: row["first_approval"], secondApproval: row["second_approval"],
      carriedOutAt: try row.get("carried_out_millis"),
      proposal: try decoder.decode(Disposal.Proposal.self, from: Data((row["report"] as String).utf8)),
      removed: try decoder.decode(Removal.Counts.self, from: Data((row["removed"] as String).utf8)))
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
