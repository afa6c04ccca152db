import Keeping

/// Prosecutions in the export and in what a child is given.
enum ProceedingsRecords {
  static let tables = [prosecutions, sessions]

  /// What is before a court: each line is looked at first.
  static let sections = tables.map { SubjectSection($0, review: .lawEnforcement) }

  private static let prosecutions = KeptTable(
    "prosecutions", "Prosecutions of parents.", source: "prosecution t",
    ofSubjects: "t.pupil IN (SELECT pupil FROM subjects)",
    [
      .init("number", .integer, "The prosecution in this store."),
      .init("case", .numbered("c"), optional: true, from: "t.case_number", "Its case."),
      .init("person", .text, "The parent, by an opaque identifier."), .init("pupil", .pupil, "The child."),
      .init("school", .urn, "The school."),
      .init("breach", .day, optional: true, "The day on which an order was not complied with."),
      .init("circumstances", .text, "What was known that stood in the way, as JSON."),
      .init("laid", .day, optional: true, "The day on which it was laid."),
    ])

  private static let sessions = KeptTable(
    "chargedSessions", "The sessions that prosecutions charge, or that were taken out.",
    source: "prosecution_session t", position: "t.prosecution", order: "t.date, t.session",
    ofSubjects: "t.prosecution IN (SELECT number FROM prosecution WHERE pupil IN (SELECT pupil FROM subjects))",
    [
      .init("prosecution", .integer, "The prosecution."), .init("day", .day, from: "t.date", "The day."),
      .init("session", .session, "The session."), .init("code", .code, "The code when it was put in."),
      .init("bar", .text, optional: true, "Why it was taken out."),
    ])
}
