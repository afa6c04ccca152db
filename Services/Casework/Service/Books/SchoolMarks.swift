import CaseworkDomain
import Contracts
import GRDB
import RollCopy
import Rulebook
import Store

/// Counts over all marks that a school published lately, without a look at any child.
enum SchoolMarks {
  /// Of each child and session the mark that was published last, and how often one was.
  private static let last = """
    SELECT r.date, r.session, m.key AS code, p.value AS pupil, count(*) AS times, max(r.id)
    FROM recent_register r, json_each(r.marks) m, json_each(m.value) p
    WHERE r.school = ?1 AND r.date BETWEEN ?2 AND ?3 GROUP BY r.date, r.session, p.value
    """

  private static func rows(_ sql: String, at school: URN, in days: DayRange, _ db: Database) throws -> [Row] {
    try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [school, days.first, days.last])
  }

  static func attended(at school: URN, in days: DayRange, _ db: Database) throws -> Attended {
    var statistics = Statistics()
    for row in try rows(
      "SELECT date, code, count(*) AS n FROM (\(last)) GROUP BY date, code", at: school, in: days, db)
    {
      let (day, count): (Day, Int) = (try row.get("date"), row["n"])
      guard let code = AttendanceCode(row["code"] as String) else { continue }
      statistics.add(code, count: count, scheme: CodeBook.england.scheme(on: day))
    }
    return Attended(present: statistics.present, possible: statistics.possible) ?? Attended([], codes: .england)
  }

  /// Sessions with the mark for a medical or dental appointment, by half day.
  static func appointments(at school: URN, in days: DayRange, _ db: Database) throws -> [(Session, Int)] {
    let codes = CodeBook.england.codes(.appointment, in: days)
    let counts = try rows(
      "SELECT session, code, count(*) AS n FROM (\(last)) GROUP BY session, code", at: school, in: days, db)
    return try Session.allCases.map { session in
      let own = try counts.filter { row in
        try row.get("session") as Session == session
          && AttendanceCode(row["code"] as String).map(codes.contains) == true
      }
      return (session, own.reduce(0) { $0 + ($1["n"] as Int) })
    }
  }

  /// What a register inspection visit looks at, as far as marks show it.
  static func evidence(
    at school: URN, in days: DayRange, today: Day, _ db: Database
  ) throws -> SchoolRoutes.Evidence {
    let book = CodeBook.england
    let schoolDays = try Roll.calendar(ofSchool: school, in: db)?.schoolDays ?? []
    // A session is left over when so many school days lie between it and today.
    let limit = schoolDays.filter { $0 < today }.suffix(reasonDays.value(on: today)).first
    var (byCode, amended, leftOver): ([AttendanceCode: Int], Int, Int) = ([:], 0, 0)
    var pupils: [CodeTraits.RawValue: (sessions: Int, pupils: Set<String>)] = [:]
    for row in try rows(last, at: school, in: days, db) {
      if row["times"] as Int > 1 { amended += 1 }
      guard let code = AttendanceCode(row["code"] as String) else { continue }
      byCode[code, default: 0] += 1
      let day: Day = try row.get("date")
      let traits = book.scheme(on: day).traits(code)
      if traits.contains(.reasonNotEstablished), let limit, day < limit { leftOver += 1 }
      for trait in [CodeTraits.provision, .partTime] where traits.contains(trait) {
        pupils[trait.rawValue, default: (0, [])].sessions += 1
        pupils[trait.rawValue, default: (0, [])].pupils.insert(row["pupil"])
      }
    }
    func counts(_ trait: CodeTraits) -> (Int, Int) {
      pupils[trait.rawValue].map { ($0.sessions, $0.pupils.count) } ?? (0, 0)
    }
    let (offSite, partTime) = (counts(.provision), counts(.partTime))
    return .init(
      school: school, from: days.first, to: days.last,
      codes: byCode.sorted { $0.key.text < $1.key.text }.map { .init(code: $0.key, sessions: $0.value) },
      amended: amended, reasonsLeftOver: leftOver, offSite: offSite.0, offSitePupils: offSite.1, partTime: partTime.0,
      partTimePupils: partTime.1)
  }

  /// School days within which a reason is established.
  private static let reasonDays: Dated<Int> = [InForce(5, source: "2024 Regulations reg 10(7) to (9); ATT-2")]
}
