import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Finds what has had its time and proposes that it goes (`notifications.md` 8: dispose by review). Nothing is removed.
struct ProposeDisposal: Sendable {
  let registers: Registers

  private struct Found: Sendable {
    var years: [Disposal.Line] = []
    var items: [(school: URN, item: Disposals.Item)] = []
  }

  /// Proposes. The registers are read school by school, so that nobody waits meanwhile; what changes after that is seen
  /// when the disposal is carried out, for everything is judged again then.
  ///
  /// - Throws: `Problem` conflict while another disposal is open, or when nothing has had its time.
  func callAsFunction(by caller: Caller) async throws -> DisposalReport {
    let today = registers.clock.today()
    let before = Retention.firstKept(Retention.entryYears, on: today)
    let uploadsBefore = Retention.firstMoment(of: Retention.firstKept(Retention.uploadYears, on: today)).millis
    let (schools, newest) = try await registers.read { db in
      (try String.fetchAll(db, sql: "SELECT urn FROM schools ORDER BY urn"), try KeptYears.newest(in: db))
    }
    var found = Found()
    for school in schools {
      let urn = try URN(school)
      let one = try await registers.read {
        try Self.find(at: urn, before: before, newest: newest, today: today, in: $0)
      }
      found.years += one.years
      found.items += one.items
    }
    let (years, items) = (found.years, found.items)
    return try await registers.write(by: caller) { unit in
      guard try !Disposals.hasOpen(in: unit.db) else {
        throw Problem.conflict("disposal-open", "Another disposal is proposed or under way")
      }
      let uploads = try Uploads.countOver(madeBefore: uploadsBefore, in: unit.db)
      guard items.contains(where: { $0.item.outcome == nil }) || uploads.quarantine + uploads.receipts > 0 else {
        throw Problem.conflict("nothing-due", "Nothing is due for disposal")
      }
      let number = try Disposals.insert(
        before: before, .init(years: years, quarantined: uploads.quarantine, receipts: uploads.receipts), in: unit)
      for (school, item) in items { try Disposals.add(item, of: school, to: number, in: unit.db) }
      try unit.audit(
        .disposalProposed, of: .record(DisposalReport.name(number)),
        ["mayGo": years.reduce(0) { $0 + $1.mayGo }, "held": years.reduce(0) { $0 + $1.held }])
      return try DisposalReport(number, in: unit.db)
    }
  }

  private static func find(
    at school: URN, before: Day, newest: Set<KeptYear>, today: Day, in db: Database
  ) throws -> Found {
    var found = Found()
    let held = try Holds.heldRegistrations(at: school, in: db)
    for year in try KeptYears.years(of: school, upTo: SchoolYear(containing: before), in: db) {
      let touched = try SchoolYearLog(school, year, in: db).touched
      var (mayGo, stays) = (0, 0)
      for registration in try KeptYears.registrations(of: school, year, in: db) {
        let kept = KeptYear(registration: registration, year: year)
        // A row without a log behind it is judged by the end of its year.
        let verdict = Retention.verdict(
          touched: touched[registration] ?? year.last, isHeld: held.contains(registration), on: today)
        switch verdict {
        case .recent: continue
        case .held:
          stays += 1
          found.items.append((school, .init(year: kept, outcome: .held)))
        case .mayGo where newest.contains(kept): found.items.append((school, .init(year: kept, outcome: .newest)))
        case .mayGo:
          mayGo += 1
          found.items.append((school, .init(year: kept, outcome: nil)))
        }
      }
      if mayGo + stays > 0 {
        found.years.append(.init(school: school, schoolYear: year.label, mayGo: mayGo, held: stays))
      }
    }
    return found
  }
}

extension Retention {
  /// The first moment of a day in England.
  static func firstMoment(of day: Day) -> Timestamp {
    let midnight = Timestamp(millis: Int64(day.ordinal) * 86_400_000)
    let hourBefore = Timestamp(millis: midnight.millis - 3_600_000)
    return CivilTime.day(at: hourBefore.date) == day ? hourBefore : midnight
  }
}
