import CaseFlow
import CaseKit
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import Letters
import LicensingDomain
import Messaging
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  static let photographKept = AuditAction("licensing.photograph.kept")
  static let photographRead = AuditAction("licensing.photograph.read")
}

/// Photographs of a case: of a chaperone, for the card, or of what was found at a visit.
struct PhotographRoutes<Program: CaseProgram>: Sendable {
  let path: String
  let uploads: UploadStore
  let transactions: Transactions

  struct Kept: Codable, Sendable {
    let id: String
    /// Of the photograph, in the program.
    let photograph: Int64
  }

  private var policy: Policy { .roles(.licensingOfficer, .manager, reach: .wholeAuthority) }
  private var id: About.Parameter { .init("id", .string(pattern: "^c[1-9][0-9]*$"), "The case's identifier.") }

  func add(to router: ServiceRouter) {
    let kinds = UploadStore.Kind.allCases.map(\.rawValue)
    router.upload(
      "\(path)/{id}/photographs", policy, "Keep a photograph of a case", path: [id], mediaTypes: kinds,
      upTo: UploadStore.mostBytes,
      keep)
    router.download(
      "\(path)/{id}/photographs/{number}", policy, "A photograph of a case",
      path: [id, .init("number", .string(), "The photograph's number.")],
      mediaTypes: kinds, read)
  }

  private func keep(_ call: Call, _ sent: Upload) async throws -> Remembered<Kept> {
    let id = try call.text("id")
    let (bytes, kind) = try UploadStore.check(sent)
    // A file whose row is not written is unreachable, and the same bytes find it again.
    let digest = try uploads.keep(bytes)
    return try await transactions.write(call.edit) { unit in
      let stored = try find(id, unit)
      let number = try uploads.file(digest, kind, under: stored.number, in: unit)
      try unit.audit(.photographKept, of: stored.audited, ["photograph": Int(number)])
      return Kept(id: stored.id, photograph: number)
    }
  }

  private func read(_ call: Call) async throws -> Download {
    let id = try call.text("id")
    let number = try call.number("Photograph")
    let found = try await transactions.write(by: call.caller) { unit in
      let stored = try find(id, unit)
      guard let found = try uploads.find(number, of: stored.number, in: unit.db) else {
        throw Problem.notFound("Photograph")
      }
      try unit.audit(.photographRead, of: stored.audited)
      return found
    }
    return Download(
      try uploads.read(found.digest), contentType: found.kind.rawValue,
      name: "photograph-\(number).\(found.kind == .png ? "png" : "jpg")")
  }

  private func find(_ id: String, _ unit: UnitOfWork) throws -> StoredCase<Program.Kind> {
    guard let stored = try Cases<Program.Kind>.find(id, in: unit.db), unit.caller.maySee(stored.school) else {
      throw Problem.notFound("Case")
    }
    return stored
  }
}

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
      guard let stored = try Cases<ChaperoneApproval>.find(id, in: unit.db), unit.caller.maySee(stored.school) else {
        throw Problem.notFound("Case")
      }
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
