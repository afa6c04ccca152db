import Contracts
import Foundation
import GRDB
import MessagingMachines

/// Where a reader is with a source, and what it knows of it.
struct SourcePosition: Hashable, Sendable {
  var intake = Intake.Position.start
  /// The part of the source's life that is followed; `nil` before the first contact.
  var epoch: String?
  /// The link of the last event; `nil` where an older release read it.
  var link: EventDigest?
  /// The source's public key, pinned at the first contact.
  var key: LinkKey?
  /// Whether a person accepts the source as it is now.
  var accepts = false

  var sequence: Int64 { intake.lastSequence }
}

/// Where a service is in each topic.
enum Positions {
  static func load(topic: String, in db: Database) throws -> SourcePosition {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM positions WHERE topic = ?"), arguments: [topic])
    guard let row else { return SourcePosition(link: EventDigest.origin) }
    let intake = Intake.Position(nextOffset: row["next_offset"], lastSequence: row["last_sequence"])
    return SourcePosition(
      intake: intake, epoch: row["epoch"],
      link: (row["link"] as Data?).flatMap { EventDigest($0) } ?? (intake.lastSequence == 0 ? EventDigest.origin : nil),
      key: (row["source_key"] as Data?).map { LinkKey(bytes: Array($0)) }, accepts: row["accepts"])
  }

  /// Moves on by what was read.
  ///
  /// - Parameter event: the last that was dealt with; `nil` when only records were passed over.
  static func save(_ position: Intake.Position, _ event: Event?, topic: String, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO positions (topic, next_offset, last_sequence) VALUES (?, ?, ?)
        ON CONFLICT (topic) DO UPDATE SET next_offset = excluded.next_offset, last_sequence = excluded.last_sequence
        """
    ).execute(arguments: [topic, position.nextOffset, position.lastSequence])
    guard let event, let seal = event.seal else { return }
    try db.cachedStatement(sql: "UPDATE positions SET link = ? WHERE topic = ?").execute(
      arguments: [Data(seal.link.bytes), topic])
    try follow(event.epoch, topic: topic, in: db)
  }

  /// Follows a part of the source's life, unless it is one that the source has left; the one before is left.
  static func follow(_ epoch: String, topic: String, in db: Database) throws {
    let before = try String.fetchOne(
      db.cachedStatement(sql: "SELECT epoch FROM positions WHERE topic = ?"), arguments: [topic])
    guard before != epoch, try !left(topic: topic, in: db).contains(epoch) else { return }
    if let before { try leave([before], topic: topic, in: db) }
    try db.execute(sql: "UPDATE positions SET epoch = ? WHERE topic = ?", arguments: [epoch, topic])
  }

  private static func leave(_ epochs: some Sequence<String>, topic: String, in db: Database) throws {
    for epoch in epochs {
      try db.execute(
        sql: "INSERT INTO left_epochs (topic, epoch) VALUES (?, ?) ON CONFLICT DO NOTHING", arguments: [topic, epoch])
    }
  }

  /// Keeps what is known of a source, as a whole.
  ///
  /// - Parameter epochs: the parts of the source's life, oldest first: it is in the last and has left the others.
  static func keep(_ position: SourcePosition, of epochs: [String], topic: String, in db: Database) throws {
    try save(position.intake, nil, topic: topic, in: db)
    try db.execute(
      sql: "UPDATE positions SET link = ?, source_key = ?, accepts = ? WHERE topic = ?",
      arguments: [position.link.map { Data($0.bytes) }, position.key.map { Data($0.bytes) }, position.accepts, topic])
    guard let epoch = epochs.last else { return }
    try db.execute(sql: "DELETE FROM left_epochs WHERE topic = ? AND epoch = ?", arguments: [topic, epoch])
    try follow(epoch, topic: topic, in: db)
    try leave(epochs.dropLast(), topic: topic, in: db)
  }

  /// A person accepts the source as it is now.
  static func accept(topic: String, in db: Database) throws {
    try db.execute(sql: "UPDATE positions SET accepts = 1 WHERE topic = ?", arguments: [topic])
  }

  /// The parts of the source's life that were left.
  static func left(topic: String, in db: Database) throws -> Set<String> {
    try String.fetchSet(db, sql: "SELECT epoch FROM left_epochs WHERE topic = ?", arguments: [topic])
  }
}

/// The last events that were dealt with: what a restored source may have lost, and what a duplicate is held against.
enum DealtWith {
  /// How many are kept of each topic: about ten days of the largest authority.
  static let kept: Int64 = 200_000

  static func add(_ event: Event, _ outcome: String, topic: String, in db: Database) throws {
    guard let seal = event.seal else { return }
    let hadEffect = outcome != "ignored"
    try db.cachedStatement(
      sql: """
        INSERT INTO dealt_with (topic, sequence, link, outcome, type, subject, content) VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      topic, event.sequence, Data(seal.link.bytes), outcome, hadEffect ? event.type : nil,
      hadEffect ? event.subject : nil, hadEffect ? EventChain.content(of: event) : nil,
    ])
  }

  /// A parked event had its effect after all.
  static func released(_ sequence: Int64, topic: String, in db: Database) throws {
    try db.execute(
      sql: "UPDATE dealt_with SET outcome = 'applied' WHERE topic = ? AND sequence = ?", arguments: [topic, sequence])
  }

  /// Forgets what is older than ``kept``.
  static func prune(through last: Int64, topic: String, in db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM dealt_with WHERE topic = ? AND sequence <= ?").execute(
      arguments: [topic, last - kept])
  }

  /// The links of sequences, highest first.
  static func links(
    topic: String, _ range: ClosedRange<Int64>, limit: Int, in db: Database
  ) throws -> [(sequence: Int64, link: EventDigest)] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT sequence, link FROM dealt_with WHERE topic = ? AND sequence BETWEEN ? AND ?
          ORDER BY sequence DESC LIMIT ?
          """), arguments: [topic, range.lowerBound, range.upperBound, limit]
    ).compactMap { row in EventDigest(row["link"] as Data).map { (row["sequence"], $0) } }
  }

  /// The oldest that is kept; `nil` when there is none.
  static func oldest(topic: String, in db: Database) throws -> Int64? {
    try Int64.fetchOne(db, sql: "SELECT min(sequence) FROM dealt_with WHERE topic = ?", arguments: [topic])
  }
}
