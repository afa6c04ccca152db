import CaseFlow
import CaseKit
import Contracts
import Foundation
import GRDB
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import ServiceTestKit
import Store
import TestKit
import Testing

@testable import LicensingDomain
@testable import LicensingService

/// The service as the program builds it, with a permit (c1, c2) and a licence (c3, c4) applied for at each of two schools,
/// neither complete, a chaperone (c5) and a body (c6) who have applied, and an inspection (c7) that is planned.
enum LicensingApplication {
  static let school = "900101"
  static let theirs = "900102"
  static let pupil = "p000000001"
  /// How many applications by the public form are confirmed and wait: d1 and on.
  static let drafts = 3
  static let now = Date(timeIntervalSince1970: 1_796_032_800)  // 2026-11-30

  static func run(_ body: @Sendable @escaping (BuiltProgram) async throws -> Void) async throws {
    try await BuiltProgram.run(
      "licensing", at: now,
      preparing: { path, _ in
        try await fill(path)
        try FileManager.default.createDirectory(atPath: mail(path), withIntermediateDirectories: true)
        return [
          "LETTERS_SENDER": "Made-up Council;1 Made-up Street", "FEED_ENFORCEMENT": "http://127.0.0.1:1",
          "VERIFY_ADDRESS": "https://licensing.test/verify", "MAIL_FOLDER": mail(path),
          "MAIL_FROM": "licensing@council.test",
        ]
      }, build: { try await Licensing.build($0, $1) }, body)
  }

  /// Where messages to applicants are put.
  static func mail(_ path: String) -> String { "\(path).mail" }

  /// What applicants were sent, in no order.
  static func messages(_ service: BuiltProgram) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: mail(service.path)).filter { $0.hasSuffix(".eml") }.map {
      try String(contentsOfFile: "\(mail(service.path))/\($0)", encoding: .utf8)
    }
  }

  private static func fill(_ path: String) async throws {
    let store = try Store(
      path: path, owner: "880.licensing", migrations: MessagingSchema.migrations + LicensingSchema.migrations,
      auditKeys: TestAuditKeys.keys)
    let outbox = Outbox(service: .licensing, authority: "880", store: store)
    let transactions = Transactions(store: store, outbox: outbox, clock: ManualClock(now))
    let desks = Desks(timetable: Timetable())
    let handler = RollHandler(LicensingSchema.roll, RegistersReader(permits: desks.permits, licences: desks.licences))
    try await transactions.write(by: .program(.licensing)) { unit in
      for (number, school) in [school, theirs].enumerated() {
        try handler.handle(try enrolment(number + 1, at: school), in: unit)
      }
      try register(desks, unit)
    }
    try store.close()
  }

  private static func enrolment(_ number: Int, at school: String) throws -> Event {
    let data = PupilEnrolled(
      pupil: try #require(PupilID("p00000000\(number)")), school: try URN(school), upn: nil, givenName: "Made",
      familyName: "Up", dateOfBirth: Licensed.born, yearGroup: nil, enrolledOn: Licensed.born.adding(days: 5000),
      addressProtected: false, registration: Int64(number))
    return Event(
      id: "event-\(number)", source: "/880/registers", type: PupilEnrolled.type.name, subject: school,
      time: Timestamp(now), recordedTime: Timestamp(now), sequence: Int64(number), traceparent: nil,
      classification: PupilEnrolled.classification, data: try data.encoded())
  }

  private static func register(_ desks: Desks, _ unit: UnitOfWork) throws {
    for (number, kind) in [Party.Kind.employer, .holder, .chaperone, .body].enumerated() {
      _ = try Parties.add(kind, name: "Party \(number + 1)", address: ["1 Street"], contact: "", in: unit.db)
    }
    for (number, school) in [school, theirs].enumerated() {
      let pupil = try #require(PupilID("p00000000\(number + 1)"))
      let stored = try desks.permits.open(
        .init(.act(.apply), reason: "Reason of \(school)"), about: "party-1 \(number)", pupil, at: try URN(school),
        by: .officer, in: unit)
      _ = try ApplicationBook.add(
        MadeUpForms.permit(consents: nil), of: pupil, from: "party-1", to: stored.number, in: unit)
    }
    for (number, school) in [school, theirs].enumerated() {
      let pupil = try #require(PupilID("p00000000\(number + 1)"))
      let stored = try desks.licences.open(
        .init(.act(.apply), reason: "Reason of \(school)"), about: "party-2 \(number)", pupil, at: try URN(school),
        by: .person("u1", .licensingOfficer), in: unit)
      let application = try MadeUpForms.licence(
        [unit.today.adding(days: 30)], chaperone: "party-3", documents: [.contract])
      _ = try ApplicationBook.add(application, of: pupil, from: "party-2", to: stored.number, in: unit)
      try LeaveMarks.set(
        AttendanceCode("C1"), of: pupil, at: try URN(school), unit.today, .am, in: unit.db)
    }
    let chaperone = try desks.chaperones.open(
      .init(.act(.apply), reason: "Reason of an approval"), about: "party-3", nil, at: nil,
      by: .person("u1", .licensingOfficer), in: unit)
    try Parties.file(3, under: chaperone.number, in: unit.db)
    let body = try desks.bodies.open(
      .init(.act(.apply), reason: "Reason of an approval"), about: "party-4", nil, at: nil,
      by: .person("u1", .licensingOfficer), in: unit)
    try Parties.file(4, under: body.number, in: unit.db)
    let visit = try desks.inspections.open(
      .init(.act(.plan), stating: Facts([.at: .day(unit.today)]), reason: "Reason of an approval"), about: "party-1",
      nil,
      at: nil, by: .person("u1", .licensingOfficer), in: unit)
    for number in 1...drafts {
      let form = try JSONDecoder().decode(ApplicantForm.self, from: Data(DraftTests.form().utf8))
      let draft = try DraftBook.add(form, key: "key-\(number)", code: "code", in: unit)
      try DraftBook.confirm(draft, on: unit.today, in: unit.db)
    }
    try InspectionBook.add(
      InspectionVisit(kind: .workplace, isUnannounced: true, subject: "party-1", place: "1 Street"), of: visit.number,
      in: unit.db)
  }

}
