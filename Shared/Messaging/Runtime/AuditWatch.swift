import Contracts
import Foundation
import GRDB
import Logging
import ServiceKit
public import ServiceLifecycle
import Store

/// Verifies a service's audit log while it runs: the end of it at every turn, all of it at the start and once a day, and
/// against what was published and what readers hold. What is broken is on record and an alarm until an operator
/// acknowledges it; it never keeps anything else from being done.
public actor AuditWatch: Service {
  /// The name of the alarm.
  public static let alarm = "audit-chain"

  /// A topic that the service reads, and where its source can be asked.
  struct Source: Sendable {
    let topic: String
    let feed: any EventFeed
  }

  /// How the log stands.
  struct State: Sendable, Hashable {
    /// The number of the last entry.
    var entries: Int64 = 0
    /// When the whole of it was verified last; `nil` before the first time.
    var verified: Date?
    /// Every break on record, those that stand first.
    var breaks: [AuditLog.Noted] = []

    var isSound: Bool { !breaks.contains { $0.acknowledgement == nil } }
  }

  private let transactions: Transactions
  private let sources: [Source]
  private let alarms: Alarms
  private let settings: MessagingSettings
  private let logger: Logger
  private var asked: ContinuousClock.Instant?

  /// How many entries are looked at in one read: some milliseconds.
  private static let slice = 2_000
  /// The most entries at the end that are verified at a turn.
  static let longTail: Int64 = 10_000
  /// The most entries at the end that are verified whenever somebody looks.
  static let shortTail: Int64 = 200
  /// The most breaks that are kept and shown.
  private static let mostBreaks = 200
  private static let wholeEverySeconds = 86_400.0

  private var store: Store { transactions.store }
  private var clock: any WallClock { transactions.clock }

  init(
    _ transactions: Transactions, sources: [Source], alarms: Alarms, settings: MessagingSettings, logger: Logger
  ) {
    self.transactions = transactions
    self.sources = sources
    self.alarms = alarms
    self.settings = settings
    self.logger = logger
  }

  /// Runs until the service shuts down. A turn that fails is logged and tried again.
  public func run() async throws {
    await cancelWhenGracefulShutdown {
      var isFirst = true
      while !Task.isCancelled {
        await self.turn(isFirst: isFirst)
        isFirst = false
        do { try await Task.sleep(for: .milliseconds(self.settings.auditMillis)) } catch { return }
      }
    }
  }

  private func turn(isFirst: Bool) async {
    do {
      try await look(tail: Self.longTail)
      let verified = try await store.read { try AuditLog.verified(in: $0)?.at }
      let isDue = verified.map { abs(clock.now().timeIntervalSince($0)) >= Self.wholeEverySeconds } ?? true
      if isFirst || isDue { try await verifyWhole() }
      try await askSources()
    } catch is CancellationError {
      return
    } catch {
      logger.error("the audit log cannot be verified now", metadata: ["error": "\(type(of: error))"])
    }
  }

  /// Verifies the end of the log, as much as was written since the whole was verified and no more than a bound, and
  /// compares it with what was published last.
  ///
  /// - Returns: how the log stands.
  @discardableResult
  func look(tail: Int64 = AuditWatch.shortTail) async throws -> State {
    let keys = store.auditKeys
    let breaks = try await store.read { db in
      let last = try AuditLog.last(in: db)?.number ?? 0
      let verified = try AuditLog.verified(in: db)?.number ?? 0
      let start = max(0, max(min(verified, last), last - tail))
      // Where the entry to begin behind is gone, the whole walk says so; here the end at least is looked at.
      var walk = try start == 0 ? AuditWalk() : AuditWalk(after: start, in: db)
      if walk == nil { walk = try AuditWalk(after: last, in: db) }
      var end = walk ?? AuditWalk()
      _ = try end.step(limit: Int(tail) + 1, keys: keys, in: db)
      try end.finish(keys: keys, in: db)
      return try end.breaks + Self.contradicted(in: db)
    }
    return try await conclude(breaks, walk: nil)
  }

  /// Verifies the whole log, some entries at a time.
  @discardableResult
  func verifyWhole() async throws -> State {
    let keys = store.auditKeys
    var walk = AuditWalk()
    var hasMore = true
    while hasMore {
      (walk, hasMore) = try await store.read { [walk] db in
        var walk = walk
        let hasMore = try walk.step(limit: Self.slice, keys: keys, in: db)
        if !hasMore { try walk.finish(keys: keys, in: db) }
        return (walk, hasMore)
      }
      await Task.yield()
      try Task.checkCancellation()
    }
    let breaks = try await walk.breaks + store.read { try Self.contradicted(in: $0) }
    return try await conclude(breaks, walk: walk)
  }

  /// Whether this store's log has the entry that a reader holds an anchor of; when it has not, that is on record.
  func confirm(_ anchor: AuditAnchor, to reader: ServiceName) async throws -> Bool {
    if try await store.read({ try AuditAnchors.holds(anchor, in: $0) }) { return true }
    _ = try await conclude(
      [.contradicted(holder: reader.rawValue, count: anchor.count, head: anchor.head)], walk: nil)
    return false
  }

  /// Acknowledges breaks in the name of an operator; the acknowledgement is itself an entry.
  ///
  /// - Returns: how the log stands then; `nil` when one of the names is on record as no break that stands.
  func acknowledge(_ names: [String], words: String, by caller: Caller) async throws -> State? {
    let keys = store.auditKeys
    let isKnown = try await transactions.write(by: caller) { unit in
      let standing = try Set(
        AuditLog.noted(limit: Self.mostBreaks, keys: keys, in: unit.db).filter { $0.acknowledgement == nil }.map(\.name)
      )
      guard standing.isSuperset(of: names) else { return false }
      for name in Set(names).sorted() {
        try unit.audit(AuditAction(AuditLog.acknowledgeAction), of: .record(name), words: words)
      }
      return true
    }
    return isKnown ? try await conclude([], walk: nil) : nil
  }

  /// How the log stands, from what is on record.
  func state() async throws -> State {
    let keys = store.auditKeys
    return try await store.read { db in
      State(
        entries: try AuditLog.last(in: db)?.number ?? 0, verified: try AuditLog.verified(in: db)?.at,
        breaks: try AuditLog.noted(limit: Self.mostBreaks, keys: keys, in: db))
    }
  }

  private static func contradicted(in db: Database) throws -> [AuditBreak] {
    guard let published = try AuditAnchors.published(in: db), try !AuditAnchors.holds(published, in: db) else {
      return []
    }
    return [.contradicted(holder: "own", count: published.count, head: published.head)]
  }

  /// Puts on record what was found, and raises or clears the alarm.
  private func conclude(_ breaks: [AuditBreak], walk: AuditWalk?) async throws -> State {
    let now = clock.now()
    if !breaks.isEmpty || walk != nil {
      try await store.write { db in
        let known = try Int.fetchOne(db, sql: "SELECT count(*) FROM audit_breaks") ?? 0
        try AuditLog.note(Array(breaks.prefix(max(0, Self.mostBreaks - known))), at: now, in: db)
        if let walk { try AuditLog.keepVerified(walk, at: now, in: db) }
      }
    }
    let state = try await state()
    let standing = state.breaks.filter { $0.acknowledgement == nil }.map(\.name)
    let shown = standing.prefix(5).joined(separator: ", ") + (standing.count > 5 ? ", …" : "")
    alarms.set(Self.alarm, standing.isEmpty ? nil : shown)
    return state
  }

  /// Asks each source whether its log still has what it published to this reader.
  func askSources() async throws {
    if let asked, asked.duration(to: .now) < .milliseconds(settings.auditAskMillis) { return }
    var haveAnswered = true
    for source in sources {
      guard let anchor = try await store.read({ try AuditAnchors.latest(of: source.topic, in: $0) }) else { continue }
      do {
        guard try await source.feed.confirms(anchor, reader: store.owner) == false else { continue }
        _ = try await conclude(
          [.contradicted(holder: source.topic, count: anchor.count, head: anchor.head)], walk: nil)
      } catch let error where error is StoreError || error is DatabaseError || error is CancellationError {
        throw error
      } catch {
        // The source is away: it is asked again at the next turn.
        haveAnswered = false
      }
    }
    if haveAnswered { asked = .now }
  }
}
