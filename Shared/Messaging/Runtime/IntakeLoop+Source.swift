import Contracts
import GRDB
import Kafka
import Logging
import MessagingMachines
import ServiceKit
import Store

/// What a reader knows of its source: whether a record is the source's next event, and whether both have the same past.
extension IntakeLoop {
  /// The last event that was dealt with.
  struct ChainEnd: Hashable, Sendable {
    var sequence: Int64
    var epoch: String?
    var link: EventDigest
  }

  /// A record as the machine takes it.
  func classify(
    _ record: Kafka.Record, after end: ChainEnd, known: [Int64: EventDigest]
  ) -> (event: Event?, arrival: Intake.Arrival) {
    let headers = record.headers.map { (name: $0.name, value: $0.value) }
    guard !doubted.forged.contains(record.offset),
      let event = try? KafkaBinding.event(headers: headers, value: record.value), event.source == source
    else { return (nil, .unreadable) }
    let sequence = event.sequence
    guard let seal = event.seal else {
      // An older release wrote it: only the feed can say what it is.
      return (event, sequence <= end.sequence ? .event(sequence: sequence) : .withoutData(sequence: sequence))
    }
    if event.epoch != end.epoch, left.contains(event.epoch) { return (event, .abandoned) }
    // Two restores behind each other leave two branches in the topic: the source alone says in which it is.
    if event.epoch != end.epoch, sequence > end.sequence { return (event, .unreadable) }
    if sequence <= end.sequence {
      let isKnown = known[sequence].map { $0 == seal.link } ?? (event.epoch == end.epoch)
      return (event, isKnown ? .event(sequence: sequence) : .unreadable)
    }
    guard sequence == end.sequence + 1 else {
      return (event, vouches(for: event) ? .event(sequence: sequence) : .unreadable)
    }
    let hasData = event.data != nil && event.dataRef == nil && !doubted.damaged.contains(record.offset)
    if hasData, EventChain.fits(event, after: end.link, trustsRemains: false) {
      return (event, .event(sequence: sequence))
    }
    return (event, vouches(for: event) ? .withoutData(sequence: sequence) : .unreadable)
  }

  /// The end of the chain with an event. An event of a part of the source's life that the source has left says nothing of
  /// where the source is.
  func end(_ event: Event, _ seal: EventSeal) -> ChainEnd {
    let epoch = left.contains(event.epoch) ? chain.epoch : event.epoch
    return ChainEnd(sequence: event.sequence, epoch: epoch, link: seal.link)
  }

  func vouches(for event: Event) -> Bool { key?.vouches(for: event) ?? false }

  /// The first of some events that the source did not sign. Each link holds the one before, so that the last is enough
  /// when it is the source's.
  func firstForged(_ events: [Event?]) -> Int? {
    guard let last = events.compactMap({ $0 }).last, !vouches(for: last) else { return nil }
    return events.firstIndex { $0.map { !vouches(for: $0) } ?? false }
  }

  /// Holds a page of the feed against the last event.
  ///
  /// - Returns: the events that are next, and the last of them.
  func checked(_ page: FeedPage) throws -> (events: [Event], end: ChainEnd) {
    var end = chain
    var events: [Event] = []
    for event in page.events where event.source == source && event.sequence == end.sequence + 1 {
      guard let seal = event.seal, EventChain.fits(event, after: end.link, trustsRemains: true) else {
        throw FeedError.unreadable
      }
      events.append(event)
      end = self.end(event, seal)
    }
    if let last = events.last, !vouches(for: last) { throw FeedError.unreadable }
    return (events, end)
  }

  /// Reads from the store where the reader is.
  func load() async throws -> SourcePosition {
    let (position, left) = try await store.read { [topic] db in
      (try Positions.load(topic: topic, in: db), try Positions.left(topic: topic, in: db))
    }
    intake = Intake(position.intake)
    chain = ChainEnd(sequence: position.sequence, epoch: position.epoch, link: position.link ?? .origin)
    key = position.key
    self.left = left
    return position
  }

  /// Asks the source who it is and whether it has the last event that was applied, before anything is read. Where it is
  /// known already and does not answer, the topic is followed all the same.
  func greet() async throws {
    let position = try await load()
    let isKnown = position.key != nil && position.link != nil && !position.accepts && state.fork == nil
    let said: SourceChain
    do {
      said = try await feed.chain(through: position.sequence, limit: 1)
    } catch {
      guard isKnown, !(error is CancellationError) else { throw error }
      return
    }
    var met = position
    guard let saidKey = Self.key(of: said), let epoch = said.epochs.last else { throw FeedError.unreadable }
    if position.key == nil { met.key = saidKey }
    let link = said.link(of: position.sequence)
    // An older release read up to here and kept no link: what the source has there is believed once.
    if position.link == nil, let link { met.link = link }
    guard met.key == saidKey, !position.accepts, met.link == link, link != nil, !left.contains(epoch) else {
      throw FeedError.forked
    }
    met.epoch = epoch
    if met != position || !left.isSuperset(of: said.epochs.dropLast()) {
      let kept = met
      try await store.write { [topic] in try Positions.keep(kept, of: said.epochs, topic: topic, in: $0) }
      _ = try await load()
    }
  }

  private static func key(of said: SourceChain) -> LinkKey? {
    EventDigest(hex: said.key).map { LinkKey(bytes: $0.bytes) }
  }

  /// Goes back to the last event in common with a source that was restored, lists what was applied behind it, and follows
  /// the source as it is now.
  ///
  /// - Throws: ``SourceFork`` when the source was not restored, and nobody accepts it.
  func reconcile() async throws {
    let before = try await load()
    let said = try await feed.chain(through: before.sequence, limit: settings.chainLinks)
    guard let saidKey = Self.key(of: said), let epoch = said.epochs.last else { throw FeedError.unreadable }
    if !before.accepts {
      guard saidKey == before.key else { throw SourceFork.otherKey }
      let ofOneLife = !left.union([before.epoch].compactMap { $0 }).isDisjoint(with: said.epochs)
      guard ofOneLife else { throw SourceFork.otherStore }
      // One that was left is no restore: an old copy runs again.
      guard epoch != before.epoch, !left.contains(epoch) else { throw SourceFork.undeclared(sequence: before.sequence) }
    }
    var after = before
    (after.intake.lastSequence, after.link) = try await lastInCommon(before.sequence, said)
    (after.key, after.epoch, after.accepts) = (saidKey, epoch, false)
    let kept = after
    let listed = try await transactions.write(by: .program(service)) { [topic] unit in
      let listed = try BeyondFork.goBack(
        from: before, to: kept, of: said.epochs, topic: topic, at: unit.at, in: unit.db)
      try unit.audit(
        AuditAction("topic.reconciled"), of: .record(topic),
        ["from": before.sequence, "to": kept.sequence, "listed": listed])
      return listed
    }
    logger.critical(
      "the source was restored; what it no longer has is listed",
      metadata: [
        "topic": "\(topic)", "from": "\(before.sequence)", "to": "\(after.sequence)", "listed": "\(listed)",
      ])
    _ = try await load()
  }

  /// The highest sequence under which reader and source have the same link, and that link.
  private func lastInCommon(
    _ sequence: Int64, _ said: SourceChain
  ) async throws -> (sequence: Int64, link: EventDigest) {
    var (said, through) = (said, sequence)
    while through > 0 {
      let range = max(1, through - Int64(settings.chainLinks) + 1)...through
      let own = try await store.read { [topic, settings] db in
        try DealtWith.links(topic: topic, range, limit: settings.chainLinks, in: db)
      }
      for one in own where said.link(of: one.sequence) == one.link { return (one.sequence, one.link) }
      guard let lowest = own.last?.sequence, lowest == range.lowerBound else { break }
      through = lowest - 1
      if through > 0 { said = try await feed.chain(through: through, limit: settings.chainLinks) }
    }
    guard through == 0 else { throw SourceFork.tooOld(oldest: through + 1) }
    return (0, .origin)
  }

  /// Says how many of the applied events the source no longer has, as long as nobody has settled them.
  func raiseBeyondFork() async throws {
    let open = try await store.read { [topic] in try BeyondFork.open(topic: topic, in: $0) }
    alarms?.set(
      "reconcile \(topic)",
      open == 0 ? nil : "\(open) events were applied that \(topic) no longer has: see GET /reconciliations")
  }
}
