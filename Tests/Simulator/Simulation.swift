import MessagingMachines
import Seeded

/// One run: a source service and one or two services behind it in a chain, every one with its store, hostile logs
/// between them, and a clock that only this run moves. The seed decides everything.
///
/// The machines are the product's own. What drives them here does what the product's loops do, with a crash possible
/// between any two actions.
public final class Simulation {
  /// A promise that was broken.
  public struct Violation: Hashable, Sendable, CustomStringConvertible {
    /// The run's seed.
    public let seed: UInt64
    /// How many things had happened.
    public let step: Int
    /// What was broken.
    public let what: String

    public var description: String { "seed \(seed), step \(step): \(what)" }
  }

  /// What came of a run.
  public struct Result: Hashable, Sendable {
    /// How many things happened.
    public let steps: Int
    /// A digest of all that happened, in order: two runs with the same digest are the same run.
    public let digest: UInt64
    /// How many events were written, by all services.
    public let events: Int
    /// At how many moments a process could have died.
    public let crashPoints: Int
    /// How often what is worth seeing was seen.
    public let tally: Tally
    /// The first broken promise.
    public let violation: Violation?
  }

  /// The most that may happen after the faults have stopped, until everything is where it belongs.
  public static let settlingSteps = 2_000

  let seed: UInt64
  let mistake: Mistake?
  private let traceLine: ((String) -> Void)?

  var generator: SeededGenerator
  var faults: FaultPlan
  var timeline = Timeline()
  var now: Int64 = 0
  var services: [Service] = []
  var processes: [Process] = []
  var clients: [ClientRecord] = []
  let window: Int
  let refillDepth: Int64
  let backoff = Backoff(firstMillis: 4, longestMillis: 60)
  /// Whether a reader whose feed is silent begins anew instead of waiting.
  let restartsWhenFeedSilent: Bool
  var writesLeft: Int
  var areFaultsOver = false
  /// Whether everything is where it belongs and one last event must come through the topics alone.
  private(set) var isFinale = false
  private(set) var steps = 0
  private var calmSteps = 0
  private var digest: UInt64 = 0
  private let crashAt: Int?
  private var crashPoints = 0
  private var tally = Tally()
  private(set) var violation: Violation?

  /// - Parameters:
  ///   - mistake: one to plant.
  ///   - crashAt: the moment, of all at which a process could die, at which one dies for sure; from 1 on.
  ///   - trace: called with a line for everything that happens.
  public init(seed: UInt64, mistake: Mistake? = nil, crashAt: Int? = nil, trace: ((String) -> Void)? = nil) {
    self.seed = seed
    self.mistake = mistake
    self.crashAt = crashAt
    traceLine = trace
    generator = SeededGenerator(seed: SeededGenerator.mixed(seed))
    faults = FaultPlan(using: &generator)
    window = generator.within(1...8)
    refillDepth = Int64(generator.within(1...24))
    restartsWhenFeedSilent = generator.below(2) == 0
    writesLeft = generator.within(1...16)
    for number in 0..<generator.within(2...3) { services.append(Service(number: number)) }
  }

  /// Runs to the end, or to the first broken promise.
  public func run() -> Result {
    for service in services { start(service) }
    timeline.plan(.work, at: 1)
    timeline.plan(.fault, at: Int64(generator.within(3...20)))
    timeline.plan(.person, at: 40)
    timeline.plan(.faultsEnd, at: Int64(generator.within(80...260)))
    while violation == nil, let next = timeline.next() {
      now = next.time
      steps += 1
      note(next.happening)
      take(next.happening)
      guard areFaultsOver, violation == nil else { continue }
      calmSteps += 1
      if let unsettled = firstUnsettled() {
        if calmSteps > Self.settlingSteps { violate("no progress: \(unsettled)") }
      } else if isFinale {
        break
      } else {
        isFinale = true
        append(subject: 0, content: generator.next(), to: services[0])
      }
    }
    if violation == nil { checkEnd() }
    let events = services.reduce(0) { $0 + $1.store.outbox.count }
    return Result(
      steps: steps, digest: digest, events: events, crashPoints: crashPoints, tally: tally, violation: violation)
  }

  private func take(_ happening: Happening) {
    switch happening {
    case .work: work()
    case .grown(let number): withLiving(number) { step($0, .outboxGrew(through: store(of: $0).lastSequence)) }
    case .tick(let number):
      withLiving(number) {
        timeline.plan(happening, at: now + 25)
        step($0, .tick)
      }
    case .clientReady(let number, let client): withClient(number, client) { step($0, .clientReady) }
    case .tailAsked(let number, let client): withClient(number, client) { readTail($0) }
    case .tailAnswered(let number, let client, let tail): withClient(number, client) { take(tail, $0) }
    case .arrival(let flight): arrive(flight)
    case .delivery(let number, let client, let sequence, let result):
      withClient(number, client) { take(result, of: sequence, $0) }
    case .look(let number): withLiving(number) { look($0) }
    case .feedAsked(let number, let after): withLiving(number) { readFeed($0, after: after) }
    case .person: personComes()
    case .fault: worldFault()
    case .restart(let number): start(services[number])
    case .brokerReturns: for service in services { service.log.isUp = true }
    case .feedReturns(let number): services[number].isFeedUp = true
    case .faultsEnd: endFaults()
    }
  }

  private func withLiving(_ number: Int, _ body: (Process) -> Void) {
    let process = processes[number]
    if process.isAlive { body(process) }
  }

  private func withClient(_ number: Int, _ client: Int, _ body: (Process) -> Void) {
    let process = processes[number]
    if process.isAlive, process.client == client { body(process) }
  }

  // MARK: Small things that all parts use

  func strikes(_ fault: Fault) -> Bool {
    guard faults.strikes(fault, using: &generator) else { return false }
    saw(.struck(fault))
    return true
  }

  func saw(_ sight: Sight) { tally.add(sight) }

  func millis(_ range: ClosedRange<Int>) -> Int64 { Int64(generator.within(range)) }

  func store(of process: Process) -> Store { services[process.service].store }

  /// Whether the process dies here; it is dead then.
  func crashes(_ process: Process) -> Bool {
    crashPoints += 1
    guard strikes(.crash) || crashPoints == crashAt else { return false }
    kill(process)
    return true
  }

  func kill(_ process: Process) {
    guard process.isAlive else { return }
    trace("service \(process.service): process \(process.number) dies")
    process.isAlive = false
    let service = services[process.service]
    guard service.current === process else { return }
    service.current = nil
    timeline.plan(.restart(service: process.service), at: now + millis(1...25))
  }

  /// Opens the store with a new process, which then owns it.
  func start(_ service: Service) {
    guard service.current == nil || service.current?.isAlive == true else { return }
    service.store.generation += 1
    let process = Process(
      service: service.number, number: processes.count, generation: service.store.generation, window: window)
    processes.append(process)
    service.current = process
    trace("service \(service.number): process \(process.number) starts")
    let isLast = service.number == services.count - 1
    // The last of the chain has nobody behind it.
    if !isLast {
      makeClient(process, attempt: 0)
      timeline.plan(.tick(process: process.number), at: now + millis(5...25))
    }
    if service.number > 0 {
      process.reader = Reader(service.store.position)
      timeline.plan(.look(process: process.number), at: now + millis(1...5))
    }
  }

  func violate(_ what: String) {
    guard violation == nil else { return }
    violation = Violation(seed: seed, step: steps, what: what)
    trace("VIOLATION: \(what)")
  }

  func trace(_ line: @autoclosure () -> String) {
    guard let traceLine else { return }
    traceLine("\(steps) @\(now)ms \(line())")
  }

  /// Makes something that happened part of the digest.
  func note(_ kind: UInt64, _ first: Int64, _ second: Int64 = 0) {
    let numbers = UInt64(bitPattern: first) ^ (UInt64(bitPattern: second) << 28) ^ (kind << 56)
    digest = SeededGenerator.mixed(digest ^ numbers)
  }

  private func note(_ happening: Happening) {
    note(1, now, Int64(steps))
    if traceLine != nil { trace("\(happening)") }
  }
}
