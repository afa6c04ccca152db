import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceKit

/// Receives webhooks on loopback for several receivers, each under a path of its own, and keeps those that are genuine.
final class WebhookReceiver: Sendable {
  /// A message that was received, its signature verified.
  struct Message: Sendable {
    let receiver: String
    /// The `webhook-id`.
    let id: String
    let body: Data
    let at: ContinuousClock.Instant

    /// What it says, as far as the suite reads it.
    struct Content: Decodable, Sendable {
      struct Fields: Decodable, Sendable {
        let pupil: String?
        let proposal: String?
      }
      let type: String
      let data: Fields
    }

    var content: Content? { try? JSONDecoder().decode(Content.self, from: body) }
  }

  private struct State {
    var keys: [String: String] = [:]
    var messages: [Message] = []
    var forged = 0
    var arrivals: [UUID: AsyncStream<Void>.Continuation] = [:]
  }

  private let state = Locked(State())
  private let port = Locked(0)

  /// Messages are no longer kept beyond so many.
  private static let mostKept = 1_000_000
  private static let bodyLimit = 1_000_000

  /// What arrived so far, in order.
  var messages: [Message] { state.withLock { $0.messages } }
  /// How many messages had no valid signature.
  var forged: Int { state.withLock { $0.forged } }

  /// The address of a receiver.
  func address(of receiver: String) -> String { "http://127.0.0.1:\(port.withLock { $0 })/\(receiver)" }

  /// Tells the key by which a receiver knows the sender.
  func trust(_ key: String, for receiver: String) { state.withLock { $0.keys[receiver] = key } }

  /// Listens while the body runs.
  func serve<Value: Sendable>(_ body: @Sendable @escaping () async throws -> Value) async throws -> Value {
    let (running, isRunning) = AsyncStream<Void>.makeStream()
    let router = Router()
    router.post("{receiver}") { [self] request, context in
      let bytes = try await request.body.collect(upTo: Self.bodyLimit)
      return Response(
        status: take(
          context.parameters.get("receiver") ?? "", request.headers, Array(bytes.readableBytesView)))
    }
    var logger = Logger(label: "receiver")
    logger.logLevel = .critical
    let application = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { [port] channel in
        port.withLock { $0 = channel.localAddress?.port ?? 0 }
        isRunning.finish()
      }, logger: logger)
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask {
        try await application.run()
        return nil
      }
      group.addTask {
        for await _ in running {}
        return try await body()
      }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let result { return result }
      }
      throw CancellationError()
    }
  }

  /// Waits for a message.
  ///
  /// - Throws: ``SuiteError/unexpected(_:)`` when none comes in time.
  func first(
    within deadline: Duration, _ what: String, where matches: @Sendable @escaping (Message) -> Bool
  ) async throws -> Message {
    let (arrivals, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let id = UUID()
    state.withLock { $0.arrivals[id] = continuation }
    defer { state.withLock { $0.arrivals[id] = nil } }
    continuation.yield()
    return try await withThrowingTaskGroup(of: Message?.self) { group in
      group.addTask {
        for await _ in arrivals {
          if let found = self.messages.first(where: matches) { return found }
        }
        return nil
      }
      group.addTask {
        try await Task.sleep(for: deadline)
        return nil
      }
      defer { group.cancelAll() }
      guard let found = try await group.next() ?? nil else {
        try Task.checkCancellation()
        throw SuiteError.unexpected("\(what) did not come within \(deadline)")
      }
      return found
    }
  }

  private func take(_ receiver: String, _ headers: HTTPFields, _ body: [UInt8]) -> HTTPResponse.Status {
    func header(_ name: String) -> String { HTTPField.Name(name).flatMap { headers[$0] } ?? "" }
    return state.withLock { state in
      let isGenuine =
        state.keys[receiver].map {
          StandardWebhook.isGenuine(
            id: header("webhook-id"), timestamp: header("webhook-timestamp"),
            signatures: header("webhook-signature"), body: body, key: $0)
        } ?? false
      guard isGenuine, state.messages.count < Self.mostKept else {
        state.forged += 1
        return .unauthorized
      }
      state.messages.append(
        Message(receiver: receiver, id: header("webhook-id"), body: Data(body), at: .now))
      for arrival in state.arrivals.values { arrival.yield() }
      return .noContent
    }
  }
}
