import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// The marks that wait to be corrected, or for the roll, the calendar or their day.
enum Quarantine {
  /// The most marks that may wait for one school.
  static let mostWaiting = 50_000

  struct Waiting: Hashable, Sendable {
    let number: Int64
    let mark: MarkText
    let reason: String
    let receipt: Int64
    /// Who said it.
    let source: MarkSource
  }

  /// A waiting mark, with who said it.
  private static let select = "SELECT q.*, r.source FROM quarantine q"
  private static let join = "JOIN receipts r ON r.number = q.receipt"

  static func countWaiting(_ school: URN, in db: Database) throws -> Int {
    try db.value("SELECT count(*) FROM quarantine WHERE school = ? AND state = 'waiting'", [school], as: Int.self) ?? 0
  }

  /// How many wait for each reason.
  static func countByReason(_ school: URN, in db: Database) throws -> [String: Int] {
    let rows = try db.rows(
      "SELECT reason, count(*) AS n FROM quarantine WHERE school = ? AND state = 'waiting' GROUP BY reason", [school])
    return Dictionary(uniqueKeysWithValues: rows.map { ($0["reason"], $0["n"]) })
  }

  /// Keeps marks of one upload aside. One that waits already goes on waiting; where the upload says other codes of a
  /// session than an earlier one did, its own take their place.
  ///
  /// - Parameters:
  ///   - isCorrection: whether a person corrected the mark, so that it stands beside others like it.
  ///   - most: how many may wait for the school then.
  /// - Returns: whether there was room for all; else it stopped at the first for which there was none, and whoever asked
  ///   must take the transaction back.
  static func add(
    _ marks: JudgedMarks, school: URN, receipt: Int64, isCorrection: Bool, most: Int, at: Timestamp, in db: Database
  ) throws -> Bool {
    try supersede(by: marks, school: school, at: at, in: db)
    var waiting = try countWaiting(school, in: db)
    var alike: [[String]: Int] = [:]
    do {
      try marks.forEachQuarantined { mark, reason in
        var which = 0
        if mark.upn.isEmpty {
          let key = [mark.date, mark.session, mark.code]
          which = try alike[key] ?? (isCorrection ? free(mark, school, in: db) : 0)
          alike[key] = which + 1
        }
        try insert(mark, which, reason, school, receipt, in: db)
        waiting += db.changesCount
        if waiting > most { throw NoRoom() }
      }
    } catch is NoRoom { return false }
    return true
  }

  private struct NoRoom: Error {}

  /// Of sessions of which marks wait and an upload says something, what it does not say any more waits no longer. Marks
  /// without a pupil number are of different pupils: none takes another's place.
  private static func supersede(by marks: JudgedMarks, school: URN, at: Timestamp, in db: Database) throws {
    let waiting = """
      SELECT 1 FROM quarantine WHERE school = ? AND upn = ? AND date = ? AND session = ? AND state = 'waiting'
      """
    var codes: [[String]: Set<String>] = [:]
    try marks.forEachQuarantined { mark, _ in
      let session = [mark.upn, mark.date, mark.session]
      guard !mark.upn.isEmpty else { return }
      guard try codes[session] != nil || db.has(waiting, [school, mark.upn, mark.date, mark.session]) else { return }
      codes[session, default: []].insert(mark.code)
    }
    for (session, codes) in codes {
      try db.run(
        """
        UPDATE quarantine SET state = 'superseded', settled_millis = ?
        WHERE school = ? AND upn = ? AND date = ? AND session = ? AND state = 'waiting'
          AND code NOT IN (SELECT value FROM json_each(?))
        """, [at, school, session[0], session[1], session[2], try String(json: codes.sorted())])
    }
  }

  /// The next place among the waiting marks that are like one.
  private static func free(_ mark: MarkText, _ school: URN, in db: Database) throws -> Int {
    try db.value(
      """
      SELECT coalesce(max(which), -1) + 1 FROM quarantine
      WHERE school = ? AND upn = ? AND date = ? AND session = ? AND code = ? AND state = 'waiting'
      """, [school, mark.upn, mark.date, mark.session, mark.code], as: Int.self) ?? 0
  }

  private static func insert(
    _ mark: MarkText, _ which: Int, _ reason: MarkReason, _ school: URN, _ receipt: Int64, in db: Database
  ) throws {
    try db.run(
      """
      INSERT INTO quarantine (receipt, school, upn, date, session, code, which, detail, token, minutes_late, reason,
        state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting') ON CONFLICT DO NOTHING
      """,
      [
        receipt, school, mark.upn, mark.date, mark.session, mark.code, which, mark.detail, mark.token, mark.minutesLate,
        reason.slug,
      ])
  }

  /// The marks that wait, in the order they came; for one reason or for any.
  static func waiting(
    _ school: URN, reason: String? = nil, after number: Int64 = 0, limit: Int, in db: Database
  ) throws -> [Waiting] {
    try db.rows(
      """
      \(select) \(join) WHERE q.school = :school AND q.state = 'waiting' AND q.number > :after
        AND (:reason IS NULL OR q.reason = :reason) ORDER BY q.number LIMIT :limit
      """, ["school": school, "after": number, "reason": reason, "limit": limit]
    ).map(waiting)
  }

  /// The marks that wait under one of some numbers, in the order they came.
  static func waiting(_ school: URN, under upns: [UPN], in db: Database) throws -> [Waiting] {
    try db.rows(
      """
      \(select) INDEXED BY quarantine_upn \(join)
      WHERE upper(trim(q.upn)) IN (\(upns.map { _ in "?" }.joined(separator: ", "))) AND q.school = ?
        AND q.state = 'waiting' ORDER BY q.number
      """, StatementArguments(upns.map(\.text) + [school.text])
    ).map(waiting)
  }

  /// The marks of a school that waited for a day which has come.
  static func due(_ school: URN, through day: Day, in db: Database) throws -> [Waiting] {
    try db.rows(
      """
      \(select) \(join) WHERE q.school = ? AND q.state = 'waiting' AND q.reason = 'future-date' AND q.date <= ?
      ORDER BY q.number
      """, [school, day.iso]
    ).map(waiting)
  }

  /// The schools that have such marks.
  static func schoolsDue(through day: Day, in db: Database) throws -> [URN] {
    try db.values(
      """
      SELECT DISTINCT school FROM quarantine INDEXED BY quarantine_day WHERE state = 'waiting' AND reason = 'future-date' AND date <= ?
      ORDER BY school
      """, [day.iso])
  }

  /// One mark and whether it still waits; `nil` when the school has none of the number.
  static func find(_ number: Int64, of school: URN, in db: Database) throws -> (mark: Waiting, waits: Bool)? {
    try db.row("\(select) \(join) WHERE q.number = ? AND q.school = ?", [number, school]).map {
      (waiting($0), $0["state"] == "waiting")
    }
  }

  /// The number under which a mark waits.
  static func number(of mark: MarkText, _ school: URN, in db: Database) throws -> Int64? {
    try db.value(
      """
      SELECT number FROM quarantine
      WHERE school = ? AND upn = ? AND date = ? AND session = ? AND code = ? AND state = 'waiting'
      ORDER BY number DESC LIMIT 1
      """, [school, mark.upn, mark.date, mark.session, mark.code], as: Int64.self)
  }

  private static func waiting(_ row: Row) -> Waiting {
    Waiting(
      number: row["number"],
      mark: MarkText(
        upn: row["upn"], date: row["date"], session: row["session"], code: row["code"], detail: row["detail"],
        token: row["token"], minutesLate: row["minutes_late"]), reason: row["reason"], receipt: row["receipt"],
      source: MarkSource(rawValue: row["source"]) ?? .files)
  }

  /// Whether a person corrected or discarded just this mark before.
  static func isSettledByPerson(_ mark: MarkText, _ school: URN, in db: Database) throws -> Bool {
    try db.has(
      """
      SELECT 1 FROM quarantine INDEXED BY quarantine_settled WHERE school = ? AND upn = ? AND date = ?
        AND session = ? AND code = ? AND settled_reason IS NOT NULL AND state <> 'waiting'
      """, [school, mark.upn, mark.date, mark.session, mark.code])
  }

  /// Takes all marks that wait for a reason out of the waiting ones, because a person said so.
  ///
  /// - Parameter receipt: those of one upload only; `nil` for all.
  /// - Returns: how many.
  static func discard(
    _ school: URN, waitingFor reason: String, receipt: Int64?, because why: String, in unit: UnitOfWork
  ) throws -> Int {
    try unit.db.run(
      """
      UPDATE quarantine SET state = 'superseded', settled_millis = ?, settled_actor = ?, settled_role = ?,
        settled_reason = ? WHERE school = ? AND state = 'waiting' AND reason = ? AND (?7 IS NULL OR receipt = ?7)
      """, [unit.at, unit.caller.subject, unit.caller.role.rawValue, why, school, reason, receipt])
    return unit.db.changesCount
  }

  enum End: String { case released, superseded }

  /// Takes a mark out of the waiting ones.
  static func settle(_ number: Int64, _ end: End, at: Timestamp, in db: Database) throws {
    try db.run("UPDATE quarantine SET state = ?, settled_millis = ? WHERE number = ?", [end.rawValue, at, number])
  }

  /// Takes a mark out of the waiting ones because a person said so.
  static func settle(_ number: Int64, _ end: End, reason: String, in unit: UnitOfWork) throws {
    try unit.db.run(
      """
      UPDATE quarantine SET state = ?, settled_millis = ?, settled_actor = ?, settled_role = ?, settled_reason = ?
      WHERE number = ?
      """, [end.rawValue, unit.at, unit.caller.subject, unit.caller.role.rawValue, reason, number])
  }

  /// Which mark another stands for since somebody corrected it.
  static func setCorrects(_ number: Int64, _ corrected: Int64, in db: Database) throws {
    try db.run("UPDATE quarantine SET corrects = ? WHERE number = ? AND number <> ?", [corrected, number, corrected])
  }

  /// A waiting mark waits for something else now.
  static func setReason(_ number: Int64, _ reason: MarkReason, in db: Database) throws {
    try db.run("UPDATE quarantine SET reason = ? WHERE number = ?", [reason.slug, number])
  }
}
