import Contracts
import Crypto
import Foundation
import Messaging
import NotifierDomain
import RollCopy
import ServiceKit
import Store

/// One attempt to deliver one message: reads what is true now, decides, cuts, signs and sends.
struct Attempt: Sendable {
  /// What came of it, with what the log of disclosures needs to know.
  struct Result: Sendable {
    let outcome: Outcome
    let stored: Messages.Stored
    let subscription: Subscription
    /// What was sent; `nil` when it was withheld.
    let message: Message?
    let bodyHash: String?
    let officer: String
  }

  /// The message, the child or a key to sign with is gone: the subscription was deleted meanwhile.
  struct Missing: Error {}

  let transactions: Transactions
  let keys: SigningKeys
  let client: WebhookClient
  let policy: DisclosurePolicy
  let authority: String
  /// What a receiver compares a signature's moment with: the machine's clock, even where that of ``transactions`` was
  /// moved.
  let receiversClock: any WallClock

  private struct Known: Sendable {
    let stored: Messages.Stored
    let subscription: Subscription
    let context: ReportContext
    let signing: [SigningKey]
    let officer: String
  }

  /// - Throws: what the store throws, ``Missing``, `ContractError`, ``SecretSeal/Failure``; the receiver's faults are
  ///   outcomes.
  func run(place: Int64) async throws -> Result {
    let known = try await read(place, at: Timestamp(transactions.clock.now()))
    let decision = Decision.make(
      known.stored.report, known.context, for: known.subscription, policy: policy, on: transactions.today)
    switch decision {
    case .withhold(let reason):
      return Result(
        outcome: .withheld(reason), stored: known.stored, subscription: known.subscription, message: nil,
        bodyHash: nil, officer: known.officer)
    case .send(let message):
      let body = try message.body()
      let headers = try WebhookHeaders(
        messageID: known.stored.id, timestampSeconds: Int64(receiversClock.now().timeIntervalSince1970), body: body,
        keys: known.signing)
      let hash = SHA256.hash(data: body).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      let begun = Attempts.Begun(
        message: known.stored.id, subscription: known.subscription.id, place: place, level: message.level,
        fields: message.fields, bodyHash: hash, officer: known.officer)
      try await Store.patiently {
        try await transactions.write(by: .program(.notifier)) { try Attempts.begin(begun, at: $0.at, in: $0.db) }
      }
      let outcome = await client.post(body, headers: headers, to: known.subscription.address, clock: receiversClock)
      return Result(
        outcome: outcome, stored: known.stored, subscription: known.subscription, message: message, bodyHash: hash,
        officer: known.officer)
    }
  }

  private func read(_ place: Int64, at time: Timestamp) async throws -> Known {
    try await transactions.read { [keys, authority] db in
      guard let stored = try Messages.at(place: place, in: db),
        let subscription = try Subscriptions.find(stored.subscription, in: db)
      else { throw Missing() }
      let report = stored.report
      let identity = try report.pupil.map { pupil in
        guard let identity = try Roll.pupil(pupil, in: db).flatMap(Identity.init) else { throw Missing() }
        return identity
      }
      let signing = try keys.current(of: subscription.id, at: time, in: db)
      guard !signing.isEmpty else { throw Missing() }
      return Known(
        stored: stored, subscription: subscription,
        context: ReportContext(
          identity: identity, schoolName: try report.school.flatMap { try Roll.school($0, in: db)?.name },
          time: stored.time,
          authority: authority,
          told: try report.matter.flatMap { try Disclosures.levelTold(of: $0, to: subscription.id, in: db) }),
        signing: signing,
        officer: try Subscriptions.officer(of: subscription.id, in: db))
    }
  }
}
