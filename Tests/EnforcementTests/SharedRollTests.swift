import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

/// A store of the release in which enforcement kept a roll of its own, opened by this program.
@Suite struct SharedRollTests {
  @Test func whatWasKnownIsKnownAndTheNextMarkIsJudgedByIt() async throws {
    let path = NSTemporaryDirectory() + "enforcement-\(UUID().uuidString).sqlite"
    let made = try Enforced()
    let (pupil, school, calendar) = (made.pupil, made.school, made.calendar)
    let merged = try #require(PupilID("p000000002"))
    let born = try #require(Day(iso: "2014-05-10"))
    try await Self.keepAsBefore(at: path, pupil, merged, school, calendar, born)
    let store = try Store(
      path: path, owner: "880.enforcement", migrations: MessagingSchema.migrations + EnforcementSchema.migrations,
      auditKeys: TestAuditKeys.keys)
    let (judge, today) = (JudgeThreshold(codes: .england), made.clock.today())
    try await store.write { db in
      let known = try Roll.school(school, in: db)
      #expect(known?.kind == .maintained && known?.name == nil)
      #expect(try Roll.calendar(ofSchool: school, in: db) == calendar)
      let child = try #require(try Roll.pupil(pupil, in: db))
      #expect(child.dateOfBirth == born && child.yearGroup == "8" && child.yearGroupYear == "2026/27")
      #expect(child.addressProtected, "what was not kept counts as protected")
      #expect(try Roll.current(merged, in: db) == pupil)
      #expect(try Roll.registrations(of: pupil, in: db).map(\.number) == [7, 8])
      #expect(try Roll.history(of: pupil, in: db).map(\.isWithdrawn) == [false, false, true])
      #expect(try Roll.registrations(of: pupil, in: db).map(\.last) == [calendar.terms[0].first.adding(days: 1), nil])
      let counted = try judge.find(pupil: pupil, at: judge.school(school, in: db), asOf: today, in: db).sessions
      #expect(counted.map(\.date) == [calendar.terms[0].first], "what no registration covers does not count")
      #expect(try EnforcementSchema.roll.unmoved(keeping: [], in: db).isEmpty)
      #expect(try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").isEmpty)
    }
    try store.close()
  }

  private static func keepAsBefore(
    at path: String, _ pupil: PupilID, _ merged: PupilID, _ school: URN, _ calendar: SchoolCalendar, _ born: Day
  ) async throws {
    let recorded = CalendarRecorded(school: school, schoolYear: SchoolYear(startYear: 2026), calendar: calendar)
    let json = String(decoding: try recorded.encoded(), as: UTF8.self)
    let first = calendar.terms[0].first.ordinal
    let old = try Store(
      path: path, owner: "880.enforcement",
      migrations: MessagingSchema.migrations + Array(EnforcementSchema.migrations.prefix(3)),
      auditKeys: TestAuditKeys.keys)
    try await old.write { db in
      try db.execute(sql: "INSERT INTO school VALUES (?, 'maintained')", arguments: [school.text])
      try db.execute(sql: "INSERT INTO calendar VALUES (?, '2026/27', ?)", arguments: [school.text, json])
      try db.execute(
        sql: "INSERT INTO pupil (pupil, date_of_birth, year_group, year_group_year) VALUES (?, ?, '8', '2026/27')",
        arguments: [pupil.text, born.ordinal])
      try db.execute(
        sql: """
          INSERT INTO time_on_roll (registration, pupil, school, first, last, withdrawn)
          VALUES (7, ?1, ?2, ?3, ?3 + 1, 0), (8, ?1, ?2, ?3 + 10, NULL, 0), (9, ?1, ?2, ?3 + 20, NULL, 1)
          """, arguments: [pupil.text, school.text, first])
      try db.execute(sql: "INSERT INTO merged_pupil VALUES (?, ?)", arguments: [merged.text, pupil.text])
      for (registration, day) in [(7, first), (9, first + 1)] {
        try db.execute(
          sql: "INSERT INTO counted_session VALUES (?, ?, ?, 0, ?, ?, NULL)",
          arguments: [pupil.text, school.text, day, registration, Int(UInt8(ascii: "O"))])
      }
    }
    try old.close()
  }
}
