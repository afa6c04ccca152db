import Contracts
import GRDB
import HTTPTypes
import Rulebook
import Schemas
import ServiceKit
import Store

/// The routes by which readers compare their past with a source's, and people decide what becomes of a source that was
/// restored.
struct SourceRoutes: Sendable {
  let intakes: [IntakeLoop]
  let transactions: Transactions
  let settings: MessagingSettings

  private struct Reason: Codable, Sendable {
    /// Why, and who was asked; nothing of a child. It stays in the audit log.
    let reason: String
  }

  private struct Settling: Codable, Sendable {
    /// What became of it.
    let state: BeyondFork.State
    /// Why, and who was asked; nothing of a child. It stays in the audit log.
    let reason: String
  }

  private static let operators = Policy.roles(.operator, reach: .wholeAuthority)
  private static let through = QueryParameter(
    "through", .integer(minimum: 0), "The last sequence; 0 for none."
  ) { Int64($0).flatMap { $0 >= 0 ? $0 : nil } }
  private static let limit = QueryParameter(
    "limit", .integer(minimum: 1), "The most links, to 10000; there may be fewer."
  ) { Int($0).flatMap { (1...10_000).contains($0) ? $0 : nil } }

  func add(to router: ServiceRouter) {
    router.read(
      "/events/chain", .roles(.service, reach: .wholeAuthority),
      "What the service signs its events with, the parts of its life, and the links of events",
      query: [Self.through.about, Self.limit.about]
    ) { call in try await chain(through: call[Self.through], limit: call[Self.limit]) }
    router.read(
      "/reconciliations", Self.operators, "The events that were applied and that their restored source no longer has"
    ) { [transactions] _ in
      BeyondFork.List(
        reconciliations: try await transactions.read { try BeyondFork.all(limit: 1_000, in: $0) })
    }
    router.write(
      .post, "/reconciliations/{id}/settle", Self.operators,
      "Say what became of an event that its restored source no longer has",
      path: [.init("id", .integer(minimum: 1), "The number of the reconciliation.")], settle)
    router.write(
      .post, "/sources/{service}/accept", Self.operators,
      "Accept the source of a stopped topic as it is now: go back to the last event in common, list the rest",
      path: [.init("service", .oneOf(ServiceName.allCases.map(\.rawValue)), "The service that publishes the topic.")],
      accept)
  }

  private func chain(through: Int64, limit: Int) async throws -> SourceChain {
    let outbox = transactions.outbox
    let epochs = transactions.store.epochNames
    return try await transactions.read { try outbox.chain(through: through, limit: limit, epochs: epochs, in: $0) }
  }

  private func settle(_ call: Call, _ form: Settling) async throws -> Remembered<Done> {
    let id = try call.number("Reconciliation", "id")
    var faults = Faults()
    faults.require(form.state != .open, "/state", "must be confirmed or undone")
    try faults.refuse()
    let reason = try Faults.reason(form.reason)
    return try await transactions.write(call.edit) { unit in
      try BeyondFork.settle(id, form.state, reason, in: unit)
      return Done()
    }
  }

  private func accept(_ call: Call, _ form: Reason) async throws -> Remembered<Done> {
    let reason = try Faults.reason(form.reason)
    let name = try call.text("service")
    guard let intake = intakes.first(where: { $0.service.rawValue == name }) else { throw Problem.notFound("Source") }
    return try await transactions.write(call.edit) { unit in
      try Positions.accept(topic: intake.topic, in: unit.db)
      try unit.audit(AuditAction("source.accepted"), of: .record(intake.topic), words: reason)
      return Done()
    }
  }
}
