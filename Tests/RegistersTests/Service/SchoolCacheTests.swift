import Contracts
import Foundation
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store
import Testing

@testable import RegistersService

/// What is in memory of a school is what is in the store, whatever changed it.
@Suite(.timeLimit(.minutes(10))) struct SchoolCacheTests {
  private static let schools = ["900101", "900102"]

  private static func record(_ registers: Registers, _ start: Int, last: String, of school: String) async throws {
    let calendar = SchoolCalendar(terms: [DayRange(first: MadeUp.day("\(start)-09-02"), last: MadeUp.day(last))])
    _ = try await RecordSchool(registers: registers).record(
      calendar, SchoolYear(startYear: start), of: try URN(school), by: Edit(by: KeptRegisters.officer))
  }

  private static func enrol(
    _ registers: Registers, _ number: Int, at school: String, named name: Int? = nil, born: String = "2016-05-04",
    group: String = "5", _ more: String = ""
  ) async throws {
    let form = World.pupil(number, more).replacing("Zed\(number)", with: "Zed\(name ?? number)")
      .replacing("2016-05-04", with: born).replacing(#""yearGroup":"5""#, with: #""yearGroup":"\#(group)""#)
    let submissions = try JSONDecoder().decode([PupilSubmission].self, from: Data("[\(form)]".utf8))
    _ = try await EnrolPupils(registers: registers)(
      try PupilFile(indexed: submissions), at: try URN(school), by: Edit(by: KeptRegisters.officer))
  }

  /// Changes of rolls and calendars, one after another.
  private static let changes: [(name: String, change: @Sendable (Registers) async throws -> Void)] = [
    ("a first calendar", { try await record($0, 2026, last: "2026-12-17", of: "900101") }),
    ("a child enters", { try await enrol($0, 0, at: "900101") }),
    ("another enters", { try await enrol($0, 1, at: "900101") }),
    ("one enters another school", { try await enrol($0, 2, at: "900102") }),
    ("a child enters a second", { try await enrol($0, 0, at: "900102", #","status":"subsidiary""#) }),
    ("its date of birth is corrected", { try await enrol($0, 0, at: "900101", born: "2016-05-05") }),
    (
      "its number changes",
      {
        try await enrol(
          $0, 8, at: "900101", named: 0, born: "2016-05-05",
          #","formerUPN":"\#(MadeUp.upn(0))""#)
      }
    ),
    (
      "its year group changes",
      {
        try await enrol(
          $0, 8, at: "900101", named: 0, born: "2016-05-05", group: "6")
      }
    ),
    ("a child leaves", { try await enrol($0, 1, at: "900101", #","leftOn":"2026-09-08","ground":"h""#) }),
    ("its leaving is corrected", { try await enrol($0, 1, at: "900101", #","leftOn":"2026-09-07","ground":"h""#) }),
    ("a like child enters the other school", { try await enrol($0, 9, at: "900102", named: 1) }),
    (
      "the two are one",
      { registers in
        let number = try await registers.read {
          try Int64.fetchOne(
            $0,
            sql: """
              SELECT m.number FROM match_candidates m JOIN pupils p ON p.number = m.other WHERE p.upn = ?
              """, arguments: [MadeUp.upn(9).text])
        }
        let manager = Caller(subject: "user-officer", role: .attendanceOfficer)
        _ = try await MatchRoutes(registers: registers).decide(
          try #require(number), .same, reason: "Seen", by: Edit(by: manager))
      }
    ),
    ("a calendar changes", { try await record($0, 2026, last: "2026-12-16", of: "900101") }),
    ("there is another calendar", { try await record($0, 2025, last: "2025-12-16", of: "900102") }),
  ]

  @Test func everyChangeIsSeen() async throws {
    let kept = try KeptRegisters()
    let registers = kept.registers
    for school in Self.schools {
      _ = try await RecordSchool(registers: registers).record(
        SchoolRecord(urn: try URN(school), name: "Harbour Lane", phase: .primary, kind: .maintained, openedOn: nil),
        by: Edit(by: KeptRegisters.officer))
    }
    var unchanged: [String] = []
    var before: [String] = []
    for change in Self.changes {
      try await change.change(registers)
      let texts = try await registers.store.write { db in
        try Self.schools.map { school in
          let (cached, stored) = (
            try registers.cache.known(try URN(school), in: db), try SchoolCache.load(try URN(school), in: db)
          )
          #expect(cached.roll.entries == stored.roll.entries, "\(change.name)")
          #expect(cached.calendars.years == stored.calendars.years, "\(change.name)")
          return "\(stored.roll.entries) \(stored.calendars.years)"
        }
      }
      if texts == before { unchanged.append(change.name) }
      before = texts
    }
    #expect(unchanged.count <= 1, "they are changes: \(unchanged)")
  }

  /// What a transaction read that came to nothing is not kept.
  @Test func aTransactionThatFailsLeavesNothingBehind() async throws {
    struct Stop: Error {}
    let kept = try KeptRegisters()
    let registers = kept.registers
    let school = MadeUp.school
    _ = try await RecordSchool(registers: registers).record(
      SchoolRecord(urn: school, name: "Harbour Lane", phase: .primary, kind: .maintained, openedOn: nil),
      by: Edit(by: KeptRegisters.officer))
    try await Self.enrol(registers, 0, at: school.text)
    await #expect(throws: Stop.self) {
      try await registers.write(by: KeptRegisters.officer) { unit in
        try unit.db.execute(sql: "UPDATE registrations SET left_on = enrolled_on")
        let change = RollChange(registers: registers, unit: unit)
        let pupil = try Pupils.roll(of: school, in: unit.db).entries.map(\.pupil)
        _ = try change.entries(of: Set(pupil), [], at: school)
        throw Stop()
      }
    }
    let known = try await registers.store.write { try registers.cache.known(school, in: $0).roll.entries }
    #expect(known.count == 1 && known.allSatisfy { $0.leftOn == nil })
  }
}
