import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Foundation
import GRDB
import RollCopy
import Rulebook
import Store

/// The figures of what comes in and what comes of it.
extension Indicators {
  /// A referral that was received.
  struct Received {
    let number: Int64
    let route: String
    let on: Day
    /// The child's age in years; `nil` where the date of birth is unknown.
    let age: Int?
    let sex: Sex?
    /// The barriers that the referrer knows of.
    let reasons: Set<String>
    /// Whether the child's case was open already.
    let isLinked: Bool
  }

  /// What was received: a person's referral on the day on which it was sent, one that the register proposed on the day on
  /// which an officer accepted it (CW-25).
  func received() throws -> [Received] {
    try rows(
      """
      SELECT f.number, r.route, r.sent_on AS day, p.date_of_birth AS born, p.sex, r.is_duplicate AS linked,
        (SELECT json_group_array(json_extract(b.value, '$.barrier')) FROM json_each(r.form, '$.barriers') b
          WHERE json_extract(b.value, '$.view') = 'known') AS reasons
      FROM referral r JOIN case_file f ON f.number = r.case_number LEFT JOIN roll_pupil p ON p.pupil = r.pupil
      WHERE r.sent_on BETWEEN ?2 AND ?3 AND \(Self.ofSchools("r.case_number"))
      UNION ALL
      SELECT f.number, 'R8', e.on_day, p.date_of_birth, p.sex, 0, '[]' FROM case_entry e
        JOIN case_file f ON f.number = e.case_number LEFT JOIN roll_pupil p ON p.pupil = f.pupil
        WHERE e.name = 'acted accept' AND e.on_day BETWEEN ?2 AND ?3 AND \(Self.ofSchools("e.case_number"))
          AND EXISTS (SELECT 1 FROM case_entry b WHERE b.case_number = f.number AND b.name = 'acted propose')
      """
    ).map { row in
      let day: Day = try row.get("day")
      return Received(
        number: row["number"], route: row["route"], on: day,
        age: (row["born"] as Int32?).flatMap { Self.age(Day(ordinal: $0), on: day) },
        sex: (row["sex"] as String?).flatMap(Sex.init), reasons: try Self.words(row["reasons"]), isLinked: row["linked"]
      )
    }
  }

  private static func words(_ json: String) throws -> Set<String> {
    json == "[]" ? [] : Set(try JSONDecoder().decode([String].self, from: Data(json.utf8)))
  }

  private static func age(_ born: Day, on day: Day) -> Int? {
    (0...25).last { born.adding(months: 12 * $0) <= day }
  }

  /// I07: referrals received, by route, reason, age and sex, and their mean age.
  func referrals(_ received: [Received]) -> [Figure] {
    func part(_ name: String, _ isOf: (Received) -> Bool) -> Figure {
      Figure(id: "I07", part: name, cases: received.filter(isOf).map(\.number))
    }
    let ages = received.compactMap(\.age)
    let mean = ages.isEmpty ? nil : Fraction(ages.reduce(0, +), over: ages.count).oneDecimal
    return [part("") { _ in true }]
      + ReferralRoute.allCases.map { route in part("route \(route.rawValue)") { $0.route == route.rawValue } }
      + Referral.Barrier.allCases.map { reason in
        part("reason \(reason.rawValue)") { $0.reasons.contains(reason.rawValue) }
      } + [part("reason not known") { $0.reasons.isEmpty }]
      + Set(ages).sorted().map { age in part("age \(age)") { $0.age == age } }
      + [part("age not known") { $0.age == nil }]
      + Sex.allCases.map { sex in part("sex \(sex)") { $0.sex == sex } } + [part("sex not known") { $0.sex == nil }]
      + [Figure(id: "I07", part: "mean age", cases: [], value: mean)]
  }

  /// I11: the mean gain of the cases that were closed, and what it says nothing of.
  func gain() throws -> [Figure] {
    let figure = """
      (SELECT g.present || ' ' || g.possible FROM case_window w JOIN case_figure g ON g.window = w.number
       WHERE w.case_number = f.number AND w.kind = '%@' AND w.reference = 0 ORDER BY g.number DESC LIMIT 1)
      """
    let closed = try rows(
      """
      SELECT f.number, json_extract(f.json, '$.stated.closing') AS closing,
        \(figure.replacing("%@", with: "referral")) AS before, \(figure.replacing("%@", with: "closing")) AS after
      FROM case_entry e JOIN case_file f ON f.number = e.case_number
      WHERE e.name = 'acted close' AND e.on_day BETWEEN ?2 AND ?3 AND f.kind = ?4 AND \(Self.ofSchools("e.case_number"))
      """, [AttendanceCase.name])
    let nothing = Attended([], codes: .england)
    func attended(_ text: String?) -> Attended {
      let counts = (text ?? "").split(separator: " ").compactMap { Int($0) }
      return counts.count == 2 ? Attended(present: counts[0], possible: counts[1]) ?? nothing : nothing
    }
    let rule = Gain.Rule.standard.value(on: days.last)
    let cases = closed.compactMap { row -> (number: Int64, closed: GainSummary.Closed)? in
      guard let closing = (row["closing"] as String?).flatMap(Closing.init) else { return nil }
      return (
        row["number"],
        .init(referral: attended(row["before"]), closure: attended(row["after"]), closing: closing)
      )
    }
    func isMeasured(_ one: GainSummary.Closed) -> Bool {
      Gain(referral: one.referral, closure: one.closure, rule: rule).isMeasurable
    }
    let counted = cases.filter(\.closed.closing.countsInGain)
    let summary = GainSummary(cases.map(\.closed), rule: rule)
    let measured = counted.filter { isMeasured($0.closed) }.map(\.number)
    return [
      Figure(id: "I11", part: "", cases: measured, value: summary.mean?.oneDecimal),
      Figure(id: "I11", part: "median", cases: measured, value: summary.median?.oneDecimal),
      Figure(id: "I11", part: "not measurable", cases: counted.filter { !isMeasured($0.closed) }.map(\.number)),
      Figure(
        id: "I11", part: "left out", cases: cases.filter { !$0.closed.closing.countsInGain }.map(\.number)),
    ]
  }

  /// I12: referrals that came within twelve months of a closing (CW-8), as a share of those that opened a case.
  func returning(_ received: [Received]) throws -> Figure {
    let opened = Set(received.filter { !$0.isLinked }.map(\.number))
    let found = try rows(
      """
      SELECT f.number, f.pupil, f.opened FROM case_file f
      WHERE f.number IN (SELECT value FROM json_each(?4)) AND \(Self.ofSchools("f.number"))
      """, [try String(json: opened.sorted())])
    let earlier = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT p.pupil, p.number, e.on_day, json_extract(p.json, '$.stated.closing') AS closing
          FROM case_entry e JOIN case_file p ON p.number = e.case_number
          WHERE e.name = 'acted close' AND e.on_day BETWEEN ? AND ? AND p.kind = ?
            AND p.pupil IN (SELECT pupil FROM case_file WHERE number IN (SELECT value FROM json_each(?)))
          """),
      arguments: [
        days.first.adding(months: -24), days.last, AttendanceCase.name, try String(json: opened.sorted()),
      ])
    let closings = Dictionary(grouping: earlier) { $0["pupil"] as String }
    let back = try found.filter { row in
      let (number, opened): (Int64, Day) = (row["number"], try row.get("opened"))
      return try (closings[row["pupil"]] ?? []).contains { closing in
        guard (closing["number"] as Int64) < number,
          (closing["closing"] as String?).flatMap(Closing.init)?.countsInReReferral == true
        else { return false }
        return CaseClocks.isReReferral(receivedOn: opened, closedOn: try closing.get("on_day"))
      }
    }
    return Figure(id: "I12", part: "", cases: back.map { $0["number"] }, of: opened.count)
  }

  /// I27: triage and first contact in time, of those whose time is over or that were done; reviews that are overdue now.
  func timeliness() throws -> [Figure] {
    let triaged = try inTime(
      "triage", CaseClocks.triage, from: ["acted refer", "acted propose"],
      to: ["acted accept", "acted reject", "acted redirect"], or: ["acted lapse", "acted join"])
    let contacted = try inTime(
      "first contact", CaseClocks.firstContact, from: ["acted allocate"], to: ["acted contact"],
      or: ["acted close", "acted join", "acted leave", "acted go-missing"])
    let supported = try cases(
      """
      SELECT f.number FROM case_file f WHERE f.kind = ?4 AND f.is_open = 1
        AND f.state IN ('in-support', 'enforcement') AND \(Self.ofSchools("f.number"))
      """, [AttendanceCase.name])
    let overdue = try cases(
      """
      SELECT f.number FROM case_task t JOIN case_file f ON f.number = t.case_number
      WHERE f.kind = ?4 AND t.name = 'review' AND t.due < ?5 AND \(Self.ofSchools("t.case_number"))
      """, [AttendanceCase.name, today])
    return [triaged, contacted, Figure(id: "I27", part: "review overdue", cases: overdue, of: supported.count)]
  }

  /// - Parameter others: what takes a case away in time, so that there is nothing to judge.
  private func inTime(
    _ part: String, _ clock: Dated<Span>, from beginnings: [String], to ends: [String], or others: [String]
  ) throws -> Figure {
    let found = try rows(
      """
      SELECT f.number, e.on_day AS began, (SELECT d.on_day || ' ' || d.name FROM case_entry d
        WHERE d.case_number = f.number AND d.name IN (SELECT value FROM json_each(?5)) AND d.number > e.number
        ORDER BY d.number LIMIT 1) AS done
      FROM case_entry e JOIN case_file f ON f.number = e.case_number
      WHERE e.name IN (SELECT value FROM json_each(?6)) AND e.on_day BETWEEN ?2 AND ?3 AND f.kind = ?4
        AND \(Self.ofSchools("e.case_number"))
      """, [AttendanceCase.name, try String(json: ends + others), try String(json: beginnings)])
    var (met, judged): ([Int64], Int) = ([], 0)
    for row in found {
      let due = CaseClocks.lastDay(clock, from: try row.get("began"))
      let parts = ((row["done"] as String?) ?? "").split(separator: " ", maxSplits: 1)
      let done = parts.first.flatMap { Int32($0) }.map(Day.init(ordinal:))
      if let done, done <= due, let name = parts.last, others.contains(String(name)) { continue }
      guard done != nil || due < today else { continue }
      judged += 1
      if let done, done <= due { met.append(row["number"]) }
    }
    return Figure(id: "I27", part: part, cases: met, of: judged)
  }

  /// I29: assessments that began, and those that were open at the end of the last day.
  func earlyHelp() throws -> [Figure] {
    let begun = try cases(
      """
      SELECT DISTINCT f.number FROM case_record r JOIN case_file f ON f.number = r.case_number
      WHERE r.kind = 'assessment' AND json_extract(r.json, '$.opened') BETWEEN ?4 AND ?5
        AND \(Self.ofSchools("r.case_number"))
      """, [days.first.iso, days.last.iso])
    // Now the open cases are few beside all that ever had an assessment.
    let stands =
      days.last < today
      ? """
      NOT EXISTS (SELECT 1 FROM case_entry c WHERE c.case_number = f.number
        AND c.name IN ('acted close', 'acted join') AND c.on_day <= ?3)
      """ : "f.is_open = 1"
    let open = try cases(
      """
      SELECT f.number FROM case_file f WHERE f.kind = ?4 AND \(stands) AND EXISTS (
        SELECT 1 FROM case_record r WHERE r.case_number = f.number AND r.kind = 'assessment'
          AND json_extract(r.json, '$.opened') <= ?5 AND NOT EXISTS (
            SELECT 1 FROM case_record l WHERE l.case_number = f.number AND l.kind = 'assessment'
              AND l.number >= r.number AND json_extract(l.json, '$.completed') <= ?5))
        AND \(Self.ofSchools("f.number"))
      """, [AttendanceCase.name, days.last.iso])
    return [Figure(id: "I29", part: "begun", cases: begun), Figure(id: "I29", part: "open", cases: open)]
  }
}
