extension RegistersSchema {
  /// How long entries are kept, and how they go (`attendance.md` 6, ATT-3; `notifications.md` 8).
  static let keeping = """
    -- Other programs need a child's entries kept.
    CREATE TABLE holds (
      source TEXT NOT NULL, hold TEXT NOT NULL, pupil INTEGER NOT NULL REFERENCES pupils, matter TEXT NOT NULL,
      placed_millis INTEGER NOT NULL, released_millis INTEGER, PRIMARY KEY (source, hold)) STRICT, WITHOUT ROWID;
    CREATE INDEX holds_pupil ON holds (pupil) WHERE released_millis IS NULL;

    -- One disposal: proposed by the program, approved by two people, carried out, and final after a month. It is done
    -- in several transactions: 'approved' and 'reversing' go on where they were left.
    CREATE TABLE disposals (
      number INTEGER PRIMARY KEY, before_day INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN
        ('proposed', 'approved', 'carried-out', 'reversing', 'reversed', 'final', 'withdrawn')),
      proposed_millis INTEGER NOT NULL, proposed_by TEXT NOT NULL, first_approval TEXT, second_approval TEXT,
      carried_out_millis INTEGER, report TEXT NOT NULL CHECK (json_valid(report)),
      removed TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(removed)),
      CHECK (second_approval IS NULL OR (first_approval IS NOT NULL AND first_approval <> second_approval)),
      CHECK (state IN ('proposed', 'withdrawn') OR second_approval IS NOT NULL)) STRICT;
    CREATE UNIQUE INDEX disposals_one_at_once ON disposals ((1)) WHERE state IN ('proposed', 'approved', 'reversing');

    -- The registrations and school years that a disposal takes in, and what became of each: it waits while there is no
    -- outcome.
    CREATE TABLE disposal_items (
      disposal INTEGER NOT NULL REFERENCES disposals, school TEXT NOT NULL REFERENCES schools,
      start_year INTEGER NOT NULL, registration INTEGER NOT NULL REFERENCES registrations,
      outcome TEXT CHECK (outcome IN ('removed', 'held', 'recent', 'newest', 'returned')),
      PRIMARY KEY (disposal, school, start_year, registration)) STRICT, WITHOUT ROWID;
    CREATE INDEX disposal_items_waiting ON disposal_items (disposal, school, start_year, registration)
      WHERE outcome IS NULL;

    -- What a disposal removed, row by row, for the month in which it can be reversed.
    CREATE TABLE disposal_bin (
      number INTEGER PRIMARY KEY, disposal INTEGER NOT NULL REFERENCES disposals, source TEXT NOT NULL,
      content BLOB NOT NULL) STRICT;
    CREATE INDEX disposal_bin_source ON disposal_bin (disposal, source, number);

    -- What a receipt brought, what was found of a year, and whose row it was: asked when it has had its time.
    CREATE INDEX entries_receipt ON entries (receipt);
    CREATE INDEX amendments_receipt ON amendments (receipt);
    CREATE INDEX quarantine_receipt ON quarantine (receipt);
    CREATE INDEX findings_year ON findings (registration, start_year);
    CREATE INDEX quarantine_upn ON quarantine (upper(trim(upn)));

    -- While a disposal is carried out, and only then, the log gives way.
    CREATE TABLE disposing (disposal INTEGER PRIMARY KEY REFERENCES disposals) STRICT;
    DROP TRIGGER entries_no_update;
    DROP TRIGGER entries_no_delete;
    DROP TRIGGER entry_words_no_delete;
    DROP TRIGGER amendments_no_delete;
    DROP TRIGGER receipts_no_delete;
    CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries WHEN NOT EXISTS (SELECT 1 FROM disposing)
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries WHEN NOT EXISTS (SELECT 1 FROM disposing)
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER entry_words_no_delete BEFORE DELETE ON entry_words WHEN NOT EXISTS (SELECT 1 FROM disposing)
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER amendments_no_delete BEFORE DELETE ON amendments WHEN NOT EXISTS (SELECT 1 FROM disposing)
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER receipts_no_delete BEFORE DELETE ON receipts WHEN NOT EXISTS (SELECT 1 FROM disposing)
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    """
}
