import GRDB
import Keeping
import Rulebook
import Store

/// The registrations and school years that disposals take in, and what became of each.
enum DisposalItems {
  enum Outcome: String, Codable, Sendable, CaseIterable { case removed, held, recent, newest, returned }

  struct Item: Sendable {
    let year: KeptYear
    /// `nil` while it waits.
    let outcome: Outcome?
  }

  static func add(_ item: Item, of school: URN, to disposal: Int64, in db: Database) throws {
    try db.run(
      """
      INSERT INTO disposal_items (disposal, school, start_year, registration, outcome) VALUES (?, ?, ?, ?, ?)
      """, [disposal, school.text, item.year.year.startYear, item.year.registration, item.outcome?.rawValue])
  }

  /// The next registrations of one school and school year that wait; `nil` when none does.
  static func nextWaiting(
    _ number: Int64, limit: Int, in db: Database
  ) throws -> (school: URN, year: SchoolYear, registrations: [Int64])? {
    let rows = try db.rows(
      """
      SELECT school, start_year, registration FROM disposal_items WHERE disposal = ? AND outcome IS NULL
      ORDER BY school, start_year, registration LIMIT ?
      """, [number, limit])
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
      try db.run(
        """
        UPDATE disposal_items SET outcome = ? WHERE disposal = ? AND school = ? AND start_year = ? AND registration = ?
        """, [outcome.rawValue, number, school.text, year.startYear, registration])
    }
  }

  /// What was removed is there again.
  static func setReturned(_ number: Int64, in db: Database) throws {
    try db.run("UPDATE disposal_items SET outcome = 'returned' WHERE disposal = ? AND outcome = 'removed'", [number])
  }

  /// How many registrations' years have which outcome; those that wait under `waiting`.
  static func outcomes(_ number: Int64, in db: Database) throws -> [String: Int] {
    let rows = try db.rows(
      """
      SELECT coalesce(outcome, 'waiting') AS outcome, count(*) AS years FROM disposal_items WHERE disposal = ?
      GROUP BY 1
      """, [number])
    return Dictionary(uniqueKeysWithValues: rows.map { ($0["outcome"], $0["years"]) })
  }

  /// How many of the years that were removed belong to children who have a hold now.
  static func heldNow(_ number: Int64, in db: Database) throws -> Int {
    try db.value(
      Holds.heldPupils + """
         SELECT count(*) FROM disposal_items i JOIN registrations r ON r.number = i.registration
        WHERE i.disposal = ? AND i.outcome = 'removed' AND r.pupil IN (SELECT pupil FROM held)
        """, [number], as: Int.self) ?? 0
  }
}
