import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import Search
import ServiceKit
import Store

/// The table of pairs of records that may be one child.
enum MatchCandidates {
  /// What became of a pair.
  enum State: String, Codable, Sendable, CaseIterable { case open, same, different }

  struct Pair: Hashable, Sendable {
    let number: Int64
    /// The older record.
    let pupil: Int64
    let other: Int64
    let grounds: [PupilMatching.Ground]
    let state: State
  }

  /// The most records that are compared with one child: those of one date of birth.
  private static let mostCompared = 500
  /// The most pairs that one new child makes.
  private static let mostProposed = 5

  /// Other records that may be the child's, with the reason.
  static func find(
    for pupil: StoredPupil, in db: Database
  ) throws -> [(other: Int64, ground: PupilMatching.Ground)] {
    let facts = pupil.facts
    // Every ground has one of the two names in common.
    let rows = try db.cursor(
      """
      SELECT number, folded_given, folded_family, sex FROM pupils INDEXED BY pupils_birth
      WHERE date_of_birth = ? AND (folded_family = ? OR folded_given = ?) AND number <> ? AND merged_into IS NULL
      ORDER BY number DESC LIMIT ?
      """, [pupil.dateOfBirth, facts.family, facts.given, pupil.number, mostCompared])
    var found: [(other: Int64, ground: PupilMatching.Ground)] = []
    while let row = try rows.next() {
      let other = PupilMatching.Facts(
        foldedGiven: row[1], foldedFamily: row[2], dateOfBirth: pupil.dateOfBirth,
        sex: (row[3] as String?).flatMap(Sex.init(rawValue:)))
      guard let ground = PupilMatching.ground(facts, other) else { continue }
      found.append((row[0], ground))
    }
    let order = PupilMatching.Ground.allCases
    return Array(
      found.sorted { (order.firstIndex(of: $0.ground) ?? 0) < (order.firstIndex(of: $1.ground) ?? 0) }
        .prefix(mostProposed))
  }

  /// Proposes a pair, unless it was proposed before.
  static func propose(_ a: Int64, _ b: Int64, _ ground: PupilMatching.Ground, in db: Database) throws {
    guard a != b else { return }
    try db.run(
      "INSERT OR IGNORE INTO match_candidates (pupil, other, grounds, state) VALUES (?, ?, ?, 'open')",
      [min(a, b), max(a, b), ground.rawValue])
  }

  /// The pairs that wait for a person.
  static func open(after number: Int64, limit: Int, in db: Database) throws -> [Pair] {
    try db.rows(
      """
      SELECT m.* FROM match_candidates m JOIN pupils p ON p.number = m.pupil JOIN pupils o ON o.number = m.other
      WHERE m.state = 'open' AND m.number > ? AND p.merged_into IS NULL AND o.merged_into IS NULL
      ORDER BY m.number LIMIT ?
      """, [number, limit]
    ).map(pair)
  }

  static func find(_ number: Int64, in db: Database) throws -> Pair? {
    try db.row("SELECT * FROM match_candidates WHERE number = ?", [number]).map(pair)
  }

  static func decide(_ number: Int64, _ state: State, reason: String, in unit: UnitOfWork) throws {
    try unit.db.update(
      "match_candidates", number,
      [
        "state": state.rawValue, "reason": reason, "decided_millis": unit.at, "actor": unit.caller.subject,
        "role": unit.caller.role.rawValue,
      ])
  }

  /// Makes pairs with a merged record pairs with the record that stays; a pair that exists twice stays decided.
  static func move(_ merged: Int64, into pupil: Int64, in db: Database) throws {
    let rows = try db.rows(
      "SELECT * FROM match_candidates WHERE (pupil = ? OR other = ?) AND state <> 'same'", [merged, merged])
    for row in rows {
      let moved = try pair(row)
      let third = moved.pupil == merged ? moved.other : moved.pupil
      guard third != pupil else { continue }
      let (low, high) = (min(pupil, third), max(pupil, third))
      let known = try db.row("SELECT * FROM match_candidates WHERE pupil = ? AND other = ?", [low, high]).map(pair)
      if let known {
        if known.state == .open, moved.state == .different {
          try db.run("DELETE FROM match_candidates WHERE number = ?", [known.number])
        } else {
          if moved.state == .open {
            try db.run("DELETE FROM match_candidates WHERE number = ?", [moved.number])
          }
          continue
        }
      }
      try db.run("UPDATE match_candidates SET pupil = ?, other = ? WHERE number = ?", [low, high, moved.number])
    }
  }

  private static func pair(_ row: Row) throws -> Pair {
    Pair(
      number: row["number"], pupil: row["pupil"], other: row["other"], grounds: row.words("grounds"),
      state: try row.get("state"))
  }
}
