import Keeping
import RegistersDomain

/// Every table of the register, in the order in which one may read them in.
enum RegisterTables {
  /// What follows the sessions one by one: see ``EntryLines``.
  static let all: [KeptTable] =
    schoolTables + childTables + personTables + [
      receipts, EntryLines.table, amendments, differences, sourceCodes, quarantine,
    ]
    + findingTables + keepingTables

  static let ofPupil = "t.pupil IN (SELECT pupil FROM subjects)"
  static let ofRegistration =
    "t.registration IN (SELECT number FROM registrations WHERE pupil IN (SELECT pupil FROM subjects))"
  static let actor = KeptTable.Column("actor", .text, "Who made it: opaque.")
  static let role = KeptTable.Column("role", .text, "In which role.")
  static let at = KeptTable.Column("at", .moment, from: "t.at_millis", "When it was written down.")
  static let first = KeptTable.Column("first", .day, "The first day.")
  static let last = KeptTable.Column("last", .day, optional: true, "The last day; absent while it lasts.")
  static let registration = KeptTable.Column("registration", .integer, "The child's time on one roll.")
  static let pupilOfRegistration = KeptTable.Column.pupil(
    from: "(SELECT pupil FROM registrations WHERE number = t.registration)")
  static let school = KeptTable.Column("school", .urn, "The school.")
  static func number(_ about: String) -> KeptTable.Column { .init("number", .integer, about) }

  private static let schoolTables: [KeptTable] = [
    KeptTable(
      "schools", "Schools.", source: "schools t", position: "CAST(t.urn AS INTEGER)",
      [
        .init("urn", .urn, "Its unique reference number."), .init("name", .text, "Its name."),
        .init("phase", .text, "Its phase."), .init("type", .text, from: "t.kind", "What kind of school."),
        .init("openedOn", .day, optional: true, "When it opened."),
      ]),
    KeptTable(
      "calendars", "Calendars of schools, one a school year.", source: "calendars t",
      position: "CAST(t.school AS INTEGER)", order: "t.start_year",
      [
        school, .init("schoolYear", .schoolYear, from: "t.start_year", "The school year."),
        .init("calendar", .json, "Terms, closed days, days with one session."),
      ]),
    KeptTable(
      "calendar-log", "Calendars of schools as they were recorded, each at its moment.", source: "calendar_log t",
      [
        number("The calendar."), school, .init("schoolYear", .schoolYear, from: "t.start_year", "The school year."),
        .init("calendar", .json, "As it was recorded."), at, actor, role,
      ]),
    KeptTable(
      "neighbour-calendars", "Term dates of neighbouring authorities.", source: "neighbour_calendars t",
      position: "CAST(t.authority AS INTEGER)", order: "t.start_year",
      [
        .init("authority", .text, "The authority's number."),
        .init("schoolYear", .schoolYear, from: "t.start_year", "The school year."),
        .init("calendar", .json, "Its terms."),
      ]),
    KeptTable(
      "areas", "Clusters and localities.", source: "areas t", position: "1", order: "t.kind, t.code",
      [
        .init("kind", .text, "Cluster or locality."), .init("code", .text, "Its code."),
        .init("name", .text, "Its name."),
      ]),
    KeptTable(
      "assignments", "The cluster, locality, offer and officer of schools by day.", source: "school_assignments t",
      [
        number("The assignment."), school, .init("kind", .text, "What is assigned."), .init("value", .text, "Which."),
        first, last,
      ]),
  ]

  private static let pupilColumns: [KeptTable.Column] = {
    var columns: [KeptTable.Column] = [
      .init("id", .pupil, "The suite's own identifier."), .init("upn", .text, "The unique pupil number."),
      .init("givenName", .text, "Given names."), .init("familyName", .text, "The family name."),
      .init("dateOfBirth", .day, "The date of birth."),
    ]
    columns += PupilField.details.map { .init($0.rawValue, .text, optional: true, $0.declaration.about) }
    return columns + [
      .init("yearGroup", .text, optional: true, "The year group as stated."),
      .init("yearGroupYear", .schoolYear, optional: true, "The school year in which it was stated."),
      .init("addressProtected", .flag, "Whether the address must not be told."),
      .pupil("mergedInto", optional: true, from: "t.merged_into", "The record that this one became part of."),
    ]
  }()

  private static let childTables: [KeptTable] = [
    KeptTable(
      "pupils", "Children as the admission register knows them.", source: "pupils t",
      ofSubjects: "t.number IN (SELECT pupil FROM subjects)", pupilColumns),
    KeptTable(
      "former-upns", "Pupil numbers that were a child's before.", source: "former_upns t", position: "t.pupil",
      order: "t.upn", ofSubjects: ofPupil,
      [
        .pupil(), .init("upn", .text, "The number."),
        .init("until", .day, optional: true, from: "t.until_day", "Until when it was used."),
      ]),
    KeptTable(
      "registrations", "Children's times on rolls.", source: "registrations t", ofSubjects: ofPupil,
      [
        .init("registration", .integer, from: "t.number", "The registration."), .pupil(), school,
        .init("enrolledOn", .day, "The first day on roll."),
        .init("leftOn", .day, optional: true, "The last day on roll."),
        .init("status", .text, "Single, main or subsidiary registration."),
        .init("ground", .text, optional: true, "The ground of deletion (reg 9)."),
        .init("destination", .text, optional: true, "Where the child went."),
        .init("enteredOn", .day, optional: true, "When the name was entered."),
        .init("deletedOn", .day, optional: true, "When the name was deleted."),
        .init("upload", .integer, optional: true, "The upload that entered it."),
        .init(
          "withdrawnAt", .moment, optional: true, from: "t.withdrawn_millis",
          "When it was taken back as made by mistake; it counts nowhere since."),
        .init("withdrawnReason", .text, optional: true, "Why it was taken back."),
      ]),
    KeptTable(
      "admission-log", "Statements of the admission register as they were made.", source: "admission_log t",
      ofSubjects: ofPupil,
      [
        number("The statement."), .pupil(),
        .init("registration", .integer, optional: true, "The time on roll that it is about."),
        .init("kind", .text, "What is stated."), .init("statement", .json, "The statement."), at, actor, role,
      ]),
    KeptTable(
      "contacts", "Parents and others.", source: "contacts t", ofSubjects: ofPupil,
      [
        number("The contact."), .pupil(),
        .init("person", .text, optional: true, "Who it is, by an opaque identifier."),
        .init("givenName", .text, "Given names."),
        .init("familyName", .text, "The family name."), .init("relation", .text, "What the person is to the child."),
        .init("parentalResponsibility", .flag, "Whether the person has parental responsibility."),
        .init("livesWith", .flag, "Whether the child lives with the person."),
        .init("emergency", .flag, "Whether to be called in an emergency."),
        .init("safeToContact", .flag, "Whether it is safe to contact the person."),
        .init("addressProtected", .flag, "Whether the address must not be told."),
        .init("school", .urn, optional: true, "The school that stated it."),
        .init("telephone", .text, "The telephone number; may be empty."), .init("email", .text, "May be empty."),
        .init("address", .text, "May be empty."), .init("postcode", .text, "May be empty."), first, last,
      ]),
    KeptTable(
      "pupil-uploads", "Uploads of children.", source: "pupil_uploads t",
      [number("The upload."), school, .init("received", .integer, "Rows received."), at, actor, role]),
    KeptTable(
      "pupil-changes", "What was said of children and waits, or waited, for an officer.", source: "pupil_changes t",
      ofSubjects: ofPupil,
      [
        number("The change."), .pupil(), school, .init("kind", .text, "Why it waits."),
        .init("upn", .text, "The pupil number under which it was said."),
        .init("fields", .text, "What differs from the record."), .init("statement", .json, "What was said."),
        .init("upload", .integer, optional: true, "The upload that said it."),
        .init("state", .text, "Open, or what was decided."), at, actor, role,
        .init("decidedAt", .moment, optional: true, from: "t.decided_millis", "When it was decided."),
        .init("decidedBy", .text, optional: true, from: "t.decided_actor", "Who decided: opaque."),
        .init("reason", .text, optional: true, "Why it was decided so."),
      ]),
    KeptTable(
      "flags", "What the authority knows of children beside the register.", source: "flags t", ofSubjects: ofPupil,
      [number("The flag."), .pupil(), .init("kind", .text, "What is known."), first, last, at, actor, role]),
    KeptTable(
      "families", "Children of one family.", source: "family_members t", position: "t.family", order: "t.pupil",
      ofSubjects: """
        t.family IN (SELECT family FROM family_members WHERE pupil IN (SELECT pupil FROM subjects))
        AND t.pupil NOT IN (SELECT pupil FROM subjects)
        """,
      [.init("family", .integer, "The family."), .pupil()]),
    KeptTable(
      "match-candidates", "Two records that may be one child.", source: "match_candidates t",
      ofSubjects: "t.pupil IN (SELECT pupil FROM subjects) OR t.other IN (SELECT pupil FROM subjects)",
      [
        number("The pair."), .pupil(), .pupil("other", from: "t.other", "The other record."),
        .init("grounds", .text, "Why they may be one."), .init("state", .text, "Open, or what was decided."),
        .init("decidedAt", .moment, optional: true, from: "t.decided_millis", "When it was decided."),
        .init("actor", .text, optional: true, "Who decided: opaque."),
        .init("role", .text, optional: true, "In which role."),
      ]),
    KeptTable(
      "arrangements", "Part-time timetables, suspensions, provision, leave.", source: "arrangements t",
      ofSubjects: ofRegistration,
      [
        number("The arrangement."), registration, pupilOfRegistration, .init("kind", .text, "What is arranged."), first,
        last, .init("details", .json, "What else is known of it."), at, actor, role,
      ]),
  ]

  static let receipts = KeptTable(
    "receipts", "Uploads, and releases of waiting marks.", source: "receipts t",
    [
      .init("receipt", .numbered("r"), from: "t.number", "The receipt."), school,
      .init("kind", .text, "File or release."),
      at,
      actor, role, .init("received", .integer, "Rows received."), .init("recorded", .integer, "New marks."),
      .init("amended", .integer, "Marks that replaced others."), .init("unchanged", .integer, "Marks that were there."),
      .init("missing", .integer, "Rows without a code."), .init("quarantined", .integer, "Rows that wait."),
      .init("rejected", .integer, "Rows that cannot be used."),
    ])

  static let amendments = KeptTable(
    "amendments", "Amended entries: what it was, what it is, why, when and by whom.", source: "amendments t",
    ofSubjects: ofRegistration,
    [
      number("The amendment."), .init("receipt", .numbered("r"), optional: true, "The upload that made it."),
      registration,
      pupilOfRegistration, .init("day", .day, "The day."), .init("session", .session, "The session."),
      .init("from", .code, optional: true, from: "t.from_code", "The entry before; absent when there was none."),
      .init("to", .code, from: "t.to_code", "The entry since."), .init("kind", .text, "Corrected, or a later file's."),
      .init("reason", .text, "The reason."), .init("detail", .text, "More about it; may be empty."), at, actor, role,
    ])

  static let differences = KeptTable(
    "differences", "What a source of marks said against an amendment that stood.", source: "differences t",
    ofSubjects: ofRegistration,
    [
      number("The difference."), .init("receipt", .numbered("r"), "The upload that said it."), registration,
      pupilOfRegistration, school, .init("day", .day, "The day."), .init("session", .session, "The session."),
      .init("source", .text, "Who said it: files or entries."), .init("said", .code, "The code that was sent."),
      .init("stood", .code, "The amended entry, which stood."),
    ])

  static let sourceCodes = KeptTable(
    "source-codes", "What sources of marks sent last, where that differs from the register.", source: "source_codes t",
    ofSubjects: ofRegistration,
    [
      number("The line."), registration, pupilOfRegistration, school, .init("day", .day, "The day."),
      .init("session", .session, "The session."), .init("files", .text, "What files said last; may be empty."),
      .init("entries", .text, "What registers and single marks said last; may be empty."),
      .init("isPersons", .flag, "Whether a person entered the code on record."),
    ])

  static let quarantine = KeptTable(
    "quarantine", "Rows that waited or wait, as they came.", source: "quarantine t",
    ofSubjects: """
      upper(trim(t.upn)) IN (SELECT upn FROM pupils WHERE number IN (SELECT pupil FROM subjects)
        UNION SELECT upn FROM former_upns WHERE pupil IN (SELECT pupil FROM subjects))
      """,
    [
      number("The row."), .init("receipt", .numbered("r"), "The upload."), school, .init("upn", .text, "As sent."),
      .init("date", .text, "As sent."), .init("session", .text, "As sent."), .init("code", .text, "As sent."),
      .init("detail", .text, "As sent."), .init("reason", .text, "Why it does not count."),
      .init("state", .text, "Waiting, released or superseded."),
      .init("settledAt", .moment, optional: true, from: "t.settled_millis", "When it stopped waiting."),
    ])
}

extension KeptTable.Column {
  /// A child, by its opaque identifier.
  static func pupil(
    _ name: String = "pupil", optional: Bool = false, from sql: String = "t.pupil", _ about: String = "The child."
  ) -> KeptTable.Column {
    KeptTable.Column(name, .pupil, optional: optional, from: "(SELECT id FROM pupils WHERE number = \(sql))", about)
  }
}
