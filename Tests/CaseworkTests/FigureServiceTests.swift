import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Foundation
import GRDB
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import CaseworkService

/// Figures from the register's own events, on a real store.
@Suite("Figures of cases") struct FigureServiceTests {
  /// A child on the roll whose afternoons of the twelve school weeks were missed, with a case.
  private static func referred() async throws -> Caseworked {
    let service = try Caseworked()
    try await service.enrol()
    try await service.mark("2026-09-01", "2026-11-27", "/", "O")
    try await service.find()
    return service
  }

  @Test("Attendance at referral is frozen from marks that came before there was a case")
  func baseline() async throws {
    let service = try await Self.referred()
    #expect(try await service.figures(.referral) == [[59, 118]])
    // The day of the referral, and a mark before the window, are in no figure.
    try await service.mark("2026-11-30", "2026-11-30", "O", "O")
    #expect(try await service.figures(.referral) == [[59, 118]])
  }

  @Test("A correction counts the window anew; what was shown stays, and the chronology says so")
  func corrections() async throws {
    let service = try await Self.referred()
    try await service.amend("2026-09-01", .pm, to: "\\")
    try await service.amend("2026-09-02", .am, to: nil)
    #expect(try await service.figures(.referral) == [[59, 118], [60, 118], [59, 117]])
    let notes = try await service.names("SELECT what FROM chronology WHERE what LIKE 'figures%'")
    #expect(
      notes == ["figures that were shown have changed: referral", "figures that were shown have changed: referral"])
    await #expect(throws: DatabaseError.self) {
      try await service.store.write { try $0.execute(sql: "DELETE FROM case_figure") }
    }
  }

  @Test("A mark that was amended before there was a case counts as amended, and one that was withdrawn not at all")
  func amendedBefore() async throws {
    let service = try Caseworked()
    try await service.enrol()
    try await service.mark("2026-09-01", "2026-11-27", "/", "O")
    try await service.amend("2026-11-02", .pm, to: "\\")
    try await service.amend("2026-11-03", .pm, to: nil)
    try await service.find()
    #expect(try await service.figures(.referral) == [[60, 117]])
  }

  @Test("A calendar, a roll and a later file move the figures as they move the register's own")
  func whatCounts() async throws {
    let service = try await Self.referred()
    let closed = try Made.calendar()
    let day = try #require(Day(iso: "2026-11-27"))
    let changed = SchoolCalendar(terms: closed.terms, closed: [day])
    try await service.apply(
      CalendarRecorded(school: service.school, schoolYear: SchoolYear(startYear: 2026), calendar: changed))
    #expect(try await service.figures(.referral).last == [58, 116])
    try await service.apply(
      try Made.enrolment(of: service.pupil, at: service.school, from: "2026-11-02"))
    #expect(try await service.figures(.referral).last == [19, 38])
  }

  @Test("What casework keeps of children without a case is forgotten; a child's own marks stay")
  func forgetting() async throws {
    let service = try await Self.referred()
    let other = try #require(PupilID("p000000002"))
    try service.go(to: "2027-06-21")
    try await service.apply(
      try Made.marks(of: [other], at: service.school, "2027-06-21", "2027-06-21", "/", "\\"))
    let first = try await service.names("SELECT min(date) || '' FROM recent_register")
    #expect(try #require(first.first.flatMap { Int32($0) }) >= (try #require(Day(iso: "2026-12-03"))).ordinal)
    #expect(try await service.names("SELECT DISTINCT pupil FROM kept_mark") == [service.pupil.text])
    try await service.amend("2026-09-01", .pm, to: "\\")
    #expect(try await service.figures(.referral).last == [60, 118])
  }

  /// Takes the case of ``referred()`` to its closing on 25 March 2027, with every session attended since January.
  private static func closed(_ service: Caseworked) async throws {
    try await service.accept()
    try await service.allocate()
    try await service.act(.contact, [.contact: .text("meeting")])
    try service.go(to: "2027-03-25")
    try await service.mark("2027-01-04", "2027-03-25")
    try await service.act(.close, [.closing: .text("partial")])
    try await service.second()
  }

  @Test(
    "Gain is what the closing window says more than the one at referral; the sustained one follows twelve school weeks on"
  )
  func gain() async throws {
    let service = try await Self.referred()
    try await Self.closed(service)
    #expect(try await service.file().state == .closed)
    #expect(try await service.figures(.closing) == [[108, 108]])
    let gain = try await service.store.read { try CaseFigures.gain(of: 1, in: $0) }
    #expect(gain?.points?.oneDecimal == "50.0")
    let types = try await service.names("SELECT type FROM outbox ORDER BY sequence")
    #expect(
      types.map { $0.split(separator: ".").suffix(2).joined(separator: ".") } == [
        "case-opened.v1", "support-recorded.v1", "case-closed.v1", "support-recorded.v1",
      ])
    try await service.mark("2027-04-12", "2027-07-09", "/", "O")
    #expect(try await service.figures(.sustained) == [])
    try service.go(to: "2027-07-10")
    #expect(try await service.runDue() == 1)
    let possible = try #require(try await service.figures(.sustained).last)
    #expect(possible[0] * 2 == possible[1])
    let later = try await service.store.read { try CaseFigures.gain(of: 1, to: .sustained, in: $0) }
    #expect(later?.points?.oneDecimal == "0.0")
    #expect(try await service.names("SELECT name FROM timetable") == [])
  }

  @Test("A mark of the closing window that is corrected puts the closing before a person again")
  func closingAgain() async throws {
    let service = try await Self.referred()
    try await Self.closed(service)
    // What else changes about the child leaves the closing alone.
    try await service.lapse()
    #expect(try await service.file().decisions.allSatisfy { $0.question == nil })
    try await service.apply(
      try Made.marks(of: [service.pupil], at: service.school, "2027-01-04", "2027-03-25", "O", "O").map { event in
        let mark = try #require(event as? MarksRecorded)
        return MarksAmended(
          school: mark.school,
          amendments: [
            .init(
              pupil: service.pupil, date: mark.date, session: mark.session, from: nil, to: AttendanceCode("O"),
              reason: .laterFile)
          ])
      })
    #expect(try await service.figures(.closing).last == [0, 108])
    let questioned = try await service.file().decisions.filter { $0.question != nil }.map(\.act)
    #expect(questioned == [.close])
  }

  @Test("Marks that registers disposed of after their time change no figure that was shown, unless they come back")
  func disposal() async throws {
    let service = try await Self.referred()
    let year = SchoolYear(startYear: 2026)
    let gone = [DisposedRegistration(registration: 1, pupil: service.pupil)]
    try await service.apply(
      MarksDisposed(disposal: 7, school: service.school, schoolYear: year, registrations: gone))
    try await service.apply(try Made.enrolment(of: service.pupil, at: service.school, from: "2026-11-02"))
    #expect(try await service.figures(.referral) == [[59, 118]])
    try await service.apply(
      MarksRestored(disposal: 7, school: service.school, schoolYear: year, registrations: gone))
    try await service.apply(try Made.enrolment(of: service.pupil, at: service.school, from: "2026-11-03"))
    #expect(try await service.figures(.referral).last == [19, 38])
    try await service.apply(
      MarksDisposed(disposal: 8, school: service.school, schoolYear: year, registrations: gone))
    try await service.apply(MarksErased(disposal: 8, school: service.school))
    #expect(try await service.names("SELECT count(*) || '' FROM kept_mark") == ["0"])
  }

  @Test("Two records that turn out to be one child have the marks of both")
  func merging() async throws {
    let service = try await Self.referred()
    let other = try #require(PupilID("p000000002"))
    try await service.apply(try Made.enrolment(of: other, at: service.school))
    try await service.amend("2026-11-27", .pm, to: nil)
    try await service.apply(
      try Made.marks(of: [other], at: service.school, "2026-11-27", "2026-11-27", "/", "\\"))
    try await service.apply(PupilsMerged(pupil: service.pupil, merged: other))
    try await service.amend("2026-11-26", .pm, to: "\\")
    #expect(try await service.figures(.referral).last == [60, 117])
    let unmoved = try await service.store.read { try CaseworkSchema.roll.unmoved(keeping: [], in: $0) }
    #expect(unmoved == [])
  }
}

/// Where a child with a case is on a roll.
@Suite("Rolls of children with a case") struct RollWatchTests {
  private static func working() async throws -> Caseworked {
    let service = try Caseworked()
    try await service.enrol()
    try await service.find()
    try await service.accept()
    try await service.allocate()
    return service
  }

  private func leave(_ service: Caseworked, on day: String, known: Bool?) async throws {
    try await service.apply(
      PupilLeft(
        pupil: service.pupil, school: service.school, leftOn: try #require(Day(iso: day)), destinationKnown: known))
  }

  @Test(
    "A child who leaves with a known destination is transferred, one without may be missing education",
    arguments: [true, false])
  func leaving(isKnown: Bool) async throws {
    let service = try await Self.working()
    try await leave(service, on: "2026-11-27", known: isKnown)
    #expect(try await service.file().state == (isKnown ? .transferPending : .cmeLinked))
    #expect(try await service.tasks() == ["Inform the receiving school or authority"])
    try await service.act(.stay)
    #expect(try await service.file().state == .assessing)
  }

  @Test("A last day that is to come counts when it is over; a new roll takes the case along instead")
  func movingSchool() async throws {
    let service = try await Self.working()
    try await leave(service, on: "2026-12-04", known: true)
    #expect(try await service.file().state == .allocated)
    let elsewhere = try URN("900102")
    try await service.apply([
      Made.school(elsewhere), try Made.calendar(of: elsewhere),
      try Made.enrolment(of: service.pupil, at: elsewhere, from: "2026-12-07"),
    ])
    try service.go(to: "2026-12-07")
    #expect(try await service.runDue() >= 1)
    #expect(try await service.file().state == .allocated)
    #expect(try await service.names("SELECT school FROM case_file") == [elsewhere.text])
    #expect(
      try await service.names("SELECT school FROM tracked ORDER BY school") == [service.school.text, elsewhere.text])
  }

  @Test("Nobody on a new roll: the case waits for an officer on the day after the last")
  func leavingLater() async throws {
    let service = try await Self.working()
    try await leave(service, on: "2026-12-04", known: nil)
    try service.go(to: "2026-12-05")
    _ = try await service.runDue()
    #expect(try await service.file().state == .cmeLinked)
  }
}
