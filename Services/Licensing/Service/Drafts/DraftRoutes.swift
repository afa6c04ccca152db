import CaseFlow
import CaseKit
import Contracts
import HTTPTypes
import LicensingDomain
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

/// What applicants sent, as officers see it: reading it, taking it over into a case, closing it.
struct DraftRoutes: Sendable {
  let transactions: Transactions
  let uploads: UploadStore
  let permits: CaseDesk<PermitCases>
  let licences: CaseDesk<LicenceCases>

  struct Line: Listed {
    static let list = "drafts"

    let id: String
    let kind: DraftBook.Kind
    let confirmedOn: Day?
  }

  struct Document: Codable, Sendable {
    let number: Int64
    let document: LicenceApplication.Document
    let mediaType: UploadStore.Kind
  }

  struct Draft: Codable, Sendable {
    let id: String
    let kind: DraftBook.Kind
    let confirmedOn: Day?
    let form: ApplicantForm
    let documents: [Document]
  }

  struct Taking: Codable, Sendable {
    /// The child, whom the officer found.
    let pupil: PupilID
    let school: URN?
    /// The party of the register that applies; a new one is entered where it is absent.
    let party: String?
  }

  struct Taken: Codable, Sendable {
    let id, party, state: String
  }

  struct Closing: Codable, Sendable {
    enum Reason: String, Codable, Sendable, CaseIterable {
      case notOurs = "not-ours"
      case twice, spam
      case asked = "applicant-asked"
    }

    let reason: Reason
  }

  struct Closed: Codable, Sendable {
    let id: String
    let state: DraftBook.State
  }

  private static let pageSize = 100
  private static let officers = Policy.roles(.licensingOfficer, .manager, reach: .wholeAuthority)
  private static let id = About.Parameter("id", .string(pattern: "^d[1-9][0-9]*$"), "The application that was sent.")

  func add(to router: ServiceRouter) {
    router.read("/drafts", Self.officers, "Applications that were confirmed and wait", query: [.after], list)
    router.read("/drafts/{id}", Self.officers, "An application as it was sent", path: [Self.id], read)
    router.download(
      "/drafts/{id}/documents/{number}", Self.officers, "A document of an application",
      path: [Self.id, .init("number", .string(), "The document's number.")],
      mediaTypes: UploadStore.Kind.allCases.map(\.rawValue), document)
    router.write(
      .post, "/drafts/{id}/case", Self.officers, "Take an application over: a case is opened with it", path: [Self.id],
      upTo: 4 << 10, problems: [404, 409], take)
    router.write(
      .post, "/drafts/{id}/closing", Self.officers, "Close an application that is not dealt with", path: [Self.id],
      upTo: 4 << 10, problems: [404, 409], close)
  }

  private func list(_ call: Call) async throws -> Page<Line> {
    let after = try call.after
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.draftsListed, of: .all)
      let rows = try DraftBook.page(after: after, limit: Self.pageSize, in: unit.db)
      return Page(rows, of: Self.pageSize, endsAt: \.number) {
        Line(id: "d\($0.number)", kind: $0.kind, confirmedOn: $0.confirmedOn)
      }
    }
  }

  private func read(_ call: Call) async throws -> Draft {
    let number = try Self.number(call)
    return try await transactions.write(by: call.caller) { unit in
      let (draft, form) = try find(number, unit)
      try unit.audit(.draftRead, of: .record("draft-\(number)"))
      return Draft(
        id: "d\(number)", kind: draft.kind, confirmedOn: draft.confirmedOn, form: form,
        documents: try DraftDocuments.all(of: number, in: unit.db).map {
          Document(number: $0.number, document: $0.document, mediaType: $0.kind)
        })
    }
  }

  private func document(_ call: Call) async throws -> Download {
    let (number, wanted) = (try Self.number(call), try call.number("Document"))
    let found = try await transactions.write(by: call.caller) { unit in
      _ = try find(number, unit)
      guard let found = try DraftDocuments.all(of: number, in: unit.db).first(where: { $0.number == wanted }) else {
        throw Problem.notFound("Document")
      }
      try unit.audit(.draftRead, of: .record("draft-\(number)"))
      return found
    }
    // A file to be kept, not shown: nothing of it runs in the officer's browser.
    return Download(
      try uploads.read(found.digest), contentType: found.kind.rawValue,
      name: "document-\(found.number).\(found.kind.ending)")
  }

  private func take(_ call: Call, _ form: Taking) async throws -> Remembered<Taken> {
    let number = try Self.number(call)
    guard call.caller.maySee(form.school) else { throw Problem.forbidden }
    let loose = Loose()
    let answer = try await transactions.write(call.edit) { unit in
      let (draft, sent) = try find(number, unit)
      let pupil = try Roll.current(form.pupil, in: unit.db)
      guard try Roll.isKnown(pupil, in: unit.db) else { throw Problem.notFound("Pupil") }
      let day = draft.confirmedOn ?? unit.today
      let documents = try DraftDocuments.all(of: number, in: unit.db)
      let taken: Taken
      if let permit = sent.permit {
        let party = try party(form, .employer, sent, unit)
        taken = try open(
          permits, PermitCases(), permit.sent(by: party, on: day), party, pupil, form.school, documents, unit)
      } else if let licence = sent.licence {
        let party = try party(form, .holder, sent, unit)
        let kinds = Set(documents.map(\.document))
        let application = licence.sent(
          by: party, on: day, with: LicenceApplication.Document.allCases.filter(kinds.contains))
        taken = try open(licences, LicenceCases(), application, party, pupil, form.school, documents, unit)
      } else {
        throw Problem.notFound("Application")
      }
      loose.set(
        try DraftBook.end(number, as: .taken, case: Int64(taken.id.dropFirst()), in: unit.db))
      try unit.audit(.draftTaken, of: pupil, ["draft": number, "case": taken.id])
      return taken
    }
    uploads.remove(loose.digests)
    return answer
  }

  /// The case is opened as if an officer had entered it, with the files filed under it.
  private func open<Program: ApplicationProgram>(
    _ desk: CaseDesk<Program>, _ program: Program, _ application: Program.Application, _ party: String,
    _ pupil: PupilID, _ school: URN?, _ documents: [DraftDocuments.Stored], _ unit: UnitOfWork
  ) throws -> Taken {
    let stored = try desk.enter(application, of: pupil, at: school, from: party, program, in: unit).stored
    for document in documents {
      _ = try uploads.file(document.digest, document.kind, under: stored.number, in: unit)
    }
    return Taken(id: stored.id, party: party, state: stored.file.state?.rawValue ?? "")
  }

  private func party(
    _ form: Taking, _ kind: Party.Kind, _ sent: ApplicantForm, _ unit: UnitOfWork
  ) throws -> String {
    guard let id = form.party else {
      let applicant = sent.applicant
      let party = try Parties.add(
        kind, name: applicant.name, address: applicant.address, contact: applicant.email, in: unit.db)
      try unit.audit(.partyEntered, of: .record(party.id))
      return party.id
    }
    guard try Parties.find(id, kind, in: unit.db) != nil else {
      throw Problem.invalid([.init("/party", "must be in the register, of the right kind")])
    }
    return id
  }

  private func close(_ call: Call, _ form: Closing) async throws -> Remembered<Closed> {
    let number = try Self.number(call)
    let loose = Loose()
    let answer = try await transactions.write(call.edit) { unit in
      _ = try find(number, unit)
      loose.set(try DraftBook.end(number, as: .closed, in: unit.db))
      try unit.audit(.draftClosed, of: .record("draft-\(number)"), ["reason": form.reason.rawValue])
      return Closed(id: "d\(number)", state: .closed)
    }
    uploads.remove(loose.digests)
    return answer
  }

  private static func number(_ call: Call) throws -> Int64 {
    let id = try call.text("id")
    guard id.hasPrefix("d"), let number = Int64(id.dropFirst()), "d\(number)" == id else {
      throw Problem.notFound("Application")
    }
    return number
  }

  private func find(_ number: Int64, _ unit: UnitOfWork) throws -> (DraftBook.Stored, ApplicantForm) {
    guard let draft = try DraftBook.find(number, in: unit.db), draft.state != .unconfirmed, draft.state != .lapsed
    else {
      throw Problem.notFound("Application")
    }
    guard let form = draft.form else {
      throw Problem.conflict("not-from-here", "This cannot be done in the current state of the application")
    }
    return (draft, form)
  }
}

/// Files that a transaction let go, to be removed after its commit.
final class Loose: Sendable {
  private let found = Locked<[String]>([])
  var digests: [String] { found.withLock { $0 } }
  func set(_ digests: [String]) { found.withLock { $0 = digests } }
}
