import Contracts
import GRDB
import Keeping
import RegistersDomain
import Rulebook
import Schemas

/// What the registers hold, and what of it is about one child.
enum RegisterRecords {
  static let all = KeptRecords(
    "registers", auditedAs: "register", tables: RegisterTables.all, sections: sections
  ) { pupil, db in
    let numbers = try Pupils.records(ofChild: pupil, in: db)
    guard !numbers.isEmpty else { return nil }
    return DataSubject(numbers: numbers, schools: try Pupils.registrations(ofChildren: numbers, in: db).keys)
  }

  /// Why the lines of a table must be looked at before they are given out.
  private static let reviews: [String: Review] = [
    "contacts": .thirdParty, "families": .thirdParty, "match-candidates": .thirdParty,
    "persons": .thirdParty, "person-pairs": .thirdParty, "person-decisions": .thirdParty, "admission-log": .thirdParty,
    "pupil-changes": .thirdParty, "flags": .seriousHarm, "holds": .lawEnforcement,
  ]

  /// Every table that is about children; amendments stand with the sessions that they amend.
  private static let sections: [SubjectSection] =
    RegisterTables.all.filter { $0.ofSubjects != nil && $0.name != RegisterTables.amendments.name }.flatMap { table in
      [SubjectSection(table, review: reviews[table.name])] + (table.name == "registrations" ? [marks] : [])
    } + [SubjectSection.reads(of: "SELECT id FROM pupils WHERE number IN (SELECT pupil FROM subjects)")]

  private static let marks = SubjectSection(
    "marks", "Every session with its entry and its amendments.",
    fields: [
      .init("day", .day, "The day."), .init("session", .session, "The session."),
      .init("registration", .integer(minimum: 1), "The child's time on roll."),
      .init("entry", EntryLines.table.layout.schema, required: false, "The entry as it was made first."),
      .init("amendments", .array(RegisterTables.amendments.layout.schema), "Its amendments, oldest first."),
    ], lines: sessions)

  private struct Place: Hashable, Comparable {
    let day, session: String
    let registration: JSONValue?

    init(_ line: [String: JSONValue]) {
      func text(_ name: String) -> String { if case .string(let text)? = line[name] { text } else { "" } }
      (day, session) = (text("day"), text("session"))
      registration = line["registration"]
    }

    static func < (a: Place, b: Place) -> Bool { (a.day, a.session) < (b.day, b.session) }
  }

  /// The sessions of a child in order; one without an entry began with an amendment.
  @Sendable private static func sessions(of subject: DataSubject, in db: Database) throws -> [[String: JSONValue]] {
    var entries: [Place: [String: JSONValue]] = [:]
    for (school, registrations) in try Pupils.registrations(ofChildren: subject.numbers, in: db) {
      try EntryLines.forEachLine(of: registrations, at: school, in: db) { cells in
        let line = EntryLines.table.layout.object(cells)
        entries[Place(line)] = entries[Place(line)] ?? line
      }
    }
    var amendments: [Place: [JSONValue]] = [:]
    try RegisterTables.amendments.forEachLine(of: subject, in: db) { cells in
      let line = RegisterTables.amendments.layout.object(cells)
      amendments[Place(line), default: []].append(.object(line))
    }
    return Set(entries.keys).union(amendments.keys).sorted().map { place in
      var line: [String: JSONValue] = ["day": .string(place.day), "session": .string(place.session)]
      line["registration"] = place.registration
      line["entry"] = entries[place].map { .object($0) }
      line["amendments"] = .array(amendments[place] ?? [])
      return line
    }
  }
}
