import ArgumentParser
import Foundation
import ServiceKit
import SuiteDomain
import SuiteService

/// Measures the real programs against the raw ceilings of the libraries below them, in one run.
@main
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints performance tables: raw ceilings first, then the suite's own figures as ratios of them.",
    subcommands: [
      SuiteBench.self, RegistersBench.self, EnforcementBench.self, CaseworkBench.self, LicensingBench.self,
      AlertsBench.self,
    ],
    defaultSubcommand: SuiteBench.self)
}

/// Where a benchmark keeps its files, removed when it ends.
func withBenchDirectory<T>(_ body: (String) async throws -> T) async throws -> T {
  let directory = NSTemporaryDirectory() + "every-school-day-bench-\(ProcessInfo.processInfo.processIdentifier)"
  try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: directory) }
  return try await body(directory)
}

/// The whole suite, and Kafka below it.
struct SuiteBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suite", abstract: "The suite from upload to webhook, beside raw SQLite and librdkafka.")

  @Option(help: "Where the same figures are written as JSON.") var json: String?
  @Option(help: "How often each figure is measured; the median is told.") var rounds = 5
  @Option(help: "How many pupils one school's weekly file has.") var pupils = 1_200
  @Option(help: "The programs that run, with commas between; all of them when nothing is said.") var only: String?

  func validate() throws {
    guard (1...50).contains(rounds), (10...5_000).contains(pupils) else {
      throw ValidationError("rounds must be 1 to 50, pupils 10 to 5000")
    }
    let names = Set(Programs.all.map(\.name))
    guard Set(chosen).isSubset(of: names), chosen.contains("registers"), chosen.contains("enforcement") else {
      throw ValidationError("only must name registers and enforcement, and of \(names.sorted()) what else is to run")
    }
  }

  private var chosen: [String] {
    only?.split(separator: ",").map(String.init) ?? Programs.all.map(\.name)
  }

  func run() async throws {
    var table = Table()
    print("every figure: median of \(rounds); ratios within this run; the machine's other work shows in all of them\n")
    try await withBenchDirectory { directory in
      try await KafkaFigures(rounds: rounds).measure(into: &table)
      try await SuiteFigures(
        rounds: rounds, pupils: pupils, directory: directory,
        programs: Programs.all.filter { chosen.contains($0.name) }
      ).measure(into: &table)
    }
    table.print()
    if let json { try table.write(to: json) }
  }
}

/// The registers of a whole authority.
struct RegistersBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "registers",
    abstract: "One school year of the largest authority, and of a tenth of it: how the cost grows.")

  @OptionGroup var size: AuthoritySize
  @Option(help: "Where the same figures are written as JSON.") var json: String?

  func run() async throws {
    var table = Table()
    for (part, name) in size.parts {
      try await withBenchDirectory { directory in
        try await RegistersFigures(
          schools: size.schools / part, pupils: size.pupils / part, directory: directory, prefix: name
        ).measure(into: &table)
      }
    }
    table.print()
    if let json { try table.write(to: json) }
  }
}

/// Enforcement of a whole authority.
struct EnforcementBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enforcement",
    abstract: "A school year of the largest authority in enforcement, and of a tenth of it: how the cost grows.")

  @OptionGroup var size: AuthoritySize
  @Option(help: "How many penalty notices a year; a tenth of the size has a tenth of them.") var notices = 20_000
  @Option(help: "Where the same figures are written as JSON.") var json: String?

  func validate() throws {
    guard (10...100_000).contains(notices) else { throw ValidationError("notices must be 10 to 100000") }
  }

  func run() async throws {
    var table = Table()
    var seconds: [Double] = []
    for (part, name) in size.parts {
      try await withBenchDirectory { directory in
        seconds.append(
          try await EnforcementFigures(
            schools: size.schools / part, pupils: size.pupils / part, notices: notices / part, directory: directory,
            prefix: name
          ).measure(into: &table))
      }
    }
    if let tenth = seconds.first, let full = seconds.last, seconds.count == 2 {
      table.add("year_applied_growth", full / tenth, "ratio", "full to a tenth: 10 is growth with the marks alone")
    }
    table.print()
    if let json { try table.write(to: json) }
  }
}

/// How large a made-up authority is.
struct AuthoritySize: ParsableArguments {
  @Option(help: "How many schools.") var schools = 600
  @Option(help: "How many pupils.") var pupils = 250_000
  @Flag(help: "Only this size, not a tenth of it as well.") var once = false

  /// The sizes to measure, each as the part of the whole that it is, with what its figures' names begin with.
  var parts: [(Int, String)] { once ? [(1, "")] : [(10, "tenth_"), (1, "")] }

  func validate() throws {
    guard MadeUpAuthority.schoolLimits.contains(schools), schools >= 20, MadeUpAuthority.pupilLimits.contains(pupils),
      pupils >= schools * 20
    else { throw ValidationError("20 to 600 schools of 20 pupils or more, 400,000 pupils at most") }
  }
}

/// The figures by stable name, in the order of measuring.
struct Table {
  private struct Figure {
    let name: String
    let value: Double
    let unit: String
    let note: String
  }

  private var figures: [Figure] = []

  /// Adds a figure.
  ///
  /// - Parameter note: what limits it, or what it is a ratio of.
  mutating func add(_ name: String, _ value: Double, _ unit: String, _ note: String = "") {
    figures.append(Figure(name: name, value: value, unit: unit, note: note))
  }

  func print() {
    for figure in figures {
      let digits = figure.unit == "ratio" || figure.value < 10 ? 2 : figure.value < 1_000 ? 1 : 0
      let value = figure.value.formatted(.number.precision(.fractionLength(digits)).locale(Locale(identifier: "en_GB")))
      let name = figure.name.padding(toLength: 34, withPad: " ", startingAt: 0)
      let padded = String(repeating: " ", count: max(0, 12 - value.count)) + value
      Swift.print("\(name)\(padded) \(figure.unit.padding(toLength: 10, withPad: " ", startingAt: 0)) \(figure.note)")
    }
  }

  /// Writes one JSON object: every figure's name and value, and under `notes` its unit and what limits it.
  func write(to path: String) throws {
    var object: [String: Any] = [
      "notes": Dictionary(uniqueKeysWithValues: figures.map { ($0.name, "\($0.unit): \($0.note)") })
    ]
    for figure in figures { object[figure.name] = figure.value }
    let data = try JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted, .sortedKeys])
    try data.write(to: URL(fileURLWithPath: path))
  }
}

/// The middle of some measurements.
func median(_ values: [Double]) -> Double { percentile(values, 0.5) }

/// The value below which a share of the measurements lies.
func percentile(_ values: [Double], _ share: Double) -> Double {
  guard !values.isEmpty else { return .nan }
  let sorted = values.sorted()
  return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
}
