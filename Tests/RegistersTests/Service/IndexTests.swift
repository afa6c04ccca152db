import Contracts
import Foundation
import GRDB
import Keeping
import RegistersDomain
import Rulebook
import Seeded
import ServiceKit
import Store
import TestKit
import Testing

@testable import RegistersService

/// Every question that is asked while somebody waits has its index: none goes through a table that grows with the
/// children.
@Suite struct IndexTests {
  /// Tables that grow with the children, their marks or the reads of them, and the names they go by in statements.
  private static let large: Set = [
    "pupils", "p", "o", "registrations", "r", "entries", "e", "entry_words", "amendments", "a", "receipts", "findings",
    "f", "quarantine", "q", "flags", "contacts", "c", "arrangements", "returns", "t", "pupil_years", "y", "audit_log",
    "admission_log", "former_upns", "family_members", "m", "match_candidates", "identity_changes", "holds", "h",
    "register_windows", "missing_registers", "source_codes", "w", "differences", "d", "n",
    "persons", "person_pairs", "person_decisions", "b",
  ]

  /// The steps of every question that a body asks.
  private static func plans(
    _ db: Database, _ body: (Database) throws -> Void
  ) throws -> [(sql: String, steps: [String])] {
    var statements: Set<String> = []
    db.trace { event in
      if case .statement(let statement) = event { statements.insert(statement.sql) }
    }
    try body(db)
    db.trace(options: [])
    return try statements.filter { $0.uppercased().hasPrefix("SELECT") }.sorted().map { sql in
      let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
      // What is not bound is null: the plan is the same.
      statement.setUncheckedArguments(StatementArguments())
      return (sql, try Row.fetchAll(statement).map { $0["detail"] })
    }
  }

  private func expectNoScan(_ body: (Database) throws -> Void) throws {
    let plans = try DatabaseQueue(path: try KeptRegisters().path).write { try Self.plans($0, body) }
    #expect(!plans.isEmpty)
    for plan in plans {
      let scans = plan.steps.filter { step in
        let words = step.split(separator: " ")
        return words.first == "SCAN" && words.count > 1 && Self.large.contains(String(words[1]))
      }
      #expect(scans.isEmpty, "\(plan.sql): \(scans)")
    }
  }

  @Test func whatSourcesSaidHasItsIndex() throws {
    let day = MadeUp.day("2026-09-07")
    let days = DayRange(first: day, last: day)
    try expectNoScan { db in
      for source in MarkSource.allCases {
        _ = try SourceCodes.book(source, of: MadeUp.school, in: days, db: db)
      }
      _ = try SourceCodes.said(of: 1, in: days, in: db)
      _ = try SourceCodes.open(MadeUp.school, after: 0, limit: 10, in: db)
      let mark = MarkText(upn: "", date: day.iso, session: "AM", code: "N", detail: "")
      _ = try Quarantine.isSettledByPerson(mark, MadeUp.school, in: db)
      _ = try Quarantine.waiting(MadeUp.school, limit: 10, in: db)
      _ = try Quarantine.due(MadeUp.school, through: day, in: db)
    }
  }

  @Test func whoContactsAreHasItsIndex() throws {
    let (one, two) = (try #require(PersonID("c000000001")), try #require(PersonID("c000000002")))
    try expectNoScan { db in
      _ = try Persons.current(one, in: db)
      _ = try Persons.identifiers(of: one, in: db)
      _ = try Contacts.all(ofPerson: one, in: db)
      _ = try Contacts.all(of: 1, in: db)
      for state in PersonPairs.State.allCases {
        _ = try PersonPairs.list(state, of: 1, after: 0, limit: 10, in: db)
      }
      _ = try PersonPairs.find(1, in: db)
      _ = try PersonPairs.links(of: one, in: db)
      _ = try PersonPairs.areApart(one, two, in: db)
      _ = try TellContacts.waiting(in: db)
    }
  }

  /// All ways in which findings are asked for: 432.
  private static func filters() throws -> [Findings.Filter] {
    let day = MadeUp.day("2026-09-07")
    let other = try URN("900102")
    var filters = [Findings.Filter()]
    func cross<Value>(_ path: WritableKeyPath<Findings.Filter, Value>, _ values: [Value]) {
      filters = filters.flatMap { filter in
        values.map { value in
          var filter = filter
          filter[keyPath: path] = value
          return filter
        }
      }
    }
    cross(\.schools, [nil, [MadeUp.school], [MadeUp.school, other]])
    cross(\.kind, [nil, .unexplainedAbsence])
    cross(\.isOpen, [nil, true, false])
    cross(\.on, [nil, day])
    cross(\.concern, [nil, .virtualSchool])
    cross(\.lookedAfterOn, [nil, day])
    cross(\.first, [Concern.allCases, [.virtualSchool], []])
    return filters
  }

  @Test func listsOfFindings() throws {
    let filters = try Self.filters()
    #expect(filters.count == 432)
    try DatabaseQueue(path: try KeptRegisters().path).write { db in
      for filter in filters {
        let plans = try Self.plans(db) { _ = try Findings.page(filter, after: .init(0), limit: 10, in: $0) }
        for plan in plans {
          #expect(!plan.steps.contains { $0.hasPrefix("SCAN") }, "\(plan.sql)")
          let search = try #require(plan.steps.first { $0.hasPrefix("SEARCH findings") })
          // What narrows most is what is searched by.
          let column: String? =
            filter.on != nil
            ? "became=?" : filter.schools != nil ? "school=?" : filter.kind != nil ? "kind=?" : nil
          if let column { #expect(search.contains(column), "\(plan.sql): \(search)") }
        }
      }
    }
  }

  @Test func registersAndTheirMarks() throws {
    try expectNoScan { db in
      for session in Session.allCases {
        _ = try Schools.registersDue(MadeUp.day("2026-09-07"), session, in: db)
        _ = try SessionRegister.words(MadeUp.school, MadeUp.day("2026-09-07"), session, in: db)
        _ = try SessionRegister.window(MadeUp.school, MadeUp.day("2026-09-07"), session, in: db)
      }
      _ = try SessionRegister.onRoll(
        of: MadeUp.school, on: MadeUp.day("2026-09-07"), after: 0, limit: 10, in: db)
      _ = try EntryLog.amendments(of: 1, MadeUp.day("2026-09-07"), .am, in: db)
      let years = SchoolYear(startYear: 2025)...SchoolYear(startYear: 2026)
      let codes: Set<AttendanceCode> = CodeBook.england.codes(
        .reasonNotEstablished, in: DayRange(first: years.lowerBound.first, last: years.upperBound.last))
      try CheckRows.rows(with: codes, at: MadeUp.school, after: 0, years: years, in: db) { _, _ in true }
      _ = try CheckRows.candidates(at: MadeUp.school, after: 0, in: db)
      _ = try Pupils.roll(of: MadeUp.school, in: db)
      _ = try Pupils.identifiers(of: MadeUp.school, publishedUnder: 1, in: db)
      _ = try PublishedIdentifiers().find(of: MadeUp.school, publishedUnder: 1, in: db)
      _ = try Pupils.page(of: MadeUp.school, after: 0, limit: 10, in: db)
      _ = try Findings.agreedPartTime(MadeUp.school, today: World.start, in: db)
      _ = try Findings.open(MadeUp.school, SchoolYear(startYear: 2026), in: db)
      _ = try Findings.open(of: 1, from: World.start, in: db)
    }
  }

  @Test func whatWasKnownAtAMoment() throws {
    try expectNoScan { db in
      let past = try AsOf(Timestamp(millis: 1_000), in: db)
      _ = try past.days(ofRegistration: 1, in: db)
      let days = DayRange(first: MadeUp.day("2026-09-01"), last: MadeUp.day("2027-07-31"))
      for registration in [nil, 1] as [Int64?] {
        _ = try LaterMarks(than: past.marks, of: MadeUp.school, in: days, registration: registration, db)
      }
    }
  }

  /// A few rows tell how far a log went at a moment, as all of them would.
  @Test func theEndOfALogIsFoundByAFewRows() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    try DatabaseQueue().write { db in
      try db.execute(sql: "CREATE TABLE log (number INTEGER PRIMARY KEY, at_millis INTEGER NOT NULL)")
      for _ in 0..<40 {
        try db.execute(sql: "DELETE FROM log")
        var (number, millis): (Int64, Int64) = (0, 100)
        for _ in 0..<random.below(60) {
          number += Int64(1 + random.below(5))
          millis += Int64(random.below(4))
          try db.execute(sql: "INSERT INTO log VALUES (?, ?)", arguments: [number, millis])
        }
        for moment in 95...(millis + 5) {
          let expected = try Int64.fetchOne(
            db, sql: "SELECT coalesce(max(number), 0) FROM log WHERE at_millis <= ?", arguments: [moment])
          let found = try Knowledge.last(of: "log", at: Timestamp(millis: moment), in: db)
          #expect(found == expected, "seed \(seed)")
        }
        var asked = 0
        db.trace { if case .statement = $0 { asked += 1 } }
        _ = try Knowledge.last(of: "log", at: Timestamp(millis: (100 + millis) / 2), in: db)
        db.trace(options: [])
        #expect(asked <= 12, "seed \(seed)")
      }
    }
  }

  @Test func searchForChildren() throws {
    try expectNoScan { db in
      for schools in [nil, ["900101"], ["900101", "900102"]] as [Set<String>?] {
        for (family, given) in [("quarr", nil), (nil, "zed"), ("quarr", "zed"), (nil, nil)] as [(String?, String?)] {
          for born in [nil, MadeUp.dateOfBirth] {
            for upn in [nil, MadeUp.upn(0)] where family != nil || born != nil || upn != nil {
              let question = PupilSearch.Question(
                family: family, given: given, dateOfBirth: born, upn: upn, schools: schools)
              _ = try PupilSearch.find(question, limit: 10, in: db)
            }
          }
        }
      }
      _ = try Families.siblings(of: 1, in: db)
      _ = try MatchCandidates.open(after: 0, limit: 10, in: db)
      _ = try Pupils.records(ofChild: try #require(PupilID("p000000000")), in: db)
      _ = try Contacts.inForce(of: 1, on: World.start, in: db)
      _ = try Contacts.pupils(sharing: [], with: 1, in: db)
      _ = try Flags.spans(of: 1, in: db)
      _ = try Flags.inForce(1, on: World.start, in: db)
      _ = try Flags.children(with: .lookedAfter, on: World.start, in: db)
    }
  }

  @Test func whatWaits() throws {
    try expectNoScan { db in
      for reason in [nil, "unknown-pupil"] {
        _ = try Quarantine.waiting(MadeUp.school, reason: reason, limit: 10, in: db)
      }
      _ = try Quarantine.waiting(MadeUp.school, under: [MadeUp.upn(0), MadeUp.upn(1)], in: db)
      _ = try Quarantine.countWaiting(MadeUp.school, in: db)
      _ = try Quarantine.countByReason(MadeUp.school, in: db)
      _ = try Quarantine.due(MadeUp.school, through: World.start, in: db)
      _ = try Quarantine.schoolsDue(through: World.start, in: db)
      let mark = MarkText(upn: "A", date: "2026-09-07", session: "AM", code: "/", detail: "")
      _ = try Quarantine.number(of: mark, MadeUp.school, in: db)
      _ = try Quarantine.find(1, of: MadeUp.school, in: db)
    }
  }

  @Test func returnsArrangementsAndTheAuditLog() throws {
    try expectNoScan { db in
      _ = try Returns.filed(at: MadeUp.school, before: nil, limit: 10, in: db)
      _ = try Returns.filed(1, in: db)
      _ = try Returns.openFindings(at: MadeUp.school, in: db)
      _ = try Returns.newestFinding(.tenDayAbsence, of: 1, in: db)
      for kind in ReturnKind.allCases { _ = try Returns.registrations(at: MadeUp.school, with: kind, in: db) }
      _ = try Arrangements.page(of: MadeUp.school, after: 0, limit: 10, in: db)
      _ = try Arrangements.of(1, in: db)
      _ = try Arrangements.find(1, in: db)
      _ = try Holds.heldRegistrations(at: MadeUp.school, in: db)
      for subject in [nil, "p000000000"] {
        _ = try AuditLog.entries(about: subject, after: 1, limit: 10, keys: TestAuditKeys.keys, in: db)
      }
    }
  }
}
