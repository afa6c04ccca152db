import Contracts
import GRDB
import Logging
import MessagingMachines
import Store

/// What a reader does with the feed of its source.
extension IntakeLoop {
  /// A log that was cut where this reader stands looks like one in which nothing happens: the feed tells which it is.
  func askFeedInQuiet() async throws {
    guard !stepAndPublish(.quiet).isEmpty else { return }
    do {
      try await followFeed()
    } catch let error where error is StoreError || error is DatabaseError || error as? FeedError == .forked {
      throw error
    } catch {
      logger.debug("the feed is not there either", metadata: ["topic": "\(topic)", "error": "\(error)"])
      _ = stepAndPublish(.feedUnavailable)
    }
  }

  /// Fetches from the feed until the machine says that the topic can be followed again.
  func followFeed() async throws {
    let first = intake.position.lastSequence
    defer {
      if intake.position.lastSequence > first {
        logger.notice(
          "events were fetched from the feed",
          metadata: ["topic": "\(topic)", "after": "\(first)", "through": "\(intake.position.lastSequence)"])
      }
    }
    var fetched: FeedPage?
    while intake.isRepairing {
      let page =
        if let fetched { fetched } else {
          try await feed.page(after: intake.position.lastSequence, link: chain.link)
        }
      var machine = intake
      var plan: [IntakeTransaction.Planned] = []
      let (events, end) = try checked(page)
      for event in events {
        for case .apply(let position) in machine.step(.feedEvent(sequence: event.sequence)) {
          plan.append(.init(event: event, position: position))
        }
      }
      let reached = machine.position
      let alarms = machine.step(.feedPageEnded(isLast: page.isLast))
      let goesOn = machine.isRepairing && !page.isLast && reached != intake.position
      // The next page is on its way while this one is applied.
      async let next = ahead(of: goesOn ? end : nil)
      _ = try await commit(plan, isAuthoritative: true)
      let before = intake.position
      intake = machine
      moveChain(to: plan.last?.event)
      publishState()
      if page.isLast { try await enter(page.epoch) }
      for case .alarm(let alarm) in alarms {
        logger.critical("intake alarm", metadata: ["topic": "\(topic)", "alarm": "\(alarm)"])
      }
      if intake.isRepairing, intake.position == before { throw FeedError.unreadable }
      fetched = try await next
    }
  }

  private nonisolated func ahead(of end: ChainEnd?) async throws -> FeedPage? {
    guard let end else { return nil }
    return try await feed.page(after: end.sequence, link: end.link)
  }

  /// A source that was restored and has not written since is in another part of its life all the same.
  private func enter(_ epoch: String) async throws {
    guard !epoch.isEmpty, epoch != chain.epoch, !left.contains(epoch) else { return }
    try await store.write { [topic, position = intake.position] db in
      try Positions.save(position, nil, topic: topic, in: db)
      try Positions.follow(epoch, topic: topic, in: db)
    }
    if let before = chain.epoch { left.insert(before) }
    chain.epoch = epoch
  }
}
