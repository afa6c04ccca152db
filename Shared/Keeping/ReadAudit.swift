import Contracts
import GRDB
import Messaging
import Rulebook
import ServiceKit
import Store

/// Tells who did and read what. Reading it is on record as well.
struct ReadAudit: Sendable {
  let transactions: Transactions

  /// The most entries of one answer.
  static let pageSize = 1_000

  struct Line: Listed {
    struct Head: Codable, Sendable { let chain: Chain }

    /// How the chain stands.
    struct Chain: Codable, Sendable {
      enum Checked: String, Codable, Sendable, CaseIterable { case page, whole }

      let checked: Checked
      let sound: Bool
      /// The first entry that is missing or not what was written.
      let firstBreak: Int64?
    }

    static let list = "entries"

    let number: Int64
    let at: Timestamp
    /// The opaque subject of the caller's token.
    let actor: String
    let role, action, subject, detail: String
    /// Whether the entry is what was written, and bound to the one before it.
    let sound: Bool
  }

  /// Walks through the whole chain, some entries at a time.
  private func firstBreak() async throws -> Int64? {
    let keys = transactions.store.auditKeys
    var walk = AuditWalk()
    var hasMore = true
    while hasMore {
      (walk, hasMore) = try await transactions.read { [walk] db in
        var walk = walk
        let hasMore = try walk.step(limit: 2_000, keys: keys, in: db)
        if !hasMore { try walk.finish(keys: keys, in: db) }
        return (walk, hasMore)
      }
    }
    return walk.firstBreak
  }

  /// - Parameters:
  ///   - subject: the opaque identifier that it is about; `nil` for everything.
  ///   - verifiesWhole: recomputes the whole chain, not only the links of this page.
  func callAsFunction(
    about subject: String?, after: Int64, verifiesWhole: Bool, by caller: Caller
  ) async throws -> Page<Line> {
    let keys = transactions.store.auditKeys
    let whole = verifiesWhole ? try await firstBreak() : nil
    let entries = try await transactions.write(by: caller) { unit in
      let entries = try AuditLog.entries(about: subject, after: after, limit: Self.pageSize, keys: keys, in: unit.db)
      try unit.audit(.auditRead, of: .record(subject ?? "all"))
      return entries
    }
    let firstBreak = verifiesWhole ? whole : entries.first { !$0.isSound }?.number
    let chain = Line.Chain(
      checked: verifiesWhole ? .whole : .page, sound: firstBreak == nil, firstBreak: firstBreak)
    return Page(entries, of: Self.pageSize, .init(chain: chain), endsAt: \.number) { kept in
      Line(
        number: kept.number, at: Timestamp(kept.entry.at), actor: kept.entry.actor, role: kept.entry.role,
        action: kept.entry.action, subject: kept.entry.subject, detail: kept.entry.detail, sound: kept.isSound)
    }
  }
}
