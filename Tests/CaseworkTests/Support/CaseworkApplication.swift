import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Foundation
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import ServiceTestKit
import Store
import TestKit
import Testing

@testable import CaseworkService

/// The service as the program builds it, with an accepted case at each of two schools: what an accepted case rests on has
/// changed, and closing the first waits for a second person.
enum CaseworkApplication {
  static let school = "900101"
  static let theirs = "900102"
  static let pupil = "p000000001"
  static let now = Date(timeIntervalSince1970: 1_796_032_800)  // 2026-11-30

  /// - Parameter moment: when it is asked; what it knows is of ``now``.
  static func run(
    at moment: Date = now, _ body: @Sendable @escaping (BuiltProgram) async throws -> Void
  ) async throws {
    try await BuiltProgram.run(
      "casework", at: moment,
      preparing: { path, _ in
        try await fill(path)
        return ["LETTERS_SENDER": "Made-up Council;1 Made-up Street"]
      }, build: { try await Casework.build($0, $1) }, body)
  }

  private static func fill(_ path: String) async throws {
    let store = try Store(
      path: path, owner: "880.casework", migrations: MessagingSchema.migrations + CaseworkSchema.migrations,
      auditKeys: TestAuditKeys.keys)
    let outbox = Outbox(service: .casework, authority: "880", store: store)
    let transactions = Transactions(store: store, outbox: outbox, clock: ManualClock(now))
    let desks = CaseworkDesks(pathways: .sixStages)
    let handler = RollHandler(CaseworkSchema.roll, desks.reader)
    let officer = Actor<AttendanceCase.Role>.person("u-officer", .attendanceOfficer)
    for (number, name) in [school, theirs].enumerated() {
      let (school, pupil) = (try URN(name), try #require(PupilID("p00000000\(number + 1)")))
      let third = try #require(PupilID("p00000000\(number + 3)"))
      let finding = "finding-of-\(name)"
      let events: [any EventData] =
        try [
          Made.school(school), Made.calendar(of: school), Made.enrolment(of: pupil, at: school),
          Made.enrolment(of: third, at: school),
          ContactsRecorded(
            pupil: third,
            contacts: [Made.parent("c00000000\(number + 3)", isSafe: true), Made.parent("c000000008", isSafe: false)]),
        ] + Made.marks(of: [pupil, third], at: school, "2026-11-16", "2026-11-27", "/", "O")
      try await transactions.write(by: .program(.registers)) { unit in
        for event in events { try handler.handle(Made.event(event, about: school, at: unit.at), in: unit) }
        try handler.finish(in: unit)
        _ = try Findings.raise(finding, of: pupil, at: school, in: unit.db)
        try Chronology.note(
          "persistent absence found", finding, of: pupil, at: school, on: unit.today, recorded: unit.at, in: unit.db)
        var stored = try desks.cases.open(
          .init(.act(.propose), reason: "", evidence: [finding]), about: pupil.text, pupil, at: school,
          by: .program, in: unit)
        let accept = Intent<AttendanceCase>(
          .act(.accept), stating: .init([.safeguarding: .text("no")]), reason: "Reason of \(name)")
        try desks.cases.move(&stored, .attempt(accept), by: officer, in: unit)
        try Findings.lapse(finding, in: unit.db)
        try desks.cases.factsChanged(of: pupil, in: unit)
      }
    }
    for (number, name) in [school, theirs].enumerated() {
      let (school, pupil) = (try URN(name), try #require(PupilID("p00000000\(number + 1)")))
      let parent = try #require(PersonID("c00000000\(number + 1)"))
      try await transactions.write(by: .program(.casework)) { unit in
        let caller = unit.caller
        _ = try Referrals.insert(.init(route: .school), about: pupil, at: school, .draft, by: caller, in: unit.db)
        let offer = Intent<AttendanceContract>(
          .act(.offer),
          stating: .init([
            .target: .text("90"), .firstDay: .text("2026-12-01"), .lastDay: .text("2027-03-25"),
          ]), reason: "Reason of \(name)")
        let contract = try desks.contracts.open(
          offer, about: ContractTerms.subject(Int64(number + 1), parent), pupil, at: school,
          by: .person("u-officer", .attendanceOfficer), in: unit)
        try ContractTerms(
          contract: contract.id, caseNumber: Int64(number + 1), parent: parent, target: "90",
          words: .init(
            requirements: ["Come by nine"], support: ["A breakfast club"], childView: "Good", parentView: "Good",
            consequences: "We meet again", counselling: nil)
        ).insert(in: unit.db)
      }
    }
    for (number, name) in [school, theirs].enumerated() {
      let (school, pupil) = (try URN(name), try #require(PupilID("p00000000\(number + 1)")))
      try await transactions.write(by: .program(.casework)) { unit in
        let notice = Intent<Section19>(
          .act(.notice), stating: .init([.ground: .text("illness"), .since: .text("2026-11-02")]),
          reason: "Reason of \(name)")
        _ = try desks.section19.open(
          notice, about: pupil.text, pupil, at: school, by: .person("u-officer", .attendanceOfficer), in: unit)
      }
    }
    try store.close()
  }
}
