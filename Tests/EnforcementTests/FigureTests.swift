import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import Messaging
import Rulebook
import ServiceKit
import Store
import Testing

@testable import EnforcementService

@Suite("Figures of enforcement") struct FigureTests {
  /// What a figure counts in the year around the made-up days, by reason.
  private static func counts(_ figure: EnforcementFigure, of service: Enforced) async throws -> [String: [String]] {
    let days = DayRange(first: try #require(Day(iso: "2026-09-01")), last: try #require(Day(iso: "2027-08-31")))
    return try await service.store.read { db in
      try FigureCases(db: db, codes: .england, days: days, schools: nil).all(of: figure)
        .reduce(into: [:]) { $0[$1.reason, default: []].append($1.reference) }
    }
  }

  @Test("Penalty notices are counted by what became of them, and each figure opens to its cases")
  func notices() async throws {
    let service = try await Enforced.withProposal(sessions: 30)
    let first = try await service.consider(proposal: "pn-1")
    let number = try await service.issue(first)
    let second = try await service.consider(proposal: "pn-2")
    try await service.issue(second)
    try await service.pay(80, number, receipt: "r1")
    #expect(try await Self.counts(.proposed, of: service) == ["irregular": ["pn-1", "pn-2", "pn-3"]])
    #expect(try await Self.counts(.issued, of: service) == ["irregular": [first, second]])
    #expect(try await Self.counts(.first, of: service) == ["irregular": [first]])
    #expect(try await Self.counts(.second, of: service) == ["irregular": [second]])
    #expect(try await Self.counts(.paidReduced, of: service) == ["irregular": [first]])
    try await service.passTime(to: try #require(Day(iso: "2027-02-02")))
    #expect(try await Self.counts(.unpaid, of: service) == ["irregular": [second]])
    _ = try await service.withdraw(second, .materialError)
    #expect(try await Self.counts(.withdrawn, of: service) == ["irregular": [second]])
    #expect(try await Self.counts(.notIssued, of: service) == ["not-yet-considered": ["pn-3"]])
  }

  @Test("Holidays are told from other absence, and a payment that was taken back is counted no more")
  func holidays() async throws {
    let service = try Enforced()
    try await service.applySchool()
    try await service.applyCalendar()
    try await service.applyPupil()
    try await service.applyParents()
    let scheme = CodeBook.england.scheme(on: service.calendar.terms[0].first)
    let holiday = try #require(scheme.codes(.holiday).first { scheme.traits($0).contains(.unauthorised) })
    try await service.applyMarks(0..<10, holiday.text)
    #expect(try await Self.counts(.proposed, of: service) == ["holiday": ["pn-1"]])
    let id = try await service.consider()
    let number = try await service.issue(id)
    try await service.pay(80, number, receipt: "r1")
    #expect(try await Self.counts(.paidReduced, of: service) == ["holiday": [id]])
    let payments = NoticePayments(desk: service.desk)
    let day = service.clock.today()
    try await service.transactions.write(by: Paid.clerk) { unit in
      let stored = try #require(try Payments.find(1, in: unit.db))
      _ = try payments.act(
        .returned(from: number, on: day, .pounds(80), .unknown), on: stored, because: "unknown", in: unit)
    }
    #expect(try await Self.counts(.paidReduced, of: service) == [:])
  }

  @Test("Why no notice was issued: corrected, declined, still considered, or not looked at yet")
  func notIssued() async throws {
    let service = try await Enforced.withProposal()
    #expect(try await Self.counts(.notIssued, of: service) == ["not-yet-considered": ["pn-1"]])
    let id = try await service.consider()
    #expect(try await Self.counts(.notIssued, of: service) == ["being-considered": [id]])
    try await service.act(id, by: .init(subject: "u-officer", role: .attendanceOfficer)) { desk, stored, unit in
      try desk.cases.move(&stored, .act(.decline, reason: "The family is getting help"), by: Enforced.officer, in: unit)
    }
    #expect(try await Self.counts(.notIssued, of: service) == ["declined": [id]])
    let days = DayRange(first: try #require(Day(iso: "2026-09-01")), last: try #require(Day(iso: "2027-08-31")))
    let words = try await service.store.read {
      try FigureCases(db: $0, codes: .england, days: days, schools: nil).all(of: .notIssued).first?.words
    }
    #expect(words == "The family is getting help")
    let corrected = try await Enforced.withProposal()
    try await corrected.amend(0, to: "I")
    #expect(try await Self.counts(.notIssued, of: corrected) == ["corrected": ["pn-1"]])
    let elsewhere = try await corrected.store.read {
      try FigureCases(db: $0, codes: .england, days: days, schools: ["900900"]).all(of: .notIssued).count
    }
    #expect(elsewhere == 0, "whoever is bound to schools counts theirs")
  }

  @Test("Orders and prosecutions are counted by what was done, and no date before or after counts")
  func proceedings() async throws {
    let (service, _) = try await Enforced.withUnpaidNotice()
    let id = try await service.refer()
    try await service.prepare(id)
    try await service.signPack(id)
    try await service.lay(id)
    try await service.does(id, .serveSummons, [.servedOn: .text("2027-02-02"), .hearingOn: .text("2027-03-01")])
    try await service.does(id, .pleadNotGuilty, [.hearingOn: .text("2027-03-01")])
    try await service.does(id, .acquit)
    #expect(try await Self.counts(.prosecutionLaid, of: service) == ["laid": [id]])
    #expect(try await Self.counts(.prosecutionForNotice, of: service) == ["laid": [id]])
    #expect(try await Self.counts(.prosecutionDecided, of: service) == ["acquitted": [id]])
    let desk = service.desk.orders.attendance
    let order = try await service.begin(desk, .enquire, [.resident: .flag(true)], by: .cmeOfficer)
    try await service.does(
      desk, order, .notify,
      [.addressVerified: .flag(true), .planNamesSchool: .flag(false), .noticeServedOn: .text("2027-02-02")],
      by: .legalOfficer)
    #expect(try await Self.counts(.attendanceNotices, of: service) == ["to-satisfy": [order]])
    let later = DayRange(first: try #require(Day(iso: "2027-02-03")), last: try #require(Day(iso: "2027-08-31")))
    let none = try await service.store.read { db in
      try EnforcementFigure.allCases.flatMap {
        try FigureCases(db: db, codes: .england, days: later, schools: nil).all(of: $0)
      }.count
    }
    #expect(none == 0)
  }

  @Test("A child's and a parent's matters, and what was on record at a past moment")
  func matters() async throws {
    let service = try await Enforced.withProposal()
    let first = try await service.consider()
    let before = Timestamp(service.clock.now())
    try await service.passTime(to: try #require(Day(iso: "2027-01-05")))
    try await service.issue(first)
    let second = try await service.consider(Enforced.father)
    _ = try await service.begin(
      service.desk.orders.supervision, .propose, [.alternatives: .flag(true), .inCare: .flag(false)],
      by: .attendanceOfficer)
    let pupil = service.pupil
    try await service.store.read { db in
      let lines = MatterLines(db)
      #expect(try lines.about(pupil, at: nil).map(\.kind) == ["penalty-notice", "penalty-notice", "supervision-order"])
      let mother = try lines.against(Enforced.mother, at: nil)
      #expect(mother.map(\.id) == [first] && mother.first?.level == 1)
      #expect(try lines.against(Enforced.father, at: nil).map(\.id) == [second])
      let then = try lines.about(pupil, at: before)
      #expect(then.map(\.state) == ["under-consideration"] && then.first?.notice == nil)
    }
  }
}
