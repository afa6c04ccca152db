import Store

/// The registers' own tables. Days are counts of days since 1970-01-01, sessions 0 for the morning and 1 for the
/// afternoon, moments milliseconds since 1970-01-01 UTC.
enum RegistersSchema {
  static let migrations = [
    Migration("registers 0001 admission registers", sql: admission),
    Migration("registers 0002 entries and what is derived from them", sql: attendance),
    Migration("registers 0003 answers by idempotency key", sql: answers),
    Migration("registers 0004 areas, terms of neighbours, visits", sql: areas),
    Migration("registers 0005 the whole admission register", sql: children),
    Migration("registers 0006 arrangements", sql: arrangements),
    Migration("registers 0007 findings and returns", sql: findings),
    Migration("registers 0008 holds and disposal", sql: keeping),
    Migration("registers 0009 dialects", sql: marks),
    Migration("registers 0018 rows that differ from the log", sql: checks),
    Migration("registers 0015 what sources said last", sql: sources),
    Migration("registers 0013 calendars as they were", sql: calendarLog),
    Migration("registers 0014 rolls to be published with their numbers", sql: untoldRolls),
    Migration("registers 0010 who said what of a child, and entries made by mistake", sql: statements),
    Migration("registers 0020 answers where every program has them", sql: answersMoved),
    Migration("registers 0019 missing registers that lapsed", sql: lapsedRegisters),
    Migration("registers 0021 contacts as persons", sql: persons),
  ]

  private static let admission = """
    CREATE TABLE schools (
      urn TEXT PRIMARY KEY CHECK (length(urn) = 6), name TEXT NOT NULL CHECK (name <> ''), phase TEXT NOT NULL,
      kind TEXT NOT NULL, opened_on INTEGER) STRICT, WITHOUT ROWID;

    CREATE TABLE calendars (
      school TEXT NOT NULL REFERENCES schools, start_year INTEGER NOT NULL CHECK (start_year BETWEEN 1900 AND 2155),
      calendar TEXT NOT NULL CHECK (json_valid(calendar)), PRIMARY KEY (school, start_year)) STRICT, WITHOUT ROWID;

    CREATE TABLE pupils (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE CHECK (length(id) = 10),
      upn TEXT NOT NULL UNIQUE CHECK (length(upn) = 13), given_name TEXT NOT NULL CHECK (given_name <> ''),
      family_name TEXT NOT NULL CHECK (family_name <> ''), date_of_birth INTEGER NOT NULL, year_group TEXT,
      address_protected INTEGER NOT NULL CHECK (address_protected IN (0, 1))) STRICT;

    CREATE TABLE registrations (
      number INTEGER PRIMARY KEY CHECK (number BETWEEN 1 AND 4294967295),
      pupil INTEGER NOT NULL REFERENCES pupils, school TEXT NOT NULL REFERENCES schools,
      enrolled_on INTEGER NOT NULL, left_on INTEGER CHECK (left_on >= enrolled_on),
      UNIQUE (school, pupil, enrolled_on)) STRICT;
    CREATE INDEX registrations_pupil ON registrations (pupil);
    CREATE TRIGGER registrations_no_delete BEFORE DELETE ON registrations
      BEGIN SELECT RAISE(ABORT, 'a name is never removed from a register'); END;
    """

  private static let attendance = """
    -- One row for every upload, and for every time that waiting marks were released.
    CREATE TABLE receipts (
      number INTEGER PRIMARY KEY, school TEXT NOT NULL REFERENCES schools,
      kind TEXT NOT NULL CHECK (kind IN ('file', 'release')), at_millis INTEGER NOT NULL, actor TEXT NOT NULL,
      role TEXT NOT NULL, received INTEGER NOT NULL, recorded INTEGER NOT NULL, amended INTEGER NOT NULL,
      unchanged INTEGER NOT NULL, missing INTEGER NOT NULL, quarantined INTEGER NOT NULL, rejected INTEGER NOT NULL,
      CHECK (received = recorded + amended + unchanged + missing + quarantined + rejected)) STRICT;

    -- The truth: the entries of one session as they came, five bytes each, and below their amendments one by one.
    CREATE TABLE entries (
      number INTEGER PRIMARY KEY, receipt INTEGER NOT NULL REFERENCES receipts, school TEXT NOT NULL,
      day INTEGER NOT NULL, session INTEGER NOT NULL CHECK (session IN (0, 1)),
      marks BLOB NOT NULL CHECK (length(marks) > 0 AND length(marks) % 5 = 0)) STRICT;
    CREATE INDEX entries_session ON entries (day, session, school);

    -- What an entry said beside its code: the token as sent, and words.
    CREATE TABLE entry_words (
      entry INTEGER NOT NULL REFERENCES entries, registration INTEGER NOT NULL REFERENCES registrations,
      token TEXT NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (entry, registration)) STRICT, WITHOUT ROWID;

    CREATE TABLE amendments (
      number INTEGER PRIMARY KEY, receipt INTEGER REFERENCES receipts,
      registration INTEGER NOT NULL REFERENCES registrations, day INTEGER NOT NULL,
      session INTEGER NOT NULL CHECK (session IN (0, 1)), from_code TEXT, to_code TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('corrected', 'later-file')), reason TEXT NOT NULL CHECK (reason <> ''),
      detail TEXT NOT NULL, at_millis INTEGER NOT NULL, actor TEXT NOT NULL, role TEXT NOT NULL,
      CHECK (from_code IS NOT to_code)) STRICT;
    CREATE INDEX amendments_mark ON amendments (registration, day, session);

    CREATE TRIGGER receipts_no_update BEFORE UPDATE ON receipts BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER receipts_no_delete BEFORE DELETE ON receipts BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER entry_words_no_update BEFORE UPDATE ON entry_words
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER entry_words_no_delete BEFORE DELETE ON entry_words
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER amendments_no_update BEFORE UPDATE ON amendments
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER amendments_no_delete BEFORE DELETE ON amendments
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

    -- Derived: a string of session codes for each registration and school year. Both are in the one number, so that a
    -- school's rows lie together: registration * 256 + start year - 1900.
    CREATE TABLE pupil_years (
      number INTEGER PRIMARY KEY, codes BLOB NOT NULL CHECK (length(codes) = 732),
      registration INTEGER NOT NULL GENERATED ALWAYS AS (number >> 8) VIRTUAL REFERENCES registrations) STRICT;

    -- Marks that wait for the school, the roll or the calendar; texts as they came.
    CREATE TABLE quarantine (
      number INTEGER PRIMARY KEY, receipt INTEGER NOT NULL REFERENCES receipts, school TEXT NOT NULL,
      upn TEXT NOT NULL, date TEXT NOT NULL, session TEXT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL,
      reason TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('waiting', 'released', 'superseded')),
      settled_millis INTEGER, CHECK ((state = 'waiting') = (settled_millis IS NULL))) STRICT;
    CREATE UNIQUE INDEX quarantine_waiting ON quarantine (school, upn, date, session, code) WHERE state = 'waiting';
    """

  private static let answers = """
    CREATE TABLE answers (
      scoped_key TEXT PRIMARY KEY, fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32), body BLOB NOT NULL,
      at_millis INTEGER NOT NULL) STRICT;
    CREATE INDEX answers_age ON answers (at_millis);
    """

  private static let answersMoved = """
    INSERT INTO remembered_answers (scoped_key, fingerprint, body, at_millis)
      SELECT scoped_key, fingerprint, body, at_millis FROM answers;
    DROP TABLE answers;
    """
}
