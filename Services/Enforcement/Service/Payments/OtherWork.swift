import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import Rulebook
import ServiceKit
import Store

/// What is to be done in enforcement beside the work of its cases: money that is not in order, and other authorities that
/// were asked and have not answered.
enum OtherWork {
  /// The most of each kind: more are shown once the oldest are done.
  private static let most = 5_000

  private enum Kind: Int64 {
    case payment, query, file, enquiry

    /// A number of its own among all kinds.
    func number(_ number: Int64) -> Int64 { number * 4 + rawValue + 1 }
  }

  static func all(in db: Database) throws -> [OtherTask] {
    try unmatched(in: db) + queries(in: db) + files(in: db) + enquiries(in: db)
  }

  private static func unmatched(in db: Database) throws -> [OtherTask] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT u.payment, p.at_millis FROM payment_unmatched u JOIN payment p ON p.number = u.payment
        ORDER BY u.payment LIMIT \(most)
        """
    ).map { row in
      let number: Int64 = row["payment"]
      let booked: Timestamp = try row.get("at_millis")
      return OtherTask(
        number: Kind.payment.number(number), kind: "payment-to-match",
        title: "Match a payment to a notice, or return it",
        due: PaymentWork.due(CivilTime.day(at: booked.date)), role: Role.finance.rawValue, record: "payment-\(number)")
    }
  }

  private static func queries(in db: Database) throws -> [OtherTask] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT q.notice, q.since, n.number, n.pupil, n.school FROM payment_query q JOIN notice n ON n.document = q.notice
        ORDER BY q.since, n.number LIMIT \(most)
        """
    ).map { row in
      OtherTask(
        number: Kind.query.number(row["number"]), kind: "money-to-settle",
        title: "Allocate or return money of a notice", due: PaymentWork.due(try row.get("since")),
        role: Role.finance.rawValue, record: row["notice"], pupil: try row.get("pupil"), school: try row.get("school"))
    }
  }

  private static func files(in db: Database) throws -> [OtherTask] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT f.number, f.at_millis FROM payment_file f LEFT JOIN payment_file_settled s ON s.file = f.number
        WHERE f.refused > 0 AND s.file IS NULL ORDER BY f.number LIMIT \(most)
        """
    ).map { row in
      let number: Int64 = row["number"]
      let came: Timestamp = try row.get("at_millis")
      return OtherTask(
        number: Kind.file.number(number), kind: "payment-file-to-settle",
        title: "Enter the rows of a payment file that could not be read",
        due: PaymentWork.due(CivilTime.day(at: came.date)), role: Role.finance.rawValue,
        record: "payment-file-\(number)")
    }
  }

  private static func enquiries(in db: Database) throws -> [OtherTask] {
    try Enquiries.waiting(after: 0, limit: most, in: db).map { enquiry in
      OtherTask(
        number: Kind.enquiry.number(enquiry.number), kind: "enquiry-without-answer",
        title: "Record another authority's answer about earlier notices, or decide without it", due: enquiry.due,
        role: Role.attendanceOfficer.rawValue, record: "enquiry-\(enquiry.number)", pupil: enquiry.pupil)
    }
  }
}
