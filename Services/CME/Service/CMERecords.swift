import CaseKit
import Keeping
import RollCopy

/// What cme holds, and what of it is about one child.
enum CMERecords {
  static let all = KeptRecords(
    "cme",
    tables: RollRecords.tables + CaseRecords.tables + [
      findings, checks, statements, answers, alerts, missingOut, files, reported,
    ],
    sections: RollRecords.sections + CaseRecords.sections + [
      SubjectSection(findings), SubjectSection(checks, review: .thirdParty),
      SubjectSection(statements, review: .thirdParty), SubjectSection(answers, review: .seriousHarm),
      SubjectSection(alerts, review: .seriousHarm), SubjectSection(missingOut),
      SubjectSection(files, review: .thirdParty), SubjectSection(reported, review: .thirdParty), .reads(),
    ]
  ) { try RollRecords.subject($0, alsoAt: ["absence_finding"], in: $1) }

  private static let ofCase =
    "t.case_number IN (SELECT number FROM case_file WHERE pupil IN (SELECT pupil FROM subjects))"
  private static let search = KeptTable.Column("case", .numbered("c"), from: "t.case_number", "The search.")
  private static let officer = KeptTable.Column("officer", .text, "Who wrote it down, by an opaque identifier.")
  private static let at = KeptTable.Column("at", .moment, from: "t.at_millis", "When it was written down.")

  private static let findings = KeptTable(
    "findings", "Continuous absence as registers found it.", source: "absence_finding t",
    position: "CAST(substr(t.id, 2) AS INTEGER)", order: "t.id", ofSubjects: "t.pupil IN (SELECT pupil FROM subjects)",
    [
      .init("finding", .text, from: "t.id", "The finding's number in registers."), .init("pupil", .pupil, "The child."),
      .init("school", .urn, "The school."), .init("kind", .text, "What was found."),
      .init("stands", .flag, "Whether it stands."),
    ])

  private static let missingOut = KeptTable(
    "missing-out", "Part-time timetables for so long that the child missed out on education.", source: "missing_out t",
    position: "CAST(substr(t.finding, 2) AS INTEGER)", order: "t.finding",
    ofSubjects: "t.pupil IN (SELECT pupil FROM subjects)",
    [
      .init("finding", .text, "The finding's number in registers."), .init("pupil", .pupil, "The child."),
      .init("school", .urn, "The school."), .init("since", .day, "Since when."),
      .init("foundOn", .day, "When it was so long."), .init("endedOn", .day, optional: true, "When it had ended."),
    ])

  private static let reported = KeptTable(
    "reported-children", "Children of whom somebody told and whom no school has.", source: "reported_child t",
    position: "t.reported_on", order: "t.pupil", ofSubjects: "t.pupil IN (SELECT pupil FROM subjects)",
    [
      .init("pupil", .pupil, "The child."), .init("givenName", .text, "The given name as it was told."),
      .init("familyName", .text, "The family name as it was told."), .init("dateOfBirth", .day, "The date of birth."),
      .init("sex", .text, optional: true, "As registers have it."),
      .init("upn", .text, optional: true, "The pupil number."),
      .init("source", .text, "Who told."), .init("reportedOn", .day, "When."), officer,
    ])

  private static let files = KeptTable(
    "lost-pupil-files", "Files that were made for the store of lost pupils; not what they say.",
    source: "lost_pupil_file t", position: "t.number", ofSubjects: ofCase,
    [
      search, .init("number", .integer, "The file's number."), .init("name", .text, "What it is called."),
      .init("onDay", .day, "When it was made."), officer, .init("reason", .text, "Why."),
      .init("receiptOn", .day, optional: true, "When the Department's site took it."),
    ])

  private static let checks = KeptTable(
    "checks", "Enquiries that were made for children.", source: "enquiry_check t", position: "t.id",
    ofSubjects: ofCase,
    [
      search, .init("item", .integer, "The item of the national list."),
      .init("part", .text, "Who asked: school or authority."), .init("askedOn", .day, "When."),
      .init("result", .text, optional: true, "What was answered."),
      .init("evidence", .text, "A reference to what shows it; may be empty."), officer, at,
    ])

  private static let statements = KeptTable(
    "statements", "What school and authority say of their enquiries.", source: "enquiry_statement t",
    position: "t.case_number", ofSubjects: ofCase,
    [
      search, .init("ground", .text, "The ground of deletion."), .init("finding", .text, "What became of the pupil."),
      .init("unavoidable", .flag, "Whether an unavoidable cause is believed."),
      .init("daysShown", .flag, "Whether the days of absence are shown."),
      .init("schoolOfficer", .text, "The office of the school's officer."),
      .init("schoolSignedBy", .text, optional: true, "Who signed for the school, by an opaque identifier."), officer,
      at,
    ])

  private static let alerts = KeptTable(
    "alerts", "Alerts to and from other authorities; what they say is sealed.", source: "alert t",
    position: "t.case_number", ofSubjects: ofCase,
    [
      .init("case", .numbered("c"), from: "t.case_number", "The alert."),
      .init("search", .numbered("c"), optional: true, "The search that it is for."),
      .init("authority", .text, "The other authority."),
      .init("received", .flag, from: "t.received IS NOT NULL", "Whether it came from the other authority."),
    ])

  private static let answers = KeptTable(
    "answers", "Answers to the safeguarding questions.", source: "safeguarding_answer t", position: "t.case_number",
    order: "t.question", ofSubjects: ofCase,
    [
      search, .init("question", .text, "The question."), .init("answer", .text, "Yes, no or unknown."), officer, at,
    ])
}
