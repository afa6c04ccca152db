import Contracts
import Crypto
import EnforcementDomain
import Foundation
public import GRDB
import Messaging
import Rulebook
import ServiceKit
import Store

/// Questions to the tables of payments, and what is written there.
enum Payments {
  /// A payment as it stands.
  struct Stored {
    var history: PaymentHistory
    let source: PaymentSource
    /// The day on which it came to be known here.
    let bookedOn: Day
    /// The payer's words; `nil` where they were the notice's number alone, or were taken away.
    let reference: String?
  }

  /// What comes for the tables: a row of a file, or what a person enters.
  struct Arrival {
    let kind: PaymentRow.Kind
    let source: PaymentSource
    let identity: String
    let on: Day
    let sum: Money
    let notice: DocumentNumber?
    let reference: String?
    var place: (file: Int64, row: Int)?
  }

  static func digest(_ identity: String) -> Data { Data(SHA256.hash(data: Data(identity.utf8))) }

  /// Day and sum of what came under an identity before; `nil` when nothing did.
  static func known(_ identity: String, from source: PaymentSource, in db: Database) throws -> (on: Day, sum: Money)? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT on_day, pence FROM payment WHERE source = ? AND identity = ?"),
      arguments: [source.rawValue, digest(identity)]
    ).map { (try $0.get("on_day"), Money(pence: $0["pence"])) }
  }

  static func insert(_ one: Arrival, in unit: UnitOfWork) throws -> Int64 {
    try unit.db.cachedStatement(
      sql: """
        INSERT INTO payment
          (kind, source, identity, on_day, pence, notice, reference, file, row, at_millis, caller)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      one.kind.rawValue, one.source.rawValue, digest(one.identity), one.on, one.sum.pence, one.notice?.text,
      one.reference, one.place?.file, one.place?.row, unit.at, unit.caller.subject,
    ])
    let number = unit.db.lastInsertedRowID
    if one.notice == nil { try setUnmatched(number, one.sum, in: unit.db) }
    return number
  }

  static func add(_ act: PaymentAct, to payment: Int64, because reason: String, in unit: UnitOfWork) throws -> Int64 {
    var values: (kind: String, from: String?, to: String?, pence: Int?, on: Day?, reverses: Int64?)
    switch act {
    case .allocated(let from, let to, let sum): values = ("allocated", from?.text, to.text, sum.pence, nil, nil)
    case .returned(let from, let on, let sum, _): values = ("returned", from?.text, nil, sum.pence, on, nil)
    case .reversed(let act): values = ("reversed", nil, nil, nil, nil, act)
    }
    try unit.db.cachedStatement(
      sql: """
        INSERT INTO payment_act
          (payment, kind, from_notice, to_notice, pence, on_day, reason, reverses, at_millis, caller)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      payment, values.kind, values.from, values.to, values.pence, values.on, reason, values.reverses, unit.at,
      unit.caller.subject,
    ])
    return unit.db.lastInsertedRowID
  }

  static func setUnmatched(_ payment: Int64, _ sum: Money, in db: Database) throws {
    if sum == .zero {
      try db.cachedStatement(sql: "DELETE FROM payment_unmatched WHERE payment = ?").execute(arguments: [payment])
    } else {
      try db.cachedStatement(
        sql: """
          INSERT INTO payment_unmatched (payment, pence) VALUES (?, ?)
          ON CONFLICT (payment) DO UPDATE SET pence = excluded.pence
          """
      ).execute(arguments: [payment, sum.pence])
    }
  }

  /// Puts a notice among those whose money a person has to look at, or takes it off.
  static func setQuery(_ query: PaymentQuery?, of notice: DocumentNumber, in unit: UnitOfWork) throws {
    guard let query else {
      try unit.db.cachedStatement(sql: "DELETE FROM payment_query WHERE notice = ?").execute(arguments: [notice.text])
      return
    }
    try unit.db.cachedStatement(
      sql: """
        INSERT INTO payment_query (notice, since, outcome, pence) VALUES (?, ?, ?, ?)
        ON CONFLICT (notice) DO UPDATE SET outcome = excluded.outcome, pence = excluded.pence
        """
    ).execute(arguments: [notice.text, unit.today, query.outcome, query.sum.pence])
  }

  static func find(_ number: Int64, in db: Database) throws -> Stored? {
    try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM payment WHERE number = ?"), arguments: [number]).map {
      try stored($0, in: db)
    }
  }

  /// All payments some of which is or was on a notice.
  static func histories(of notice: DocumentNumber, in db: Database) throws -> [PaymentHistory] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT * FROM payment WHERE notice = ?1
            OR number IN (SELECT payment FROM payment_act WHERE to_notice = ?1) ORDER BY number
          """), arguments: [notice.text]
    ).map { try stored($0, in: db).history }
  }

  /// Payments of which some is on no notice, oldest first.
  static func unmatched(after number: Int64, limit: Int, in db: Database) throws -> [Stored] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT p.* FROM payment_unmatched u JOIN payment p ON p.number = u.payment
          WHERE u.payment > ? ORDER BY u.payment LIMIT ?
          """), arguments: [number, limit]
    ).map { try stored($0, in: db) }
  }

  static func stored(_ row: Row, in db: Database) throws -> Stored {
    let number: Int64 = row["number"]
    var history = PaymentHistory(
      number: number, kind: try row.get("kind"), on: try row.get("on_day"), sum: Money(pence: row["pence"]),
      booked: (row["notice"] as String?).flatMap { DocumentNumber($0) })
    let acts = try Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM payment_act WHERE payment = ? ORDER BY number"), arguments: [number])
    for act in acts { try history.add(Self.act(act), number: act["number"]) }
    let booked: Timestamp = try row.get("at_millis")
    return Stored(
      history: history, source: try row.get("source"), bookedOn: CivilTime.day(at: booked.date),
      reference: row["reference"])
  }

  private static func act(_ row: Row) throws -> PaymentAct {
    let from = (row["from_notice"] as String?).flatMap { DocumentNumber($0) }
    let to = (row["to_notice"] as String?).flatMap { DocumentNumber($0) }
    if let reverses = row["reverses"] as Int64? { return .reversed(act: reverses) }
    let sum = Money(pence: row["pence"])
    if let to { return .allocated(from: from, to: to, sum) }
    return .returned(from: from, on: try row.get("on_day"), sum, try row.get("reason"))
  }
}

extension PaymentRow.Kind: DatabaseValueConvertible, StatementColumnConvertible {}
extension PaymentSource: DatabaseValueConvertible, StatementColumnConvertible {}
extension ReturnReason: DatabaseValueConvertible, StatementColumnConvertible {}
