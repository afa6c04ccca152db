import Keeping

extension RegisterTables {
  private static let ofSubjects = "(SELECT person FROM contacts WHERE pupil IN (SELECT pupil FROM subjects))"

  /// Who contacts are, and what officers decided of it.
  static let personTables: [KeptTable] = [
    KeptTable(
      "persons", "Identifiers of contacts, and which stands for each now.", source: "persons t",
      ofSubjects: "t.id IN \(ofSubjects)",
      [
        .init("number", .integer, "Its place in the table."), .init("id", .text, "The opaque identifier."),
        .init("current", .text, "The identifier that stands for the person now."),
      ]),
    KeptTable(
      "person-pairs", "Two identifiers that may be one person's.", source: "person_pairs t",
      ofSubjects: "t.person IN \(ofSubjects) OR t.other IN \(ofSubjects)",
      [
        .init("number", .integer, "The pair."), .init("person", .text, "The smaller identifier."),
        .init("other", .text, "The other identifier."), .init("grounds", .text, "Why they may be one person's."),
        .init("state", .text, "Open, or what was decided."),
      ]),
    KeptTable(
      "person-decisions", "What officers decided of pairs of identifiers.", source: "person_decisions t",
      ofSubjects: """
        t.pair IN (SELECT number FROM person_pairs WHERE person IN \(ofSubjects) OR other IN \(ofSubjects))
        """,
      [
        .init("number", .integer, "The decision."), .init("pair", .integer, "The pair."),
        .init("state", .text, "What was decided; open when it was taken back."), .init("reason", .text, "Why."),
        .init("at", .moment, from: "t.at_millis", "When."), .init("actor", .text, "Who decided: opaque."),
        .init("role", .text, "In which role."),
      ]),
  ]
}
