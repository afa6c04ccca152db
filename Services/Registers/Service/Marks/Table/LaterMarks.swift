import Foundation
import GRDB
import RegistersDomain
import Rulebook
import Store

/// What became known of a school's marks later: taken back from a row as it stands, it leaves what was known then.
struct LaterMarks {
  /// A session and the byte that its row had before.
  private typealias Undoing = (day: Day, session: Session, byte: UInt8)

  /// By registration, in the order in which they are taken back: the newest amendment first, the entries last.
  private var undoings: [Int64: [Undoing]] = [:]

  /// What is later than some knowledge.
  ///
  /// - Parameter registration: one child's only; `nil` for everybody's.
  init(
    than known: Knowledge, of school: URN, in days: DayRange, registration: Int64? = nil, _ db: Database
  ) throws {
    let amendments = try db.cursor(
      """
      SELECT a.registration, a.day, a.session, a.from_code FROM registrations r
      CROSS JOIN amendments a ON a.registration = r.number AND a.day BETWEEN ?2 AND ?3 AND a.number > ?4
      WHERE r.school = ?1 AND (?5 IS NULL OR r.number = ?5) ORDER BY a.number DESC
      """, [school, days.first, days.last, known.amendment, registration])
    while let row = try amendments.next() {
      let before = (row[3] as String?).flatMap { AttendanceCode($0) }?.registerByte ?? AttendanceCode.noMark
      undoings[row[0], default: []].append((try row.get(1), try row.get(2), before))
    }
    // The sessions of one school lie far apart among those of all: each day is looked up.
    let entries = try db.cursor(
      """
      WITH RECURSIVE days (day) AS (VALUES (?2) UNION ALL SELECT day + 1 FROM days WHERE day < ?3)
      SELECT e.day, e.session, e.marks FROM days
      CROSS JOIN entries e ON e.day = days.day AND e.session IN (0, 1) AND e.school = ?1 AND e.receipt > ?4
      """, [school, days.first, days.last, known.receipt])
    while let row = try entries.next() {
      let batch = try EntryBatch(bytes: Array(row[2] as Data)).orDamaged()
      let (day, session): (Day, Session) = (try row.get(0), try row.get(1))
      batch.forEachEntry { number, _ in
        guard registration == nil || registration == number else { return }
        undoings[number, default: []].append((day, session, AttendanceCode.noMark))
      }
    }
  }

  /// A row as it stood.
  func takenBack(from row: PupilYear, of registration: Int64) -> PupilYear {
    var row = row
    for undoing in undoings[registration] ?? [] where row.year.first <= undoing.day && undoing.day <= row.year.last {
      row[undoing.day, undoing.session] = AttendanceCode(registerByte: undoing.byte)
    }
    return row
  }
}
