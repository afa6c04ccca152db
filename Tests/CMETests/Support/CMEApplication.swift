import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import Foundation
import GRDB
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit
import ServiceTestKit
import Store
import TestKit
import Testing

@testable import CMEService
@testable import SealedAlerts

/// The service as the program builds it, with a search at each of two schools: its enquiries have begun, a decision rests
/// on what has changed, and closing the first waits for a second person.
enum CMEApplication {
  static let school = "900101"
  static let theirs = "900102"
  static let pupil = "p000000001"
  static let now = Date(timeIntervalSince1970: 1_796_032_800)  // 2026-11-30

  static func run(_ body: @Sendable @escaping (BuiltProgram) async throws -> Void) async throws {
    try await BuiltProgram.run(
      "cme", at: now,
      preparing: { path, folder in
        try await fill(path)
        let keys = try alertKeys(folder)
        try await alert(path, keys)
        try await homeEducation(path)
        return [
          "LETTERS_SENDER": "Made-up Council;1 Made-up Street", "ALERTS_KEYS": keys.own,
          "ALERTS_DIRECTORY": keys.directory, "ALERTS_ROOT": DirectoryRoot.made.publicDigits,
        ]
      }, build: { try await CME.build($0, $1) }, body)
  }

  /// A child of the first school is educated at home, as `c6`.
  private static func homeEducation(_ path: String) async throws {
    let store = try Store(
      path: path, owner: "880.cme", migrations: MessagingSchema.migrations + CMESchema.migrations,
      auditKeys: TestAuditKeys.keys)
    let transactions = Transactions(
      store: store, outbox: Outbox(service: .cme, authority: "880", store: store), clock: ManualClock(now))
    let timetable = Timetable()
    let desk = CaseDesk(
      HomeEducations(searches: CaseDesk(MissingChildren(), timetable: timetable)), timetable: timetable)
    try await transactions.write(by: .program(.cme)) { unit in
      try desk.begin(
        .written, try #require(PupilID(pupil)), at: try URN(school), from: unit.today, ["report-of-\(school)"], unit)
    }
    try store.close()
  }

  /// The secret keys of this authority and of another, and the directory.
  private static func alertKeys(_ folder: URL) throws -> (own: String, other: AlertKeyRing, directory: String) {
    let (own, directory) = (folder.appending(path: "alert.keys").path, folder.appending(path: "directory").path)
    let first = CivilTime.day(at: now).adding(days: -30)
    try AlertKeyRing.make(path: own, first: first)
    let ring = try AlertKeyRing(try AuthorityCode("880"), path: own)
    let other = try AlertKeyRing(try AuthorityCode("878"), text: AlertKeyRing.newLines(first: first, last: nil))
    let lines = (ring.publicLines + other.publicLines).split(separator: "\n").map(String.init)
    try Data(try DirectoryRoot.made.sign(lines, number: 1, on: first).utf8).write(to: URL(fileURLWithPath: directory))
    return (own, other, directory)
  }

  /// Another authority's alert, `c3`, and one of this authority's, `c4`, for the second search.
  private static func alert(
    _ path: String, _ keys: (own: String, other: AlertKeyRing, directory: String)
  ) async throws {
    let store = try Store(
      path: path, owner: "880.cme", migrations: MessagingSchema.migrations + CMESchema.migrations,
      auditKeys: TestAuditKeys.keys)
    let transactions = Transactions(
      store: store, outbox: Outbox(service: .cme, authority: "880", store: store), clock: ManualClock(now))
    let directory = try KeyDirectory(path: keys.directory, roots: [DirectoryRoot.made.publicKey])
    let other = AlertPost(keys: keys.other, directory: directory)
    let ring = try AlertKeyRing(try AuthorityCode("880"), path: keys.own)
    let timetable = Timetable()
    let desk = AlertDesk(
      AlertPost(keys: ring, directory: directory), searches: CaseDesk(MissingChildren(), timetable: timetable),
      timetable: timetable)
    let officer = Caller(subject: "u-officer", role: .cmeOfficer, schools: nil)
    try await transactions.write(by: officer) { unit in
      let envelope = try other.seal(
        AlertMessage(AlertID(), .raised(TwoAuthorities.short)), to: ring.authority, after: .beginning, at: unit.at)
      #expect(try desk.take(envelope, unit) == nil)
      var search = try #require(try Cases<MissingChild>.find("c2", in: unit.db))
      _ = try desk.raise(
        TwoAuthorities.short, to: keys.other.authority, for: &search, reason: "Seen there", by: officer, unit)
      try lead(desk, other, unit)
    }
    try store.close()
  }

  /// A question of the other authority to which a child of this one answers, as the lead `c5`.
  private static func lead(_ desk: AlertDesk, _ other: AlertPost, _ unit: UnitOfWork) throws {
    let pupil = try #require(PupilID(pupil))
    let identity = ChildIdentity(
      givenName: "Canaryna", familyName: "Wrenfield", dateOfBirth: unit.today.adding(months: -120), upn: nil)
    try Questions.keep(try desk.post.keys.kept(identity, on: unit.today), of: pupil, in: unit.db)
    let (open, own, author) = (OpenQuestions(), desk.post.keys.authority, other.keys.authority)
    let (id, question) = try open.ask(identity, other, after: .beginning, at: unit.at)
    #expect(try desk.take(question, unit) == nil)
    let header = try AlertHeader(of: question)
    guard case .question(let asked) = try desk.post.content(of: question, header) else { throw AlertError.malformed }
    let tokens = try open.compared(
      try desk.post.evaluate(asked, on: unit.today), of: id, from: own, other.directory, on: unit.today)
    let end = try Alerts.end(.in, author, in: unit.db)
    let compared = try other.seal(
      AlertMessage(id, .compared(try #require(tokens))), to: own, after: end, at: unit.at)
    #expect(try desk.take(compared, unit) == nil)
  }

  private static func fill(_ path: String) async throws {
    let store = try Store(
      path: path, owner: "880.cme", migrations: MessagingSchema.migrations + CMESchema.migrations,
      auditKeys: TestAuditKeys.keys)
    let outbox = Outbox(service: .cme, authority: "880", store: store)
    let transactions = Transactions(store: store, outbox: outbox, clock: ManualClock(now))
    let desk = CaseDesk(MissingChildren(), timetable: Timetable())
    let reader = RollHandler(CMESchema.roll, RegistersReader(desk: desk))
    for (number, school) in [school, theirs].enumerated() {
      let pupil = try #require(PupilID("p00000000\(number + 1)"))
      let urn = try URN(school)
      try await transactions.write(by: .program(.registers)) { unit in
        try reader.handle(event(enrolled(pupil, urn, registration: Int64(number + 1)), unit), in: unit)
        var stored = try desk.open(
          .init(.act(.open), stating: .init([.trigger: .text("T9")]), reason: "", evidence: ["report-of-\(school)"]),
          about: pupil.text, pupil, at: urn, by: .program, in: unit)
        try fill(&stored, desk, "Reason of \(school)", unit)
      }
    }
    // A child without a search, for the report.
    let other = try #require(PupilID("p000000003"))
    try await transactions.write(by: .program(.registers)) { unit in
      try reader.handle(event(enrolled(other, try URN(school), registration: 3), unit), in: unit)
    }
    try store.close()
  }

  private static func fill(
    _ stored: inout StoredCase<MissingChild>, _ desk: CaseDesk<MissingChildren>, _ reason: String, _ unit: UnitOfWork
  ) throws {
    func move(_ act: MissingChild.Act, _ stating: [MissingChild.Fact: FactValue] = [:]) throws {
      try desk.move(
        &stored, .attempt(.init(.act(act), stating: .init(stating), reason: reason)),
        by: .person("u-officer", .cmeOfficer), in: unit)
    }
    try move(.screen, [.safeguarding: .text("no")])
    try move(.begin)
    for item in EnquiryChecklist.inForce.value(on: unit.today).items {
      for part in item.parts {
        try Enquiries.add(
          .init(item: item.number, part: part, askedOn: unit.today, result: .notFound), evidence: reason,
          to: stored.number, by: "u-officer", at: unit.at, in: unit.db)
      }
    }
    func say(_ finding: Certificate.Statement.Finding) throws {
      try Enquiries.save(
        .init(ground: .i, finding: finding, isUnavoidable: false, areDaysShown: true, schoolOfficer: "Lead"),
        of: stored.number, by: "u-officer", at: unit.at, in: unit.db)
      try Enquiries.sign(stored.number, by: "u-school", at: unit.at, in: unit.db)
    }
    try say(.notFound)
    try move(.certify)
    try say(.foundNoReturn)
    try desk.factsChanged(of: stored.pupil, in: unit)
  }

  private static func enrolled(_ pupil: PupilID, _ school: URN, registration: Int64) throws -> PupilEnrolled {
    let day = CivilTime.day(at: now)
    return PupilEnrolled(
      pupil: pupil, school: school, upn: nil, givenName: "Ada", familyName: "Made-Up",
      dateOfBirth: day.adding(months: -120), yearGroup: nil, enrolledOn: day.adding(days: -400),
      addressProtected: false, registration: registration)
  }

  private static func event(_ data: PupilEnrolled, _ unit: UnitOfWork) throws -> Event {
    Event(
      id: "event-1", source: "/880/registers", type: PupilEnrolled.type.name, subject: data.school.text, time: unit.at,
      recordedTime: unit.at, sequence: 1, traceparent: nil, classification: PupilEnrolled.classification,
      data: try data.encoded())
  }

}
