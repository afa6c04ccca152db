import Keeping
import RollCopy

/// What the notifier holds, and what of it is about one child. Signing keys are nobody's to export.
enum NotifierRecords {
  static let all = KeptRecords(
    "notifier", tables: RollRecords.tables + [subscriptions, interests, reports, messages, disclosures],
    sections: RollRecords.sections + [
      SubjectSection(reports, review: .lawEnforcement), SubjectSection(disclosures, review: .lawEnforcement), .reads(),
    ]
  ) { try RollRecords.subject($0, alsoAt: ["report"], in: $1) }

  private static let ofPupil = "t.pupil IN (SELECT pupil FROM subjects)"
  private static let pupil = KeptTable.Column("pupil", .pupil, optional: true, "The child, where it is about one.")
  private static let school = KeptTable.Column("school", .urn, "The school.")
  private static let subscription = KeptTable.Column("subscription", .text, "The subscription.")

  private static let subscriptions = KeptTable(
    "subscriptions", "Subscriptions of schools and partner agencies.", source: "subscription t",
    position: "t.created_millis", order: "t.id",
    [
      .init("id", .text, "The subscription."), .init("name", .text, "The receiver."),
      .init("recipientKind", .text, "What the receiver is."), .init("level", .text, "The most that it is disclosed."),
      .init("lawfulBasis", .text, "The lawful basis."),
      .init("agreementReference", .text, "The sharing agreement."),
      .init("agreementExpiresOn", .day, "The last day of the agreement."),
      .init("address", .text, "Where messages are sent."), .init("algorithm", .text, "How messages are signed."),
      .init("status", .text, "Active, suspended or deleted."),
      .init("suspendedFor", .text, optional: true, "Why it is suspended."),
      .init("officer", .text, "Who made it: opaque."),
      .init("createdAt", .moment, from: "t.created_millis", "When it was made."),
    ])

  private static let interests = KeptTable(
    "interests", "What subscriptions ask for.", source: "interest t JOIN subscription s ON s.id = t.subscription",
    position: "s.created_millis", order: "t.subscription, t.type, t.school",
    [
      subscription, .init("type", .text, "The event type."),
      .init("school", .text, optional: true, from: "nullif(t.school, '')", "The school; absent for every school."),
    ])

  private static let reports = KeptTable(
    "reports", "Events that a receiver could subscribe to.", source: "report t", ofSubjects: ofPupil,
    [
      .init("number", .integer, "The report."), .init("event", .text, from: "t.event_id", "The event's id."),
      .init("type", .text, "The event type."), pupil,
      .init(
        "school", .urn, optional: true, from: "nullif(t.school, '')", "The school; absent where it is about none."),
      .init("at", .moment, from: "t.time_millis", "When it happened."),
      .init("data", .json, from: "CAST(t.event AS TEXT)", "The event."),
      .init("matter", .text, optional: true, "The matter that it begins or takes back."),
      .init("withdraws", .flag, "Whether it takes the matter back."),
    ])

  private static let messages = KeptTable(
    "messages", "Messages to receivers.", source: "message t", position: "t.place",
    [
      .init("message", .text, from: "t.id", "The message."), subscription,
      .init("report", .integer, "The report."), .init("state", .text, "Waiting, delivered, abandoned or withheld."),
      .init("failures", .integer, "Attempts that failed."),
    ])

  private static let disclosures = KeptTable(
    "disclosures", "What was disclosed to whom, and what was not.", source: "disclosure t", ofSubjects: ofPupil,
    [
      .init("number", .integer, "The entry."), .init("at", .moment, from: "t.at_millis", "When."),
      .init("message", .text, "The message."), .init("event", .text, from: "t.event_id", "The event's id."),
      .init("type", .text, from: "t.event_type", "The event type."), subscription,
      .init("recipient", .text, "The receiver."), .init("recipientKind", .text, "What the receiver is."), pupil,
      .init("lawfulBasis", .text, "The lawful basis."),
      .init("agreement", .text, from: "t.agreement_reference", "The sharing agreement."),
      .init("purpose", .text, "The purpose."), .init("level", .text, optional: true, "How much was disclosed."),
      .init("fields", .text, "Which fields."), .init("attempt", .integer, "Which attempt."),
      .init("result", .text, "What came of it."), .init("officer", .text, "Who made the subscription: opaque."),
    ])
}
