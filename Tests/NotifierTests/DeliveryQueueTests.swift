import Contracts
import NotifierDomain
import Testing

/// The delivery queue, step by step.
@Suite struct DeliveryQueueTests {
  static let start: Int64 = 1_795_000_000_000
  static let far: Int64 = start + 365 * 86_400_000

  static func queue(places: Int = 4) -> DeliveryQueue {
    DeliveryQueue(schedule: .standard, places: places, seed: 1)
  }

  static func head(_ message: Int64, failures: Int = 0, due: Int64 = start) -> DeliveryQueue.Head {
    DeliveryQueue.Head(message: message, failures: failures, dueMillis: due)
  }

  @Test func aMessageIsSentRecordedAndTheNextLoaded() {
    var queue = Self.queue()
    #expect(queue.step(.opened("a", endMillis: Self.far), nowMillis: Self.start) == [.load("a")])
    #expect(queue.step(.loaded("a", Self.head(1)), nowMillis: Self.start) == [.send("a", 1, failures: 0)])
    #expect(queue.step(.queued("a"), nowMillis: Self.start) == [])
    #expect(
      queue.step(.finished("a", .accepted), nowMillis: Self.start) == [.record("a", 1, .delivered), .load("a")])
    #expect(queue.step(.loaded("a", nil), nowMillis: Self.start) == [])
    #expect(queue.step(.queued("a"), nowMillis: Self.start) == [.load("a")])
  }

  @Test func whatIsQueuedWhileLoadingIsNotForgotten() {
    var queue = Self.queue()
    _ = queue.step(.opened("a", endMillis: Self.far), nowMillis: Self.start)
    #expect(queue.step(.queued("a"), nowMillis: Self.start) == [])
    #expect(queue.step(.loaded("a", nil), nowMillis: Self.start) == [.load("a")])
  }

  @Test func aFailureWaitsForTheScheduleThenIsGivenUp() throws {
    var queue = Self.queue()
    var now = Self.start
    _ = queue.step(.opened("a", endMillis: Self.far), nowMillis: now)
    #expect(queue.step(.loaded("a", Self.head(1)), nowMillis: now) == [.send("a", 1, failures: 0)])
    for failures in 1...9 {
      let actions = queue.step(.finished("a", .failed(.timeout, retryAfterMillis: nil)), nowMillis: now)
      let due = try #require(queue.nextWakeMillis)
      #expect(actions == [.record("a", 1, .waiting(failures: failures, dueMillis: due))])
      #expect(queue.step(.tick, nowMillis: due - 1) == [])
      now = due
      #expect(queue.step(.tick, nowMillis: now) == [.send("a", 1, failures: failures)])
    }
    let last = queue.step(.finished("a", .failed(.status(500), retryAfterMillis: nil)), nowMillis: now)
    #expect(last == [.record("a", 1, .abandoned), .suspend("a", .exhausted)])
    #expect(now - Self.start > 68 * 3_600_000 && now - Self.start < 84 * 3_600_000)
    #expect(queue.step(.opened("a", endMillis: Self.far), nowMillis: now) == [.load("a")])
  }

  @Test func goneSuspendsAndKeepsTheMessage() {
    var queue = Self.queue()
    _ = queue.step(.opened("a", endMillis: Self.far), nowMillis: Self.start)
    _ = queue.step(.loaded("a", Self.head(1)), nowMillis: Self.start)
    #expect(
      queue.step(.finished("a", .gone), nowMillis: Self.start) == [
        .record("a", 1, .waiting(failures: 0, dueMillis: Self.start)), .suspend("a", .gone),
      ])
  }

  @Test func anAgreementThatEndsStopsAtItsMoment() {
    var queue = Self.queue()
    let end = Self.start + 1000
    _ = queue.step(.opened("idle", endMillis: end), nowMillis: Self.start)
    _ = queue.step(.loaded("idle", nil), nowMillis: Self.start)
    _ = queue.step(.opened("waiting", endMillis: end), nowMillis: Self.start)
    _ = queue.step(.loaded("waiting", Self.head(2, due: end + 5)), nowMillis: Self.start)
    #expect(queue.nextWakeMillis == end)
    #expect(queue.step(.tick, nowMillis: end - 1) == [])
    #expect(
      Set(queue.step(.tick, nowMillis: end)) == [
        .suspend("idle", .agreementExpired), .suspend("waiting", .agreementExpired),
      ])
    #expect(queue.nextWakeMillis == nil)
  }

  @Test func thoseThatFailedLeaveHalfThePlacesFree() {
    var queue = Self.queue(places: 4)
    var sent: [DeliveryQueue.Action] = []
    for index in 0..<6 {
      _ = queue.step(.opened("dead\(index)", endMillis: Self.far), nowMillis: Self.start)
      sent += queue.step(.loaded("dead\(index)", Self.head(Int64(index), failures: 2)), nowMillis: Self.start)
    }
    #expect(sent.count == 2)
    for index in 0..<3 {
      _ = queue.step(.opened("good\(index)", endMillis: Self.far), nowMillis: Self.start)
      sent += queue.step(.loaded("good\(index)", Self.head(Int64(10 + index))), nowMillis: Self.start)
    }
    #expect(sent.suffix(2) == [.send("good0", 10, failures: 0), .send("good1", 11, failures: 0)])
    #expect(queue.inFlight == 4)
    // A place that a good receiver gives back goes to a good one, not to the dead ones in the line.
    let next = queue.step(.finished("good0", .accepted), nowMillis: Self.start)
    #expect(next.contains(.send("good2", 12, failures: 0)))
  }

  /// Opens receivers that have a first message each.
  static func opened(
    _ names: [String], of queue: inout DeliveryQueue, now: Int64 = start, failures: Int = 0, isSuspect: Bool = false
  ) -> [DeliveryQueue.Action] {
    names.enumerated().flatMap { index, name in
      _ = queue.step(.opened(name, endMillis: far), nowMillis: now)
      let head = DeliveryQueue.Head(
        message: Int64(index), failures: failures, dueMillis: start, isSuspect: isSuspect)
      return queue.step(.loaded(name, head), nowMillis: now)
    }
  }

  static func sent(_ actions: [DeliveryQueue.Action]) -> [String] {
    actions.compactMap { if case .send(let id, _, _) = $0 { id } else { nil } }
  }

  static func cut(_ actions: [DeliveryQueue.Action]) -> [String] {
    actions.compactMap { if case .cut(let id) = $0 { id } else { nil } }
  }

  @Test func whoDripsGivesUpItsPlaceWhenOthersWait() throws {
    var queue = Self.queue(places: 4)
    let drips = (0..<4).map { "drip\($0)" }
    #expect(Self.sent(Self.opened(drips, of: &queue)) == drips)
    // Nobody waits: they may take their time.
    #expect(queue.step(.tick, nowMillis: Self.start + 5_000) == [])
    #expect(queue.nextWakeMillis == nil)
    let late = Self.start + 6_000
    let actions = Self.opened(["good"], of: &queue, now: late)
    #expect(Self.cut(actions) == ["drip0"])
    #expect(queue.step(.tick, nowMillis: late) == [], "one is cut for one that waits")
    let next = queue.step(.finished("drip0", .failed(.timeout, retryAfterMillis: nil)), nowMillis: late)
    #expect(Self.sent(next) == ["good"])
  }

  @Test func itIsLookedAtWhenTheNextAttemptBecomesSlow() throws {
    var queue = Self.queue(places: 4)
    _ = Self.opened(["a", "b", "c", "d", "good"], of: &queue)
    #expect(queue.nextWakeMillis == Self.start + DeliveryQueue.slowMillis)
    #expect(queue.step(.tick, nowMillis: Self.start + DeliveryQueue.slowMillis - 1) == [])
    let actions = queue.step(.tick, nowMillis: Self.start + DeliveryQueue.slowMillis)
    #expect(Self.cut(actions) == ["a"])
    #expect(queue.step(.closed("good"), nowMillis: Self.start + 1_001) == [])
    #expect(queue.nextWakeMillis == nil, "nobody waits any more")
  }

  @Test func somePlacesAreKeptForThePromptAndSomeForTheOthers() throws {
    var queue = Self.queue(places: 16)
    _ = Self.opened(["good"], of: &queue)
    _ = queue.step(.finished("good", .accepted), nowMillis: Self.start + 5)
    _ = queue.step(.loaded("good", nil), nowMillis: Self.start + 5)
    let unknown = (0..<40).map { "new\($0)" }
    #expect(Self.sent(Self.opened(unknown, of: &queue)).count == 14)
    _ = queue.step(.queued("good"), nowMillis: Self.start + 10)
    let actions = queue.step(.loaded("good", Self.head(100)), nowMillis: Self.start + 10)
    #expect(Self.sent(actions) == ["good"], "at once")

    var busy = Self.queue(places: 8)
    let prompt = (0..<9).map { "prompt\($0)" }
    for name in prompt {
      _ = Self.opened([name], of: &busy)
      _ = busy.step(.finished(name, .accepted), nowMillis: Self.start)
      _ = busy.step(.loaded(name, nil), nowMillis: Self.start)
    }
    for name in prompt {
      _ = busy.step(.queued(name), nowMillis: Self.start)
      _ = busy.step(.loaded(name, Self.head(50)), nowMillis: Self.start)
    }
    #expect(Self.opened(["failing"], of: &busy, failures: 1) == [])
    let freed = busy.step(.finished("prompt0", .accepted), nowMillis: Self.start + 5)
    #expect(Self.sent(freed) == ["failing"], "however busy the prompt are")
  }

  @Test func suspectsAreTriedOneAtATime() {
    var queue = Self.queue(places: 8)
    #expect(Self.sent(Self.opened(["a", "b", "c"], of: &queue, failures: 1, isSuspect: true)) == ["a"])
    let next = queue.step(.finished("a", .failed(.status(500), retryAfterMillis: nil)), nowMillis: Self.start)
    #expect(Self.sent(next) == ["b"])
  }

  @Test func closingInFlightRecordsTheAnswerAndNothingFollows() {
    var queue = Self.queue()
    _ = queue.step(.opened("a", endMillis: Self.far), nowMillis: Self.start)
    _ = queue.step(.loaded("a", Self.head(1)), nowMillis: Self.start)
    #expect(queue.step(.closed("a"), nowMillis: Self.start) == [])
    #expect(queue.step(.finished("a", .accepted), nowMillis: Self.start) == [.record("a", 1, .delivered)])
    #expect(queue.inFlight == 0)
    #expect(queue.step(.queued("a"), nowMillis: Self.start) == [])
  }
}

/// The queue against receivers of every temper and a process that dies at any moment, by seed.
@Suite struct DeliveryQueueSimulation {
  @Test func nothingIsLostReorderedOrHeldUp() {
    let seeds: Range<UInt64> = 0..<2000
    var total = SimulatedDelivery.Tally()
    for seed in seeds {
      var world = SimulatedDelivery(seed: seed)
      world.run()
      #expect(world.violations.isEmpty, "seed \(seed): \(world.violations.prefix(3))")
      total.add(world.tally)
    }
    print(
      "delivery simulation: seeds \(seeds), \(total.attempts) attempts, \(total.cut) cut, \(total.delivered) delivered, "
        + "\(total.repeated) repeated after a crash, \(total.crashes) crashes, \(total.suspended) suspended, "
        + "healthy receivers waited \(total.longestHealthyWaitMillis) ms at most, 0 violations")
    #expect(total.delivered > 10_000 && total.crashes > 1_000 && total.suspended > 1_000)
  }

  @Test func aSeedReplaysExactly() {
    var first = SimulatedDelivery(seed: 42)
    var second = SimulatedDelivery(seed: 42)
    first.run()
    second.run()
    #expect(first.trace == second.trace && !first.trace.isEmpty)
  }
}
