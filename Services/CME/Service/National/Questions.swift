import Contracts
import Foundation
import GRDB
import Rulebook
import SealedAlerts
import Synchronization

/// Blind questions that wait for answers. Their random numbers are in memory alone: after a restart an officer asks anew.
final class OpenQuestions: Sendable {
  private let open = Mutex<[AlertID: BlindQuestion]>([:])

  /// The most that are kept; the oldest answers have come long before.
  private static let most = 1_000

  /// Blinds a question and signs it for all.
  ///
  /// - Throws: ``AlertError``.
  func ask(
    _ identity: ChildIdentity, _ post: AlertPost, after end: ChannelEnd, at moment: Timestamp
  ) throws(AlertError) -> (id: AlertID, envelope: Data) {
    let id = AlertID()
    return try open.withLock { (questions) throws(AlertError) in
      let question = try BlindQuestion(identity, id: id)
      let envelope = try post.ask(question, after: end, at: moment)
      if questions.count >= Self.most { questions.removeAll() }
      questions[id] = question
      return (id, envelope)
    }
  }

  /// Takes the random numbers out of an authority's answer.
  ///
  /// - Returns: `nil` when the question is not in memory any more.
  /// - Throws: ``AlertError``.
  func compared(
    _ elements: [Data], of id: AlertID, from authority: AuthorityCode, _ directory: KeyDirectory, on day: Day
  ) throws(AlertError) -> [Data]? {
    try open.withLock { (questions) throws(AlertError) in
      try questions[id]?.compared(elements, from: authority, directory, on: day)
    }
  }
}

/// Questions to the tables of blind questions.
enum Questions {
  /// The most that one authority asks, or is answered, on a day. Whoever guesses a roll of 250,000 children needs
  /// thousands of years for it.
  static let mostOnADay = 50
  private static let dayMillis: Int64 = 86_400_000

  // MARK: Ours

  static func add(_ id: AlertID, for search: Int64, at moment: Timestamp, in db: Database) throws {
    try db.cachedStatement(sql: "INSERT INTO question (id, search, at_millis) VALUES (?, ?, ?)").execute(
      arguments: [id.text, search, moment.millis])
  }

  /// How many were asked in the last 24 hours.
  static func askedLately(at moment: Timestamp, in db: Database) throws -> Int {
    try Int.fetchOne(
      db.cachedStatement(sql: "SELECT count(*) FROM question WHERE at_millis > ?"),
      arguments: [moment.millis - dayMillis]) ?? 0
  }

  /// The search that a question is for.
  static func search(of id: AlertID, in db: Database) throws -> Int64? {
    try Int64.fetchOne(db.cachedStatement(sql: "SELECT search FROM question WHERE id = ?"), arguments: [id.text])
  }

  /// One authority's answer: `nil` inside while an officer there has not looked.
  static func reply(to id: AlertID, of authority: AuthorityCode, in db: Database) throws -> Bool?? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT matched FROM question_reply WHERE question = ? AND authority = ?"),
      arguments: [id.text, authority.text]
    ).map { $0[0] as Bool? }
  }

  static func save(
    reply isHit: Bool?, to id: AlertID, of authority: AuthorityCode, in db: Database
  ) throws {
    try db.cachedStatement(
      sql: "INSERT OR REPLACE INTO question_reply (question, authority, matched) VALUES (?, ?, ?)"
    ).execute(arguments: [id.text, authority.text, isHit])
  }

  /// A question with what came back.
  struct Answered: Sendable {
    let id: AlertID
    let at: Timestamp
    let replies: [(authority: String, isHit: Bool?)]
  }

  /// The questions for a search, newest first.
  static func all(for search: Int64, limit: Int, in db: Database) throws -> [Answered] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: "SELECT id, at_millis FROM question WHERE search = ? ORDER BY at_millis DESC, id LIMIT ?"),
      arguments: [search, limit]
    ).compactMap { row in
      guard let id = AlertID(row[0] as String) else { return nil }
      let replies = try Row.fetchAll(
        db.cachedStatement(sql: "SELECT authority, matched FROM question_reply WHERE question = ? ORDER BY authority"),
        arguments: [id.text]
      ).map { (authority: $0[0] as String, isHit: $0[1] as Bool?) }
      return Answered(id: id, at: Timestamp(millis: row[1]), replies: replies)
    }
  }

  // MARK: Theirs

  /// A question of another authority.
  struct Asked: Sendable {
    let id: AlertID
    let authority: AuthorityCode
    let isCompared: Bool
  }

  static func addAsked(_ id: AlertID, by authority: AuthorityCode, at moment: Timestamp, in db: Database) throws {
    try db.cachedStatement(
      sql: "INSERT OR IGNORE INTO question_asked (id, authority, at_millis, compared) VALUES (?, ?, ?, 0)"
    ).execute(arguments: [id.text, authority.text, moment.millis])
  }

  /// How many questions of an authority were answered in the last 24 hours.
  static func answeredLately(_ authority: AuthorityCode, at moment: Timestamp, in db: Database) throws -> Int {
    try Int.fetchOne(
      db.cachedStatement(sql: "SELECT count(*) FROM question_asked WHERE authority = ? AND at_millis > ?"),
      arguments: [authority.text, moment.millis - dayMillis]) ?? 0
  }

  /// Takes a question for compared: once.
  ///
  /// - Returns: whether it was answered and not compared before.
  static func compareOnce(_ id: AlertID, by authority: AuthorityCode, in db: Database) throws -> Bool {
    try db.cachedStatement(
      sql: "UPDATE question_asked SET compared = 1 WHERE id = ? AND authority = ? AND compared = 0"
    ).execute(arguments: [id.text, authority.text])
    return db.changesCount == 1
  }

  static func save(lead number: Int64, of id: AlertID, by authority: AuthorityCode, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE question_asked SET lead = ? WHERE id = ? AND authority = ?").execute(
      arguments: [number, id.text, authority.text])
  }

  static func asked(ofLead number: Int64, in db: Database) throws -> Asked? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT id, authority, compared FROM question_asked WHERE lead = ?"), arguments: [number]
    ).flatMap { row in
      guard let id = AlertID(row[0] as String), let authority = try? AuthorityCode(row[1] as String) else { return nil }
      return Asked(id: id, authority: authority, isCompared: row[2])
    }
  }

  /// The numbers of leads in order, newest last.
  static func leads(after number: Int64, limit: Int, in db: Database) throws -> [Int64] {
    try Int64.fetchAll(
      db.cachedStatement(
        sql: "SELECT lead FROM question_asked WHERE lead > ? AND lead IS NOT NULL ORDER BY lead LIMIT ?"),
      arguments: [number, limit])
  }

  // MARK: Children

  static func keep(_ tokens: [Data], of pupil: PupilID, in db: Database) throws {
    for token in tokens {
      try db.cachedStatement(sql: "INSERT OR IGNORE INTO match_token (token, pupil) VALUES (?, ?)").execute(
        arguments: [token, pupil.text])
    }
  }

  /// The child that answers to the most of what was asked; `nil` when none answers to any.
  static func child(of tokens: [Data], in db: Database) throws -> PupilID? {
    guard !tokens.isEmpty else { return nil }
    let marks = tokens.map { _ in "?" }.joined(separator: ", ")
    return try String.fetchOne(
      db,
      sql:
        "SELECT pupil FROM match_token WHERE token IN (\(marks)) GROUP BY pupil ORDER BY count(*) DESC, pupil LIMIT 1",
      arguments: StatementArguments(tokens)
    ).flatMap { PupilID($0) }
  }
}
