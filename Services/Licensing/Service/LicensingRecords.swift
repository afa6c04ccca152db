import CaseKit
import Keeping
import RollCopy

/// What licensing holds, and what of it is about one child.
enum LicensingRecords {
  static let all = KeptRecords(
    "licensing",
    tables: RollRecords.tables + CaseRecords.tables + [
      parties, byelaws, applications, findings, days, marks, enforcement, differences, proofs, inspections, uploads,
      hosts, drafts, draftDocuments,
    ],
    sections: RollRecords.sections + CaseRecords.sections + [
      SubjectSection(applications, review: .thirdParty), SubjectSection(findings), SubjectSection(days),
      SubjectSection(marks), SubjectSection(enforcement, review: .lawEnforcement), SubjectSection(differences),
      .reads(),
    ]
  ) { try RollRecords.subject($0, alsoAt: ["attendance_finding", "leave_mark"], in: $1) }

  private static let ofPupil = "t.pupil IN (SELECT pupil FROM subjects)"
  private static let pupil = KeptTable.Column("pupil", .pupil, "The child.")
  private static let school = KeptTable.Column("school", .urn, "The school.")
  private static let ofCase = KeptTable.Column("case", .numbered("c"), from: "t.case_number", "The case.")

  private static let parties = KeptTable(
    "parties", "Employers, licence holders, chaperones and bodies of persons.", source: "party t",
    [
      .init("party", .numbered("party-"), from: "t.number", "The register's number."),
      .init("kind", .text, "What it is."), .init("name", .text, "The name."),
      .init("address", .text, "The lines of the address, as a JSON array."),
      .init("contact", .text, "Telephone number or e-mail address."),
      .init(
        "case", .numbered("c"), optional: true, from: "t.case_number", "The case of the approval, where there is one."),
    ])

  private static let byelaws = KeptTable(
    "byelaws", "Byelaws on children's work.", source: "byelaw t",
    [
      .init("authority", .text, "The authority of the workplace."),
      .init("inForceFrom", .day, "The first day."), .init("byelaws", .json, from: "t.json", "All of them."),
    ])

  private static let applications = KeptTable(
    "applications", "Applications for permits and licences, every version.", source: "application t",
    position: "t.case_number", order: "t.version", ofSubjects: ofPupil,
    [
      ofCase, .init("version", .integer, "Counted from 1."), pupil,
      .init("party", .text, "The employer or licence holder."),
      .init("on", .day, from: "t.on_day", "When it was entered."),
      .init("application", .json, from: "t.json", "All that it says."),
    ])

  private static let findings = KeptTable(
    "attendance-findings", "Persistent absence as registers found it.", source: "attendance_finding t",
    position: "CAST(substr(t.id, 2) AS INTEGER)", order: "t.id", ofSubjects: ofPupil,
    [
      .init("finding", .text, from: "t.id", "The finding's number in registers."), pupil, school,
      .init("missed", .integer, "Sessions missed."), .init("possible", .integer, "Possible sessions."),
      .init("stands", .flag, "Whether it stands."),
    ])

  private static let days = KeptTable(
    "licensed-days", "Days on which a child has a licence or an exemption.", source: "licensed_day t",
    position: "t.case_number", order: "t.on_day", ofSubjects: ofPupil,
    [
      ofCase, pupil, .init("on", .day, from: "t.on_day", "The day."),
      .init("counts", .flag, "Whether it is licensed, and not only applied for."),
    ])

  private static let enforcement = KeptTable(
    "open-enforcement", "Children about whom a matter of enforcement is open.", source: "open_enforcement t",
    position: "t.number", order: "t.hold", ofSubjects: ofPupil,
    [pupil, .init("hold", .text, "The matter’s name.")])

  private static let differences = KeptTable(
    "leave-differences", "Where a register and the licences disagree, as the school was told.",
    source: "leave_difference t", position: "t.on_day", order: "t.pupil, t.session", ofSubjects: ofPupil,
    [
      pupil, school, .init("on", .day, from: "t.on_day", "The day."),
      .init("session", .session, "Morning or afternoon."), .init("difference", .text, "How they differ."),
    ])

  private static let inspections = KeptTable(
    "inspections", "Visits: the plan, and every version of the record.", source: "inspection t",
    position: "t.case_number", order: "t.version",
    [ofCase, .init("version", .integer, "0 for the plan."), .init("visit", .json, from: "t.json", "All that it says.")])

  private static let uploads = KeptTable(
    "uploads", "Photographs, without their bytes.", source: "upload t",
    [
      .init("photograph", .integer, from: "t.number", "Its number."), ofCase,
      .init("digest", .text, "SHA-256 of the bytes."), .init("mediaType", .text, from: "t.media_type", "What it is."),
    ])

  private static let hosts = KeptTable(
    "host-authorities", "Where other authorities are told of licences.", source: "host_authority t",
    [
      .init("authority", .text, from: "t.code", "Its three digits."),
      .init("address", .text, "The lines of the address, as a JSON array."),
    ])

  private static let drafts = KeptTable(
    "drafts", "What applicants sent; without its contents once it is taken over, closed or forgotten.",
    source: "draft t",
    [
      .init("draft", .numbered("d"), from: "t.number", "The application."), .init("kind", .text, "Of what."),
      .init("state", .text, "Where it is."), .init("on", .day, from: "t.on_day", "When it was sent."),
      .init("confirmedOn", .day, optional: true, from: "t.confirmed_day", "When the address was confirmed."),
      .init("case", .numbered("c"), optional: true, from: "t.case_number", "The case that it became."),
      .init("form", .json, optional: true, from: "t.json", "All that it says."),
    ])

  private static let draftDocuments = KeptTable(
    "draft-documents", "Files of applications, without their bytes.", source: "draft_document t", position: "t.draft",
    order: "t.number",
    [
      .init("draft", .numbered("d"), "The application."), .init("number", .integer, "Its number."),
      .init("document", .text, "What it is."), .init("digest", .text, "SHA-256 of the bytes."),
      .init("mediaType", .text, from: "t.media_type", "What the bytes are."),
    ])

  private static let proofs = KeptTable(
    "proofs", "The codes of documents that holders show.", source: "proof t", position: "t.case_number",
    order: "t.code",
    [
      ofCase, .init("document", .text, "The document’s number."),
      .init("decision", .integer, "The decision that it rests on."),
    ])

  private static let marks = KeptTable(
    "leave-marks", "Marks of leave for a performance, and those of licensed days.", source: "leave_mark t",
    position: "t.on_day", order: "t.pupil, t.session", ofSubjects: ofPupil,
    [
      pupil, school, .init("on", .day, from: "t.on_day", "The day."),
      .init("session", .session, "Morning or afternoon."), .init("code", .code, "The attendance code."),
    ])
}
