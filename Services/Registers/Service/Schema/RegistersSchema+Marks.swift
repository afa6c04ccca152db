extension RegistersSchema {
  /// How marks were written, when registers were taken, and who settled what waited.
  static let marks = """
    -- Dialects that the authority declared. The newest of a name is in use; none is changed.
    CREATE TABLE dialects (
      number INTEGER PRIMARY KEY, name TEXT NOT NULL, dialect TEXT NOT NULL CHECK (json_valid(dialect)),
      at_millis INTEGER NOT NULL, actor TEXT NOT NULL, role TEXT NOT NULL) STRICT;
    CREATE INDEX dialects_name ON dialects (name, number);
    CREATE TRIGGER dialects_no_update BEFORE UPDATE ON dialects BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER dialects_no_delete BEFORE DELETE ON dialects BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

    ALTER TABLE receipts ADD COLUMN dialect TEXT;
    -- By code the token that the session's entries were written as unless entry_words says otherwise.
    ALTER TABLE entries ADD COLUMN tokens TEXT CHECK (tokens IS NULL OR json_valid(tokens));
    ALTER TABLE entry_words ADD COLUMN minutes_late INTEGER;
    ALTER TABLE amendments ADD COLUMN token TEXT;
    ALTER TABLE amendments ADD COLUMN minutes_late INTEGER;

    -- The mark as a dialect read it has its code as written beside it; a corrected one says which it stands for.
    ALTER TABLE quarantine ADD COLUMN token TEXT;
    ALTER TABLE quarantine ADD COLUMN minutes_late INTEGER;
    ALTER TABLE quarantine ADD COLUMN corrects INTEGER REFERENCES quarantine;
    ALTER TABLE quarantine ADD COLUMN settled_actor TEXT;
    ALTER TABLE quarantine ADD COLUMN settled_role TEXT;
    ALTER TABLE quarantine ADD COLUMN settled_reason TEXT;
    CREATE INDEX quarantine_day ON quarantine (date) WHERE state = 'waiting' AND reason = 'future-date';

    -- When a register was opened and closed, as its school said last.
    CREATE TABLE register_windows (
      number INTEGER PRIMARY KEY, receipt INTEGER NOT NULL REFERENCES receipts, school TEXT NOT NULL,
      day INTEGER NOT NULL, session INTEGER NOT NULL CHECK (session IN (0, 1)), opened_millis INTEGER NOT NULL,
      closed_millis INTEGER NOT NULL CHECK (closed_millis > opened_millis)) STRICT;
    CREATE INDEX register_windows_session ON register_windows (school, day, session, number);
    """
}
