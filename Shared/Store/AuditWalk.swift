import Crypto
public import Foundation
public import GRDB

/// Verifies the chain entry by entry, some at a time, so that a long log costs neither memory nor a long snapshot.
///
/// ```swift
/// var walk = AuditWalk()
/// while try await store.read({ [walk] in … try walk.step(limit: 2_000, keys: keys, in: $0) }) {}
/// ```
public struct AuditWalk: Sendable {
  /// The most breaks that are told apart in one walk.
  public static let mostBreaks = 100

  /// The last entry that was looked at; 0 before the first.
  public private(set) var number: Int64
  /// The code of that entry.
  public private(set) var hash: Data
  /// What was found.
  public private(set) var breaks: [AuditBreak] = []
  /// The number of the first break, in the order of the log: an entry that is missing or not what was written.
  public private(set) var firstBreak: Int64?

  private var isKeyed = false
  private var changed: (numbers: ClosedRange<Int64>, digest: SHA256)?
  private var unknownKeys: Set<Int64> = []

  /// A walk from the first entry.
  public init() {
    number = 0
    hash = AuditLog.origin
  }

  /// A walk from behind an entry that is taken for sound; `nil` when it is not there.
  public init?(after number: Int64, in db: Database) throws {
    guard
      let row = try Row.fetchOne(
        db.cachedStatement(sql: "SELECT hash, key_number FROM audit_log WHERE number = ?"), arguments: [number]),
      let hash = Data.fromDatabaseValue(row["hash"])
    else { return nil }
    self.number = number
    self.hash = hash
    isKeyed = (Int64.fromDatabaseValue(row["key_number"]) ?? 0) > 0
  }

  /// Looks at the next entries.
  ///
  /// - Returns: whether there may be more.
  public mutating func step(limit: Int, keys: AuditKeys, in db: Database) throws -> Bool {
    let rows = try Row.fetchCursor(
      db.cachedStatement(sql: "SELECT * FROM audit_log WHERE number > ? ORDER BY number LIMIT ?"),
      arguments: [number, limit])
    var count = 0
    while let row = try rows.next() {
      count += 1
      look(at: AuditLog.Stored(row), keys)
    }
    return count == limit
  }

  /// Compares where the log ends with what was written of it, after the last ``step(limit:keys:in:)``.
  public mutating func finish(keys: AuditKeys, in db: Database) throws {
    closeChanged()
    let last = try AuditLog.last(in: db)
    guard
      let row = try Row.fetchOne(
        db.cachedStatement(sql: "SELECT number, hash, key_number, code FROM audit_head")),
      let ends = Int64.fromDatabaseValue(row["number"]), let hash = Data.fromDatabaseValue(row["hash"]),
      let keyNumber = Int64.fromDatabaseValue(row["key_number"]), let code = Data.fromDatabaseValue(row["code"]),
      keys.code(AuditLog.headMessage(number: ends, hash: hash), key: keyNumber) == code
    else { return add(.end(last?.number ?? 0), at: last?.number ?? 0) }
    if let last, last.number == ends, last.hash != hash { return add(.end(ends), at: ends) }
    if (last?.number ?? 0) < ends { return add(.missing((last?.number ?? 0) + 1...ends), at: (last?.number ?? 0) + 1) }
    if (last?.number ?? 0) > ends { add(.end(ends), at: ends + 1) }
  }

  private mutating func look(at entry: AuditLog.Stored, _ keys: AuditKeys) {
    if entry.number > number + 1 {
      closeChanged()
      add(.missing(number + 1...entry.number - 1), at: number + 1)
    }
    let isAfterGap = entry.number > number + 1
    if entry.keyNumber > 0, !keys.has(entry.keyNumber) {
      closeChanged()
      if unknownKeys.insert(entry.keyNumber).inserted {
        add(.unknownKey(entry.keyNumber, from: entry.number), at: entry.number)
      }
    } else if (entry.keyNumber == 0 && isKeyed) || !(entry.follows(hash, keys) || isAfterGap) {
      var (numbers, digest) = changed ?? (entry.number...entry.number, SHA256())
      digest.update(data: AuditLog.message(after: hash, number: entry.number, millis: entry.millis, entry.entry))
      numbers = numbers.lowerBound...entry.number
      changed = (numbers, digest)
      firstBreak = firstBreak ?? entry.number
    } else {
      closeChanged()
    }
    isKeyed = isKeyed || entry.keyNumber > 0
    number = entry.number
    hash = entry.hash ?? AuditLog.origin
  }

  /// Ends a walk through entries that are older than the keys, where nothing says yet where the log ends.
  mutating func closeBeforeSeal() { closeChanged() }

  private mutating func closeChanged() {
    guard let (numbers, digest) = changed else { return }
    changed = nil
    add(.changed(numbers, digest: Data(digest.finalize())), at: numbers.lowerBound)
  }

  private mutating func add(_ found: AuditBreak, at place: Int64) {
    firstBreak = min(firstBreak ?? place, place)
    if breaks.count < Self.mostBreaks {
      breaks.append(found)
    } else if breaks.count == Self.mostBreaks {
      breaks.append(.more(than: Self.mostBreaks))
    }
  }
}

extension AuditLog {
  /// Verifies the whole chain at once: for small logs, and tests.
  ///
  /// - Returns: the number of the first entry that is missing or not what was written; `nil` when all are sound.
  public static func firstBreak(keys: AuditKeys, in db: Database) throws -> Int64? {
    var walk = AuditWalk()
    while try walk.step(limit: 10_000, keys: keys, in: db) {}
    try walk.finish(keys: keys, in: db)
    return walk.firstBreak
  }
}
