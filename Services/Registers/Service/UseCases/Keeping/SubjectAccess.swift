import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// Everything that is held about one child, in one document (UK GDPR Article 15; `notifications.md` 7). It is for an
/// officer, who decides what of it others may not see; what needs that decision is marked.
struct SubjectAccess: Sendable {
  let registers: Registers

  /// Why a line must be looked at before it is given out (`notifications.md` 7).
  enum Review: String, Codable, Sendable, CaseIterable {
    /// It is about somebody else, too.
    case thirdParty = "third-party"
    /// Its release may risk serious harm (health, education and social work data).
    case seriousHarm = "serious-harm"
    /// It may prejudice the prevention of crime (Data Protection Act 2018, Sch 2 para 2).
    case lawEnforcement = "law-enforcement"
  }

  struct Document: Codable, Sendable {
    struct Section: Codable, Sendable {
      let name, about: String
      let lines: Int
      /// Whether its lines must be looked at before they are given out, and why.
      let review: Bool
      let reason: Review?
    }

    struct Redaction: Codable, Sendable {
      /// A JSON pointer to the line.
      let pointer: String
      let reason: Review
      let review: Bool
    }

    let pupil: PupilID
    let preparedAt: Timestamp
    let sections: [Section]
    /// By the name of the section its lines.
    let data: [String: [JSONValue]]
    /// Every line to be looked at.
    let redactions: [Redaction]
    /// The JSON Schema of ``data``.
    let schema: JSONValue
  }

  /// The name of the section with the child's sessions: each with its entry and amendments.
  private static let marks = "marks"
  /// The sections whose lines must be looked at.
  private static let reviews: [String: Review] = [
    "contacts": .thirdParty, "families": .thirdParty, "match-candidates": .thirdParty, "admission-log": .thirdParty,
    "pupil-changes": .thirdParty,
    "flags": .seriousHarm, "holds": .lawEnforcement,
  ]
  private static let tables =
    RegisterTables.all.filter { $0.ofSubjects != nil && $0.name != RegisterTables.amendments.name }
    + [RegisterTables.reads]

  private struct Parts {
    var sections: [Document.Section] = []
    var data: [String: [JSONValue]] = [:]
    var redactions: [Document.Redaction] = []

    mutating func add(_ name: String, _ about: String, _ lines: [[String: JSONValue]]) {
      let reason = reviews[name]
      sections.append(
        .init(name: name, about: about, lines: lines.count, review: reason != nil && !lines.isEmpty, reason: reason))
      data[name] = lines.enumerated().map { index, line in
        guard let reason else { return .object(line) }
        redactions.append(.init(pointer: "/data/\(name)/\(index)", reason: reason, review: true))
        return .object(line.merging(["review": true]) { $1 })
      }
    }
  }

  /// Gathers the document, from one moment, with an entry in the audit log.
  ///
  /// - Throws: `Problem` not found.
  func callAsFunction(_ id: PupilID, by caller: Caller) async throws -> Document {
    let document = try await registers.write(by: caller) { unit in
      let subjects = try Pupils.records(ofChild: id, in: unit.db)
      let schools = try Pupils.registrations(ofChildren: subjects, in: unit.db).keys
      // The document is of all the child's schools: who may not act for one of them is not given it.
      guard !subjects.isEmpty, schools.allSatisfy({ caller.mayActFor(school: $0.text) }) else {
        throw Problem.notFound("Pupil")
      }
      var parts = Parts()
      for table in Self.tables {
        var lines: [[String: JSONValue]] = []
        try table.forEachLine(of: subjects, in: unit.db) { lines.append(table.layout.object($0)) }
        parts.add(table.name, table.about, lines)
        if table.name == "registrations" {
          parts.add(
            Self.marks, "Every session with its entry and its amendments.", try Self.marks(of: subjects, in: unit.db))
        }
      }
      try unit.audit(.pupilSubjectAccess, of: id)
      return Document(
        pupil: id, preparedAt: unit.at, sections: parts.sections, data: parts.data, redactions: parts.redactions,
        schema: Self.schema.json)
    }
    registers.telemetry.countRead()
    return document
  }

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
  private static func marks(of subjects: [Int64], in db: Database) throws -> [[String: JSONValue]] {
    var entries: [Place: [String: JSONValue]] = [:]
    for (school, registrations) in try Pupils.registrations(ofChildren: subjects, in: db) {
      try EntryLines.forEachLine(of: registrations, at: school, in: db) { cells in
        let line = EntryLines.table.layout.object(cells)
        entries[Place(line)] = entries[Place(line)] ?? line
      }
    }
    var amendments: [Place: [JSONValue]] = [:]
    try RegisterTables.amendments.forEachLine(of: subjects, in: db) { cells in
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

  private static let schema = JSONSchema.object(
    tables.flatMap { table -> [JSONSchema.Field] in
      let review = JSONSchema.Field("review", .boolean, required: false, "Whether it must be looked at first.")
      let field = JSONSchema.Field(table.name, .array(.object(table.layout.fields + [review])), table.about)
      guard table.name == "registrations" else { return [field] }
      let mark = JSONSchema.object([
        .init("day", .day, "The day."), .init("session", .session, "The session."),
        .init("registration", .integer(minimum: 1), "The child's time on roll."),
        .init("entry", EntryLines.table.layout.schema, required: false, "The entry as it was made first."),
        .init("amendments", .array(RegisterTables.amendments.layout.schema), "Its amendments, oldest first."),
      ])
      return [field, .init(marks, .array(mark), "Every session with its entry and its amendments.")]
    })
}
