public import Keeping

/// What a program's cases are in its export and in what a child is given.
public enum CaseRecords {
  public static let tables = [cases, entries, chronology]

  /// What of it is about a child: officers wrote it about a family, so that each line is looked at first.
  public static let sections = [
    SubjectSection(cases), SubjectSection(entries, review: .thirdParty), SubjectSection(chronology),
  ]

  private static let ofPupil = "t.pupil IN (SELECT pupil FROM subjects)"
  private static let pupil = KeptTable.Column("pupil", .pupil, "The child.")
  private static let child = KeptTable.Column(
    "pupil", .pupil, optional: true, from: "NULLIF(t.pupil, '')", "The child; absent in a case that is about none.")
  private static let school = KeptTable.Column("school", .urn, optional: true, "The school.")
  private static let at = KeptTable.Column("at", .moment, from: "t.at_millis", "When it was written down.")
  private static let on = KeptTable.Column("on", .day, from: "t.on_day", "The day on which it happened.")

  private static let cases = KeptTable(
    "cases", "Cases as they stand.", source: "case_file t", ofSubjects: ofPupil,
    [
      .init("case", .numbered("c"), from: "t.number", "The case."), .init("kind", .text, "What kind of case."), child,
      school, .init("state", .text, "Its state."), .init("open", .flag, from: "t.is_open", "Whether it is open."),
      .init("ownerRole", .text, "Whose work it is."),
      .init("owner", .text, optional: true, "The officer, by an opaque identifier."),
      .init("openedOn", .day, from: "t.opened", "The day on which it was opened."),
      .init("nextDue", .day, optional: true, "The next day on which something is due."),
    ])

  private static let entries = KeptTable(
    "entries", "What happened in cases, with who, when and why.", source: "case_entry t", position: "t.case_number",
    order: "t.number",
    ofSubjects: "t.case_number IN (SELECT number FROM case_file WHERE pupil IN (SELECT pupil FROM subjects))",
    [
      .init("case", .numbered("c"), from: "t.case_number", "The case."),
      .init("number", .integer, "The entry's number in the case."), at, on,
      .init("what", .text, from: "t.name", "What happened."),
      .init("entry", .json, from: "t.json", "All of the entry."),
    ])

  private static let chronology = KeptTable(
    "chronology", "What other programs published about children.", source: "chronology t", position: "t.id",
    ofSubjects: ofPupil,
    [
      pupil, school, at, on, .init("what", .text, "What was published."),
      .init("reference", .text, "The other program's record."),
    ])
}
