import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Letters
import Logging
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

@Suite("The sessions of a notice, and those of the child's other schools") struct NoticeSessionTests {
  private func sessions(_ id: String, _ service: Enforced) async throws -> NoticeRoutes.Sessions {
    let routes = NoticeRoutes(
      desk: service.desk, transactions: service.transactions,
      printing: PrintLoop(store: service.store, clock: service.clock, alarms: Alarms(logger: Logger(label: "letters"))))
    return try await service.transactions.write(by: Caller(subject: "u", role: .legalOfficer)) { unit in
      let stored = try #require(try Cases<PenaltyNoticeCase>.find(id, in: unit.db))
      return try routes.sessions(of: try #require(try Notices.find(subject: stored.subject, in: unit.db)), in: unit)
    }
  }

  @Test("Each session says what counts now, and which other notice to the parent has it")
  func others() async throws {
    let service = try await Enforced.withProposal()
    let first = try await service.consider()
    let number = try await service.issue(first)
    let again = try await service.request(0..<4)
    let live = try await sessions(again, service).sessions
    #expect(live.count == 4 && live.allSatisfy { $0.otherNotice == number.text && $0.otherStanding == .open })
    _ = try await service.withdraw(first, .materialError)
    try await service.amend(2, to: "I")
    try await service.amend(3, to: "G")
    let after = try await sessions(again, service)
    #expect(after.sessions.map(\.otherStanding) == [.withdrawn, .withdrawn, .withdrawn, .withdrawn])
    #expect(after.sessions.map { $0.now?.text } == ["O", "O", nil, "G"])
    #expect(after.sessions.map(\.code.text) == ["O", "O", "O", "O"] && after.improvement == nil)
    let fathers = try await service.request(0..<4, Enforced.father)
    #expect(try await sessions(fathers, service).sessions.allSatisfy { $0.otherNotice == nil }, "his ledger is his own")
  }

  @Test("Absences inside the time of a notice to improve are shown apart from those before it")
  func improvement() async throws {
    let service = try await Enforced.withProposal()
    let spring = SchoolCalendar(terms: [
      service.calendar.terms[0], DayRange(first: Day(iso: "2027-01-04")!, last: Day(iso: "2027-03-26")!),
    ])
    try await service.apply(
      CalendarRecorded(school: service.school, schoolYear: SchoolYear(startYear: 2026), calendar: spring), number: 700)
    try await service.passTime(to: try #require(Day(iso: "2027-01-05")))
    let id = try await service.consider()
    _ = try await service.act(id, by: Caller(subject: "u-officer", role: .attendanceOfficer)) { desk, stored, unit in
      try desk.improve(
        &stored,
        .init(
          recipient: .init(name: "Ida Made-Up", address: ["2 Made-up Street"]),
          child: .init(name: "Ada Made-Up", address: ["2 Made-up Street"], school: "A school", provision: nil),
          writer: .init(name: "Officer Made-Up", role: "Attendance officer", contact: "01632 960000"),
          figures: .init(
            first: Day(iso: "2026-09-07")!, last: Day(iso: "2026-10-16")!, possible: 60, missed: 10, unauthorised: 10),
          support: ["A meeting"], offer: ["Breakfast club"], howToAccept: "Telephone us", weeks: 3,
          mostUnauthorised: 2, service: .init(method: .hand, on: Day(iso: "2027-01-05")!),
          reason: "Support was not taken up"), by: Enforced.officer, in: unit)
    }
    // Fifteen school days from 6 January: to the 26th.
    for (number, day) in ["2027-01-05", "2027-01-06", "2027-01-26", "2027-01-27"].enumerated() {
      try await service.apply(
        MarksRecorded(
          school: service.school, date: try #require(Day(iso: day)), session: .am, marks: ["U": [service.pupil]]),
        number: Int64(800 + number))
    }
    try await service.passTime(to: try #require(Day(iso: "2027-01-28")))
    let found = try #require(try await sessions(id, service).improvement)
    #expect(found.firstDay.iso == "2027-01-06" && found.lastDay.iso == "2027-01-26")
    #expect(found.sessions.map(\.date.iso) == ["2027-01-06", "2027-01-26"])
    #expect(try await sessions(id, service).sessions.count == 10)
  }

  @Test("The sum with another school is advice: no proposal comes of it")
  func combined() async throws {
    let service = try await Enforced.withProposal(sessions: 6)
    let other = try URN("100002")
    try await service.apply(SchoolRecorded(urn: other, name: "Another", phase: .primary, kind: .maintained))
    try await service.apply(
      CalendarRecorded(school: other, schoolYear: SchoolYear(startYear: 2026), calendar: service.calendar))
    for index in 0..<5 {
      let (day, session) = service.session(index)
      try await service.apply(
        MarksRecorded(school: other, date: day, session: session, marks: ["U": [service.pupil]]),
        number: Int64(600 + index))
    }
    let (pupil, school) = (service.pupil, service.school)
    let sums = try await service.transactions.write(by: Caller(subject: "u", role: .manager)) {
      [judge = service.judge] unit in
      try [school, other].map { urn in
        let judgement = try #require(
          try judge.find(pupil: pupil, at: judge.school(urn, in: unit.db), asOf: unit.today, in: unit.db).judgement)
        return [judgement.currentSessions, try judge.combined(judgement, of: pupil, besides: urn, in: unit) ?? -1]
      }
    }
    #expect(sums == [[6, 11], [5, 11]])
    #expect(try await service.published() == [])
  }
}
