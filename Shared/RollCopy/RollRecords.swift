public import Contracts
public import GRDB
public import Keeping
import Rulebook

/// What a program's copy of the roll is in its export and in what a child is given.
///
///     static let records = KeptRecords(
///       "watch", tables: RollRecords.tables + [watches],
///       sections: RollRecords.sections + [SubjectSection(watches), .reads()]
///     ) { try RollRecords.subject($0, alsoAt: ["watch"], in: $1) }
public enum RollRecords {
  /// The copy's tables. What the program's ``RollCopy/Detail`` leaves out is absent from the lines.
  public static let tables = [schools, calendars, pupils, registrations, concerns, parents]

  /// What of it is about a child.
  public static let sections = [
    SubjectSection(pupils), SubjectSection(registrations), SubjectSection(concerns, review: .lawEnforcement),
    SubjectSection(parents, review: .thirdParty),
  ]

  /// A child with every identifier that it had, and the schools of its registrations.
  ///
  /// - Parameter tables: the program's own tables with the columns `pupil` and `school`, which follow a merge.
  /// - Returns: `nil` when neither the copy nor the tables hold anything about the child.
  public static func subject(_ id: PupilID, alsoAt tables: [String] = [], in db: Database) throws -> DataSubject? {
    let pupil = try Roll.current(id, in: db)
    let identifiers = try Roll.identifiers(of: pupil, in: db)
    let queries = (["roll_registration"] + tables).map { "SELECT school FROM \($0) WHERE pupil = ?1" }
    let schools = try String.fetchAll(
      db, sql: queries.joined(separator: " UNION "), arguments: [pupil.text])
    guard try !schools.isEmpty || Roll.isKnown(pupil, in: db) else { return nil }
    return DataSubject(pupils: identifiers, schools: try schools.map { try URN($0) })
  }

  private static let ofPupil = "t.pupil IN (SELECT pupil FROM subjects)"
  private static let school = KeptTable.Column("school", .urn, "The school.")
  private static let pupil = KeptTable.Column("pupil", .pupil, "The child.")

  private static let schools = KeptTable(
    "schools", "Schools.", source: "roll_school t", position: "CAST(t.urn AS INTEGER)",
    [
      .init("urn", .urn, "Its unique reference number."), .init("name", .text, optional: true, "Its name."),
      .init("phase", .text, optional: true, "Its phase."),
      .init("type", .text, optional: true, from: "t.kind", "What kind of school."),
    ])

  private static let calendars = KeptTable(
    "calendars", "Calendars of schools, one a school year.", source: "roll_calendar t",
    position: "CAST(t.school AS INTEGER)", order: "t.school_year",
    [
      school, .init("schoolYear", .text, "The school year."),
      .init("calendar", .json, from: "t.json", "Terms, closed days, days with one session."),
    ])

  private static let pupils = KeptTable(
    "pupils", "Children, as far as the program knows them.", source: "roll_pupil t",
    position: "max(coalesce(t.date_of_birth, 1), 1)", order: "t.pupil", ofSubjects: ofPupil, pageSize: 100,
    [
      pupil, .init("givenName", .text, optional: true, "Given names."),
      .init("familyName", .text, optional: true, "The family name."),
      .init("dateOfBirth", .day, optional: true, "The date of birth."),
      .init("yearGroup", .text, optional: true, "The year group as stated."),
      .init("yearGroupYear", .text, optional: true, "The school year in which it was stated."),
      .init("sex", .text, optional: true, "The sex."),
    ])

  private static let concerns = KeptTable(
    "concerns", "Whose concern children are beside their schools'.", source: "roll_concern t", position: "t.first",
    order: "t.pupil, t.concern", ofSubjects: ofPupil,
    [
      pupil, .init("concern", .text, "Social care, youth justice or the virtual school."),
      .init("first", .day, "The first day."), .init("last", .day, optional: true, "The last day."),
    ])

  private static let parents = KeptTable(
    "parents", "Children's parents and other contacts, as opaque persons.", source: "roll_parent t",
    position: "t.id", ofSubjects: ofPupil,
    [
      pupil, .init("person", .text, "The person's opaque identifier."),
      .init("relationship", .text, "What the person is to the child."),
      .init("parentalResponsibility", .flag, "Whether the person has parental responsibility, as stated."),
      .init("livesWith", .flag, "Whether the child lives with the person."),
      .init("safeToContact", .flag, "Whether the person may be written to and called."),
      .init("protected", .flag, "Whether where the person lives must not be disclosed."),
      .init("ended", .flag, "Whether the person is no longer a contact."),
    ])

  private static let registrations = KeptTable(
    "registrations", "Children's registrations at schools.", source: "roll_registration t", position: "t.id",
    ofSubjects: ofPupil,
    [
      .init("registration", .integer, optional: true, from: "t.number", "The registration's number in registers."),
      pupil, school, .init("enrolledOn", .day, optional: true, from: "t.first", "The first day on roll."),
      .init("leftOn", .day, optional: true, from: "t.last", "The last day on roll."),
      .init("ground", .text, optional: true, "The ground of deletion (reg 9)."),
      .init("destinationKnown", .flag, optional: true, "Whether it is known where the child went."),
      .init("withdrawn", .flag, "Whether it was taken back as made by mistake."),
      .init("addressProtected", .flag, "Whether the address must not be disclosed."),
    ])
}
