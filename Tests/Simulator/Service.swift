import MessagingMachines

/// A committed row of an outbox.
struct Row: Sendable {
  let subject: Int
  /// A stand-in for the event's data, from which everything that depends on it is computed.
  let content: UInt64
  /// Whether the broker refuses it for its size.
  let isLarge: Bool
  /// Whether readers cannot apply it until a person has repaired something.
  let isPoison: Bool

  /// How many events a reader publishes when it applies this one.
  var consequences: Int { Int(content % 3) }
}

/// What became of an event in a reader's store.
enum Outcome: Sendable { case applied, parked, discarded }

/// What a service has on disk. It survives every crash.
final class Store {
  /// Grows with every process that opens the store: an older process has lost it.
  var generation = 0
  var outbox: [Row] = []
  /// The mark of ``Mistake/markBeforeAcknowledged``.
  var sentMark: Int64 = 0

  var position = Intake.Position.start
  /// What became of each event read, by sequence from 1.
  var outcomes: [Outcome] = []
  /// The parked events, by subject, in order.
  var parked: [String: [Int64]] = [:]
  /// The poison that a person has repaired.
  var repaired: Set<Int64> = []
  /// The last event applied or given up of each subject.
  var lastOfSubject: [Int64] = Array(repeating: 0, count: Subjects.names.count)

  /// The highest sequence in the outbox.
  var lastSequence: Int64 { Int64(outbox.count) }
}

/// What events are about.
enum Subjects {
  static let names = ["a", "b", "c", "d"]
  /// The subject of a name that this module gave.
  static func index(of name: String) -> Int { names.firstIndex(of: name) ?? 0 }
}

/// What a running program holds in memory. It is gone at every crash.
final class Process {
  let service: Int
  let number: Int
  let generation: Int
  var isAlive = true
  var relay: Relay
  /// The client in use; what concerns another is not heard.
  var client = 0
  var reader: Reader?

  init(service: Int, number: Int, generation: Int, window: Int) {
    self.service = service
    self.number = number
    self.generation = generation
    relay = Relay(window: window)
  }
}

/// A record as a reader has fetched it.
struct FetchedRecord {
  let offset: Int64
  let record: LogRecord
}

/// The reading half of a process.
struct Reader {
  var intake: Intake
  /// The offset that is asked of the log next.
  var nextFetch: Int64
  /// What was fetched and is not dealt with yet; the first of it is the one that the intake saw last while it repairs.
  var batch: ArraySlice<FetchedRecord> = []
  var quietLooks = 0

  init(_ position: Intake.Position) {
    intake = Intake(position)
    nextFetch = position.nextOffset
  }
}

/// A service of the chain: its store, its topic, the process that owns the store now.
final class Service {
  let number: Int
  let store = Store()
  var log = HostileLog()
  var isFeedUp = true
  var current: Process?

  init(number: Int) { self.number = number }
}

/// What the world knows of a client that once was.
struct ClientRecord {
  let service: Int
  /// How many records it sent.
  var sent = 0
  /// The highest of its own count that the broker took.
  var lastOrdinal = 0
  /// The highest sequence of its records in the log since it last read the end of it.
  var lastSequence: Int64 = 0
  /// What it was told that the log holds.
  var acknowledged: Set<Int64> = []
  /// When its last record arrives at the broker: a connection keeps the order.
  var lastArrival: Int64 = 0
}
