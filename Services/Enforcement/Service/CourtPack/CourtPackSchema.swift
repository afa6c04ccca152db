import Store

/// The tables of court packs. Nothing in them changes: contents that are put together anew are another revision, and
/// what was signed is what its manifest says. Whose child a pack is about is with its case, which follows a merge.
enum CourtPackSchema {
  static let migrations = [
    Migration(
      "court packs 0001",
      sql: """
        CREATE TABLE court_pack (
          number TEXT PRIMARY KEY, school_year INTEGER NOT NULL, running INTEGER NOT NULL CHECK (running > 0),
          case_number INTEGER NOT NULL UNIQUE REFERENCES case_file (number), opened_millis INTEGER NOT NULL,
          opened_by TEXT NOT NULL, UNIQUE (school_year, running)) STRICT, WITHOUT ROWID;

        -- What a pack is made of, beside its documents, each time it was put together.
        CREATE TABLE court_pack_contents (
          pack TEXT NOT NULL REFERENCES court_pack (number), revision INTEGER NOT NULL CHECK (revision > 0),
          json TEXT NOT NULL, at_millis INTEGER NOT NULL, by TEXT NOT NULL,
          PRIMARY KEY (pack, revision)) STRICT, WITHOUT ROWID;

        -- The bytes of documents and of signed manifests' parts, each once, under their SHA-256.
        CREATE TABLE court_pack_bytes (
          digest BLOB PRIMARY KEY CHECK (length(digest) = 32), bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE court_pack_part (
          pack TEXT NOT NULL, revision INTEGER NOT NULL, position INTEGER NOT NULL CHECK (position > 0),
          name TEXT NOT NULL, document TEXT NOT NULL, media_type TEXT NOT NULL, maker TEXT NOT NULL,
          made_by TEXT NOT NULL, made_on INTEGER NOT NULL, contents TEXT NOT NULL,
          digest BLOB NOT NULL REFERENCES court_pack_bytes (digest),
          PRIMARY KEY (pack, revision, position), UNIQUE (pack, revision, name),
          FOREIGN KEY (pack, revision) REFERENCES court_pack_contents (pack, revision)) STRICT, WITHOUT ROWID;

        -- The sessions that a pack charges.
        CREATE TABLE court_pack_session (
          pack TEXT NOT NULL, revision INTEGER NOT NULL, date INTEGER NOT NULL,
          session INTEGER NOT NULL CHECK (session IN (0, 1)), PRIMARY KEY (pack, revision, date, session),
          FOREIGN KEY (pack, revision) REFERENCES court_pack_contents (pack, revision)) STRICT, WITHOUT ROWID;

        -- Those of them that the register has amended since.
        CREATE TABLE court_pack_amendment (
          id INTEGER PRIMARY KEY, pack TEXT NOT NULL, revision INTEGER NOT NULL, date INTEGER NOT NULL,
          session INTEGER NOT NULL CHECK (session IN (0, 1)), at_millis INTEGER NOT NULL,
          FOREIGN KEY (pack, revision, date, session) REFERENCES court_pack_session (pack, revision, date, session)
          ) STRICT;
        CREATE INDEX court_pack_amendment_pack ON court_pack_amendment (pack, revision);

        -- The signed manifest. The file is made of it, its signature and the bytes that it names.
        CREATE TABLE court_pack_seal (
          pack TEXT PRIMARY KEY, revision INTEGER NOT NULL, manifest BLOB NOT NULL,
          signature BLOB NOT NULL CHECK (length(signature) = 64), key TEXT NOT NULL REFERENCES court_pack_key (id),
          at_millis INTEGER NOT NULL, by TEXT NOT NULL,
          FOREIGN KEY (pack, revision) REFERENCES court_pack_contents (pack, revision)) STRICT, WITHOUT ROWID;

        -- Every key that was ever published; older ones stay.
        CREATE TABLE court_pack_key (
          id TEXT PRIMARY KEY, public BLOB NOT NULL CHECK (length(public) = 32), first_day INTEGER NOT NULL UNIQUE,
          recorded_millis INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TRIGGER court_pack_contents_sealed BEFORE INSERT ON court_pack_contents
          WHEN EXISTS (SELECT 1 FROM court_pack_seal s WHERE s.pack = new.pack)
          BEGIN SELECT RAISE(ABORT, 'a signed court pack never changes'); END;
        """ + guards),
    Migration(
      "court packs 0002 revoked keys",
      sql: """
        -- Keys that must not be relied on, and from which day on.
        CREATE TABLE court_pack_key_revocation (
          key TEXT PRIMARY KEY REFERENCES court_pack_key (id), revoked INTEGER NOT NULL, doubted_from INTEGER NOT NULL,
          reason TEXT NOT NULL CHECK (reason IN ('compromised', 'lost')), at_millis INTEGER NOT NULL, by TEXT NOT NULL,
          CHECK (doubted_from <= revoked)) STRICT, WITHOUT ROWID;
        CREATE TRIGGER court_pack_key_revocation_no_update BEFORE UPDATE ON court_pack_key_revocation
          BEGIN SELECT RAISE(ABORT, 'a key is revoked once'); END;
        CREATE TRIGGER court_pack_key_revocation_no_delete BEFORE DELETE ON court_pack_key_revocation
          BEGIN SELECT RAISE(ABORT, 'a key is revoked for good'); END;
        """),
  ]

  private static let tables = [
    "court_pack", "court_pack_contents", "court_pack_bytes", "court_pack_part", "court_pack_session",
    "court_pack_amendment", "court_pack_seal", "court_pack_key",
  ]

  private static var guards: String {
    let triggers = tables.flatMap { table in
      ["update", "delete"].map { verb in
        """
        CREATE TRIGGER \(table)_no_\(verb) BEFORE \(verb.uppercased()) ON \(table)
          BEGIN SELECT RAISE(ABORT, 'court packs only grow'); END;

        """
      }
    }
    return "\n" + triggers.joined()
  }
}
