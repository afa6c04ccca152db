import Contracts
import EnforcementDomain
import GRDB
import HTTPTypes
import Messaging
import Rulebook
import Schemas
import SchoolFiles
import ServiceKit
import Store

/// Payments for penalty notices: files in, single payments, and what a person does with money that is not in order.
struct PaymentRoutes: Sendable {
  let payments: NoticePayments
  let transactions: Transactions

  private static let finance = Policy.roles(.finance, reach: .wholeAuthority)
  private static let readers = Policy.roles(.finance, .legalOfficer, .manager, reach: .wholeAuthority)
  static let pageSize = 100
  /// The most bytes of the words in which somebody says why.
  private static let reasonBytes = 1...500

  private static let source = QueryParameter("source", .oneOf(["bank", "pay-service"]), "Whose file it is.") {
    PaymentSource(rawValue: $0)
  }
  private static let payment = About.Parameter("number", .integer(minimum: 1), "The payment's number.")
  private static let file = About.Parameter("number", .integer(minimum: 1), "The file's number.")
  private static let notice = About.Parameter(
    "notice", .string(), "The notice's number, for example 880-EN-2627-000042-B.")

  func add(to router: ServiceRouter) {
    let takeIn = ImportPayments(payments: payments, transactions: transactions)
    router.upload(
      "/payment-files", Self.finance, "Book the payments of a file of the bank or of the pay service",
      query: [Self.source.about], mediaTypes: TextFile.csvMediaTypes.sorted(), upTo: PaymentLimits.fileBytes
    ) { try await takeIn($1, from: $0[Self.source], by: $0.edit) }
    router.read("/payment-files", Self.readers, "Files of payments", query: [.after], files)
    router.read(
      "/payment-files/{number}/refused", Self.readers, "Rows of a file that could not be read", path: [Self.file],
      query: [.after], refused)
    router.write(
      .post, "/payment-files/{number}/settle", Self.finance,
      "Say that the rows of a file that could not be read are taken care of", path: [Self.file],
      problems: [404, 409], settle)
    router.write(
      .post, "/payments", Self.finance, "Enter one payment", status: 201, problems: [404, 409], enter)
    router.read("/payments/unmatched", Self.readers, "Money that is on no notice", query: [.after], unmatched)
    router.read(
      "/payments/queries", Self.readers, "Notices whose money a person has to allocate or return",
      query: [Self.from.about], queries)
    router.write(
      .post, "/payments/{number}/allocate", Self.finance, "Put money that came on a notice", path: [Self.payment],
      problems: [404, 409], allocate)
    router.write(
      .post, "/payments/{number}/return", Self.finance, "Say that money went back", path: [Self.payment],
      problems: [404, 409], giveBack)
    router.write(
      .post, "/payments/{number}/reverse", Self.finance, "Take back an act that was a mistake", path: [Self.payment],
      problems: [404, 409], reverse)
    router.read(
      "/accounts/{notice}",
      .roles(.finance, .attendanceOfficer, .legalOfficer, .manager, reach: .ownRecords),
      "The account of a notice: what came, what is held and what stands in the way of proceedings",
      path: [Self.notice], account)
  }

  // MARK: files

  private struct FileLine: Listed {
    static let list = "files"

    let number: Int64
    let source: PaymentSource
    let at: Timestamp
    let by: String
    let received, booked, known, passedOver, refused: Int
    /// Whether rows could not be read and nobody has taken care of them.
    let toSettle: Bool
  }

  private func files(_ call: Call) async throws -> Page<FileLine> {
    let after = try call.after
    return try await transactions.read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT f.*, f.refused > 0 AND s.file IS NULL AS to_settle FROM payment_file f
          LEFT JOIN payment_file_settled s ON s.file = f.number WHERE f.number > ? ORDER BY f.number LIMIT ?
          """, arguments: [after, Self.pageSize])
      return try Page(rows, of: Self.pageSize, endsAt: { $0["number"] }) { row in
        FileLine(
          number: row["number"], source: try row.get("source"), at: try row.get("at_millis"), by: row["caller"],
          received: row["received"], booked: row["booked"], known: row["known"], passedOver: row["passed_over"],
          refused: row["refused"], toSettle: row["to_settle"])
      }
    }
  }

  private struct RefusedLine: Listed {
    static let list = "rows"

    let row: Int64
    let column, reason, detail, fix: String
  }

  private func refused(_ call: Call) async throws -> Page<RefusedLine> {
    let (file, after) = (try call.number("File"), try call.after)
    return try await transactions.read { db in
      try Self.requireFile(file, in: db)
      let rows = try Row.fetchAll(
        db, sql: "SELECT * FROM payment_refused WHERE file = ? AND row > ? ORDER BY row LIMIT ?",
        arguments: [file, after, Self.pageSize])
      return Page(rows, of: Self.pageSize, endsAt: { $0["row"] }) {
        RefusedLine(row: $0["row"], column: $0["place"], reason: $0["reason"], detail: $0["detail"], fix: $0["fix"])
      }
    }
  }

  private static func requireFile(_ file: Int64, in db: Database) throws {
    let found = try Bool.fetchOne(db, sql: "SELECT 1 FROM payment_file WHERE number = ?", arguments: [file])
    guard found != nil else { throw Problem.notFound("File") }
  }

  private struct Why: Codable, Sendable {
    /// In the officer's own words, without anything of a person.
    let reason: String
  }

  private func settle(_ call: Call, _ form: Why) async throws -> Remembered<Done> {
    let file = try call.number("File")
    let reason = try Self.reason(form.reason)
    return try await transactions.write(call.edit) { unit in
      try Self.requireFile(file, in: unit.db)
      try unit.db.execute(
        sql: """
          INSERT INTO payment_file_settled (file, reason, at_millis, caller) VALUES (?, ?, ?, ?)
          ON CONFLICT (file) DO NOTHING
          """, arguments: [file, reason, unit.at, unit.caller.subject])
      try unit.audit(.paymentsFileSettled, of: .record("payment-file-\(file)"))
      return Done()
    }
  }

  static func reason(_ text: String) throws(Problem) -> String {
    var faults = Faults()
    let reason = faults.text(text, "/reason", bytes: reasonBytes)
    try faults.refuse()
    return reason
  }
}
