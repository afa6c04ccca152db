import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import Schemas
import SealedPacks
import ServiceKit

extension AuditAction {
  static let packRead = AuditAction("court.pack.read")
  static let packFileRead = AuditAction("court.pack.file.read")
  static let packPartRead = AuditAction("court.pack.part.read")
}

/// What people do with court packs beside their acts, which are ``CaseRoutes``.
struct CourtPackRoutes: Sendable {
  static let base = "/court-packs"

  let packs: CourtPacks
  let letters: LetterParts
  let transactions: Transactions
  /// The largest body of contents, bytes: documents in base64.
  static let bodyBytes = 24 << 20
  /// Most of a body is base64: a few thousand entries and some documents are all that it can hold beside it.
  private static let bounds = JSONBounds(values: 30_000)

  private static let officers = Policy.roles(.attendanceOfficer, .legalOfficer, reach: .ownRecords)
  private static let readers = Policy.roles(.attendanceOfficer, .legalOfficer, .manager, reach: .ownRecords)
  private static let id = About.Parameter("id", .string(pattern: "^c[1-9][0-9]*$"), "The pack's case.")

  func add(to router: ServiceRouter) {
    CaseRoutes(
      desk: packs.desk, transactions: transactions, readers: [.attendanceOfficer, .legalOfficer, .manager],
      at: Self.base
    ).add(to: router)
    router.write(
      .post, Self.base, Self.officers, "Begin a court pack", status: 201, upTo: Self.bodyBytes, bounds: Self.bounds,
      location: { "\(Self.base)/\($0.id)" }, begin)
    router.write(
      .post, "\(Self.base)/{id}/contents", Self.officers, "Put a court pack together anew", path: [Self.id],
      upTo: Self.bodyBytes, bounds: Self.bounds, problems: [404, 409], fill)
    router.read(
      "\(Self.base)/{id}/contents", Self.readers, "What a court pack is made of, what it lacks, and its figures",
      path: [Self.id], contents)
    router.download(
      "\(Self.base)/{id}/parts/{name}", Self.readers, "A document of a court pack",
      path: [Self.id, .init("name", .string(), "The document's name in the pack.")],
      mediaTypes: ["application/octet-stream"], part)
    router.download(
      "\(Self.base)/{id}/file", Self.readers, "A signed court pack as one file", path: [Self.id],
      mediaTypes: [SealedPack.mediaType], file)
    PackKeyStore.addRoute(to: router, transactions)
  }

  private func begin(_ call: Call, _ form: CourtPackForms.Begin) async throws -> Remembered<CourtPackAnswers.Detail> {
    let caller = call.caller
    try caller.requireActing(forSchool: form.school.text)
    try Self.check(form.reason)
    let actor = try Self.actor(caller)
    return try await transactions.write(call.edit) { unit in
      let contents = try contents(of: form.contents, about: form.pupil, unit)
      return try detail(
        try packs.begin(contents, about: form.pupil, at: form.school, reason: form.reason, by: actor, in: unit), unit)
    }
  }

  private func fill(
    _ call: Call, _ form: CourtPackForms.Contents
  ) async throws -> Remembered<CourtPackAnswers.Detail> {
    let id = try call.text("id")
    return try await transactions.write(call.edit) { unit in
      let found = try packs.find(id, for: unit.caller, in: unit.db)
      let contents = try contents(of: form, about: found.stored.pupil, unit)
      return try detail(try packs.fill(found, contents, in: unit), unit)
    }
  }

  private func contents(
    of form: CourtPackForms.Contents, about pupil: PupilID, _ unit: UnitOfWork
  ) throws -> PackContents {
    try form.value(with: letters.parts(form.letters, about: Roll.current(pupil, in: unit.db), in: unit.db))
  }

  private func contents(_ call: Call) async throws -> CourtPackAnswers.Detail {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let found = try packs.find(id, for: unit.caller, in: unit.db)
      try unit.audit(.packRead, of: found.stored.pupil, ["pack": found.pack.number])
      return try detail(found, unit)
    }
  }

  private func detail(_ found: CourtPacks.Pack, _ unit: UnitOfWork) throws -> CourtPackAnswers.Detail {
    let contents = try found.pack.contents(withBytes: false, in: unit.db)
    let codes = packs.codes
    return CourtPackAnswers.Detail(
      found, contents, gaps: contents.gaps(on: unit.today, codes: codes),
      figures: PackFigure.all(of: contents, codes: codes), amended: try found.pack.amended(in: unit.db),
      key: try found.pack.seal(in: unit.db)?.key)
  }

  private func part(_ call: Call) async throws -> Download {
    let (id, name) = (try call.text("id"), try call.text("name"))
    let part = try await transactions.write(by: call.caller) { unit in
      let found = try packs.find(id, for: unit.caller, in: unit.db)
      guard let part = try found.pack.part(name, in: unit.db) else { throw Problem.notFound("Document") }
      try unit.audit(.packPartRead, of: found.stored.pupil, ["pack": found.pack.number, "part": name])
      return part
    }
    // Somebody else's file: never shown as a page of this program.
    return Download(Array(part.bytes), contentType: "application/octet-stream", name: name)
  }

  private func file(_ call: Call) async throws -> Download {
    let id = try call.text("id")
    let (number, file) = try await transactions.write(by: call.caller) { unit in
      let found = try packs.find(id, for: unit.caller, in: unit.db)
      guard let file = try found.pack.file(in: unit.db) else { throw Problem.notFound("Signed court pack") }
      try unit.audit(.packFileRead, of: found.stored.pupil, ["pack": found.pack.number])
      return (found.pack.number, file)
    }
    return Download(Array(file), contentType: SealedPack.mediaType, name: "\(number).zip")
  }

  private static func check(_ reason: String) throws(Problem) {
    guard (1...4_000).contains(reason.count) else {
      throw Problem.invalid([.init("/reason", "must have 1 to 4000 characters")])
    }
  }

  private static func actor(_ caller: Caller) throws(Problem) -> Actor<CourtPackCase.Role> {
    guard let role = CourtPackCase.Role(rawValue: caller.role.rawValue) else { throw .forbidden }
    return .person(caller.subject, role)
  }
}
