import Keeping

/// Penalty notices in the export and in what a child is given.
enum NoticeRecords {
  static let tables = [notices, sessions, improvements, enquiries, outside]

  /// Officers wrote it about a family, and it may be before a court: each line is looked at first.
  static let sections = [
    SubjectSection(notices, review: .lawEnforcement), SubjectSection(sessions, review: .lawEnforcement),
    SubjectSection(enquiries, review: .lawEnforcement), SubjectSection(outside, review: .lawEnforcement),
  ]

  private static let ofPupil = "t.pupil IN (SELECT pupil FROM subjects)"
  private static let ofNotice = "t.notice IN (SELECT number FROM notice WHERE pupil IN (SELECT pupil FROM subjects))"
  private static let pupil = KeptTable.Column("pupil", .pupil, "The child.")
  private static let person = KeptTable.Column("person", .text, "The parent, by an opaque identifier.")

  private static let notices = KeptTable(
    "notices", "Penalty notices that were considered or issued.", source: "notice t", ofSubjects: ofPupil,
    [
      .init("number", .integer, "The notice in this store."),
      .init("case", .numbered("c"), optional: true, from: "t.case_number", "Its case."), person, pupil,
      .init("school", .urn, "The school."), .init("proposal", .text, optional: true, "The proposal."),
      .init("document", .text, optional: true, "The number under which it was issued."),
      .init("issued", .day, optional: true, "The day of issue."),
      .init("level", .integer, optional: true, "1 for a first notice, 2 for a second."),
      .init("namedReceipt", .day, optional: true, from: "t.named_receipt", "The day of receipt that it names."),
      .init("withdrawal", .text, optional: true, "The number of the written withdrawal."),
      .init("withdrawn", .day, optional: true, "The day of the withdrawal."),
      .init("circumstances", .text, "What was known that stood in the way, as JSON."),
    ])

  private static let sessions = KeptTable(
    "noticeSessions", "The sessions that notices are for.", source: "notice_session t", position: "t.notice",
    order: "t.date, t.session", ofSubjects: ofNotice,
    [
      .init("notice", .integer, "The notice."), .init("day", .day, from: "t.date", "The day."),
      .init("session", .session, "The session."), .init("code", .code, "The code when it was listed."),
    ])

  private static let improvements = KeptTable(
    "noticesToImprove", "Notices to improve.", source: "improvement t", position: "t.notice", order: "t.document",
    [
      .init("document", .text, "Its number."), .init("notice", .integer, "The notice that it came before."),
      .init("weeks", .integer, "Its weeks."),
      .init("namedReceipt", .day, from: "t.named_receipt", "The day of receipt that it names."),
    ])

  private static let enquiries = KeptTable(
    "enquiries", "What other authorities were asked about earlier notices.", source: "enquiry t", ofSubjects: ofPupil,
    [
      .init("number", .integer, "The enquiry."), pupil, person, .init("authority", .text, "The other authority."),
      .init("purpose", .text, "What for."), .init("asked", .day, "The day."), .init("due", .day, "The last day."),
      .init("answered", .day, optional: true, "The day of the answer."),
    ])

  private static let outside = KeptTable(
    "outsideNotices", "Notices that other authorities told of.", source: "outside_notice t", ofSubjects: ofPupil,
    [
      .init("number", .integer, "The line."), .init("enquiry", .integer, "The enquiry."), pupil, person,
      .init("issued", .day, "The day of issue."), .init("standing", .text, "What has become of it."),
    ])
}
