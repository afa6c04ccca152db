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

/// Whom licensing tells: events with the school and the virtual school's concern, letters to holders, chaperones and the
/// authority of the place.
@Suite("Telling") struct TellingTests {
  private static let documents = Result {
    Documents(
      service: .licensing, authority: try AuthorityCode("880"),
      sender: LetterSender(name: "Made-up Council", address: ["1 Made-up Street"]),
      book: try LetterBook(Licensing.letters))
  }

  private func desks() throws -> Desks { Desks(timetable: Timetable(), documents: try Self.documents.get()) }

  private func data(_ service: Licensed, _ type: String) async throws -> [String] {
    try await service.names(
      "SELECT CAST(data AS TEXT) FROM outbox WHERE type = '\(type)' ORDER BY sequence")
  }

  @Test("Events say the school and that the child is looked after; that there is a social worker is not even kept")
  func concerns() async throws {
    let service = try await Licensed()
    let first = service.day("2026-01-01")
    try await service.apply(
      ConcernsRecorded(
        pupil: service.pupil,
        concerns: [
          .init(concern: .socialCare, first: first, last: nil), .init(concern: .virtualSchool, first: first, last: nil),
          .init(concern: .youthJustice, first: first, last: nil),
        ]))
    #expect(try await service.names("SELECT concern FROM roll_concern") == ["virtual-school"])
    let id = try await service.grantedPermit()
    let granted = try await data(service, WorkPermitGranted.type.name)
    #expect(granted.count == 1 && granted[0].contains(#""concerns":["virtual-school"]"#), "\(granted)")
    #expect(granted.allSatisfy { $0.contains(#""school":"900101""#) })
    let revoke = Intent<WorkPermit>(.act(.revoke), stating: .init([.ground: .text("welfare")]), reason: "Tired")
    try await service.move(service.desks.permits, .attempt(revoke), of: id, by: .officer)
    try await service.move(service.desks.permits, .second(agrees: true, reason: ""), of: id, by: .manager)
    let revoked = try await data(service, WorkPermitRevoked.type.name)
    #expect(revoked.count == 1 && revoked[0].contains(#""concerns":["virtual-school"]"#), "\(revoked)")
    #expect(revoked.allSatisfy { !$0.contains("welfare") && !$0.contains("Tired") })
  }

  @Test("A refusal is published once, without its reason")
  func refusal() async throws {
    let service = try await Licensed()
    try await service.transactions.write(by: .program(.licensing)) { [service] unit in
      var stored = try service.desks.permits.open(
        .init(.act(.apply), reason: "Applied"), about: "party-1 1", service.pupil, at: service.school, by: .officer,
        in: unit)
      _ = try Parties.add(.employer, name: "A Shop", address: ["1 Street"], contact: "", in: unit.db)
      _ = try ApplicationBook.add(MadeUpForms.permit, of: service.pupil, from: "party-1", to: stored.number, in: unit)
      try service.desks.permits.move(&stored, .act(.complete, reason: "Whole"), by: .officer, in: unit)
      try service.desks.permits.move(
        &stored, .attempt(.init(.act(.refuse), stating: .init([.ground: .text("health")]), reason: "Ill")),
        by: .officer, in: unit)
    }
    let told = try await data(service, WorkPermitRefused.type.name)
    #expect(told.count == 1 && told[0].contains(#""school":"900101""#), "\(told)")
    #expect(told.allSatisfy { !$0.contains("health") && !$0.contains("Ill") })
  }

  @Test("A training day that moves puts permits that it makes unlawful before a person")
  func calendar() async throws {
    let service = try await Licensed()
    let monday = service.day("2026-12-07")
    func record(closed: Set<Day>) async throws {
      try await service.apply(
        CalendarRecorded(
          school: service.school, schoolYear: SchoolYear(startYear: 2026),
          calendar: SchoolCalendar(
            terms: [DayRange(first: service.day("2026-09-02"), last: service.day("2026-12-18"))], closed: closed)))
    }
    try await record(closed: [monday])
    let usual = MadeUpForms.permit
    _ = try await service.grantedPermit(
      PermitApplication(
        employer: usual.employer, authority: "880", job: "shop_work", work: "Serves", place: "1 Street",
        notified: usual.notified, starts: monday, ends: monday, isEducatedAtHome: nil, schoolHours: nil,
        termTime: [.init(weekday: 1, span: ClockSpan(ClockTime(15, 30), ClockTime(18, 30)))], holidays: [],
        risksAssessed: true, parentConsents: true, isFit: true, isForParents: nil))
    #expect(try await !service.tasks().contains("Review the permit"))
    try await record(closed: [])
    #expect(try await service.tasks().contains("Review the permit"), "three hours on a school day")
  }

  @Test("Reminders go to the chaperone 90 and 30 days before the end, by letter")
  func reminders() async throws {
    let service = try await Licensed()
    let desks = try desks()
    let until = service.clock.today().adding(days: 700)
    try await service.transactions.write(by: .program(.licensing)) { unit in
      let party = try Parties.add(.chaperone, name: "A Chaperone", address: ["3 Street"], contact: "", in: unit.db)
      var approval = try desks.chaperones.open(
        .init(.act(.apply), reason: "Applied"), about: party.id, nil, at: nil, by: .person("u1", .licensingOfficer),
        in: unit)
      try Parties.file(party.number, under: approval.number, in: unit.db)
      let officer = Actor<ChaperoneApproval.Role>.person("u1", .licensingOfficer)
      try desks.chaperones.move(&approval, .act(.vet, reason: "Form"), by: officer, in: unit)
      try desks.chaperones.move(
        &approval,
        .attempt(
          .init(
            .act(.invite),
            stating: .init([.references: .flag(true), .identity: .flag(true), .certificate: .flag(true)]),
            reason: "Seen")), by: officer, in: unit)
      try desks.chaperones.move(
        &approval,
        .attempt(
          .init(
            .act(.approve),
            stating: .init([.training: .flag(true), .from: .day(unit.today), .until: .day(until)]), reason: "Good")),
        by: officer, in: unit)
    }
    func letters() async throws -> Int {
      try await service.names("SELECT number FROM documents WHERE kind = '\(ChaperoneRenewalLetter.id)'").count
    }
    func run(on day: Day) async throws {
      service.clock.set(CivilTime.moment(day, minutes: 1))
      try await service.transactions.write(by: .program(.licensing)) { unit in
        let due = try String.fetchAll(
          unit.db, sql: "SELECT name FROM timetable WHERE next_millis <= ?", arguments: [unit.at.millis])
        for name in due {
          try unit.db.execute(sql: "DELETE FROM timetable WHERE name = ?", arguments: [name])
          try desks.fire(name, in: unit)
        }
      }
    }
    try await run(on: until.adding(days: -90))
    #expect(try await letters() == 0)
    try await run(on: until.adding(days: -89))
    #expect(try await letters() == 1)
    try await run(on: until.adding(days: -29))
    #expect(try await letters() == 2)
    let pages = try await service.names("SELECT CAST(html AS TEXT) FROM document_contents")
    #expect(pages.allSatisfy { $0.contains(until.inWordsWithWeekday) && $0.contains("A Chaperone") })
  }
}
