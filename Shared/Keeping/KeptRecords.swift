public import Contracts
import Foundation
public import GRDB
public import Rulebook
public import Schemas

/// Whom a program holds records about: a child, under every identifier that its store has for it.
public struct DataSubject: Sendable {
  /// The child's identifiers as a JSON list: what `subjects (pupil)` of a ``KeptTable`` holds.
  let records: String
  /// The schools that the records are of. Who may not act for one of them is not given the document.
  let schools: Set<URN>

  /// The child's numbers, where the store numbers children.
  public let numbers: [Int64]

  private init(_ records: [String], _ numbers: [Int64], _ schools: some Sequence<URN>) {
    self.numbers = numbers
    self.records = "[\(records.joined(separator: ","))]"
    self.schools = Set(schools)
  }

  /// A child that the store numbers.
  public init(numbers: [Int64], schools: some Sequence<URN>) { self.init(numbers.map { "\($0)" }, numbers, schools) }

  /// A child that the store knows by the suite's own identifiers: the one that stands and those merged into it.
  public init(pupils: [PupilID], schools: some Sequence<URN>) {
    self.init(pupils.map { "\"\($0.text)\"" }, [], schools)
  }
}

/// Why a line must be looked at before it is given out. The officer decides; the program only marks it.
public enum Review: String, Codable, Sendable, CaseIterable {
  /// It is about somebody else, too (Data Protection Act 2018, Schedule 2, paragraph 16).
  case thirdParty = "third-party"
  /// Its release may risk serious harm (health, education and social work data: Schedule 3).
  case seriousHarm = "serious-harm"
  /// It may prejudice the prevention of crime (Schedule 2, paragraph 2).
  case lawEnforcement = "law-enforcement"
}

/// One part of the document that a child, or a parent, is given: the lines of a table, or what a program makes of
/// several.
public struct SubjectSection: Sendable {
  let name: String
  let about: String
  let fields: [JSONSchema.Field]
  let review: Review?
  let lines: @Sendable (DataSubject, Database) throws -> [[String: JSONValue]]

  /// - Parameter review: why every line must be looked at before it is given out.
  public init(
    _ name: String, _ about: String, fields: [JSONSchema.Field], review: Review? = nil,
    lines: @Sendable @escaping (DataSubject, Database) throws -> [[String: JSONValue]]
  ) {
    self.name = name
    self.about = about
    self.fields = fields
    self.review = review
    self.lines = lines
  }

  /// The lines of a table that are about the child.
  public init(_ table: KeptTable, review: Review? = nil) {
    self.init(table.name, table.about, fields: table.layout.fields, review: review) { subject, db in
      var lines: [[String: JSONValue]] = []
      try table.forEachLine(of: subject, in: db) { lines.append(table.layout.object($0)) }
      return lines
    }
  }
}

/// What a program holds, and whom it is about. From this the kit makes the export, the subject's own document and the
/// reading of the audit log: ``RightsRoutes``.
///
/// A program declares its tables once. Each is a line shape for people and their tools, not the store's own: names are
/// words, days are ISO dates, children are the suite's identifiers.
///
/// ```swift
/// static let notices = KeptTable(
///   "notices", "Penalty notices that were issued.", source: "notice t",
///   ofSubjects: "t.pupil IN (SELECT pupil FROM subjects)",
///   [
///     .init("number", .integer, "The notice."), .init("pupil", .pupil, "The child."),
///     .init("issuedOn", .day, "The day of issue."), .init("paidOn", .day, optional: true, "When it was paid."),
///     .init("parent", .text, "Who it was issued to."),
///   ])
///
/// let records = KeptRecords(
///   "enforcement", tables: [notices], sections: [SubjectSection(notices, review: .thirdParty), .reads()]
/// ) { pupil, db in
///   let schools = try Notices.schools(of: pupil, in: db)
///   return schools.isEmpty ? nil : DataSubject(pupils: [pupil], schools: schools)
/// }
/// RightsRoutes(records, transactions: transactions).add(to: router)
/// ```
///
/// `GET /export?table=notices&format=csv` then gives every notice from one moment, a part at a time;
/// `GET /pupils/{id}/subject-access` gives a child's lines of all sections with the marks of what must be looked at
/// first; `GET /audit` tells who did and read what. Each of the three
/// puts itself on record.
///
/// How long something is kept is a ``Rulebook/RetentionSchedule``, dated data with its source. What has had its time
/// goes by a ``DisposalDesk``: the program proposes, two people approve, and for thirty days it can be put back.
public struct KeptRecords: Sendable {
  let name: String
  let auditedAs: String
  let tables: [KeptTable]
  let sections: [SubjectSection]
  let find: @Sendable (PupilID, Database) throws -> DataSubject?

  /// - Parameters:
  ///   - name: the program's, for the names of files.
  ///   - auditedAs: what an export is called in the audit log, before `.export.csv`; the name when absent.
  ///   - tables: in the order in which one may read them in.
  ///   - sections: what is told to a child, ``SubjectSection/reads(of:)`` among it.
  ///   - find: the child of an identifier; `nil` when nothing is held about it.
  public init(
    _ name: String, auditedAs: String? = nil, tables: [KeptTable], sections: [SubjectSection],
    find: @Sendable @escaping (PupilID, Database) throws -> DataSubject?
  ) {
    self.name = name
    self.auditedAs = auditedAs ?? name
    self.tables = tables
    self.sections = sections
    self.find = find
  }
}
