import Contracts
import GRDB
import RegistersDomain
import Rulebook

/// The table of findings.
enum Findings {
  /// A finding as it is kept.
  struct Stored: Sendable {
    let number: Int64
    let registration: Int64
    let school: URN
    let kind: FindingKind
    let since: Day
    let on: Day
    let session: Session?
    let count: Int
    let outOf: Int?
    let concerns: [Concern]
    let raised: Timestamp
    /// The last receipt and the last amendment that were known when it was raised.
    let known: Knowledge
    let lapsed: Timestamp?

    /// The number as callers see it.
    var name: String { Findings.name(number) }
  }

  /// A finding's number as callers see it.
  static func name(_ number: Int64) -> String { "f\(number)" }

  /// The number behind what callers give; `nil` when it is none.
  static func number(_ name: String) -> Int64? { name.hasPrefix("f") ? Int64(name.dropFirst()) : nil }

  /// The open findings of a school's children in one school year, by registration.
  static func open(_ school: URN, _ year: SchoolYear, in db: Database) throws -> [Int64: [OpenFinding]] {
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT number, registration, kind, occasion, since, became FROM findings
          WHERE school = ? AND start_year = ? AND lapsed_millis IS NULL ORDER BY number
          """), arguments: [school.text, year.startYear])
    var open: [Int64: [OpenFinding]] = [:]
    while let row = try rows.next() {
      open[row[1], default: []].append(
        OpenFinding(
          number: row[0], kind: try kind(row[2]), occasion: row[3], since: Day(ordinal: row[4]),
          on: Day(ordinal: row[5])))
    }
    return open
  }

  /// Keeps a finding and returns its number.
  static func add(
    _ finding: Finding, registration: Int64, school: URN, _ year: SchoolYear, concerns: [Concern], at: Timestamp,
    known: Knowledge, in db: Database
  ) throws -> Int64 {
    try db.cachedStatement(
      sql: """
        INSERT INTO findings (registration, school, kind, start_year, occasion, since, became, session, counted, out_of,
          concerns, raised_millis, known_receipt, known_amendment) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      registration, school.text, finding.kind.rawValue, year.startYear, finding.occasion, finding.since.ordinal,
      finding.on.ordinal, finding.session?.index, finding.count, finding.outOf,
      concerns.map(\.rawValue).joined(separator: " "), at.millis, known.receipt, known.amendment,
    ])
    return db.lastInsertedRowID
  }

  static func lapse(_ number: Int64, at: Timestamp, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE findings SET lapsed_millis = ? WHERE number = ?").execute(
      arguments: [at.millis, number])
  }

  static func find(_ number: Int64, in db: Database) throws -> Stored? {
    try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM findings WHERE number = ?"), arguments: [number])
      .map(stored)
  }

  /// All of a registration's, oldest first.
  static func all(of registration: Int64, in db: Database) throws -> [Stored] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM findings WHERE registration = ? ORDER BY number"),
      arguments: [registration]
    ).map(stored)
  }

  /// What a list of findings is narrowed to.
  struct Filter: Sendable {
    var school: URN?
    var kind: FindingKind?
    var isOpen: Bool?
    var on: Day?
    var concern: Concern?
  }

  /// A page of findings: those of children who are somebody's concern first, then by number.
  static func page(_ filter: Filter, after: Int, limit: Int, in db: Database) throws -> [Stored] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT * FROM findings WHERE (:school IS NULL OR school = :school) AND (:kind IS NULL OR kind = :kind)
            AND (:open IS NULL OR (lapsed_millis IS NULL) = :open) AND (:day IS NULL OR became = :day)
            AND (:concern IS NULL OR ' ' || concerns || ' ' LIKE '% ' || :concern || ' %')
          ORDER BY concerns = '', number LIMIT :limit OFFSET :after
          """),
      arguments: [
        "school": filter.school?.text, "kind": filter.kind?.rawValue, "open": filter.isOpen, "day": filter.on?.ordinal,
        "concern": filter.concern?.rawValue, "limit": limit, "after": after,
      ]
    ).map(stored)
  }

  /// Spans of agreed part-time timetables of a school's children, by registration.
  static func agreedPartTime(_ school: URN, today: Day, in db: Database) throws -> [Int64: [DayRange]] {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT a.registration, a.first, a.last FROM arrangements a JOIN registrations r ON r.number = a.registration
          WHERE a.kind = 'part-time-timetable' AND r.school = ?
          """), arguments: [school.text])
    return rows.reduce(into: [:]) { spans, row in
      let last = (row["last"] as Int32?).map(Day.init(ordinal:)) ?? today
      spans[row["registration"], default: []].append(DayRange(first: Day(ordinal: row["first"]), last: last))
    }
  }

  private static func stored(_ row: Row) throws -> Stored {
    Stored(
      number: row["number"], registration: row["registration"], school: try URN(row["school"] as String),
      kind: try kind(row["kind"]), since: Day(ordinal: row["since"]), on: Day(ordinal: row["became"]),
      session: (row["session"] as Int?).map { $0 == 0 ? .am : .pm }, count: row["counted"], outOf: row["out_of"],
      concerns: (row["concerns"] as String).split(separator: " ").compactMap { Concern(rawValue: String($0)) },
      raised: Timestamp(millis: row["raised_millis"]),
      known: Knowledge(receipt: row["known_receipt"], amendment: row["known_amendment"]),
      lapsed: (row["lapsed_millis"] as Int64?).map(Timestamp.init(millis:)))
  }

  private static func kind(_ text: String) throws -> FindingKind {
    guard let kind = FindingKind(rawValue: text) else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
    return kind
  }
}
