import Contracts
import Foundation
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// The table of what was said of children and waits for an officer.
enum PupilChanges {
  enum Kind: String, Codable, Sendable, CaseIterable {
    /// The entry may be of another child.
    case identity
    /// A child joins a roll that an officer must confirm.
    case arrival
    /// What a school says differs from the record, and its word does not stand.
    case statement
    /// The same of one contact.
    case contact
  }

  enum State: String, Codable, Sendable, CaseIterable { case open, accepted, rejected, superseded }

  struct Change: Sendable {
    let number: Int64
    let pupil: Int64
    let school: URN
    let kind: Kind
    let part: Int64
    /// The number under which it was said.
    let upn: UPN
    let fields: [PupilField]
    /// As it was said, JSON.
    let statement: String
    let upload: Int64?
    let state: State
    let at: Timestamp
    let actor, role: String

    fileprivate init(_ row: Row) throws {
      (number, pupil, school) = (row["number"], row["pupil"], try row.get("school"))
      (kind, part, upn) = (try row.get("kind"), row["part"], try row.get("upn"))
      (fields, statement, upload) = (row.words("fields"), row["statement"], row["upload"])
      (state, at, actor, role) = (try row.get("state"), try row.get("at_millis"), row["actor"], row["role"])
    }

    /// What was said, as its kind has it: a ``PupilRecord``, a ``PupilStatement`` or a ``ContactStatement``.
    func read<Said: Decodable>(_ type: Said.Type) throws -> Said {
      try JSONDecoder().decode(type, from: Data(statement.utf8))
    }

    /// What was said, whatever its kind.
    var said: PupilStatement {
      get throws {
        guard kind == .contact else { return try read(PupilStatement.self) }
        var said = PupilStatement()
        said.contacts = [try read(ContactStatement.self)]
        return said
      }
    }
  }

  /// What is to be proposed.
  struct Proposal {
    let pupil: Int64
    let school: URN
    let kind: Kind
    var part: Int64 = 0
    let upn: UPN
    var fields: [PupilField] = []
    var upload: Int64?
  }

  /// What became of a proposal.
  enum Outcome {
    case new
    /// The same waits already.
    case open
    /// An officer rejected the same before, and the school said nothing else since.
    case rejected
  }

  /// Puts something before an officer. The same again changes nothing, neither while it waits nor after it was rejected;
  /// another word of the same school takes the place of its last one.
  static func propose(
    _ proposal: Proposal, _ statement: some Encodable, in unit: UnitOfWork
  ) throws -> Outcome {
    let text = try String(json: statement)
    let fields = proposal.fields.map(\.rawValue).joined(separator: " ")
    if let last = try last(proposal, in: unit.db) {
      let isSame = last.statement == text && last.fields == proposal.fields
      if isSame, last.state == .open { return .open }
      if isSame, last.state == .rejected { return .rejected }
      if last.state == .open { try settle(last.number, .superseded, reason: nil, in: unit) }
    }
    try unit.insert(
      "pupil_changes",
      [
        "pupil": proposal.pupil, "school": proposal.school, "kind": proposal.kind.rawValue, "part": proposal.part,
        "upn": proposal.upn, "fields": fields, "statement": text, "upload": proposal.upload, "state": "open",
      ])
    return .new
  }

  /// What is open of a school, a child and a part.
  static func open(_ proposal: Proposal, in db: Database) throws -> Change? {
    try last(proposal, in: db).flatMap { $0.state == .open ? $0 : nil }
  }

  /// What a school said last of a child and a part.
  private static func last(_ proposal: Proposal, in db: Database) throws -> Change? {
    try db.row(
      """
      SELECT * FROM pupil_changes WHERE pupil = ? AND school = ? AND kind = ? AND part = ?
      ORDER BY number DESC LIMIT 1
      """, [proposal.pupil, proposal.school, proposal.kind.rawValue, proposal.part]
    ).map(Change.init)
  }

  static func find(_ number: Int64, in db: Database) throws -> Change? {
    try db.row("SELECT * FROM pupil_changes WHERE number = ?", [number])
      .map(Change.init)
  }

  /// What waits, oldest first.
  static func open(after number: Int64, limit: Int, in db: Database) throws -> [Change] {
    try db.rows(
      """
      SELECT * FROM pupil_changes INDEXED BY pupil_changes_open WHERE state = 'open' AND number > ?
      ORDER BY number LIMIT ?
      """, [number, limit]
    ).map(Change.init)
  }

  /// What a school said that waited or waits, newest first.
  static func said<Line: StoredRow>(
    by school: URN, before number: Int64?, limit: Int, in db: Database
  ) throws -> [Line] {
    try db.all(
      """
      SELECT number, upn, at_millis AS said_at, state, decided_millis AS decided_at FROM pupil_changes
      WHERE school = ? AND number < ? AND state <> 'superseded' ORDER BY number DESC LIMIT ?
      """, [school, number ?? .max, limit])
  }

  /// The numbers under which a school's entries wait for an officer.
  static func waiting(at school: URN, in db: Database) throws -> Set<UPN> {
    Set(
      try db.values(
        """
        SELECT DISTINCT upn FROM pupil_changes INDEXED BY pupil_changes_waiting WHERE school = ? AND state = 'open'
        """, [school]))
  }

  static func settle(
    _ number: Int64, _ state: State, reason: String?, in unit: UnitOfWork
  ) throws {
    try unit.db.run(
      """
      UPDATE pupil_changes SET state = ?, reason = ?, decided_millis = ?, decided_actor = ?, decided_role = ?
      WHERE number = ? AND state = 'open'
      """, [state.rawValue, reason, unit.at, unit.caller.subject, unit.caller.role.rawValue, number])
  }

  /// Makes what was said of a merged record said of the record that stays. Where both have the same open, the newer one
  /// of the record that stays counts.
  static func move(_ merged: Int64, into pupil: Int64, in unit: UnitOfWork) throws {
    let doubles = try unit.db.values(
      """
      SELECT m.number FROM pupil_changes m JOIN pupil_changes k ON k.pupil = ?2 AND k.school = m.school
        AND k.kind = m.kind AND k.part = m.part AND k.state = 'open'
      WHERE m.pupil = ?1 AND m.state = 'open'
      """, [merged, pupil], as: Int64.self)
    for number in doubles { try settle(number, .superseded, reason: nil, in: unit) }
    try unit.db.run("UPDATE pupil_changes SET pupil = ? WHERE pupil = ?", [pupil, merged])
  }
}

/// The table of uploads of children.
enum PupilUploads {
  /// Keeps an upload and returns its number.
  static func add(_ school: URN, received: Int, in unit: UnitOfWork) throws -> Int64 {
    try unit.insert("pupil_uploads", ["school": school, "received": received])
  }

  /// An upload's number as callers see it.
  static func name(_ number: Int64) -> String { "u\(number)" }

  /// The number behind what callers give; `nil` when it is none.
  static func number(_ name: String) -> Int64? { name.hasPrefix("u") ? Int64(name.dropFirst()) : nil }
}
