import CMEDomain
import CaseKit
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

@testable import CMEService

/// Children missing out on education by quarter, mobility, and sex in the national collection.
@Suite("Quarters, mobility and sex") struct QuarterTests {
  private static func day(_ iso: String) -> Day { Day(iso: iso) ?? Day(ordinal: 0) }
  private static let quarter = DayRange(first: day("2026-10-01"), last: day("2026-12-31"))

  @Test("A child counts once, at the end of the quarter, and against the quarter before")
  func missingOut() {
    func spell(_ child: String, _ school: String, _ found: String, _ ended: String? = nil) -> MissingOutTable.Spell {
      .init(child: child, school: school, found: Self.day(found), ended: ended.map(Self.day))
    }
    let table = MissingOutTable(
      [
        spell("a", "1", "2026-09-10"), spell("a", "1", "2026-11-10"), spell("b", "1", "2026-09-10", "2026-10-05"),
        spell("c", "2", "2026-12-31"), spell("d", "2", "2027-01-01"), spell("e", "2", "2026-11-01", "2026-12-31"),
        spell("f", "1", "2026-09-30", "2026-10-01"),
      ], in: Self.quarter)
    #expect(table.count == 2 && table.before == 3 && table.joined == 1 && table.left == 2 && table.isReduced)
    #expect(table.bySchool == ["1": 1, "2": 1])
  }

  @Test(
    "Joining counts as mobility from October to the middle of July",
    arguments: [
      ("2026-08-01", false), ("2026-09-30", false), ("2026-10-01", true), ("2027-03-01", true), ("2027-07-15", true),
      ("2027-07-16", false), ("2027-07-31", false),
    ])
  func withinTheYear(day: String, counts: Bool) { #expect(Mobility.isInYear(Self.day(day)) == counts) }

  @Test(
    "Registers' findings of twelve weeks, joining and leaving make the figures; the roll's sex splits the collection")
  func figures() async throws {
    let service = try Searching()
    func apply(_ id: String, _ sex: Sex?, first: String, left: String? = nil, registration: Int64) async throws {
      let entry = PupilEnrolled(
        pupil: try #require(PupilID(id)), school: service.school, upn: nil, givenName: "Canaryna",
        familyName: "Wrenfield", dateOfBirth: Self.day("2016-05-10"), yearGroup: nil, enrolledOn: Self.day(first),
        leftOn: left.map(Self.day), addressProtected: false, registration: registration,
        sex: sex)
      try await service.apply(entry)
    }
    try await apply("p000000001", .female, first: "2026-09-02", registration: 1)
    try await apply("p000000002", .male, first: "2026-11-02", registration: 2)
    try await apply("p000000003", nil, first: "2026-09-02", left: "2026-11-20", registration: 3)
    try await service.found(PartTimeTwelveWeeks.self, "f7")
    try await service.found(TenDayAbsence.self, "f8")
    try await service.found(TenDayAbsence.self, "f9", of: PupilID("p000000002"))
    let (table, moves, sexes) = try await service.store.read { db in
      (
        MissingOutTable(try MissingOut.spells(in: db), in: Self.quarter), try Moves.all(in: Self.quarter, db),
        try SearchFigures.children(on: service.clock.today(), in: db).map(\.sex)
      )
    }
    #expect(table.count == 1 && table.before == 0)
    #expect(moves == [service.school.text: Mobility(joined: 1, left: 1, base: 2)])
    #expect(moves[service.school.text]?.percent == "100.0" && sexes == [nil, .female, .male])
    try await service.lapsed(PartTimeTwelveWeeks.self, "f7")
    let after = try await service.store.read { MissingOutTable(try MissingOut.spells(in: $0), in: Self.quarter) }
    #expect(after.count == 0)
  }
}
