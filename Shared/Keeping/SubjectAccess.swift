import Contracts
import GRDB
import Messaging
import Rulebook
import Schemas
import ServiceKit

/// Everything that a program holds about one child, in one document (UK GDPR, Article 15). It is for an officer, who
/// decides what of it others may not see; what needs that decision is marked.
struct SubjectAccess: Sendable {
  let records: KeptRecords
  let transactions: Transactions

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

  private struct Parts {
    var sections: [Document.Section] = []
    var data: [String: [JSONValue]] = [:]
    var redactions: [Document.Redaction] = []

    mutating func add(_ section: SubjectSection, _ lines: [[String: JSONValue]]) {
      let reason = section.review
      sections.append(
        .init(
          name: section.name, about: section.about, lines: lines.count, review: reason != nil && !lines.isEmpty,
          reason: reason))
      data[section.name] = lines.enumerated().map { index, line in
        guard let reason else { return .object(line) }
        redactions.append(.init(pointer: "/data/\(section.name)/\(index)", reason: reason, review: true))
        return .object(line.merging(["review": true]) { $1 })
      }
    }
  }

  /// Gathers the document, from one moment, with an entry in the audit log.
  ///
  /// - Throws: `Problem` not found.
  func callAsFunction(_ id: PupilID, by caller: Caller) async throws -> Document {
    try await transactions.write(by: caller) { [records] unit in
      guard let subject = try records.find(id, unit.db),
        subject.schools.allSatisfy({ caller.mayActFor(school: $0.text) })
      else { throw Problem.notFound("Pupil") }
      var parts = Parts()
      for section in records.sections { parts.add(section, try section.lines(subject, unit.db)) }
      try unit.audit(.subjectAccess, of: id)
      return Document(
        pupil: id, preparedAt: unit.at, sections: parts.sections, data: parts.data, redactions: parts.redactions,
        schema: records.schema.json)
    }
  }
}

extension AuditAction {
  static let auditRead = AuditAction("audit.read")
  static let subjectAccess = AuditAction("pupil.subject-access")
}

extension KeptRecords {
  /// The JSON Schema of a document's data.
  fileprivate var schema: JSONSchema {
    let review = JSONSchema.Field("review", .boolean, required: false, "Whether it must be looked at first.")
    return .object(sections.map { .init($0.name, .array(.object($0.fields + [review])), $0.about) })
  }
}

extension SubjectSection {
  /// Who read or changed the records about a child, by role and action: who it was is told to no child.
  ///
  /// - Parameter subjects: the texts under which the audit log has the child, as a query.
  public static func reads(of subjects: String = "SELECT pupil FROM subjects") -> SubjectSection {
    SubjectSection(
      KeptTable(
        "reads", "Who read or changed the record, by role and action.", source: "audit_log t",
        ofSubjects: "t.subject IN (\(subjects))",
        [
          .init("at", .moment, from: "t.at_millis", "When."), .init("role", .text, "In which role."),
          .init("action", .text, "What was done."),
        ]))
  }
}
