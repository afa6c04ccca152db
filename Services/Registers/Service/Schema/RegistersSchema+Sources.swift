extension RegistersSchema {
  /// What the sources of marks said last, where that is not what stands.
  static let sources = """
    -- Whose marks an upload held: the school's files, sessions and marks sent one by one, or a person's correction.
    ALTER TABLE receipts ADD COLUMN source TEXT NOT NULL DEFAULT 'files'
      CHECK (source IN ('files', 'entries', 'person'));
    CREATE INDEX receipts_source ON receipts (school, source);

    -- Sparse: what a source that has no row here said last is what stands. Empty for nothing.
    CREATE TABLE source_codes (
      number INTEGER PRIMARY KEY, registration INTEGER NOT NULL REFERENCES registrations,
      day INTEGER NOT NULL, session INTEGER NOT NULL CHECK (session IN (0, 1)), school TEXT NOT NULL REFERENCES schools,
      files TEXT NOT NULL, entries TEXT NOT NULL, is_persons INTEGER NOT NULL CHECK (is_persons IN (0, 1)),
      UNIQUE (registration, day, session)) STRICT;
    CREATE INDEX source_codes_school ON source_codes (school, day);

    -- What a source said against a person's amendment, which stood.
    CREATE TABLE differences (
      number INTEGER PRIMARY KEY, receipt INTEGER NOT NULL REFERENCES receipts,
      registration INTEGER NOT NULL REFERENCES registrations, day INTEGER NOT NULL,
      session INTEGER NOT NULL CHECK (session IN (0, 1)), school TEXT NOT NULL REFERENCES schools,
      source TEXT NOT NULL CHECK (source IN ('files', 'entries')), said TEXT NOT NULL, stood TEXT NOT NULL,
      CHECK (said <> stood)) STRICT;
    CREATE INDEX differences_mark ON differences (registration, day, session);
    CREATE INDEX differences_school ON differences (school, number);
    CREATE INDEX differences_receipt ON differences (receipt);
    CREATE TRIGGER differences_no_update BEFORE UPDATE ON differences
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER differences_no_delete BEFORE DELETE ON differences WHEN NOT EXISTS (SELECT 1 FROM disposing)
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

    -- Marks without a pupil number are of different pupils, though all else of them may be alike.
    ALTER TABLE quarantine ADD COLUMN which INTEGER NOT NULL DEFAULT 0;
    DROP INDEX quarantine_waiting;
    CREATE UNIQUE INDEX quarantine_waiting ON quarantine (school, upn, date, session, code, which)
      WHERE state = 'waiting';

    -- What waited without a code is no mark and never was.
    UPDATE quarantine SET state = 'superseded', settled_millis = unixepoch() * 1000
      WHERE state = 'waiting' AND trim(code) IN ('', '-');

    -- A mark that a person corrected or discarded, sent again as it was.
    CREATE INDEX quarantine_settled ON quarantine (school, upn, date, session, code) WHERE settled_reason IS NOT NULL;
    """
}
