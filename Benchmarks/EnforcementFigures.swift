import Contracts
import Foundation
import HTTPTypes
import Logging
import Rulebook
import ServiceKit
import SuiteDomain
import SuiteService

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One school year of a whole authority in enforcement: the marks applied from nothing, a year of penalty notices, and how
/// long it takes from a correction in a school until an officer has it as work.
struct EnforcementFigures {
  let schools: Int
  let pupils: Int
  let notices: Int
  let directory: String
  let prefix: String

  private static let authority = "880"
  /// How many corrections are timed.
  private static let corrections = 300
  /// The programs that read registers' topic beside enforcement: they rest, so that the figures are enforcement's.
  private static let resting: [ServiceName] = [.casework, .licensing, .cme, .notifier]

  /// - Returns: how many seconds the year took.
  func measure(into table: inout Table) async throws -> Double {
    var options = SuiteOptions(
      authorities: [try AuthorityCode(Self.authority)], folder: StateFolder(path: directory + "/suite"))
    options.isFresh = true
    options.kafkaBootstrapServers = nil
    // The last day of the school year, in the afternoon.
    options.now = Day(iso: "2027-07-22").map { Date(timeIntervalSince1970: Double($0.ordinal) * 86_400 + 54_000) }
    let suite = try await RunningSuite.start(options) { _ in MergedLog(path: nil, terminalLevel: .critical) }
    do {
      let seconds = try await measure(suite, into: &table)
      await stop(suite)
      return seconds
    } catch {
      await stop(suite)
      throw error
    }
  }

  private func stop(_ suite: RunningSuite) async {
    for service in Self.resting + [.enforcement] { await signal(SIGCONT, service, suite) }
    await suite.stop()
  }

  private func signal(_ signal: Int32, _ service: ServiceName, _ suite: RunningSuite) async {
    if let pid = await suite.supervisor.processID(of: "\(Self.authority).\(service.rawValue)") { kill(pid, signal) }
  }

  private func add(_ table: inout Table, _ name: String, _ value: Double, _ unit: String, _ note: String = "") {
    table.add(prefix + name, value, unit, note)
    FileHandle.standardError.write(Data("\(prefix)\(name) \(value) \(unit)\n".utf8))
  }

  private func measure(_ suite: RunningSuite, into table: inout Table) async throws -> Double {
    let made = MadeUpAuthority(try AuthorityCode(Self.authority), schools: schools, pupils: pupils, seed: 20_261_121)
    let load = Load(suite: suite, authority: Self.authority)
    for service in Self.resting { await signal(SIGSTOP, service, suite) }
    for school in made.schools { try await load.open(school, withParent: true) }
    try await load.waitUntilApplied(within: 600)

    // It stands still while the registers take in the year: what it then applies, it has nothing of.
    await signal(SIGSTOP, .enforcement, suite)
    let year = WholeYear(made: made, suite: suite, authority: Self.authority)
    let (marks, intake) = try await year.send()
    add(&table, "year_intake", Double(marks) / intake, "marks/s", "\(marks) marks at registers")
    let processor = try await processorSeconds(suite)
    await signal(SIGCONT, .enforcement, suite)
    let applied = try await timed { try await load.waitUntilApplied(within: 3_600) }
    add(&table, "year_applied", applied, "s", "from nothing, registers' feed and all; aim 60 at full size")
    add(&table, "year_applied_rate", Double(marks) / applied, "marks/s")
    let spent = try await processorSeconds(suite)
    for service in [ServiceName.enforcement, .registers] {
      let seconds = (spent[service] ?? 0) - (processor[service] ?? 0)
      add(&table, "year_applied_cpu_\(service.rawValue)", seconds, "s", "processor time")
    }

    let papers = EnforcementNotices(
      suite: suite, authority: Self.authority,
      store: suite.folder.storePath(authority: Self.authority, service: ServiceName.enforcement.rawValue))
    let issued = try await papers.issue(notices)
    add(&table, "notices", Double(issued.count), "", "issued, in the store")
    let millis = try await papers.correct(Array(issued.shuffled().prefix(Self.corrections)))
    add(&table, "correction_to_work_p50", percentile(millis, 0.5), "ms", "HTTP at registers to work in the store")
    add(&table, "correction_to_work_p99", percentile(millis, 0.99), "ms", "aim 100")
    for (name, megabytes) in await Memory.megabytes(of: suite, "VmHWM:") where name == "enforcement" {
      add(&table, "memory_peak_enforcement", megabytes, "MB")
    }
    let bytes = try RawSQLite.bytesByTable(papers.store).values.reduce(0, +)
    add(&table, "store", Double(bytes) / 1_048_576, "MB", "all tables of enforcement")
    return applied
  }

  /// The processor time that each program has taken, seconds, as Linux tells it.
  private func processorSeconds(_ suite: RunningSuite) async throws -> [ServiceName: Double] {
    var seconds: [ServiceName: Double] = [:]
    for service in [ServiceName.enforcement, .registers] {
      guard let pid = await suite.supervisor.processID(of: "\(Self.authority).\(service.rawValue)"),
        let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
        // Behind the name, which may have blanks, the 12th and 13th are ticks in the program and in the kernel.
        let fields = text.split(separator: ")").last?.split(separator: " "), fields.count > 12,
        let user = Double(fields[11]), let system = Double(fields[12])
      else { continue }
      seconds[service] = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
    return seconds
  }
}

/// A year of penalty notices, issued over HTTP by the routes that officers use, and corrections of what they rest on.
struct EnforcementNotices {
  let suite: RunningSuite
  let authority: String
  /// Where enforcement's store is: only read, except that letters are marked as printed.
  let store: String

  private static let officers = 4

  private struct Done: Decodable { let id: String }
  private struct Opening: Encodable {
    let person, proposal: String
    let reason = "The threshold is met"
    let considerations = [
      "support": "offered", "likely-to-change": "yes", "best-tool": "yes", "equality-and-health": "no-bar",
      "other-proceedings": "none", "leave": "no-holiday", "parent-allowed-absence": "yes",
      "code-of-conduct-met": "yes", "below-threshold-reason": "none",
    ]
  }
  private struct Issue: Encodable {
    struct Recipient: Encodable {
      let name = "Ida Made-Up"
      let address = ["2 Made-up Street"]
    }
    struct Child: Encodable {
      let name = "Ada Made-Up"
      let address = ["2 Made-up Street"]
      let school = "A school"
    }
    struct Officer: Encodable { let name = "Officer Made-Up", particulars = "Attendance officer" }
    struct Service: Encodable { let method = "first_class", on = "2027-07-22" }
    let recipient = Recipient()
    let child = Child()
    let officer = Officer()
    let service = Service()
    let identityVerified = "yes", addressVerified = "yes", enquiries = "not-needed", reason = "Everything holds"
  }

  /// Issues so many notices, each on an open proposal without a reason that may still be established.
  ///
  /// - Returns: their cases by number; fewer where there are fewer proposals.
  func issue(_ count: Int) async throws -> [Int] {
    let proposals = try RawSQLite.rows(
      store,
      """
      SELECT p.id, min(r.person) FROM proposal p JOIN roll_parent r ON r.pupil = p.pupil
      WHERE p.state = 'open' AND p.grounds ->> '$.unresolved' = 0 GROUP BY p.id ORDER BY p.number LIMIT \(count)
      """)
    let client = try suite.client(.enforcement, of: authority, as: .legalOfficer)
    let next = Locked(0)
    let cases = Locked<[Int]>([])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<Self.officers {
        group.addTask {
          while true {
            let number = next.withLock { value in
              defer { value += 1 }
              return value
            }
            guard number < proposals.count else { return }
            let opened = try await client.send(
              Done.self, .post, "/notices", json: Opening(person: proposals[number][1], proposal: proposals[number][0]))
            _ = try await client.send(Nothing.self, .post, "/notices/\(opened.id)/issue", json: Issue())
            if let id = Int(opened.id.dropFirst()) { cases.withLock { $0.append(id) } }
          }
        }
      }
      try await group.waitForAll()
    }
    // A year's letters were printed over the year; here the printer would still be at work for hours.
    try RawSQLite.run(
      store,
      """
      INSERT OR IGNORE INTO document_prints (number, pdf, digest, printed_millis)
      SELECT number, x'25', zeroblob(32), 0 FROM document_contents
      """)
    return cases.withLock { $0 }
  }

  /// Corrects one session of each notice, one after the other.
  ///
  /// - Returns: milliseconds from the school's request until an officer's work is in the store.
  func correct(_ cases: [Int]) async throws -> [Double] {
    var millis: [Double] = []
    for number in cases {
      guard
        let session = try RawSQLite.rows(
          store,
          """
          SELECT n.pupil, n.school, s.date, s.session FROM notice n JOIN notice_session s ON s.notice = n.number
          WHERE n.case_number = \(number) ORDER BY s.date DESC, s.session LIMIT 1
          """
        ).first, let ordinal = Int32(session[2])
      else { throw BenchError("a notice without sessions") }
      let client = try suite.client(.registers, of: authority, as: .school, schools: [session[1]])
      let work = try RawSQLite.Question(
        store, "SELECT 1 FROM case_task WHERE case_number = \(number) AND name LIKE 'decision-%'")
      let start = ContinuousClock.now
      _ = try await client.send(
        Nothing.self, .post, "/schools/\(session[1])/amendments",
        json: [
          "pupil": session[0], "date": Day(ordinal: ordinal).iso, "session": session[3] == "0" ? "AM" : "PM",
          "code": "M",
          "reason": "Letter seen",
        ])
      while try !work.hasAnswer() {
        guard start.duration(to: .now) < .seconds(20) else { throw BenchError("a correction came to no work") }
        try await Task.sleep(for: .milliseconds(1))
      }
      millis.append(start.duration(to: .now).seconds * 1_000)
    }
    return millis
  }
}
