import CaseworkDomain
import Contracts
import GRDB
import RollCopy
import Rulebook
import Store

/// The particular groups of a child: what registers publishes, what follows from the date of birth, and what officers
/// recorded.
enum ParticularGroups {
  static func all(
    of pupil: PupilID, on day: Day, in db: Database
  ) throws -> [(group: ParticularGroup, from: Day?)] {
    var found: [ParticularGroup: Day?] = [:]
    for concern in try Roll.concerns(of: pupil, on: day, in: db) {
      switch concern {
      case .socialCare: found[.socialWorker] = .some(nil)
      case .youthJustice: found[.youthJustice] = .some(nil)
      case .virtualSchool: found[.lookedAfter] = .some(nil)
      }
    }
    if try Roll.pupil(pupil, in: db)?.taught?.group(in: SchoolYear(containing: day))?.number == 11 {
      found[.yearEleven] = .some(nil)
    }
    for kept in try BookStore.all(Characteristic.self, .init(pupil: pupil, isOpen: true), in: db)
    where kept.entry.from <= day && found[kept.entry.group] == nil {
      found[kept.entry.group] = kept.entry.from
    }
    return ParticularGroup.allCases.compactMap { group in found[group].map { (group, $0) } }
  }
}

/// Siblings who are not of compulsory school age yet, of children who are persistently absent (CW-1): children whom
/// registers has, of one family, or who live with the same adult.
enum SiblingsToCome {
  private static let ages = 2...5

  static func all(on day: Day, in db: Database) throws -> [ChildRoutes.Sibling] {
    try Row.fetchAll(
      db,
      sql: """
        WITH absent (pupil) AS (SELECT DISTINCT pupil FROM finding WHERE stands = 1),
          pairs (pupil, other) AS (
            SELECT a.pupil, m.pupil FROM absent a JOIN family_member f ON f.pupil = a.pupil
              JOIN family_member m ON m.family = f.family AND m.pupil <> a.pupil
            UNION SELECT a.pupil, o.pupil FROM absent a
              JOIN roll_parent p ON p.pupil = a.pupil AND p.lives_with = 1 AND p.ended = 0
              JOIN roll_parent o ON o.person = p.person AND o.lives_with = 1 AND o.ended = 0 AND o.pupil <> a.pupil)
        SELECT pairs.other AS pupil, min(pairs.pupil) AS absent, c.date_of_birth FROM pairs
          JOIN roll_pupil c ON c.pupil = pairs.other
        WHERE c.date_of_birth BETWEEN ? AND ? GROUP BY pairs.other ORDER BY pairs.other LIMIT 2000
        """,
      arguments: [
        day.adding(months: -12 * (ages.upperBound + 1)), day.adding(months: -12 * ages.lowerBound),
      ]
    ).compactMap { row in
      let born: Day = try row.get("date_of_birth")
      let first = CompulsorySchoolAge.span(dateOfBirth: born).start
      let age = ages.last { born.adding(months: 12 * $0) <= day } ?? 0
      guard day < first, ages.contains(age) else { return nil }
      return ChildRoutes.Sibling(
        pupil: try row.get("pupil"), of: try row.get("absent"), age: age, schoolAgeFrom: first)
    }
  }
}

/// The children of coordinated lists, from the open cases.
enum CoordinatedLists {
  static func children(of list: CoordinatedList, in db: Database) throws -> [ChildRoutes.Listing] {
    let share = "CAST(f.present AS REAL) / nullif(f.possible, 0)"
    let order =
      switch list.criterion {
      case .lowestAttendance: "\(share) NULLS LAST, c.number"
      case .longestOpen: "c.opened, c.number"
      case .mostReferrals: "referrals DESC, \(share) NULLS LAST, c.number"
      }
    return try Row.fetchAll(
      db,
      sql: """
        SELECT c.number, c.pupil, c.opened, f.present, f.possible,
          (SELECT count(*) FROM referral r WHERE r.pupil = c.pupil AND r.sent_on IS NOT NULL) AS referrals
        FROM case_file c
        LEFT JOIN case_window w ON w.case_number = c.number AND w.kind = 'referral' AND w.reference = 0
        LEFT JOIN case_figure f ON f.number = (SELECT max(number) FROM case_figure WHERE window = w.number)
        WHERE c.kind = ? AND c.is_open = 1 AND c.state <> 'received' ORDER BY \(order) LIMIT ?
        """, arguments: [AttendanceCase.name, list.size]
    ).enumerated().map { place, row in
      ChildRoutes.Listing(
        place: place + 1, case: "c\(row["number"] as Int64)", pupil: try row.get("pupil"),
        openedOn: try row.get("opened"), referrals: row["referrals"], present: row["present"],
        possible: row["possible"])
    }
  }
}
