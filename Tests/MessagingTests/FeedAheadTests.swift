import Contracts
import Dispatch
import Foundation
import KafkaProxy
import Messaging
import TestKit
import Testing

@Suite("Pages of a feed, one ahead", .timeLimit(.minutes(10)))
struct FeedAheadTests {
  /// Applies the first event only once the page behind its own was asked for.
  private struct WaitingHandler: EventHandler {
    let handler: RecordingHandler
    let asked: DispatchSemaphore

    var handledTypes: Set<String> { handler.handledTypes }

    func handle(_ event: Event, in unit: UnitOfWork) throws {
      if event.sequence == 1, asked.wait(timeout: .now() + 20) == .timedOut { throw PermanentFailure("not-asked") }
      try handler.handle(event, in: unit)
    }
  }

  private struct AskedFeed: EventFeed {
    let feed: LocalFeed
    let asked: DispatchSemaphore

    func page(after sequence: Int64) async throws -> FeedPage {
      if sequence > 0 { asked.signal() }
      return try await feed.page(after: sequence)
    }
  }

  @Test("The next page is on its way while one is applied, and every event has one effect in order")
  func ahead() async throws {
    let broker = try await TestBroker(topics: ["880.registers"])
    var pair = try Pair()
    (pair.settings.quietMillis, pair.settings.pollMillis) = (50, 20)
    try await pair.append(1...350)
    let asked = DispatchSemaphore(value: 0)
    let intake = IntakeLoop(
      service: .registers, authority: "880", handler: WaitingHandler(handler: pair.handler, asked: asked),
      transactions: pair.reading, kafka: broker.configuration, feed: AskedFeed(feed: pair.feed, asked: asked),
      settings: pair.settings, logger: quietLogger)
    let applied = pair.handler.applied
    try await withThrowingTaskGroup { group in
      group.addTask { try await intake.run() }
      try await applied.wait(for: 350)
      group.cancelAll()
    }
    #expect(try await pair.effects() == Array(1...350))
  }
}
