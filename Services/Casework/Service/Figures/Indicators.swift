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

  private static let ofSchools = "(?1 IS NULL OR f.school IN (SELECT value FROM json_each(?1)))"

  private func rows(_ sql: String, _ more: StatementArguments = []) throws -> [Row] {
    try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [schools, days.first, days.last] + more)
  }

  private func cases(_ sql: String, _ more: StatementArguments = []) throws -> [Int64] {
    try rows(sql, more).map { $0[0] }
  }

  func all(budgetPence: Int?) throws -> [Figure] {
    let open = try open()
    return try referrals() + [Figure(id: "I08", part: "", cases: open)] + caseload(open) + contracts(open) + [gain()]
      + [returning()] + timeliness() + earlyHelp() + cost(open, budgetPence) + demand()
  }

  /// I07: referrals received, by route, and the mean age.
  private func referrals() throws -> [Figure] {
    let received = try rows(
      """
      SELECT f.number, r.route, r.sent_on AS day, p.date_of_birth AS born FROM referral r
        JOIN case_file f ON f.number = r.case_number LEFT JOIN roll_pupil p ON p.pupil = r.pupil
        WHERE r.sent_on BETWEEN ?2 AND ?3 AND \(Self.ofSchools)
      UNION ALL SELECT f.number, 'R8', e.on_day, p.date_of_birth FROM case_entry e
        JOIN case_file f ON f.number = e.case_number LEFT JOIN roll_pupil p ON p.pupil = f.pupil
        WHERE e.name = 'acted propose' AND e.on_day BETWEEN ?2 AND ?3 AND \(Self.ofSchools)
      """)
    let ages = try received.compactMap { row -> Int? in
      guard let ordinal = row["born"] as Int32? else { return nil }
      let (born, day): (Day, Day) = (Day(ordinal: ordinal), try row.get("day"))
      return (0...25).last { born.adding(months: 12 * $0) <= day }
    }
    let mean = ages.isEmpty ? nil : Fraction(ages.reduce(0, +), over: ages.count).oneDecimal
    let byRoute = Dictionary(grouping: received) { $0["route"] as String }
    return [Figure(id: "I07", part: "", cases: received.map { $0["number"] })]
      + ReferralRoute.allCases.map { route in
        Figure(id: "I07", part: "route \(route.rawValue)", cases: (byRoute[route.rawValue] ?? []).map { $0["number"] })
      } + [Figure(id: "I07", part: "mean age", cases: [], value: mean)]
  }

  /// I08: the cases that were open at the end of the last day.
  private func open() throws -> [Int64] {
    guard days.last < today else {
      return try cases(
        """
        SELECT f.number FROM case_file f WHERE f.kind = ?4 AND f.is_open = 1 AND f.state <> 'received'
          AND \(Self.ofSchools)
        """, [AttendanceCase.name])
    }
    return try cases(
      """
      SELECT DISTINCT f.number FROM case_entry e JOIN case_file f ON f.number = e.case_number
      WHERE e.name = 'acted accept' AND e.on_day <= ?3 AND \(Self.ofSchools)
        AND NOT EXISTS (SELECT 1 FROM case_entry c WHERE c.case_number = f.number
          AND c.name IN ('acted close', 'acted join') AND c.on_day <= ?3)
      """)
  }

  /// I09: open cases for a whole-time post, of the posts on record.
  private func caseload(_ open: [Int64]) throws -> [Figure] {
    let posts = try String.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT whole_time FROM officer_post p WHERE first = (
            SELECT max(first) FROM officer_post WHERE officer = p.officer AND first <= ?)
          """), arguments: [days.last]
    ).compactMap { Fraction(decimal: $0) }.reduce(Fraction(0)) { $0 + $1 }
    guard schools == nil, Fraction(0) < posts else { return [] }
    return [Figure(id: "I09", part: "", cases: open, value: (Fraction(open.count) / posts).oneDecimal)]
  }

  /// I10: contracts in their period now, as a share of the open cases.
  private func contracts(_ open: [Int64]) throws -> [Figure] {
    let active = try cases(
      """
      SELECT DISTINCT c.case_number FROM contract c JOIN case_file f ON 'c' || f.number = c.id
      WHERE f.kind = ?4 AND f.state = 'active' AND \(Self.ofSchools)
      """, [AttendanceContract.name])
    return [Figure(id: "I10", part: "", cases: active, of: open.count)]
  }

  /// I11: the mean gain of the cases that were closed.
  private func gain() throws -> Figure {
    let figure = """
      (SELECT g.present || ' ' || g.possible FROM case_window w JOIN case_figure g ON g.window = w.number
       WHERE w.case_number = f.number AND w.kind = '%@' AND w.reference = 0 ORDER BY g.number DESC LIMIT 1)
      """
    let closed = try rows(
      """
      SELECT f.number, json_extract(f.json, '$.stated.closing') AS closing,
        \(figure.replacing("%@", with: "referral")) AS before, \(figure.replacing("%@", with: "closing")) AS after
      FROM case_entry e JOIN case_file f ON f.number = e.case_number
      WHERE e.name = 'acted close' AND e.on_day BETWEEN ?2 AND ?3 AND f.kind = ?4 AND \(Self.ofSchools)
      """, [AttendanceCase.name])
    let nothing = Attended([], codes: .england)
    func attended(_ text: String?) -> Attended {
      let counts = (text ?? "").split(separator: " ").compactMap { Int($0) }
      return counts.count == 2 ? Attended(present: counts[0], possible: counts[1]) ?? nothing : nothing
    }
    let cases = closed.compactMap { row in
      (row["closing"] as String?).flatMap(Closing.init).map {
        GainSummary.Closed(referral: attended(row["before"]), closure: attended(row["after"]), closing: $0)
      }
    }
    let summary = GainSummary(cases, rule: Gain.Rule.standard.value(on: days.last))
    return Figure(
      id: "I11", part: "", cases: closed.map { $0["number"] }, of: summary.measured,
      value: summary.mean?.oneDecimal)
  }

  /// I12: referrals that came within twelve months of a closing (CW-8), as a share of those received.
  private func returning() throws -> Figure {
    let received = try rows(
      """
      SELECT f.number, f.pupil, f.opened FROM case_file f
      WHERE f.kind = ?4 AND f.opened BETWEEN ?2 AND ?3 AND \(Self.ofSchools)
      """, [AttendanceCase.name])
    let earlier = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT p.pupil, p.number, e.on_day, json_extract(p.json, '$.stated.closing') AS closing
          FROM case_entry e JOIN case_file p ON p.number = e.case_number
          WHERE e.name = 'acted close' AND e.on_day BETWEEN ? AND ? AND p.kind = ?
            AND EXISTS (SELECT 1 FROM case_file l WHERE l.pupil = p.pupil AND l.kind = p.kind AND l.number > p.number)
          """), arguments: [days.first.adding(months: -12), days.last, AttendanceCase.name])
    let closings = Dictionary(grouping: earlier) { $0["pupil"] as String }
    let back = try received.filter { row in
      let (number, opened): (Int64, Day) = (row["number"], try row.get("opened"))
      return try (closings[row["pupil"]] ?? []).contains { closing in
        guard (closing["number"] as Int64) < number,
          (closing["closing"] as String?).flatMap(Closing.init)?.countsInReReferral == true
        else { return false }
        return CaseClocks.isReReferral(receivedOn: opened, closedOn: try closing.get("on_day"))
      }
    }
    return Figure(id: "I12", part: "", cases: back.map { $0["number"] }, of: received.count)
  }

  /// I27: triage and first contact in time, of those whose time is over or that were done; reviews that are overdue now.
  private func timeliness() throws -> [Figure] {
    let triaged = try inTime(
      "triage", CaseClocks.triage, from: ["acted refer", "acted propose"],
      to: ["acted accept", "acted reject", "acted redirect"])
    let contacted = try inTime(
      "first contact", CaseClocks.firstContact, from: ["acted allocate"], to: ["acted contact"])
    let supported = try cases(
      """
      SELECT f.number FROM case_file f WHERE f.kind = ?4 AND f.is_open = 1
        AND f.state IN ('in-support', 'enforcement') AND \(Self.ofSchools)
      """, [AttendanceCase.name])
    let overdue = try cases(
      """
      SELECT f.number FROM case_task t JOIN case_file f ON f.number = t.case_number
      WHERE f.kind = ?4 AND t.name = 'review' AND t.due < ?5 AND \(Self.ofSchools)
      """, [AttendanceCase.name, today])
    return [triaged, contacted, Figure(id: "I27", part: "review overdue", cases: overdue, of: supported.count)]
  }

  private func inTime(
    _ part: String, _ clock: Dated<Span>, from beginnings: [String], to ends: [String]
  ) throws -> Figure {
    let found = try rows(
      """
      SELECT f.number, e.on_day AS began, (SELECT min(d.on_day) FROM case_entry d
        WHERE d.case_number = f.number AND d.name IN (SELECT value FROM json_each(?5)) AND d.number > e.number) AS done
      FROM case_entry e JOIN case_file f ON f.number = e.case_number
      WHERE e.name IN (SELECT value FROM json_each(?6)) AND e.on_day BETWEEN ?2 AND ?3 AND f.kind = ?4
        AND \(Self.ofSchools)
      """, [AttendanceCase.name, try String(json: ends), try String(json: beginnings)])
    var (met, judged): ([Int64], Int) = ([], 0)
    for row in found {
      let due = CaseClocks.lastDay(clock, from: try row.get("began"))
      let done = (row["done"] as Int32?).map { Day(ordinal: $0) }
      guard done != nil || due < today else { continue }
      judged += 1
      if let done, done <= due { met.append(row["number"]) }
    }
    return Figure(id: "I27", part: part, cases: met, of: judged)
  }

  /// I29: assessments that began, and those that are open now.
  private func earlyHelp() throws -> [Figure] {
    let begun = try cases(
      """
      SELECT DISTINCT f.number FROM case_record r JOIN case_file f ON f.number = r.case_number
      WHERE r.kind = 'assessment' AND json_extract(r.json, '$.opened') BETWEEN ?4 AND ?5
        AND \(Self.ofSchools)
      """, [days.first.iso, days.last.iso])
    let open = try cases(
      """
      SELECT f.number FROM case_file f JOIN case_record r ON r.number = (
        SELECT max(number) FROM case_record WHERE case_number = f.number AND kind = 'assessment')
      WHERE f.kind = ?4 AND f.is_open = 1 AND json_extract(r.json, '$.completed') IS NULL
        AND \(Self.ofSchools)
      """, [AttendanceCase.name])
    return [Figure(id: "I29", part: "begun", cases: begun), Figure(id: "I29", part: "open", cases: open)]
  }

  /// I33: what an open case costs, in pounds, of a budget that the reader states.
  private func cost(_ open: [Int64], _ budgetPence: Int?) -> [Figure] {
    guard let budgetPence, !open.isEmpty else { return [] }
    let pounds = Fraction(budgetPence, over: 100 * open.count)
    return [Figure(id: "I33", part: "pounds for each open case", cases: open, value: pounds.oneDecimal)]
  }

  /// What was asked for and not met, by what was answered.
  private func demand() throws -> [Figure] {
    let counts = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT json_extract(f.json, '$.answer') AS answer, count(*) AS n FROM book_entry f
          WHERE f.book = ?4 AND f.on_day BETWEEN ?2 AND ?3 AND \(Self.ofSchools) GROUP BY 1
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

  /// Each cluster's schools on a day, by the allocations on record.
  static func clusters(on day: Day, in db: Database) throws -> [String: Set<URN>] {
    let entries = try BookStore.all(SchoolAllocation.self, in: db).map(\.entry).filter { $0.from <= day }
    let latest = Dictionary(
      entries.map { ($0.urn, $0) }, uniquingKeysWith: { $0.from <= $1.from ? $1 : $0 })
    return Dictionary(grouping: latest.values, by: \.cluster).mapValues { Set($0.map(\.urn)) }
  }
}
