import Keeping

/// What enforcement's court packs are in its export and in what a child is given. The documents themselves are in the
/// pack's file; here is that they are there.
enum CourtPackRecords {
  static let tables = [packs, parts, sessions, seals, keys]

  static let sections = [packs, parts, sessions, seals].map { SubjectSection($0, review: .lawEnforcement) }

  private static let ofPupil = "f.pupil IN (SELECT pupil FROM subjects)"
  private static let withCase = "JOIN case_file f ON f.number = p.case_number"
  private static let pack = KeptTable.Column("pack", .text, from: "p.number", "The pack.")
  private static let revision = KeptTable.Column("revision", .integer, "Which time it was put together.")

  private static let packs = KeptTable(
    "courtPacks", "Court packs.", source: "court_pack p \(withCase)", position: "p.case_number", ofSubjects: ofPupil,
    [
      pack, .init("case", .numbered("c"), from: "p.case_number", "Its case."),
      .init("pupil", .pupil, from: "f.pupil", "The child."), .init("state", .text, from: "f.state", "Its state."),
      .init("openedAt", .moment, from: "p.opened_millis", "When it was begun."),
      .init("openedBy", .text, from: "p.opened_by", "Who began it, by an opaque identifier."),
    ])

  private static let parts = KeptTable(
    "courtPackParts", "The documents of court packs.",
    source: "court_pack_part t JOIN court_pack p ON p.number = t.pack \(withCase)", position: "p.case_number",
    order: "t.revision, t.position", ofSubjects: ofPupil, pageSize: 10,
    [
      pack, revision, .init("name", .text, "The document's name."), .init("document", .text, "What it is."),
      .init("mediaType", .text, "Its media type."), .init("maker", .text, "Who makes such documents."),
      .init("madeBy", .text, "Who made it, by an opaque identifier."), .init("madeOn", .day, "When it was made."),
      .init("sha256", .text, from: "lower(hex(t.digest))", "SHA-256 of its bytes."),
    ])

  private static let sessions = KeptTable(
    "courtPackSessions", "The sessions that court packs charge.",
    source: "court_pack_session t JOIN court_pack p ON p.number = t.pack \(withCase)", position: "p.case_number",
    order: "t.revision, t.date, t.session", ofSubjects: ofPupil, pageSize: 10,
    [
      pack, revision, .init("day", .day, from: "t.date", "The day."), .init("session", .session, "The session."),
      .init(
        "amendments", .integer,
        from: """
          (SELECT count(*) FROM court_pack_amendment a WHERE a.pack = t.pack AND a.revision = t.revision
            AND a.date = t.date AND a.session = t.session)
          """, "How often the register was amended since."),
    ])

  private static let seals = KeptTable(
    "courtPackSeals", "What was signed.",
    source: "court_pack_seal t JOIN court_pack p ON p.number = t.pack \(withCase)", position: "p.case_number",
    ofSubjects: ofPupil,
    [
      pack, revision, .init("manifest", .json, from: "CAST(t.manifest AS TEXT)", "The manifest."),
      .init("signature", .text, from: "lower(hex(t.signature))", "Its Ed25519 signature."),
      .init("key", .text, "The key's identifier."), .init("at", .moment, from: "t.at_millis", "When it was signed."),
      .init("by", .text, "Who had it signed, by an opaque identifier."),
    ])

  private static let keys = KeptTable(
    "courtPackKeys", "The published keys of court packs.",
    source: "court_pack_key t LEFT JOIN court_pack_key_revocation r ON r.key = t.id", position: "t.first_day",
    [
      .init("key", .text, from: "t.id", "The key's identifier."),
      .init("public", .text, from: "lower(hex(t.public))", "The public key."),
      .init("firstDay", .day, "The first day on which it signs."),
      .init("revokedOn", .day, optional: true, from: "r.revoked", "The day on which it was revoked."),
      .init("doubtedFrom", .day, optional: true, from: "r.doubted_from", "From when what it signed is not relied on."),
    ])
}
