import CaseKit
import Keeping
import RollCopy

/// What casework holds, and what of it is about one child.
enum CaseworkRecords {
  static let all = KeptRecords(
    "casework", tables: RollRecords.tables + CaseRecords.tables + [findings],
    sections: RollRecords.sections + CaseRecords.sections + [SubjectSection(findings), .reads()]
  ) { try RollRecords.subject($0, alsoAt: ["finding"], in: $1) }

  private static let findings = KeptTable(
    "findings", "Persistent absence as registers found it.", source: "finding t",
    position: "CAST(substr(t.id, 2) AS INTEGER)", order: "t.id",
    ofSubjects: "t.pupil IN (SELECT pupil FROM subjects)",
    [
      .init("finding", .text, from: "t.id", "The finding's number in registers."), .init("pupil", .pupil, "The child."),
      .init("school", .urn, "The school."), .init("stands", .flag, "Whether it stands."),
    ])
}
