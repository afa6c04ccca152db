import CaseworkSimulator
import FamilySimulator
import Foundation
import Rulebook
import ScheduleSimulator
import Seeded
import Simulator

/// What the command line asks for.
struct Options {
  var seeds = 100_000
  var from: UInt64 = 1
  var threads = 1
  var seed: UInt64?
  var isTraced = false
  var isTallied = false
  var mistake: Mistake?
  /// How many lives of families, in place of runs of messaging.
  var families: Int?
  var familyMistake: FamilyMistake?
  /// How many lives of attendance cases, in place of runs of messaging.
  var cases: Int?
  var caseMistake: CaseMistake?
  /// How many schedules of children at work and in performances.
  var schedules: Int?
  var scheduleMistake: ScheduleMistake?
  /// How many authorities alert each other; the messaging of one is simulated when `nil`.
  var authorities: Int?
  var isPlanted: Bool {
    mistake != nil || familyMistake != nil || caseMistake != nil || scheduleMistake != nil
  }

  static let usage = """
    simulate [--seeds N] [--from SEED] [--threads N] [--mistake NAME] [--tally]
      runs many seeds; exit 0 if no promise is broken
    simulate --national AUTHORITIES [--seeds N] [--from SEED] [--threads N]
      runs many seeds of the alerts between so many authorities
    simulate --seed SEED [--trace] [--mistake NAME]
      runs one seed again
    simulate --families N [--from SEED] [--threads N] [--mistake NAME] [--tally]
      lives of families in enforcement: notices, money, prosecutions, corrections
    simulate --families 1 --from SEED --trace
      lives one again
    simulate --cases N [--from SEED] [--threads N] [--mistake NAME] [--tally]
      lives of attendance cases, contracts and duties of section 19 in casework
    Mistakes of cases: \(CaseMistake.allCases.map(\.rawValue).joined(separator: ", "))
    simulate --schedules N [--from SEED] [--threads N] [--mistake NAME] [--tally]
      children at work and in performances: the engines against a count of minutes
    Mistakes of schedules: \(ScheduleMistake.allCases.map(\.rawValue).joined(separator: ", "))
    Mistakes of families: \(FamilyMistake.allCases.map(\.rawValue).joined(separator: ", "))
    With a mistake planted, exit 0 if it is caught. Mistakes: \(Mistake.allCases.map(\.rawValue).joined(separator: ", "))
    """

  /// `nil` when the arguments cannot be understood.
  init?(_ arguments: some Sequence<String>) {
    var iterator = arguments.makeIterator()
    while let name = iterator.next() {
      if name == "--trace" {
        isTraced = true
        continue
      }
      if name == "--tally" {
        isTallied = true
        continue
      }
      guard let value = iterator.next() else { return nil }
      switch name {
      case "--seeds":
        guard let number = Int(value), number > 0 else { return nil }
        seeds = number
      case "--national":
        guard let number = Int(value), (3...999).contains(number) else { return nil }
        authorities = number
      case "--from":
        guard let number = UInt64(value) else { return nil }
        from = number
      case "--threads":
        guard let number = Int(value), (1...256).contains(number) else { return nil }
        threads = number
      case "--seed":
        guard let number = UInt64(value) else { return nil }
        seed = number
      case "--families":
        guard let number = Int(value), number > 0 else { return nil }
        families = number
      case "--cases":
        guard let number = Int(value), number > 0 else { return nil }
        cases = number
      case "--schedules":
        guard let number = Int(value), number > 0 else { return nil }
        schedules = number
      case "--mistake":
        (mistake, familyMistake) = (Mistake(rawValue: value), FamilyMistake(rawValue: value))
        (caseMistake, scheduleMistake) = (CaseMistake(rawValue: value), ScheduleMistake(rawValue: value))
        guard isPlanted else { return nil }
      default: return nil
      }
    }
  }
}

/// A whole number with a comma at every thousand.
func grouped(_ number: Int) -> String {
  var text = ""
  for (index, digit) in String(number).reversed().enumerated() {
    if index > 0, index % 3 == 0 { text = "," + text }
    text = String(digit) + text
  }
  return text
}

func runOne(_ seed: UInt64, _ options: Options) -> Bool {
  let result = Simulation(seed: seed, mistake: options.mistake, trace: options.isTraced ? { print($0) } : nil).run()
  print("seed \(seed), steps \(result.steps), events \(result.events), digest \(String(result.digest, radix: 16))")
  print(result.violation.map { "violation: \($0)" } ?? "violations 0")
  return result.violation == nil
}

func runMany(_ options: Options) async -> Bool {
  let campaign = Campaign(from: options.from, seeds: options.seeds, mistake: options.mistake)
  let start = ContinuousClock.now
  let report = await campaign.run(threads: options.threads)
  let seconds = (ContinuousClock.now - start) / .seconds(1)
  for violation in report.first { print("violation: \(violation)") }
  if options.isTallied {
    for sight in Sight.all { print("\(sight): \(grouped(report.tally[sight]))") }
  }
  print(
    "seeds \(grouped(report.runs)), violations \(grouped(report.violations)),",
    "\(grouped(Int(Double(report.runs) / max(seconds, 0.001)))) seeds/s,",
    "\(grouped(report.events)) events, \(grouped(report.steps)) steps")
  return report.violations == 0
}

func liveFamilies(_ lives: Int, _ options: Options) async -> Bool {
  if options.isTraced {
    var family = Family(seed: options.from, mistake: options.familyMistake)
    let result = family.live(steps: FamilyCampaign.steps)
    for line in result.history { print(line) }
    print(result.broken.map { "violation: \($0)" } ?? "violations 0")
    return result.broken == nil
  }
  let campaign = FamilyCampaign(from: options.from, lives: lives, mistake: options.familyMistake)
  return await tell("families", options) { await campaign.run(threads: options.threads) }
}

/// Cases of casework, with their contracts and duties.
func liveCases(_ lives: Int, _ options: Options) async -> Bool {
  guard let day = Day(iso: "2026-11-30"),
    let campaign = try? CaseCampaign(from: options.from, lives: lives, on: day, mistake: options.caseMistake)
  else {
    print("violation: the flow does not lead to the cases that lives begin with")
    return false
  }
  return await tell("cases", options) { await campaign.run(threads: options.threads) }
}

func judgeSchedules(_ count: Int, _ options: Options) async -> Bool {
  let campaign = ScheduleCampaign(from: options.from, count: count, mistake: options.scheduleMistake)
  return await tell("schedules", options) { await campaign.run(threads: options.threads) }
}

/// Does runs, each of a seed, and says what came of them.
///
/// - Returns: whether no promise was broken.
func tell(_ name: String, _ options: Options, _ run: () async -> SeedReport) async -> Bool {
  let start = ContinuousClock.now
  let report = await run()
  let seconds = (ContinuousClock.now - start) / .seconds(1)
  for violation in report.first { print("violation: seed \(violation.seed): \(violation.text)") }
  if options.isTallied {
    for (what, count) in report.tally.sorted(by: { $0.key < $1.key }) { print("\(what): \(grouped(count))") }
  }
  print(
    "\(name) \(grouped(report.runs)), seeds \(options.from) to \(options.from &+ UInt64(report.runs) - 1),",
    "violations \(grouped(report.violations)),",
    "\(grouped(Int(Double(report.runs) / max(seconds, 0.001)))) a second,",
    "\(grouped(report.tally.values.reduce(0, +))) things that happened")
  return report.violations == 0
}

/// What came of the alerts between authorities.
struct NationalReport: Sendable {
  var alerts = 0
  var records = 0
  var again = 0
  var broken: [String] = []

  mutating func add(_ result: NationalSimulation.Result, _ seed: UInt64) {
    alerts += result.alerts
    records += result.records
    again += result.repeated
    if let violation = result.violation { broken.append("seed \(seed): \(violation)") }
  }

  mutating func add(_ other: NationalReport) {
    alerts += other.alerts
    records += other.records
    again += other.again
    broken += other.broken
  }
}

/// The alerts between authorities.
func runNational(_ authorities: Int, _ options: Options) async -> Bool {
  let start = ContinuousClock.now
  let results = await Seeds(options.seeds, from: options.from).deal(
    to: options.threads, from: NationalReport(),
    run: { seed, report in
      var simulation = NationalSimulation(seed: seed, authorities: authorities)
      report.add(simulation.run(), seed)
    }, sum: { $0.add($1) })
  for line in results.broken.sorted().prefix(Campaign.kept) { print("violation: \(line)") }
  print(
    "authorities \(authorities), seeds \(options.from) to \(options.from &+ UInt64(options.seeds) - 1),",
    "violations \(results.broken.count), \(grouped(results.alerts)) alerts, \(grouped(results.records)) records,",
    "\(grouped(results.again)) sent again, \((ContinuousClock.now - start) / .seconds(1)) s")
  return results.broken.isEmpty
}

guard let options = Options(CommandLine.arguments.dropFirst()) else {
  print(Options.usage)
  exit(2)
}
let isClean =
  if let families = options.families {
    await liveFamilies(families, options)
  } else if let cases = options.cases {
    await liveCases(cases, options)
  } else if let schedules = options.schedules {
    await judgeSchedules(schedules, options)
  } else if let authorities = options.authorities {
    await runNational(authorities, options)
  } else if let seed = options.seed {
    runOne(seed, options)
  } else {
    await runMany(options)
  }
exit(isClean != options.isPlanted ? 0 : 1)
