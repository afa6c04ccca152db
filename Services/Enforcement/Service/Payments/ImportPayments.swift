import Contracts
import Crypto
import EnforcementDomain
import Foundation
import GRDB
import HTTPTypes
import Messaging
import NIOCore
import Rulebook
import SchoolFiles
import ServiceKit
import Store

/// Takes in a file of payments: all of it in one transaction, each file and each row once.
struct ImportPayments: Sendable {
  /// What became of a file.
  struct Answer: Codable, Sendable {
    struct RowNote: Codable, Sendable {
      let row: Int
      /// Where in the row; empty for the row as a whole.
      let column: String
      let reason: String
      let detail: String
      let fix: String
    }

    /// The file's number.
    let file: Int64
    let source: PaymentSource
    /// Whether the same bytes came before: then nothing was done.
    let isKnown: Bool
    /// Rows, without blank ones and the header. Each is in one of the four counts below.
    let received: Int
    let booked: Int
    /// Rows that another file told before.
    let known: Int
    let passedOver: Int
    let refused: Int
    /// Of those booked, how many are on no notice: a person has to allocate or return them.
    let unmatched: Int
    /// How many receipts went by themselves; of one file those for its first 2,000 payments.
    let receipts: Int
    /// The first rows that could not be read; the others are at `/payment-files/{number}/refused`.
    let refusedRows: [RowNote]
    /// The first rows that are no payments.
    let passedOverRows: [RowNote]
  }

  let payments: NoticePayments
  let transactions: Transactions

  /// The most rows of a kind that an answer lists.
  private static let mostListed = 100

  /// - Throws: `Problem` when no row can be read, or the file came from another source.
  func callAsFunction(_ file: Upload, from source: PaymentSource, by edit: Edit) async throws -> Remembered<Answer> {
    guard TextFile.csvMediaTypes.contains(file.mediaType) else {
      throw Problem(
        "unsupported-media-type", "Payments come as text/csv", .unsupportedMediaType,
        detail: "Send a CSV file as text/csv, whatever your computer calls it.")
    }
    let bytes = Array(file.bytes.readableBytesView)
    let digest = Data(SHA256.hash(data: bytes))
    let today = transactions.today
    let read: PaymentFile
    do throws(PaymentFileError) {
      read = try PaymentsCSV.read(bytes, from: source, today: today)
    } catch {
      throw Problem(error)
    }
    return try await transactions.write(edit) { unit in
      if let before = try before(digest, from: source, in: unit.db) { return before }
      return try book(read, digest, from: source, in: unit)
    }
  }

  private func before(_ digest: Data, from source: PaymentSource, in db: Database) throws -> Answer? {
    let sql = "SELECT * FROM payment_file WHERE digest = ?"
    guard let row = try Row.fetchOne(db, sql: sql, arguments: [digest]) else { return nil }
    guard try row.get("source") == source else {
      throw Problem.conflict(
        "file-of-another-source", "This file came before as one of another source",
        detail: "Its payments are booked. Nothing was done now.")
    }
    return Answer(
      file: row["number"], source: source, isKnown: true, received: row["received"], booked: 0,
      known: row["received"] as Int - row["passed_over"] - row["refused"], passedOver: row["passed_over"],
      refused: row["refused"], unmatched: 0, receipts: 0, refusedRows: [], passedOverRows: [])
  }

  private func book(
    _ read: PaymentFile, _ digest: Data, from source: PaymentSource, in unit: UnitOfWork
  ) throws -> Answer {
    // The row of the file says what became of it, which is known when its payments, which name it, are there.
    let number = try Int64.fetchOne(unit.db, sql: "SELECT coalesce(max(number), 0) + 1 FROM payment_file") ?? 1
    var refused = read.refused
    var came: [NoticePayments.Came] = []
    var booked = 0
    try unit.db.execute(sql: "PRAGMA defer_foreign_keys = ON")
    for row in read.rows {
      do {
        if try payments.book(row, from: source, file: number, came: &came, in: unit) { booked += 1 }
      } catch let fault as Fault { refused.append(.init(number: row.number, fault: fault)) }
    }
    refused.sort { $0.number < $1.number }
    let known = read.received - booked - refused.count - read.passedOver.count
    try unit.db.execute(
      sql: """
        INSERT INTO payment_file
          (number, digest, source, at_millis, caller, received, booked, known, passed_over, refused)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        number, digest, source.rawValue, unit.at, unit.caller.subject, read.received, booked, known,
        read.passedOver.count, refused.count,
      ])
    for row in refused { try write(row, of: number, in: unit.db) }
    let receipts = try payments.follow(came, in: unit)
    try unit.audit(
      .paymentsImported, of: .record("payment-file-\(number)"), ["booked": booked, "refused": refused.count])
    return Answer(
      file: number, source: source, isKnown: false, received: read.received, booked: booked, known: known,
      passedOver: read.passedOver.count, refused: refused.count,
      unmatched: try unmatched(of: number, in: unit.db), receipts: receipts,
      refusedRows: refused.prefix(Self.mostListed).map { .init($0.number, $0.fault) },
      passedOverRows: read.passedOver.prefix(Self.mostListed).map { .init($0) })
  }

  private func write(_ row: PaymentFile.BadRow, of file: Int64, in db: Database) throws {
    try db.cachedStatement(
      sql: "INSERT INTO payment_refused (file, row, place, reason, detail, fix) VALUES (?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [
      file, row.number, row.fault.column, row.fault.reason, row.fault.detail, row.fault.fix,
    ])
  }

  private func unmatched(of file: Int64, in db: Database) throws -> Int {
    try Int.fetchOne(
      db, sql: "SELECT count(*) FROM payment_unmatched u JOIN payment p ON p.number = u.payment WHERE p.file = ?",
      arguments: [file]) ?? 0
  }
}

extension ImportPayments.Answer.RowNote {
  init(_ row: Int, _ fault: Fault) {
    self.init(row: row, column: fault.column, reason: fault.reason, detail: fault.detail, fix: fault.fix)
  }

  init(_ aside: PaymentFile.Aside) {
    self.init(row: aside.number, column: "", reason: aside.reason.rawValue, detail: aside.reason.detail, fix: "")
  }
}

extension Problem {
  init(_ error: PaymentFileError) {
    let status: HTTPResponse.Status =
      switch error {
      case .tooManyRows, .tooLarge: .contentTooLarge
      case .empty: .badRequest
      default: .unprocessableContent
      }
    self.init(error.slug, "The file cannot be read", status, detail: error.detail)
  }
}
