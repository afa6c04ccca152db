import CaseKit
import Keeping
import RollCopy

/// What casework holds, and what of it is about one child.
enum CaseworkRecords {
  static let all = KeptRecords(
    "casework",
    tables: RollRecords.tables + CaseRecords.tables + [
      findings, recent, marks, figures, referrals, records, contracts, families, posts, matters,
      books, holders, keptFrom, left,
    ],
    sections: RollRecords.sections + CaseRecords.sections + [
      SubjectSection(findings), SubjectSection(recent), SubjectSection(marks), SubjectSection(figures),
      SubjectSection(referrals, review: .thirdParty), SubjectSection(records, review: .thirdParty),
      SubjectSection(contracts, review: .thirdParty), SubjectSection(families, review: .thirdParty),
      SubjectSection(matters), SubjectSection(books, review: .thirdParty),
      SubjectSection(holders, review: .thirdParty), .reads(),
    ]
  ) { try RollRecords.subject($0, alsoAt: ["finding", "tracked", "referral", "matter", "book_entry"], in: $1) }

  private static let ofPupil = "t.pupil IN (SELECT pupil FROM subjects)"
  private static let ofCase = """
    t.case_number IN (SELECT number FROM case_file WHERE pupil IN (SELECT pupil FROM subjects))
    """
  private static let pupil = KeptTable.Column("pupil", .pupil, "The child.")
  private static let school = KeptTable.Column("school", .urn, "The school.")
  private static let `case` = KeptTable.Column("case", .numbered("c"), from: "t.case_number", "The case.")
  private static let at = KeptTable.Column("at", .moment, from: "t.at_millis", "When it was written down.")

  private static let findings = KeptTable(
    "findings", "Persistent absence as registers found it.", source: "finding t",
    position: "CAST(substr(t.id, 2) AS INTEGER)", order: "t.id", ofSubjects: ofPupil,
    [
      .init("finding", .text, from: "t.id", "The finding's number in registers."), pupil, school,
      .init("stands", .flag, "Whether it stands."),
    ])

  private static let recent = KeptTable(
    "recent-marks", "Marks that registers published lately, of every child.",
    source: "recent_register t, json_each(t.marks) m, json_each(m.value) p", position: "t.id", order: "p.value",
    ofSubjects: "p.value IN (SELECT pupil FROM subjects)", pageSize: 100,
    [
      .init("pupil", .pupil, from: "p.value", "The child."), school, .init("day", .day, from: "t.date", "The day."),
      .init("session", .session, "The session."),
      .init("code", .text, from: "m.key", "The code; empty where the mark was withdrawn."),
    ])

  private static let marks = KeptTable(
    "marks", "Marks of children with a case.", source: "kept_mark t", position: "t.date",
    order: "t.school, t.pupil, t.session", ofSubjects: ofPupil, pageSize: 100,
    [
      pupil, school, .init("day", .day, from: "t.date", "The day."), .init("session", .session, "The session."),
      .init("code", .code, "The code."),
      .init("disposal", .integer, optional: true, "The disposal by which registers took it, until it is final."),
    ])

  private static let figures = KeptTable(
    "figures", "What was shown of the windows of cases.",
    source: "case_figure t JOIN case_window w ON w.number = t.window",
    ofSubjects: "w.pupil IN (SELECT pupil FROM subjects)",
    [
      .init("case", .numbered("c"), from: "w.case_number", "The case."),
      .init("window", .text, from: "w.kind", "What it is for."),
      .init("reference", .integer, from: "w.reference", "The review or contract; 0 for the case itself."),
      .init("pupil", .pupil, from: "w.pupil", "The child."), .init("school", .urn, from: "w.school", "The school."), at,
      .init("first", .day, "The first day."), .init("last", .day, "The last day."),
      .init("present", .integer, "Sessions attended."), .init("possible", .integer, "Possible sessions."),
    ])

  private static let referrals = KeptTable(
    "referrals", "Referrals that people sent.", source: "referral t", ofSubjects: ofPupil,
    [
      .init("referral", .numbered("r"), from: "t.number", "The referral."), pupil, school,
      .init("route", .text, "Its route."), .init("state", .text, "Its state."),
      .init("sentOn", .day, optional: true, "The day on which it was sent."),
      .init("case", .numbered("c"), optional: true, from: "t.case_number", "The case."),
      .init("by", .text, from: "t.made_by", "Who entered it, by an opaque identifier."),
      .init("form", .json, "What it says."),
    ])

  private static let records = KeptTable(
    "records", "Visits, meetings, consent, assessments, plans and reviews.", source: "case_record t",
    ofSubjects: ofCase,
    [
      .init("number", .integer, "The record."), `case`, .init("kind", .text, "What it is."), at,
      .init("by", .text, "Who wrote it, by an opaque identifier."),
      .init("record", .json, from: "t.json", "What it says."),
    ])

  private static let contracts = KeptTable(
    "contracts", "What attendance contracts say.", source: "contract t", position: "t.rowid", ofSubjects: ofCase,
    [
      .init("contract", .text, from: "t.id", "The contract."), `case`,
      .init("parent", .text, "The parent, by registers' opaque identifier."),
      .init("target", .text, "The target, per cent."), .init("words", .json, "What each side undertakes."),
    ])

  private static let families = KeptTable(
    "families", "Children of one family.", source: "family_member t", position: "t.family", order: "t.pupil",
    ofSubjects: ofPupil,
    [
      .init("family", .integer, "The family."), pupil, at,
      .init("by", .text, "Who linked the child, by an opaque identifier."),
    ])

  private static let matters = KeptTable(
    "matters", "What other programs published last about children.", source: "matter t", position: "t.on_day",
    order: "t.kind, t.reference", ofSubjects: ofPupil,
    [
      .init("kind", .text, "What it is."), .init("reference", .text, "The other program's record."), pupil,
      .init("school", .urn, optional: true, "The school."), .init("state", .text, "What was published last."),
      .init("open", .flag, from: "t.is_open", "Whether it is open."), .init("on", .day, from: "t.on_day", "The day."),
    ])

  private static let books = KeptTable(
    "book-entries", "Entries of the service's books.", source: "book_entry t", ofSubjects: ofPupil,
    [
      .init("number", .integer, "The entry."), .init("book", .text, "The book."),
      .init("school", .urn, optional: true, "The school."), .init("pupil", .pupil, optional: true, "The child."),
      .init("about", .integer, optional: true, "The entry that it is about."),
      .init("closedBy", .integer, optional: true, "The entry that closed it."),
      .init("on", .day, from: "t.on_day", "The day."), at,
      .init("by", .text, "Who wrote it, by an opaque identifier."),
      .init("entry", .json, from: "t.json", "What it says."),
    ])

  private static let holders = KeptTable(
    "case-holders", "Who has, and had, a case.", source: "case_holder t", ofSubjects: ofPupil,
    [
      `case`, pupil, .init("officer", .text, "The officer, by an opaque identifier."),
      .init("from", .day, from: "t.first", "From when."),
      .init("to", .day, optional: true, from: "t.last", "Until when; empty while it lasts."),
    ])

  private static let keptFrom = KeptTable(
    "kept-from", "The children of whom officers must not know.", source: "kept_from t", position: "t.first",
    order: "t.officer, t.pupil, t.why",
    [
      .init("officer", .text, "The officer, by an opaque identifier."), pupil,
      .init("why", .text, "A bar, or a case that was handed over."), .init("from", .day, from: "t.first", "From when."),
    ])

  private static let left = KeptTable(
    "officers-left", "Officers who work here no longer.", source: "officer_left t", position: "t.first",
    order: "t.officer",
    [
      .init("officer", .text, "The officer, by an opaque identifier."),
      .init("from", .day, from: "t.first", "From when."),
    ])

  private static let posts = KeptTable(
    "posts", "Officers' parts of a whole-time post.", source: "officer_post t", position: "t.first", order: "t.officer",
    [
      .init("officer", .text, "The officer, by an opaque identifier."),
      .init("from", .day, from: "t.first", "From when."),
      .init("wholeTime", .text, "The part."),
    ])
}
