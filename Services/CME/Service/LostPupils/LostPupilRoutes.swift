import CMEDomain
import CaseKit
import Contracts
import Foundation
import GRDB
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import Schemas
import SchoolFiles
import ServiceKit
import Store

extension AuditAction {
  static let lostPupilFileMade = AuditAction("lost-pupil.file.made")
  static let lostPupilFileWritten = AuditAction("lost-pupil.file.written")
  static let lostPupilFileRead = AuditAction("lost-pupil.file.read")
  static let lostPupilFilesListed = AuditAction("lost-pupil.files.listed")
  static let lostPupilReceipt = AuditAction("lost-pupil.receipt.recorded")
}

/// Files for the Department's store of lost pupils, and what it gives back. Files go up and come down by hand, through
/// the Department's secure site; of what they say nothing is kept here.
struct LostPupilRoutes: Sendable {
  let transactions: Transactions
  /// The template of a file's name.
  let fileName: String

  private static let bodyBytes = 2 << 20
  private static let most: Int64 = 100
  private static let number = About.Parameter("number", .integer(), "The file's number.")

  struct School: Codable, Sendable {
    /// Three digits, and four.
    let authority, establishment: String
    let urn, name: String
  }

  struct Child: Codable, Sendable {
    let givenName, familyName: String
    let dateOfBirth: Day
    /// F or M, and the pupil number, where they are held.
    let sex, upn: String?
  }

  struct Reason: Codable, Sendable {
    let school: School
    let reason: String
  }

  struct Made: Codable, Sendable {
    let number: Int64
    /// What the file is called.
    let name: String
    let madeOn: Day
    let reason: String
    /// When the Department's site confirmed it; absent before.
    let receiptOn: Day?
  }

  struct List: WholeList, Sendable {
    let files: [Made]
    var list: (name: String, rows: [Made]) { ("files", files) }
  }

  struct Identity: Codable, Sendable {
    let child: Child
    let school: School
  }

  struct Written: Codable, Sendable {
    let name: String
    /// The file itself, XML in UTF-8.
    let file: String
  }

  struct Results: Codable, Sendable {
    let child: Child
    /// The file that the search gave, as text.
    let file: String
    let reason: String
  }

  struct Leads: Codable, Sendable {
    struct Lead: Codable, Sendable {
      /// The pupil's place in the file, from 1.
      let place: Int
      let likeness: String
      let pupil: Child
    }

    let received: Int
    /// A lead is no proof: a person decides about each.
    let leads: [Lead]
    /// Pupils without a name or a date of birth that can be read.
    let unreadable: [Int]
    /// What a person should know of the file.
    let warnings: [String]
  }

  struct Receipt: Codable, Sendable {
    let on: Day
  }

  func add(to router: ServiceRouter) {
    let officers = SearchRoutes.officers
    router.write(
      .post, "/cases/{id}/lost-pupil-files", officers, "Make a file for the store of lost pupils: its number and name",
      path: [SearchRoutes.id], upTo: SearchRoutes.bodyBytes, problems: [404, 409], make)
    router.read(
      "/cases/{id}/lost-pupil-files", officers, "The files that were made for the store of lost pupils",
      path: [SearchRoutes.id], list)
    router.ask(
      "/cases/{id}/lost-pupil-files/{number}/content", officers, "What the file says; it is made each time anew",
      path: [SearchRoutes.id, Self.number], upTo: SearchRoutes.bodyBytes, content)
    router.write(
      .post, "/cases/{id}/lost-pupil-files/{number}/receipt", officers,
      "Record that the Department's site took the file",
      path: [SearchRoutes.id, Self.number], upTo: SearchRoutes.bodyBytes, problems: [404], receive)
    router.ask(
      "/cases/{id}/lost-pupil-results", officers, "Read a file that a search of lost pupils gave, for leads to a child",
      path: [SearchRoutes.id], upTo: Self.bodyBytes, read)
  }

  private func make(_ call: Call, _ form: Reason) async throws -> Remembered<Made> {
    try SearchRoutes.check(form.reason, [])
    let (id, school) = (try call.text("id"), try form.school.checked())
    return try await transactions.write(call.edit) { unit in
      let stored = try SearchRoutes.find(id, unit)
      let number = try LostPupilFiles.next(in: unit.db)
      guard try LostPupilFiles.all(of: stored.number, in: unit.db).count < Self.most else {
        throw Problem.conflict("too-many-files", "This search has \(Self.most) files already")
      }
      let isProtected = try Roll.pupil(stored.pupil, in: unit.db)?.addressProtected ?? false
      let made = Made(
        number: number, name: LostPupilFile.name(fileName, source: isProtected ? nil : school, number: number),
        madeOn: unit.today, reason: form.reason, receiptOn: nil)
      try LostPupilFiles.add(made, to: stored.number, by: unit.caller.subject, in: unit.db)
      try unit.audit(.lostPupilFileMade, of: stored.pupil, ["case": stored.id, "file": number])
      return made
    }
  }

  private func list(_ call: Call) async throws -> List {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let stored = try SearchRoutes.find(id, unit)
      try unit.audit(.lostPupilFilesListed, of: stored.pupil, ["case": stored.id])
      return List(files: try LostPupilFiles.all(of: stored.number, in: unit.db))
    }
  }

  private func content(_ call: Call, _ form: Identity) async throws -> Written {
    let (id, number) = (try call.text("id"), try call.number("File"))
    let (child, school) = (try form.child.checked(), try form.school.checked())
    return try await transactions.write(by: call.caller) { unit in
      let stored = try SearchRoutes.find(id, unit)
      let made = try Self.find(number, stored, unit)
      let isProtected = try Roll.pupil(stored.pupil, in: unit.db)?.addressProtected ?? false
      try unit.audit(.lostPupilFileWritten, of: stored.pupil, ["case": stored.id, "file": number])
      let bytes = LostPupilFile.write(
        child, from: isProtected ? nil : school, at: "\(made.madeOn.iso)T00:00:00")
      return Written(name: made.name, file: String(decoding: bytes, as: UTF8.self))
    }
  }

  private func receive(_ call: Call, _ form: Receipt) async throws -> Remembered<Made> {
    let (id, number) = (try call.text("id"), try call.number("File"))
    return try await transactions.write(call.edit) { unit in
      let stored = try SearchRoutes.find(id, unit)
      let made = try Self.find(number, stored, unit)
      guard made.madeOn <= form.on, form.on <= unit.today else {
        throw Problem.invalid([.init("/on", "must be from the day on which the file was made to today")])
      }
      try LostPupilFiles.receive(number, on: form.on, in: unit.db)
      try unit.audit(.lostPupilReceipt, of: stored.pupil, ["case": stored.id, "file": number])
      return try Self.find(number, stored, unit)
    }
  }

  private func read(_ call: Call, _ form: Results) async throws -> Leads {
    try SearchRoutes.check(form.reason, [])
    let (id, child) = (try call.text("id"), try form.child.checked())
    let contents: LostPupilFile.Contents
    do { contents = try LostPupilFile.read(Array(form.file.utf8)) } catch {
      throw Problem.invalid([.init("/file", error.words)])
    }
    return try await transactions.write(by: call.caller) { unit in
      let stored = try SearchRoutes.find(id, unit)
      try unit.audit(.lostPupilFileRead, of: stored.pupil, ["case": stored.id, "reason": form.reason])
      let leads = contents.pupils.sorted { $0.key < $1.key }.compactMap { place, pupil in
        child.likeness(to: pupil).map {
          Leads.Lead(place: place, likeness: $0.rawValue, pupil: Child(pupil))
        }
      }
      return Leads(
        received: contents.received, leads: leads, unreadable: contents.unreadable, warnings: contents.warnings)
    }
  }

  private static func find(_ number: Int64, _ stored: StoredCase<MissingChild>, _ unit: UnitOfWork) throws -> Made {
    guard let made = try LostPupilFiles.all(of: stored.number, in: unit.db).first(where: { $0.number == number }) else {
      throw Problem.notFound("File")
    }
    return made
  }
}
