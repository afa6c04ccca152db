import CaseKit
import Keeping
import RollCopy

/// What enforcement holds, and what of it is about one child.
enum EnforcementRecords {
  static let all = KeptRecords(
    "enforcement",
    tables: RollRecords.tables + [countedSessions, proposals, judgements] + CaseRecords.tables
      + NoticeRecords.tables + PaymentRecords.tables + CourtPackRecords.tables + ProceedingsRecords.tables
      + [OrderSchema.records],
    sections: RollRecords.sections + CaseRecords.sections + NoticeRecords.sections + PaymentRecords.sections
      + CourtPackRecords.sections
      + ProceedingsRecords.sections + [
        SubjectSection(OrderSchema.records, review: .lawEnforcement),
        SubjectSection(countedSessions), SubjectSection(proposals, review: .lawEnforcement),
        SubjectSection(judgements, review: .lawEnforcement),
        .reads(
          of: "SELECT pupil FROM subjects UNION SELECT id FROM proposal WHERE pupil IN (SELECT pupil FROM subjects)"),
      ]
  ) {
    try RollRecords.subject(
      $0, alsoAt: ["proposal", "counted_session", "notice", "prosecution", "court_order"], in: $1)
  }

  private static let ofPupil = "t.pupil IN (SELECT pupil FROM subjects)"
  private static let pupil = KeptTable.Column("pupil", .pupil, "The child.")
  private static let school = KeptTable.Column("school", .urn, "The school.")

  private static let countedSessions = KeptTable(
    "sessions", "Sessions of unauthorised absence.", source: "counted_session t", position: "t.date",
    order: "t.school, t.pupil, t.session, t.registration", ofSubjects: ofPupil, pageSize: 10,
    [
      pupil, school, .init("day", .day, from: "t.date", "The day."), .init("session", .session, "The session."),
      .init("registration", .integer, "The registration; 0 where none was published."),
      .init("code", .code, from: "char(t.code)", "The code."),
      .init("disposal", .integer, optional: true, "The disposal by which the registers took it, until it is final."),
    ])

  private static let proposals = KeptTable(
    "proposals", "Proposals to consider a penalty notice.", source: "proposal t", ofSubjects: ofPupil,
    [
      .init("number", .integer, "The proposal."), .init("id", .text, "Its identifier."), pupil, school,
      .init("state", .text, "Open or lapsed."), .init("grounds", .json, "What it rests on."),
    ])

  private static let judgements = KeptTable(
    "judgements", "Judgements of proposals, as they were made.", source: "judgement t",
    ofSubjects: "t.proposal IN (SELECT id FROM proposal WHERE pupil IN (SELECT pupil FROM subjects))",
    [
      .init("number", .integer, "The judgement."), .init("proposal", .text, "The proposal's identifier."),
      .init("fact", .text, "Proposed, revised or lapsed."),
      .init("at", .moment, from: "t.at_millis", "When it was made."),
      .init("cause", .text, "The event that brought it about."),
      .init("grounds", .json, optional: true, "What it rests on."),
      .init("mostSessions", .integer, optional: true, "The most sessions in any ten school weeks, where it lapsed."),
    ])
}
