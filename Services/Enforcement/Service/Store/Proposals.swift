import Contracts
import EnforcementDomain
import Foundation
import GRDB
import RollCopy
import Rulebook

/// Proposals and the history of their judgements.
enum Proposals {
  struct Stored: Sendable {
    let id: String
    let pupil: PupilID
    let school: URN
    let proposal: Proposal
  }

  /// Those of some children of whom a judgement of sessions from a day on can say something new: the open proposal was met
  /// on the day or later, or there is none and enough sessions are kept that a window could hold.
  ///
  /// - Parameters:
  ///   - earliest: the earliest session that may be other than before; `nil` for any.
  ///   - first: the first day of a window with it; `nil` for any.
  ///   - fewest: with fewer sessions nothing is met.
  static func concerned(
    _ pupils: [PupilID], at school: URN, since earliest: Day?, first: Day?, fewest: Int, in db: Database
  ) throws -> [PupilID] {
    try PupilID.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT p.value FROM json_each(?1) p
          LEFT JOIN proposal o ON o.pupil = p.value AND o.school = ?2 AND o.state = 'open'
          WHERE iif(o.number IS NOT NULL, o.grounds ->> '$.metOn' >= ?3, (
            SELECT true FROM counted_session c
            WHERE c.pupil = p.value AND c.school = ?2 AND c.date >= ?4 AND c.disposal IS NULL LIMIT 1 OFFSET ?5))
          ORDER BY p.id
          """), arguments: [pupils.list, school.text, earliest?.iso ?? "", first?.ordinal ?? .min, max(0, fewest - 1)])
  }

  /// The open proposal, else the last: where two records were merged, the open one need not be the last.
  static func latest(pupil: PupilID, school: URN, in db: Database) throws -> Stored? {
    try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT * FROM proposal WHERE pupil = ? AND school = ? ORDER BY state = 'open' DESC, number DESC LIMIT 1
          """),
      arguments: [pupil.text, school.text]
    ).map(stored)
  }

  static func find(_ id: String, in db: Database) throws -> Stored? {
    try Row.fetchOne(db, sql: "SELECT * FROM proposal WHERE id = ?", arguments: [id]).map(stored)
  }

  /// The open proposals of a child, at whatever schools.
  static func open(pupil: PupilID, in db: Database) throws -> [Stored] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM proposal WHERE pupil = ? AND state = 'open' ORDER BY number"),
      arguments: [pupil.text]
    ).map(stored)
  }

  /// A page in the order they were made.
  ///
  /// - Parameter schools: by URN; `nil` for every school.
  static func page(
    state: Proposal.State?, at schools: Set<String>?, after number: Int64, limit: Int, in db: Database
  ) throws -> [(Int64, Stored)] {
    var (conditions, arguments): ([String], [any DatabaseValueConvertible]) = (["number > ?"], [number])
    if let schools {
      conditions.append("school IN (SELECT value FROM json_each(?))")
      arguments.append(String(decoding: try JSONEncoder().encode(schools.sorted()), as: UTF8.self))
    }
    if let state {
      conditions.append("state = ?")
      arguments.append(state.rawValue)
    }
    arguments.append(limit)
    return try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT * FROM proposal \(schools == nil ? "" : "INDEXED BY proposal_school")
          WHERE \(conditions.joined(separator: " AND ")) ORDER BY number LIMIT ?
          """), arguments: StatementArguments(arguments)
    ).map { ($0["number"], try stored($0)) }
  }

  /// Makes a proposal; its id is made of its number within the service and says nothing of the child.
  static func insert(pupil: PupilID, school: URN, grounds: ProposalGrounds, in db: Database) throws -> String {
    let number = (try Int64.fetchOne(db, sql: "SELECT max(number) FROM proposal") ?? 0) + 1
    let id = "pn-\(number)"
    try db.execute(
      sql: "INSERT INTO proposal (number, id, pupil, school, state, grounds) VALUES (?, ?, ?, ?, 'open', ?)",
      arguments: [number, id, pupil.text, school.text, try json(grounds)])
    return id
  }

  static func update(_ id: String, state: Proposal.State, grounds: ProposalGrounds, in db: Database) throws {
    try db.execute(
      sql: "UPDATE proposal SET state = ?, grounds = ? WHERE id = ?",
      arguments: [state.rawValue, try json(grounds), id])
  }

  static func addJudgement(
    _ id: String, _ fact: Proposal.Fact, cause: String, at time: Timestamp, in db: Database
  ) throws {
    let (name, grounds, most): (String, ProposalGrounds?, Int?) =
      switch fact {
      case .proposed(let grounds): ("proposed", grounds, nil)
      case .revised(let grounds): ("revised", grounds, nil)
      case .lapsed(let most): ("lapsed", nil, most)
      }
    try db.execute(
      sql: """
        INSERT INTO judgement (proposal, fact, at_millis, cause, grounds, most_sessions) VALUES (?, ?, ?, ?, ?, ?)
        """, arguments: [id, name, time.millis, cause, try grounds.map(json), most])
  }

  /// One judgement, as a person reads it.
  struct Judgement: Codable, Sendable {
    let fact: String
    let at: Timestamp
    /// The id of the event that brought it about.
    let cause: String
    let grounds: ProposalGrounds?
    let mostSessions: Int?
  }

  static func judgements(_ id: String, in db: Database) throws -> [Judgement] {
    try Row.fetchAll(db, sql: "SELECT * FROM judgement WHERE proposal = ? ORDER BY number", arguments: [id]).map {
      row in
      Judgement(
        fact: row["fact"], at: Timestamp(millis: row["at_millis"]), cause: row["cause"],
        grounds: try (row["grounds"] as String?).map(grounds), mostSessions: row["most_sessions"])
    }
  }

  private static func stored(_ row: Row) throws -> Stored {
    guard let pupil = PupilID(row["pupil"] as String), let state = Proposal.State(rawValue: row["state"]) else {
      throw ContractError.invalidData(path: "proposal")
    }
    return Stored(
      id: row["id"], pupil: pupil, school: try URN(row["school"] as String),
      proposal: Proposal(state: state, grounds: try grounds(row["grounds"])))
  }

  private static func json(_ grounds: ProposalGrounds) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(grounds), as: UTF8.self)
  }

  private static func grounds(_ json: String) throws -> ProposalGrounds {
    try JSONDecoder().decode(ProposalGrounds.self, from: Data(json.utf8))
  }
}
