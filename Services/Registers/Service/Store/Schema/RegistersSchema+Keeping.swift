extension RegistersSchema {
  /// How long entries are kept, and how they go (`attendance.md` 6, ATT-3; `notifications.md` 8).
  static let keeping = """
    -- Other programs need a child's entries kept.
    CREATE TABLE holds (
      source TEXT NOT NULL, hold TEXT NOT NULL, pupil INTEGER NOT NULL REFERENCES pupils, matter TEXT NOT NULL,
      placed_millis INTEGER NOT NULL, released_millis INTEGER, PRIMARY KEY (source, hold)) STRICT, WITHOUT ROWID;
    CREATE INDEX holds_pupil ON holds (pupil) WHERE released_millis IS NULL;

    -- One disposal: proposed by the program, approved by two people, carried out, and final after a month.
    CREATE TABLE disposals (
      number INTEGER PRIMARY KEY, before_day INTEGER NOT NULL, state TEXT NOT NULL
      CHECK (state IN ('proposed', 'approved', 'carried-out', 'reversed', 'final', 'withdrawn')),
      proposed_millis INTEGER NOT NULL, proposed_by TEXT NOT NULL, first_approval TEXT, second_approval TEXT,
      carried_out_millis INTEGER, report TEXT NOT NULL CHECK (json_valid(report)),
      CHECK (second_approval IS NULL OR first_approval <> second_approval)) STRICT;

    -- The registrations and school years that a disposal takes in.
    CREATE TABLE disposal_items (
      disposal INTEGER NOT NULL REFERENCES disposals, registration INTEGER NOT NULL REFERENCES registrations,
      start_year INTEGER NOT NULL, kept TEXT, PRIMARY KEY (disposal, registration, start_year)) STRICT, WITHOUT ROWID;

    -- What a disposal removed, for the month in which it can be reversed.
    CREATE TABLE disposal_bin (
      number INTEGER PRIMARY KEY, disposal INTEGER NOT NULL REFERENCES disposals, source TEXT NOT NULL,
      content BLOB NOT NULL) STRICT;

    -- While a disposal is carried out, and only then, the log gives way.
    CREATE TABLE disposing (disposal INTEGER PRIMARY KEY REFERENCES disposals) STRICT;
    DROP TRIGGER entries_no_update;
    DROP TRIGGER entries_no_delete;
    DROP TRIGGER entry_words_no_delete;
    DROP TRIGGER amendments_no_delete;
    CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries WHEN NOT EXISTS (SELECT 1 FROM disposing)
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries WHEN NOT EXISTS (SELECT 1 FROM disposing)
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER entry_words_no_delete BEFORE DELETE ON entry_words WHEN NOT EXISTS (SELECT 1 FROM disposing)
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER amendments_no_delete BEFORE DELETE ON amendments WHEN NOT EXISTS (SELECT 1 FROM disposing)
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    """
}
