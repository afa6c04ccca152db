import Contracts
import Crypto
import Foundation
import GRDB
import NotifierDomain
import Rulebook
import Store

/// Reports and the queues of messages made of them.
enum Messages {
  /// A message with the report that it tells.
  struct Stored: Sendable {
    let id: String
    let eventID: String
    let subscription: String
    let report: Report
    let time: Timestamp
    let failures: Int
  }

  /// A report that was kept, as far as queueing it needs to know.
  struct Kept: Sendable {
    let number: Int64
    let type: String
    /// Empty where none is known, or the report is about no school: only who asks for every school is told.
    let school: String
    /// What it is about, where several reports can be.
    let matter: String?
    /// Whether it takes the matter back.
    let withdraws: Bool
  }

  /// Keeps a report; a second one with the same event id changes nothing.
  ///
  /// - Parameter isWaiting: whether the child is not known yet, so that no message can be made.
  /// - Returns: `nil` when it was there.
  static func insert(_ event: Event, _ report: Report, isWaiting: Bool, in db: Database) throws -> Kept? {
    let withdraws = report.course == .withdraws
    let school = report.school?.text ?? ""
    try db.run(
      """
      INSERT INTO report (event_id, type, pupil, school, time_millis, event, is_waiting, matter, withdraws)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (event_id) DO NOTHING
      """,
      [
        event.id, event.type, report.pupil?.text, school, event.time.millis,
        Data(try JSONBatchFormat.encode([event])), isWaiting, report.matter, withdraws,
      ])
    guard db.changesCount > 0 else { return nil }
    return Kept(
      number: db.lastInsertedRowID, type: event.type, school: school, matter: report.matter,
      withdraws: withdraws)
  }

  /// The reports about a child that waited for the child to become known, in order; they wait no longer.
  static func release(_ pupil: PupilID, in db: Database) throws -> [Kept] {
    let rows = try db.rows(
      """
      SELECT number, type, school, matter, withdraws FROM report
      WHERE pupil = ? AND is_waiting = 1 ORDER BY number
      """, [pupil.text])
    guard !rows.isEmpty else { return [] }
    try db.run("UPDATE report SET is_waiting = 0 WHERE pupil = ? AND is_waiting = 1", [pupil.text])
    return rows.map {
      Kept(
        number: $0["number"], type: $0["type"], school: $0["school"], matter: $0["matter"], withdraws: $0["withdraws"])
    }
  }

  /// Puts a report at the end of a subscription's queue; one that was told before keeps its id. One that still waits
  /// stays where it is.
  static func queue(report: Int64, for subscription: String, at time: Timestamp, in db: Database) throws {
    let place = (try db.value("SELECT max(place) FROM message", as: Int64.self) ?? 0) + 1
    guard
      let event = try db.value("SELECT event_id FROM report WHERE number = ?", [report], as: String.self)
    else { return }
    try db.run(
      """
      INSERT INTO message (id, subscription, report, place, state, failures, due_millis)
      VALUES (?, ?, ?, ?, 'waiting', 0, ?)
      ON CONFLICT (subscription, report) DO UPDATE
        SET place = excluded.place, state = 'waiting', failures = 0, due_millis = excluded.due_millis
        WHERE state <> 'waiting'
      """, [id(of: event, for: subscription), subscription, report, place, time.millis])
  }

  /// The `webhook-id`: made of the event and the subscription alone, so that a receiver knows a message again even
  /// after the notifier's store was restored from an older copy.
  static func id(of event: String, for subscription: String) -> String {
    let hash = SHA256.hash(data: Data("\(subscription) \(event)".utf8))
    return "msg_" + hash.prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The reports of a time that a subscription asks for, with what took them back since, in order, up to a limit; those
  /// that wait for their child come by themselves.
  static func reports(
    for subscription: String, from: Timestamp, to: Timestamp, limit: Int, in db: Database
  ) throws -> [Int64] {
    try db.values(
      """
      WITH asked AS (
        SELECT number, matter FROM report
        WHERE time_millis BETWEEN ? AND ? AND is_waiting = 0 AND EXISTS (
          SELECT 1 FROM interest
          WHERE interest.type = report.type AND interest.school IN (report.school, '') AND subscription = ?))
      SELECT number FROM asked
      UNION
      SELECT report.number FROM report JOIN asked ON asked.matter = report.matter
      WHERE report.withdraws = 1 AND report.number > asked.number
      ORDER BY number LIMIT ?
      """, [from.millis, to.millis, subscription, limit], as: Int64.self)
  }

  /// The first waiting message of a subscription.
  static func head(of subscription: String, in db: Database) throws -> DeliveryQueue.Head? {
    try db.row(
      """
      SELECT place, failures, due_millis, deaths > 0 AS suspect
      FROM message JOIN subscription ON subscription.id = message.subscription
      WHERE subscription = ? AND state = 'waiting' ORDER BY place LIMIT 1
      """, [subscription]
    ).map {
      DeliveryQueue.Head(
        message: $0["place"], failures: $0["failures"], dueMillis: $0["due_millis"], isSuspect: $0["suspect"])
    }
  }

  /// The message at a place.
  static func at(place: Int64, in db: Database) throws -> Stored? {
    let row = try db.row(
      """
      SELECT message.id, message.subscription, message.failures, report.event, report.pupil
      FROM message JOIN report ON report.number = message.report WHERE place = ?
      """, [place])
    guard let row, let event = try JSONBatchFormat.decode(Array(row["event"] as Data)).first,
      let report = try Report(event)
    else { return nil }
    // The column follows merges; the event stays as it came.
    let pupil = (row["pupil"] as String?).flatMap { PupilID($0) }
    return Stored(
      id: row["id"], eventID: event.id, subscription: row["subscription"], report: report.about(pupil),
      time: event.time, failures: row["failures"])
  }

  static func settle(place: Int64, _ fate: DeliveryQueue.Fate, in db: Database) throws {
    switch fate {
    case .waiting(let failures, let due):
      try db.run("UPDATE message SET failures = ?, due_millis = ? WHERE place = ?", [failures, due, place])
    case .delivered: try setState("delivered", place, in: db)
    case .abandoned: try setState("abandoned", place, in: db)
    case .withheld: try setState("withheld", place, in: db)
    }
  }

  /// Lets a resumed subscription's messages begin their schedule again.
  static func restart(_ subscription: String, at time: Timestamp, in db: Database) throws {
    try db.run(
      "UPDATE message SET failures = 0, due_millis = ? WHERE subscription = ? AND state = 'waiting'",
      [time.millis, subscription])
  }

  static func waiting(for subscription: String, in db: Database) throws -> Int {
    try db.value(
      "SELECT count(*) FROM message WHERE subscription = ? AND state = 'waiting'", [subscription], as: Int.self)
      ?? 0
  }

  private static func setState(_ state: String, _ place: Int64, in db: Database) throws {
    try db.run("UPDATE message SET state = ? WHERE place = ?", [state, place])
  }
}
