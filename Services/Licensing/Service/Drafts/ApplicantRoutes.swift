import Contracts
import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import Letters
import LicensingDomain
import Messaging
import NIOCore
import Rulebook
import Schemas
import ServiceKit

/// The public form: an applicant sends a draft, confirms the e-mail address by the code that was sent to it, and sends
/// documents. Without a token, and bounded: so often a minute, so many drafts, so many tries, files by their own bytes.
/// The applicant's key goes in bodies only. Nothing that was sent is ever answered.
struct ApplicantRoutes: Sendable {
  let transactions: Transactions
  let uploads: UploadStore
  let timetable: Timetable
  /// `nil` where the form is closed.
  let mail: MailDrop?

  struct Opened: Codable, Sendable {
    /// Shown once; whoever has it can send documents to the draft.
    let key: String
    /// The last day on which it can be confirmed.
    let confirmBy: Day
  }

  struct KeyForm: Codable, Sendable {
    let key: String
  }

  struct CodeForm: Codable, Sendable {
    let key, code: String
  }

  struct DocumentForm: Codable, Sendable {
    let key: String
    let document: LicenceApplication.Document
    /// The file's bytes in Base64.
    let content: String
  }

  struct Standing: Codable, Sendable {
    let state: DraftBook.State
    let documents: Int
  }

  /// How often a minute one place may use each route.
  static let perMinute = 10
  /// The largest body of a draft and of a document; Base64 takes a third more than the file.
  static let draftBytes = 512 << 10
  static let documentBytes = UploadStore.mostBytes / 3 * 4 + (4 << 10)

  func add(to router: ServiceRouter) {
    open(router, "/drafts", "Send an application; a code is sent to the e-mail address", Self.draftBytes, begin)
    open(router, "/drafts/code", "Have another code sent to the e-mail address", 4 << 10, again)
    open(router, "/drafts/confirmation", "Confirm the e-mail address by the code", 4 << 10, confirm)
    open(router, "/drafts/documents", "Send a document with a confirmed application", Self.documentBytes, document)
    open(router, "/drafts/state", "Whether an application is confirmed, taken over or closed", 4 << 10, state)
  }

  private func open<Form: Codable & Sendable, Answer: Codable & Sendable>(
    _ router: ServiceRouter, _ path: String, _ summary: String, _ limit: Int,
    _ method: @Sendable @escaping (Form) async throws -> Answer
  ) {
    let about = About(
      summary, body: Form.self, answer: Answer.self, problems: [404, 409, 415, 422, 429, 503])
    router.open(.post, path, about, perMinute: Self.perMinute, bodyLimitBytes: limit) { request, _ in
      guard mail != nil else {
        throw Problem("not-open", "This authority takes no applications by this form", .notFound)
      }
      let form = try await request.json(Form.self, upTo: limit)
      return try .json(try await method(form))
    }
  }

  private static let caller = Caller.program(.licensing)

  private func begin(_ form: ApplicantForm) async throws -> Opened {
    let (key, code) = (await CheckMark.make(at: nil).code, Self.newCode())
    let opened = try await transactions.write(by: Self.caller) { unit in
      let faults = form.faults(on: unit.today)
      guard faults.isEmpty else { throw Problem.invalid(faults.map { .init($0.field, $0.text) }) }
      let terms = ApplicantTerms.england.value(on: unit.today)
      guard try DraftBook.hasRoom(for: form.applicant.email.lowercased(), under: terms, in: unit.db) else {
        throw Problem(
          "too-many-drafts", "Too many applications wait", .serviceUnavailable,
          detail: "Confirm those that you sent, or try again tomorrow.", retryAfterSeconds: 86_400)
      }
      let number = try DraftBook.add(form, key: key, code: code, in: unit)
      let last = unit.today.adding(days: terms.daysToConfirm)
      try timetable.plan(
        DraftBook.row(number), at: Timestamp(CivilTime.moment(last.adding(days: 1), minutes: 0)), in: unit.db)
      try unit.audit(.draftSent, of: .record("draft-\(number)"))
      return Opened(key: key, confirmBy: last)
    }
    do { try send(code, to: form, until: opened.confirmBy) } catch {
      // Whoever is not given the key cannot ask for another code.
      try await transactions.write(by: Self.caller) { unit in
        guard let draft = try DraftBook.find(key: key, in: unit.db) else { return }
        _ = try DraftBook.end(draft.number, as: .lapsed, in: unit.db)
      }
      throw error
    }
    return opened
  }

  private func again(_ form: KeyForm) async throws -> Standing {
    let code = Self.newCode()
    let (sent, last) = try await transactions.write(by: Self.caller) { unit in
      let draft = try find(form.key, .unconfirmed, unit.db)
      let terms = ApplicantTerms.england.value(on: unit.today)
      guard draft.sent < terms.mails, let sent = draft.form else {
        throw Problem.conflict("no-more-codes", "No more codes are sent for this application")
      }
      try DraftBook.renew(code, of: draft.number, in: unit.db)
      return (sent, draft.on.adding(days: terms.daysToConfirm))
    }
    try send(code, to: sent, until: last)
    return Standing(state: .unconfirmed, documents: 0)
  }

  private func confirm(_ form: CodeForm) async throws -> Standing {
    let isRight = try await transactions.write(by: Self.caller) { unit in
      let draft = try find(form.key, .unconfirmed, unit.db)
      let terms = ApplicantTerms.england.value(on: unit.today)
      guard draft.tries < terms.tries else {
        throw Problem.conflict("no-more-tries", "The code was wrong too often: ask for another")
      }
      // A try counts whatever it brings, so that it is kept before the answer is given.
      try DraftBook.note(try: draft.number, in: unit.db)
      guard DraftBook.digest(form.code.filter { !$0.isWhitespace }) == draft.codeDigest else { return false }
      try DraftBook.confirm(draft.number, on: unit.today, in: unit.db)
      try timetable.cancel(DraftBook.row(draft.number), in: unit.db)
      try unit.audit(.draftConfirmed, of: .record("draft-\(draft.number)"))
      return true
    }
    guard isRight else { throw Problem.invalid([.init("/code", "is not the code that was sent")]) }
    return Standing(state: .confirmed, documents: 0)
  }

  private func document(_ form: DocumentForm) async throws -> Standing {
    guard let data = Data(base64Encoded: form.content), 1...UploadStore.mostBytes ~= data.count else {
      throw Problem.invalid([.init("/content", "must be Base64 of 1 to \(UploadStore.mostBytes) bytes")])
    }
    let bytes = [UInt8](data)
    let kind = try UploadStore.kind(
      of: bytes, among: Set(UploadStore.Kind.allCases), called: "A document is a JPEG, PNG or PDF file")
    // Nothing is written for a key that is none.
    _ = try await transactions.read { try find(form.key, .confirmed, $0) }
    let digest = try uploads.keep(bytes)
    return try await transactions.write(by: Self.caller) { unit in
      let draft = try find(form.key, .confirmed, unit.db)
      let count = try DraftDocuments.all(of: draft.number, in: unit.db).count
      guard count < ApplicantTerms.england.value(on: unit.today).mostFiles else {
        throw Problem.conflict("too-many-documents", "The application has as many documents as it may have")
      }
      _ = try DraftDocuments.add(form.document, digest, kind, to: draft.number, in: unit.db)
      return Standing(state: .confirmed, documents: count + 1)
    }
  }

  private func state(_ form: KeyForm) async throws -> Standing {
    try await transactions.read { db in
      guard let draft = try DraftBook.find(key: form.key, in: db) else { throw Problem.notFound("Application") }
      return Standing(state: draft.state, documents: try DraftDocuments.all(of: draft.number, in: db).count)
    }
  }

  /// - Throws: `Problem` not found for a key that is none; conflict when the draft is in another state.
  private func find(_ key: String, _ state: DraftBook.State, _ db: Database) throws -> DraftBook.Stored {
    guard let draft = try DraftBook.find(key: key, in: db) else { throw Problem.notFound("Application") }
    guard draft.state == state else {
      throw Problem.conflict("not-from-here", "This cannot be done in the current state of the application")
    }
    return draft
  }

  private func send(_ code: String, to form: ApplicantForm, until last: Day) throws {
    guard let mail, let address = EmailAddress(form.applicant.email) else { return }
    try mail.send(
      "Your code",
      """
      Your code is \(code).

      Somebody sent us an application and named this address. If that was you, enter the code by \(last.inWordsWithWeekday). \
      If it was not, do nothing: we forget the application after that day.
      """, to: address)
  }

  /// Eight digits, which a person types.
  private static func newCode() -> String { (0..<8).map { _ in String(Int.random(in: 0...9)) }.joined() }
}
