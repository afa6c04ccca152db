import Contracts
import Foundation
import GRDB
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// What checks of codes read: rows with some codes, and a school's registrations with what their codes are judged by.
enum CheckRows {
  /// A registration as codes are judged.
  struct Candidate: Sendable {
    let registration: Registration
    let pupil: PupilID
    let pupilNumber: Int64
    let dateOfBirth: Day
    let taught: TaughtGroup
    let hasOtherRolls: Bool
    let hasArrangements: Bool

    fileprivate init(_ row: Row, at school: URN) throws {
      registration = Registration(
        number: row["number"], school: school, enrolledOn: try row.get("enrolled_on"), leftOn: try row.get("left_on"))
      (pupil, pupilNumber, dateOfBirth) = (try row.get("id"), row["pupil"], try row.get("date_of_birth"))
      taught = TaughtGroup(
        stated: row["year_group"], (row["year_group_year"] as Int?).map(SchoolYear.init(startYear:)),
        dateOfBirth: dateOfBirth)
      (hasOtherRolls, hasArrangements) = (row["others"] ?? false, row["arranged"] ?? false)
    }

    func time(on registration: Registration) -> TimeOnRoll {
      TimeOnRoll(first: registration.enrolledOn, last: registration.leftOn, taught: taught)
    }
  }

  private static let columns =
    "r.number, r.enrolled_on, r.left_on, r.pupil, p.id, p.date_of_birth, p.year_group, p.year_group_year"

  /// Calls the body for every row of some years with any of some codes, by registration within the school, until it
  /// answers false.
  static func rows(
    with codes: Set<AttendanceCode>, at school: URN, after registration: Int64, years: ClosedRange<SchoolYear>,
    in db: Database, _ body: (Candidate, PupilYear) throws -> Bool
  ) throws {
    let hasCode = codes.map { "instr(y.codes, X'\(String($0.registerByte, radix: 16))') > 0" }.sorted()
    let rows = try db.cursor(
      """
      SELECT \(columns), y.number AS year, y.codes
      FROM standing_registrations r JOIN pupils p ON p.number = r.pupil
      JOIN pupil_years y ON y.number BETWEEN (r.number << 8) + ?2 AND (r.number << 8) + ?3
      WHERE r.school = ?1 AND r.number > ?4
        AND (\(hasCode.isEmpty ? "0" : hasCode.joined(separator: " OR "))) ORDER BY r.number, y.number
      """,
      [
        school, years.lowerBound.startYear - PupilYearTable.years.lowerBound,
        years.upperBound.startYear - PupilYearTable.years.lowerBound, registration,
      ])
    while let row = try rows.next() {
      let year = KeptYear(row: row["year"]).year
      let codes = try PupilYear(year: year, codes: Array(row["codes"] as Data)).orDamaged()
      guard try body(try Candidate(row, at: school), codes) else { return }
    }
  }

  /// A school's registrations, in the order of entry.
  static func candidates(at school: URN, after number: Int64, in db: Database) throws -> [Candidate] {
    try db.rows(
      """
      SELECT \(columns),
        EXISTS (SELECT 1 FROM standing_registrations o WHERE o.pupil = r.pupil AND o.number <> r.number) AS others,
        EXISTS (SELECT 1 FROM arrangements a WHERE a.registration = r.number) AS arranged
      FROM standing_registrations r JOIN pupils p ON p.number = r.pupil
      WHERE r.school = ? AND r.number > ? ORDER BY r.number
      """, [school, number]
    ).map { try Candidate($0, at: school) }
  }

  /// The schools for which a caller may act, by URN, with their names.
  static func schools(of caller: Caller, in db: Database) throws -> [(urn: URN, name: String)] {
    try Schools.names(in: db).filter { caller.mayActFor(school: $0.key.text) }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value) }
  }
}
