import ArgumentParser
import Contracts
import Foundation
import GRDB
import HTTPTypes
import Logging
import Rulebook
import ServiceKit
import SuiteDomain
import SuiteService

/// What officers wait for, with the cases of the largest authority.
struct CaseworkBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "casework", abstract: "Work list, chronology and figures with many cases, in the real program.")

  @Option(help: "How many cases are open.") var open = 10_000
  @Option(help: "How many cases are closed.") var closed = 50_000
  @Option(help: "Where the same figures are written as JSON.") var json: String?

  func validate() throws {
    guard (100...100_000).contains(open), (0...500_000).contains(closed) else {
      throw ValidationError("100 to 100,000 open cases, 500,000 closed at most")
    }
  }

  func run() async throws {
    var table = Table()
    try await withBenchDirectory { directory in
      try await CaseworkFigures(open: open, closed: closed, directory: directory).measure(into: &table)
    }
    table.print()
    if let json { try table.write(to: json) }
  }
}

/// One case goes through the program by its own events and routes; its rows are then copied for other children and days.
struct CaseworkFigures {
  let open: Int
  let closed: Int
  let directory: String

  private static let authority = "880"
  private static let clusters = 40
  private static let rounds = 200

  func measure(into table: inout Table) async throws {
    var options = SuiteOptions(
      authorities: [try AuthorityCode(Self.authority)], folder: StateFolder(path: directory + "/suite"))
    options.isFresh = true
    options.kafkaBootstrapServers = nil
    options.now = Day(iso: "2027-03-01").map { Date(timeIntervalSince1970: Double($0.ordinal) * 86_400 + 54_000) }
    let made = MadeUpAuthority(try AuthorityCode(Self.authority), schools: 20, pupils: 2_000, seed: 20_261_121)
    let suite = try await RunningSuite.start(options) { _ in MergedLog(path: nil, terminalLevel: .critical) }
    do {
      let load = Load(suite: suite, authority: Self.authority)
      for school in made.schools { try await load.open(school) }
      try await lateTerm(made, suite, load, into: &table)
      try multiply(try AuthorityCode(Self.authority), suite)
      try await questions(suite, into: &table)
    } catch {
      await suite.stop()
      throw error
    }
    await suite.stop()
  }

  /// A term's marks of every school come at once, where every child has a referral: how long casework is behind.
  private func lateTerm(
    _ made: MadeUpAuthority, _ suite: RunningSuite, _ load: Load, into table: inout Table
  ) async throws {
    let officer = try suite.client(.casework, of: Self.authority, as: .attendanceOfficer)
    let registers = try suite.client(.registers, of: Self.authority, as: .attendanceOfficer)
    try await load.waitUntilApplied(by: [.casework])
    var referred = 0
    for school in made.schools {
      let roll = try await registers.get(RollPage.self, "/schools/\(school.urn.text)/pupils")
      for pupil in roll.pupils.prefix(10) {
        let body = Sent(pupil: pupil.id, school: school.urn.text)
        let entered = try await officer.send(Entered.self, .post, "/referrals", json: body)
        let sent = try await officer.call(.post, "/referrals/\(entered.id)/send")
        guard sent.isSuccess else { throw BenchError("a referral was answered \(sent.status)") }
        referred += 1
      }
    }
    let first = Day(iso: "2026-09-01") ?? MadeUpAuthority.schoolYear.first
    let last = Day(iso: "2026-12-18") ?? MadeUpAuthority.schoolYear.last
    let start = ContinuousClock.now
    for school in made.schools {
      let book = AttendanceBook(of: school, in: MadeUpAuthority.schoolYear, seed: made.seed)
      let answer = try await registers.call(
        .post, "/schools/\(school.urn.text)/marks", body: book.csv(DayRange(first: first, last: last)),
        contentType: "text/csv")
      guard answer.isSuccess else { throw BenchError("a file was answered \(answer.status)") }
    }
    let sent = start.duration(to: .now).seconds
    try await load.waitUntilApplied(by: [.casework], within: 1_800)
    table.add("late_term_sent", sent, "s", "one file a school, \(made.schools.count) schools")
    table.add(
      "late_term_behind", start.duration(to: .now).seconds - sent, "s",
      "until casework had counted \(referred) children's windows anew")
  }

  private struct RollPage: Decodable {
    struct Line: Decodable { let id: String }
    let pupils: [Line]
  }

  private struct Entered: Decodable { let id: String }

  /// A referral by a family.
  private struct Sent: Encodable {
    struct Form: Encodable {
      struct Safeguarding: Encodable {
        let answer = "no"
        let by = "Lead"
        let sent: [String] = []
      }

      let route = "R7"
      let contact = "By telephone"
      let safeguarding = Safeguarding()
    }

    let pupil, school: String
    let form = Form()
  }

  /// Copies the rows of the first case, for other children, schools and days.
  private func multiply(_ authority: AuthorityCode, _ suite: RunningSuite) throws {
    let path = suite.folder.storePath(authority: Self.authority, service: "casework")
    let store = try DatabaseQueue(path: path)
    let today = Day(iso: "2027-03-01")?.ordinal ?? 0
    try store.write { db in
      // Of a file that the program does not write meanwhile: it has nothing to do.
      try db.execute(
        sql: """
          CREATE TEMP TABLE wanted AS WITH RECURSIVE
            n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :all),
            schools AS (SELECT urn, row_number() OVER (ORDER BY urn) - 1 AS place, count(*) OVER () AS n FROM roll_school)
            SELECT i, i + 1000000 AS number, printf('p9%08d', i) AS pupil, i <= :open AS is_open, urn AS school,
              :today - CASE WHEN i <= :open THEN i % 120 ELSE i % 1500 END AS on_day
            FROM n JOIN schools ON place = i % schools.n;
          """, arguments: ["all": open + closed, "open": open, "today": Int(today)])
      let columns = "kind, owner_role, json"
      try db.execute(
        sql: """
          INSERT INTO case_file (number, kind, subject, pupil, school, state, is_open, owner_role, owner, opened, next_due, json)
            SELECT w.number, f.kind, w.pupil, w.pupil, w.school, CASE WHEN w.is_open THEN 'in-support' ELSE 'closed' END,
              w.is_open, f.owner_role, 'u-' || (w.i % 60), w.on_day,
              CASE WHEN w.is_open THEN w.on_day + 42 END,
              CASE WHEN w.is_open THEN f.json ELSE json_set(f.json, '$.stated.closing', 'partial') END
            FROM wanted w, (SELECT \(columns) FROM case_file WHERE kind = 'attendance-case' ORDER BY number LIMIT 1) f
          """)
      for (number, name, later) in [(1, "acted refer", 0), (2, "acted accept", 2), (3, "acted close", 90)] {
        try db.execute(
          sql: """
            INSERT INTO case_entry (case_number, number, at_millis, on_day, name, json)
              SELECT w.number, ?, 0, w.on_day + ?, ?, e.json FROM wanted w, (SELECT json FROM case_entry LIMIT 1) e
              WHERE ? < 3 OR NOT w.is_open
            """, arguments: [number, later, name, number])
      }
      for kind in ["referral", "closing"] {
        try db.execute(
          sql: """
            INSERT INTO case_window (case_number, kind, pupil, school, last)
              SELECT number, ?1, pupil, school, on_day FROM wanted WHERE ?1 = 'referral' OR NOT is_open
            """, arguments: [kind])
      }
      try db.execute(
        sql: """
          INSERT INTO case_figure (window, at_millis, first, last, present, possible)
            SELECT w.number, 0, w.last - 90, w.last, 60 + w.number % 50, 118 FROM case_window w
            WHERE w.case_number > 1000000;
          INSERT INTO case_task (case_number, name, title, due, role, person)
            SELECT number, 'review', 'Review the plan with the family', on_day + 42, 'attendance-officer', 'u-' || (i % 60)
            FROM wanted WHERE is_open;
          INSERT INTO case_record (case_number, kind, at_millis, by, json)
            SELECT number, 'assessment', 0, owner, json_object('opened', date(on_day * 86400, 'unixepoch'), 'completed',
              CASE WHEN number % 3 > 0 THEN date((on_day + 20) * 86400, 'unixepoch') END)
            FROM (SELECT w.*, 'u-' || (i % 60) AS owner FROM wanted w);
          INSERT INTO case_record (case_number, kind, at_millis, by, json)
            SELECT number, 'contact', on_day * 86400000, 'u-1', '{}' FROM wanted, json_each('[0,1,2,3,4]');
          INSERT INTO case_holder (case_number, pupil, officer, first)
            SELECT number, pupil, 'u-' || (i % 60), on_day FROM wanted;
          INSERT INTO chronology (pupil, school, at_millis, on_day, what, reference)
            SELECT pupil, school, 0, on_day + k.value, 'persistent absence found', 'f' || i
            FROM wanted, json_each('[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19]') k;
          ANALYZE;
          """)
    }
    try store.close()
  }

  private func questions(_ suite: RunningSuite, into table: inout Table) async throws {
    let officer = try suite.client(.casework, of: Self.authority, as: .attendanceOfficer)
    let manager = try suite.client(.casework, of: Self.authority, as: .manager)
    let schools = try await schoolURNs(suite)
    for (number, urn) in schools.enumerated() {
      let body = ["urn": urn, "officer": "u-1", "cluster": "c\(number % Self.clusters)", "from": "2020-09-01"]
      _ = try await manager.send(Nothing.self, .post, "/school-allocations", json: body)
    }
    func ask(
      _ name: String, _ count: Int, aim: Int, _ note: String, _ client: ServiceClient, _ path: (Int) -> String
    ) async throws {
      var millis: [Double] = []
      for number in 0..<count {
        let start = ContinuousClock.now
        let answer = try await client.call(.get, path(number))
        guard answer.isSuccess else { throw BenchError("\(path(number)) was answered \(answer.status)") }
        millis.append(start.duration(to: .now).seconds * 1_000)
      }
      table.add("\(name)_p50", percentile(millis, 0.5), "ms", note)
      table.add("\(name)_p95", percentile(millis, 0.95), "ms", "aim \(aim)")
    }
    let span = "from=2026-09-01&to=2027-03-01"
    try await ask("work_list", Self.rounds, aim: 20, "\(open) open cases: the first hundred of what is due", manager) {
      _ in "/tasks"
    }
    try await ask("chronology", Self.rounds, aim: 30, "a child's, with its audit entry", officer) {
      "/children/\(String(format: "p9%08d", $0 * 37 % (open + closed) + 1))/chronology"
    }
    try await ask("cluster_figures", 40, aim: 100, "I07 to I12, I27 and I29 of one cluster", manager) {
      "/figures?\(span)&cluster=c\($0 % min(Self.clusters, schools.count))"
    }
    try await ask("clusters", 5, aim: 2_000, "\(min(Self.clusters, schools.count)) clusters side by side", manager) {
      _ in
      "/figures/clusters?\(span)"
    }
    try await ask("caseload", 10, aim: 500, "each of 60 officers", manager) { _ in "/caseload" }
    try await ask("authority_figures", 5, aim: 1_000, "the same of the whole authority", manager) { _ in
      "/figures?\(span)"
    }
  }

  private func schoolURNs(_ suite: RunningSuite) async throws -> [String] {
    let path = suite.folder.storePath(authority: Self.authority, service: "casework")
    let store = try DatabaseQueue(path: path)
    defer { try? store.close() }
    return try await store.read { try String.fetchAll($0, sql: "SELECT urn FROM roll_school ORDER BY urn") }
  }
}
