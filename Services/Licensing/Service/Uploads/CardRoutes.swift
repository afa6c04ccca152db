import CaseFlow
import CaseKit
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import Letters
import LicensingDomain
import Messaging
import Schemas
import ServiceKit

/// A chaperone's card as it is printed: the document as it was issued, with the photograph, which is kept apart from it.
struct CardRoutes: Sendable {
  let uploads: UploadStore
  let transactions: Transactions
  let documents: Documents

  func add(to router: ServiceRouter) {
    let path = "/chaperone-approvals/{id}/cards/{document}"
    let about = About(
      "A chaperone's card with the photograph, to be printed",
      path: [
        .init("id", .string(pattern: "^c[1-9][0-9]*$"), "The case's identifier."),
        .init("document", .string(), "The document's number."),
      ], downloads: ["text/html"])
    router.on(.get, path, .roles(.licensingOfficer, .manager, reach: .wholeAuthority), about) { request, context in
      let page = try await page(
        context.parameter("id"), DocumentNumber(try context.parameter("document")), for: context.caller)
      // The page has one picture, in itself.
      return .bytes(
        Array(page.utf8), contentType: "text/html; charset=utf-8",
        headers: [
          .contentSecurityPolicy: "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'"
        ])
    }
  }

  private func page(_ id: String, _ number: DocumentNumber?, for caller: Caller) async throws -> String {
    let (html, photograph) = try await transactions.write(by: caller) { unit in
      let stored = try Cases<ChaperoneApproval>.find(id, for: caller, in: unit.db)
      guard let number, let found = try uploads.find(nil, of: stored.number, in: unit.db) else {
        throw Problem.notFound("Document")
      }
      try unit.audit(.photographRead, of: stored.audited)
      let document = try documents.document(number, in: unit.db)
      guard document.filing.matter == stored.id, document.kind == ChaperoneCard.id else { throw DocumentError.unknown }
      return (try documents.contents(number, in: unit.db).html, found)
    }
    let bytes = Data(try uploads.read(photograph.digest)).base64EncodedString()
    let picture =
      "<p><img alt=\"Photograph of the chaperone\" width=\"132\" src=\"data:\(photograph.kind.rawValue);base64,\(bytes)\"></p>"
    return String(decoding: html, as: UTF8.self).replacing("<main>", with: "<main>\n\(picture)", maxReplacements: 1)
  }
}
