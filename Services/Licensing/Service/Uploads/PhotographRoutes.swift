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

/// Files of a case: photographs of a chaperone, for the card, or of what was found at a visit; documents of an application.
struct PhotographRoutes<Program: CaseProgram>: Sendable {
  let path: String
  let uploads: UploadStore
  let transactions: Transactions
  /// How the route names them, how a problem names one, and what they may be.
  var names = (route: "photographs", one: "photograph", title: "A photograph is a JPEG or PNG file")
  var kinds = UploadStore.Kind.photographs

  /// The documents that came with applications.
  static func documents(of path: String, _ uploads: UploadStore, _ transactions: Transactions) -> Self {
    Self(
      path: path, uploads: uploads, transactions: transactions,
      names: ("documents", "document", "A document is a JPEG, PNG or PDF file"),
      kinds: Set(UploadStore.Kind.allCases))
  }

  struct Kept: Codable, Sendable {
    let id: String
    /// Of the file, in the program.
    let photograph: Int64
  }

  private var policy: Policy { .roles(.licensingOfficer, .manager, reach: .wholeAuthority) }
  private var id: About.Parameter { .init("id", .string(pattern: "^c[1-9][0-9]*$"), "The case's identifier.") }

  func add(to router: ServiceRouter) {
    let kinds = kinds.map(\.rawValue).sorted()
    router.upload(
      "\(path)/{id}/\(names.route)", policy, "Keep a \(names.one) of a case", path: [id], mediaTypes: kinds,
      upTo: UploadStore.mostBytes,
      keep)
    router.download(
      "\(path)/{id}/\(names.route)/{number}", policy, "A \(names.one) of a case",
      path: [id, .init("number", .string(), "The \(names.one)'s number.")],
      mediaTypes: kinds, read)
  }

  private func keep(_ call: Call, _ sent: Upload) async throws -> Remembered<Kept> {
    let id = try call.text("id")
    let (bytes, kind) = try UploadStore.check(sent, among: kinds, called: names.title)
    // A file whose row is not written is unreachable, and the same bytes find it again.
    let digest = try uploads.keep(bytes)
    return try await transactions.write(call.edit) { unit in
      let stored = try Cases<Program.Kind>.find(id, for: unit.caller, in: unit.db)
      let number = try uploads.file(digest, kind, under: stored.number, in: unit)
      try unit.audit(.photographKept, of: stored.audited, ["photograph": Int(number)])
      return Kept(id: stored.id, photograph: number)
    }
  }

  private func read(_ call: Call) async throws -> Download {
    let id = try call.text("id")
    let number = try call.number(names.one.capitalized)
    let found = try await transactions.write(by: call.caller) { unit in
      let stored = try Cases<Program.Kind>.find(id, for: unit.caller, in: unit.db)
      guard let found = try uploads.find(number, of: stored.number, in: unit.db) else {
        throw Problem.notFound(names.one.capitalized)
      }
      try unit.audit(.photographRead, of: stored.audited)
      return found
    }
    return Download(
      try uploads.read(found.digest), contentType: found.kind.rawValue,
      name: "\(names.one)-\(number).\(found.kind.ending)")
  }
}
