import Keeping

extension RegisterTables {
  /// What was found, what schools owe, and visits.
  static let findingTables: [KeptTable] = [
    KeptTable(
      "findings", "What was found of children.", source: "findings t", ofSubjects: ofRegistration,
      [
        number("The finding."), registration, pupilOfRegistration, school, .init("kind", .text, "What was found."),
        .init("schoolYear", .schoolYear, from: "t.start_year", "The school year."),
        .init("occasion", .integer, "Which occasion of the kind in the year."),
        .init("since", .day, "The first day that it rests on."),
        .init("became", .day, "The day on which it became true."),
        .init("session", .session, optional: true, "The session, where it is about one."),
        .init("counted", .integer, "Sessions or days counted."),
        .init("outOf", .integer, optional: true, "Out of how many."),
        .init("concerns", .text, "Whose concern the child was, separated by spaces."),
        .init("raisedAt", .moment, from: "t.raised_millis", "When it was raised."),
        .init("knownReceipt", .integer, "The last receipt that was known then."),
        .init("knownAmendment", .integer, "The last amendment that was known then."),
        .init("lapsedAt", .moment, optional: true, from: "t.lapsed_millis", "When it stopped being true."),
      ]),
    KeptTable(
      "returns", "Returns that schools filed.", source: "returns t", ofSubjects: ofRegistration,
      [
        number("The return."), registration, pupilOfRegistration, .init("kind", .text, "Which return."),
        .init("finding", .integer, optional: true, "The finding that it answers."),
        .init("dueOn", .day, optional: true, "The last day for it."), .init("filedOn", .day, "When it was filed."),
        .init("note", .text, "What the school said; may be empty."), at, actor, role,
      ]),
    KeptTable(
      "missing-registers", "Registers that were reported missing.", source: "missing_registers t", position: "t.day",
      order: "t.school, t.session",
      [
        school, .init("day", .day, "The day."), .init("session", .session, "The session."),
        .init("reportedAt", .moment, from: "t.reported_millis", "When it was reported missing."),
        .init(
          "receivedAt", .moment, optional: true, from: "t.received_millis", "When it came, if it still counts."),
        .init(
          "lapsedAt", .moment, optional: true, from: "t.lapsed_millis",
          "When it turned out not to be due, if it still is not."),
      ]),
    KeptTable(
      "visits", "Register inspection visits.", source: "visits t",
      [
        number("The visit."), school, .init("plannedOn", .day, "The planned day."),
        .init("visitedOn", .day, optional: true, "The day of the visit."),
        .init("officer", .text, "Who visits: opaque."),
        .init("state", .text, "Planned, made or cancelled."),
      ]),
    KeptTable(
      "visit-checks", "What was checked on visits.", source: "visit_checks t", position: "t.visit", order: "t.name",
      [
        .init("visit", .integer, "The visit."), .init("name", .text, "The check."),
        .init("outcome", .text, "How it went."),
        .init("note", .text, "More about it; may be empty."),
      ]),
    KeptTable(
      "visit-actions", "What was agreed on visits.", source: "visit_actions t",
      [
        number("The action."), .init("visit", .integer, "The visit."), .init("action", .text, "What is to be done."),
        .init("owner", .text, "Who does it."), .init("dueOn", .day, "Until when."),
        .init("doneOn", .day, optional: true, "When it was done."),
      ]),
  ]

  /// How long it is all kept.
  static let keepingTables: [KeptTable] = [
    KeptTable(
      "holds", "What other programs need kept.", source: "holds t", position: "t.pupil", order: "t.source, t.hold",
      ofSubjects: ofPupil,
      [
        .init("source", .text, "The program."), .init("hold", .text, "The hold's name."), .pupil(),
        .init("matter", .text, "What is open."),
        .init("placedAt", .moment, from: "t.placed_millis", "When it was placed."),
        .init("releasedAt", .moment, optional: true, from: "t.released_millis", "When it was released."),
      ]),
    KeptTable(
      "disposals", "Disposals of what has had its time, in counts.", source: "disposals t",
      [
        number("The disposal."), .init("before", .day, from: "t.before_day", "The first day that was not disposed of."),
        .init("state", .text, "Its state."),
        .init("proposedAt", .moment, from: "t.proposed_millis", "When it was proposed."),
        .init("proposedBy", .text, "By whom: opaque."),
        .init("firstApproval", .text, optional: true, "Who approved first: opaque."),
        .init("secondApproval", .text, optional: true, "Who approved second: opaque."),
        .init("carriedOutAt", .moment, optional: true, from: "t.carried_out_millis", "When it was carried out."),
        .init("report", .json, "What was proposed."), .init("removed", .json, "What was removed."),
      ]),
  ]
}
