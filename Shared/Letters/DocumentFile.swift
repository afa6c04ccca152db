public import Contracts
import Foundation
public import GRDB
import Schemas
public import ServiceKit

/// In which form somebody asks for a document.
public enum DocumentForm: String, Sendable, CaseIterable {
  /// The page as it was issued.
  case html
  /// The page as it was printed: a tagged PDF.
  case pdf

  /// The parameter of routes that give out documents.
  public static let query = QueryParameter<DocumentForm>(
    "format", .oneOf(allCases.map(\.rawValue)), "The page as it was issued, or the PDF that was printed of it.",
    { DocumentForm(rawValue: $0) }
  ).or(.html)

  /// What such a route can answer.
  public static let mediaTypes = ["text/html", "application/pdf"]
}

extension Documents {
  /// A document of a matter as a file to give out: nobody reads the letters of one case by the address of another.
  ///
  /// - Throws: ``DocumentError/unknown`` also for a document of another matter, and as ``file(_:as:in:)``.
  public func file(
    _ number: DocumentNumber, ofMatter matter: String, as form: DocumentForm, in db: Database
  ) throws -> Download {
    guard try document(number, in: db).filing.matter == matter else { throw DocumentError.unknown }
    return try file(number, as: form, in: db)
  }

  /// A document as a file to give out, to somebody who may read it whatever its matter.
  ///
  /// - Throws: as ``contents(_:in:)``; ``DocumentError/unprinted`` for the PDF of what is not printed yet.
  public func file(_ number: DocumentNumber, as form: DocumentForm, in db: Database) throws -> Download {
    let contents = try contents(number, in: db)
    guard form == .pdf else { return Download(Array(contents.html), contentType: "text/html; charset=utf-8") }
    guard let pdf = contents.pdf else { throw DocumentError.unprinted }
    return Download(Array(pdf), contentType: "application/pdf", name: "\(number.text).pdf")
  }
}
