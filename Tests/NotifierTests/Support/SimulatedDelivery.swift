import NotifierDomain
import Seeded

/// A world around the delivery queue: a store that survives, receivers with tempers, a clock, and crashes, by seed.
struct SimulatedDelivery {
  enum Temper: CaseIterable { case healthy, slow, dead, flapping, gone, busy, expiring }

  struct Tally {
    var attempts = 0, cut = 0, delivered = 0, repeated = 0, crashes = 0, suspended = 0
    var longestHealthyWaitMillis: Int64 = 0

    mutating func add(_ other: Tally) {
      attempts += other.attempts
      cut += other.cut
      delivered += other.delivered
      repeated += other.repeated
      crashes += other.crashes
      suspended += other.suspended
      longestHealthyWaitMillis = max(longestHealthyWaitMillis, other.longestHealthyWaitMillis)
    }
  }

  private struct Row { var receiver: Int, queuedAt: Int64, failures: Int, due: Int64, state: State }
  private enum State { case waiting, delivered, abandoned }
  private struct Flight {
    let receiver: Int, message: Int64, beganAt: Int64, endsAt: Int64, isRetry: Bool, outcome: Outcome
  }

  private static let timeoutMillis: Int64 = 20_000
  private static let placeCount = 8
  private(set) var violations: [String] = []
  private(set) var tally = Tally()
  private(set) var trace: [String] = []
  private var generator: SeededGenerator
  private let seed: UInt64
  private var now: Int64 = 1_795_000_000_000
  private var queue: DeliveryQueue
  private var tempers: [Temper] = []
  private var ends: [Int64] = []
  private var suspended: Set<Int> = []
  private var startedAt: Int64 = 0
  private var rows: [Int64: Row] = [:]
  private var flights: [Flight] = []
  /// The messages that each receiver took for the first time, in order.
  private var taken: [[Int64]] = []

  init(seed: UInt64) {
    self.seed = seed
    generator = SeededGenerator(seed: seed)
    queue = DeliveryQueue(schedule: .standard, places: Self.placeCount, seed: seed)
    for _ in 0..<Int.random(in: 2...24, using: &generator) {
      let temper = Temper.allCases.randomElement(using: &generator) ?? .healthy
      tempers.append(temper)
      let life = temper == .expiring ? Int64.random(in: 0...3_600_000, using: &generator) : 1_000_000_000_000
      ends.append(now + life)
      taken.append([])
    }
  }

  mutating func run() {
    open()
    let messages = Int64.random(in: 1...60, using: &generator)
    var next: Int64 = 1
    for _ in 0..<5000 {
      if next <= messages, Int.random(in: 0..<3, using: &generator) == 0 {
        add(next)
        next += 1
      } else if Int.random(in: 0..<40, using: &generator) == 0 {
        crash()
      } else if !advance(), next > messages {
        break
      }
    }
    checkEnd()
  }

  private func name(_ receiver: Int) -> String { "r\(receiver)" }

  private mutating func open() {
    for receiver in tempers.indices where !suspended.contains(receiver) {
      perform(.opened(name(receiver), endMillis: ends[receiver]))
    }
  }

  private mutating func add(_ message: Int64) {
    let receiver = Int.random(in: tempers.indices, using: &generator)
    rows[message] = Row(receiver: receiver, queuedAt: now, failures: 0, due: now, state: .waiting)
    perform(.queued(name(receiver)))
  }

  /// The process dies: what is in flight may or may not reach its receiver, and nobody hears the answer.
  private mutating func crash() {
    tally.crashes += 1
    for flight in flights where flight.outcome == .accepted && Bool.random(using: &generator) { take(flight) }
    flights = []
    if Bool.random(using: &generator) { now += Int64.random(in: 0...40_000_000, using: &generator) }
    startedAt = now
    queue = DeliveryQueue(schedule: .standard, places: Self.placeCount, seed: seed)
    open()
  }

  /// Goes to the next moment at which something happens; `false` when nothing ever will.
  private mutating func advance() -> Bool {
    let flight = flights.indices.min { flights[$0].endsAt < flights[$1].endsAt }
    let wake = queue.nextWakeMillis.flatMap { $0 >= 1_796_900_000_000 ? nil : $0 }
    if let flight, flights[flight].endsAt <= wake ?? .max {
      let done = flights.remove(at: flight)
      now = max(now, done.endsAt)
      if done.outcome == .accepted { take(done) }
      perform(.finished(name(done.receiver), done.outcome))
      return true
    }
    guard let wake else { return false }
    now = max(now, wake)
    perform(.tick)
    return true
  }

  private mutating func take(_ flight: Flight) {
    let order = taken[flight.receiver]
    if order.contains(flight.message) {
      tally.repeated += 1
    } else {
      if let last = order.last, last > flight.message { violations.append("reordered \(flight.message) after \(last)") }
      taken[flight.receiver].append(flight.message)
    }
  }

  private mutating func perform(_ input: DeliveryQueue.Input) {
    var inputs = [input]
    var steps = 0
    while !inputs.isEmpty {
      steps += 1
      if steps > 10_000 { return violations.append("never comes to rest") }
      for action in queue.step(inputs.removeFirst(), nowMillis: now) {
        trace.append("\(now) \(action)")
        switch action {
        case .load(let id): inputs.append(.loaded(id, head(of: Int(id.dropFirst())!)))
        case .send(let id, let message, let failures): send(Int(id.dropFirst())!, message, failures)
        case .record(_, let message, let fate): record(message, fate)
        case .cut(let id): cut(Int(id.dropFirst())!)
        case .suspend(let id, _):
          tally.suspended += 1
          suspended.insert(Int(id.dropFirst())!)
        }
      }
    }
  }

  private mutating func cut(_ receiver: Int) {
    guard let index = flights.firstIndex(where: { $0.receiver == receiver }) else {
      return violations.append("cut what does not fly")
    }
    let flight = flights[index]
    if now - flight.beganAt < DeliveryQueue.slowMillis { violations.append("cut a prompt attempt") }
    if flights.count < Self.placeCount - Self.placeCount / 8 { violations.append("cut while there were places") }
    tally.cut += 1
    // The receiver may have it or not; the answer is not heard any more.
    flights[index] = Flight(
      receiver: receiver, message: flight.message, beganAt: flight.beganAt, endsAt: now, isRetry: flight.isRetry,
      outcome: .failed(.timeout, retryAfterMillis: nil))
  }

  private func head(of receiver: Int) -> DeliveryQueue.Head? {
    rows.filter { $0.value.receiver == receiver && $0.value.state == .waiting }.min { $0.key < $1.key }
      .map { DeliveryQueue.Head(message: $0.key, failures: $0.value.failures, dueMillis: $0.value.due) }
  }

  private mutating func send(_ receiver: Int, _ message: Int64, _ failures: Int) {
    tally.attempts += 1
    if flights.contains(where: { $0.receiver == receiver }) { violations.append("two in flight to \(receiver)") }
    if flights.count >= Self.placeCount { violations.append("more in flight than places") }
    if now >= ends[receiver] { violations.append("sent after the agreement's end") }
    if rows[message]?.state != .waiting { violations.append("sent a settled message") }
    if let due = rows[message]?.due, now < due { violations.append("sent before its time") }
    if tempers[receiver] == .healthy, let queued = rows[message]?.queuedAt, failures == 0 {
      // Messages of one receiver wait for each other and for restarts, never for another receiver's timeout.
      let wait = now - max(queued, lastTaken[receiver] ?? 0, startedAt)
      tally.longestHealthyWaitMillis = max(tally.longestHealthyWaitMillis, wait)
      if wait > DeliveryQueue.slowMillis * 3 { violations.append("a healthy receiver waited \(wait) ms") }
    }
    let (millis, outcome) = answer(of: receiver)
    flights.append(
      Flight(
        receiver: receiver, message: message, beganAt: now, endsAt: now + millis, isRetry: failures > 0,
        outcome: outcome))
    if flights.count(where: \.isRetry) > Self.placeCount / 2 { violations.append("the failing hold too many places") }
  }

  /// When each receiver's last message was settled.
  private var lastTaken: [Int: Int64] = [:]

  private mutating func answer(of receiver: Int) -> (Int64, Outcome) {
    switch tempers[receiver] {
    case .healthy, .expiring: return (5, .accepted)
    case .slow: return (Self.timeoutMillis - 1, .accepted)
    case .dead: return (Self.timeoutMillis, .failed(.timeout, retryAfterMillis: nil))
    case .flapping:
      return Bool.random(using: &generator) ? (5, .accepted) : (5, .failed(.status(503), retryAfterMillis: nil))
    case .gone: return (5, Bool.random(using: &generator) ? .accepted : .gone)
    case .busy:
      return Bool.random(using: &generator) ? (5, .accepted) : (5, .failed(.status(429), retryAfterMillis: 90_000))
    }
  }

  private mutating func record(_ message: Int64, _ fate: DeliveryQueue.Fate) {
    guard var row = rows[message] else { return violations.append("recorded an unknown message") }
    switch fate {
    case .delivered:
      row.state = .delivered
      tally.delivered += 1
      if !taken[row.receiver].contains(message) { violations.append("recorded as delivered and was not") }
    case .waiting(let failures, let due):
      row.failures = failures
      row.due = due
    case .abandoned: row.state = .abandoned
    case .withheld: violations.append("withheld without reason")
    }
    rows[message] = row
    lastTaken[row.receiver] = now
  }

  private mutating func checkEnd() {
    for (message, row) in rows where row.state == .waiting && !suspended.contains(row.receiver) {
      violations.append("message \(message) of a receiver that is not suspended still waits")
    }
    for (receiver, temper) in tempers.enumerated() where temper == .healthy || temper == .slow {
      if suspended.contains(receiver) { violations.append("a good receiver was suspended") }
    }
    if queue.inFlight != flights.count { violations.append("counts \(queue.inFlight), flies \(flights.count)") }
  }
}
