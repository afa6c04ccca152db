import CaseFlow
import CaseKit
import Contracts
import Foundation
import GRDB
import Letters
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import LicensingDomain
@testable import LicensingService

@Suite("Licensing applies registers' events") struct LicensingTests {
  @Test("Its roles are roles of callers, and its letters hold to their templates")
  func roles() throws {
    #expect(WorkPermit.Role.allCases.allSatisfy { Role(rawValue: $0.rawValue) != nil })
    #expect(PerformanceLicence.Role.allCases.allSatisfy { Role(rawValue: $0.rawValue) != nil })
    #expect(ChaperoneApproval.Role.allCases.allSatisfy { Role(rawValue: $0.rawValue) != nil })
    #expect(BodyApproval.Role.allCases.allSatisfy { Role(rawValue: $0.rawValue) != nil })
    _ = try LetterBook(Licensing.letters)
  }

  @Test("A permit that keeps the rules is granted, published once, and ends on its day")
  func permitLife() async throws {
    let service = try await Licensed()
    let id = try await service.grantedPermit()
    #expect(try await service.published().filter { $0.contains("licensing") } == [WorkPermitGranted.type.name])
    let file = try await service.permit(id)
    #expect(file.state == .granted && file.clocks[.term]?.due == service.day("2028-06-30"))
    service.clock.set(CivilTime.moment(service.day("2028-07-01"), minutes: 1))
    #expect(try await service.runDue() > 0)
    #expect(try await service.permit(id).state == .expired)
    #expect(try await service.tasks() == [])
  }

  @Test("What breaks a rule, or is not complete, is not granted: the check names it")
  func notGranted() async throws {
    let service = try await Licensed()
    await #expect(throws: Refusal<WorkPermit>.self) {
      _ = try await service.grantedPermit(MadeUpForms.permit(from: ClockTime(9, 0), to: ClockTime(20, 0)))
    }
    await #expect(throws: Refusal<WorkPermit>.self) {
      _ = try await service.grantedPermit(MadeUpForms.permit(consents: nil))
    }
    #expect(try await service.published() == [])
    let check = try await service.transactions.write(by: .program(.licensing)) { [pupil = service.pupil] unit in
      try PermitCases().check(
        MadeUpForms.permit(from: ClockTime(6, 0), to: ClockTime(20, 0)), of: pupil, at: nil, in: nil, unit)
    }
    #expect(check.breaches.map(\.rule) == ["CE-BREAK", "CE-DAY-NONSCHOOL", "CE-EARLY", "CE-LATE", "CE-WEEK-TERM"])
    #expect(check.missing.map(\.item) == ["school"] && check.notes.count == 2)
  }

  @Test("Attendance that falls puts the permit before a person and changes nothing; what is above the figure does not")
  func attendanceFalls() async throws {
    let service = try await Licensed()
    let id = try await service.grantedPermit()
    try await service.find(missed: 10, outOf: 100)
    #expect(try await !service.tasks().contains("Review the permit"), "exactly the figure")
    try await service.find(missed: 11, outOf: 100)
    #expect(try await service.permit(id).state == .granted)
    #expect(try await service.tasks().contains("Review the permit"))
    try await service.apply(
      Lapsed<PersistentAbsence>(
        finding: "f1", pupil: service.pupil, school: service.school, on: service.clock.today(), concerns: []))
    let number = try #require(try await service.permit(id).decisions.last?.number)
    try await service.move(
      service.desks.permits, .attempt(.init(.uphold(decision: number), reason: "Better again")), of: id, by: .officer)
    #expect(try await !service.tasks().contains("Review the permit"))
  }

  @Test("Revoking takes two people and is published")
  func revoking() async throws {
    let service = try await Licensed()
    let id = try await service.grantedPermit()
    let revoke = Intent<WorkPermit>(.act(.revoke), stating: .init([.ground: .text("welfare")]), reason: "Tired")
    try await service.move(service.desks.permits, .attempt(revoke), of: id, by: .officer)
    #expect(try await service.permit(id).state == .granted)
    try await service.move(service.desks.permits, .second(agrees: true, reason: ""), of: id, by: .manager)
    #expect(try await service.permit(id).state == .revoked)
    #expect(try await service.published().last == WorkPermitRevoked.type.name)
  }

  @Test("New byelaws put permits that they forbid before a person at once")
  func newByelaws() async throws {
    let service = try await Licensed()
    _ = try await service.grantedPermit()
    try await service.transactions.write(by: .program(.licensing)) { [desks = service.desks] unit in
      let byelaws = Byelaws(
        authority: "880", madeOn: unit.today, inForceFrom: unit.today, modelYear: 2026, reference: "Byelaws 2026",
        rows: Byelaws.model1998 + [WorkLimit(.earliest, weekday: 6, time: ClockTime(10, 0))])
      #expect(try ByelawBook.add(byelaws, in: unit.db))
      #expect(try !ByelawBook.add(byelaws, in: unit.db))
      try desks.byelawsChanged(at: "880", in: unit)
    }
    #expect(try await service.tasks().contains("Review the permit"))
  }

  private func grantLicence(_ service: Licensed, _ dates: [Day]) async throws -> String {
    try await service.transactions.write(by: .program(.licensing)) { [service] unit in
      let until = unit.today.adding(days: 700)
      var approval = try service.desks.chaperones.open(
        .init(.act(.apply), reason: "Applied"), about: "party-1", nil, at: nil, by: .person("u1", .licensingOfficer),
        in: unit)
      let party = try Parties.add(.chaperone, name: "A Chaperone", address: ["3 Street"], contact: "", in: unit.db)
      try Parties.file(party.number, under: approval.number, in: unit.db)
      let acts: [(ChaperoneApproval.Act, [ChaperoneApproval.Fact: FactValue])] = [
        (.vet, [:]),
        (.invite, [.references: .flag(true), .identity: .flag(true), .certificate: .flag(true)]),
        (.approve, [.training: .flag(true), .from: .day(unit.today), .until: .day(until)]),
      ]
      for (act, facts) in acts {
        try service.desks.chaperones.move(
          &approval, .attempt(.init(.act(act), stating: .init(facts), reason: "Seen")),
          by: .person("u1", .licensingOfficer), in: unit)
      }
      _ = try Parties.add(.holder, name: "A Holder", address: ["2 Street"], contact: "", in: unit.db)
      var stored = try service.desks.licences.open(
        .init(.act(.apply), reason: "Applied"), about: "party-2 1", service.pupil, at: service.school,
        by: .person("u1", .licensingOfficer), in: unit)
      let application = try MadeUpForms.licence(dates, chaperone: party.id)
      _ = try ApplicationBook.add(application, of: service.pupil, from: "party-2", to: stored.number, in: unit)
      try service.desks.licences.move(
        &stored, .act(.complete, reason: "All there"), by: .person("u1", .licensingOfficer), in: unit)
      let satisfied: [PerformanceLicence.Fact: FactValue] = [
        .fit: .flag(true), .care: .flag(true), .education: .flag(true),
      ]
      try service.desks.licences.move(
        &stored, .attempt(.init(.act(.grant), stating: .init(satisfied), reason: "Satisfied")),
        by: .person("u1", .licensingOfficer), in: unit)
      return stored.id
    }
  }

  @Test("A licence is published with its dates, and marks of its days are compared with it")
  func licenceAndMarks() async throws {
    let service = try await Licensed()
    let dates = [service.day("2026-12-10"), service.day("2026-12-11")]
    _ = try await grantLicence(service, dates)
    #expect(try await service.published().last == PerformanceLicenceGranted.type.name)
    try await service.apply(
      MarksRecorded(school: service.school, date: dates[0], session: .am, marks: ["C1": [service.pupil]]))
    #expect(try await service.tasks().allSatisfy { !$0.contains("register again") })
    try await service.apply(
      MarksRecorded(school: service.school, date: dates[0], session: .pm, marks: ["O": [service.pupil]]))
    #expect(try await service.tasks().contains("Look at the licence and the register again"))
    try await service.apply(
      MarksRecorded(
        school: service.school, date: service.day("2026-12-14"), session: .am, marks: ["C1": [service.pupil]]))
    #expect(try await service.names("SELECT code FROM leave_mark ORDER BY on_day, session") == ["C1", "O", "C1"])
    try await service.apply(
      MarksAmended(
        school: service.school,
        amendments: [
          .init(
            pupil: service.pupil, date: service.day("2026-12-14"), session: .am, from: AttendanceCode("C1"), to: nil,
            reason: .corrected)
        ]))
    #expect(try await service.names("SELECT code FROM leave_mark ORDER BY on_day, session") == ["C1", "O"])
  }

  @Test("Marks that registers dispose of are forgotten here, and of others nothing is kept")
  func forgetting() async throws {
    let service = try await Licensed()
    let other = try #require(PupilID("p000000002"))
    try await service.apply(
      MarksRecorded(
        school: service.school, date: service.day("2026-12-10"), session: .am,
        marks: ["C1": [service.pupil], "O": [other]]))
    #expect(try await service.names("SELECT pupil FROM leave_mark") == [service.pupil.text])
    try await service.apply(
      MarksDisposed(
        disposal: 1, school: service.school, schoolYear: SchoolYear(startYear: 2026),
        registrations: [.init(registration: 1, pupil: service.pupil)]))
    #expect(try await service.names("SELECT pupil FROM leave_mark") == [])
  }

  @Test("A suspension is at once, is published without a reason, and takes the chaperone out of plans")
  func suspension() async throws {
    let service = try await Licensed()
    let id = try await grantLicence(service, [service.day("2026-12-10")])
    try await service.move(
      service.desks.chaperones,
      .attempt(.init(.act(.suspend), stating: .init([.ground: .text("allegation")]), reason: "An allegation")),
      of: "c1", by: .person("u1", .licensingOfficer))
    #expect(try await service.published().last == ChaperoneSuspended.type.name)
    let data = try await service.names("SELECT CAST(data AS TEXT) FROM outbox ORDER BY sequence DESC LIMIT 1")
    #expect(data.allSatisfy { !$0.contains("llegation") }, "\(data)")
    let check = try await service.transactions.write(by: .program(.licensing)) { [pupil = service.pupil] unit in
      let stored = try #require(try Cases<PerformanceLicence>.find(id, in: unit.db))
      let current = try #require(try ApplicationBook.current(LicenceApplication.self, of: stored.number, in: unit.db))
      return try LicenceCases().check(current.application, of: pupil, at: nil, in: stored.number, unit)
    }
    #expect(check.breaches.map(\.rule) == ["CH-NONE", "CH-NOT-APPROVED"])
  }

  @Test("A permit goes along to another school, whose calendar then counts")
  func anotherSchool() async throws {
    let service = try await Licensed()
    _ = try await service.grantedPermit()
    let other = try URN("900102")
    try await service.apply(
      PupilLeft(
        pupil: service.pupil, school: service.school, leftOn: service.clock.today().adding(days: -1), ground: nil,
        destinationKnown: true, concerns: [], registration: 1))
    #expect(try await service.names("SELECT school FROM case_file") == [service.school.text])
    try await service.apply(
      PupilEnrolled(
        pupil: service.pupil, school: other, upn: nil, givenName: "Made", familyName: "Up",
        dateOfBirth: Licensed.born, yearGroup: nil, enrolledOn: service.clock.today(), addressProtected: false,
        registration: 2))
    #expect(try await service.names("SELECT school FROM case_file") == [other.text])
  }

  @Test("Two records that are one child: every table follows")
  func merging() async throws {
    let service = try await Licensed()
    let other = try #require(PupilID("p000000002"))
    try await service.enrol(other, registration: 2)
    _ = try await service.grantedPermit()
    try await service.apply(PupilsMerged(pupil: other, merged: service.pupil))
    #expect(try await service.names("SELECT pupil FROM application") == [other.text])
    let unmoved = try await service.store.read { try LicensingSchema.roll.unmoved(keeping: [], in: $0) }
    #expect(unmoved == [])
  }
}
