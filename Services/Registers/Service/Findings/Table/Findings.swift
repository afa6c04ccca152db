import Contracts
import GRDB
import RegistersDomain
import Rulebook
import ServiceKit
import Store

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
    let rows = try db.cursor(
      """
      SELECT number, registration, kind, occasion, since, became FROM findings
      WHERE school = ? AND start_year = ? AND lapsed_millis IS NULL ORDER BY number
      """, [school, year.startYear])
    var open: [Int64: [OpenFinding]] = [:]
    while let row = try rows.next() {
      open[row["registration"], default: []].append(
        OpenFinding(
          number: row["number"], kind: try row.get("kind"), occasion: row["occasion"], since: try row.get("since"),
          on: try row.get("became")))
    }
    return open
  }

  /// Keeps a finding and returns its number.
  static func add(
    _ finding: Finding, registration: Int64, school: URN, _ year: SchoolYear, concerns: [Concern], at: Timestamp,
    known: Knowledge, in db: Database
  ) throws -> Int64 {
    try db.insert(
      "findings",
      [
        "registration": registration, "school": school, "kind": finding.kind.rawValue, "start_year": year.startYear,
        "occasion": finding.occasion, "since": finding.since, "became": finding.on, "session": finding.session,
        "counted": finding.count, "out_of": finding.outOf,
        "concerns": concerns.map(\.rawValue).joined(separator: " "), "raised_millis": at,
        "known_receipt": known.receipt, "known_amendment": known.amendment,
      ])
  }

  /// Says whose concern the child of a finding is now.
  static func set(_ concerns: [Concern], of number: Int64, in db: Database) throws {
    try db.run(
      "UPDATE findings SET concerns = ? WHERE number = ?", [concerns.map(\.rawValue).joined(separator: " "), number])
  }

  static func lapse(_ number: Int64, at: Timestamp, in db: Database) throws {
    try db.run("UPDATE findings SET lapsed_millis = ? WHERE number = ?", [at, number])
  }

  static func find(_ number: Int64, in db: Database) throws -> Stored? {
    try db.row("SELECT * FROM findings WHERE number = ?", [number])
      .map(stored)
  }

  /// What is open of a registration and became true from a day on, oldest first.
  static func open(of registration: Int64, from day: Day, in db: Database) throws -> [Stored] {
    try db.rows(
      """
      SELECT * FROM findings WHERE registration = ? AND became >= ? AND lapsed_millis IS NULL ORDER BY number
      """, [registration, day]
    ).map(stored)
  }

  /// What a list of findings is narrowed to.
  struct Filter: Sendable {
    /// `nil` for all.
    var schools: [URN]?
    var kind: FindingKind?
    var isOpen: Bool?
    var on: Day?
    var concern: Concern?
    /// Children who are looked after on the day only.
    var lookedAfterOn: Day?
    /// Whose concern puts a child first: those that the reader may know of, for the order would tell the others.
    var first: [Concern] = Concern.allCases
  }

  /// Where a page begins: after a finding, of children of concern or of the others. What lapses between two pages moves
  /// nothing.
  struct Position: Hashable, Sendable {
    var isAmongOthers = false
    var number: Int64 = 0

    init(isAmongOthers: Bool, number: Int64) {
      self.isAmongOthers = isAmongOthers
      self.number = number
    }

    /// The position as callers know it; 0 is the beginning.
    init(_ text: Int64) {
      let cursor = PageCursor(text)
      isAmongOthers = cursor.group > 0
      number = cursor.number
    }

    var text: Int64 { PageCursor(group: isAmongOthers ? 1 : 0, number).position }
  }

  /// A page of findings: those of children who are somebody's concern first, then by number.
  static func page(
    _ filter: Filter, after: Position, limit: Int, in db: Database
  ) throws -> (findings: [Stored], next: Position?) {
    var position = after
    var found: [Stored] = []
    while found.count < limit {
      let part = try part(filter, after: position, limit: limit - found.count, in: db)
      found += part
      if found.count == limit, let last = found.last { position.number = last.number }
      guard found.count < limit else { return (found, position) }
      guard !position.isAmongOthers else { break }
      position = Position(isAmongOthers: true, number: 0)
    }
    return (found, nil)
  }

  /// Findings of children of concern, or of the others. Only what is asked for stands in the statement, so that each
  /// question has its index.
  private static func part(_ filter: Filter, after: Position, limit: Int, in db: Database) throws -> [Stored] {
    // Nobody is among those who come first, or nobody of the one concern is among the others.
    if after.isAmongOthers ? filter.concern.map(filter.first.contains) ?? false : filter.first.isEmpty { return [] }
    var (conditions, arguments): ([String], [any DatabaseValueConvertible]) = (["number > ?"], [after.number])
    func require(_ condition: String, _ values: any DatabaseValueConvertible...) {
      conditions.append(condition)
      arguments += values
    }
    if !after.isAmongOthers { require("concerns <> ''") }
    if filter.first == Concern.allCases {
      if after.isAmongOthers { require("concerns = ''") }
    } else if !filter.first.isEmpty {
      let isFirst = filter.first.map { "' ' || concerns || ' ' LIKE '% \($0.rawValue) %'" }
      require("\(after.isAmongOthers ? "NOT " : "")(\(isFirst.joined(separator: " OR ")))")
    }
    if let schools = filter.schools {
      conditions.append("school IN (\(schools.map { _ in "?" }.joined(separator: ", ")))")
      arguments += schools.map(\.text)
    }
    if let kind = filter.kind { require("kind = ?", kind.rawValue) }
    if let isOpen = filter.isOpen { conditions.append("lapsed_millis IS \(isOpen ? "" : "NOT ")NULL") }
    if let day = filter.on { require("became = ?", day.ordinal) }
    if let concern = filter.concern { require("' ' || concerns || ' ' LIKE '% ' || ? || ' %'", concern.rawValue) }
    if let day = filter.lookedAfterOn {
      require(
        """
        registration IN (SELECT r.number FROM flags f JOIN registrations r ON r.pupil = f.pupil
          WHERE f.kind = ? AND f.first <= ? AND (f.last IS NULL OR f.last >= ?))
        """, PupilFlag.lookedAfter.rawValue, day.ordinal, day.ordinal)
    }
    arguments.append(limit)
    return try db.rows(
      """
      SELECT * FROM findings \(index(filter, after).map { "INDEXED BY \($0)" } ?? "")
      WHERE \(conditions.joined(separator: " AND ")) ORDER BY number LIMIT ?
      """, StatementArguments(arguments)
    ).map(stored)
  }

  /// What narrows most: a day, then a school, then a kind; `nil` where SQLite finds it by itself.
  private static func index(_ filter: Filter, _ position: Position) -> String? {
    if filter.on != nil { return "findings_day" }
    if filter.schools != nil { return "findings_school" }
    guard filter.kind != nil else { return nil }
    return position.isAmongOthers ? "findings_kind" : "findings_concern_kind"
  }

  /// Spans of agreed part-time timetables of a school's children, by registration.
  static func agreedPartTime(_ school: URN, today: Day, in db: Database) throws -> [Int64: [DayRange]] {
    let rows = try db.rows(
      """
      SELECT a.registration, a.first, a.last FROM standing_registrations r JOIN arrangements a
      ON a.registration = r.number AND a.kind = 'part-time-timetable' WHERE r.school = ?
      """, [school])
    return try rows.reduce(into: [:]) { spans, row in
      let last = try row.get("last") ?? today
      spans[row["registration"], default: []].append(DayRange(first: try row.get("first"), last: last))
    }
  }

  private static func stored(_ row: Row) throws -> Stored {
    Stored(
      number: row["number"], registration: row["registration"], school: try row.get("school"),
      kind: try row.get("kind"), since: try row.get("since"), on: try row.get("became"),
      session: try row.get("session"), count: row["counted"], outOf: row["out_of"],
      concerns: row.words("concerns"),
      raised: try row.get("raised_millis"),
      known: Knowledge(receipt: row["known_receipt"], amendment: row["known_amendment"]),
      lapsed: try row.get("lapsed_millis"))
  }
}
