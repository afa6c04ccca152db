import Contracts
import GRDB
import Messaging
import RegistersDomain
import ServiceKit
import Store

/// The table of pairs of identifiers that may be one person's, and what was decided of them.
enum PersonPairs {
  /// What was decided of a pair.
  enum State: String, Codable, Sendable, CaseIterable { case open, same, different }

  struct Pair: Hashable, Sendable {
    let number: Int64
    /// The smaller identifier.
    let person: PersonID
    let other: PersonID
    let grounds: [PersonGround]
    let state: State
    /// Why it was decided so; `nil` of a pair of which nothing ever was.
    let reason: String?
  }

  /// No more children are looked through for a contact of one: beyond this it is a worker's number.
  private static let mostChildren = 12
  /// The most contacts with which those of one child are compared.
  private static let mostCompared = 200

  /// Proposes the pairs of a child's contacts with each other, with those of its siblings, and with those who have the
  /// same names, postcode and telephone, unless they were proposed before.
  static func propose(_ contacts: [StoredContact], of pupil: StoredPupil, in db: Database) throws {
    let siblings = try Families.siblings(of: pupil.number, in: db).map(\.number)
    let sharing = try Contacts.pupils(sharing: contacts.map(\.contact), with: pupil.number, in: db)
    let children = Set(siblings.prefix(mostChildren) + sharing.prefix(mostChildren)).sorted()
    let others = try contacts + children.flatMap { try Contacts.all(of: $0, in: db) }
    for contact in contacts {
      for other in others.prefix(mostCompared) {
        guard let one = contact.person, let two = other.person, one != two else { continue }
        let grounds = PersonGround.grounds(contact.contact, other.contact)
        if !grounds.isEmpty { _ = try propose(one, two, grounds, in: db) }
      }
    }
  }

  /// Proposes a pair, unless it was proposed before.
  ///
  /// - Returns: the pair's number.
  static func propose(_ a: PersonID, _ b: PersonID, _ grounds: [PersonGround], in db: Database) throws -> Int64? {
    try db.run(
      "INSERT OR IGNORE INTO person_pairs (person, other, grounds, state) VALUES (?, ?, ?, 'open')",
      [min(a, b), max(a, b), grounds.map(\.rawValue).joined(separator: " ")])
    return try db.value(
      "SELECT number FROM person_pairs WHERE person = ? AND other = ?", [min(a, b), max(a, b)], as: Int64.self)
  }

  /// The pairs of a state, oldest first, of all or of a child's contacts. One that waits is not among them while other
  /// decisions join the two.
  static func list(
    _ state: State, of pupil: Int64?, after number: Int64, limit: Int, in db: Database
  ) throws -> [Pair] {
    try db.rows(
      """
      SELECT m.*, \(reason) FROM person_pairs m JOIN persons a ON a.id = m.person JOIN persons b ON b.id = m.other
      WHERE m.state = ?1 AND m.number > ?2 AND (m.state <> 'open' OR a.current <> b.current)
        AND (?3 IS NULL OR EXISTS (SELECT 1 FROM contacts c WHERE c.pupil = ?3 AND c.person IN (m.person, m.other)))
      ORDER BY m.number LIMIT ?4
      """, [state.rawValue, number, pupil, limit]
    ).map(pair)
  }

  static func find(_ number: Int64, in db: Database) throws -> Pair? {
    try db.row("SELECT m.*, \(reason) FROM person_pairs m WHERE number = ?", [number]).map(pair)
  }

  static func decide(_ number: Int64, _ state: State, reason: String, in unit: UnitOfWork) throws {
    try unit.db.run("UPDATE person_pairs SET state = ? WHERE number = ?", [state.rawValue, number])
    try unit.insert("person_decisions", ["pair": number, "state": state.rawValue, "reason": reason])
  }

  /// The decisions that join the identifiers for which one stands.
  static func links(of current: PersonID, in db: Database) throws -> [PersonLink] {
    try db.rows(
      """
      SELECT m.person, m.other FROM persons a JOIN person_pairs m ON m.person = a.id
      WHERE a.current = ? AND m.state = 'same'
      """, [current]
    ).map { PersonLink(try $0.get("person"), try $0.get("other")) }
  }

  /// Whether somebody decided that an identifier of one person is not one of the other's.
  static func areApart(_ one: PersonID, _ other: PersonID, in db: Database) throws -> Bool {
    try db.has(
      """
      SELECT 1 FROM persons a JOIN person_pairs m ON m.person = a.id JOIN persons b ON b.id = m.other
      WHERE a.current IN (?1, ?2) AND b.current IN (?1, ?2) AND m.state = 'different'
      """, [one, other])
  }

  private static let reason =
    "(SELECT reason FROM person_decisions WHERE pair = m.number ORDER BY number DESC LIMIT 1) AS reason"

  private static func pair(_ row: Row) throws -> Pair {
    Pair(
      number: row["number"], person: try row.get("person"), other: try row.get("other"), grounds: row.words("grounds"),
      state: try row.get("state"), reason: row["reason"])
  }
}
