import Contracts
import Foundation
import Logging
import Rulebook
import ServiceKit
import SuiteDomain
import SuiteService

/// The real programs of one authority under load.
struct SuiteFigures {
  let rounds: Int
  let pupils: Int
  let directory: String
  /// The programs that run beside the broker.
  let programs: [Program]

  private static let authority = "880"

  func measure(into table: inout Table) async throws {
    var options = SuiteOptions(
      authorities: [try AuthorityCode(Self.authority)], folder: StateFolder(path: directory + "/suite"))
    options.isFresh = true
    options.services = programs
    options.allowsLoopbackWebhooks = true
    options.kafkaBootstrapServers = nil
    options.now = Day(iso: "2027-02-01").map { Date(timeIntervalSince1970: Double($0.ordinal) * 86_400 + 43_200) }
    let began = ContinuousClock.now
    let suite = try await RunningSuite.start(options) { _ in MergedLog(path: nil, terminalLevel: .critical) }
    let startSeconds = began.duration(to: .now).seconds
    do {
      try await measure(suite, startSeconds, into: &table)
    } catch {
      await suite.stop()
      throw error
    }
    await suite.stop()
  }

  private func measure(_ suite: RunningSuite, _ startSeconds: Double, into table: inout Table) async throws {
    let idle = await memory(suite)
    let made = MadeUpAuthority(
      try AuthorityCode(Self.authority), schools: rounds, pupils: rounds * pupils, seed: 20_261_121)
    let load = Load(suite: suite, authority: Self.authority)
    for school in made.schools { try await load.open(school) }

    let raw = RawSQLite(directory: directory)
    var (indexed, clustered, intake, applied): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    for school in made.schools {
      let files = load.weeklyFiles(school, seed: made.seed)
      indexed.append(try raw.upsertRate(pupils: school.pupils.count, weeks: files.count, .indexed))
      clustered.append(try raw.upsertRate(pupils: school.pupils.count, weeks: files.count, .clustered))
      let (marks, seconds, appliedSeconds) = try await load.send(files, to: school)
      intake.append(Double(marks) / seconds)
      applied.append(Double(marks) / appliedSeconds)
    }
    func ratio(_ ours: [Double], _ raw: [Double]) -> Double { median(zip(ours, raw).map { $0 / $1 }) }
    table.add("raw_sqlite_upsert", median(indexed), "marks/s", "one upsert a mark, unique index, 10,000 a commit, FULL")
    table.add("raw_sqlite_upsert_clustered", median(clustered), "marks/s", "the same without rowid, key order")
    table.add("intake", median(intake), "marks/s", "HTTP CSV to durable; one pupil-year row a pupil and file")
    table.add("intake_ratio", ratio(intake, indexed), "ratio", "of raw_sqlite_upsert; aim 1.00")
    table.add("intake_ratio_clustered", ratio(intake, clustered), "ratio", "of raw_sqlite_upsert_clustered")
    table.add("applied", median(applied), "marks/s", "until enforcement has applied them")
    table.add("applied_ratio", ratio(applied, indexed), "ratio", "of raw_sqlite_upsert")

    let millis = try await TenthMark(suite: suite, authority: Self.authority).measure(count: 20 * rounds)
    table.add("tenth_mark_to_webhook_p50", percentile(millis, 0.5), "ms", "aim 50; limited by two topics' fetch waits")
    table.add("tenth_mark_to_webhook_p99", percentile(millis, 0.99), "ms", "aim 250")

    let loaded = await memory(suite)
    for (name, megabytes) in idle { table.add("memory_idle_\(name)", megabytes, "MB") }
    table.add("memory_idle", idle.map(\.1).reduce(0, +), "MB", "all programs of one authority and the broker; aim 300")
    for (name, megabytes) in loaded { table.add("memory_loaded_\(name)", megabytes, "MB") }
    table.add("memory_loaded", loaded.map(\.1).reduce(0, +), "MB", "after the load")
    table.add(
      "start_to_ready", startSeconds * 1_000, "ms", "broker and \(programs.count) programs, one after the other")
  }

  /// Resident memory by program, megabytes.
  private func memory(_ suite: RunningSuite) async -> [(String, Double)] {
    await Memory.megabytes(of: suite, "VmRSS:")
  }
}

/// What the programs take of memory, as Linux tells it.
enum Memory {
  /// By program, megabytes: `VmRSS:` for now, `VmHWM:` for the most there was.
  static func megabytes(of suite: RunningSuite, _ field: String) async -> [(String, Double)] {
    var figures: [(String, Double)] = []
    for program in suite.state.programs {
      guard let pid = await suite.supervisor.processID(of: program.name),
        let text = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
        let line = text.split(separator: "\n").first(where: { $0.hasPrefix(field) }),
        let kilobytes = line.split(separator: " ").dropLast().last.flatMap({ Double($0) })
      else { continue }
      figures.append((program.service, kilobytes / 1_024))
    }
    return figures
  }
}
