public import Contracts
import Foundation
import Hummingbird
import Logging
import Rulebook
import Schemas
public import ServiceKit
public import Store

/// The routes by which people and other programs ask about the audit log's chain.
struct AuditRoutes: Sendable {
  let watch: AuditWatch
  let transactions: Transactions

  /// How the chain stands.
  struct Chain: Codable, Sendable {
    struct Break: Codable, Sendable {
      /// What is broken and where, for example `missing-3`; what an operator acknowledges.
      let name: String
      let foundAt: Timestamp
      /// The number of the entry by which an operator acknowledged it; absent while it stands.
      let acknowledgedBy: Int64?
    }

    /// Whether no break stands.
    let sound: Bool
    /// The number of the last entry.
    let entries: Int64
    /// When the whole log was verified last; absent before the first time.
    let verifiedAt: Timestamp?
    /// Those that stand first.
    let breaks: [Break]

    init(_ state: AuditWatch.State) {
      sound = state.isSound
      entries = state.entries
      verifiedAt = state.verified.map(Timestamp.init)
      breaks = state.breaks.map {
        Break(name: $0.name, foundAt: Timestamp($0.found), acknowledgedBy: $0.acknowledgement)
      }
    }
  }

  private struct Acknowledgement: Codable, Sendable {
    /// The names of the breaks.
    let breaks: [String]
    /// What happened and who was told, without anything of a child: it stays in the audit log.
    let reason: String
  }

  private struct Confirmation: Codable, Sendable {
    /// Whether the log has this entry.
    let held: Bool
  }

  /// The most breaks that are acknowledged at once.
  private static let mostAtOnce = 200

  private static let readers = Policy.roles(.operator, .manager, reach: .wholeAuthority)
  private static let head = QueryParameter(
    "head", .string(), "The anchor as it was published: `120.9f86d081884c7d659a2feaa0`.", { AuditAnchor($0) })
  private static let reader = QueryParameter<ServiceName>("reader", "The program that holds it.")

  func add(to router: ServiceRouter) {
    router.read("/audit/chain", Self.readers, "Whether the audit log is what was written") { [watch] _ in
      Chain(try await watch.look())
    }
    router.write(.post, "/audit/chain/checks", Self.readers, "Verify the whole audit log now") {
      [watch, transactions] call in
      try await transactions.once(call.edit) {
        _ = try await watch.look()
        return Chain(try await watch.verifyWhole())
      }
    }
    router.write(
      .post, "/audit/chain/acknowledgements", .roles(.operator, reach: .wholeAuthority),
      "Acknowledge breaks in writing: they are no alarm any more, and the acknowledgement is an entry of the log",
      acknowledge)
    router.read(
      "/audit/anchor", .roles(.service, reach: .wholeAuthority),
      "Whether the audit log has the entry that a reader of the events holds an anchor of",
      query: [Self.head.about, Self.reader.about]
    ) { [watch] in Confirmation(held: try await watch.confirm($0[Self.head], to: $0[Self.reader])) }
  }

  private func acknowledge(_ call: Call, _ form: Acknowledgement) async throws -> Remembered<Chain> {
    var faults = Faults()
    faults.require(
      (1...Self.mostAtOnce).contains(form.breaks.count), "/breaks", "must name 1 to \(Self.mostAtOnce) breaks")
    let words = form.reason.trimmingCharacters(in: .whitespacesAndNewlines)
    faults.require(
      (1...AuditLog.acknowledgementBytes).contains(words.utf8.count)
        && !words.unicodeScalars.contains(where: Self.isControl), "/reason",
      "must be 1 to \(AuditLog.acknowledgementBytes) bytes of plain text on one line")
    try faults.refuse()
    return try await transactions.once(call.edit) {
      guard let state = try await watch.acknowledge(form.breaks, words: words, by: call.caller) else {
        throw Problem.invalid([
          .init("/breaks", "must name breaks that GET /audit/chain shows without an acknowledgement")
        ])
      }
      return Chain(state)
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }
}

extension Messaging {
  /// Opens a service's store with everything that messaging and the audit log need in it.
  ///
  /// - Parameters:
  ///   - migrations: the service's own.
  ///   - moments: see ``Store``; those of the service's own logs.
  /// - Throws: `ConfigurationError` when the audit keys cannot be used, `StoreError`, `DatabaseError`.
  public static func openStore(
    _ service: ServiceName, migrations: [Migration], moments: [String] = [], environment: ServiceEnvironment
  ) throws -> Store {
    let configuration = environment.configuration
    let keys: AuditKeys
    do { keys = try AuditKeys(path: configuration.auditKeyFile) } catch {
      throw ConfigurationError(key: ServiceConfiguration.auditKeyFileKey.name, reason: "\(error)")
    }
    let store = try Store(
      path: configuration.storePath, owner: service.topic(authority: configuration.authority),
      migrations: MessagingSchema.migrations + migrations, auditKeys: keys,
      moments: moments + [
        "SELECT recorded_millis FROM outbox ORDER BY sequence DESC LIMIT 1",
        "SELECT at_millis FROM audit_log ORDER BY number DESC LIMIT 1",
      ], now: environment.clock.now())
    for file in store.closedFiles {
      environment.logger.warning("others could use a file of the store; they cannot now", metadata: ["file": "\(file)"])
    }
    return store
  }
}
