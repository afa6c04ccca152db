import Contracts
import Crypto
import Foundation
import Messaging
import NotifierDomain
import ServiceKit
import Synchronization

/// Sends a receiver a message that says nothing about anybody, so that it can be seen to work: signed and delivered as
/// every other, at once, once.
struct TestMessage: Sendable {
  /// What came of it.
  struct Sent: Sendable {
    /// The `webhook-id`.
    let message: String
    let outcome: Outcome
  }

  let transactions: Transactions
  let keys: SigningKeys
  let client: WebhookClient
  let authority: String
  /// What a receiver compares a signature's moment with.
  let receiversClock: any WallClock
  let limit: TestLimit

  private struct Prepared: Sendable {
    let subscription: Subscription
    let signing: [SigningKey]
  }

  /// Sends it. A suspended subscription may be tested too: that is how a person learns whether to resume it.
  ///
  /// - Throws: ``NotifierError``, what the store throws, `ContractError`, ``SecretSeal/Failure``; the receiver's faults
  ///   are outcomes.
  func send(to id: String, by officer: Caller) async throws -> Sent {
    let began = Timestamp(transactions.clock.now())
    let prepared = try await transactions.read { [keys, today = transactions.today] db in
      let subscription = try Subscriptions.undeleted(id, in: db)
      guard subscription.agreement.isInForce(on: today) else { throw NotifierError.agreementEnded }
      return Prepared(subscription: subscription, signing: try keys.current(of: id, at: began, in: db))
    }
    try limit.take(id, nowMillis: began.millis)
    defer { limit.giveBack() }
    let message = Message.test(of: id, authority: authority, at: began)
    let body = try message.body()
    let begun = Attempts.Begun(
      message: "msg_" + UUID().uuidString.replacing("-", with: "").lowercased(), subscription: id, place: nil,
      level: message.level, fields: message.fields,
      bodyHash: SHA256.hash(data: body).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(),
      officer: officer.subject)
    try await transactions.write(by: officer) { unit in
      try unit.audit(.subscriptionTested, of: .record(id), ["message": begun.message])
      try Attempts.begin(begun, at: unit.at, in: unit.db)
    }
    let headers = try WebhookHeaders(
      messageID: begun.message, timestampSeconds: Int64(receiversClock.now().timeIntervalSince1970), body: body,
      keys: prepared.signing)
    let outcome = await client.post(body, headers: headers, to: prepared.subscription.address, clock: receiversClock)
    try await transactions.write(by: .program(.notifier)) { unit in
      try Attempts.end(begun.message, of: id, in: unit.db)
      try Disclosures.record(.init(test: begun, of: prepared.subscription, result: "\(outcome)"), in: unit)
    }
    return Sent(message: begun.message, outcome: outcome)
  }
}

/// How often receivers may be tested: one test of a subscription in ten seconds, four at once in all.
final class TestLimit: Sendable {
  static let pauseMillis: Int64 = 10_000
  static let mostAtOnce = 4

  private struct State {
    var lastMillis: [String: Int64] = [:]
    var running = 0
  }

  private let state = Mutex(State())

  /// - Throws: ``NotifierError/testedTooOften(retryAfterSeconds:)``.
  func take(_ subscription: String, nowMillis: Int64) throws(NotifierError) {
    let waitMillis = state.withLock { state -> Int64 in
      state.lastMillis = state.lastMillis.filter { nowMillis - $0.value < Self.pauseMillis && $0.value <= nowMillis }
      if let last = state.lastMillis[subscription] { return last + Self.pauseMillis - nowMillis }
      guard state.running < Self.mostAtOnce else { return 1_000 }
      state.lastMillis[subscription] = nowMillis
      state.running += 1
      return 0
    }
    guard waitMillis == 0 else { throw .testedTooOften(retryAfterSeconds: Int((waitMillis + 999) / 1_000)) }
  }

  func giveBack() { state.withLock { $0.running -= 1 } }
}
