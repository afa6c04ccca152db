import Foundation
import GRDB

/// The parts of a store's life. A file that is put back from a copy begins another one: what was written between the copy
/// and now is not in it, and its sequences are given out a second time.
enum Epochs {
  /// One of them.
  struct Epoch: Hashable, Sendable {
    /// From 1.
    let number: Int64
    /// The store's identity for the first; for each later one ``restored`` and the moment it began, so that of two
    /// copies of a store the one that was put back later can be told.
    let name: String
  }

  /// What the name of each epoch but the first begins with.
  static let restored = "r"

  static let migration = Migration(
    "store 0002 epochs",
    sql: """
      -- Each time that the file was put back from a copy, the source of its events begins another epoch.
      CREATE TABLE epochs (
        number INTEGER PRIMARY KEY CHECK (number > 0), name TEXT NOT NULL UNIQUE, begun_millis INTEGER NOT NULL) STRICT;
      """)

  /// All of them in order, with one more when the file is not the one that this machine had open last.
  ///
  /// - Parameters:
  ///   - opened: the generation that the file had before this opening; `nil` for a new file.
  ///   - marked: how far the store had come as the lock file remembers it; `nil` when it remembers nothing.
  static func takeOver(
    identity: String, opened: Int64?, marked: FileLock.Mark?, at now: Date, in db: Database
  ) throws -> [Epoch] {
    var all = try Row.fetchAll(db, sql: "SELECT number, name FROM epochs ORDER BY number").map {
      Epoch(number: $0["number"], name: $0["name"])
    }
    let millis = Int64(now.timeIntervalSince1970 * 1000)
    if all.isEmpty {
      all.append(Epoch(number: 1, name: identity))
    } else if try opened != marked?.generation || all.last?.name != marked?.epoch
      || lastSequence(in: db) < marked?.sequence ?? 0
    {
      // Eleven digits for a moment: enough until the year 2527.
      let moment = String(max(0, millis), radix: 16)
      let random = String(UInt32.random(in: .min ... .max), radix: 16)
      all.append(
        Epoch(
          number: (all.last?.number ?? 0) + 1,
          name: restored + padded(moment, to: 11) + padded(random, to: 8)))
    } else {
      return all
    }
    if let last = all.last {
      try db.execute(
        sql: "INSERT INTO epochs (number, name, begun_millis) VALUES (?, ?, ?)",
        arguments: [last.number, last.name, millis])
    }
    return all
  }

  /// The last event that the store published; 0 for a store that publishes none.
  static func lastSequence(in db: Database) throws -> Int64 {
    guard try db.tableExists("outbox") else { return 0 }
    return try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM outbox") ?? 0
  }

  private static func padded(_ text: String, to width: Int) -> String {
    String(repeating: "0", count: max(0, width - text.count)) + text
  }
}

extension Store {
  /// The name of the part of the store's life that this opening belongs to.
  public var epoch: String { epochs.last?.name ?? identity }

  /// Its number, from 1; outbox rows keep it.
  public var epochNumber: Int64 { epochs.last?.number ?? 1 }

  /// The names of all parts, oldest first.
  public var epochNames: [String] { epochs.map(\.name) }

  /// The name of the part with a number.
  public func epochName(_ number: Int64) -> String? { epochs.first { $0.number == number }?.name }

  /// Remembers outside the store how far it has come, so that a copy that was put back is known by what it lacks.
  public func remember(published sequence: Int64) {
    lock.mark = FileLock.Mark(generation: generation, sequence: sequence, epoch: epoch)
  }

  /// Whether this store took the place of the one that wrote under another epoch: an earlier part of its own life, or a
  /// copy that was put back before this one was.
  public func hasReplaced(_ name: String) -> Bool {
    if name == epoch { return false }
    if epochNames.contains(name) { return true }
    return epoch.hasPrefix(Epochs.restored) && name.hasPrefix(Epochs.restored) && name < epoch
  }
}
