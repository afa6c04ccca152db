/// A record on its way from a client to the broker.
struct Flight: Sendable {
  let process: Int
  let client: Int
  /// The client's own count, by which an idempotent producer's broker refuses what comes again or out of order.
  let ordinal: Int
  let sequence: Int64
  let asPointer: Bool
}

/// How a delivery ended.
enum DeliveryResult: Sendable {
  case appended(offset: Int64)
  case tooLarge
  case failed
}

/// What the broker says about the end of the log.
enum TailAnswer: Sendable {
  case empty
  case event(sequence: Int64, offset: Int64)
  case unreadable
  case unavailable
}

/// Something that happens at a moment.
enum Happening: Sendable {
  case work
  case grown(process: Int)
  case tick(process: Int)
  case clientReady(process: Int, client: Int)
  case tailAsked(process: Int, client: Int)
  case tailAnswered(process: Int, client: Int, TailAnswer)
  case arrival(Flight)
  case delivery(process: Int, client: Int, sequence: Int64, DeliveryResult)
  case look(process: Int)
  case feedAsked(process: Int, after: Int64)
  case person
  case fault
  case restart(service: Int)
  case brokerReturns
  case feedReturns(service: Int)
  case faultsEnd

  /// Whether a process's clock decides when.
  var isTimer: Bool {
    switch self {
    case .tick, .clientReady, .look: true
    default: false
    }
  }
}

/// What will happen, by time; at the same time, in the order in which it was planned.
struct Timeline {
  private struct Entry {
    var time: Int64
    let order: Int
    let happening: Happening

    static func < (left: Entry, right: Entry) -> Bool {
      left.time != right.time ? left.time < right.time : left.order < right.order
    }
  }

  private var heap: [Entry] = []
  private var planned = 0

  init() { heap.reserveCapacity(64) }

  mutating func plan(_ happening: Happening, at time: Int64) {
    planned += 1
    heap.append(Entry(time: time, order: planned, happening: happening))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child] < heap[parent] else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func next() -> (time: Int64, happening: Happening)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink(0)
    }
    return (first.time, first.happening)
  }

  /// The clocks jump: every timer comes earlier by so much, but not before now; later, if negative.
  mutating func jump(by millis: Int64, now: Int64) {
    for index in heap.indices where heap[index].happening.isTimer {
      heap[index].time = max(now, heap[index].time - millis)
    }
    for index in stride(from: heap.count / 2, through: 0, by: -1) { sink(index) }
  }

  private mutating func sink(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] as [Int] where child < heap.count && heap[child] < heap[least] {
        least = child
      }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
