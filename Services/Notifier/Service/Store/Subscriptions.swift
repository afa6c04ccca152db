import Contracts
import Foundation
import GRDB
import NotifierDomain
import Rulebook
import Store

/// Subscriptions in the store.
enum Subscriptions {
  /// What a row that was written by this program and cannot be read means: the file was changed by hand.
  struct Unreadable: Error, CustomStringConvertible {
    let id: String
    var description: String { "subscription \(id) in the store cannot be read" }
  }

  static func insert(_ subscription: Subscription, officer: String, at time: Timestamp, in db: Database) throws {
    try db.run(
      """
      INSERT INTO subscription (id, name, recipient_kind, level, lawful_basis, agreement_reference,
        agreement_expires_on, address, algorithm, status, officer, created_millis)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'active', ?, ?)
      """,
      [
        subscription.id, subscription.name, subscription.recipientKind.rawValue, subscription.level.rawValue,
        subscription.lawfulBasis.rawValue, subscription.agreement.reference, subscription.agreement.expiresOn.iso,
        subscription.address.url.absoluteString, subscription.algorithm.rawValue, officer, time.millis,
      ])
    let schools =
      switch subscription.scope {
      case .all: [""]
      case .schools(let urns): urns.map(\.text)
      }
    for type in subscription.eventTypes {
      for school in schools {
        try db.run(
          "INSERT INTO interest (type, school, subscription) VALUES (?, ?, ?)", [type.name, school, subscription.id])
      }
    }
  }

  /// The subscription; `nil` when there is none of this id. Deleted ones are found.
  static func find(_ id: String, in db: Database) throws -> Subscription? {
    try db.row("SELECT * FROM subscription WHERE id = ?", [id])
      .map { try subscription($0, in: db) }
  }

  /// The subscription, unless it was deleted.
  ///
  /// - Throws: ``NotifierError/subscriptionNotFound``.
  static func undeleted(_ id: String, in db: Database) throws -> Subscription {
    guard let subscription = try find(id, in: db), subscription.status != .deleted else {
      throw NotifierError.subscriptionNotFound
    }
    return subscription
  }

  /// Whether there is one of this id that is not deleted, readable or not.
  static func isThere(_ id: String, in db: Database) throws -> Bool {
    try db.value("SELECT 1 FROM subscription WHERE id = ? AND status <> 'deleted'", [id], as: Int.self) != nil
  }

  /// Some of them, and the ids of rows that cannot be read: those may be deleted, and nothing is sent to them.
  struct Listed: Sendable {
    var subscriptions: [Subscription] = []
    var unreadable: [String] = []
  }

  /// Those that are not deleted, oldest first, up to a limit.
  static func all(limit: Int, in db: Database) throws -> Listed {
    try listed(
      db.rows("SELECT * FROM subscription WHERE status <> 'deleted' ORDER BY created_millis, id LIMIT ?", [limit]),
      in: db)
  }

  /// Those that get messages.
  static func active(in db: Database) throws -> Listed {
    try listed(db.rows("SELECT * FROM subscription WHERE status = 'active' ORDER BY id"), in: db)
  }

  private static func listed(_ rows: [Row], in db: Database) throws -> Listed {
    var listed = Listed()
    for row in rows {
      do { listed.subscriptions.append(try subscription(row, in: db)) } catch let unreadable as Unreadable {
        listed.unreadable.append(unreadable.id)
      }
    }
    return listed
  }

  /// The ids of those that are not deleted and ask for a type and school.
  static func interested(in type: String, school: String, in db: Database) throws -> [String] {
    try db.values(
      """
      SELECT DISTINCT subscription FROM interest JOIN subscription ON subscription.id = interest.subscription
      WHERE type = ? AND school IN (?, '') AND status <> 'deleted' ORDER BY subscription
      """, [type, school], as: String.self)
  }

  /// The ids of those that are not deleted and have a message about a matter, from a report before the given one.
  static func holding(matter: String, before report: Int64, in db: Database) throws -> [String] {
    try db.values(
      """
      SELECT DISTINCT message.subscription FROM report JOIN message ON message.report = report.number
        JOIN subscription ON subscription.id = message.subscription
      WHERE report.matter = ? AND report.number < ? AND withdraws = 0 AND subscription.status <> 'deleted'
      ORDER BY message.subscription
      """, [matter, report], as: String.self)
  }

  /// The ids of those that were told of a matter by a report before the given one.
  static func told(ofMatter matter: String, before report: Int64, in db: Database) throws -> [String] {
    try db.values(
      """
      SELECT DISTINCT message.subscription FROM report JOIN message ON message.report = report.number
      WHERE report.matter = ? AND report.number < ? AND withdraws = 0 AND message.state = 'delivered'
      """, [matter, report], as: String.self)
  }

  static func setStatus(_ status: Subscription.Status, of id: String, in db: Database) throws {
    let (text, reason): (String, String?) =
      switch status {
      case .active: ("active", nil)
      case .suspended(let reason): ("suspended", reason.rawValue)
      case .deleted: ("deleted", nil)
      }
    // A deletion is for good, whatever a delivery that was under way says afterwards.
    try db.run(
      "UPDATE subscription SET status = ?, suspended_for = ? WHERE id = ? AND status <> 'deleted'", [text, reason, id])
  }

  /// Who asked for the subscription: the opaque subject of a token.
  static func officer(of id: String, in db: Database) throws -> String {
    try db.value("SELECT officer FROM subscription WHERE id = ?", [id], as: String.self) ?? ""
  }

  private static func subscription(_ row: Row, in db: Database) throws -> Subscription {
    let id: String = row["id"]
    let interests = try db.rows("SELECT type, school FROM interest WHERE subscription = ?", [id])
    let types = Set(interests.map { $0["type"] as String })
    let schools = Set(interests.map { $0["school"] as String })
    guard let kind = RecipientKind(rawValue: row["recipient_kind"]),
      let level = DisclosureLevel(rawValue: row["level"]), let basis = LawfulBasis(rawValue: row["lawful_basis"]),
      let expiresOn = Day(iso: row["agreement_expires_on"] as String),
      let algorithm = SigningAlgorithm(rawValue: row["algorithm"]), let status = status(row),
      // What was accepted under the demo switch stays readable without it; the guard stops it at the attempt.
      let address = try? ReceiverAddress(row["address"], allowsLoopback: true)
    else { throw Unreadable(id: id) }
    let scope: Subscription.Scope =
      schools == [""] ? .all : .schools(Set(schools.compactMap { try? URN($0) }))
    return Subscription(
      id: id, name: row["name"], recipientKind: kind, eventTypes: Report.types.filter { types.contains($0.name) },
      scope: scope, level: level, lawfulBasis: basis,
      agreement: Agreement(reference: row["agreement_reference"], expiresOn: expiresOn), address: address,
      algorithm: algorithm, status: status)
  }

  private static func status(_ row: Row) -> Subscription.Status? {
    switch row["status"] as String {
    case "active": .active
    case "suspended":
      (row["suspended_for"] as String?).flatMap(ReceiverDisabled.Reason.init).map { .suspended($0) }
    case "deleted": .deleted
    default: nil
    }
  }
}
