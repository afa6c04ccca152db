import Store

/// What enforcement keeps: of the marks only those that may count.
enum EnforcementSchema {
  static let migrations = [
    Migration(
      "enforcement 0001 first slice",
      sql: """
        CREATE TABLE school (urn TEXT PRIMARY KEY, kind TEXT NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE calendar (
          school TEXT NOT NULL, school_year TEXT NOT NULL, json TEXT NOT NULL,
          PRIMARY KEY (school, school_year)) STRICT, WITHOUT ROWID;

        CREATE TABLE pupil (
          pupil TEXT PRIMARY KEY, date_of_birth INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        -- The sessions of a pupil at a school whose code counts now; another code takes the row away.
        CREATE TABLE counted_session (
          pupil TEXT NOT NULL, school TEXT NOT NULL, date INTEGER NOT NULL, session INTEGER NOT NULL
            CHECK (session IN (0, 1)),
          code INTEGER NOT NULL, PRIMARY KEY (pupil, school, date, session)) STRICT, WITHOUT ROWID;
        CREATE INDEX counted_session_school ON counted_session (school, pupil);

        CREATE TABLE proposal (
          number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, pupil TEXT NOT NULL, school TEXT NOT NULL,
          state TEXT NOT NULL CHECK (state IN ('open', 'lapsed')), grounds TEXT NOT NULL) STRICT;
        CREATE INDEX proposal_pupil ON proposal (pupil, school, number);
        CREATE UNIQUE INDEX one_open_proposal ON proposal (pupil, school) WHERE state = 'open';

        CREATE TABLE judgement (
          number INTEGER PRIMARY KEY, proposal TEXT NOT NULL REFERENCES proposal (id),
          fact TEXT NOT NULL CHECK (fact IN ('proposed', 'revised', 'lapsed')), at_millis INTEGER NOT NULL,
          cause TEXT NOT NULL, grounds TEXT, most_sessions INTEGER) STRICT;
        CREATE TRIGGER judgement_no_update BEFORE UPDATE ON judgement
          BEGIN SELECT RAISE(ABORT, 'a judgement is history'); END;
        CREATE TRIGGER judgement_no_delete BEFORE DELETE ON judgement
          BEGIN SELECT RAISE(ABORT, 'a judgement is history'); END;
        """)
  ]
}
