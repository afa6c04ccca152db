public import Contracts
import Crypto
public import Foundation
public import GRDB
public import Messaging
public import Rulebook
import ServiceKit
import Store

/// What a document belongs to. Identifiers are opaque.
public struct DocumentFiling: Hashable, Sendable {
  /// The child that it is about.
  public var about: PupilID?
  /// The case, notice or licence that it belongs to.
  public var matter: String?
  /// The decision or finding that it rests on.
  public var basis: String?
  /// Who approved it, where somebody else must.
  public var approvedBy: String?
  /// The document that it replaces.
  public var corrects: DocumentNumber?
  public var language: String
  public var format: LetterFormat
  /// How its holder checks it; `nil` for documents that nobody shows to others.
  public var check: CheckMark?

  public init(
    about: PupilID? = nil, matter: String? = nil, basis: String? = nil, approvedBy: String? = nil,
    corrects: DocumentNumber? = nil, language: String = "en", format: LetterFormat = .letter, check: CheckMark? = nil
  ) {
    self.about = about
    self.matter = matter
    self.basis = basis
    self.approvedBy = approvedBy
    self.corrects = corrects
    self.language = language
    self.format = format
    self.check = check
  }
}

/// The documents that a program issues (see ``Letter``). Every write works within the caller's unit of work, which also
/// writes the audit entry.
public struct Documents: Sendable {
  let service: ServiceName
  public let authority: AuthorityCode
  let sender: LetterSender
  let book: LetterBook

  public init(service: ServiceName, authority: AuthorityCode, sender: LetterSender, book: LetterBook) {
    self.service = service
    self.authority = authority
    self.sender = sender
    self.book = book
  }

  /// The document as it would be issued on a day, marked as a draft and without a number.
  ///
  /// - Returns: HTML.
  /// - Throws: ``LetterError``.
  public func draft<Kind: Letter>(
    _ letter: Kind, to recipient: Recipient, on day: Day, language: String = "en", format: LetterFormat = .letter
  ) throws(LetterError) -> String {
    let entry = try book.entry(Kind.id, language: language, format: format, on: day)
    let frame = try LetterPage.Frame(sender, recipient, on: day, number: nil, corrects: nil)
    return LetterPage.html(
      entry.template, entry.compiled, format, frame, try Filling.fill(Kind.particulars, letter))
  }

  /// Issues a document: takes the next number, sets the page, and keeps it with the facts it was made from. It never
  /// changes again. The page is printed after the commit, by ``PrintLoop``.
  ///
  /// - Parameters:
  ///   - recipient: one person; each parent is issued a document of their own.
  ///   - unit: who issues it, and when: its day is the day of issue.
  /// - Throws: ``LetterError``, ``DocumentError``, `DatabaseError`.
  public func issue<Kind: Letter>(
    _ letter: Kind, to recipient: Recipient, filed filing: DocumentFiling, in unit: UnitOfWork
  ) throws -> IssuedDocument {
    let (day, db) = (unit.today, unit.db)
    let entry = try book.entry(Kind.id, language: filing.language, format: filing.format, on: day)
    if let corrected = filing.corrects { _ = try document(corrected, in: db) }
    let year = SchoolYear(containing: day)
    let running =
      try Int.fetchOne(
        db.cachedStatement(sql: "SELECT max(running) + 1 FROM documents WHERE school_year = ?"),
        arguments: [year.startYear]) ?? 1
    guard running <= DocumentNumber.most else { throw DocumentError.numbersExhausted }
    let number = DocumentNumber(authority: authority, service: service, year: year, running: running)
    let frame = try LetterPage.Frame(
      sender, recipient, on: day, number: number, corrects: filing.corrects, check: filing.check)
    let filled = try Filling.fill(Kind.particulars, letter)
    let html = Data(LetterPage.html(entry.template, entry.compiled, filing.format, frame, filled).utf8)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let facts = try encoder.encode(Facts(frame: frame, particulars: filled))
    let document = IssuedDocument(
      number: number, kind: Kind.id, version: entry.template.version, templateDigest: entry.template.digest,
      recipient: recipient.id, filing: filing, issuedOn: day, issuedAt: unit.at, issuedBy: unit.caller.subject,
      htmlDigest: Data(SHA256.hash(data: html)), pdfDigest: nil, isWithdrawn: false, isDisposed: false)
    try document.insert(year: year, running: running, in: db)
    try db.cachedStatement(sql: "INSERT INTO document_contents (number, facts, html) VALUES (?, ?, ?)")
      .execute(arguments: [number.text, facts, html])
    return document
  }

  /// What a document was made from.
  struct Facts: Codable {
    let frame: LetterPage.Frame
    let particulars: [String: Filling]
  }

  /// - Throws: ``DocumentError/unknown``, `DatabaseError`.
  public func document(_ number: DocumentNumber, in db: Database) throws -> IssuedDocument {
    let rows = try IssuedDocument.fetch(where: "d.number = ?", [number.text], limit: 1, in: db)
    guard let document = rows.first else { throw DocumentError.unknown }
    return document
  }

  /// The documents about a child, newest first.
  public func documents(about pupil: PupilID, limit: Int, in db: Database) throws -> [IssuedDocument] {
    try IssuedDocument.fetch(where: "d.about = ?", [pupil.text], limit: limit, in: db)
  }

  /// The documents of a case, notice or licence, newest first.
  public func documents(ofMatter matter: String, limit: Int, in db: Database) throws -> [IssuedDocument] {
    try IssuedDocument.fetch(where: "d.matter = ?", [matter], limit: limit, in: db)
  }

  /// The page, the facts it was made from as JSON, and the PDF once it is printed.
  ///
  /// - Throws: ``DocumentError/disposed``, ``DocumentError/unknown``, ``DocumentError/altered`` when the bytes are not
  ///   those that were issued, `DatabaseError`.
  public func contents(
    _ number: DocumentNumber, in db: Database
  ) throws -> (html: Data, facts: Data, pdf: Data?) {
    let document = try document(number, in: db)
    guard
      let row = try Row.fetchOne(
        db.cachedStatement(
          sql: """
            SELECT c.facts, c.html, p.pdf FROM document_contents c LEFT JOIN document_prints p USING (number)
            WHERE c.number = ?
            """), arguments: [number.text]),
      let html = Data.fromDatabaseValue(row["html"]), let facts = Data.fromDatabaseValue(row["facts"])
    else { throw DocumentError.disposed }
    let pdf = Data.fromDatabaseValue(row["pdf"])
    guard Data(SHA256.hash(data: html)) == document.htmlDigest,
      pdf.map({ Data(SHA256.hash(data: $0)) }) == document.pdfDigest
    else { throw DocumentError.altered }
    return (html, facts, pdf)
  }

  /// To whom a document was issued, for another about the same.
  ///
  /// - Throws: as ``contents(_:in:)``.
  public func recipient(of number: DocumentNumber, in db: Database) throws -> Recipient {
    let facts = try JSONDecoder().decode(Facts.self, from: contents(number, in: db).facts)
    return Recipient(
      id: try document(number, in: db).recipient, name: facts.frame.recipient, address: facts.frame.recipientAddress)
  }

  /// Marks a document as withdrawn. It is kept.
  ///
  /// - Parameter ground: a code of the program.
  /// - Throws: ``DocumentError``, `DatabaseError`.
  public func withdraw(_ number: DocumentNumber, ground: String, in unit: UnitOfWork) throws {
    guard try !document(number, in: unit.db).isWithdrawn else { throw DocumentError.withdrawn }
    try unit.db.cachedStatement(
      sql: "INSERT INTO document_withdrawals (number, ground, at_millis, by) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [number.text, ground, unit.at.millis, unit.caller.subject])
  }

  /// Deletes what a document says and where it was sent; that it was issued stays, with its digest.
  ///
  /// - Parameter certificate: the disposal that it is part of.
  /// - Throws: ``DocumentError``, `DatabaseError`.
  public func dispose(_ number: DocumentNumber, certificate: String, in unit: UnitOfWork) throws {
    guard try !document(number, in: unit.db).isDisposed else { throw DocumentError.disposed }
    try unit.db.cachedStatement(
      sql: "INSERT INTO document_disposals (number, certificate, at_millis, by) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [number.text, certificate, unit.at.millis, unit.caller.subject])
    for table in ["document_prints", "document_contents", "document_services", "document_receipts"] {
      try unit.db.execute(sql: "DELETE FROM \(table) WHERE number = ?", arguments: [number.text])
    }
  }
}

/// Why something cannot be done with a document.
public enum DocumentError: Error, Hashable, Sendable {
  case unknown
  /// Its contents were disposed of.
  case disposed
  case withdrawn
  /// It is not printed yet.
  case unprinted
  /// The bytes are not those that were issued.
  case altered
  /// All numbers of the school year are given.
  case numbersExhausted
  /// The law does not let it be served in this way.
  case methodNotAllowed(ServiceMethod, rule: String)
  /// Served before it was issued, or in the future.
  case implausibleDay
  /// Something that the record of service needs is blank.
  case missing(String)
}
