import Contracts
import Foundation
import GRDB
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// A registration's school year: what is kept, and what goes, as one.
struct KeptYear: Hashable, Sendable {
  let registration: Int64
  let year: SchoolYear
}

extension KeptYear {
  /// Of a row of the table of pupil years, by its number.
  init(row number: Int64) {
    self.init(
      registration: number >> 8,
      year: SchoolYear(startYear: PupilYearTable.years.lowerBound + Int(number & 255)))
  }
}

/// The entries of one school in one school year, and when each registration's were last made or amended.
struct SchoolYearLog: Sendable {
  struct Batch: Sendable {
    let number: Int64
    let receipt: Int64
    let day: Int32
    let session: Int
    let marks: EntryBatch
  }

  let school: URN
  let year: SchoolYear
  let batches: [Batch]
  /// By registration the day of the last entry or amendment.
  let touched: [Int64: Day]

  init(_ school: URN, _ year: SchoolYear, in db: Database) throws {
    self.school = school
    self.year = year
    var batches: [Batch] = []
    var latest: [Int64: Int64] = [:]
    let rows = try db.cursor(
      """
      SELECT e.number, e.receipt, e.day, e.session, e.marks, r.at_millis FROM entries e
      JOIN receipts r ON r.number = e.receipt WHERE e.school = ? AND e.day BETWEEN ? AND ? ORDER BY e.number
      """, [school, year.first, year.last])
    while let row = try rows.next() {
      let marks = try EntryBatch(bytes: Array(row["marks"] as Data)).orDamaged()
      let made: Int64 = row["at_millis"]
      marks.forEachEntry { registration, _ in latest[registration] = max(latest[registration] ?? made, made) }
      batches.append(
        Batch(
          number: row["number"], receipt: row["receipt"], day: row["day"], session: row["session"], marks: marks))
    }
    let amended = try db.cursor(
      """
      SELECT a.registration, max(a.at_millis) AS at_millis FROM registrations r
      JOIN amendments a ON a.registration = r.number WHERE r.school = ? AND a.day BETWEEN ? AND ?
      GROUP BY a.registration
      """, [school, year.first, year.last])
    while let row = try amended.next() {
      let (registration, at): (Int64, Int64) = (row["registration"], row["at_millis"])
      latest[registration] = max(latest[registration] ?? at, at)
    }
    self.batches = batches
    touched = latest.mapValues { CivilTime.day(at: Timestamp(millis: $0).date) }
  }
}

/// Which registrations have which school years.
enum KeptYears {
  /// The school years of which a school has marks, up to one, in order.
  static func years(of school: URN, upTo last: SchoolYear, in db: Database) throws -> [SchoolYear] {
    try db.values(
      """
      SELECT DISTINCT (y.number & 255) + 1900 AS year FROM registrations r
      JOIN pupil_years y ON y.number BETWEEN r.number * 256 AND r.number * 256 + 255
      WHERE r.school = ? AND (y.number & 255) + 1900 <= ? ORDER BY year
      """, [school, last.startYear], as: Int.self
    ).map { SchoolYear(startYear: $0) }
  }

  /// The registrations of a school that have marks of a year, in order.
  static func registrations(of school: URN, _ year: SchoolYear, in db: Database) throws -> [Int64] {
    try db.values(
      """
      SELECT r.number FROM registrations r JOIN pupil_years y ON y.number = r.number * 256 + ? - 1900
      WHERE r.school = ? ORDER BY r.number
      """, [year.startYear, school], as: Int64.self)
  }

  /// Those that have a share in the newest row of a log: it stays, so that its number is never given again.
  static func newest(in db: Database) throws -> Set<KeptYear> {
    var newest: Set<KeptYear> = []
    if let row = try db.row("SELECT day, marks FROM entries ORDER BY number DESC LIMIT 1"),
      let marks = EntryBatch(bytes: Array(row["marks"] as Data))
    {
      let year = SchoolYear(containing: try row.get("day"))
      marks.forEachEntry { registration, _ in newest.insert(KeptYear(registration: registration, year: year)) }
    }
    if let row = try db.row("SELECT registration, day FROM amendments ORDER BY number DESC LIMIT 1") {
      let year = SchoolYear(containing: try row.get("day"))
      newest.insert(KeptYear(registration: row["registration"], year: year))
    }
    let findings = try db.rows(
      """
      SELECT registration, start_year FROM findings WHERE number = (SELECT max(number) FROM findings)
      OR number = (SELECT finding FROM returns ORDER BY number DESC LIMIT 1)
      """)
    for row in findings {
      newest.insert(
        KeptYear(registration: row["registration"], year: SchoolYear(startYear: row["start_year"])))
    }
    return newest
  }
}
