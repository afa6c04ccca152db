import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Messaging
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

/// Orders on the real desk and the real store.
extension Enforced {
  func begin<Kind: CaseKind>(
    _ desk: OrderDesk<Kind>, _ act: Kind.Act, _ stating: [Kind.Fact: FactValue], by role: Kind.Role,
    against person: PersonID? = nil, _ circumstances: Set<Conflicts.Circumstance> = []
  ) async throws -> String {
    try await transactions.write(by: Caller(subject: "u-\(role.rawValue)", role: .legalOfficer)) {
      [pupil, school] unit in
      try desk.begin(
        .init(pupil: pupil, school: school, person: person, circumstances: circumstances),
        .init(.act(act), stating: Facts(stating), reason: "It is right"), by: .person("u-\(role.rawValue)", role),
        in: unit
      ).id
    }
  }

  func does<Kind: CaseKind>(
    _ desk: OrderDesk<Kind>, _ id: String, _ act: Kind.Act, _ stating: [Kind.Fact: FactValue] = [:], by role: Kind.Role,
    because reason: String = "It is right"
  ) async throws {
    try await transactions.write(by: Caller(subject: "u-\(role.rawValue)", role: .legalOfficer)) { unit in
      var stored = try #require(try Cases<Kind>.find(id, in: unit.db))
      let intent = Intent<Kind>(.act(act), stating: Facts(stating), reason: reason)
      try desk.cases.move(&stored, .attempt(intent), by: .person("u-\(role.rawValue)", role), in: unit)
    }
  }

  func file<Kind: CaseKind>(_ id: String, _: OrderDesk<Kind>) async throws -> CaseFile<Kind> {
    try await store.read { try #require(try Cases<Kind>.find(id, in: $0)).file }
  }

  /// The guards that forbid a step of an order; empty when it is done.
  func forbids<Kind: CaseKind>(_: OrderDesk<Kind>, _ body: () async throws -> Void) async throws -> [String] {
    do {
      try await body()
      return []
    } catch let refusal as Refusal<Kind> {
      guard case .unmet(let unmet) = refusal else { throw refusal }
      return unmet.map(\.id)
    }
  }
}

@Suite("Orders from their first step") struct OrderServiceTests {
  private static let supervised: [SupervisionOrderCase.Fact: FactValue] = [
    .alternatives: .flag(true), .inCare: .flag(false),
  ]
  private static let request: [ParentingOrderCase.Fact: FactValue] = [
    .desirable: .flag(true), .programmeAvailable: .flag(true), .family: .text("obtained"),
  ]
  private static let order: [ParentingOrderCase.Fact: FactValue] = [
    .madeOn: .text("2027-02-02"), .until: .text("2028-02-01"), .programmeFrom: .text("2027-02-08"),
    .programmeTo: .text("2027-05-07"), .residential: .flag(false), .residentialJustified: .flag(false),
  ]

  @Test("A school attendance order takes the child's age from the roll, and ends with it")
  func attendance() async throws {
    let service = try await Enforced.withProposal()
    let desk = service.desk.orders.attendance
    let id = try await service.begin(desk, .enquire, [.resident: .flag(true)], by: .cmeOfficer)
    #expect(try await service.file(id, desk).clocks[.age]?.due.iso == "2030-06-28")
    await #expect(throws: Problem.self) {
      _ = try await service.begin(desk, .enquire, [.resident: .flag(true)], by: .cmeOfficer)
    }
    try await service.applyPupil(born: "2010-10-01")
    #expect(try await service.file(id, desk).clocks[.age]?.due.iso == "2027-06-25", "the clock follows the roll")
    try await service.passTime(to: try #require(Day(iso: "2027-06-26")))
    #expect(try await service.file(id, desk).state == .ended)
  }

  @Test("A child without an absence that counts, who leaves the school of an order, is put before a person at once")
  func leavesTheNamedSchool() async throws {
    let service = try Enforced()
    try await service.applySchool()
    try await service.applyCalendar()
    try await service.applyPupil(registration: 7)
    let desk = service.desk.orders.attendance
    let id = try await service.begin(desk, .enquire, [.resident: .flag(true)], by: .cmeOfficer)
    func goes(on day: String, _ act: AttendanceOrderCase.Act, _ stating: [AttendanceOrderCase.Fact: FactValue])
      async throws
    {
      try await service.passTime(to: try #require(Day(iso: day)))
      try await service.does(desk, id, act, stating, by: .legalOfficer)
    }
    try await goes(
      on: "2027-01-02", .notify,
      [.addressVerified: .flag(true), .planNamesSchool: .flag(false), .noticeServedOn: .text("2027-01-02")])
    try await goes(
      on: "2027-01-17", .nominate,
      [.expedient: .flag(true), .nominationServedOn: .text("2027-01-17"), .consultedOn: .text("2027-01-17")])
    try await goes(on: "2027-02-01", .nameByDefault, [.school: .text(service.school.text)])
    try await goes(
      on: "2027-02-01", .serveOrder,
      [.orderServedOn: .text("2027-02-01"), .registerBy: .text("2027-02-15"), .schoolCanBeNamed: .flag(true)])
    try await service.transactions.write(by: Caller(subject: "u-manager", role: .manager)) { unit in
      var stored = try #require(try Cases<AttendanceOrderCase>.find(id, in: unit.db))
      try desk.cases.move(
        &stored, .second(agrees: true, reason: "Agreed"), by: .person("u-manager", .manager), in: unit)
    }
    try await service.does(desk, id, .comply, by: .cmeOfficer)
    #expect(try await !service.tasks().contains { $0.contains("reg 9(1)(d)") })
    try await service.applyPupil(registration: 7, leftOn: Day(iso: "2027-01-29"))
    #expect(try await service.tasks().contains { $0.contains("reg 9(1)(d)") })
  }

  @Test("While a supervision order is in force, a prosecution of the parent is in conflict with it")
  func supervision() async throws {
    let (service, _) = try await Enforced.withUnpaidNotice()
    let desk = service.desk.orders.supervision
    let prosecution = try await service.refer()
    try await service.prepare(prosecution)
    try await service.signPack(prosecution)
    let id = try await service.begin(desk, .propose, Self.supervised, by: .attendanceOfficer)
    try await service.does(desk, id, .consult, [.reply: .text("supports")], by: .attendanceOfficer)
    let application: [SupervisionOrderCase.Fact: FactValue] = [
      .designated: .flag(true), .report: .flag(true), .plan: .flag(true), .inCare: .flag(false),
    ]
    try await service.does(desk, id, .apply, application, by: .legalOfficer)
    let made: [SupervisionOrderCase.Fact: FactValue] = [
      .madeOn: .text("2027-02-02"), .lastDay: .text("2028-02-01"), .inCare: .flag(false),
    ]
    try await service.does(desk, id, .make, made, by: .legalOfficer)
    #expect(try await service.forbidding { try await service.lay(prosecution) } == ["no-conflict"])
    try await service.does(desk, id, .end, [.ending: .text("discharged")], by: .legalOfficer)
    try await service.lay(prosecution)
    #expect(try await service.prosecution(prosecution).state == .laid)
  }

  @Test("What is known of the child blocks an application")
  func circumstances() async throws {
    let service = try await Enforced.withProposal()
    let desk = service.desk.orders.supervision
    let id = try await service.begin(
      desk, .propose, Self.supervised, by: .attendanceOfficer, [.protectionAdvice])
    try await service.does(desk, id, .consult, [.reply: .text("no-view")], by: .attendanceOfficer)
    let application: [SupervisionOrderCase.Fact: FactValue] = [
      .designated: .flag(true), .report: .flag(true), .plan: .flag(true), .inCare: .flag(false),
    ]
    let forbidden = try await service.forbids(desk) {
      try await service.does(desk, id, .apply, application, by: .legalOfficer)
    }
    #expect(forbidden == ["no-conflict"])
  }

  @Test("A parenting order follows a conviction of the same parent, and another one may do without a programme")
  func parenting() async throws {
    let (service, _) = try await Enforced.withUnpaidNotice()
    let desk = service.desk.orders.parenting
    let prosecution = try await service.refer()
    let id = try await service.begin(desk, .request, Self.request, by: .legalOfficer, against: Enforced.mother)
    func make() async throws { try await service.does(desk, id, .make, Self.order, by: .legalOfficer) }
    #expect(try await service.forbids(desk, make) == ["convicted"])
    try await service.prepare(prosecution)
    try await service.signPack(prosecution)
    try await service.lay(prosecution)
    try await service.does(
      prosecution, .serveSummons, [.servedOn: .text("2027-02-02"), .hearingOn: .text("2027-03-01")])
    try await service.does(prosecution, .pleadGuilty, [.convictedOf: .text("s444-1")])
    let other = try await service.begin(desk, .request, Self.request, by: .legalOfficer, against: Enforced.father)
    let forbidden = try await service.forbids(desk) {
      try await service.does(desk, other, .make, Self.order, by: .legalOfficer)
    }
    #expect(forbidden == ["convicted"], "the other parent was not convicted")
    try await make()
    try await service.does(desk, id, .begin, [.responsibleOfficer: .text("u-officer")], by: .attendanceOfficer)
    #expect(try await service.file(id, desk).clocks[.programme]?.due.iso == "2027-05-07")
    try await service.does(desk, id, .discharge, by: .legalOfficer)
    let second = try await service.begin(desk, .request, Self.request, by: .legalOfficer, against: Enforced.mother)
    let short: [ParentingOrderCase.Fact: FactValue] = [.madeOn: .text("2027-02-02"), .until: .text("2027-06-01")]
    try await service.does(desk, second, .makeWithoutProgramme, short, by: .legalOfficer)
    #expect(try await service.file(second, desk).state == .made)
  }

  @Test("Nobody but a parent of the child, and no child that nobody told of")
  func strangers() async throws {
    let service = try await Enforced.withProposal()
    let desk = service.desk.orders.parenting
    let stranger = try #require(PersonID("c00000000z"))
    await #expect(throws: Problem.self) {
      _ = try await service.begin(desk, .request, Self.request, by: .legalOfficer, against: stranger)
    }
    let unknown = try Enforced()
    await #expect(throws: Problem.self) {
      _ = try await unknown.begin(
        unknown.desk.orders.supervision, .propose, Self.supervised, by: .attendanceOfficer)
    }
  }
}
