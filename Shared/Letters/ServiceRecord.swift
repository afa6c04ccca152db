public import Contracts
public import GRDB
public import Messaging
public import Rulebook
import ServiceKit

/// How a document was served, as the person who served it says.
public struct DocumentService: Hashable, Sendable {
  public let method: ServiceMethod
  /// The day on which it was handed over, left or sent.
  public let day: Day
  /// Who handed it over, left it or sent it.
  public let by: String
  /// The address that was used; for service by hand, the place.
  public let address: String
  /// Why it is thought to be the right one, for example that the register says so.
  public let addressReason: String
  /// The certificate of posting, the photograph or the signature.
  public let proof: String

  public init(
    method: ServiceMethod, day: Day, by: String, address: String, addressReason: String, proof: String
  ) {
    self.method = method
    self.day = day
    self.by = by
    self.address = address
    self.addressReason = addressReason
    self.proof = proof
  }
}

/// Something that came back: the document itself, or proof of the day on which it really came.
public struct DocumentReceipt: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable { case received, returned }

  public let kind: Kind
  public let day: Day
  public let evidence: String

  public init(kind: Kind, day: Day, evidence: String) {
    self.kind = kind
    self.day = day
    self.evidence = evidence
  }
}

/// When a document counts as served.
public struct ServedDay: Hashable, Sendable {
  public let day: Day
  /// The rule's id; ``Documents/provedReceipt`` where the actual day was shown.
  public let rule: String
  public let source: String
}

extension Documents {
  /// The rule's name where somebody showed when the document really came.
  public static let provedReceipt = "proved-receipt"

  /// Puts on record that a document was served.
  ///
  /// - Returns: when it counts as served by this service.
  /// - Throws: ``DocumentError``, `DatabaseError`.
  public func recordService(
    _ service: DocumentService, of number: DocumentNumber, in unit: UnitOfWork
  ) throws -> ServedDay {
    let document = try document(number, in: unit.db)
    guard !document.isWithdrawn else { throw DocumentError.withdrawn }
    guard !document.isDisposed else { throw DocumentError.disposed }
    guard document.pdfDigest != nil else { throw DocumentError.unprinted }
    guard document.issuedOn <= service.day, service.day <= unit.today else { throw DocumentError.implausibleDay }
    let texts = [
      ("by", service.by), ("address", service.address), ("addressReason", service.addressReason),
      ("proof", service.proof),
    ]
    for (name, text) in texts where try LetterText.clean(text, for: name).isEmpty { throw DocumentError.missing(name) }
    guard let kind = book.kind(document.kind) else { throw LetterError.unknownKind(id: document.kind) }
    guard let served = kind.service.served(service.method, on: service.day) else {
      throw DocumentError.methodNotAllowed(service.method, rule: kind.service.id)
    }
    try unit.db.cachedStatement(
      sql: """
        INSERT INTO document_services (number, method, sent_on, served_by, address, address_reason, proof, served_on, rule,
          source, recorded_millis, recorded_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      number.text, service.method.rawValue, service.day.ordinal, service.by, service.address, service.addressReason,
      service.proof, served.day.ordinal, kind.service.id, served.source, unit.at.millis, unit.caller.subject,
    ])
    return ServedDay(day: served.day, rule: kind.service.id, source: served.source)
  }

  /// Puts on record what came back.
  ///
  /// - Throws: ``DocumentError``, `DatabaseError`.
  public func recordReceipt(
    _ receipt: DocumentReceipt, of number: DocumentNumber, in unit: UnitOfWork
  ) throws {
    let document = try document(number, in: unit.db)
    guard !document.isDisposed else { throw DocumentError.disposed }
    guard document.issuedOn <= receipt.day, receipt.day <= unit.today else { throw DocumentError.implausibleDay }
    guard try !LetterText.clean(receipt.evidence, for: "evidence").isEmpty else {
      throw DocumentError.missing("evidence")
    }
    try unit.db.cachedStatement(
      sql: """
        INSERT INTO document_receipts (number, kind, day, evidence, recorded_millis, recorded_by)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      number.text, receipt.kind.rawValue, receipt.day.ordinal, receipt.evidence, unit.at.millis, unit.caller.subject,
    ])
  }

  /// When a document counts as served: on the day of which there is proof, else on the first day that a service of it
  /// gives by law. A document that came back is not served by anything sent before it did.
  ///
  /// - Returns: `nil` while it does not.
  public func served(_ number: DocumentNumber, in db: Database) throws -> ServedDay? {
    let receipts = try Row.fetchAll(
      db.cachedStatement(sql: "SELECT kind, day, evidence FROM document_receipts WHERE number = ? ORDER BY id"),
      arguments: [number.text])
    func latest(_ kind: DocumentReceipt.Kind) -> Int32? {
      receipts.last { String.fromDatabaseValue($0["kind"]) == kind.rawValue }
        .flatMap { Int32.fromDatabaseValue($0["day"]) }
    }
    if let proved = latest(.received) {
      return ServedDay(day: Day(ordinal: proved), rule: Self.provedReceipt, source: "proof of the actual day")
    }
    let row = try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT served_on, rule, source FROM document_services WHERE number = ? AND sent_on >= ?
          ORDER BY served_on, id LIMIT 1
          """), arguments: [number.text, latest(.returned) ?? Int32.min])
    guard let row, let day = Int32.fromDatabaseValue(row["served_on"]),
      let rule = String.fromDatabaseValue(row["rule"]),
      let source = String.fromDatabaseValue(row["source"])
    else { return nil }
    return ServedDay(day: Day(ordinal: day), rule: rule, source: source)
  }
}
