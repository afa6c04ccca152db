import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Foundation
import GRDB
import RollCopy
import Rulebook
import Store

/// The service's own figures of a span of days. Each is a set of cases, so that a figure opens to the cases that it counts.
struct Indicators {
  /// One figure.
  struct Figure {
    let id: String
    /// What of it, for example a route; empty for the whole.
    let part: String
    /// The cases that it counts.
    let cases: [Int64]
    /// Of how many; `nil` where it is a count and no share.
    var of: Int?
    /// Where it is neither a count nor a share, as it is shown; `nil` where it is.
    var value: String?
  }

  let days: DayRange
  let today: Day
  /// The schools that count, as a JSON list of URNs; `nil` for all.
  let schools: String?
  let db: Database

  init(_ days: DayRange, of schools: Set<URN>?, today: Day, in db: Database) throws {
    self.days = days
    self.today = today
    self.schools = try schools.map { try String(json: $0.map(\.text).sorted()) }
    self.db = db
  }

  /// Of the schools, by a column with the case's number: as soon as the number is known, without its row.
  static func ofSchools(_ number: String) -> String {
    """
    (?1 IS NULL OR \(number) IN (SELECT c.number FROM case_file c WHERE c.school IN (SELECT value FROM json_each(?1))))
    """
  }

  func rows(_ sql: String, _ more: StatementArguments = []) throws -> [Row] {
    try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [schools, days.first, days.last] + more)
  }

  func cases(_ sql: String, _ more: StatementArguments = []) throws -> [Int64] {
    try rows(sql, more).map { $0[0] }
  }

  func all(budgetPence: Int?) throws -> [Figure] {
    let (open, received) = (try open(), try received())
    return referrals(received) + [Figure(id: "I08", part: "", cases: open.map(\.number))] + (try caseload(open))
      + (try contracts(open.count)) + (try gain()) + [try returning(received)] + (try timeliness()) + (try earlyHelp())
      + cost(open.map(\.number), received.map(\.number), budgetPence) + (try demand())
  }

  /// What of a cluster stands beside the others.
  struct Beside {
    let referrals, open, contracts, returned, measured: Int
    /// Points to one decimal; `nil` below ten measured cases.
    let meanGain: String?
  }

  func sideBySide() throws -> Beside {
    let (received, gain) = (try received(), try gain())
    let open = try open().count
    return Beside(
      referrals: received.count, open: open, contracts: try contracts(open).reduce(0) { $0 + $1.cases.count },
      returned: try returning(received).cases.count, measured: gain[0].cases.count, meanGain: gain[0].value)
  }

  /// A case that was open, with the officer who has it now.
  typealias OpenCase = (number: Int64, officer: String?)

  /// I08: the cases that were open at the end of the last day. A referral that nobody has accepted is none yet.
  private func open() throws -> [OpenCase] {
    let found: [Row]
    if days.last < today {
      found = try rows(
        """
        SELECT DISTINCT f.number, f.owner FROM case_entry e JOIN case_file f ON f.number = e.case_number
        WHERE e.name = 'acted accept' AND e.on_day <= ?3 AND \(Self.ofSchools("e.case_number"))
          AND NOT EXISTS (SELECT 1 FROM case_entry c WHERE c.case_number = f.number
            AND c.name IN ('acted close', 'acted join') AND c.on_day <= ?3)
        """)
    } else {
      found = try rows(
        """
        SELECT f.number, f.owner FROM case_file f WHERE f.kind = ?4 AND f.is_open = 1 AND f.state <> 'received'
          AND \(Self.ofSchools("f.number"))
        """, [AttendanceCase.name])
    }
    return found.map { ($0[0], $0[1]) }
  }

  /// I09: open cases for a whole-time post, of the posts on record, and of each officer.
  private func caseload(_ open: [OpenCase]) throws -> [Figure] {
    let posts = Dictionary(
      uniqueKeysWithValues: try Row.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT officer, whole_time FROM officer_post p WHERE first = (
              SELECT max(first) FROM officer_post WHERE officer = p.officer AND first <= ?)
            """), arguments: [days.last]
      ).compactMap { row in Fraction(decimal: row[1] as String).map { (row[0] as String, $0) } })
    let all = posts.values.reduce(Fraction(0)) { $0 + $1 }
    let whole =
      schools == nil && Fraction(0) < all
      ? [Figure(id: "I09", part: "", cases: open.map(\.number), value: (Fraction(open.count) / all).oneDecimal)] : []
    let owned = Dictionary(grouping: open.filter { $0.officer != nil }) { $0.officer ?? "" }
    return whole
      + owned.sorted { $0.key < $1.key }.map { officer, cases in
        let post = posts[officer] ?? Fraction(1)
        return Figure(
          id: "I09", part: "officer \(officer)", cases: cases.map(\.number),
          value: (Fraction(cases.count) / post).oneDecimal)
      }
  }

  /// I10: contracts in their period on the last day, as a share of the cases that were open.
  private func contracts(_ open: Int) throws -> [Figure] {
    let isPast = days.last < today
    let active = """
      (SELECT json_extract(e.json, '$.to') FROM case_entry e WHERE e.case_number = f.number AND e.on_day <= ?3
       ORDER BY e.number DESC LIMIT 1)
      """
    let found = try cases(
      """
      SELECT DISTINCT c.case_number FROM contract c JOIN case_file f ON f.number = CAST(substr(c.id, 2) AS INTEGER)
      WHERE f.kind = ?4 AND \(isPast ? active : "f.state") = 'active' AND \(Self.ofSchools("f.number"))
      """, [AttendanceContract.name])
    return [Figure(id: "I10", part: "", cases: found, of: open)]
  }

  /// I33: what an open case, and a referral, costs in pounds of a budget that the reader states.
  private func cost(_ open: [Int64], _ received: [Int64], _ budgetPence: Int?) -> [Figure] {
    guard let budgetPence else { return [] }
    return [("pounds for each open case", open), ("pounds for each referral", received)].filter { !$1.isEmpty }.map {
      Figure(id: "I33", part: $0, cases: $1, value: Fraction(budgetPence, over: 100 * $1.count).oneDecimal)
    }
  }

  /// What was asked for and not met, by what was answered.
  private func demand() throws -> [Figure] {
    let counts = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT json_extract(f.json, '$.answer') AS answer, count(*) AS n FROM book_entry f
          WHERE f.book = ?4 AND f.on_day BETWEEN ?2 AND ?3
            AND (?1 IS NULL OR f.school IN (SELECT value FROM json_each(?1))) GROUP BY 1
          """), arguments: [schools, days.first, days.last, Book.unmetDemand.rawValue])
    let byAnswer = Dictionary(uniqueKeysWithValues: counts.map { ($0["answer"] as String, $0["n"] as Int) })
    return UnmetDemand.Answer.allCases.map { answer in
      Figure(id: "unmet", part: answer.rawValue, cases: [], value: "\(byAnswer[answer.rawValue] ?? 0)")
    }
  }
}

/// Counts of cases that other pages show.
enum CaseCounts {
  /// The open cases of a school by level of the pathway, from 1.
  static func levels(at school: URN, on day: Day, in db: Database) throws -> [Int] {
    let entry = Pathway.entryLevel.value(on: day)
    var counts = [Int](repeating: 0, count: Pathway.levels.count)
    for row in try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT coalesce(json_extract(json, '$.stated.level'), ?) AS level, count(*) AS n FROM case_file
          WHERE kind = ? AND school = ? AND is_open = 1 AND state <> 'received' GROUP BY 1
          """), arguments: [entry, AttendanceCase.name, school])
    {
      counts[min(max(row["level"] as Int, 1), counts.count) - 1] += row["n"] as Int
    }
    return counts
  }

  /// Each school's officer and cluster on a day, by the allocations on record.
  static func allocations(on day: Day, in db: Database) throws -> [URN: SchoolAllocation] {
    let entries = try BookStore.all(SchoolAllocation.self, in: db).map(\.entry).filter { $0.from <= day }
    return Dictionary(entries.map { ($0.urn, $0) }, uniquingKeysWith: { $0.from <= $1.from ? $1 : $0 })
  }

  /// Each cluster's schools on a day.
  static func clusters(on day: Day, in db: Database) throws -> [String: Set<URN>] {
    Dictionary(grouping: try allocations(on: day, in: db).values, by: \.cluster).mapValues { Set($0.map(\.urn)) }
  }
}
