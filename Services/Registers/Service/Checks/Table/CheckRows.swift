import Contracts
import Foundation
import GRDB
import RegistersDomain
import Rulebook
import Store

/// What checks of codes read: rows with some codes, and a school's registrations with what their codes are judged by.
enum CheckRows {
  /// A row with one of the codes in it.
  struct Found: Sendable {
    let school: URN
    let pupil: PupilID
    let registration: Registration
    let time: TimeOnRoll
    let row: PupilYear
  }

  /// Calls the body for every row of some years with any of some codes, by registration within the school, until it
  /// answers false.
  static func rows(
    with codes: Set<AttendanceCode>, at school: URN, after registration: Int64, years: ClosedRange<SchoolYear>,
    in db: Database,
    _ body: (Found) throws -> Bool
  ) throws {
    let hasCode = codes.map { "instr(y.codes, X'\(String($0.registerByte, radix: 16))') > 0" }.sorted()
    let rows = try db.cursor(
      """
      SELECT r.number, r.enrolled_on, r.left_on, p.id, p.year_group, p.year_group_year, p.date_of_birth,
        y.number & 255 AS year, y.codes
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
      let year = SchoolYear(startYear: (row["year"] as Int) + PupilYearTable.years.lowerBound)
      guard let pupil = PupilID(row["id"] as String),
        let codes = PupilYear(year: year, codes: Array(row["codes"] as Data))
      else { throw DatabaseError.damaged }
      let registration = Registration(
        number: row["number"], school: school, enrolledOn: try row.get("enrolled_on"),
        leftOn: try row.get("left_on"))
      let time = TimeOnRoll(first: registration.enrolledOn, last: registration.leftOn, taught: try taught(row))
      guard
        try body(Found(school: school, pupil: pupil, registration: registration, time: time, row: codes))
      else { return }
    }
  }

  private static func taught(_ row: Row) throws -> TaughtGroup {
    TaughtGroup(
      stated: row["year_group"], (row["year_group_year"] as Int?).map(SchoolYear.init(startYear:)),
      dateOfBirth: try row.get("date_of_birth"))
  }

  /// A registration as codes are judged.
  struct Candidate: Sendable {
    let registration: Registration
    let pupil: PupilID
    let pupilNumber: Int64
    let dateOfBirth: Day
    let taught: TaughtGroup
    let hasOtherRolls: Bool
    let hasArrangements: Bool

    func time(on registration: Registration) -> TimeOnRoll {
      TimeOnRoll(first: registration.enrolledOn, last: registration.leftOn, taught: taught)
    }
  }

  /// A school's registrations, in the order of entry.
  static func candidates(at school: URN, after number: Int64, in db: Database) throws -> [Candidate] {
    try db.rows(
      """
      SELECT r.number, r.enrolled_on, r.left_on, r.pupil, p.id, p.date_of_birth, p.year_group, p.year_group_year,
        EXISTS (SELECT 1 FROM standing_registrations o WHERE o.pupil = r.pupil AND o.number <> r.number) AS others,
        EXISTS (SELECT 1 FROM arrangements a WHERE a.registration = r.number) AS arranged
      FROM standing_registrations r JOIN pupils p ON p.number = r.pupil
      WHERE r.school = ? AND r.number > ? ORDER BY r.number
      """, [school, number]
    ).map { row in
      let pupil = try PupilID(row["id"] as String).orDamaged()
      return Candidate(
        registration: Registration(
          number: row["number"], school: school, enrolledOn: try row.get("enrolled_on"),
          leftOn: try row.get("left_on")),
        pupil: pupil, pupilNumber: row["pupil"], dateOfBirth: try row.get("date_of_birth"),
        taught: try taught(row), hasOtherRolls: row["others"], hasArrangements: row["arranged"])
    }
  }

  /// Every school by URN, with its name.
  static func schools(in db: Database) throws -> [(urn: URN, name: String)] {
    try db.rows("SELECT urn, name FROM schools ORDER BY urn").map {
      (try $0.get("urn"), $0["name"])
    }
  }
}
