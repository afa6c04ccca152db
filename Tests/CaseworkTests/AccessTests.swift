import CaseFlow
import CaseKit
import Contracts
import Foundation
import GRDB
import HTTPTypes
import Messaging
import Rulebook
import Schemas
import ServiceKit
import Testing

@testable import CaseworkDomain
@testable import CaseworkService

/// Who sees a child's record, and who no longer: officers who gave a case away, who left, who must not know of the child.
@Suite("Access of officers", .timeLimit(.minutes(5))) struct AccessTests {
  private static func caller(_ subject: String, _ role: Role = .attendanceOfficer) -> Caller {
    Caller(subject: subject, role: role)
  }

  /// Whether an officer may read of the child by the fixture's clock: as every route does, by putting it on record.
  private func sees(_ service: Caseworked, _ officer: String, _ role: Role = .attendanceOfficer) async throws -> Bool {
    do {
      try await service.transactions.write(by: Self.caller(officer, role)) { unit in
        try unit.audit(.recordsRead, of: service.pupil)
        #expect(try !unit.hiddenPupils.contains(service.pupil))
      }
      return true
    } catch let problem as Problem {
      #expect(problem.status == .notFound || problem.status == .forbidden)
      return false
    }
  }

  private func give(_ service: Caseworked, to officer: String) async throws {
    try await service.move(
      .allocate(to: Owner(.attendanceOfficer, officer), reason: "Named officer"), by: Caseworked.manager)
  }

  private func manager(
    _ service: Caseworked, _ body: @Sendable @escaping (UnitOfWork) throws -> Void
  ) async throws {
    try await service.transactions.write(by: Self.caller("u-manager", .manager), body)
  }

  private func working() async throws -> Caseworked {
    let service = try Caseworked()
    try await service.enrol()
    try await service.find()
    try await service.accept()
    try await give(service, to: "u-first")
    return service
  }

  @Test("Who gave a case away sees it for ten working days more, then no longer; who takes it sees it at once")
  func handover() async throws {
    let service = try await working()
    try service.go(to: "2026-12-07")
    try await give(service, to: "u-second")
    #expect(try await sees(service, "u-second"))
    // The tenth working day after 7 December is the 21st.
    try service.go(to: "2026-12-21")
    #expect(try await sees(service, "u-first"))
    try service.go(to: "2026-12-22")
    #expect(try await !sees(service, "u-first"))
    #expect(try await sees(service, "u-second"))
    #expect(try await sees(service, "u-manager", .manager))
    // With the case back the record is back.
    try await give(service, to: "u-first")
    #expect(try await sees(service, "u-first"))
    let holders = try await service.names("SELECT officer FROM case_holder ORDER BY number")
    #expect(holders == ["u-first", "u-second", "u-first"])
  }

  @Test(
    "An officer whom a manager finds still involved sees the record to that day, recorded before the handover or after")
  func involvement() async throws {
    for isBefore in [true, false] {
      let service = try await working()
      let involved = OfficerInvolvement(
        officer: "u-first", child: service.pupil, urn: service.school, from: try #require(Day(iso: "2026-12-01")),
        to: try #require(Day(iso: "2027-01-29")), reason: "Finishes the assessment")
      let record: @Sendable (UnitOfWork) throws -> Void = { unit in
        try OfficerAccess.involve(involved, unit)
        _ = try BookStore.add(involved, in: unit)
      }
      if isBefore { try await manager(service, record) }
      try await give(service, to: "u-second")
      if !isBefore { try await manager(service, record) }
      try service.go(to: "2027-01-29")
      #expect(try await sees(service, "u-first"))
      try service.go(to: "2027-01-30")
      #expect(try await !sees(service, "u-first"))
    }
  }

  @Test(
    "Who has left is answered nothing from the day after the last, and cannot be given a case; coming back undoes it")
  func leaving() async throws {
    let service = try await working()
    try await manager(service) { unit in
      let departure = OfficerDeparture(officer: "u-second", on: unit.today)
      try OfficerAccess.leave(departure, unit)
      #expect(try BookStore.add(departure, in: unit) == 1)
    }
    #expect(try await sees(service, "u-second"))
    try service.go(to: "2026-12-01")
    #expect(try await !sees(service, "u-second"))
    await #expect(throws: Problem.self) { try await give(service, to: "u-second") }
    try await manager(service) { unit in
      try OfficerAccess.comeBack(OfficerReturn(departure: 1, on: unit.today), unit)
    }
    #expect(try await sees(service, "u-second"))
    try await give(service, to: "u-second")
  }

  @Test("A bar hides a child at once, from managers too; a case cannot be given past it; two bars are ended one by one")
  func bars() async throws {
    let service = try await working()
    try await manager(service) { unit in
      for day in ["2026-11-01", "2026-11-15"] {
        let bar = OfficerBar(
          officer: "u-second", child: service.pupil, urn: service.school, from: try #require(Day(iso: day)),
          ground: .neighbour)
        try OfficerAccess.bar(bar, unit)
        _ = try BookStore.add(bar, in: unit)
      }
    }
    #expect(try await !sees(service, "u-second"))
    #expect(try await !sees(service, "u-second", .manager))
    await #expect(throws: Problem.self) { try await give(service, to: "u-second") }
    #expect(try await service.names("SELECT officer FROM case_holder WHERE last IS NULL") == ["u-first"])
    for (number, isSeen) in [(Int64(1), false), (2, true)] {
      try await manager(service) { unit in
        let end = OfficerBarEnd(bar: number, on: unit.today)
        try OfficerAccess.endBar(end, unit)
        _ = try BookStore.add(end, in: unit)
      }
      #expect(try await sees(service, "u-second") == isSeen)
    }
  }

  @Test("Two records of one child: who must not know of either knows of neither")
  func merged() async throws {
    let service = try await working()
    let other = try #require(PupilID("p000000002"))
    try await service.apply(try Made.enrolment(of: other, at: service.school))
    try await manager(service) { unit in
      let bar = OfficerBar(
        officer: "u-second", child: other, urn: service.school, from: unit.today, ground: .relative)
      try OfficerAccess.bar(bar, unit)
      _ = try BookStore.add(bar, in: unit)
    }
    try await service.apply(PupilsMerged(pupil: service.pupil, merged: other))
    #expect(try await !sees(service, "u-second"))
    // Nor under the identifier of before.
    await #expect(throws: Problem.self) {
      try await service.transactions.write(by: Self.caller("u-second")) { try $0.audit(.recordsRead, of: other) }
    }
  }

  @Test("A case without an officer is proposed to the named one; the record and the list of those that wait agree")
  func proposals() async throws {
    try await CaseworkApplication.callers { officer, manager, _, _ in
      for (urn, name) in [("900101", "u-officer"), ("900102", "u-other")] {
        try await manager.post(
          "/school-allocations", #"{"urn":"\#(urn)","officer":"\#(name)","cluster":"north","from":"2026-09-01"}"#)
      }
      let waiting = try await manager.get("/allocation-proposals")["cases"].elements
      #expect(waiting.map { $0["id"].word } == ["c1", "c2"], "\(waiting)")
      #expect(waiting.map { $0["officer"].word } == ["u-officer", "u-other"])
      #expect(waiting.allSatisfy { $0["ground"].word == "named" && $0["candidates"].elements.count == 2 })
      try await manager.post(
        "/officer-bars",
        #"{"officer":"u-officer","child":"p000000001","urn":"900101","from":"2026-11-01","ground":"relative"}"#)
      let one = try await manager.get("/cases/c1/allocation-proposal")
      #expect(one["officer"].word == "u-other" && one["ground"].word == "cluster", "\(one)")
      let refused = try await manager.post(
        "/cases/c1/allocation",
        #"{"owner":{"role":"attendance-officer","person":"u-officer"},"reason":"Named officer"}"#, 409)
      #expect(refused["type"].word.contains("officer-barred"))
      _ = try await officer.get("/cases/c1", 404)
      #expect(try await officer.get("/cases")["cases"].elements.map { $0["id"].word } == ["c2"])
      _ = try await officer.get("/allocation-proposals", 403)
      #expect(
        try await manager.get("/continuity")["schools"].elements.map { $0["medianMonths"].word } == ["3.0", "3.0"])
      let shares = try await manager.get("/statutory-shares?hours=10&floorMinutes=60")
      #expect(shares["schools"].elements.count == 2, "\(shares)")
    }
  }

  @Test("A school sees the referrals that schools make, and nothing of a child who has left but what it wrote itself")
  func schools() async throws {
    try await CaseworkApplication.callers { officer, _, school, _ in
      let partner =
        #"{"route":"R6","concern":"Told in confidence","basis":"LB2","safeguarding":{"answer":"no","by":"Officer","sent":[]}}"#
      let made = try await officer.post(
        "/referrals", #"{"pupil":"p000000001","school":"900101","form":\#(partner)}"#)
      let id = made["id"].word
      _ = try await school.get("/referrals/\(id)", 404)
      #expect(try await officer.get("/referrals/\(id)")["id"].word == id)
      let listed = try await school.get("/referrals")["referrals"].elements.map { $0["id"].word }
      #expect(!listed.contains(id) && listed.contains("r1"), "\(listed)")
      try await officer.post("/transitions", BookRows.entries[4].body)
      #expect(try await school.get("/transitions")["transitions"].elements.count == 1)
      try await officer.queue().write { db in
        try db.execute(
          sql: "UPDATE roll_registration SET last = ? WHERE pupil = 'p000000001'",
          arguments: [Day(iso: "2026-11-27")?.ordinal])
      }
      #expect(try await school.get("/transitions")["transitions"].elements.isEmpty)
      #expect(try await officer.get("/transitions")["transitions"].elements.count == 1)
      #expect(try await school.get("/referrals")["referrals"].elements.map { $0["id"].word }.contains("r1"))
    }
  }
}
