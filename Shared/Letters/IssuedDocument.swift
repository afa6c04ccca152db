public import Contracts
public import Foundation
import GRDB
public import Rulebook

/// A document as it was issued.
public struct IssuedDocument: Hashable, Sendable {
  public let number: DocumentNumber
  /// ``Letter/id``.
  public let kind: String
  /// The template's.
  public let version: Int
  /// SHA-256 of the template.
  public let templateDigest: Data
  /// ``Recipient/id``.
  public let recipient: String
  public let filing: DocumentFiling
  public let issuedOn: Day
  public let issuedAt: Timestamp
  public let issuedBy: String
  /// SHA-256 of the page as it was issued.
  public let htmlDigest: Data
  /// SHA-256 of the PDF; `nil` until it is printed.
  public let pdfDigest: Data?
  public let isWithdrawn: Bool
  public let isDisposed: Bool

  func insert(year: SchoolYear, running: Int, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO documents (number, school_year, running, kind, version, template_digest, language, format, recipient,
          about, matter, basis, corrects, issued_on, issued_millis, issued_by, approved_by, html_digest)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      number.text, year.startYear, running, kind, version, templateDigest, filing.language, filing.format.rawValue,
      recipient, filing.about?.text, filing.matter, filing.basis, filing.corrects?.text, issuedOn.ordinal,
      issuedAt.millis, issuedBy, filing.approvedBy, htmlDigest,
    ])
  }

  static func fetch(
    where condition: String, _ values: [String], limit: Int, in db: Database
  ) throws -> [IssuedDocument] {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT d.*, p.digest AS pdf_digest, w.number IS NOT NULL AS withdrawn, x.number IS NOT NULL AS disposed
          FROM documents d LEFT JOIN document_prints p USING (number) LEFT JOIN document_withdrawals w USING (number)
          LEFT JOIN document_disposals x USING (number)
          WHERE \(condition) ORDER BY d.issued_millis DESC, d.running DESC LIMIT ?
          """), arguments: StatementArguments(values) + [limit])
    return try rows.map { row in
      guard let document = IssuedDocument(row) else { throw DocumentError.altered }
      return document
    }
  }

}

extension IssuedDocument {
  /// `nil` when something in the row is not as it was written.
  fileprivate init?(_ row: Row) {
    func text(_ name: String) -> String? { String.fromDatabaseValue(row[name]) }
    func data(_ name: String) -> Data? { Data.fromDatabaseValue(row[name]) }
    func number(_ name: String) -> Int64? { Int64.fromDatabaseValue(row[name]) }
    guard let documentNumber = text("number").flatMap({ DocumentNumber($0) }), let kind = text("kind"),
      let version = number("version"), let templateDigest = data("template_digest"), let recipient = text("recipient"),
      let language = text("language"), let format = text("format").flatMap({ LetterFormat(rawValue: $0) }),
      let issuedOn = number("issued_on"), let issuedAt = number("issued_millis"), let issuedBy = text("issued_by"),
      let htmlDigest = data("html_digest")
    else { return nil }
    let filing = DocumentFiling(
      about: text("about").flatMap { PupilID($0) }, matter: text("matter"), basis: text("basis"),
      approvedBy: text("approved_by"), corrects: text("corrects").flatMap { DocumentNumber($0) }, language: language,
      format: format)
    self.init(
      number: documentNumber, kind: kind, version: Int(version), templateDigest: templateDigest, recipient: recipient,
      filing: filing, issuedOn: Day(ordinal: Int32(issuedOn)), issuedAt: Timestamp(millis: issuedAt),
      issuedBy: issuedBy,
      htmlDigest: htmlDigest, pdfDigest: data("pdf_digest"), isWithdrawn: number("withdrawn") == 1,
      isDisposed: number("disposed") == 1)
  }
}
