import Contracts
import Foundation
import GRDB
import Schemas
import Seeded
import ServiceKit
import TestKit

@testable import Messaging
@testable import Store

/// What the programs of a rehearsal tell each other: a text of their own.
protocol Said: EventData {
  var text: String { get }
  init(text: String)
}

extension Said {
  static var classification: DataClassification { .internal }
  static var summary: String { "A text." }
  static var schema: JSONSchema { .object([.init("text", .string(), "The text.")]) }
}

struct RegistersSaid: Said {
  static let type = EventType(.registers, "rehearsed")
  let text: String
}

struct EnforcementSaid: Said {
  static let type = EventType(.enforcement, "rehearsed")
  let text: String
}

/// Three programs with real stores, relays and readers, that read each other in a ring and on from there: registers and
/// enforcement read each other, the notifier reads both. Any of them is put back from a backup while the others go on.
actor Rehearsal {
  static let reads: [ServiceName: [ServiceName]] = [
    .registers: [.enforcement], .enforcement: [.registers], .notifier: [.registers, .enforcement],
  ]
  static let services: [ServiceName] = [.registers, .enforcement, .notifier]

  /// Applies an event by writing its link down; enforcement answers every second one of registers.
  struct Handler: EventHandler {
    let reader: ServiceName
    let seen: Seen
    let handledTypes: Set<String> = [RegistersSaid.type.name, EnforcementSaid.type.name]

    func handle(_ event: Event, in unit: UnitOfWork) throws {
      guard let seal = event.seal else { throw PermanentFailure("no-link") }
      try unit.db.execute(
        sql: "INSERT INTO effect (topic, link) VALUES (?, ?)", arguments: [event.source, Data(seal.link.bytes)])
      let text: String
      if event.type == RegistersSaid.type.name {
        text = try RegistersSaid.decode(event).text
        if reader == .enforcement, event.sequence.isMultiple(of: 2) {
          try unit.publish(EnforcementSaid(text: "answer to \(text)"), subject: event.subject)
        }
      } else {
        text = try EnforcementSaid.decode(event).text
      }
      unit.db.afterNextTransaction { [seen, reader] _ in seen.add("\(reader.rawValue) \(text)") }
    }
  }

  /// One program: its store and, while it runs, its loops.
  private struct Program {
    var store: Store
    var transactions: Transactions
    var loops: Task<Void, any Error>?
    var intakes: [IntakeLoop] = []
    /// Where its copies are.
    var backups: [String] = []
  }

  /// A feed that is the store of whoever runs now.
  private struct Feed: EventFeed {
    let rehearsal: Rehearsal
    let source: ServiceName

    func page(after sequence: Int64, link: EventDigest?) async throws -> FeedPage {
      try await rehearsal.feed(of: source).page(after: sequence, link: link)
    }

    func chain(through sequence: Int64, limit: Int) async throws -> SourceChain {
      try await rehearsal.feed(of: source).chain(through: sequence, limit: limit)
    }
  }

  private struct Away: Error {}

  private let folder = NSTemporaryDirectory() + "rehearsal-\(UUID().uuidString)"
  private let log = MemoryLog()
  private let seen = Seen()
  private var programs: [ServiceName: Program] = [:]
  private var generator: SeededGenerator
  private var spoken = 0
  /// What happened, for one who looks for the reason of a fault.
  private(set) var story: [String] = []
  /// How many restores there were.
  private(set) var restores = 0

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  private func path(_ service: ServiceName) -> String { "\(folder)/\(service.rawValue).sqlite" }

  private func open(_ service: ServiceName) throws {
    let effects = Migration(
      "test 0001 effects",
      sql: "CREATE TABLE effect (number INTEGER PRIMARY KEY, topic TEXT NOT NULL, link BLOB NOT NULL) STRICT;")
    let store = try Store(
      path: path(service), owner: service.topic(authority: "880"),
      migrations: MessagingSchema.migrations + [effects], auditKeys: TestAuditKeys.keys)
    let transactions = Transactions(
      store: store, outbox: Outbox(service: service, authority: "880", store: store),
      clock: SystemClock(offsetSeconds: 0))
    let backups = programs[service]?.backups ?? []
    programs[service] = Program(store: store, transactions: transactions, backups: backups)
  }

  private func start(_ service: ServiceName) {
    guard let program = programs[service], program.loops == nil else { return }
    var settings = MessagingSettings()
    (settings.quietMillis, settings.pollMillis, settings.tailCheckMillis) = (30, 10, 20)
    (settings.firstPauseMillis, settings.longestPauseMillis) = (1, 10)
    settings.intakeBatch = generator.within(1...20)
    settings.chainLinks = generator.within(1...8)
    settings.relayWindow = generator.within(1...20)
    let relay = RelayLoop(
      outbox: program.transactions.outbox, store: program.store, log: log, settings: settings, logger: quietLogger)
    let intakes = (Self.reads[service] ?? []).map { source in
      IntakeLoop(
        service: source, authority: "880", handler: Handler(reader: service, seen: seen),
        transactions: program.transactions, log: log, feed: Feed(rehearsal: self, source: source), settings: settings,
        logger: quietLogger)
    }
    programs[service]?.intakes = intakes
    programs[service]?.loops = Task {
      try await withThrowingTaskGroup { group in
        group.addTask { try await relay.run() }
        for intake in intakes { group.addTask { try await intake.run() } }
        try await group.waitForAll()
      }
    }
  }

  /// Ends a program's loops and closes its store.
  private func stop(_ service: ServiceName) async throws {
    guard let program = programs[service] else { return }
    programs[service]?.loops = nil
    program.loops?.cancel()
    _ = await program.loops?.result
    try program.store.close()
  }

  fileprivate func feed(of service: ServiceName) throws -> LocalFeed {
    guard let program = programs[service], program.loops != nil else { throw Away() }
    return LocalFeed(outbox: program.transactions.outbox, store: program.store)
  }

  private func speak(_ service: ServiceName, _ text: String) async throws {
    guard let transactions = programs[service]?.transactions else { return }
    _ = try await transactions.write(by: .program(service)) { unit in
      if service == .registers {
        try unit.publish(RegistersSaid(text: text), subject: "s\(text.utf8.count % 3)")
      } else {
        try unit.publish(EnforcementSaid(text: text), subject: "s\(text.utf8.count % 3)")
      }
    }
  }

  private func tell(_ what: String, _ service: ServiceName) {
    guard let store = programs[service]?.store else { return }
    story.append("\(what) \(service) \(store.epochNames) \(store.generation) \(String(describing: store.lock.mark))")
  }

  private func backUp(_ service: ServiceName) throws {
    let path = "\(folder)/\(service.rawValue)-\(UUID().uuidString).backup"
    try programs[service]?.store.copy(to: path)
    programs[service]?.backups.append(path)
    tell("backed up", service)
  }

  /// Puts a program back to one of its backups. Files beside the store stay, as on the same machine, or are gone, as on
  /// another.
  private func restore(_ service: ServiceName) async throws {
    guard let backups = programs[service]?.backups, !backups.isEmpty else { return }
    let copy = generator.pick(backups)
    tell("stops", service)
    try await stop(service)
    let isOtherMachine = generator.below(3) == 0
    for suffix in ["", "-wal", "-shm"] + (isOtherMachine ? [".lock"] : []) {
      try? FileManager.default.removeItem(atPath: path(service) + suffix)
    }
    try FileManager.default.copyItem(atPath: copy, toPath: path(service))
    try open(service)
    restores += 1
    tell(isOtherMachine ? "restored elsewhere" : "restored", service)
  }

  /// Plays a run of work, backups, stops, restores and emptied logs; then lets everything settle.
  ///
  /// - Returns: what is not as it should be; empty when all programs agree.
  func play() async throws -> [String] {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for service in Self.services {
      try open(service)
      start(service)
    }
    var stuck: [String] = []
    for _ in 0..<generator.within(6...18) {
      let service = generator.pick(Self.services)
      switch generator.below(10) {
      case 0...3:
        for _ in 0..<generator.within(1...6) {
          spoken += 1
          try await speak(generator.pick([ServiceName.registers, .registers, .enforcement]), "text \(spoken)")
        }
      case 4: try backUp(service)
      case 5: for service in Self.services where generator.below(2) == 0 { try backUp(service) }
      case 6:
        // Any subset, in any order, and each may work before the next is put back.
        for service in Self.services.shuffled(using: &generator) where generator.below(2) == 0 {
          try await restore(service)
          if generator.below(2) == 0 { start(service) }
        }
        for service in Self.services { start(service) }
      case 7:
        try await restore(service)
        start(service)
      case 8:
        try await stop(service)
        try open(service)
        start(service)
      default: if generator.below(2) == 0 { log.wipe() } else { stuck += try await settle() }
      }
      if !stuck.isEmpty { break }
    }
    if stuck.isEmpty { stuck += try await settle() }
    var faults = stuck
    for service in Self.services {
      for source in Self.reads[service] ?? [] { faults += try await self.faults(of: service, with: source) }
    }
    for service in Self.services { try await stop(service) }
    try FileManager.default.removeItem(atPath: folder)
    return faults
  }

  /// Each source says one more thing, and every reader is waited for.
  ///
  /// - Returns: those that never heard it.
  private func settle() async throws -> [String] {
    var stuck: [String] = []
    for _ in 0..<2 where stuck.isEmpty {
      spoken += 1
      for source in [ServiceName.registers, .enforcement] { try await speak(source, "end \(source) \(spoken)") }
      for service in Self.services {
        for source in Self.reads[service] ?? [] {
          let text = "\(service.rawValue) end \(source) \(spoken)"
          if await !seen.wait(for: text, upTo: .seconds(30)) {
            var states = "never applied: \(text)"
            for intake in programs[service]?.intakes ?? [] { states += "; \(await intake.state)" }
            stuck.append(states)
          }
        }
      }
    }
    return stuck
  }

  /// A reader has had each event of its source once and in order, and whatever else it has had is listed.
  private func faults(of reader: ServiceName, with source: ServiceName) async throws -> [String] {
    guard let own = programs[reader]?.store, let other = programs[source]?.store else { return ["no store"] }
    let topic = source.topic(authority: "880")
    let (effects, listed) = try await own.read { db in
      (
        try Data.fetchAll(
          db, sql: "SELECT link FROM effect WHERE topic = ? ORDER BY number",
          arguments: [source.source(authority: "880")]),
        try Data.fetchAll(db, sql: "SELECT link FROM beyond_fork WHERE topic = ?", arguments: [topic])
      )
    }
    let written = try await other.read { try Data.fetchAll($0, sql: "SELECT link FROM outbox ORDER BY sequence") }
    let name = "\(reader.rawValue) reads \(source.rawValue)"
    var faults: [String] = []
    // What was listed was applied once for each listing, before what the source has now.
    var left = Dictionary(listed.map { ($0, 1) }, uniquingKeysWith: +)
    let kept = effects.filter { link in
      guard let count = left[link], count > 0 else { return true }
      left[link] = count - 1
      return false
    }
    // The answers to the last events may be on their way: what is there is the beginning of what was written.
    let expected = written.prefix(kept.count)
    if !Set(kept).isSubset(of: written) { faults.append("\(name): applied, not the source's and not listed") }
    if Set(kept).count < kept.count { faults.append("\(name): doubled") }
    if !Set(expected).isSubset(of: kept) { faults.append("\(name): missing") }
    if faults.isEmpty, !kept.elementsEqual(expected) { faults.append("\(name): out of order") }
    if !Set(listed).isSubset(of: effects) { faults.append("\(name): listed and never applied") }
    return faults
  }
}
