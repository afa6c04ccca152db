import Contracts
import Foundation
import GRDB
import NotifierDomain
import Rulebook
import Store

/// The log of disclosures (NT-1): every attempt to tell and every decision not to.
enum Disclosures {
  /// One entry.
  struct Entry: Sendable {
    let message: String
    let eventID: String
    let eventType: String
    let subscription: Subscription
    /// `nil` for a test message.
    let school: URN?
    /// `nil` when it was about no child.
    let pupil: PupilID?
    /// `nil` when nothing was sent.
    let level: DisclosureLevel?
    let fields: [DisclosedField]
    /// From 1.
    let attempt: Int
    /// `accepted`, why it failed, or why it was withheld.
    let result: String
    /// Of the body, in hexadecimal; the body itself is not kept.
    let bodyHash: String?
    let officer: String
  }

  static func append(_ entry: Entry, at time: Timestamp, in db: Database) throws {
    try db.run(
      """
      INSERT INTO disclosure (at_millis, message, event_id, event_type, subscription, recipient, recipient_kind, pupil,
        lawful_basis, agreement_reference, purpose, level, fields, template_version, attempt, result, body_sha256,
        officer)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        time.millis, entry.message, entry.eventID, entry.eventType, entry.subscription.id, entry.subscription.name,
        entry.subscription.recipientKind.rawValue, entry.pupil?.text, entry.subscription.lawfulBasis.rawValue,
        entry.subscription.agreement.reference, entry.subscription.lawfulBasis.purpose, entry.level?.rawValue,
        entry.fields.map(\.rawValue).joined(separator: " "), Message.templateVersion, entry.attempt, entry.result,
        entry.bodyHash, entry.officer,
      ])
  }

  /// One entry as it is read.
  struct Record: Codable, Sendable {
    let number: Int64
    let at: Timestamp
    let message: String
    let event: String
    let eventType: String
    let subscription: String
    let recipient: String
    let recipientKind: String
    let pupil: String?
    let lawfulBasis: String
    let agreement: String
    let purpose: String
    let level: String?
    let fields: [String]
    let templateVersion: Int
    let attempt: Int
    let result: String
    let bodySha256: String?
    let officer: String
  }

  /// The level of the last message about a matter that a subscription's receiver accepted; `nil` when it accepted none.
  /// What took the matter back is no telling of it.
  static func levelTold(of matter: String, to subscription: String, in db: Database) throws -> DisclosureLevel? {
    try db.value(
      """
      SELECT disclosure.level FROM report JOIN disclosure ON disclosure.event_id = report.event_id
      WHERE report.matter = ? AND report.withdraws = 0 AND disclosure.subscription = ? AND result = 'accepted'
      ORDER BY disclosure.number DESC LIMIT 1
      """, [matter, subscription], as: String.self
    ).flatMap { DisclosureLevel(rawValue: $0) }
  }

  /// The entries after a number, in order.
  static func page(subscription: String?, after number: Int64, limit: Int, in db: Database) throws -> [Record] {
    let rows = try db.rows(
      """
      SELECT * FROM disclosure WHERE number > ? AND (? IS NULL OR subscription = ?) ORDER BY number LIMIT ?
      """, [number, subscription, subscription, limit])
    return rows.map { row in
      Record(
        number: row["number"], at: Timestamp(millis: row["at_millis"]), message: row["message"],
        event: row["event_id"], eventType: row["event_type"], subscription: row["subscription"],
        recipient: row["recipient"], recipientKind: row["recipient_kind"], pupil: row["pupil"],
        lawfulBasis: row["lawful_basis"], agreement: row["agreement_reference"], purpose: row["purpose"],
        level: row["level"], fields: (row["fields"] as String).split(separator: " ").map(String.init),
        templateVersion: row["template_version"], attempt: row["attempt"], result: row["result"],
        bodySha256: row["body_sha256"], officer: row["officer"])
    }
  }
}
