import Contracts
import Foundation
import GRDBSQLite
import HTTPTypes
import Kafka
import Logging
import Rulebook
import ServiceKit
import SuiteDomain
import SuiteService

/// One school year of a whole authority in the real programs.
struct RegistersFigures {
  let schools: Int
  let pupils: Int
  let directory: String
  let prefix: String

  private static let authority = "880"
  private static let year = MadeUpAuthority.schoolYear
  /// How many do so in the morning, when all schools send.
  private static let morningSenders = 4
  private static let clusters = 40

  func measure(into table: inout Table) async throws {
    var options = SuiteOptions(
      authorities: [try AuthorityCode(Self.authority)], folder: StateFolder(path: directory + "/suite"))
    options.isFresh = true
    options.kafkaBootstrapServers = nil
    // The last day of the school year, in the afternoon.
    options.now = Day(iso: "2027-07-22").map { Date(timeIntervalSince1970: Double($0.ordinal) * 86_400 + 54_000) }
    let began = ContinuousClock.now
    let clock = { (options.now ?? Date()).addingTimeInterval(began.duration(to: .now).seconds) }
    let suite = try await RunningSuite.start(options) { _ in MergedLog(path: nil, terminalLevel: .critical) }
    do {
      try await measure(suite, clock, into: &table)
    } catch {
      await suite.stop()
      throw error
    }
    await suite.stop()
  }

  private func add(_ table: inout Table, _ name: String, _ value: Double, _ unit: String, _ note: String = "") {
    table.add(prefix + name, value, unit, note)
    FileHandle.standardError.write(Data("\(prefix)\(name) \(value) \(unit)\n".utf8))
  }

  private func measure(_ suite: RunningSuite, _ clock: () -> Date, into table: inout Table) async throws {
    let made = MadeUpAuthority(try AuthorityCode(Self.authority), schools: schools, pupils: pupils, seed: 20_261_121)
    let load = Load(suite: suite, authority: Self.authority)
    let ceiling = try RawSQLite(directory: directory).upsertRate(pupils: 1_200, weeks: 8, .indexed)
    add(&table, "raw_sqlite_upsert", ceiling, "marks/s", "one upsert a mark, unique index, 10,000 a commit, FULL")

    let enrolled = try await timed {
      for (number, school) in made.schools.enumerated() {
        try await load.open(school)
        try await load.assign(school, cluster: "c\(number % Self.clusters)")
      }
    }
    add(
      &table, "enrolment", Double(made.pupilCount) / enrolled, "pupils/s", "\(made.pupilCount) pupils, HTTP to durable")

    let beforeTheYear = Timestamp(clock())
    let year = WholeYear(made: made, suite: suite, authority: Self.authority)
    let last = try year.last
    let (marks, intake) = try await year.send()
    add(&table, "year_intake", Double(marks) / intake, "marks/s", "\(marks) marks, one file a school and half term")
    add(&table, "year_intake_ratio", Double(marks) / intake / ceiling, "ratio", "of raw_sqlite_upsert")
    let lag = try await timed { try await load.waitUntilApplied(by: [.enforcement, .notifier], within: 1_800) }
    add(&table, "year_applied_after", lag, "s", "until enforcement and notifier had applied the year")

    try await session(made, last, suite, load, into: &table)
    try await questions(made, suite, beforeTheYear, into: &table)
    try await corrections(made, last, suite, into: &table)
    try sizes(suite, into: &table)
    for (name, megabytes) in await Memory.megabytes(of: suite, "VmHWM:") {
      add(&table, "memory_peak_\(name)", megabytes, "MB", name == "registers" ? "aim 500" : "")
    }
  }

  /// One session of all schools, from the first byte to the last event at every consumer.
  private func session(
    _ made: MadeUpAuthority, _ last: Day, _ suite: RunningSuite, _ load: Load, into table: inout Table
  ) async throws {
    let files = made.schools.map { school in
      AttendanceBook(of: school, in: Self.year, seed: made.seed).csv(DayRange(first: last, last: last), [.pm])
    }
    let client = try suite.client(.registers, of: Self.authority, as: .attendanceOfficer)
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for sender in 0..<Self.morningSenders {
        group.addTask {
          for number in stride(from: sender, to: files.count, by: Self.morningSenders) {
            _ = try await WholeYear.send(files[number], to: made.schools[number], client)
          }
        }
      }
      try await group.waitForAll()
    }
    let durable = start.duration(to: .now).seconds
    try await load.waitUntilApplied(by: [.enforcement, .notifier])
    add(&table, "session_durable", durable, "s", "all schools, a file each, \(Self.morningSenders) at a time")
    add(&table, "session_at_every_consumer", start.duration(to: .now).seconds, "s", "first byte to last event; aim 3")
  }

  /// The year judged again, and figures of it.
  private func questions(
    _ made: MadeUpAuthority, _ suite: RunningSuite, _ beforeTheYear: Timestamp, into table: inout Table
  ) async throws {
    let officer = try suite.client(.registers, of: Self.authority, as: .attendanceOfficer)
    let judged = try await timed { _ = try await officer.call(.post, "/sweeps?again=true") }
    add(&table, "year_judged_again", judged, "s", "every finding of every child held against the marks; aim 60")
    func ask(_ name: String, _ count: Int, _ note: String, _ path: (Int) -> String) async throws {
      var millis: [Double] = []
      for number in 0..<count {
        let start = ContinuousClock.now
        let answer = try await officer.call(.get, path(number))
        guard answer.isSuccess else { throw BenchError("\(path(number)) was answered \(answer.status)") }
        millis.append(start.duration(to: .now).seconds * 1_000)
      }
      add(&table, name, median(millis), "ms", note)
    }
    let year = "from=2026-09-01&to=2027-07-22"
    try await ask("figures_authority_year", 3, "attendance and absence of the whole year, computed from the rows") {
      _ in
      "/figures?scope=authority&\(year)"
    }
    try await ask("figures_cluster", 20, "one cluster's year by school") {
      "/figures?scope=cluster:c\($0)&\(year)&groupBy=school"
    }
    try await ask("figures_cluster_as_of", 3, "the same as known before the year: every mark is taken back") {
      "/figures?scope=cluster:c\($0)&\(year)&groupBy=school&asOf=\(beforeTheYear)"
    }
    try await ask("missing_registers", 5, "which schools have not sent") { _ in
      "/registers/missing?date=2027-07-01&session=AM"
    }
    let search = try await officer.searchMillis(made)
    add(&table, "pupil_search_p50", percentile(search, 0.5), "ms", "by beginning of the family name; aim 50")
    add(&table, "pupil_search_p99", percentile(search, 0.99), "ms")
  }

  /// From a correction to its event in the topic.
  private func corrections(
    _ made: MadeUpAuthority, _ last: Day, _ suite: RunningSuite, into table: inout Table
  ) async throws {
    let topic = ServiceName.registers.topic(authority: Self.authority)
    let kafka = KafkaFigures.client(of: suite.state)
    let reader = try TopicReader(kafka)
    let consumer = try Consumer(kafka)
    try await consumer.assign([topic: .absolute(try await reader.watermarks(of: topic).high)])
    await reader.close()
    var millis: [Double] = []
    for school in made.schools.prefix(100) {
      let client = try suite.client(.registers, of: Self.authority, as: .school, schools: [school.urn.text])
      let roll = try await client.get(RollPage.self, "/schools/\(school.urn.text)/pupils")
      guard let pupil = roll.pupils.first else { continue }
      let start = ContinuousClock.now
      _ = try await client.send(
        Nothing.self, .post, "/schools/\(school.urn.text)/amendments",
        json: ["pupil": pupil.id, "date": last.iso, "session": "AM", "code": "M", "reason": "Letter seen"])
      wait: while start.duration(to: .now).seconds < 10 {
        for case .record(let record) in try await consumer.nextBatch(max: 10, wait: .milliseconds(500))
        where record.header("ce_type") == MarksAmended.type.name { break wait }
      }
      millis.append(start.duration(to: .now).seconds * 1_000)
    }
    await consumer.close()
    add(&table, "correction_to_event_p50", percentile(millis, 0.5), "ms", "HTTP to another Kafka client")
    add(&table, "correction_to_event_p99", percentile(millis, 0.99), "ms", "aim 50")
  }

  private struct RollPage: Decodable {
    struct Line: Decodable { let id: String }
    let pupils: [Line]
  }

  /// What the store takes, by what it is for.
  private func sizes(_ suite: RunningSuite, into table: inout Table) throws {
    let path = suite.folder.storePath(authority: Self.authority, service: "registers")
    let bytes = try RawSQLite.bytesByTable(path)
    let log = [
      "receipts", "entries", "entries_session", "entries_school", "entry_words", "amendments",
      "amendments_mark", "outbox", "admission_log",
      "admission_log_pupil", "admission_log_registration",
    ]
    let logBytes = log.reduce(0) { $0 + (bytes[$1] ?? 0) }
    let all = bytes.values.reduce(0, +)
    let mega = 1_048_576.0
    add(
      &table, "store_log", Double(logBytes) / mega, "MB",
      "entries and statements as they came, amendments, receipts, events")
    add(&table, "store_beyond_log", Double(all - logBytes) / mega, "MB", "pupil-year rows, roll, findings; aim 300")
    for (name, size) in bytes.sorted(by: { $0.value > $1.value }).prefix(14) {
      add(&table, "store_table_\(name)", Double(size) / mega, "MB")
    }
  }
}

extension ServiceClient {
  /// How long searches for children take, milliseconds each.
  fileprivate func searchMillis(_ made: MadeUpAuthority) async throws -> [Double] {
    var millis: [Double] = []
    for number in 0..<100 {
      let school = made.schools[number * 7 % made.schools.count]
      guard let pupil = school.pupils.first else { continue }
      let start = ContinuousClock.now
      _ = try await send(
        Nothing.self, .post, "/pupils/search",
        json: ["familyName": String(pupil.familyName.prefix(4)), "givenName": pupil.givenName])
      millis.append(start.duration(to: .now).seconds * 1_000)
    }
    return millis
  }
}
