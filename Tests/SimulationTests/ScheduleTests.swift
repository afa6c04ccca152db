import MessagingMachines
import Seeded
import TestKit
import Testing

/// A store with a schedule, a loop that drives ``Schedule`` on it, and everything that can go wrong between them.
private struct ScheduleWorld {
  /// A mistake that is planted to see that it is found.
  enum Mistake: CaseIterable {
    /// A row stays after it has run.
    case keepsRows
    /// What changes while the store is read is passed over.
    case missesChanges
    /// The clock is not looked at again after a failure.
    case givesUp
    /// Everything on the schedule is run whatever the hour.
    case runsEarly
    /// A loop that is restarted takes what it knew before for what the store has.
    case forgetsRows
  }

  var generator: SeededGenerator
  let mistake: Mistake?
  var machine = Schedule(longestSleepMillis: 50)
  var now: Int64 = 1_000
  var rows: [Int: Int64] = [:]
  var runs: [Int: Int] = [:]
  var planned = 0
  var cancelled: Set<Int> = []
  var actions: [Schedule.Action] = []
  var wakesAt: Int64?
  var areFaultsOver = false
  var broken: String?

  init(seed: UInt64, _ mistake: Mistake?) {
    generator = SeededGenerator(seed: seed)
    self.mistake = mistake
  }

  mutating func run() -> String? {
    give(.started)
    for _ in 0..<400 where broken == nil { turn() }
    areFaultsOver = true
    for _ in 0..<400 where broken == nil {
      now += 10
      turn()
    }
    let late = rows.filter { $0.value <= now - 200 }
    if broken == nil, !late.isEmpty { broken = "\(late.count) rows were never run" }
    return broken
  }

  private mutating func turn() {
    if !areFaultsOver {
      now += Int64(generator.pick([0, 1, 3, 7, 40, 400, -300]))
      if generator.below(4) == 0 { change() }
      if generator.below(25) == 0 { restart() }
    }
    if actions.isEmpty, let wakes = wakesAt, wakes <= now || generator.below(50) == 0 {
      wakesAt = nil
      give(.time(millis: now))
    }
    // A clock that was set back leaves the loop asleep no longer than its longest sleep.
    if let wakes = wakesAt, wakes > now + 50 { wakesAt = now + 50 }
    guard !actions.isEmpty else { return }
    carryOut(actions.removeFirst())
  }

  private mutating func change() {
    if generator.below(5) == 0, let row = rows.keys.sorted().first {
      rows[row] = nil
      cancelled.insert(row)
    } else {
      planned += 1
      rows[planned] = now + Int64(generator.within(-20...200))
    }
    if mistake != .missesChanges || wakesAt != nil && generator.below(2) == 0 { give(.changed) }
  }

  private mutating func restart() {
    machine = Schedule(longestSleepMillis: 50)
    actions = []
    wakesAt = nil
    if mistake == .forgetsRows { rows = rows.filter { $0.value > now } }
    give(.started)
  }

  private mutating func carryOut(_ action: Schedule.Action) {
    let fails = !areFaultsOver && generator.below(6) == 0
    switch action {
    case .find: give(fails ? .failed : .found(earliestMillis: rows.values.min()))
    case .run(let until):
      // A transaction that fails has done nothing; one that succeeds may never be heard of.
      guard !fails else { return give(.failed) }
      let due = rows.filter { $0.value <= until || mistake == .runsEarly }.keys.sorted().prefix(3)
      for row in due { runRow(row) }
      if !areFaultsOver, generator.below(8) == 0 { restart() } else { give(.ran) }
    case .sleep(let millis): wakesAt = now + millis
    case .pause(let attempt):
      if mistake == .givesUp { wakesAt = nil } else { wakesAt = now + Int64(min(attempt, 5)) }
    }
  }

  private mutating func runRow(_ row: Int) {
    if let due = rows[row], due > now { broken = "row \(row) ran before its time" }
    runs[row, default: 0] += 1
    if runs[row, default: 0] > 1 { broken = "row \(row) ran twice" }
    if cancelled.contains(row) { broken = "row \(row) ran although it was taken off" }
    if mistake != .keepsRows { rows[row] = nil }
  }

  private mutating func give(_ input: Schedule.Input) { actions += machine.step(input) }

  /// Whether every row ran or was taken off.
  var isComplete: Bool {
    (1...max(1, planned)).allSatisfy { runs[$0] != nil || cancelled.contains($0) || rows[$0] != nil }
  }
}

@Suite("The schedule") struct ScheduleTests {
  private static func firstBreach(_ mistake: ScheduleWorld.Mistake?, worlds: Int) -> String? {
    for number in 0..<worlds {
      let seed = SeededGenerator.chosenSeed &+ UInt64(number)
      var world = ScheduleWorld(seed: seed, mistake)
      if let broken = world.run() { return "seed \(seed): \(broken)" }
      if !world.isComplete { return "seed \(seed): a row was lost" }
    }
    return nil
  }

  @Test("Each row runs once, in time, whatever restarts, fails or jumps")
  func promises() {
    #expect(Self.firstBreach(nil, worlds: 2_000) == nil)
    print("schedule: 2000 worlds")
  }

  @Test("A planted mistake is found", arguments: ScheduleWorld.Mistake.allCases)
  fileprivate func mistakes(mistake: ScheduleWorld.Mistake) { #expect(Self.firstBreach(mistake, worlds: 200) != nil) }

  @Test("It asks the store first, runs what is due, and asks again")
  func order() {
    var machine = Schedule(longestSleepMillis: 1_000)
    #expect(machine.step(.started) == [.find])
    #expect(machine.step(.found(earliestMillis: 500)) == [.sleep(millis: 0)])
    #expect(machine.step(.time(millis: 100)) == [.sleep(millis: 400)])
    #expect(machine.step(.changed) == [.find])
    #expect(machine.step(.changed) == [])
    #expect(machine.step(.found(earliestMillis: 500)) == [.find])
    #expect(machine.step(.found(earliestMillis: 90)) == [.sleep(millis: 0)])
    #expect(machine.step(.time(millis: 100)) == [.run(untilMillis: 100)])
    #expect(machine.step(.failed) == [.pause(attempt: 1)])
    #expect(machine.step(.time(millis: 101)) == [.find])
    #expect(machine.step(.found(earliestMillis: nil)) == [.sleep(millis: 0)])
    #expect(machine.step(.time(millis: 102)) == [.sleep(millis: 1_000)])
  }
}
