import Contracts
import Foundation
import GRDB
import GRDBSQLite
import RegistersDomain
import Rulebook
import Store

/// What figures are made of, read from the tables. For one transaction only.
struct FigureRows {
  private let db: Database
  private let select: Statement
  private let asOf: AsOf?

  /// - Parameter asOf: a past moment; `nil` for what is known now.
  init(_ db: Database, asOf: AsOf? = nil) throws {
    self.db = db
    self.asOf = asOf
    select = try db.cachedStatement(
      sql: "SELECT number & 255, codes FROM pupil_years WHERE number BETWEEN ? AND ? ORDER BY number")
  }

  /// The answer to a question. A scope without schools has none.
  func table(_ query: FigureQuery) throws -> FigureTable {
    var accumulator = FigureAccumulator(query)
    let flagged = try flags(query.grouping)
    for school in try schools(in: query.scope, during: query.period) {
      let later = try later(at: school, during: query.period)
      for facts in try registrations(at: school.urn, during: query.period, flagged) {
        try take(facts, school, query.period, without: later, into: &accumulator)
      }
    }
    return accumulator.table
  }

  /// The enrolments of a school that are in a figure, each with the figure of its own, in the order of entry.
  func enrolments(
    _ query: FigureQuery, after number: Int64, limit: Int
  ) throws -> [(facts: RegistrationFacts, table: FigureTable)] {
    var found: [(facts: RegistrationFacts, table: FigureTable)] = []
    for school in try schools(in: query.scope, during: query.period) {
      let later = try later(at: school, during: query.period)
      for facts in try registrations(at: school.urn, during: query.period, [:]) where facts.registration > number {
        guard found.count < limit else { return found }
        var one = FigureAccumulator(query)
        try take(facts, school, query.period, without: later, into: &one)
        let table = one.table
        if table.total.statistics.possible > 0 { found.append((facts, table)) }
      }
    }
    return found
  }

  /// The figures of some registrations of a child: of all together, and of each.
  func table(
    of pupil: StoredPupil, _ registrations: [Registration], _ query: FigureQuery
  ) throws -> (total: FigureTable, each: [FigureTable]) {
    var total = FigureAccumulator(query)
    let each = try registrations.map { registration in
      var one = FigureAccumulator(query)
      guard let school = try schools(in: .school(registration.school), during: query.period).first else {
        return one.table
      }
      let facts = RegistrationFacts(
        registration: registration.number, enrolledOn: registration.enrolledOn, leftOn: registration.leftOn,
        dateOfBirth: pupil.dateOfBirth, taught: pupil.taught)
      let later = try later(at: school, during: query.period, of: registration.number)
      try take(facts, school, query.period, without: later, into: &one)
      try take(facts, school, query.period, without: later, into: &total)
      return one.table
    }
    return (total.table, each)
  }

  private func later(
    at school: SchoolFacts, during period: DayRange, of registration: Int64? = nil
  ) throws -> LaterMarks? {
    try asOf.map { try LaterMarks(than: $0.marks, of: school.urn, in: period, registration: registration, db) }
  }

  /// The schools that a scope can have sessions of, by URN.
  func schools(in scope: FigureScope, during period: DayRange) throws -> [SchoolFacts] {
    var only: String?
    if case .school(let urn) = scope { only = urn.text }
    let areas = try memberships(of: only)
    let sessions = try Schools.sessions(of: only, during: period, asOf: asOf, in: db)
    let rows = try db.rows("SELECT urn, phase, kind FROM schools WHERE ?1 IS NULL OR urn = ?1 ORDER BY urn", [only])
    return try rows.compactMap { row in
      guard let phase = SchoolPhase(rawValue: row["phase"]), let kind = SchoolKind(rawValue: row["kind"]) else {
        throw DatabaseError.damaged
      }
      let urn: String = row["urn"]
      let school = SchoolFacts(
        urn: try URN(urn), phase: phase, kind: kind, clusters: areas.clusters[urn] ?? [],
        localities: areas.localities[urn] ?? [], sessions: sessions[urn] ?? [:])
      return school.mayHaveSessions(in: scope, during: period) ? school : nil
    }
  }

  /// Whether an area was ever recorded.
  func isKnown(_ kind: String, _ code: String) throws -> Bool {
    try db.has(
      """
      SELECT 1 FROM areas WHERE kind = ?1 AND code = ?2
      UNION ALL SELECT 1 FROM school_assignments WHERE kind = ?1 AND value = ?2
      """, [kind, code])
  }

  private func memberships(of school: String?) throws -> (
    clusters: [String: [Membership]], localities: [String: [Membership]]
  ) {
    var found: (clusters: [String: [Membership]], localities: [String: [Membership]]) = ([:], [:])
    let rows = try db.cursor(
      """
      SELECT school, kind, value, first, last FROM school_assignments
      WHERE kind IN ('cluster', 'locality') AND (?1 IS NULL OR school = ?1) ORDER BY school, first
      """, [school])
    while let row = try rows.next() {
      let membership = Membership(
        value: row["value"], first: try row.get("first"), last: try row.get("last"))
      let school: String = row["school"]
      if row["kind"] == "cluster" {
        found.clusters[school, default: []].append(membership)
      } else {
        found.localities[school, default: []].append(membership)
      }
    }
    return found
  }

  /// When children have the flag that a figure is split by; by the pupil's number.
  private func flags(_ grouping: FigureGrouping) throws -> [Int64: [DayRange]] {
    guard case .flag(let flag) = grouping else { return [:] }
    var found: [Int64: [DayRange]] = [:]
    let rows = try db.cursor(
      "SELECT pupil, first, last FROM flags WHERE kind = ? ORDER BY pupil, first", [flag.rawValue])
    while let row = try rows.next() {
      let last = (row["last"] as Int32?) ?? Int32.max
      found[row["pupil"], default: []].append(
        DayRange(first: try row.get("first"), last: Day(ordinal: last)))
    }
    return found
  }

  private func registrations(
    at school: URN, during period: DayRange, _ flagged: [Int64: [DayRange]]
  ) throws -> [RegistrationFacts] {
    let rows = try db.cursor(
      """
      SELECT r.number, r.enrolled_on, r.left_on, r.status, p.number, p.date_of_birth, p.sex, p.year_group,
        p.year_group_year
      FROM registrations r JOIN pupils p ON p.number = r.pupil
      WHERE r.school = ?1 AND (?4 OR (r.withdrawn_millis IS NULL AND r.enrolled_on <= ?2 AND (r.left_on IS NULL OR r.left_on >= ?3)))
      ORDER BY r.number
      """, [school, period.last, period.first, asOf != nil])
    var found: [RegistrationFacts] = []
    while let row = try rows.next() {
      var (enrolledOn, leftOn): (Day, Day?) = (try row.get(1), try row.get(2))
      if let asOf {
        guard let days = try asOf.days(ofRegistration: row[0], in: db) else { continue }
        if case .stated(let first, let last) = days { (enrolledOn, leftOn) = (first, last) }
      }
      found.append(
        RegistrationFacts(
          registration: row[0], enrolledOn: enrolledOn, leftOn: leftOn,
          isSubsidiary: row[3] == "subsidiary", dateOfBirth: try row.get(5), sex: row[6],
          taught: TaughtGroup(
            stated: row[7], (row[8] as Int?).map(SchoolYear.init(startYear:)), dateOfBirth: try row.get(5)),
          flagged: flagged[row[4]] ?? []))
    }
    return found
  }

  /// Adds the rows of a registration: SQLite's own bytes are counted where they lie.
  func take(
    _ facts: RegistrationFacts, _ school: SchoolFacts, _ period: DayRange, without later: LaterMarks? = nil,
    into accumulator: inout FigureAccumulator
  ) throws {
    let kept = PupilYearTable.years
    let first = max(SchoolYear(containing: period.first).startYear, kept.lowerBound)
    let last = min(SchoolYear(containing: period.last).startYear, kept.upperBound)
    guard first <= last else { return }
    let statement = select.sqliteStatement
    defer { sqlite3_reset(statement) }
    try check(sqlite3_bind_int64(statement, 1, facts.registration << 8 | Int64(first - kept.lowerBound)))
    try check(sqlite3_bind_int64(statement, 2, facts.registration << 8 | Int64(last - kept.lowerBound)))
    while true {
      let code = sqlite3_step(statement)
      if code == SQLITE_DONE { break }
      guard code == SQLITE_ROW else { throw failure(code) }
      let year = SchoolYear(startYear: Int(sqlite3_column_int64(statement, 0)) + kept.lowerBound)
      let bytes = UnsafeRawBufferPointer(
        start: sqlite3_column_blob(statement, 1), count: Int(sqlite3_column_bytes(statement, 1)))
      guard bytes.count == SchoolYear.rowLength else { throw failure(SQLITE_CORRUPT) }
      if let later {
        guard let row = PupilYear(year: year, codes: Array(bytes)) else { throw failure(SQLITE_CORRUPT) }
        later.takenBack(from: row, of: facts.registration).codes.withUnsafeBytes {
          accumulator.take($0, of: year, facts, school)
        }
      } else {
        accumulator.take(bytes, of: year, facts, school)
      }
    }
    accumulator.close()
  }

  private func check(_ code: Int32) throws {
    guard code == SQLITE_OK else { throw failure(code) }
  }

  private func failure(_ code: Int32) -> DatabaseError { DatabaseError(resultCode: ResultCode(rawValue: code)) }
}

extension SchoolFacts {
  /// Whether it belongs to a scope on any day of a period.
  fileprivate func mayHaveSessions(in scope: FigureScope, during period: DayRange) -> Bool {
    func isMember(_ memberships: [Membership], _ code: String) -> Bool {
      memberships.contains {
        $0.value == code && $0.first <= period.last && ($0.last.map { period.first <= $0 } ?? true)
      }
    }
    return switch scope {
    case .authority, .pupil: true
    case .school(let urn): self.urn == urn
    case .cluster(let code): isMember(clusters, code)
    case .locality(let code): isMember(localities, code)
    case .phase(let phase): self.phase == phase || self.phase == .allThrough
    }
  }
}
